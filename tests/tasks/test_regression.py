from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn import metrics

from netdesigner.losses.binary import BCEWithLogitsLoss
from netdesigner.losses.distance import HuberLoss, L1Loss, MSELoss, SmoothL1Loss
from netdesigner.losses.likelihood import GaussianNLLLoss, PoissonNLLLoss
from netdesigner.parts import DataSpec, Loss, Signal, Table, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.tasks.regression import Regression

ONE = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N", 1)), targets=("price",))
TWO = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N", 2)), targets=("u", "v"))

SAID = np.array([[1.0], [2.0], [6.0]], dtype=np.float32)
TRUE = np.array([[1.0], [2.5], [3.0]], dtype=np.float32)  # off by 0, -0.5, 3


@pytest.mark.parametrize(
    ("loss", "number"),
    [
        (MSELoss(), (0 + 0.25 + 9) / 3),
        (L1Loss(), (0 + 0.5 + 3) / 3),
        (HuberLoss(), (0 + 0.125 + 2.5) / 3),
        (HuberLoss(delta=2.0), (0 + 0.125 + 4) / 3),
        (SmoothL1Loss(), (0 + 0.125 + 2.5) / 3),
        (SmoothL1Loss(beta=2.0), (0 + 0.0625 + 2) / 3),
    ],
)
def test_loss_by_hand(loss: Loss, number: float) -> None:
    networks = {"network": torch.nn.Identity()}
    found = Regression(loss=loss).step(
        networks, loss.build(), Pair(torch.from_numpy(SAID), torch.from_numpy(TRUE))
    )
    assert float(found["loss"]) == pytest.approx(number)
    assert float(found["mae"]) == pytest.approx(3.5 / 3)


def test_measures_by_hand() -> None:
    measures, (plot,) = Regression(loss=MSELoss()).judge(SAID, TRUE, ONE)
    variance = float(((TRUE - TRUE.mean()) ** 2).sum())
    assert measures == pytest.approx(
        {
            "mae": 3.5 / 3,
            "mse": 9.25 / 3,
            "rmse": (9.25 / 3) ** 0.5,
            "r2": 1 - 9.25 / variance,
            "mape": (0 + 0.5 / 2.5 + 3 / 3) / 3,
        }
    )
    assert plot == Signal(
        "price: predicted against true",
        "true",
        "predicted",
        (1.0, 2.5, 3.0),
        (1.0, 2.0, 6.0),
        dots=True,
        ideal=True,
    )


def test_measures_agree_with_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    said, true = rng.normal(size=(200, 2)), rng.normal(size=(200, 2))
    measures, previews = Regression(loss=MSELoss()).judge(said, true, TWO)
    assert measures["r2"] == pytest.approx(metrics.r2_score(true, said))
    assert measures["mae"] == pytest.approx(metrics.mean_absolute_error(true, said))
    table, *plots = previews
    assert isinstance(table, Table)
    assert table.columns == ("target", "MAE", "MSE", "RMSE", "R²", "MAPE, %")
    assert table.rows[1][0] == "v"
    assert table.rows[1][4] == pytest.approx(metrics.r2_score(true[:, 1], said[:, 1]), rel=1e-5)
    assert [plot.title for plot in plots] == ["u: predicted against true", "v: predicted against true"]


@pytest.mark.parametrize("true", [TRUE[:1], np.ones_like(SAID)])
def test_r2_is_left_out_where_nothing_varies(true: np.ndarray) -> None:
    measures, _ = Regression(loss=MSELoss()).judge(SAID[: len(true)], true, ONE)
    assert list(measures) == ["mae", "mse", "rmse", "mape"]


def test_a_percentage_of_0_is_not_told() -> None:
    measures, _ = Regression(loss=MSELoss()).judge(SAID, TRUE - TRUE[0], ONE)
    assert list(measures) == ["mae", "mse", "rmse", "r2"]


def test_plot_of_many_samples_is_thinned_out_evenly() -> None:
    values = np.arange(10_001, dtype=np.float32)[:, None]
    _, (plot,) = Regression(loss=MSELoss()).judge(values, values, ONE)
    assert isinstance(plot, Signal)
    assert len(plot.x) <= 2000
    assert plot.x[:2] == (0.0, 6.0)


def test_errors_are_the_mean_over_targets() -> None:
    errors = Regression(loss=MSELoss()).errors(
        np.array([[1.0, 2.0], [0.0, 0.0]]), np.array([[1.0, 4.0], [3.0, -1.0]])
    )
    assert errors.tolist() == [1.0, 2.0]


