"""Images in folders: one folder a class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from netdesigner.datasets import _images
from netdesigner.datasets._files import FilesDataset
from netdesigner.datasets._previews import image_previews
from netdesigner.datasets._source import STREAM, chosen_folder, streams
from netdesigner.errors import DataError
from netdesigner.parts.dataset import DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import param
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

__all__ = ["ImageFolder"]


class ImageFolder(FilesDataset):
    """Pictures in folders: each sub-folder is a class and bears its name.

    Takes PNG, JPEG, BMP, GIF (the first picture), WebP and PPM/PGM, turned upright as the camera noted. Other files
    and hidden folders are passed over. Values are 0 to 1; 16-bit grey pictures keep their depth.

    Shape:
        input [N, C, H, W] float32, C is 3 or 1; target [N] int64, classes in the order of the alphabet.
    """

    kind: ClassVar[str] = "image_folder"
    title: ClassVar[str] = "Folder of images"
    images: ClassVar[bool] = True

    path: str = param("", path="folder", help="the folder that holds one folder a class")
    height: int = _images.HEIGHT
    width: int = _images.WIDTH
    color: str = _images.COLOR
    resize: str = _images.RESIZE
    stream: str = STREAM

    def describe(self) -> DataSpec:
        """What the samples look like; folders are listed, no image is read.

        Raises:
            DataError: the folder cannot be used.
        """
        return self._spec(self._files())

    def load(self, progress: Progress = no_progress) -> Samples:
        """All images, class by class; where they do not fit into memory, each is read when it is needed.

        Raises:
            DataError: an image cannot be read; names it.
            CancelledError: raised by `progress`.
        """
        import numpy as np

        files = self._files()
        spec = self._spec(files)
        target = np.repeat(np.arange(len(files)), [len(paths) for paths in files.values()])
        flat = [path for paths in files.values() for path in paths]
        shape = (len(flat), *self._frame.shape)
        size = 4 * int(np.prod(shape, dtype=np.int64))
        if streams(Path(self.path), self.stream, size, "the images at this size"):
            progress(0.5, "listing the images")
            rows = _images.rows_of(lambda number: self._frame.read(flat[number]), flat, shape)
            return Samples(rows, target, spec)
        input = np.empty(shape, dtype=np.float32)
        for index, image in enumerate(_images.read_all(self._frame.read, flat, progress)):
            input[index] = image
        return Samples(input, target, spec)

    def _groups(self) -> Mapping[str, Sequence[Path]]:
        return self._files()

    def files_of_samples(self) -> Mapping[str, str | int]:
        """Pictures, brought to size as those of the folder."""
        return {"are": "pictures", "resize": self.resize}

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures of each class, samples by class, statistics of the channels."""
        return image_previews(samples)

    def _files(self) -> dict[str, list[Path]]:
        """The image files by class, both in the order of the alphabet."""
        folder = chosen_folder(self.label(), self.path)
        root = folder.resolve()
        found: dict[str, list[Path]] = {}
        for entry in _images.listed(folder, root):
            if entry.is_dir():
                files = _images.pictures_in(Path(entry.path), root)
                if not files:
                    suffixes = _images.suffixes_of()
                    raise DataError(entry.path, f"the folder of this class holds no image ({suffixes})")
                found[entry.name] = files
        if len(found) < 2:
            held = f"one folder only ('{next(iter(found))}')" if found else "no folders"
            raise DataError(folder, f"it holds {held}; put the images of each class into a folder of its own")
        return found

    def _spec(self, files: Mapping[str, list[Path]]) -> DataSpec:
        return DataSpec(
            TensorSpec((BATCH, *self._frame.shape)),
            TensorSpec((BATCH,), "int64"),
            tuple(files),
            sum(len(paths) for paths in files.values()),
            targets=("class",),
        )

    @property
    def _frame(self) -> _images.Frame:
        return _images.Frame(self.height, self.width, self.color, self.resize)
