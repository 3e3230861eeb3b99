"""Reads one array as NumPy writes it, without unpickling.

What the head declares is compared with what may be taken and with what the file holds before any of it is read.
"""

from __future__ import annotations

import math
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, NamedTuple

from netdesigner.datasets._source import Watched, reading, refuse_if_changed, refuse_if_larger
from netdesigner.errors import DataError
from netdesigner.parts.dataset import Progress
from netdesigner.parts.paths import stamp

if TYPE_CHECKING:
    import numpy as np

__all__ = ["DAMAGED", "StoredArray", "find_member", "members", "open_array", "start_of"]

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError)
"""What reading a damaged archive raises."""

_MAGIC = b"\x93NUMPY"
_VERSIONS = (1, 2, 3)
_LONGEST_HEAD = 10_000
_DTYPE = re.compile(r"'descr': *'([<>=|]?[A-Za-z][0-9]{0,9}(?:\[[0-9A-Za-z]{1,4}\])?)'")
_RECORDS = re.compile(r"'descr': *\[")
_ORDER = re.compile(r"'fortran_order': *(True|False)")
_SHAPE = re.compile(r"'shape': *\(([-0-9, L]*)\)")
_LENGTH = re.compile(r"-?[0-9]{1,18}L?\Z")
"""What stands in a head, as NumPy writes it; no more of Python is understood."""
_BLOCK = 2**22
_LOCAL_HEAD = struct.Struct("<26x2H")
"""What stands before a member of an archive: 30 bytes, the last four of which are the lengths of what follows them."""


class StoredArray(NamedTuple):
    """An array whose head was read and whose elements were not.

    Attributes:
        path: the file.
        name: of the array.
        file: stands at the first element.
        shape: of the array.
        dtype: of an element.
        is_fortran: whether the first axis varies fastest.
        start: where in the file its first element lies; None where it is compressed.
    """

    path: Path
    name: str
    file: IO[bytes]
    shape: tuple[int, ...]
    dtype: np.dtype
    is_fortran: bool
    start: int | None = None

    def refusal(self, reason: str) -> DataError:
        """A refusal that names the array."""
        return DataError(self.path, f"array '{self.name}': {reason}")

    def elements(self) -> str:
        """What the elements are, for people."""
        names = {"i": "whole numbers", "u": "whole numbers", "b": "true or false", "f": "numbers"}
        names |= {"c": "complex numbers", "U": "texts", "S": "texts", "M": "dates", "m": "durations"}
        return names.get(self.dtype.kind, "records of several fields")

    @property
    def size(self) -> int:
        """How many bytes the elements take."""
        return math.prod(self.shape) * self.dtype.itemsize

    def rows(self) -> Callable[[np.ndarray], np.ndarray]:
        """What reads rows by their numbers, of an array that is not compressed.

        The system holds in memory what was read lately, and gives it up where memory is needed.
        """
        import numpy as np

        assert self.start is not None
        order: Literal["C", "F"] = "F" if self.is_fortran else "C"
        before = stamp(self.path)
        with reading(self.path, ValueError):
            mapped = np.asarray(np.memmap(self.path, self.dtype, "r", self.start, self.shape, order))

        def take(numbers: np.ndarray) -> np.ndarray:
            refuse_if_changed(self.path, before)
            found: np.ndarray = mapped[numbers]
            return found

        return take

    def read(self, progress: Progress) -> np.ndarray:
        """All elements.

        Raises:
            DataError: it is too large, or the file ends too early or is damaged.
            CancelledError: raised by `progress`.
        """
        refuse_if_larger(self.path, self.size, f"the array '{self.name}'")
        with reading(self.path, *DAMAGED):
            return self._read(progress)

    def _read(self, progress: Progress) -> np.ndarray:
        import numpy as np

        size = self.size
        watched = Watched(self.file, size, progress, f"reading {self.name}")
        buffer = np.empty(size, dtype=np.uint8)
        done = 0
        while done < size:
            block = watched.read(min(_BLOCK, size - done))
            if not block:
                raise self.refusal(f"the file ends after {done:,} of {size:,} bytes")
            buffer[done : done + len(block)] = np.frombuffer(block, dtype=np.uint8)
            done += len(block)
        self.file.read(1)  # an archive compares its checksum when it reaches the end
        return buffer.view(self.dtype).reshape(self.shape, order="F" if self.is_fortran else "C")


