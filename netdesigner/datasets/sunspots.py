"""Sunspots of three centuries: a first series to forecast."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from netdesigner.datasets._series import HELD_OUT, HORIZON, LENGTH, STRIDE, SeriesDataset
from netdesigner.parts.dataset import DataSpec, Progress, Samples, no_progress

__all__ = ["Sunspots"]

_FILE = Path(__file__).with_suffix(".csv")
_YEARS = 309
_COLUMN = ("sunspots",)


class Sunspots(SeriesDataset):
    """The mean number of sunspots of each year from 1700 to 2008, which rises and falls about every eleven years.

    Shape:
        input [N, length, 1]; target [N, horizon, 1], the years that follow.

    Source:
        The international sunspot number by the Sunspot Index Data Center in Brussels, as the United States' National
        Geophysical Data Center gave it away; public domain. The figures lie beside this module as CSV and are those of
        the statsmodels library.
    """

    kind: ClassVar[str] = "sunspots"
    title: ClassVar[str] = "Sunspots (yearly series)"
    embedded: ClassVar[bool] = True

    length: int = LENGTH
    horizon: int = HORIZON
    stride: int = STRIDE
    held_out: str = HELD_OUT

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is read."""
        return self._ahead(self._count(_YEARS), _COLUMN, _COLUMN)

    def load(self, progress: Progress = no_progress) -> Samples:
        """All windows, in the order of their years.

        Raises:
            DataError: the windows are longer than the series.
            CancelledError: raised by `progress`.
        """
        import numpy as np

        progress(0.5, "reading the sunspots")
        numbers = np.loadtxt(_FILE, np.float32, delimiter=",", skiprows=1, usecols=1, ndmin=2)
        self._refuse_if_short(len(numbers), self.label())
        progress(1.0, "cut into windows")
        return self._continued(numbers, self._starts(len(numbers)), _COLUMN, 1)
