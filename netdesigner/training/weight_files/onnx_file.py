"""The weights of an ONNX file: its initializers, found without building the model.

Only what leads to them is looked at, field by field, so that a small file cannot become a large thing in memory.
Weights that lie in another file are read only where that is a plain file beside the model: no link, no other folder,
no part that is not there.

Source: the ONNX specification (IR), TensorProto and external data; the Protocol Buffers wire format.
"""

from __future__ import annotations

import contextlib
import math
import mmap
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from netdesigner.errors import WeightFileError
from netdesigner.training.weight_files.weight_file import WeightFile

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = ["open_onnx"]

_MOST_FIELDS = 200_000
_MOST_AXES = 16
_LARGEST_BYTES = 2**31
_VARINT, _FIXED_8, _BYTES, _FIXED_4 = 0, 1, 2, 5
_GRAPH, _INITIALIZER = 7, 5
_DIMS, _TYPE, _NAME, _RAW, _EXTERNAL, _LOCATION = 1, 2, 8, 9, 13, 14
_NUMBERS = {4: "f", 5: "i", 7: "l", 10: "d"}
"""The fields in which numbers stand that are not in `raw_data`: float, int32, int64 and double."""
_TYPES = {
    1: ("float32", 4, 4),
    2: ("uint8", 1, 5),
    3: ("int8", 1, 5),
    5: ("int16", 2, 5),
    6: ("int32", 4, 5),
    7: ("int64", 8, 7),
    9: ("bool", 1, 5),
    10: ("float16", 2, 5),
    11: ("float64", 8, 10),
    16: ("bfloat16", 2, 5),
}
"""By ONNX's number: torch's name of a type, the bytes of an element, and the field of those not in `raw_data`."""

_OF_A_NORM = "_bias"
"""So torch's exporter calls, after the weight, the bias of a layer without one into which it has folded a norm."""

Place = tuple[int, int]
"""Where something begins and ends in the file."""


class _DamageError(Exception):
    """The file does not hold what it should; becomes a `WeightFileError`."""


@dataclass(slots=True)
class _Stored:
    """An initializer: where its parts lie.

    Attributes:
        name, dims, kind: as the file says; the kind is ONNX's number.
        raw: where its bytes lie, or None.
        numbers: by field, where its numbers lie.
        external: what stands under `external_data`.
        is_external: whether the bytes lie in another file.
    """

    name: str = ""
    dims: list[int] = field(default_factory=list)
    kind: int = 0
    raw: Place | None = None
    numbers: dict[int, list[Place]] = field(default_factory=dict)
    external: dict[str, str] = field(default_factory=dict)
    is_external: bool = False


@contextlib.contextmanager
def open_onnx(path: Path) -> Iterator[WeightFile]:
    """The initializers of an ONNX file.

    Raises:
        WeightFileError: it is damaged, too large, or points at what it may not.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if len(data) > _LARGEST_BYTES:
                raise _DamageError("it is larger than 2 GB, which no ONNX file can be")
            stored = {each.name: each for each in _initializers(_Reader(data)) if each.name}
            shapes = {name: _checked(path, each) for name, each in stored.items()}
            scaled = [name for name in shapes if f"{name}{_OF_A_NORM}" in shapes]
            yield WeightFile(
                path, shapes, lambda name: _tensor(path, data, stored[name], shapes[name]), scaled
            )
    except (OSError, ValueError, _DamageError) as error:
        raise WeightFileError(path, f"it is no ONNX file or damaged ({error})") from None


class _Reader:
    """Goes through fields and counts them."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self._fields = 0

    def fields(self, place: Place) -> Iterator[tuple[int, int, int, Place]]:
        """Number, wire type, value and place of each field of a message."""
        at, end = place
        while at < end:
            self._fields += 1
            if self._fields > _MOST_FIELDS:
                raise _DamageError(f"it has more than {_MOST_FIELDS:,} parts")
            key, at = self.varint(at, end)
            number, wire = key >> 3, key & 7
            value = 0
            start = at
            if wire == _VARINT:
                value, at = self.varint(at, end)
            elif wire == _BYTES:
                length, start = self.varint(at, end)
                at = start + length
            elif wire in (_FIXED_8, _FIXED_4):
                at += 8 if wire == _FIXED_8 else 4
            else:
                raise _DamageError("a part of no known form")
            if at > end or number == 0:
                raise _DamageError("it is cut short")
            yield number, wire, value, (start, at)

    def varint(self, at: int, end: int) -> tuple[int, int]:
        """A number of 1 to 10 bytes, and where it ends."""
        value = 0
        for shift in range(0, 70, 7):
            if at >= end:
                break
            byte = self.data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & (2**64 - 1), at
        raise _DamageError("it is cut short")

    def text(self, place: Place) -> str:
        if place[1] - place[0] > 4_096:
            raise _DamageError("a name is too long")
        return self.data[slice(*place)].decode("utf-8")


def _initializers(reader: _Reader) -> Iterator[_Stored]:
    for number, wire, _, place in reader.fields((0, len(reader.data))):
        if (number, wire) == (_GRAPH, _BYTES):
            for inner, inner_wire, _, where in reader.fields(place):
                if (inner, inner_wire) == (_INITIALIZER, _BYTES):
                    yield _stored(reader, where)


