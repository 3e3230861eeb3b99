from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn import metrics

from netdesigner.parts import DataSpec, Signal, Table, TensorSpec
from netdesigner.tasks.regression import Regression

ONE = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N", 1)), targets=("price",))
TWO = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N", 2)), targets=("u", "v"))

SAID = np.array([[1.0], [2.0], [6.0]], dtype=np.float32)
TRUE = np.array([[1.0], [2.5], [3.0]], dtype=np.float32)  # off by 0, -0.5, 3


@pytest.mark.parametrize(
    ("params", "loss"),
    [
        ({"loss": "mse"}, (0 + 0.25 + 9) / 3),
        ({"loss": "l1"}, (0 + 0.5 + 3) / 3),
        ({"loss": "huber"}, (0 + 0.125 + 2.5) / 3),
        ({"loss": "huber", "delta": 2.0}, (0 + 0.125 + 4) / 3),
        ({"loss": "smooth_l1"}, (0 + 0.125 + 2.5) / 3),
        ({"loss": "smooth_l1", "delta": 2.0}, (0 + 0.0625 + 2) / 3),
    ],
)
def test_loss_by_hand(params: dict[str, object], loss: float) -> None:
    found = Regression(**params).step(
        {"network": torch.nn.Identity()}, torch.from_numpy(SAID), torch.from_numpy(TRUE)
    )  # type: ignore[arg-type]
    assert float(found["loss"]) == pytest.approx(loss)
    assert float(found["mae"]) == pytest.approx(3.5 / 3)


def test_measures_by_hand() -> None:
    measures, (plot,) = Regression().judge(SAID, TRUE, ONE)
    variance = float(((TRUE - TRUE.mean()) ** 2).sum())
    assert measures == pytest.approx(
        {"mae": 3.5 / 3, "mse": 9.25 / 3, "rmse": (9.25 / 3) ** 0.5, "r2": 1 - 9.25 / variance}
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
    measures, previews = Regression().judge(said, true, TWO)
    assert measures["r2"] == pytest.approx(metrics.r2_score(true, said))
    assert measures["mae"] == pytest.approx(metrics.mean_absolute_error(true, said))
    table, *plots = previews
    assert isinstance(table, Table)
    assert table.columns == ("target", "mae", "mse", "rmse", "r2")
    assert table.rows[1][0] == "v"
    assert table.rows[1][4] == pytest.approx(metrics.r2_score(true[:, 1], said[:, 1]), rel=1e-5)
    assert [plot.title for plot in plots] == ["u: predicted against true", "v: predicted against true"]


@pytest.mark.parametrize("true", [TRUE[:1], np.ones_like(SAID)])
def test_r2_is_left_out_where_nothing_varies(true: np.ndarray) -> None:
    measures, _ = Regression().judge(SAID[: len(true)], true, ONE)
    assert list(measures) == ["mae", "mse", "rmse"]


def test_plot_of_many_samples_is_thinned_out_evenly() -> None:
    values = np.arange(10_001, dtype=np.float32)[:, None]
    _, (plot,) = Regression().judge(values, values, ONE)
    assert isinstance(plot, Signal)
    assert len(plot.x) <= 2000
    assert plot.x[:2] == (0.0, 6.0)


def test_errors_are_the_mean_over_targets() -> None:
    errors = Regression().errors(np.array([[1.0, 2.0], [0.0, 0.0]]), np.array([[1.0, 4.0], [3.0, -1.0]]))
    assert errors.tolist() == [1.0, 2.0]


def test_caption_names_targets_where_there_are_several() -> None:
    assert Regression().caption(SAID[2], TRUE[2], ONE) == "true 3, said 6"
    both = Regression().caption(np.array([1.0, 2.0]), np.array([3.0, 4.25]), TWO)
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
    (found,) = Regression().misfits(output, data, last)
    assert message in found.message


def test_flat_output_would_silently_compare_every_pair() -> None:
    """Why [N] is refused for targets [N, 1]: torch spreads them to [N, N]."""
    with pytest.warns(UserWarning, match="broadcasting"):
        spread = torch.nn.functional.mse_loss(torch.zeros(3), torch.ones(3, 1), reduction="none")
    assert spread.shape == (3, 3)
    assert Regression().misfits(TensorSpec(("N",)), ONE, "Flatten")
