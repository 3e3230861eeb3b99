"""Windows of a series: what a network sees of it, and the steps that follow. Not a part.

A step is a row of numbers. Windows follow one another in the order of time, each beginning `stride` steps after the
one before it. What is held out is a stretch of time: no number that is to be foretold there is in a window that is
learned from. Where the test is the last stretch, the past of its first windows is the end of what was learned, as it is
known whenever a forecast is made; where the stretches may lie anywhere, their windows share no step at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import DataError
from netdesigner.parts.dataset import Dataset, DataSpec, Samples
from netdesigner.parts.part import param
from netdesigner.parts.preview import Preview, Signal
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["HELD_OUT", "HORIZON", "LENGTH", "STRIDE", "SeriesDataset", "windows_of"]

LENGTH = param(24, min=1, max=65536, unit="steps", help="how many steps of the series a network sees")
HORIZON = param(1, min=1, max=65536, unit="steps", help="how many of the steps that follow it is to foretell")
STRIDE = param(1, min=1, max=65536, unit="steps", help="by how many steps the next window begins later")
HELD_OUT = param(
    "last",
    choices=("last", "anywhere"),
    help="last: the test is the end of the series and validation comes before it; anywhere: split_seed chooses "
    "where the stretches lie, and no window of one reaches into another",
)
_DRAWN = 2000
_CURVES = 4


class SeriesDataset(Dataset):
    """What data sets that cut a series into windows have in common; each declares these fields."""

    continuous: ClassVar[bool] = True

    length: int
    horizon: int
    stride: int
    held_out: str

    @property
    def ordered(self) -> bool:
        """Whether the test is the last stretch."""
        return self.held_out == "last"

    @property
    def apart(self) -> int:
        """How many windows between two parts are in neither."""
        shared = self._follows() if self.ordered and self._follows() else self.length + self._follows()
        return -(-shared // self.stride) - 1

    def _follows(self) -> int:
        """How many steps behind a window belong to it, for they are its target."""
        return self.horizon

    def _count(self, steps: int) -> int:
        """How many windows there are in so many steps."""
        return max(0, (steps - self.length - self._follows()) // self.stride + 1)

    def _starts(self, steps: int) -> np.ndarray:
        """The steps with which windows begin."""
        import numpy as np

        return np.arange(self._count(steps)) * self.stride

    def _refuse_if_short(self, steps: int, where: str) -> None:
        """Refuses a series that is shorter than a window with what follows it.

        Args:
            steps: how many it has, or the longest of several.
            where: its file or name.

        Raises:
            DataError: it is.
        """
        needed = self.length + self._follows()
        if steps < needed:
            has = "1 step" if steps == 1 else f"{steps:,} steps"
            reason = f"the series has {has}, and a window with what follows it takes {needed:,}"
            raise DataError(where, f"{reason}; set a smaller length or horizon")

    def _ahead(self, rows: int, columns: tuple[str, ...], targets: tuple[str, ...]) -> DataSpec:
        """What windows with the steps that follow look like.

        Args:
            rows: how many windows there are.
            columns: of the series; those that are foretold come first.
            targets: those that are foretold.
        """
        return DataSpec(
            TensorSpec((BATCH, self.length, len(columns))),
            TensorSpec((BATCH, self.horizon, len(targets))),
            rows=rows,
            features=columns,
            targets=targets,
            ahead=True,
        )

    def _continued(
        self, numbers: np.ndarray, starts: np.ndarray, columns: tuple[str, ...], foretold: int
    ) -> Samples:
        """Windows with the steps that follow.

        Args:
            numbers: the series, [steps, columns] float32.
            starts: the steps with which windows begin.
            columns: their names.
            foretold: how many of them, from the first, are foretold.
        """
        target = windows_of(numbers[:, :foretold], starts + self.length, self.horizon)
        spec = self._ahead(len(starts), columns, columns[:foretold])
        return Samples(windows_of(numbers, starts, self.length), target, spec)

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """The course of the first columns, of the first of several series, the first windows, statistics."""
        from netdesigner.datasets._previews import window_previews

        columns, stretches = samples.spec.features[:_CURVES], samples.spec.stretches
        whole = _joined(samples.input[: stretches[0] if stretches else len(samples.input)], self.stride)
        every = -(-len(whole) // _DRAWN)
        steps = tuple(float(step) for step in range(0, len(whole), every))
        curves = tuple(
            Signal(name, "step", name, steps, tuple(map(float, whole[::every, index])))
            for index, name in enumerate(columns)
        )
        return (*curves, *window_previews(samples))


def windows_of(numbers: np.ndarray, starts: np.ndarray, length: int) -> np.ndarray:
    """Windows of a series, [windows, length, columns].

    Args:
        numbers: [steps, columns].
        starts: the steps with which they begin.
        length: in steps.
    """
    import numpy as np

    views = np.lib.stride_tricks.sliding_window_view(numbers, length, axis=0)
    return np.ascontiguousarray(views[starts].transpose(0, 2, 1))


def _joined(windows: np.ndarray, stride: int) -> np.ndarray:
    """The series of which windows were cut, [steps, columns], as far as they hold it."""
    import numpy as np

    columns = windows.shape[2]
    return np.concatenate([windows[:-1, :stride].reshape(-1, columns), windows[-1]])
