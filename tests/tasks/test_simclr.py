from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import netdesigner as nd
from netdesigner.document import Choice
from netdesigner.parts import Catalog, DataSpec, ImageGrid, Pair, Task, TensorSpec
from netdesigner.training.events import Finished, Warned

CATALOG = Catalog.discover()
SPEC = DataSpec(TensorSpec(("N", 3)), TensorSpec(("N",), "int64"), ("a", "b"), 40)
TARGETS = torch.arange(40) % 2


class Both(nn.Module):
    """Features, and what is made of them."""

    output_ids = ("features", "projection")

    def forward(self, input: Tensor) -> tuple[Tensor, Tensor]:
        return 2 * input.flatten(1), input.flatten(1)


class Moved:
    """What makes versions of samples: all numbers of each are moved by one amount."""

    def __call__(self, batch: Pair) -> Pair:
        return batch._replace(input=batch.input + torch.rand(len(batch.input), 1))


def task(augmented: object = None, **params: float) -> Task:
    return CATALOG.task(Choice("simclr", params)).with_fields(augmented=augmented)


def test_the_loss_is_that_of_the_formula() -> None:
    samples = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    found = task(temperature=0.3).step({"network": Both()}, None, Pair(samples, TARGETS[:5]))
    unit = samples / samples.norm(dim=1, keepdim=True)
    cosines = (unit @ unit.T / 0.3).exp()
    # Both versions of a sample are the sample itself: every other sample is met twice, and it once.
    every = 2 * cosines.sum(1) - cosines.diag()
    assert float(found["loss"]) == pytest.approx(float(-(math.exp(1 / 0.3) / every).log().mean()), rel=1e-5)
    assert float(found["matched"]) == 1.0


def test_versions_are_others_each_time_in_training_and_the_same_for_validation() -> None:
    tried, samples = task(Moved()), torch.zeros(4, 3)
    network = Both()

    def losses() -> list[float]:
        found = (tried.step({"network": network}, None, Pair(samples, TARGETS[:4])) for _ in range(2))
        return [float(curves["loss"]) for curves in found]

    seen: list[Tensor] = []
    network.register_forward_pre_hook(lambda _module, given: seen.append(given[0].clone()))
    losses()
    assert not torch.equal(seen[0][:4], seen[0][4:])
    assert not torch.equal(seen[0], seen[1])
    network.eval()
    before = torch.random.get_rng_state()
    one, other = losses()
    assert one == other
    assert torch.equal(seen[2], seen[3])
    assert torch.equal(torch.random.get_rng_state(), before)


def test_features_that_part_the_classes_are_told_and_others_are_not() -> None:
    chance = np.random.default_rng(0)
    noise = chance.normal(size=(40, 3)).astype(np.float32)
    parting = noise + 9 * np.eye(3, dtype=np.float32)[TARGETS]
    told, previews = task().judge(parting, TARGETS.numpy(), SPEC)
    assert (told["linear_probe"], told["neighbors"]) == (1.0, 1.0)
    assert previews[0].title == "Confusions of the linear probe"
    chanced, _ = task().judge(noise, TARGETS.numpy(), SPEC)
    assert max(chanced["linear_probe"], chanced["neighbors"]) < 0.8
    assert chanced["uniformity"] < told["uniformity"] < 0


def test_without_classes_features_are_judged_by_how_they_are_spread_alone() -> None:
    features = np.eye(4, dtype=np.float32)
    values = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N", 1)), rows=4)
    measures, previews = task().judge(features, np.zeros((4, 1), np.float32), values)
    assert measures == {"uniformity": pytest.approx(-4.0)}  # all at right angles, d² = 2
    assert previews == ()


def test_many_samples_are_judged_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    features = np.random.default_rng(2).normal(size=(50, 3)).astype(np.float32)
    values = DataSpec(TensorSpec(("N", 3)), TensorSpec(("N", 1)), rows=50)
    target = np.zeros((50, 1), np.float32)
    whole = task().judge(features, target, values)[0], task().errors(features, target)
    monkeypatch.setattr("netdesigner.tasks.simclr._TOGETHER", 7)
    measures, errors = task().judge(features, target, values)[0], task().errors(features, target)
    assert measures["uniformity"] == pytest.approx(whole[0]["uniformity"])
    np.testing.assert_allclose(errors, whole[1])
    apart = torch.pdist(torch.nn.functional.normalize(torch.from_numpy(features).double()))
    assert measures["uniformity"] == pytest.approx(float((-2 * apart**2).exp().mean().log()))


@pytest.mark.parametrize("seldom", [0, 1, 2])
def test_a_class_that_is_seldom_held_out_ends_nothing(seldom: int) -> None:
    target = np.zeros(20, np.int64)
    target[:seldom] = 1
    features = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    measures, _ = task().judge(features, target, SPEC)
    assert ("linear_probe" in measures) == (seldom > 1)


def test_pictures_are_shown_before_their_nearest_neighbours() -> None:
    pictures = torch.rand(8, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    pictures[5] = pictures[0]
    (grid,) = task(neighbors=2).made({"network": Both().eval()}, pictures, SPEC)
    assert isinstance(grid, ImageGrid)
    assert len(grid.pictures) == 8
    row = np.frombuffer(grid.pictures[0].pixels, np.uint8).reshape(4, 12)
    assert (row[:, :4] == row[:, 4:8]).all()


def test_two_outputs_are_trained_judged_and_gone_on_with(tmp_path: Path) -> None:
    def layers(net: nd.Builder) -> object:
        return net.ReLU(net.Linear(net.Input(shape=(4,)), out_features=6, name="hidden"))

    net = nd.Builder()
    features = layers(net)
    net.Output(features)
    net.Output(net.Linear(features, out_features=3, name="projection"))
    design = net.design(data="iris", task="simclr", augmentations=("jitter",), epochs=1)
    assert isinstance([*nd.train(design, tmp_path / "first", device="cpu")][-1], Finished)
    assert nd.evaluate(tmp_path / "first").measures.keys() >= {"linear_probe", "neighbors", "uniformity"}

    net = nd.Builder()
    net.Output(net.Linear(layers(net), out_features=3, name="scores"))
    classifier = net.design(data="iris", task="classification", epochs=1)
    events = nd.train(classifier, tmp_path / "second", device="cpu", start_from=str(tmp_path / "first"))
    (told,) = [event.message for event in events if isinstance(event, Warned)]
    assert told.startswith(
        "first: 2 of 4 weights start with the values of the file: hidden; 2 not in the file"
    )
