"""One look through samples, some at a time, for all that has to be known of them beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np

from netdesigner.parts.dataset import Progress
from netdesigner.parts.rows import Rows, read_ahead

__all__ = ["Moments", "blocks_of", "stretches_of"]

_BLOCK_BYTES = 2**24
_PIECE = 64


def blocks_of(rows: Rows | np.ndarray, progress: Progress) -> Iterator[tuple[int, np.ndarray]]:
    """All rows in their order, some at a time, with the number of the first of them.

    Such as are read now come in smaller pieces, so that `progress` is called often where reading one takes long.

    Raises:
        DataError: they cannot be read.
        CancelledError: raised by `progress`.
    """
    blocks = stretches_of(rows)
    ends = {block.stop for block in blocks}
    few = max(_PIECE, _BLOCK_BYTES // (16 * rows.row_bytes)) if isinstance(rows, Rows) else len(rows)
    pieces = [
        slice(start, min(start + few, block.stop))
        for block in blocks
        for start in range(block.start, block.stop, few)
    ]
    held: list[np.ndarray] = []
    with closing(read_ahead(rows.__getitem__, pieces, 2 * isinstance(rows, Rows))) as found:
        for piece, values in zip(pieces, found, strict=True):
            progress(
                piece.start / len(rows), f"looking through the samples, {piece.start:,} of {len(rows):,}"
            )
            held.append(values)
            if piece.stop in ends:
                whole = np.concatenate(held) if len(held) > 1 else values
                yield piece.stop - len(whole), whole
                held = []


def stretches_of(rows: Rows | np.ndarray) -> list[slice]:
    """All rows in their order, cut so that each stretch takes little memory."""
    row_bytes = rows.row_bytes if isinstance(rows, Rows) else rows.nbytes // max(1, len(rows))
    size = max(1, _BLOCK_BYTES // max(1, row_bytes))
    return [slice(start, min(start + size, len(rows))) for start in range(0, len(rows), size)]


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
