"""Regression: how large one or several quantities are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import BATCH, TensorSpec
from netdesigner.tasks._values import ValuesTask, by_column, listed, measures_of

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Regression"]


class Regression(ValuesTask):
    """Learns quantities, by the loss that is chosen: as a rule the mean squared error, in the targets' own unit.

    Further Outputs of one number, without a batch axis, are added to the loss.

    Shape:
        output [N, k], with a loss of means and variances [N, 2k]; target [N, k] float32.

    Source:
        C. M. Bishop, Pattern recognition and machine learning, 2006, chapter 3.
    """

    kind: ClassVar[str] = "regression"
    title: ClassVar[str] = "Regression"

    def find_misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        """Why the output cannot be trained on the targets; empty where it can."""
        if data.classes:
            message = f"Regression learns values, but the targets are {len(data.classes)} classes"
            yield Misfit(
                "ND421",
                f"{message}; choose a task that learns classes, or of a table set target_type to number",
            )
            return
        if data.ahead:
            message = (
                f"Regression learns a row of values, but the targets are {data.target}, steps of a series"
            )
            yield Misfit("ND421", f"{message}; choose the task Forecasting")
            return
        targets = data.target.shape[-1] if data.target.rank > 1 else 1
        count = targets if isinstance(targets, int) else 0
        wanted = self.length(count)
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
        if self.length(count) == count:
            return text
        return f"{text}, and {self.chosen_loss.label()} takes {self.chosen_loss.takes.words}"

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
        output = self.said(output)
        names = data.targets if len(data.targets) == target.shape[1] else _numbered(target.shape[1])
        return measures_of(output, target), by_column(output, target, names, "target")

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """True and predicted values of one sample.

        Args:
            output: [k], or as the loss takes it.
            target: [k].
            data: the names of the targets, told where there are several.
        """
        names = data.targets if 1 < len(data.targets) == len(target) else ("",) * len(target)
        return listed(names, target), listed(names, self.said(output[None])[0])


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"target {index}" for index in range(1, count + 1)) if count > 1 else ("target",)
