"""A network that gives a number of its own to be made small, beside what is compared with the targets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
import torch
from torch import Tensor, nn

from netdesigner.document import Choice, Design
from netdesigner.parts import Catalog, Layer, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.session import exporting
from netdesigner.session import training as verbs
from netdesigner.session.builder import Builder
from netdesigner.training.events import EpochEnd, Finished, Steps
from netdesigner.training.runs import curves_of, read_events

REAL = Catalog.discover()


class _Spread(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.square().mean()


class Spread(Layer):
    """The mean square of all that comes in, one number for the whole batch."""

    kind: ClassVar[str] = "Spread"

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        return self.need(specs[0]).with_shape()

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        return _Spread()


CATALOG = replace(REAL, layers={**REAL.layers, "Spread": Spread})


def flowers(first: str, **choices: str) -> Design:
    """Classes of iris; the Output that is named stands first in the design."""
    net = Builder(catalog=CATALOG)
    hidden = net.Tanh(net.Linear(net.Input(shape=(4,)), name="hidden", out_features=8))
    scores = net.Linear(hidden, name="head", out_features=3)
    spread = net.Spread(scores)
    ends = {"scores": scores, "spread": spread}
    for name in sorted(ends, key=lambda name: name != first):
        net.Output(ends[name], name=name)
    return net.design(data="iris", epochs=3, batch_size=16, seed=1, device="cpu", **choices)


@pytest.mark.parametrize("first", ["scores", "spread"])
def test_it_is_added_to_the_loss_shown_and_taken_away_with_the_network(first: str, tmp_path: Path) -> None:
    design, run = flowers(first, task="classification"), tmp_path / "run"
    events = list(verbs.train(design, CATALOG, run))
    assert isinstance(events[-1], Finished)
    steps = next(event for event in events if isinstance(event, Steps))
    assert list(steps.values) == ["loss", "accuracy", "output:spread"]
    ends = [event for event in events if isinstance(event, EpochEnd)]
    assert ends[-1].validation.keys() == steps.values.keys()
    assert ends[-1].train["output:spread"] < ends[-1].train["loss"]
    assert curves_of(read_events(run)).validation["output:spread"][1] == tuple(
        end.validation["output:spread"] for end in ends
    )
    evaluation = verbs.evaluate_run(run, CATALOG)
    assert 0 <= evaluation.measures["accuracy"] <= 1
    assert exporting.export_model(run, CATALOG, Choice("onnx"), tmp_path / "model.onnx").verified


def test_the_loss_is_the_sum_and_its_gradient_too() -> None:
    from netdesigner.compiler import compile_design

    design = flowers("spread", task="classification")
    network = compile_design(design, CATALOG, seed=0).module
    assert network.output_ids == ("spread", "scores")
    task = CATALOG.task(Choice("classification"))
    input, target = torch.randn(10, 4, generator=torch.Generator().manual_seed(0)), torch.arange(10) % 3
    found = task.step({"network": network}, task.chosen_loss.build(), Pair(input, target))
    spread, scores = network(input)
    expected = nn.functional.cross_entropy(scores, target) + spread
    assert torch.equal(found["loss"], expected)
    assert torch.equal(found["output:spread"], spread)
    assert {name for name, value in found.items() if value.requires_grad} == {"loss"}
    weights = list(network.parameters())
    ours, theirs = (torch.autograd.grad(loss, weights) for loss in (found["loss"], expected))
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))
