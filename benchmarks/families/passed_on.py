"""Families in which what one network has learned helps another, or two learn from each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from statistics import mean

import torch

from benchmarks.families.first_digits import alike
from benchmarks.families.lab import Family, Lab, measure_of, model_of, parts_of
from netdesigner.document import Choice, Design, Value, edit

_SEEDS = range(20, 25)
"""Others than those by which settings were chosen."""
_FRESH = range(30, 35)
"""Likewise, for fine-tuning."""
_SCRATCH_RATES = (0.005, 0.01)
"""The second is that of the template."""
_HALF = {"test": 0.5}
"""So that all networks are judged by the same held-out half, however much of the other they learn from."""


def probed(lab: Lab) -> tuple[float, str]:
    """Accuracy of a logistic regression on the features of all training digits, less that of learning with labels.

    The sample cnn-digits has the same layers up to the features.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    run = lab.train(lab.template("simclr"), "simclr")
    parts, module = parts_of(run), model_of(run).module
    with torch.inference_mode():
        features = {name: module(input)[0].numpy() for name, (input, _) in parts.items()}
    line = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    line.fit(features["train"], parts["train"][1].numpy())
    found = float(line.score(features["test"], parts["test"][1].numpy()))
    supervised = lab.judged(lab.train(lab.template("cnn-digits"), "cnn-digits"))["accuracy"]
    return found - supervised, f"probe {found:.1%}, with labels {supervised:.1%}"


def tuned(lab: Lab) -> tuple[float, str]:
    """Accuracy on held-out digits 5 to 9 of the template as it is, less that of the same network from scratch.

    Both learn from the same 20 samples of each, with the same augmentations for as many epochs. From scratch all parts
    learn from the first step on, at the rate that turns out better on the held-out digits themselves. The settings were
    chosen by the validation part, over six draws of the 20 samples out of what is not held out and with other seeds:
    the held-out digits were not looked at, and those of the weights are others. Weights save epochs more than samples:
    after twice as many the two were nearly alike there.
    """
    whole = lab.template("finetune-digits")
    ways = {"tuned": whole} | {
        f"from scratch at {rate}": edit.set_training(
            alike(whole), alike(whole).training.with_values({"learning_rate": rate})
        )
        for rate in _SCRATCH_RATES
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for seed in _FRESH[: 1 if lab.quick else None]:
        for name, design in ways.items():
            run = lab.train(design, f"{name}, {seed}", seed=seed)
            found[name].append(lab.judged(run, "last")["accuracy"])
    _, *scratch = ways
    return _better(found, "tuned", max(scratch, key=lambda name: mean(found[name])))


def distilled(lab: Lab) -> tuple[float, str]:
    """Accuracy of the student of the template as it is, less that of the same student with targets alone.

    Alone it learns from the same digits, mixed in the same way, for as many epochs.
    """
    whole = lab.template("distillation")
    assert whole.data is not None
    return _taught(lab, whole, whole.data.params)


def of_ready(lab: Lab) -> tuple[float, str]:
    """As `distilled`, of a student of 180 digits and a teacher that has learned from 809 before."""
    whole = lab.template("distillation")
    assert whole.task is not None
    learns = Choice("digits", {**_HALF, "validation": 0.05})
    teacher = lab.train(_alone(edit.set_data(whole, learns), "teacher"), "teacher")
    ready = edit.set_task(whole, whole.task.with_params({"teacher": str(teacher)}))
    last = replace(ready.training, phases=whole.training.phases[-1:])
    ready = edit.set_training(ready, last.with_values({"epochs": last.phases[0].epochs}))
    return _taught(lab, ready, {**_HALF, "validation": 0.4})


def _taught(lab: Lab, whole: Design, data: Mapping[str, Value]) -> tuple[float, str]:
    """How much better a student is that is taught, and of a distillation the accuracies with and without."""
    whole = edit.set_data(whole, Choice("digits", data))
    name = f"of {len(whole.training.phases)} phases"
    found: dict[str, list[float]] = {"taught": [], "alone": []}
    for seed in _SEEDS[: 1 if lab.quick else None]:
        for how, design in {"taught": whole, "alone": _alone(whole, "student")}.items():
            run = lab.train(design, f"{how} {name}, {seed}", seed=seed)
            found[how].append(lab.judged(run, "last")["accuracy"])
    return _better(found, "taught", "alone")


def _alone(whole: Design, network: str) -> Design:
    """One network of a distillation as a classifier, which learns for as long as in its phases."""
    epochs = sum(phase.epochs for phase in whole.training.phases if network in phase.trains)
    alone = replace(whole, networks={network: whole.networks[network]}, task=Choice("classification"))
    training = replace(whole.training, phases=()).with_values({"epochs": epochs})
    return edit.set_training(alone, training)


def _better(found: dict[str, list[float]], name: str, other: str) -> tuple[float, str]:
    """How much better the mean of one is."""
    this, that = mean(found[name]), mean(found[other])
    return this - that, f"{name} {this:.1%}, {other} {that:.1%}, {len(found[name])} seeds"


FAMILIES = (
    Family("self-supervised", "simclr", "accuracy of a linear probe less supervised", -0.03, probed),
    Family(
        "pictures and texts", "clip", "names found for held-out digits", 0.9, measure_of("retrieval", "clip")
    ),
    Family("distillation", "distillation", "accuracy less that of the student alone", 0.005, distilled),
    Family("distillation", "distillation", "the same, of a teacher that has learned before", 0.005, of_ready),
    Family("fine-tuning", "finetune-digits", "accuracy less that from scratch, 20 a class", 0.005, tuned),
)
