"""A run of any task that was stopped in the middle of an epoch ends as one that was not, to the bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import netdesigner as nd
from netdesigner.document import Choice, Design
from netdesigner.document.edit import set_phases
from netdesigner.parts import Catalog
from netdesigner.session.training import train
from netdesigner.training.control import Control
from netdesigner.training.events import Finished, Steps
from netdesigner.training.runs import curves_of, read_events

CATALOG = Catalog.discover()
FEW = {"validation": 0.05, "test": 0.85}
"""Of the 1,797 digits: 180 to learn from, which makes 6 steps an epoch."""
DIGITS = Choice("digits", FEW)
AUGMENTED = (Choice("affine"), Choice("noise"))


def network(*outputs: int, shape: tuple[int, ...] = (1, 8, 8), **more: Any) -> Design:
    """A hidden layer that drops numbers, a norm, and Outputs of some lengths."""
    net = nd.Builder()
    x = net.Linear(net.Flatten(net.Input(shape=shape)), out_features=12)
    x = net.Dropout(net.BatchNorm1d(x), p=0.2)
    for length in outputs:
        net.Output(net.Linear(x, out_features=length))
    return net.design(epochs=3, batch_size=32, ema_decay=0.9, **more)


def reader(**more: Any) -> Design:
    """Scores for each token of 16."""
    net = nd.Builder()
    x = net.Embedding(net.Input(shape=(16,), dtype="int64"), num_embeddings=97, embedding_dim=6)
    net.Output(net.Linear(net.Dropout(x, p=0.2), out_features=97))
    return net.design(epochs=3, batch_size=32, **more)


def of_two(one: Design, other: Design, *names: str) -> Design:
    """A design with the networks of two."""
    first, second = (design.networks["main"] for design in (one, other))
    return replace(one, networks=dict(zip(names, (first, second), strict=True)))


def simclr() -> Design:
    return replace(network(8, 4, data=DIGITS, task=Choice("simclr")), augmentations=AUGMENTED)


def distillation() -> Design:
    student = network(10, data=DIGITS, task=Choice("distillation"))
    return replace(of_two(student, network(10), "student", "teacher"), augmentations=AUGMENTED)


def forecasting() -> Design:
    data = Choice("sunspots", {"length": 12, "horizon": 2})
    design = network(2, shape=(12, 1), data=data, task=Choice("forecasting"))
    return replace(design, augmentations=(Choice("jitter"), Choice("hide_time")))


def multi_label() -> Design:
    data = Choice("digits_together", {"count": 200})
    return network(10, shape=(1, 32, 32), data=data, task=Choice("multi_label"), accumulate=2)


def masked_language_model() -> Design:
    data = Choice("python_help", {"length": 16, "most": 4000, "hidden": 0.2})
    return reader(data=data, task=Choice("masked_language_model"))


def contrastive_pairs() -> Design:
    texts = nd.Builder()
    x = texts.Embedding(texts.Input(shape=(6,), dtype="int64"), num_embeddings=28, embedding_dim=4)
    texts.Output(texts.Linear(texts.Flatten(x), out_features=8))
    image = network(8, data=Choice("digits_named", FEW), task=Choice("contrastive_pairs"))
    return of_two(image, texts.design(), "image", "text")


def balanced() -> Design:
    design = network(10, data=DIGITS, task=Choice("classification"), sampling="balanced", clip_norm=1.0)
    phases = (nd.Phase(1, ("main.linear_2",), 0.5), nd.Phase(2))
    return replace(set_phases(design, phases), augmentations=(Choice("cutmix"), *AUGMENTED))


@pytest.mark.parametrize(
    "make",
    [simclr, distillation, forecasting, multi_label, masked_language_model, contrastive_pairs, balanced],
    ids=lambda make: make.__name__,
)
def test_a_stopped_run_ends_as_one_that_was_not(make: Callable[[], Design], tmp_path: Path) -> None:
    design = make()
    assert nd.check(design).errors == ()
    straight, cut = tmp_path / "straight", tmp_path / "cut"
    assert isinstance([*nd.train(design, straight)][-1], Finished)
    control = Control()
    for event in train(design, CATALOG, cut, control=control):
        if isinstance(event, Steps) and event.last >= 4:
            control.stop()
    assert isinstance(event, Finished)
    assert event.reason == "stopped"
    *_, last = nd.train(design, cut, resume=True)
    assert isinstance(last, Finished)
    assert last.reason == "done"
    assert curves_of(read_events(straight)) == curves_of(read_events(cut))
    for file in straight.glob("checkpoint-*/*.safetensors"):
        assert file.read_bytes() == (cut / file.parent.name / file.name).read_bytes()
