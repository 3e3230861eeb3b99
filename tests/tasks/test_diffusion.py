"""Diffusion: what a network is given and has to say, how samples come out of noise, and how that is judged."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from netdesigner.errors import ParameterError, TrainingError
from netdesigner.losses.distance import MSELoss
from netdesigner.losses.likelihood import GaussianNLLLoss, PoissonNLLLoss
from netdesigner.parts import DataSpec, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.preview import ImageGrid, Table
from netdesigner.tasks.diffusion import Diffusion

KINDS = [(s, p) for s in ("linear", "cosine") for p in ("noise", "velocity")]
PICTURES = DataSpec(TensorSpec(("N", 1, 4, 4)), TensorSpec(("N",), "int64"), classes=("a", "b", "c"))
ROWS = DataSpec(TensorSpec(("N", 3)), TensorSpec(("N", 1)), features=("u", "v", "w"))


def task(**values: Any) -> Diffusion:
    return Diffusion(loss=MSELoss(), **values)


class Knows(nn.Module):
    """Knows which sample each noisy one was made of, and so the noise in it exactly."""

    def __init__(self, task: Diffusion, samples: Tensor, inputs: int = 2) -> None:
        super().__init__()
        self.task, self.samples, self.input_count = task, samples, inputs
        self.asked: list[tuple[Tensor, ...]] = []

    def forward(self, noisy: Tensor, times: Tensor, *classes: Tensor) -> Tensor:
        self.asked.append((times, *classes))
        share = self.task.shares()[times].reshape(-1, *(1,) * (noisy.ndim - 1))
        noise = (noisy - share.sqrt() * self.samples) / (1 - share).sqrt()
        return (
            noise
            if self.task.predicts == "noise"
            else share.sqrt() * noise - (1 - share).sqrt() * self.samples
        )


class OfGaussian(nn.Module):
    """The best that can be said where all numbers of samples are normal and independent, with one deviation."""

    input_count = 2

    def __init__(self, task: Diffusion, deviation: float) -> None:
        super().__init__()
        self.task, self.variance = task, deviation**2

    def forward(self, noisy: Tensor, times: Tensor) -> Tensor:
        share = self.task.shares()[times][:, None]
        whole = share * self.variance + 1 - share
        noise, sample = (1 - share).sqrt() * noisy / whole, share.sqrt() * self.variance * noisy / whole
        return noise if self.task.predicts == "noise" else share.sqrt() * noise - (1 - share).sqrt() * sample


def samples(count: int = 6, *shape: int) -> Tensor:
    return torch.randn(count, *(shape or (1, 4, 4)), generator=torch.Generator().manual_seed(0))


# ------------------------------------------------------------------------------------------------------- schedules


def test_the_shares_are_the_published_ones() -> None:
    linear, cosine = task().shares(), task(schedule="cosine").shares()
    assert linear[0] == pytest.approx(0.9999)
    assert linear[-1] == pytest.approx(4.0358e-5, rel=1e-3)
    half = (
        math.cos((0.501 - 0.001 + 0.008) / 1.008 * math.pi / 2) ** 2
        / math.cos(0.008 / 1.008 * math.pi / 2) ** 2
    )
    assert cosine[499] == pytest.approx(half, rel=1e-4)


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
@pytest.mark.parametrize("time_steps", [2, 50, 1000])
def test_a_sample_becomes_noise_in_any_number_of_steps(schedule: str, time_steps: int) -> None:
    shares = task(schedule=schedule, time_steps=time_steps).shares()
    assert shares.shape == (time_steps,)
    assert (shares.diff() < 0).all()
    assert shares[0] < 1
    assert 0 < shares[-1] < 0.01


# ------------------------------------------------------------------------------------------------- what is learned


@pytest.mark.parametrize(("schedule", "predicts"), KINDS)
@pytest.mark.parametrize("training", [True, False])
def test_who_knows_the_noise_has_no_loss(schedule: str, predicts: str, training: bool) -> None:
    what, given = task(schedule=schedule, predicts=predicts, time_steps=50), samples()
    network = Knows(what, given).train(training)
    found = what.step({"network": network}, nn.MSELoss(), Pair(given, torch.zeros(6, dtype=torch.int64)))
    assert found["loss"] < 1e-6


def test_who_says_nothing_has_the_loss_of_the_noise() -> None:
    class Nothing(Knows):
        def forward(self, noisy: Tensor, times: Tensor, *classes: Tensor) -> Tensor:
            return torch.zeros_like(noisy)

    torch.manual_seed(0)
    given = samples(2000)
    found = task().step({"network": Nothing(task(), given)}, nn.MSELoss(), Pair(given, given))
    assert float(found["loss"]) == pytest.approx(1, abs=0.05)
    assert float(found["mae"]) == pytest.approx(math.sqrt(2 / math.pi), abs=0.05)


def test_each_step_of_training_draws_anew_and_validation_never() -> None:
    given, drawn = samples(50), []
    for training in (True, False):
        network = Knows(task(), given).train(training)
        for _ in range(2):
            task().step({"network": network}, nn.MSELoss(), Pair(given, given))
        drawn.append([times for times, *_ in network.asked])
    (one, two), (three, four) = drawn
    assert not torch.equal(one, two)
    assert torch.equal(three, four)
    for times in (one, three):
        assert times.min() < 200
        assert 800 < times.max() < 1000


def test_a_network_with_a_third_input_gets_the_class() -> None:
    given, classes = samples(), torch.tensor([2, 0, 1, 1, 0, 2])
    network = Knows(task(), given, inputs=3)
    task().step({"network": network}, nn.MSELoss(), Pair(given, classes))
    task().answers({"network": network.eval()}, given, classes)
    assert len(network.asked) == 5
    assert all(torch.equal(told, classes) for _, told in network.asked)


def test_a_loss_of_means_and_variances_learns_noise_too() -> None:
    class Both(Knows):
        def forward(self, *given: Tensor) -> Tensor:
            said = super().forward(*given)
            return torch.cat([said, torch.ones_like(said)], 1)

    given, what = samples(), Diffusion(loss=GaussianNLLLoss())
    found = what.step({"network": Both(what, given)}, what.chosen_loss.build(), Pair(given, given))
    assert float(found["loss"]) == pytest.approx(0, abs=1e-6)
    assert float(found["mae"]) == pytest.approx(0, abs=1e-4)
    assert what.misfits(TensorSpec(("N", 2, 4, 4)), PICTURES, "") == ()


# ------------------------------------------------------------------------------------------------ samples out of noise


@pytest.mark.parametrize("eta", [0, 0.5, 1])
@pytest.mark.parametrize(("schedule", "predicts"), KINDS)
def test_samples_have_the_deviation_of_those_that_were_learned(
    schedule: str, predicts: str, eta: float
) -> None:
    what = task(schedule=schedule, predicts=predicts, sampling_steps=100, eta=eta)
    *_, (time, found) = what.samples_from(OfGaussian(what, 2.5), samples(4000, 2))
    assert time == 0
    assert float(found.std()) == pytest.approx(2.5, rel=0.05)


def test_the_network_is_asked_as_often_as_said_from_the_last_time_step_to_the_first() -> None:
    what, given = task(sampling_steps=4), samples()
    assert [time for time, _ in what.samples_from(Knows(what, given), given)] == [750, 500, 250, 0]
    few = task(sampling_steps=50, time_steps=3)
    assert [time for time, _ in few.samples_from(Knows(few, given), given)] == [2, 1, 0]
    with pytest.raises(ParameterError, match="at least 2"):
        task(sampling_steps=1)  # which would ask about nothing but noise as if there were next to none


def test_new_noise_makes_other_samples_of_the_same_beginning() -> None:
    given = samples(50, 2)
    for eta, same in ((0, True), (1, False)):
        what = task(sampling_steps=20, eta=eta)
        network = OfGaussian(what, 2.5)
        *_, (_, one) = what.samples_from(network, given)
        *_, (_, other) = what.samples_from(network, given)
        assert torch.equal(one, other) is same


def test_pictures_are_drawn_for_each_class_in_order_and_one_is_shown_as_it_grows() -> None:
    network = Knows(task(), samples(1), inputs=3).eval()
    grid, way = task().made({"network": network}, samples(), PICTURES)
    assert isinstance(grid, ImageGrid)
    assert [picture.caption for picture in grid.pictures] == ["a"] * 13 + ["b"] * 13 + ["c"] * 13
    assert network.asked[0][1].tolist() == [0] * 13 + [1] * 13 + [2] * 13
    assert len({picture.pixels for picture in grid.pictures}) == 1  # all become the only sample that there is
    assert isinstance(way, ImageGrid)
    assert (way.pictures[0].caption, way.pictures[-1].caption) == ("time step 1000", "time step 0")
    assert way.pictures[-1].pixels == grid.pictures[0].pixels


def test_without_classes_pictures_are_drawn_all_the_same() -> None:
    grid, _ = task().made({"network": Knows(task(), samples(1)).eval()}, samples(), PICTURES)
    assert isinstance(grid, ImageGrid)
    assert len(grid.pictures) == 40


def test_samples_are_made_up_of_all_classes_in_turn_and_as_those_that_were_learned() -> None:
    what = task(sampling_steps=3)
    for inputs in (2, 3):
        network = Knows(what, samples(1), inputs).eval()
        batches = what.made_up({"network": network}, samples(), PICTURES)
        made, classes = zip(*itertools.islice(batches, 2), strict=True)
        assert all(torch.allclose(batch, samples(1).expand(100, 1, 4, 4), atol=1e-2) for batch in made)
        wanted = [number % 3 for number in range(200)] if inputs == 3 else [None, None]
        assert (torch.cat(classes).tolist() if inputs == 3 else [*classes]) == wanted
    assert network.asked[0][1].tolist() == wanted[:100]


def test_rows_are_drawn_as_rows() -> None:
    row = torch.tensor([[1.0, 2.0, 3.0]])
    (table,) = task().made({"network": Knows(task(), row).eval()}, row, ROWS)
    assert isinstance(table, Table)
    assert table.columns == ("u", "v", "w")
    assert len(table.rows) == 40
    assert table.rows[0] == pytest.approx((1.0, 2.0, 3.0), abs=1e-3)


# --------------------------------------------------------------------------------------------------------- judging


@pytest.mark.parametrize("predicts", ["noise", "velocity"])
def test_who_knows_the_noise_is_judged_to_be_right(predicts: str) -> None:
    what, given = task(predicts=predicts), samples()
    output = what.answers({"network": Knows(what, given).eval()}, given, given).numpy()
    target = what.wanted(given, given).numpy()
    assert output.shape == (6, 4, 16)
    measures, (table,) = what.judge(output, target, PICTURES)
    assert measures == pytest.approx({"noise_mse": 0}, abs=1e-6)
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == [125, 375, 625, 875]
    assert what.errors(output, target) == pytest.approx(np.zeros(6), abs=1e-6)


def test_an_error_in_the_noise_is_told_as_such_whatever_it_does_to_the_sample() -> None:
    class Off(Knows):
        def forward(self, *given: Tensor) -> Tensor:
            return super().forward(*given) + 0.5

    given = samples()
    output = task().answers({"network": Off(task(), given).eval()}, given, given).numpy()
    measures, (table,) = task().judge(output, given.flatten(1).numpy(), PICTURES)
    assert measures["noise_mse"] == pytest.approx(0.25, rel=1e-3)
    assert isinstance(table, Table)
    assert [row[2] for row in table.rows] == pytest.approx([0.25] * 4, rel=1e-3)
    left = [float(row[1]) for row in table.rows]
    assert [row[3] for row in table.rows] == pytest.approx([0.25 * (1 - a) / a for a in left], rel=1e-2)


# ------------------------------------------------------------------------------------------------------- what fits


def test_the_class_is_offered_where_each_sample_has_one() -> None:
    assert [tensor.what for tensor in task().given(PICTURES)] == [
        "the noisy sample",
        "the time step",
        "the class",
    ]
    assert [tensor.what for tensor in task().given(ROWS)] == ["the noisy sample", "the time step"]
    assert len(task().given(None)) == 3


def test_an_output_unlike_a_sample_is_told() -> None:
    (misfit,) = task().misfits(TensorSpec(("N", 2, 4, 4)), PICTURES, "Conv2d")
    assert (misfit.code, misfit.shape) == ("ND420", (1, 4, 4))
    assert misfit.message == "Diffusion asks for the noise in [N, 1, 4, 4], but the output is [N, 2, 4, 4]"
    tokens = DataSpec(TensorSpec(("N", 4), "int64"), TensorSpec(("N",), "int64"), classes=("a", "b"))
    (misfit,) = task().misfits(TensorSpec(("N", 4)), tokens, "Linear")
    assert misfit.code == "ND421"
    assert misfit.message.startswith("Diffusion learns values of a fixed shape, but samples are [N, 4] int64")


def test_a_loss_that_cannot_learn_any_number_is_told_once() -> None:
    (misfit,) = Diffusion(loss=PoissonNLLLoss()).misfits(TensorSpec(("N", 1, 4, 4)), PICTURES, "Tanh")
    assert (misfit.code, misfit.loss) == ("ND425", "MSELoss")


def test_a_table_of_time_steps_that_is_too_short_is_found_before_training() -> None:
    class Table(nn.Module):
        input_count = 2

        def __init__(self, rows: int) -> None:
            super().__init__()
            self.rows = nn.Embedding(rows, 1)

        def forward(self, noisy: Tensor, times: Tensor) -> Tensor:
            return noisy + self.rows(times)[..., None, None]

    network = Table(1000)
    task().check_networks({"network": network}, samples(1))
    assert network.training
    with pytest.raises(TrainingError, match="does not know the time step 999"):
        task().check_networks({"network": Table(999)}, samples(1))


def test_usage_says_how_the_noise_comes_in() -> None:
    text = task(predicts="velocity", schedule="cosine", time_steps=100).usage()
    assert "The share a falls from 0.999369 at time step 0 to " in text
    assert "says √a·ε - √(1 - a)·x." in text
