"""What the tasks have in common that learn values; none is declared here."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.loss import VALUES
from netdesigner.parts.preview import Preview, Signal, Table
from netdesigner.parts.task import Curve, Task

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

__all__ = ["ValuesTask", "against", "by_column", "listed", "measures_of"]

_DOTS = 2000
_PLOTS = 4


class ValuesTask(Task):
    """Learns one row of values a sample."""

    curves: ClassVar[tuple[Curve, ...]] = (Curve("loss", "Loss"), Curve("mae", "Mean absolute error"))
    monitor: ClassVar[str] = "loss"
    learns: ClassVar[str] = VALUES
    usual_loss: ClassVar[str] = "MSELoss"

    def length(self, count: int) -> int:
        """How many numbers the loss takes for so many values; one number for two is for classes."""
        return self.chosen_loss.features(count)[-1]

    def measured(self, output: Tensor, target: Tensor) -> dict[str, Tensor]:
        """The mean absolute error over samples and values, "mae"."""
        said, wanted = self.paired(self.chosen_loss.said(output), target)
        return {"mae": (said - wanted).abs().mean()}

    def paired(self, output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """All that is said of a sample as one row of numbers."""
        return output.flatten(1), target

    def said(self, output: np.ndarray) -> np.ndarray:
        """What the output says of the values, [N, k]."""
        import torch

        found: np.ndarray = self.chosen_loss.said(torch.from_numpy(output).flatten(1)).numpy()
        return found

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The mean absolute error of each sample over its targets, [N]."""
        import numpy as np

        found: np.ndarray = np.abs(self.said(output) - target).mean(axis=1, dtype=np.float64)
        return found


def listed(names: tuple[str, ...], values: np.ndarray) -> str:
    """Values, each behind its name."""
    return ", ".join(f"{name} {value:.5g}".strip() for name, value in zip(names, values, strict=True))


def measures_of(output: np.ndarray, target: np.ndarray) -> dict[str, float]:
    """Errors in double precision; a single-precision sum of squares loses digits."""
    import numpy as np
    from sklearn import metrics

    said, true = output.astype(np.float64), target.astype(np.float64)
    mse = float(metrics.mean_squared_error(true, said))
    found = {"mae": float(metrics.mean_absolute_error(true, said)), "mse": mse, "rmse": float(np.sqrt(mse))}
    if len(true) > 1 and (true != true[0]).any(axis=0).all():
        found["r2"] = float(metrics.r2_score(true, said))
    return found


def by_column(
    output: np.ndarray, target: np.ndarray, names: tuple[str, ...], what: str
) -> tuple[Preview, ...]:
    """Each column of values judged by itself where there are several, and the first few as plots.

    Args:
        output: [N, k].
        target: [N, k].
        names: of the columns.
        what: what a column is called.
    """
    plots = tuple(
        against(output[:, index], target[:, index], name) for index, name in enumerate(names[:_PLOTS])
    )
    if len(names) == 1:
        return plots
    keys = ("mae", "mse", "rmse", "r2")
    rows = []
    for index, name in enumerate(names):
        found = measures_of(output[:, [index]], target[:, [index]])
        rows.append((name, *(float(f"{found[key]:.6g}") if key in found else "" for key in keys)))
    return Table(f"By {what}", (what, *keys), tuple(rows)), *plots


def against(output: np.ndarray, target: np.ndarray, name: str) -> Signal:
    """Predicted against true values, of at most some evenly chosen samples."""
    stride = -(-len(target) // _DOTS)
    return Signal(
        f"{name}: predicted against true",
        "true",
        "predicted",
        tuple(float(value) for value in target[::stride]),
        tuple(float(value) for value in output[::stride]),
        dots=True,
        ideal=True,
    )
