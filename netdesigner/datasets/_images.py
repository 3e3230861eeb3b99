"""Pictures in folders: which files are taken, and how one becomes numbers. Not a part.

Only regular files inside the chosen folder are read, only in formats of a list, and only up to Pillow's limit of
pixels; a link that leads out of the folder is refused.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from netdesigner.datasets._kept import kept
from netdesigner.datasets._source import reading, refuse_if_changed, refuse_if_packed
from netdesigner.errors import DataError
from netdesigner.parts.dataset import Progress, no_progress
from netdesigner.parts.part import param
from netdesigner.parts.paths import stamp
from netdesigner.parts.rows import Rows, read_ahead

if TYPE_CHECKING:
    import numpy as np
    import PIL.Image

__all__ = [
    "COLOR",
    "FORMATS",
    "HEIGHT",
    "RESIZE",
    "WIDTH",
    "Frame",
    "listed",
    "opened",
    "pictures_in",
    "read_all",
    "rows_of",
    "suffixes_of",
]

FORMATS = {
    "PNG": (".png",),
    "JPEG": (".jpg", ".jpeg"),
    "BMP": (".bmp",),
    "GIF": (".gif",),
    "WEBP": (".webp",),
    "PPM": (".ppm", ".pgm", ".pbm"),
}
"""The formats that are read, as Pillow calls them, and how their files end."""

HEIGHT = param(64, min=1, max=4096, unit="px", help="height that all images are brought to")
WIDTH = param(64, min=1, max=4096, unit="px", help="width that all images are brought to")
COLOR = param("rgb", choices=("rgb", "gray"), help="rgb: three channels; gray: one")
RESIZE = param(
    "stretch",
    choices=("stretch", "crop", "pad"),
    help="stretch: to the size whatever the shape; crop: cut the longer side; pad: black bars at the shorter side",
)

_PIXEL_BYTES = 4
"""What a pixel takes while an image is read."""
_FINER = 3
"""A pixel that is the mean of so many across and down at least cannot be told from one that is a mean of more."""
_TOGETHER = 32
_THREADS = min(16, os.cpu_count() or 1)

F = TypeVar("F")
T = TypeVar("T")


def listed(folder: Path, root: Path) -> Iterator[os.DirEntry[str]]:
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


def pictures_in(folder: Path, root: Path, formats: Iterable[str] = FORMATS) -> list[Path]:
    """The files in a folder that end as those of some formats; raises as `listed`."""
    suffixes = _suffixes(formats)
    return [
        Path(entry.path)
        for entry in listed(folder, root)
        if entry.is_file() and Path(entry.name).suffix.lower() in suffixes
    ]


def suffixes_of(formats: Iterable[str] = FORMATS) -> str:
    """How the files of some formats end, as a message lists it."""
    return ", ".join(_suffixes(formats))


def _suffixes(formats: Iterable[str]) -> list[str]:
    return sorted(suffix for name in formats for suffix in FORMATS[name])


def read_all(read: Callable[[F], T], files: Sequence[F], progress: Progress) -> Iterator[T]:
    """What reading each file gives, in order; several are read at a time, for Pillow decodes outside Python's lock."""
    for place, found in enumerate(read_ahead(read, files, _THREADS)):
        if place % _TOGETHER == 0:
            progress(place / len(files), f"reading image {place + 1:,} of {len(files):,}")
        yield found
    progress(1.0, "read all images")


def rows_of(
    read: Callable[[int], np.ndarray], paths: Sequence[Path], shape: tuple[int, ...], dtype: str = "float32"
) -> Rows:
    """Images or masks that are read when they are needed, and then kept on the disk as long as it has room.

    Args:
        read: the image of a number as [C, H, W] float32, or the mask as [H, W] int64.
        paths: the file of each.
        shape: of all of them together.
        dtype: "float32" or "int64".
    """
    import numpy as np

    stamps = [stamp(path) for path in paths]

    def one(number: int) -> np.ndarray:
        refuse_if_changed(paths[number], stamps[number])
        return read(number)

    def take(numbers: np.ndarray) -> np.ndarray:
        images = np.empty((len(numbers), *shape[1:]), dtype)
        for place, image in enumerate(read_all(one, numbers.tolist(), no_progress)):
            images[place] = image
        return images

    return kept(Rows(shape, dtype, take))


