"""Rows that cost much to read, such as pictures that are decoded, are read once and kept on the disk. Not a part."""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from typing import IO, TYPE_CHECKING

from netdesigner.parts.dataset import NO_CLASS
from netdesigner.parts.rows import Rows

if TYPE_CHECKING:
    import numpy as np

__all__ = ["kept"]

_LEFT_FREE = 2**30
_NONE = 255
"""The byte that stands for no class."""


def kept(rows: Rows) -> Rows:
    """The same rows, which after the first time come from a file without a name, which goes with the program.

    Only rows are kept whose numbers can be told by bytes, and only as long as the disk has room; others are read each
    time. What was kept is what was read, even where its source changes since.

    Args:
        rows: [N, ...] float32 in 0 to 1, or class numbers, int64, with one axis more at least.
    """
    import platformdirs

    size = rows.row_bytes // rows.dtype.itemsize * len(rows)
    folder = platformdirs.user_cache_path("netdesigner", appauthor=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < size + _LEFT_FREE:
            return rows
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it is open as long as there are rows
        file.truncate(size)
    except OSError:
        return rows
    return Rows(rows.shape, str(rows.dtype), _Kept(rows, file).take)


class _Kept:
    """Rows and the file in which they are kept, which is closed with them.

    Args:
        rows: what reads them.
        file: as large as all of them together, with a byte for each number.
    """

    def __init__(self, rows: Rows, file: IO[bytes]) -> None:
        import numpy as np

        weakref.finalize(self, file.close)
        self._rows = rows
        self._are_shares = rows.dtype == np.float32
        self._file = file
        self._bytes = np.asarray(np.memmap(file, np.uint8, "r", 0, rows.shape))
        self._here = np.zeros(len(rows), bool)
        self._lock = threading.Lock()
        self._keeps = True

    def take(self, numbers: np.ndarray) -> np.ndarray:
        """As of `Rows`."""
        import numpy as np

        here = self._here[numbers]
        if here.all():
            return self._unpacked(self._bytes[numbers])
        found = np.empty((len(numbers), *self._rows.shape[1:]), self._rows.dtype)
        if here.any():
            found[here] = self._unpacked(self._bytes[numbers[here]])
        found[~here] = fresh = self._rows[numbers[~here]]
        self._keep(numbers[~here], fresh)
        return found

    def _keep(self, numbers: np.ndarray, values: np.ndarray) -> None:
        """Writes what can be told by bytes without loss, until the disk is full."""
        import numpy as np

        if not self._keeps:
            return
        given = np.rint(values * 255.0) if self._are_shares else np.where(values == NO_CLASS, _NONE, values)
        axes = tuple(range(1, values.ndim))
        exact = ((given >= 0) & (given <= 255) & (self._unpacked(given) == values)).all(axis=axes)
        size = values[0].size
        try:
            with self._lock:
                for number, row in zip(numbers[exact], given[exact].astype(np.uint8), strict=True):
                    self._file.seek(int(number) * size)
                    self._file.write(row.tobytes())
                self._file.flush()
        except OSError:
            self._keeps = False
        else:
            self._here[numbers[exact]] = True

    def _unpacked(self, values: np.ndarray) -> np.ndarray:
        """What bytes stand for: numbers in 0 to 1, or classes."""
        import numpy as np

        found: np.ndarray
        if self._are_shares:
            found = np.divide(values, np.float32(255), dtype=np.float32)
        else:
            found = values.astype(np.int64)
            found[found == _NONE] = NO_CLASS
        return found
