"""Images in folders: one folder a class.

Only regular files inside the chosen folder are read, only in formats of a list, and only up to Pillow's limit of
pixels; a link that leads out of the folder is refused.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._previews import image_previews
from netdesigner.datasets._source import chosen_folder, reading, refuse_if_larger
from netdesigner.errors import DataError
from netdesigner.parts.dataset import Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import param
from netdesigner.parts.paths import stamp
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np
    import PIL.Image

__all__ = ["ImageFolder"]

_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "PPM")
_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".ppm", ".pgm", ".pbm"})
_TOGETHER = 32
_THREADS = 4


class ImageFolder(Dataset):
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
    height: int = param(64, min=1, max=4096, unit="px", help="height that all images are brought to")
    width: int = param(64, min=1, max=4096, unit="px", help="width that all images are brought to")
    color: str = param("rgb", choices=("rgb", "gray"), help="rgb: three channels; gray: one")
    resize: str = param(
        "stretch",
        choices=("stretch", "crop", "pad"),
        help="stretch: to the size whatever the shape; crop: cut the longer side; pad: black bars at the shorter side",
    )

    def describe(self) -> DataSpec:
        """What the samples look like; folders are listed, no image is read.

        Raises:
            DataError: the folder cannot be used.
        """
        return self._spec(self._files())

    def load(self, progress: Progress = no_progress) -> Samples:
        """All images, class by class.

        Raises:
            DataError: an image cannot be read; names it.
            CancelledError: raised by `progress`.
        """
        import numpy as np

        files = self._files()
        spec = self._spec(files)
        flat = [(path, number) for number, paths in enumerate(files.values()) for path in paths]
        shape = (len(flat), 1 if self.color == "gray" else 3, self.height, self.width)
        refuse_if_larger(Path(self.path), 4 * int(np.prod(shape, dtype=np.int64)), "the images at this size")
        input = np.empty(shape, dtype=np.float32)
        with ThreadPoolExecutor(_THREADS) as pool:  # Pillow decodes outside Python's lock
            for start in range(0, len(flat), _TOGETHER):
                progress(start / len(flat), f"reading image {start + 1:,} of {len(flat):,}")
                together = [path for path, _ in flat[start : start + _TOGETHER]]
                for index, image in enumerate(pool.map(self._read, together), start):
                    input[index] = image
        progress(1.0, "read all images")
        return Samples(input, np.array([number for _, number in flat], dtype=np.int64), spec)

    def fingerprint(self) -> Mapping[str, str | int]:
        """How many files each class has, their sizes together, and what tells a change of any of them."""
        try:
            files = self._files()
        except DataError:
            return super().fingerprint()
        found: dict[str, str | int] = {}
        for name, paths in files.items():
            states = [(path.name, *stamp(path)) for path in paths]
            found[f"{name}: files"] = len(states)
            found[f"{name}: size"] = sum(size for _, size, _ in states)
            found[f"{name}: changed"] = hashlib.sha256(repr(states).encode()).hexdigest()
        return found

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures of each class, samples by class, statistics of the channels."""
        return image_previews(samples)

    def _files(self) -> dict[str, list[Path]]:
        """The image files by class, both in the order of the alphabet."""
        folder = chosen_folder(self.label(), self.path)
        root = folder.resolve()
        found: dict[str, list[Path]] = {}
        for entry in _listed(folder, root):
            if entry.is_dir():
                files = [Path(file.path) for file in _listed(Path(entry.path), root) if _is_picture(file)]
                if not files:
                    suffixes = ", ".join(sorted(_SUFFIXES))
                    raise DataError(entry.path, f"the folder of this class holds no image ({suffixes})")
                found[entry.name] = files
        if len(found) < 2:
            held = f"one folder only ('{next(iter(found))}')" if found else "no folders"
            raise DataError(folder, f"it holds {held}; put the images of each class into a folder of its own")
        return found

    def _spec(self, files: Mapping[str, list[Path]]) -> DataSpec:
        channels = 1 if self.color == "gray" else 3
        return DataSpec(
            TensorSpec((BATCH, channels, self.height, self.width)),
            TensorSpec((BATCH,), "int64"),
            tuple(files),
            sum(len(paths) for paths in files.values()),
            targets=("class",),
        )

    def _read(self, path: Path) -> np.ndarray:
        """One image as [C, H, W] float32 in 0 to 1."""
        from PIL import Image, ImageOps

        # Pillow's decoders raise nearly anything for a damaged file.
        with reading(path, Exception, what="the image is damaged or in another format"):
            try:
                with Image.open(path, formats=_FORMATS) as opened:
                    self._refuse_bomb(path, opened.width * opened.height)
                    return self._as_array(ImageOps.exif_transpose(opened))
            except (Image.DecompressionBombError, Image.DecompressionBombWarning):
                raise DataError(path, "the image has more pixels than are safe to read") from None

    def _refuse_bomb(self, path: Path, pixels: int) -> None:
        from PIL import Image

        if Image.MAX_IMAGE_PIXELS is not None and pixels > Image.MAX_IMAGE_PIXELS:
            raise DataError(
                path, f"the image has {pixels:,} pixels, at most {Image.MAX_IMAGE_PIXELS:,} are read"
            )

    def _as_array(self, image: PIL.Image.Image) -> np.ndarray:
        import numpy as np

        deep = image.mode.startswith("I")
        if deep:  # 16-bit grey; Pillow would clip it to 8 bits
            image, scale = image.convert("F"), 65535.0
        else:
            image, scale = image.convert("L" if self.color == "gray" else "RGB"), 255.0
        values = np.asarray(self._resized(image), dtype=np.float32) / scale
        if values.ndim == 3:
            return np.ascontiguousarray(values.transpose(2, 0, 1))
        return np.broadcast_to(values, (1 if self.color == "gray" else 3, *values.shape)).clip(0.0, 1.0)

    def _resized(self, image: PIL.Image.Image) -> PIL.Image.Image:
        from PIL import Image, ImageOps

        size = (self.width, self.height)
        if image.size == size:
            return image
        if self.resize == "crop":
            return ImageOps.fit(image, size, Image.Resampling.BILINEAR)
        if self.resize == "pad":
            return ImageOps.pad(image, size, Image.Resampling.BILINEAR)
        return image.resize(size, Image.Resampling.BILINEAR)


def _listed(folder: Path, root: Path) -> Iterator[os.DirEntry[str]]:
    """What a folder holds, sorted, without what is hidden.

    Raises:
        DataError: it cannot be read, or a link in it leads out of the root.
    """
    with reading(folder), os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.name.startswith("."):
            continue
        if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root):
            raise DataError(
                entry.path, "this is a link that leads out of the folder; put the file itself there"
            )
        yield entry


def _is_picture(entry: os.DirEntry[str]) -> bool:
    return entry.is_file() and Path(entry.name).suffix.lower() in _SUFFIXES