@contextlib.contextmanager
def opened(path: Path, formats: Iterable[str] = FORMATS, side: int = 0) -> Iterator[PIL.Image.Image]:
    """An image, turned upright as the camera noted.

    Args:
        path: the file.
        formats: that it may have.
        side: so many pixels are wanted of each side at least; a JPEG that has many more is decoded at a half, a quarter
            or an eighth of its size, which is much faster. 0: all.

    Raises:
        DataError: it cannot be read, is damaged, in another format or too large.
    """
    from PIL import Image, ImageOps

    # Pillow's decoders raise nearly anything for a damaged file.
    what, advice = "the image is damaged or in another format", "mend it, or take it out of the folder"
    with reading(path, Exception, what=what, advice=advice):
        try:
            with Image.open(path, formats=tuple(formats)) as found:
                _refuse_bomb(path, found.width * found.height)
                if side:
                    found.draft(None, (side, side))
                ImageOps.exif_transpose(found, in_place=True)
                yield found
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise DataError(path, "the image has more pixels than are safe to read") from None


def _refuse_bomb(path: Path, pixels: int) -> None:
    from PIL import Image

    if Image.MAX_IMAGE_PIXELS is not None and pixels > Image.MAX_IMAGE_PIXELS:
        raise DataError(path, f"the image has {pixels:,} pixels, at most {Image.MAX_IMAGE_PIXELS:,} are read")
    refuse_if_packed(path, path.stat().st_size, _PIXEL_BYTES * pixels, "the image")


class Frame(NamedTuple):
    """What all images of a data set are brought to.

    Attributes:
        height, width: in pixels.
        color: as the parameter `COLOR`.
        resize: as the parameter `RESIZE`.
    """

    height: int
    width: int
    color: str
    resize: str

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width."""
        return (1 if self.color == "gray" else 3, self.height, self.width)

    def read(self, path: Path) -> np.ndarray:
        """The image in a file as `numbers_of`; raises as `opened`."""
        with opened(path, side=_FINER * max(self.height, self.width)) as image:
            return self.numbers_of(image)

    def numbers_of(self, image: PIL.Image.Image) -> np.ndarray:
        """An image as [C, H, W] float32 in 0 to 1."""
        import numpy as np

        deep = image.mode.startswith("I")
        if deep:  # 16-bit grey; Pillow would clip it to 8 bits
            image, scale = image.convert("F"), 65535.0
        else:
            image, scale = image.convert("L" if self.color == "gray" else "RGB"), 255.0
        values = np.asarray(self.fitted(image), dtype=np.float32) / scale
        if values.ndim == 3:
            return np.ascontiguousarray(values.transpose(2, 0, 1))
        return np.broadcast_to(values, self.shape).clip(0.0, 1.0)

    def placed(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Where an image of a size comes to lie, cut or not: left, top, width and height in shares of this frame."""
        if self.resize == "stretch" or (width, height) == (self.width, self.height):
            return 0.0, 0.0, 1.0, 1.0
        scales = self.width / width, self.height / height
        if self.resize == "crop":
            scale = max(scales)
            w, h = width * scale / self.width, height * scale / self.height
            return (1 - w) / 2, (1 - h) / 2, w, h
        scale = min(scales)  # padding, for which Pillow makes whole pixels of lengths and places
        w, h = round(width * scale), round(height * scale)
        left, top = round((self.width - w) * 0.5), round((self.height - h) * 0.5)
        return left / self.width, top / self.height, w / self.width, h / self.height

    def fitted(self, image: PIL.Image.Image, mix: bool = True, bars: int | None = None) -> PIL.Image.Image:
        """An image in this size.

        Args:
            image: of any size.
            mix: whether a pixel may be the mean of several; else it is one of them.
            bars: what stands in the bars of padding; black if not given.
        """
        from PIL import Image, ImageOps

        size = (self.width, self.height)
        how = Image.Resampling.BILINEAR if mix else Image.Resampling.NEAREST
        if image.size == size:
            return image
        if self.resize == "crop":
            return ImageOps.fit(image, size, how)
        if self.resize == "pad":
            return ImageOps.pad(image, size, how, bars)
        return image.resize(size, how)
