"""Rows that are read when they are asked for, so that samples need not fit into memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Rows", "read_ahead"]

W = TypeVar("W")
R = TypeVar("R")


class Rows:
    """Stands for an array of which only rows are taken, by a slice or by their numbers; each time they are read.

    Several threads may take rows at the same time.

    Args:
        shape: of the array, first axis the rows.
        dtype: NumPy's name of an element.
        take: reads rows by their numbers, [n] int64; gives [n, ...] in their order, which may be overwritten. It says
            with a `DataError` what went wrong, such as that the file is no longer the one that was opened.
    """

    def __init__(self, shape: tuple[int, ...], dtype: str, take: Callable[[np.ndarray], np.ndarray]) -> None:
        import numpy as np

        self.shape = shape
        self.dtype = np.dtype(dtype)
        self._take = take

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    @property
    def row_bytes(self) -> int:
        """What a row takes in memory."""
        size = self.dtype.itemsize
        for length in self.shape[1:]:
            size *= length
        return size

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        """The rows of a slice, or by their numbers."""
        import numpy as np

        if isinstance(rows, slice):
            rows = np.arange(*rows.indices(len(self)))
        return self._take(rows)

    def only(
        self, rows: np.ndarray, change: Callable[[np.ndarray], np.ndarray] = lambda values: values
    ) -> Rows:
        """Some of the rows, to be read as these are.

        Args:
            rows: their numbers, in the order that they are to have.
            change: what is done to those that were read; it leaves shape and type, and may overwrite them.
        """
        shape = (len(rows), *self.shape[1:])
        return Rows(shape, str(self.dtype), lambda numbers: change(self._take(rows[numbers])))


def read_ahead(read: Callable[[W], R], wanted: Iterable[W], threads: int = 2) -> Generator[R, None, None]:
    """What reading each thing gives, in order, while threads read the next ones, twice as many as there are threads.

    Args:
        read: reads one of them.
        wanted: what is read.
        threads: how many; 0: nothing is read before it is asked for.

    Raises:
        Exception: what reading raised, where the thing would have been given.
    """
    if not threads:
        yield from map(read, wanted)
        return
    from concurrent.futures import Future, ThreadPoolExecutor

    waiting: deque[Future[R]] = deque()
    with ThreadPoolExecutor(threads, "reading ahead") as pool:
        try:
            for thing in wanted:
                waiting.append(pool.submit(read, thing))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
