"""Reads sounds in WAV files: PCM of 8 to 32 bits and floating-point numbers. Not a part.

What the head declares is held against what the file has before any of it is read, and no more is read than is used.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from netdesigner.datasets._source import reading
from netdesigner.errors import DataError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["read_wav"]

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_GUID_END = bytes.fromhex("000000001000800000aa00389b71")
"""How the sixteen bytes end by which an extensible head names the format in their first two."""
_PACKED = {2: "ADPCM", 6: "A-law", 7: "µ-law", 17: "ADPCM", 49: "GSM", 85: "MP3", 353: "WMA"}
_BITS = {_PCM: (8, 16, 24, 32), _FLOAT: (32, 64)}
_RATES = (100, 768_000)
_MOST_CHANNELS = 64
_MOST_CHUNKS = 1000


class _Head(NamedTuple):
    """What a file says of its sound.

    Attributes:
        form: `_PCM` or `_FLOAT`.
        channels: how many there are.
        rate: samples a second.
        bits: of a number.
    """

    form: int
    channels: int
    rate: int
    bits: int

    @property
    def frame_bytes(self) -> int:
        """What one number of every channel takes."""
        return self.channels * self.bits // 8


def read_wav(path: Path, seconds: float) -> tuple[np.ndarray, int]:
    """The beginning of a sound, as the mean of its channels.

    Args:
        path: the file.
        seconds: how much is read at most.

    Returns:
        [samples] float32, of which whole numbers lie between -1 and 1, and how many there are a second.

    Raises:
        DataError: it is damaged, no WAV file, or of a form that is not read.
    """
    with reading(path, EOFError, struct.error, what="the sound is damaged"), path.open("rb") as file:
        head, size = _opened(path, file)
        wanted = min(size // head.frame_bytes, int(seconds * head.rate) + 1)
        content = file.read(wanted * head.frame_bytes)
        if len(content) < wanted * head.frame_bytes:
            raise DataError(path, f"the sound ends after {len(content):,} bytes; the file was cut off")
    return _mean(path, head, content), head.rate


def _opened(path: Path, file: IO[bytes]) -> tuple[_Head, int]:
    """The head, and how many bytes of sound follow, at whose first the file stands."""
    start = file.read(12)
    if start[:4] in (b"RF64", b"RIFX"):
        raise DataError(
            path, f"this is {start[:4].decode()}, a form of WAV that is not read; save it as plain WAV"
        )
    if len(start) < 12 or start[:4] != b"RIFF" or start[8:] != b"WAVE":
        raise DataError(path, "this is not a WAV file")
    head = None
    end = path.stat().st_size
    for _ in range(_MOST_CHUNKS):
        name, size = struct.unpack("<4sI", _exactly(path, file, 8))
        left = end - file.tell()
        if name == b"data":
            if head is None:
                raise DataError(path, "the file is damaged: it does not say what its sound is like")
            if size > left:
                raise DataError(
                    path, f"its head declares {size:,} bytes of sound, and the file holds {left:,}"
                )
            if size < head.frame_bytes:
                raise DataError(path, "it holds no sound")
            return head, size
        if size > left:
            raise DataError(path, "the file is damaged: a part of it reaches beyond its end")
        if name == b"fmt ":
            head = _head(path, _exactly(path, file, min(size, 40)))
            size -= min(size, 40)
        file.seek(size + (size & 1), 1)
    raise DataError(path, f"there is no sound among its first {_MOST_CHUNKS:,} parts")


def _exactly(path: Path, file: IO[bytes], count: int) -> bytes:
    found = file.read(count)
    if len(found) < count:
        raise DataError(path, "the file ends within its head; it holds no sound")
    return found


def _head(path: Path, content: bytes) -> _Head:
    """The head in a file's `fmt` part."""
    form, channels, rate, _, frame, bits = struct.unpack_from("<HHIIHH", content)
    if form == _EXTENSIBLE and len(content) == 40 and content[26:] == _GUID_END:
        form = struct.unpack_from("<H", content, 24)[0]
    if form not in _BITS:
        name = _PACKED.get(form, f"format {form}")
        raise DataError(path, f"its sound is {name}; save it as PCM or floating-point numbers")
    if bits not in _BITS[form]:
        known = ", ".join(map(str, _BITS[form]))
        raise DataError(path, f"its sound has {bits} bits a number, and {known} are read")
    if not 1 <= channels <= _MOST_CHANNELS or not _RATES[0] <= rate <= _RATES[1]:
        raise DataError(
            path, f"its head declares {channels:,} channels and {rate:,} samples a second, which no sound has"
        )
    head = _Head(form, channels, rate, bits)
    if frame != head.frame_bytes:
        raise DataError(
            path, f"the file is damaged: {channels} channels of {bits} bits do not take {frame} bytes"
        )
    return head


def _mean(path: Path, head: _Head, content: bytes) -> np.ndarray:
    """The mean of the channels."""
    import numpy as np

    if head.form == _FLOAT:
        values = np.frombuffer(content, f"<f{head.bits // 8}").astype(np.float64)
    elif head.bits == 24:  # as the upper bytes of 32 bits
        wide = np.zeros((len(content) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(content, np.uint8).reshape(-1, 3)
        values = wide.view("<i4")[:, 0] / 2.0**31
    elif head.bits == 8:  # the only ones without a sign
        values = np.frombuffer(content, np.uint8) / 128.0 - 1.0
    else:
        values = np.frombuffer(content, f"<i{head.bits // 8}") / 2.0 ** (head.bits - 1)
    largest = np.finfo(np.float32).max
    if not (np.abs(values) <= largest).all():
        raise DataError(path, "the sound holds a value that is missing (NaN), infinite, or too large")
    found: np.ndarray = values.reshape(-1, head.channels).mean(axis=1).astype(np.float32)
    return found
