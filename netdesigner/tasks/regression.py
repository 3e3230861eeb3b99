"""Regression: how large one or several quantities are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.loss import VALUES
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.preview import Preview, Signal, Table
from netdesigner.parts.task import Curve, Task
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["Regression"]

_DOTS = 2000
_PLOTS = 4


class Regression(Task):
    """Learns quantities, by the loss that is chosen: as a rule the mean squared error, in the targets' own unit.

    Further Outputs of one number, without a batch axis, are added to the loss.

    Shape:
        output [N, k], with a loss of means and variances [N, 2k]; target [N, k] float32.

    Source:
        C. M. Bishop, Pattern recognition and machine learning, 2006, chapter 3.
    """

    kind: ClassVar[str] = "regression"
    title: ClassVar[str] = "Regression"
    curves: ClassVar[tuple[Curve, ...]] = (Curve("loss", "Loss"), Curve("mae", "Mean absolute error"))
    monitor: ClassVar[str] = "loss"
    learns: ClassVar[str] = VALUES
    usual_loss: ClassVar[str] = "MSELoss"

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
                "ND421",
                f"{message}; choose a task that learns classes, or of a table set target_type to number",
            )
            return
        targets = data.target.shape[-1] if data.target.rank > 1 else 1
        count = targets if isinstance(targets, int) else 0
        (wanted,) = self.chosen_loss.features(count)
        features = output.shape[1] if output.rank == 2 else 0
        if output.rank != 2 or output.shape[0] != BATCH or not output.is_float:
            message = f"Regression takes one value a target, [{BATCH}, {wanted}], but the output is {output}"
            yield Misfit("ND420", message, features=wanted or None)
        elif features != wanted:
            message = f"There {self._targets(data, count)}, but the output {output} has {features} values"
            yield Misfit("ND420", message, features=wanted or None)
        yield from self.chosen_loss.misfits(wanted, last_kind)

    def _targets(self, data: DataSpec, count: int) -> str:
        """How many targets there are, and what the loss takes where that is not one value for each."""
        names = f" ({', '.join(data.targets[:5])})" if data.targets else ""
        text = f"{'is 1 target' if count == 1 else f'are {count} targets'}{names}"
        if self.chosen_loss.features(count) == (count,):
            return text
        return f"{text}, and {self.chosen_loss.label()} takes {self.chosen_loss.takes.words}"

    def step(
        self,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        input: Tensor,
        target: Tensor,
        *,
        measure: bool = True,
    ) -> dict[str, Tensor]:
        """One forward pass: "loss" and, where measured, "mae" and what further Outputs add, means over the batch.

        Args:
            networks: the module under "network".
            criterion: what the loss built.
            input: one batch, first axis the samples.
            target: [N, k] float.
            measure: whether to work out the mean absolute error.
        """
        output, losses = self.compared(networks["network"], criterion, input, target)
        if not measure:
            return {"loss": losses["loss"]}
        said = self.chosen_loss.said(output.detach())
        return {"loss": losses["loss"], "mae": (said - target).abs().mean(), **losses}

    def _said(self, output: np.ndarray) -> np.ndarray:
        """What the output says of the targets, [N, k]."""
        import torch

        found: np.ndarray = self.chosen_loss.said(torch.from_numpy(output)).numpy()
        return found

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """Errors in the target's unit, and the part of the variance that is explained; each target; a plot.

        R² of several targets is their mean; it is left out where all true values are the same or there is one only.

        Args:
            output: [N, k], or as the loss takes it.
            target: [N, k].
            data: the names of the targets.
        """
        output = self._said(output)
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

        found: np.ndarray = np.abs(self._said(output).astype(np.float64) - target).mean(axis=1)
        return found

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """True and predicted values of one sample.

        Args:
            output: [k], or as the loss takes it.
            target: [k].
            data: the names of the targets, told where there are several.
        """
        names = data.targets if 1 < len(data.targets) == len(target) else ("",) * len(target)
        return _listed(names, target), _listed(names, self._said(output[None])[0])


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
