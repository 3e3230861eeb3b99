"""Reads IDX files, the format of MNIST and its kin, as they are or gzipped. Not a part."""

from __future__ import annotations

import contextlib
import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from netdesigner.datasets._source import Watched, reading, refuse_if_larger, refuse_if_packed
from netdesigner.errors import DataError
from netdesigner.parts.dataset import Progress

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Stored", "open_idx", "pictures_of"]

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP = b"\x1f\x8b"
_BLOCK = 2**22
_MOST_AXES = 8


@dataclass(frozen=True, slots=True)
class Stored:
    """An IDX file whose head was read.

    Attributes:
        path: the file.
        file: stands at the first element.
        shape: of the array.
        dtype: NumPy's name of an element.
    """

    path: Path
    file: IO[bytes]
    shape: tuple[int, ...]
    dtype: str

    def read(self, progress: Progress) -> np.ndarray:
        """All elements.

        Raises:
            DataError: the file holds more or less than its head declares.
            CancelledError: raised by `progress`.
        """
        import numpy as np

        size = math.prod(self.shape) * int(self.dtype[-1])
        watched = Watched(self.file, size, progress, f"reading {self.path.name}")
        content = bytearray()
        while block := watched.read(min(_BLOCK, size + 1 - len(content))):
            content += block
        if len(content) != size:
            held = f"{len(content):,}" if len(content) < size else "more"
            raise DataError(
                self.path, f"the file is damaged: its head declares {size:,} bytes, it holds {held}"
            )
        return np.frombuffer(content, dtype=self.dtype).reshape(self.shape)


def pictures_of(stored: np.ndarray) -> np.ndarray:
    """Pictures [N, H, W] as [N, 1, H, W] float32; bytes become 0 to 1."""
    import numpy as np

    values = stored.astype(np.float32).reshape(len(stored), 1, *stored.shape[1:])
    if stored.dtype == np.uint8:
        values /= np.float32(255)
    return values


@contextlib.contextmanager
def open_idx(path: Path) -> Iterator[Stored]:
    """An IDX file with its head read.

    Raises:
        DataError: it is damaged, no IDX file, or too large.
    """
    with reading(path, EOFError, zlib.error):
        with path.open("rb") as probe:
            is_gzip = probe.read(2) == _GZIP
        with gzip.open(path) if is_gzip else path.open("rb") as opened:
            file = cast("IO[bytes]", opened)
            shape, dtype = _head(path, file)
            size = math.prod(shape) * int(dtype[-1])
            refuse_if_larger(path, size, "the array")
            refuse_if_packed(path, path.stat().st_size, size, "the array")
            yield Stored(path, file, shape, dtype)


def _head(path: Path, file: IO[bytes]) -> tuple[tuple[int, ...], str]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _TYPES or not 1 <= magic[3] <= _MOST_AXES:
        raise DataError(path, "this is not an IDX file")
    lengths = file.read(4 * magic[3])
    if len(lengths) < 4 * magic[3]:
        raise DataError(path, "the file ends within its head")
    return struct.unpack(f">{magic[3]}I", lengths), _TYPES[magic[2]]
