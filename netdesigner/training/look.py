"""One look through samples that are read when they are needed, for all that has to be known of them beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from netdesigner.parts.dataset import Progress
from netdesigner.parts.rows import Rows, read_ahead

__all__ = ["Moments", "blocks_of"]

_BLOCK_BYTES = 2**24


def blocks_of(rows: Rows, progress: Progress) -> Iterator[tuple[int, np.ndarray]]:
    """All rows in their order, some at a time, with the number of the first of them.

    Raises:
        DataError: they cannot be read.
        CancelledError: raised by `progress`.
    """
    size = max(1, _BLOCK_BYTES // max(1, rows.row_bytes))
    starts = range(0, len(rows), size)
    blocks = read_ahead(lambda start: rows[start : start + size], starts)
    for start, block in zip(starts, blocks, strict=True):
        progress(start / len(rows), f"looking through the samples, {start:,} of {len(rows):,}")
        yield start, block


class Moments:
    """Mean and deviation, least and largest of each channel or column of numbers that come in blocks.

    Args:
        axis: of channels or columns; None where all numbers count together.

    Source:
        T. F. Chan, G. H. Golub, R. J. LeVeque, Algorithms for computing the sample variance, 1983, for joining those of
        two blocks.
    """

    def __init__(self, axis: int | None) -> None:
        self._axis = axis
        self._count = 0
        self._mean: Any = 0.0
        self._squares: Any = 0.0
        self.least: Any = np.inf
        self.largest: Any = -np.inf

    def add(self, values: np.ndarray) -> None:
        """Takes the next rows."""
        if not len(values):
            return
        others = tuple(axis for axis in range(values.ndim) if axis != self._axis)
        mean = values.mean(axis=others, dtype=np.float64, keepdims=True)
        squares = np.square(values - mean).sum(axis=others)
        mean = mean.reshape(squares.shape)
        count = values.size // max(1, squares.size)
        total = self._count + count
        apart = mean - self._mean
        self._squares = self._squares + squares + np.square(apart) * (self._count * count / total)
        self._mean = self._mean + apart * (count / total)
        self._count = total
        self.least = np.minimum(self.least, values.min(axis=others))
        self.largest = np.maximum(self.largest, values.max(axis=others))

    @property
    def mean(self) -> np.ndarray:
        """float64."""
        return np.asarray(self._mean)

    @property
    def deviation(self) -> np.ndarray:
        """float64."""
        return np.asarray(np.sqrt(self._squares / self._count))
