"""The numbers behind a curve: every point is kept, and thinned only for drawing.

The last points are in memory, those before them in a file without a name, of which memory holds a summary: a run of
days would fill it otherwise. A point costs 16 bytes of the file and half a byte of memory.

Nothing here knows Qt. numpy is imported when the first curve is made, so that a window without a run starts faster.
"""

from __future__ import annotations

import math
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CHUNK", "Series", "Thinned", "thin"]

CHUNK = 4096
"""Points that go into the file together."""
_BLOCK = 64
"""Points of which there is one summary."""
_FIRST_ROOM = 64

Past = tuple[float, float]
"""What the smoothed line knows of the points so far: both sums of `_smooth`."""


class _Chunks:
    """Points in a file without a name that goes with the program; where it cannot be written, in memory."""

    def __init__(self) -> None:
        self.count = 0
        self._file: IO[bytes] | None = None
        self._kept: dict[int, np.ndarray] = {}

    def add(self, points: np.ndarray) -> None:
        """Takes a chunk, an array of x and y."""
        self._kept.pop(self.count, None)
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="netdesigner-curve-", buffering=0)  # noqa: SIM115
                weakref.finalize(self, self._file.close)
            self._file.seek(self.count * points.nbytes)
            if self._file.write(points.tobytes()) != points.nbytes:
                raise OSError("the disk is full")
        except OSError:
            self._kept[self.count] = points.copy()
        self.count += 1

    def read(self, number: int) -> np.ndarray:
        """A chunk."""
        import numpy as np

        if number in self._kept or self._file is None:
            return self._kept[number]
        self._file.seek(number * 16 * CHUNK)
        return np.frombuffer(self._file.read(16 * CHUNK)).reshape(2, CHUNK)


