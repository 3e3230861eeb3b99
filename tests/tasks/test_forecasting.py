"""Forecasting: what is learned, in which unit it is told, and what it is compared with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from netdesigner.losses.binary import BCELoss
from netdesigner.losses.distance import MSELoss
from netdesigner.losses.likelihood import GaussianNLLLoss
from netdesigner.parts import DataSpec, Loss, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.dataset import Unit
from netdesigner.parts.preview import Curves, Table
from netdesigner.parts.span import ANY, Span
from netdesigner.tasks.forecasting import Forecasting
from netdesigner.tasks.regression import Regression


def task(loss: Loss | None = None, season: int = 0) -> Forecasting:
    return Forecasting(loss=loss or MSELoss(), season=season)


def data(steps: int = 3, columns: int = 1, past: int = 4, features: int = 2) -> DataSpec:
    names = tuple("uvw"[:columns])
    shapes = TensorSpec(("N", past, features)), TensorSpec(("N", steps, columns))
    return DataSpec(*shapes, rows=40, features=names, targets=names, ahead=True)


def of_series(values: list[float], past: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """All windows of a series and what follows, a single column."""
    starts = range(len(values) - past - steps + 1)
    cut = np.array([values[start : start + past + steps] for start in starts], np.float32)[..., np.newaxis]
    return cut[:, :past], cut[:, past:]


# ------------------------------------------------------------------------------------------------------------ learning


def test_what_is_wanted_is_the_past_of_the_foretold_columns_and_the_steps_to_come() -> None:
    input, target = np.arange(24.0).reshape(2, 4, 3), -np.ones((2, 5, 2))
    wanted = task().wanted(input, target)
    assert (wanted[:, :4] == input[:, :, :2]).all()
    assert (wanted[:, 4:] == -1).all()
    assert (task().wanted(torch.from_numpy(input), torch.from_numpy(target)).numpy() == wanted).all()


@pytest.mark.parametrize("columns", [1, 2])
def test_the_loss_is_that_of_the_steps_to_come_alone(columns: int) -> None:
    input, target = torch.randn(6, 4, 2), torch.randn(6, 3, columns)
    said = torch.randn(6, 3, columns)
    network = torch.nn.Sequential()
    network.register_forward_hook(lambda *_: said.squeeze(2))
    found = task().step({"network": network}, MSELoss().build(), Pair(input, target))
    assert found["loss"].item() == pytest.approx(float(((said - target) ** 2).mean()), rel=1e-5)
    assert found["mae"].item() == pytest.approx(float((said - target).abs().mean()), rel=1e-5)


def test_means_and_variances_of_all_steps_are_learned() -> None:
    nll = task(GaussianNLLLoss())
    input, target = torch.zeros(5, 4, 1), torch.randn(5, 3, 1)
    output = torch.cat([target[..., 0], torch.ones(5, 3)], dim=1)
    wanted = nll.wanted(input, target)
    assert nll.measured(output, wanted)["mae"].item() == 0
    assert nll.errors(output.numpy(), wanted.numpy()).tolist() == [0] * 5
    assert not nll.misfits(TensorSpec(("N", 6)), data(), "Concat")
    assert nll.misfits(TensorSpec(("N", 3)), data(), "Linear")[0].features == 6


# ------------------------------------------------------------------------------------------------------------- judging


def test_errors_and_skill_by_hand() -> None:
    past, true = of_series([0, 1, 0, 1, 0, 1, 0, 1, 0], past=4, steps=2)
    wanted = task().wanted(past, true)
    measures, previews = task(season=2).judge(true[..., 0] + 0.25, wanted, data(2))
    assert measures["mae"] == measures["rmse"] == pytest.approx(0.25)
    assert measures["skill_over_last"] == pytest.approx(1 - 0.0625 / 0.5)  # wrong by 1 at every other step
    assert "skill_over_season" not in measures  # which is never wrong
    assert "mape" not in measures
    table = next(shown for shown in previews if isinstance(shown, Table))
    assert [row[0] for row in table.rows] == ["forecast", "last value repeated", "season repeated (2 steps)"]
    assert [row[1] for row in table.rows] == [0.25, 0.5, 0.0]


def test_a_season_is_repeated_as_often_as_there_are_steps_to_come() -> None:
    values = [float(step % 3) + step // 30 for step in range(60)]
    past, true = of_series(values, past=5, steps=7)
    measures, previews = task(season=3).judge(true, task().wanted(past, true), data(7, past=5))
    assert measures["skill_over_season"] == 1
    table = next(shown for shown in previews if isinstance(shown, Table))
    assert 0 < table.rows[2][2] < table.rows[1][2]


def test_everything_is_told_in_the_own_unit_of_the_series() -> None:
    past, true = of_series([float(step) for step in range(20)], past=4, steps=3)
    scaled = replace(data(), unit=Unit((100.0,), (10.0,)))
    wanted = task().wanted(past, true)
    said = true[..., 0] + 0.5
    measures, previews = task(season=1).judge(said, wanted, scaled)
    assert measures["mae"] == pytest.approx(5)
    assert measures["mape"] == pytest.approx(np.mean(5 / (100 + 10 * true)))
    drawn = next(shown for shown in previews if isinstance(shown, Curves) and "1 step ahead" in shown.title)
    truth, forecast = (line.y for line in drawn.lines)
    assert truth[0] == 100 + 10 * 4
    assert forecast[0] == pytest.approx(145)
    assert task().words(said[0], wanted[0], scaled) == ("140, 150, 160", "145, 155, 165")


def test_a_season_is_found_where_there_is_one() -> None:
    def told(values: list[float]) -> list[str]:
        past, true = of_series(values, past=30, steps=2)
        _, previews = task().judge(true[..., 0] + 1, task().wanted(past, true), data(2, past=30))
        return [row[0] for shown in previews[:1] if isinstance(shown, Table) for row in shown.rows[2:]]

    wave = [float(np.sin(2 * np.pi * step / 11)) for step in range(120)]
    assert told(wave) == ["season repeated (11 steps)"]
    assert told([float(step) for step in range(120)]) == []
    assert told([5.0] * 120) == []


def test_a_season_that_is_longer_than_what_is_seen_is_not_repeated() -> None:
    past, true = of_series([float(step % 6) for step in range(40)], past=4, steps=2)
    measures, _ = task(season=6).judge(true, task().wanted(past, true), data(2))
    assert "skill_over_season" not in measures
    assert measures["skill_over_last"] == 1


def test_several_columns_are_judged_one_by_one_each_in_its_unit() -> None:
    past, true = np.zeros((9, 4, 2), np.float32), np.ones((9, 3, 2), np.float32)
    both = replace(data(3, 2), unit=Unit((0.0, 5.0), (1.0, 10.0)))
    measures, previews = task().judge(true - 1, task().wanted(past, true), both)
    assert measures["mae"] == pytest.approx((1 + 10) / 2)
    table = next(shown for shown in previews if shown.title == "By column")
    assert isinstance(table, Table)
    assert [row[:2] for row in table.rows] == [("u", 1.0), ("v", 10.0)]
    assert task().words(true[0], task().wanted(past, true)[0], both)[0].startswith("u 1, v 15, u 1, v 15")


# ------------------------------------------------------------------------------------------------------------ what fits


@pytest.mark.parametrize(
    ("shape", "columns", "fits"),
    [
        (("N", 3), 1, True),
        (("N", 3, 1), 1, True),
        (("N", 3, 2), 2, True),
        (("N", 6), 2, False),
        (("N", 4), 1, False),
    ],
)
def test_outputs_have_all_steps_of_all_columns(shape: tuple[Any, ...], columns: int, fits: bool) -> None:
    found = task().misfits(TensorSpec(shape), data(columns=columns), "Linear")
    assert (not found) is fits
    if found:
        assert (found[0].code, found[0].features or found[0].shape) == (
            "ND420",
            3 if columns == 1 else (3, 2),
        )


def test_a_loss_that_cannot_learn_the_scaled_series_is_told() -> None:
    standard, between = replace(data(), span=ANY), replace(data(), span=Span(0, 1))
    found = task(BCELoss()).misfits(TensorSpec(("N", 3)), standard, "Sigmoid")
    assert [(misfit.code, misfit.param) for misfit in found] == [("ND424", "normalize")]
    assert not task(BCELoss()).misfits(TensorSpec(("N", 3)), between, "Sigmoid")


def test_regression_leaves_series_to_forecasting() -> None:
    found = Regression(loss=MSELoss()).misfits(TensorSpec(("N", 1)), data(1), "Linear")
    assert [misfit.code for misfit in found] == ["ND421"]
    assert "choose the task Forecasting" in found[0].message
