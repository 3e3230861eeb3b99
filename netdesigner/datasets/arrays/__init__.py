"""Arrays as NumPy writes them: one .npz with inputs and targets, or two .npy files."""

from __future__ import annotations

import contextlib
import math
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._previews import image_previews, row_previews
from netdesigner.datasets._source import (
    STREAM,
    TARGET_TYPES,
    chosen_file,
    classes_of,
    looks_like_classes,
    reading,
    refuse_if_packed,
    streams,
)
from netdesigner.datasets.arrays.npy import DAMAGED, StoredArray, find_member, members, open_array, start_of
from netdesigner.parts.dataset import Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import param
from netdesigner.parts.preview import Preview
from netdesigner.parts.rows import Rows
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Arrays"]

_INPUTS = ("x", "x_train", "inputs", "input", "images", "data", "features", "train_images", "arr_0")
_TARGETS = ("y", "y_train", "targets", "target", "labels", "label", "train_labels", "arr_1")
_AXES = {"N,H,W": 3, "N,H,W,C": 4}
_BLOCK = 4096
_ARCHIVE = b"PK"
_DAMAGED_HEAD = (*DAMAGED, zipfile.LargeZipFile, NotImplementedError, ValueError, struct.error)


class Arrays(Dataset):
    """Arrays in a .npz file, or in two .npy files, inputs and targets.

    Shape:
        input as stored, first axis the samples, as float32 or int64; pictures [N, C, H, W]. Target [N] int64 for
        classes, else [N, k] float32.

    Source:
        numpy.lib.format, the .npy format, versions 1 to 3.
    """

    kind: ClassVar[str] = "arrays"
    title: ClassVar[str] = "NumPy arrays"

    path: str = param("", path="file", help=".npz with inputs and targets, or .npy with inputs")
    targets_path: str = param("", path="file", help="for .npy: the file with the targets")
    inputs: str = param("", help="for .npz: the name of the inputs; empty: a usual name such as x or x_train")
    targets: str = param(
        "", help="for .npz: the name of the targets; empty: a usual name such as y or y_train"
    )
    layout: str = param(
        "as stored",
        choices=("as stored", *_AXES),
        help="how pictures lie in the array; N,H,W and N,H,W,C become N,C,H,W, and bytes become 0 to 1",
    )
    integers: bool = param(False, help="keep whole numbers as they are (int64), as an Embedding takes them")
    target_type: str = param(
        "auto",
        choices=TARGET_TYPES,
        help="auto: texts and few different whole numbers are classes, other numbers are values",
    )

    stream: str = STREAM

    def describe(self) -> DataSpec:
        """What the samples look like; targets are read, of the inputs the head only.

        Raises:
            DataError: the files cannot be used.
        """
        with self._opened() as (inputs, targets):
            self._streams(inputs)
            return self._spec(inputs, *_target_of(targets, self.target_type, no_progress))

    def load(self, progress: Progress = no_progress) -> Samples:
        """All samples; inputs that do not fit into memory are read when they are needed.

        Raises:
            DataError: the files cannot be used.
            CancelledError: raised by `progress`.
        """
        with self._opened() as (inputs, targets):
            streams = self._streams(inputs)
            target, classes = _target_of(
                targets, self.target_type, lambda done, text: progress(0.1 * done, text)
            )
            spec = self._spec(inputs, target, classes)
            if streams:
                return Samples(self._rows_of(inputs, spec), target, spec)
            stored = inputs.read(lambda done, text: progress(0.1 + 0.8 * done, text))
        progress(0.9, "checking the inputs")
        if not self.integers:
            _refuse_unusable(inputs, stored)
        return Samples(self._input_of(stored), target, spec)

    def _streams(self, inputs: StoredArray) -> bool:
        """Whether inputs are read when they are needed; raises where they must be and cannot be."""
        packed = "it is compressed; save it with numpy.save, so that its rows can be read one by one"
        obstacle = packed if inputs.start is None else ""
        size = math.prod(inputs.shape) * max(inputs.dtype.itemsize, 8 if self.integers else 4)
        return streams(inputs.path, self.stream, size, f"the array '{inputs.name}'", obstacle)

    def _rows_of(self, inputs: StoredArray, spec: DataSpec) -> Rows:
        take = inputs.rows()
        shape = self._arranged(inputs.shape)
        return Rows(shape, spec.input.dtype, lambda numbers: self._input_of(take(numbers)))

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures or rows, the targets, statistics."""
        from netdesigner.evaluation.pictures import is_image

        return image_previews(samples) if is_image(samples.input[:1]) else row_previews(samples)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[tuple[StoredArray, StoredArray]]:
        """Inputs and targets with their heads read.

        Raises:
            DataError: a file is missing or damaged, or has no array of the name.
        """
        path = chosen_file(self.label(), self.path)
        with contextlib.ExitStack() as stack:
            yield self._from_archive(path, stack) if _is_archive(path) else self._from_files(path, stack)

    def _from_archive(self, path: Path, stack: contextlib.ExitStack) -> tuple[StoredArray, StoredArray]:
        with reading(path, *_DAMAGED_HEAD):
            archive = stack.enter_context(zipfile.ZipFile(path))
            held = members(path, archive)
            inputs = find_member(path, held, self.inputs, _INPUTS, "inputs")
            targets = find_member(path, held, self.targets, _TARGETS, "targets")
            for name in (inputs, targets):
                refuse_if_packed(path, held[name].compress_size, held[name].file_size, f"the array '{name}'")
            first, second = (
                open_array(
                    path,
                    name,
                    stack.enter_context(archive.open(held[name])),
                    held[name].file_size,
                    start_of(path, held[name]),
                )
                for name in (inputs, targets)
            )
            return first, second

    def _from_files(self, path: Path, stack: contextlib.ExitStack) -> tuple[StoredArray, StoredArray]:
        inputs = _array_in(path, "inputs", stack)
        return inputs, _array_in(
            chosen_file(self.label(), self.targets_path, "targets_path"), "targets", stack
        )

    def _spec(self, inputs: StoredArray, target: np.ndarray, classes: tuple[str, ...]) -> DataSpec:
        shape = inputs.shape
        if len(shape) < 2 or math.prod(shape) == 0:
            raise inputs.refusal(
                f"inputs have samples on the first axis and one more at least, not {list(shape)}"
            )
        if len(target) != shape[0]:
            raise inputs.refusal(f"there are {shape[0]:,} inputs and {len(target):,} targets")
        if inputs.dtype.kind not in "iufb" or (self.integers and inputs.dtype.kind == "f"):
            expected = "whole numbers, as 'integers' is set" if self.integers else "numbers"
            raise inputs.refusal(f"inputs are {expected}, these are {inputs.elements()}")
        axes = _AXES.get(self.layout, len(shape))
        if len(shape) != axes:
            raise inputs.refusal(f"layout {self.layout} has {axes} axes, the array has {list(shape)}")
        return DataSpec(
            TensorSpec((BATCH, *self._arranged(shape)[1:]), "int64" if self.integers else "float32"),
            TensorSpec((BATCH,), "int64") if classes else TensorSpec((BATCH, target.shape[1])),
            classes,
            shape[0],
        )

    def _arranged(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        if self.layout == "N,H,W":
            return (shape[0], 1, *shape[1:])
        return (shape[0], shape[3], shape[1], shape[2]) if self.layout == "N,H,W,C" else shape

    def _input_of(self, stored: np.ndarray) -> np.ndarray:
        """The inputs as [N, ...] float32 or int64, pictures as [N, C, H, W]."""
        import numpy as np

        arranged = stored.transpose(0, 3, 1, 2) if self.layout == "N,H,W,C" else stored
        arranged = arranged.reshape(self._arranged(stored.shape))
        if self.integers:
            return np.ascontiguousarray(arranged, dtype=np.int64)
        values = np.ascontiguousarray(arranged, dtype=np.float32)
        if self.layout in _AXES and stored.dtype == np.uint8:
            values /= np.float32(255)
        return values


def _is_archive(path: Path) -> bool:
    with reading(path), path.open("rb") as file:
        return file.read(len(_ARCHIVE)) == _ARCHIVE


def _array_in(path: Path, name: str, stack: contextlib.ExitStack) -> StoredArray:
    """The array in a .npy file, with its head read."""
    with reading(path, *_DAMAGED_HEAD):
        return open_array(path, name, stack.enter_context(path.open("rb")), path.stat().st_size, start=0)


def _target_of(
    stored: StoredArray, target_type: str, progress: Progress
) -> tuple[np.ndarray, tuple[str, ...]]:
    """[N] int64 with class names, or [N, k] float32 with none."""
    import numpy as np

    if len(stored.shape) not in (1, 2) or math.prod(stored.shape) == 0:
        raise stored.refusal(f"targets are [N] or [N, k], these are {list(stored.shape)}")
    values = stored.read(progress)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if stored.dtype.kind not in "iufbUS":
        raise stored.refusal(f"targets are numbers or texts, these are {stored.elements()}")
    if _is_class(values, target_type):
        if values.ndim != 1:
            raise stored.refusal(f"classes are [N], these are {list(values.shape)}")
        return classes_of(stored.path, _as_texts(stored, values), stored.name)
    if values.dtype.kind in "US":
        raise stored.refusal("values to be learned are numbers, these are texts")
    _refuse_unusable(stored, values)
    return values.reshape(len(values), -1).astype(np.float32), ()


def _as_texts(stored: StoredArray, values: np.ndarray) -> np.ndarray:
    """Bytes as texts; anything else as it is, refused where it is not finite."""
    import numpy as np

    if values.dtype.kind == "S":
        try:
            return np.char.decode(values, "utf-8")
        except UnicodeDecodeError:
            raise stored.refusal("the names of the classes are not text in UTF-8") from None
    _refuse_unusable(stored, values)
    return values


def _is_class(values: np.ndarray, target_type: str) -> bool:
    import numpy as np

    if target_type != "auto" or values.dtype.kind in "US":
        return target_type in ("class", "auto")
    if values.ndim != 1 or values.dtype.kind == "f":
        return False
    return looks_like_classes(len(np.unique(values)), len(values))


def _refuse_unusable(stored: StoredArray, values: np.ndarray) -> None:
    """Refuses numbers that are not finite as 32-bit floats, naming the first sample."""
    import numpy as np

    if values.dtype.kind != "f":
        return
    for start in range(0, len(values), _BLOCK):
        block = values[start : start + _BLOCK].reshape(len(values[start : start + _BLOCK]), -1)
        bad = ~(np.abs(block) <= np.finfo(np.float32).max).all(axis=1)
        if bad.any():
            index = start + int(bad.argmax())
            reason = "holds a value that is missing (NaN), infinite, or too large for a 32-bit number"
            raise stored.refusal(f"sample {index} {reason}")