def test_caption_names_targets_where_there_are_several() -> None:
    assert Regression(loss=MSELoss()).caption(SAID[2], TRUE[2], ONE) == "true 3, said 6"
    both = Regression(loss=MSELoss()).caption(np.array([1.0, 2.0]), np.array([3.0, 4.25]), TWO)
    assert both == "true u 3, v 4.25, said u 1, v 2"


@pytest.mark.parametrize(
    ("data", "output", "last", "message"),
    [
        (
            ONE,
            TensorSpec(("N", 10)),
            "Linear",
            "There is 1 target (price), but the output [N, 10] has 10 values",
        ),
        (
            TWO,
            TensorSpec(("N", 1)),
            "Linear",
            "There are 2 targets (u, v), but the output [N, 1] has 1 values",
        ),
        (ONE, TensorSpec(("N",)), "Flatten", "takes one value a target, [N, 1], but the output is [N]"),
        (ONE, TensorSpec(("N", 1)), "Sigmoid", "values between 0 and 1 only"),
        (ONE, TensorSpec(("N", 1)), "Tanh", "values between -1 and 1 only"),
    ],
)
def test_misfit_says_both_sides(data: DataSpec, output: TensorSpec, last: str, message: str) -> None:
    (found,) = Regression(loss=MSELoss()).misfits(output, data, last)
    assert message in found.message


def test_flat_output_would_silently_compare_every_pair() -> None:
    """Why [N] is refused for targets [N, 1]: torch spreads them to [N, N]."""
    with pytest.warns(UserWarning, match="broadcasting"):
        spread = torch.nn.functional.mse_loss(torch.zeros(3), torch.ones(3, 1), reduction="none")
    assert spread.shape == (3, 3)
    assert Regression(loss=MSELoss()).misfits(TensorSpec(("N",)), ONE, "Flatten")


def test_counts_are_measured_as_counts_where_the_network_gives_their_logarithms() -> None:
    task = Regression(loss=PoissonNLLLoss())
    logs, true = np.log(np.array([[2.0], [4.0], [9.0]])), np.array([[2.0], [5.0], [7.0]])
    measures, (plot,) = task.judge(logs, true, ONE)
    assert measures["mae"] == pytest.approx((0 + 1 + 2) / 3)
    assert isinstance(plot, Signal)
    assert plot.y == pytest.approx((2.0, 4.0, 9.0))
    assert task.errors(logs, true) == pytest.approx([0, 1, 2])
    assert task.caption(logs[2], true[2], ONE) == "true 7, said 9"


def test_means_are_measured_where_the_network_gives_variances_too() -> None:
    task = Regression(loss=GaussianNLLLoss())
    output = np.array([[1.0, 2.0, 0.5, 9.0], [3.0, 4.0, 0.5, 9.0]], dtype=np.float32)
    true = np.array([[1.0, 2.0], [3.0, 6.0]], dtype=np.float32)
    measures, (table, *plots) = task.judge(output, true, TWO)
    assert measures["mae"] == 0.5
    assert isinstance(table, Table)
    assert len(plots) == 2
    assert task.errors(output, true).tolist() == [0, 1]
    assert task.caption(output[1], true[1], TWO) == "true u 3, v 6, said u 3, v 4"
    step = task.step(
        {"network": torch.nn.Identity()},
        task.chosen_loss.build(),
        Pair(*map(torch.from_numpy, (output, true))),
    )
    assert float(step["mae"]) == 0.5


def test_an_output_without_room_for_variances_is_told() -> None:
    task = Regression(loss=GaussianNLLLoss())
    shape, last = task.misfits(TensorSpec(("N", 2)), TWO, "Linear")
    assert shape.features == 4
    said = "There are 2 targets (u, v), and GaussianNLLLoss takes means, then variances of 0 and more, but the output"
    assert shape.message == f"{said} [N, 2] has 2 values"
    assert (last.code, last.halve_last, last.add_last) == ("ND423", True, "Softplus")


def test_two_targets_of_a_loss_of_yes_and_no_take_two_numbers() -> None:
    """One number for two is for classes, of which it tells the second."""
    task = Regression(loss=BCEWithLogitsLoss())
    assert task.misfits(TensorSpec(("N", 2)), TWO, "Linear") == ()
    (found,) = task.misfits(TensorSpec(("N", 1)), TWO, "Linear")
    assert (found.features, found.message) == (
        2,
        "There are 2 targets (u, v), but the output [N, 1] has 1 values",
    )
