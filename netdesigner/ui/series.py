"""The numbers behind a curve: every point is kept, and thinned only for drawing.

Nothing here knows Qt. numpy is imported when the first curve is made, so that a window without a run starts faster.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Series", "Thinned", "thin"]

_FIRST_ROOM = 1024


class Series:
    """Points (x, y) with growing x; numbers that are not finite are kept and drawn as a gap.

    Args:
        smoothing: 0 (none) to below 1, the weight of the past in the smoothed line.
    """

    def __init__(self, smoothing: float = 0.0) -> None:
        import numpy as np

        self._x = np.empty(_FIRST_ROOM)
        self._y = np.empty(_FIRST_ROOM)
        self._smooth = np.empty(_FIRST_ROOM)
        self._count = 0
        self._smoothing = smoothing
        self._past = (0.0, 0.0)

    def __len__(self) -> int:
        return self._count

    @property
    def x(self) -> np.ndarray:
        """The places, such as steps."""
        return self._x[: self._count]

    @property
    def y(self) -> np.ndarray:
        """The numbers as they were reported."""
        return self._y[: self._count]

    @property
    def smoothed(self) -> np.ndarray:
        """The numbers smoothed."""
        return self._smooth[: self._count]

    @property
    def smoothing(self) -> float:
        """The weight of the past."""
        return self._smoothing

    @smoothing.setter
    def smoothing(self, weight: float) -> None:
        if weight != self._smoothing:
            self._smoothing = weight
            self._past = (0.0, 0.0)
            self._smooth_from(0)

    def extend(self, x: Iterable[float], y: Iterable[float]) -> None:
        """Adds points behind the last one."""
        import numpy as np

        new_x, new_y = np.asarray(list(x), float), np.asarray(list(y), float)
        start, end = self._count, self._count + len(new_y)
        if end > len(self._x):
            self._grow(end)
        self._x[start:end], self._y[start:end] = new_x, new_y
        self._count = end
        self._smooth_from(start)

    def drop_after(self, x: float) -> None:
        """Removes the points beyond a place: a resumed run takes them again."""
        import numpy as np

        count = int(np.searchsorted(self.x, x, side="right"))
        if count < self._count:
            self._count = count
            self._past = (0.0, 0.0)
            self._smooth_from(0)

    def at(self, x: float) -> tuple[float, float, float] | None:
        """The point nearest to a place as (x, y, smoothed y), or None where there is none."""
        import numpy as np

        if not self._count:
            return None
        index = int(np.searchsorted(self.x, x))
        if index == self._count or (index > 0 and x - self._x[index - 1] < self._x[index] - x):
            index -= 1
        return float(self._x[index]), float(self._y[index]), float(self._smooth[index])

    def _grow(self, needed: int) -> None:
        import numpy as np

        room = max(needed, 2 * len(self._x))
        self._x, self._y, self._smooth = (np.resize(old, room) for old in (self._x, self._y, self._smooth))

    def _smooth_from(self, start: int) -> None:
        """Smooths the points from an index on, going on from those before."""
        end, weight = self._count, self._smoothing
        block = _block(weight)
        for begin in range(start, end, block):
            stop = min(begin + block, end)
            self._smooth[begin:stop], self._past = _smooth(self._y[begin:stop], weight, self._past)


def _block(weight: float) -> int:
    """How many points can be smoothed at once before `weight**-count` leaves the range of a float."""
    return 4096 if weight <= 0 else max(1, min(4096, int(60 / -math.log10(weight))))


def _smooth(
    y: np.ndarray, weight: float, past: tuple[float, float]
) -> tuple[np.ndarray, tuple[float, float]]:
    """Exponential smoothing that is not pulled towards zero at its start.

    The smoothed value is a weighted mean of all values so far, weights falling by `weight` with each step back:
    sum(w^(t-i) y_i) / sum(w^(t-i)), the bias correction of Kingma and Ba, "Adam" (2015), section 3. Values that are
    not finite have no weight.

    Returns:
        The smoothed values, and both sums at the end.
    """
    import numpy as np

    finite = np.isfinite(y)
    if weight <= 0:
        return y, past
    falling = weight ** np.arange(1, len(y) + 1)
    totals = falling * (past[0] + np.cumsum(np.where(finite, y, 0.0) / falling))
    weights = falling * (past[1] + np.cumsum(finite / falling))
    with np.errstate(invalid="ignore", divide="ignore"):
        smoothed = np.where(weights > 0, totals / weights, np.nan)
    return smoothed, (float(totals[-1]), float(weights[-1]))


@dataclass(frozen=True, slots=True)
class Thinned:
    """What is drawn of a series: x, the smoothed line, and the least and greatest reported number around each x."""

    x: np.ndarray
    line: np.ndarray
    low: np.ndarray
    high: np.ndarray


def thin(series: Series, first: float, last: float, most: int) -> Thinned:
    """The part of a series between two places, as at most `most` points.

    Where there are more, each bucket of neighbours becomes one point that keeps the bucket's extremes, so a spike of
    a single step is still to be seen.
    """
    import numpy as np

    x = series.x
    begin = max(0, int(np.searchsorted(x, first, side="left")) - 1)
    end = min(len(series), int(np.searchsorted(x, last, side="right")) + 1)
    x, y, line = x[begin:end], series.y[begin:end], series.smoothed[begin:end]
    if len(x) <= most:
        return Thinned(x, line, y, y)
    starts = np.linspace(0, len(x), most + 1).astype(int)[:-1]
    finite = np.isfinite(y)
    low = np.minimum.reduceat(np.where(finite, y, np.inf), starts)
    high = np.maximum.reduceat(np.where(finite, y, -np.inf), starts)
    low[~np.isfinite(low)] = np.nan
    high[~np.isfinite(high)] = np.nan
    ends = np.append(starts[1:], len(x)) - 1
    return Thinned(x[ends], line[ends], low, high)
