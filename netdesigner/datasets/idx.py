"""IDX files, the format of MNIST and its kin: one with images, one with labels, as they are or gzipped."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._idx import Stored, open_idx, pictures_of
from netdesigner.datasets._previews import image_previews
from netdesigner.datasets._source import chosen_file, classes_of, refuse_if_larger
from netdesigner.errors import DataError
from netdesigner.parts.dataset import Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import param
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Idx"]


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
        values = pictures_of(stored)
        if not np.isfinite(values).all():
            raise DataError(self.path, "it holds values that are missing (NaN), infinite or too large")
        return Samples(values, target, spec)

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures of each class, samples by class, statistics."""
        return image_previews(samples)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[tuple[Stored, Stored]]:
        """Images and labels with their heads read."""
        paths = chosen_file(self.label(), self.path), chosen_file(self.label(), self.labels, "labels")
        with contextlib.ExitStack() as stack:
            images, labels = (stack.enter_context(open_idx(path)) for path in paths)
            yield images, labels

    def _spec(self, images: Stored, target: np.ndarray, classes: tuple[str, ...]) -> DataSpec:
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


def _classes_in(labels: Stored, progress: Progress) -> tuple[np.ndarray, tuple[str, ...]]:
    if len(labels.shape) != 1 or 0 in labels.shape or "f" in labels.dtype:
        raise DataError(labels.path, f"labels are whole numbers [N], this file holds {list(labels.shape)}")
    return classes_of(labels.path, labels.read(progress), "labels")