def _stored(reader: _Reader, place: Place) -> _Stored:
    found = _Stored()
    for number, wire, value, where in reader.fields(place):
        if number == _DIMS:
            found.dims += [value] if wire == _VARINT else [*_varints(reader, where, _MOST_AXES)]
        elif number == _TYPE and wire == _VARINT:
            found.kind = value
        elif number == _NAME and wire == _BYTES:
            found.name = reader.text(where)
        elif number == _RAW and wire == _BYTES:
            found.raw = where
        elif number in _NUMBERS and wire == _BYTES:
            found.numbers.setdefault(number, []).append(where)
        elif number == _EXTERNAL and wire == _BYTES:
            entry = [
                reader.text(at)
                for key, kind, _, at in reader.fields(where)
                if kind == _BYTES and key in (1, 2)
            ]
            if len(entry) == 2:
                found.external[entry[0]] = entry[1]
        elif number == _LOCATION and wire == _VARINT:
            found.is_external = value == 1
    return found


def _varints(reader: _Reader, place: Place, most: int) -> Iterator[int]:
    at, end = place
    for _ in range(most):
        if at == end:
            return
        value, at = reader.varint(at, end)
        yield value
    if at < end:
        raise _DamageError("it holds more numbers than it declares")


# ----------------------------------------------------------------------------------------------------- one tensor


def _checked(path: Path, stored: _Stored) -> tuple[int, ...]:
    """The shape of a tensor, whose bytes are all there.

    Raises:
        _DamageError: they are not.
        WeightFileError: they lie where nothing may be read.
    """
    what = f"'{stored.name[:60]}'"
    if stored.kind not in _TYPES:
        raise _DamageError(f"{what} holds neither numbers nor true and false")
    if len(stored.dims) > _MOST_AXES or any(length >= 2**40 for length in stored.dims):
        raise _DamageError(f"{what} has no possible shape")
    _, width, _ = _TYPES[stored.kind]
    wanted = math.prod(stored.dims) * width
    if stored.is_external:
        _external_place(path, stored, wanted)
    elif stored.raw is not None:
        held = stored.raw[1] - stored.raw[0]
        if held != wanted:
            raise _DamageError(f"{what} declares {wanted:,} bytes and has {held:,}")
    else:
        _refuse_other_count(stored, wanted // width)
    return tuple(stored.dims)


def _refuse_other_count(stored: _Stored, count: int) -> None:
    """Holds what is declared against the numbers there are, which take at least a byte each."""
    places = stored.numbers.get(_TYPES[stored.kind][2], [])
    held = sum(end - start for start, end in places)
    width = {4: 4, 10: 8}.get(_TYPES[stored.kind][2], 0)
    if (held != count * width) if width else (not count <= held <= 10 * count):
        raise _DamageError(f"'{stored.name[:60]}' declares {count:,} numbers and has others")


def _external_place(path: Path, stored: _Stored, wanted: int) -> tuple[Path, int]:
    """The file beside the model in which a tensor's bytes lie, and where they begin.

    Raises:
        WeightFileError: it may not be read, or has no such part.
    """
    name = stored.external.get("location", "")
    beside = path.parent / name
    plain = name and name not in (".", "..") and not set(name) & set("/\\:\0") and beside.name == name
    refusal = f"'{stored.name[:60]}' lies in another file, '{name[:60]}', which is not read: "
    if not plain:
        raise WeightFileError(path, refusal + "only a plain name in the same folder is followed")
    try:
        status = os.lstat(beside)
        offset, length = (
            int(stored.external.get(key, usual)) for key, usual in (("offset", 0), ("length", wanted))
        )
    except (OSError, ValueError) as error:
        raise WeightFileError(path, refusal + f"({getattr(error, 'strerror', None) or error})") from None
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        raise WeightFileError(path, refusal + "it is a link, a folder or no plain file")
    if not 0 <= offset <= offset + wanted <= status.st_size or length != wanted:
        raise WeightFileError(path, refusal + "the part that is named is not in it")
    return beside, offset


def _tensor(path: Path, data: mmap.mmap, stored: _Stored, shape: tuple[int, ...]) -> Tensor:
    import torch

    name, width, at = _TYPES[stored.kind]
    dtype = getattr(torch, name)
    count = math.prod(shape)
    if count == 0:
        return torch.empty(shape, dtype=dtype)
    if stored.is_external:
        content = _read_beside(path, stored, count * width)
    elif stored.raw is not None:
        content = data[slice(*stored.raw)]
    elif at in (4, 10):
        content = b"".join(data[slice(*place)] for place in stored.numbers[at])
    else:
        return _from_numbers(data, stored, shape, dtype)
    return torch.frombuffer(bytearray(content), dtype=dtype).reshape(shape)


def _read_beside(path: Path, stored: _Stored, size: int) -> bytes:
    file, offset = _external_place(path, stored, size)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(file, flags), "rb") as opened:
        if os.fstat(opened.fileno()).st_nlink != 1:
            raise _DamageError(f"'{file.name}' was replaced while it was read")
        opened.seek(offset)
        return opened.read(size)


def _from_numbers(data: mmap.mmap, stored: _Stored, shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """A tensor whose whole numbers, or the bits of whose short floats, stand one by one."""
    import torch

    reader, count = _Reader(data), math.prod(shape)
    found = [n for place in stored.numbers[_TYPES[stored.kind][2]] for n in _varints(reader, place, count)]
    if len(found) != count:
        raise _DamageError(f"'{stored.name[:60]}' declares {count:,} numbers and has {len(found):,}")
    if dtype in (torch.float16, torch.bfloat16):
        return torch.tensor([n & 0xFFFF for n in found], dtype=torch.uint16).view(dtype).reshape(shape)
    signed = [n - 2**64 if n >= 2**63 else n for n in found]
    return torch.tensor(signed, dtype=torch.int64).to(dtype).reshape(shape)
