"""IDX files, the format of MNIST and its kin: one with images, one with labels, as they are or gzipped."""

from __future__ import annotations

import contextlib
import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar, cast

from netdesigner.datasets._previews import image_previews
from netdesigner.datasets._source import (
    Watched,
    chosen_file,
    classes_of,
    reading,
    refuse_if_larger,
    refuse_if_packed,
)
from netdesigner.errors import DataError
from netdesigner.parts.dataset import Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import param
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Idx"]

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP = b"\x1f\x8b"
_BLOCK = 2**22
_MOST_AXES = 8


@dataclass(frozen=True, slots=True)
class _Stored:
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


class Idx(Dataset):
    """Pictures and labels in IDX files, as MNIST comes, gzipped or not.

    Bytes 0 to 255 are given as 0 to 1.

    Shape:
        input [N, 1, H, W] float32; target [N] int64.

    Source:
        Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits, 1998: the IDX file format.
    """

    kind: ClassVar[str] = "idx"
    title: ClassVar[str] = "MNIST files (IDX)"
    images: ClassVar[bool] = True

    path: str = param("", path="file", help="the images, such as train-images-idx3-ubyte.gz")
    labels: str = param("", path="file", help="the labels, such as train-labels-idx1-ubyte.gz")

    def describe(self) -> DataSpec:
        """What the samples look like; labels are read, of the images the head only.

        Raises:
            DataError: the files cannot be used.
        """
        with self._opened() as (images, labels):
            return self._spec(images, *_classes_in(labels, no_progress))

    def load(self, progress: Progress = no_progress) -> Samples:
        """All samples, in the order of the files.

        Raises:
            DataError: the files cannot be used.
            CancelledError: raised by `progress`.
        """
        import numpy as np

        with self._opened() as (images, labels):
            target, classes = _classes_in(labels, lambda done, text: progress(0.1 * done, text))
            spec = self._spec(images, target, classes)
            stored = images.read(lambda done, text: progress(0.1 + 0.9 * done, text))
        values = stored.astype(np.float32).reshape(len(stored), 1, *stored.shape[1:])
        if stored.dtype == np.uint8:
            values /= np.float32(255)
        if not np.isfinite(values).all():
            raise DataError(self.path, "it holds values that are missing (NaN), infinite or too large")
        return Samples(values, target, spec)

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures of each class, samples by class, statistics."""
        return image_previews(samples)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[tuple[_Stored, _Stored]]:
        """Images and labels with their heads read."""
        paths = chosen_file(self.label(), self.path), chosen_file(self.label(), self.labels, "labels")
        with contextlib.ExitStack() as stack:
            images, labels = (stack.enter_context(_open_idx(path)) for path in paths)
            yield images, labels

    def _spec(self, images: _Stored, target: np.ndarray, classes: tuple[str, ...]) -> DataSpec:
        if len(images.shape) != 3 or 0 in images.shape:
            reason = f"images are [N, H, W], this file holds {list(images.shape)}"
            hint = "; the labels go into 'labels'" if len(images.shape) == 1 else ""
            raise DataError(images.path, reason + hint)
        if images.shape[0] != len(target):
            raise DataError(
                images.path, f"it holds {images.shape[0]:,} images, and there are {len(target):,} labels"
            )
        refuse_if_larger(images.path, 4 * math.prod(images.shape), "the images")
        shape = (BATCH, 1, *images.shape[1:])
        return DataSpec(
            TensorSpec(shape), TensorSpec((BATCH,), "int64"), classes, len(target), targets=("label",)
        )


def _classes_in(labels: _Stored, progress: Progress) -> tuple[np.ndarray, tuple[str, ...]]:
    if len(labels.shape) != 1 or 0 in labels.shape or "f" in labels.dtype:
        raise DataError(labels.path, f"labels are whole numbers [N], this file holds {list(labels.shape)}")
    return classes_of(labels.path, labels.read(progress), "labels")


@contextlib.contextmanager
def _open_idx(path: Path) -> Iterator[_Stored]:
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
            yield _Stored(path, file, shape, dtype)


def _head(path: Path, file: IO[bytes]) -> tuple[tuple[int, ...], str]:
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _TYPES or not 1 <= magic[3] <= _MOST_AXES:
        raise DataError(path, "this is not an IDX file")
    lengths = file.read(4 * magic[3])
    if len(lengths) < 4 * magic[3]:
        raise DataError(path, "the file ends within its head")
    return struct.unpack(f">{magic[3]}I", lengths), _TYPES[magic[2]]