class Series:
    """Points (x, y) with growing x; numbers that are not finite are kept and drawn as a gap.

    Args:
        smoothing: 0 (none) to below 1, the weight of the past in the smoothed line.
    """

    def __init__(self, smoothing: float = 0.0) -> None:
        import numpy as np

        self._smoothing = smoothing
        self._chunks = _Chunks()
        self._pasts: list[Past] = []
        """At the beginning of each chunk."""
        self._summary = np.empty((4, 0))
        """Of each block of the chunks: its last x, its last smoothed y, its least and its greatest y; with room."""
        self._tail = np.empty((3, _FIRST_ROOM))
        """x, y and smoothed y of the points behind the chunks; with room."""
        self._in_tail = 0
        self._begin: Past = (0.0, 0.0)
        """At the beginning of the tail."""
        self._past: Past = (0.0, 0.0)

    def __len__(self) -> int:
        return self._stored + self._in_tail

    @property
    def _stored(self) -> int:
        return self._chunks.count * CHUNK

    @property
    def x(self) -> np.ndarray:
        """The places, such as steps."""
        return self.part(0, len(self))[0]

    @property
    def y(self) -> np.ndarray:
        """The numbers as they were reported."""
        return self.part(0, len(self))[1]

    @property
    def smoothed(self) -> np.ndarray:
        """The numbers smoothed."""
        return self.part(0, len(self))[2]

    @property
    def last(self) -> float:
        """The last place; 0 without points."""
        if self._in_tail:
            return float(self._tail[0, self._in_tail - 1])
        return float(self._summary[0, self._blocks - 1]) if self._blocks else 0.0

    @property
    def smoothing(self) -> float:
        """The weight of the past."""
        return self._smoothing

    @smoothing.setter
    def smoothing(self, weight: float) -> None:
        import numpy as np

        if weight == self._smoothing:
            return
        self._smoothing = weight
        self._past = (0.0, 0.0)
        for number in range(self._chunks.count):
            self._pasts[number] = self._past
            line, self._past = _smooth_all(self._chunks.read(number)[1], weight, self._past)
            first = number * CHUNK // _BLOCK
            new = _last_known(line, np.arange(0, CHUNK, _BLOCK))
            self._summary[1, first : first + CHUNK // _BLOCK] = new
        self._begin = self._past
        self._smooth_tail(0)

    def extend(self, x: Iterable[float], y: Iterable[float]) -> None:
        """Adds points behind the last one."""
        import numpy as np

        new = np.asarray([list(x), list(y)], float)
        while new.shape[1]:
            start, end = self._in_tail, min(CHUNK, self._in_tail + new.shape[1])
            self._make_room(end)
            self._tail[:2, start:end], new = new[:, : end - start], new[:, end - start :]
            self._in_tail = end
            self._smooth_tail(start)
            if end == CHUNK:
                self._store_tail()

    def drop_after(self, x: float) -> None:
        """Removes the points beyond a place: a resumed run takes them again."""
        count = self.index(x, "right")
        if count == len(self):
            return
        if count < self._stored:
            number = count // CHUNK
            self._make_room(CHUNK)
            self._tail[:2] = self._chunks.read(number)
            self._begin = self._pasts[number]
            self._chunks.count = number
            del self._pasts[number:]
        self._in_tail = count - self._stored
        self._past = self._begin
        self._smooth_tail(0)

    def at(self, x: float) -> tuple[float, float, float] | None:
        """The point nearest to a place as (x, y, smoothed y), or None where there is none."""
        index = self.index(x, "left")
        near = self.part(max(0, index - 1), min(len(self), index + 1))
        if not near.shape[1]:
            return None
        nearest = min(range(near.shape[1]), key=lambda number: (abs(float(near[0, number]) - x), -number))
        found = near[:, nearest]
        return float(found[0]), float(found[1]), float(found[2])

    def index(self, x: float, side: str) -> int:
        """How many points lie before a place, those at it included where the side is "right"."""
        import numpy as np

        block = int(np.searchsorted(self._summary[0, : self._blocks], x, side=side))  # type: ignore[call-overload]
        begin = block * _BLOCK
        points = (
            self._points(begin, begin + _BLOCK)[0] if block < self._blocks else self._tail[0, : self._in_tail]
        )
        return begin + int(np.searchsorted(points, x, side=side))  # type: ignore[call-overload]

    def part(self, begin: int, end: int) -> np.ndarray:
        """The points with these numbers: x, y and smoothed y."""
        import numpy as np

        parts = list(self._parts(begin, end))
        return np.concatenate(parts, axis=1) if parts else np.empty((3, 0))

    def blocks(self, begin: int, end: int) -> np.ndarray:
        """The points with these numbers as blocks of some: last x, last smoothed y, least and greatest y of each."""
        import numpy as np

        first, last = -(-begin // _BLOCK), min(end, self._stored) // _BLOCK
        edges = [self.part(begin, min(end, first * _BLOCK)), self.part(max(begin, last * _BLOCK), end)]
        before, behind = (_summarised(edge, _BLOCK) for edge in edges)
        return np.concatenate([before, self._summary[:, first:last], behind], axis=1)

    @property
    def _blocks(self) -> int:
        return self._stored // _BLOCK

    def _points(self, begin: int, end: int) -> np.ndarray:
        """x and y of points of one chunk."""
        number, first = divmod(begin, CHUNK)
        return self._chunks.read(number)[:, first : first + end - begin]

    def _parts(self, begin: int, end: int) -> Iterator[np.ndarray]:
        import numpy as np

        for number in range(begin // CHUNK, min(self._chunks.count, -(-end // CHUNK))):
            points, offset = self._chunks.read(number), number * CHUNK
            line, _ = _smooth_all(points[1], self._smoothing, self._pasts[number])
            yield np.vstack([points, line])[:, max(0, begin - offset) : end - offset]
        if end > self._stored:
            yield self._tail[:, max(0, begin - self._stored) : end - self._stored]

    def _make_room(self, needed: int) -> None:
        import numpy as np

        room = self._tail.shape[1]
        if needed > room:
            grown = np.empty((3, min(CHUNK, max(needed, 2 * room))))
            grown[:, : self._in_tail] = self._tail[:, : self._in_tail]
            self._tail = grown

    def _smooth_tail(self, start: int) -> None:
        """Smooths the points of the tail from an index on, going on from those before."""
        numbers = self._tail[1, start : self._in_tail]
        self._tail[2, start : self._in_tail], self._past = _smooth_all(numbers, self._smoothing, self._past)

    def _store_tail(self) -> None:
        """Moves a tail that is full into the file."""
        import numpy as np

        first, new = self._blocks, _summarised(self._tail, _BLOCK)
        end = first + new.shape[1]
        if end > self._summary.shape[1]:
            grown = np.empty((4, end + end // 4))
            grown[:, :first] = self._summary[:, :first]
            self._summary = grown
        self._summary[:, first:end] = new
        self._chunks.add(self._tail[:2])
        self._pasts.append(self._begin)
        self._begin, self._in_tail = self._past, 0


def _summarised(points: np.ndarray, most: int) -> np.ndarray:
    """Points as blocks of at most so many: last x, last smoothed y, least and greatest finite y of each."""
    import numpy as np

    count = points.shape[1]
    if not count:
        return np.empty((4, 0))
    starts = np.arange(0, count, most)
    ends = np.append(starts[1:], count) - 1
    finite = np.isfinite(points[1])
    low = np.minimum.reduceat(np.where(finite, points[1], np.inf), starts)
    high = np.maximum.reduceat(np.where(finite, points[1], -np.inf), starts)
    return np.vstack([points[0, ends], _last_known(points[2], starts), low, high])


def _last_known(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The last finite number of each part of some values, for not every step gives a curve; NaN where there is none."""
    import numpy as np

    ends = np.append(starts[1:], len(values)) - 1
    known = np.maximum.accumulate(np.where(np.isfinite(values), np.arange(len(values)), -1))[ends]
    return np.where(known >= starts, values[known], np.nan)


def _block(weight: float) -> int:
    """How many points can be smoothed at once before `weight**-count` leaves the range of a float."""
    return 4096 if weight <= 0 else max(1, min(4096, int(60 / -math.log10(weight))))


def _smooth_all(y: np.ndarray, weight: float, past: Past) -> tuple[np.ndarray, Past]:
    """Smooths any number of values; result as of `_smooth`."""
    import numpy as np

    line, block = np.empty(len(y)), _block(weight)
    for begin in range(0, len(y), block):
        line[begin : begin + block], past = _smooth(y[begin : begin + block], weight, past)
    return line, past


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

    if weight <= 0:
        return y, past
    if len(y) == 1:  # as nearly always where steps are slow, and ten times as fast
        total, some = past[0] * weight, past[1] * weight
        if math.isfinite(y[0]):
            total, some = total + float(y[0]), some + 1
        return np.array([total / some if some else math.nan]), (total, some)
    finite = np.isfinite(y)
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

    begin = max(0, series.index(first, "left") - 1)
    end = min(len(series), series.index(last, "right") + 1)
    if end - begin <= most:
        x, y, line = series.part(begin, end)
        return Thinned(x, line, y, y)
    if end - begin < most * _BLOCK:
        x, y, line = series.part(begin, end)
        finite = np.isfinite(y)
        low, high = np.where(finite, y, np.inf), np.where(finite, y, -np.inf)
    else:
        x, line, low, high = series.blocks(begin, end)
    starts = np.linspace(0, len(x), most + 1).astype(int)[:-1]
    low, high = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
    low[~np.isfinite(low)] = np.nan
    high[~np.isfinite(high)] = np.nan
    ends = np.append(starts[1:], len(x)) - 1
    return Thinned(x[ends], _last_known(line, starts), low, high)
