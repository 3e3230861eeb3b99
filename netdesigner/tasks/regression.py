"""Regression: how large one or several quantities are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.part import param
from netdesigner.parts.preview import Preview, Signal, Table
from netdesigner.parts.task import Curve, Misfit, Task
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["Regression"]

_REACH = {
    "Softmax": "values between 0 and 1 that sum to 1",
    "LogSoftmax": "values below 0",
    "Sigmoid": "values between 0 and 1",
    "Tanh": "values between -1 and 1",
}
_DOTS = 2000
_PLOTS = 4


class Regression(Task):
    """Learns quantities: a mean over the batch and the targets of how far the output is from the true value.

    With d = output - target: mse d²; l1 |d|; huber d²/2 where |d| < delta, else delta (|d| - delta/2); smooth_l1 is
    huber divided by delta. Outputs and targets are in the targets' own unit.

    Shape:
        output [N, k], target [N, k] float32.

    Source:
        P. J. Huber, Robust estimation of a location parameter, Annals of Mathematical Statistics 35, 1964; R. Girshick,
        Fast R-CNN, ICCV 2015 (smooth_l1).
    """

    kind: ClassVar[str] = "regression"
    title: ClassVar[str] = "Regression"
    curves: ClassVar[tuple[Curve, ...]] = (Curve("loss", "Loss"), Curve("mae", "Mean absolute error"))
    monitor: ClassVar[str] = "loss"

    loss: str = param(
        "mse",
        choices=("mse", "l1", "smooth_l1", "huber"),
        help="mse: large errors count most; l1: all count alike; smooth_l1 and huber: between the two",
    )
    delta: float = param(
        1.0,
        above=0,
        help="where smooth_l1 and huber turn from squares to straight lines, in the target's unit",
    )

    def misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> tuple[Misfit, ...]:
        """Why the output cannot be trained on the targets; empty where it can.

        Args:
            output: the spec at the network's output.
            data: what the samples look like.
            last_kind: the kind of the layer that feeds the output.
        """
        return tuple(self._misfits(output, data, last_kind))

    def _misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        if data.classes:
            message = f"Regression learns values, but the targets are {len(data.classes)} classes"
            yield Misfit(
                "ND421", f"{message}; choose the task Classification, or of a table set target_type to number"
            )
            return
        wanted = data.target.shape[-1] if data.target.rank > 1 else 1
        features = wanted if isinstance(wanted, int) else None
        if output.rank != 2 or output.shape[0] != BATCH or not output.is_float:
            message = f"Regression takes one value a target, [{BATCH}, {wanted}], but the output is {output}"
            yield Misfit("ND420", message, features=features)
        elif output.shape[1] != wanted:
            names = f" ({', '.join(data.targets[:5])})" if data.targets else ""
            targets = "is 1 target" if wanted == 1 else f"are {wanted} targets"
            message = f"There {targets}{names}, but the output {output} has {output.shape[1]} values"
            yield Misfit("ND420", message, features=features)
        if last_kind in _REACH:
            message = f"{last_kind} before the output gives {_REACH[last_kind]} only; other targets cannot be learned"
            yield Misfit("ND422", message, drop_last=True, severity="warning")

    def step(
        self, networks: Mapping[str, nn.Module], input: Tensor, target: Tensor, *, measure: bool = True
    ) -> dict[str, Tensor]:
        """One forward pass: "loss" and, where measured, "mae", means over the batch.

        Args:
            networks: the module under "network".
            input: one batch, first axis the samples.
            target: [N, k] float.
            measure: whether to work out the mean absolute error.
        """
        output = networks["network"](input)
        loss = self._loss(output, target)
        if not measure:
            return {"loss": loss}
        return {"loss": loss, "mae": (output.detach() - target).abs().mean()}

    def _loss(self, output: Tensor, target: Tensor) -> Tensor:
        from torch.nn import functional as F

        if self.loss == "mse":
            return F.mse_loss(output, target)
        if self.loss == "l1":
            return F.l1_loss(output, target)
        if self.loss == "huber":
            return F.huber_loss(output, target, delta=self.delta)
        return F.smooth_l1_loss(output, target, beta=self.delta)

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """Errors in the target's unit, and the part of the variance that is explained; each target; a plot.

        R² of several targets is their mean; it is left out where all true values are the same or there is one only.

        Args:
            output: [N, k].
            target: [N, k].
            data: the names of the targets.
        """
        names = data.targets if len(data.targets) == target.shape[1] else _numbered(target.shape[1])
        measures = _measures(output, target)
        plots = tuple(
            _against(output[:, index], target[:, index], name) for index, name in enumerate(names[:_PLOTS])
        )
        if len(names) == 1:
            return measures, plots
        return measures, (_by_target(output, target, names), *plots)

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The mean absolute error of each sample over its targets, [N]."""
        import numpy as np

        found: np.ndarray = np.abs(output.astype(np.float64) - target).mean(axis=1)
        return found

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """True and predicted values of one sample.

        Args:
            output: [k].
            target: [k].
            data: the names of the targets, told where there are several.
        """
        names = data.targets if 1 < len(data.targets) == len(target) else ("",) * len(target)
        return _listed(names, target), _listed(names, output)


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"target {index}" for index in range(1, count + 1)) if count > 1 else ("target",)


def _listed(names: tuple[str, ...], values: np.ndarray) -> str:
    return ", ".join(f"{name} {value:.5g}".strip() for name, value in zip(names, values, strict=True))


def _measures(output: np.ndarray, target: np.ndarray) -> dict[str, float]:
    """Errors in double precision; a single-precision sum of squares loses digits."""
    import numpy as np
    from sklearn import metrics

    said, true = output.astype(np.float64), target.astype(np.float64)
    mse = float(metrics.mean_squared_error(true, said))
    found = {"mae": float(metrics.mean_absolute_error(true, said)), "mse": mse, "rmse": float(np.sqrt(mse))}
    if len(true) > 1 and (true != true[0]).any(axis=0).all():
        found["r2"] = float(metrics.r2_score(true, said))
    return found


def _by_target(output: np.ndarray, target: np.ndarray, names: tuple[str, ...]) -> Table:
    keys = ("mae", "mse", "rmse", "r2")
    rows = []
    for index, name in enumerate(names):
        found = _measures(output[:, [index]], target[:, [index]])
        rows.append((name, *(float(f"{found[key]:.6g}") if key in found else "" for key in keys)))
    return Table("By target", ("target", *keys), tuple(rows))


def _against(output: np.ndarray, target: np.ndarray, name: str) -> Signal:
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
