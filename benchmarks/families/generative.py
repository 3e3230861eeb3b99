"""Families that make digits up, judged by a classifier that never saw one of theirs.

The sample cnn-digits is trained beside them, with plain cross-entropy, which lets it be sure. Of 1,000 digits the share
counts of which it is sure by 0.9 and more; it is none at all where one of the ten digits makes up less than 3 %.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.families.lab import CATALOG, Family, Lab, model_of
from netdesigner.document import Choice, edit
from netdesigner.parts import Model
from netdesigner.tasks.diffusion import Diffusion
from netdesigner.training.data import scale
from netdesigner.training.runs import load_run

COUNT = 1000
SURE, EACH = 0.9, 0.03
_GANS = ("gan", "dcgan", "wgan-gp")
_FIGURE = f"of {COUNT:,} digits those a classifier is sure of ({SURE}), each digit at least {EACH:.0%}"


def sure_of(lab: Lab, pictures: Tensor, people: bool = False) -> tuple[float, str]:
    """The figure of digits as the data set has them, and what else the classifier says of them."""
    judge = model_of(_classifier(lab))
    with torch.inference_mode():
        found = judge.module(torch.from_numpy(scale(pictures.numpy(), judge.scaling))).softmax(1)
    shares = found.argmax(1).bincount(minlength=10) / len(found)
    sure, rarest = float((found.amax(1) >= SURE).float().mean()), float(shares.min())
    told = f"sure of {sure:.1%}, rarest digit {rarest:.1%}"
    return (sure if rarest >= EACH or people else 0.0), told


def _classifier(lab: Lab) -> Path:
    """The run of the classifier, whose own loss would keep it at 0.91 at most."""
    return lab.train(edit.set_loss(lab.template("cnn-digits"), Choice("CrossEntropyLoss")), "classifier")


def _unscaled(pictures: Tensor, model: Model) -> Tensor:
    shift, width = (torch.tensor(model.scaling[name]).reshape(-1, 1, 1) for name in ("shift", "scale"))
    return (pictures * width + shift).clamp(0, 1)


def _noise(seed: int, *shape: int) -> Tensor:
    return torch.randn(COUNT, *shape, generator=torch.Generator().manual_seed(seed))


def people(lab: Lab) -> tuple[float, str]:
    """How sure the classifier is of the held-out digits that people wrote, to tell what can be reached."""
    return sure_of(lab, torch.from_numpy(load_run(_classifier(lab), CATALOG).held_out().raw), people=True)


def _adversarial(template: str, lab: Lab) -> tuple[float, str]:
    """Digits of the generator with the weights that its design keeps."""
    model = model_of(lab.train(lab.template(template), template), "generator", which="")
    with torch.inference_mode():
        made = model.module(_noise(lab.seed, *model.inputs[0][1].shape[1:]))
    return sure_of(lab, _unscaled(made, model))


def variational(lab: Lab) -> tuple[float, str]:
    """Digits that the decoder makes of draws from the standard normal distribution."""
    model = model_of(lab.train(lab.template("vae"), "vae"))
    code = _noise(lab.seed, int(model.design.variables["latent"]))
    hook = model.module.get_submodule("sample").register_forward_hook(lambda *_: code)
    with torch.inference_mode():
        scores = model.module(torch.zeros(COUNT, 1, 8, 8))[0]
    hook.remove()
    return sure_of(lab, scores.sigmoid())


def _drawn(lab: Lab, template: str) -> tuple[float, str]:
    """Digits drawn by diffusion with the last weights, class by class where the network takes classes."""
    run = lab.train(lab.template(template), template)
    task, model = load_run(run, CATALOG, "last").task, model_of(run, which="last")
    assert isinstance(task, Diffusion)
    classes = torch.arange(COUNT) % 10 if len(model.inputs) > 2 else None
    torch.manual_seed(lab.seed)  # for a diffusion that brings in new noise
    with torch.inference_mode():
        *_, (_, samples) = task.samples_from(model.module, _noise(lab.seed, 1, 8, 8), classes)
    return sure_of(lab, _unscaled(samples, model))


def diffusion(lab: Lab) -> tuple[float, str]:
    """The small DDPM of the gallery, which is not told which digit to draw."""
    return _drawn(lab, "ddpm")


def class_conditional(lab: Lab) -> tuple[float, str]:
    """A residual network over the 64 numbers of a digit, each layer of which is told the time step and the digit."""
    return _drawn(lab, "denoiser-digits")


FAMILIES = (
    Family("digits of people", "cnn-digits", "those a classifier is sure of (0.9)", 0.0, people),
    Family("variational autoencoder", "vae", _FIGURE, 0.8, variational),
    *(Family("GAN", template, _FIGURE, 0.8, partial(_adversarial, template)) for template in _GANS),
    Family("diffusion", "ddpm", _FIGURE, 0.9, diffusion),
    Family("diffusion, class-conditional", "denoiser-digits", _FIGURE, 0.9, class_conditional),
)