def members(path: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The arrays of an archive by name.

    Raises:
        DataError: a name stands for two, or there are none.
    """
    found: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        if not info.filename.endswith(".npy"):
            continue
        name = info.filename.removesuffix(".npy")
        if name in found:
            raise DataError(path, f"the archive holds '{name}' twice")
        if info.flag_bits & 0x1:
            raise DataError(path, "the archive is encrypted; save it without a password")
        found[name] = info
    if not found:
        raise DataError(path, "the archive holds no array")
    return found


def find_member(path: Path, names: Mapping[str, object], name: str, usual: Sequence[str], what: str) -> str:
    """The array that is meant.

    Args:
        path: the archive.
        names: the arrays it holds.
        name: what the user says, or "".
        usual: names that are tried where the user says none, in lower case.
        what: "inputs" or "targets", for refusals.

    Raises:
        DataError: there is none of this name, or of none of the usual ones.
    """
    held = ", ".join(sorted(names)[:20])
    if name:
        if name not in names:
            raise DataError(path, f"there is no array '{name}' for the {what}; the file holds {held}")
        return name
    by_lower = {candidate.lower(): candidate for candidate in names}
    for candidate in usual:
        if candidate in by_lower:
            return by_lower[candidate]
    raise DataError(path, f"set '{what}' to the name of the array that holds them; the file holds {held}")


def _head(file: IO[bytes]) -> tuple[str, int]:
    """The text that describes an array, and how many bytes were read; an empty text where there is none."""
    start = file.read(8)
    if start[:6] != _MAGIC or len(start) < 8:
        return "", len(start)
    width = 2 if start[6] == 1 else 4
    length = int.from_bytes(file.read(width), "little")
    if start[6] not in _VERSIONS or length > _LONGEST_HEAD:
        return "", 8 + width
    return file.read(length).decode("utf-8", "replace"), 8 + width + length


def _described(head: str) -> tuple[tuple[int, ...], bool, np.dtype] | None:
    """Shape, whether the first axis varies fastest, and type of element, as a head says; None where it says no such."""
    import numpy as np

    kind, order, shape = (pattern.search(head) for pattern in (_DTYPE, _ORDER, _SHAPE))
    if kind is None or order is None or shape is None:
        return None
    try:
        dtype = np.dtype(kind[1])
    except (TypeError, ValueError):
        return None
    lengths = [length.strip() for length in shape[1].rstrip(" ,").split(",")] if shape[1].strip() else []
    if not all(map(_LENGTH.match, lengths)):
        return None
    return tuple(int(length.rstrip("L")) for length in lengths), order[1] == "True", dtype


def start_of(path: Path, info: zipfile.ZipInfo) -> int | None:
    """Where in an archive the bytes of a member begin; None where they are compressed."""
    if info.compress_type != zipfile.ZIP_STORED:
        return None
    with path.open("rb") as file:
        file.seek(info.header_offset)
        head = file.read(_LOCAL_HEAD.size)
    if len(head) < _LOCAL_HEAD.size:
        raise EOFError("it ends within the head of a member")
    lengths: tuple[int, int] = _LOCAL_HEAD.unpack(head)
    return info.header_offset + _LOCAL_HEAD.size + sum(lengths)


def open_array(path: Path, name: str, file: IO[bytes], size: int, start: int | None = None) -> StoredArray:
    """An array with its head read.

    Args:
        path: the file, for refusals.
        name: of the array.
        file: stands at the beginning of the array's head.
        size: how many bytes head and elements take together, as the file says.
        start: where in the file on the disk the head begins; None where it is compressed.

    Raises:
        DataError: it is no array, holds Python objects, or declares another size than it has.
    """
    head, taken = _head(file)
    if _RECORDS.search(head):
        raise DataError(
            path, f"array '{name}': these are records of several fields; save numbers or texts instead"
        )
    described = _described(head)
    if described is None:
        raise DataError(path, f"array '{name}': this is not an array as NumPy writes it")
    shape, is_fortran, dtype = described
    stored = StoredArray(path, name, file, shape, dtype, is_fortran, None if start is None else start + taken)
    if dtype.hasobject:
        raise stored.refusal("it holds Python objects, which can run code; save numbers or texts instead")
    if min(shape, default=0) < 0 or dtype.itemsize == 0:
        raise stored.refusal("it is damaged: its head declares no possible size")
    if taken + stored.size != size:
        raise stored.refusal(
            f"it is damaged: its head declares {stored.size:,} bytes, the file holds {size - taken:,}"
        )
    return stored
