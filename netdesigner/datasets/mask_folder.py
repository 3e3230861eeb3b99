"""Images in one folder and their masks in another: a class for each pixel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from netdesigner.datasets import _images
from netdesigner.datasets._files import FilesDataset
from netdesigner.datasets._previews import mask_previews
from netdesigner.datasets._source import STREAM, chosen_folder, streams
from netdesigner.errors import DataError
from netdesigner.parts.dataset import NO_CLASS, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import Names, param
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np
    import PIL.Image

__all__ = ["MaskFolder"]

_MASKS = ("PNG", "BMP", "GIF", "PPM")
"""Formats that keep every value as it was drawn."""
_MOST = 256
_BAR = -1
"""Stands in the bars that padding adds to a mask; no file has it."""


class _Pair(NamedTuple):
    """The files of a sample."""

    image: Path
    mask: Path


class MaskFolder(FilesDataset):
    """Pictures in a folder and masks of the same names in another, which hold the class of each pixel.

    A mask is a picture with a palette or in grey; each of its values is a class, in ascending order. An image and its
    mask are called alike but for the ending, and have the same size. Images may be PNG, JPEG, BMP, GIF (the first
    picture), WebP and PPM/PGM, masks those of them that keep every value: PNG, BMP, GIF and PPM/PGM. Masks without an
    image and other files are passed over. Padding has no class.

    Shape:
        input [N, C, H, W] float32 in 0 to 1, C is 3 or 1; target [N, H, W] int64.
    """

    kind: ClassVar[str] = "mask_folder"
    title: ClassVar[str] = "Folders of images and masks"
    images: ClassVar[bool] = True

    path: str = param("", path="folder", help="the folder that holds the images")
    masks: str = param("", path="folder", help="the folder that holds a mask for each image")
    classes: Names = param(
        (), help="the names of the classes, in the order of their values; empty: the values"
    )
    unlabelled: int | None = param(
        None, min=0, max=65535, help="the value of pixels that count nowhere, often 255; empty: there is none"
    )
    height: int = _images.HEIGHT
    width: int = _images.WIDTH
    color: str = _images.COLOR
    resize: str = _images.RESIZE
    stream: str = STREAM

    def describe(self) -> DataSpec:
        """What the samples look like; the masks are read, for their values are the classes.

        Raises:
            DataError: the folders cannot be used.
        """
        pairs = self._pairs()
        values: set[int] = set()
        for found, _ in _images.read_all(self._values_in, pairs, no_progress):
            values |= found
        return self._spec(len(pairs), values)

    def load(self, progress: Progress = no_progress) -> Samples:
        """All images with their masks, in the order of the images' names.

        What does not fit into memory is read when it is needed.

        Raises:
            DataError: an image or a mask cannot be read or does not fit the other; names it.
            CancelledError: raised by `progress`.
        """
        import numpy as np

        pairs = self._pairs()
        shape = (len(pairs), *self._frame.shape)
        pixels = len(pairs) * self.height * self.width
        size = pixels * (4 * shape[1] + 16)
        if streams(Path(self.path), self.stream, size, "images and masks at this size"):
            return self._rows_of(pairs, shape, progress)
        input, target = np.empty(shape, np.float32), np.empty((len(pairs), *shape[2:]), np.int64)
        values: set[int] = set()
        for index, (image, mask, found) in enumerate(_images.read_all(self._read, pairs, progress)):
            input[index], target[index] = image, mask
            values |= found
        spec = self._spec(len(pairs), values)
        for pair, mask in zip(pairs, target, strict=True):
            mask[...] = self._numbered(mask, values, pair)
        return Samples(input, target, spec)

    def _rows_of(self, pairs: list[_Pair], shape: tuple[int, ...], progress: Progress) -> Samples:
        """Images and masks that are read when they are needed; the values of the masks are read now."""
        values, sizes = set[int](), list[tuple[int, int]]()
        for found, size in _images.read_all(self._values_in, pairs, progress):
            values |= found
            sizes.append(size)
        images, masks = zip(*pairs, strict=True)

        def image(number: int) -> np.ndarray:
            with _images.opened(images[number]) as found:
                _refuse_unlike(pairs[number], found.size, sizes[number])
                return self._frame.numbers_of(found)

        def mask(number: int) -> np.ndarray:
            with _images.opened(masks[number], _MASKS) as found:
                values_there = self._fitted(_classes_in(masks[number], found))
            return self._numbered(values_there, values, pairs[number])

        return Samples(
            _images.rows_of(image, images, shape),
            _images.rows_of(mask, masks, (shape[0], *shape[2:]), "int64"),
            self._spec(len(pairs), values),
        )

    def _groups(self) -> Mapping[str, Sequence[Path]]:
        images, masks = zip(*self._pairs(), strict=True)
        return {"path": images, "masks": masks}

    def files_of_samples(self) -> Mapping[str, str | int]:
        """Pictures, brought to size as those of the folder."""
        return {"are": "pictures", "resize": self.resize}

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures with their classes drawn in, pixels by class, statistics."""
        return mask_previews(samples)

    def _pairs(self) -> list[_Pair]:
        """Each image with its mask, in the order of the alphabet."""
        images, masks = self._by_name("path", _images.FORMATS), self._by_name("masks", _MASKS)
        for name, path in images.items():
            if name not in masks:
                suffixes = _images.suffixes_of(_MASKS)
                raise DataError(path, f"there is no mask called '{name}' ({suffixes}) in {self.masks}")
        return [_Pair(path, masks[name]) for name, path in images.items()]

    def _by_name(self, folder_name: str, formats: Iterable[str]) -> dict[str, Path]:
        """The pictures in one of the folders by their names without ending."""
        folder = chosen_folder(self.label(), getattr(self, folder_name), folder_name)
        found: dict[str, Path] = {}
        for path in _images.pictures_in(folder, folder.resolve(), formats):
            if path.stem in found:
                raise DataError(path, f"{found[path.stem].name} is called alike; one name is one sample")
            found[path.stem] = path
        if not found:
            raise DataError(folder, f"the folder holds no image ({_images.suffixes_of(formats)})")
        return found

    def _spec(self, rows: int, values: set[int]) -> DataSpec:
        frame, known = self._frame, sorted(values - {self.unlabelled})
        if len(known) < 2:
            held = f"the one value {known[0]}" if known else "unlabelled pixels only"
            raise DataError(self.masks, f"the masks hold {held}; there is nothing to tell apart")
        if len(known) > _MOST:
            raise DataError(
                self.masks, f"the masks hold {len(known):,} values; {_MOST} classes are read at most"
            )
        if self.classes and len(self.classes) != len(known):
            said = f"{len(known)} classes, {_listed(known)}, and 'classes' names {len(self.classes)}"
            raise DataError(self.masks, f"the masks hold {said}; name each of them once, or none")
        return DataSpec(
            TensorSpec((BATCH, *frame.shape)),
            TensorSpec((BATCH, frame.height, frame.width), "int64"),
            self.classes or tuple(map(str, known)),
            rows,
            targets=("class",),
        )

    def _numbered(self, mask: np.ndarray, values: set[int], pair: _Pair) -> np.ndarray:
        """Class numbers, int64, in place of a mask's values.

        Raises:
            DataError: it has no pixel of a class.
        """
        import numpy as np

        known = np.array(sorted(values - {self.unlabelled}))
        none = (mask == _BAR) | (mask == (_BAR if self.unlabelled is None else self.unlabelled))
        if none.all():
            raise DataError(pair.mask, "no pixel of this mask has a class")
        return np.where(none, NO_CLASS, np.searchsorted(known, mask))

    def _read(self, pair: _Pair) -> tuple[np.ndarray, np.ndarray, set[int]]:
        """The image as [C, H, W], the mask as [H, W] with its own values, and which these are."""
        import numpy as np

        with _images.opened(pair.image) as image:
            numbers, size = self._frame.numbers_of(image), image.size
        with _images.opened(pair.mask, _MASKS) as mask:
            _refuse_unlike(pair, size, mask.size)
            values = _classes_in(pair.mask, mask)
        return numbers, self._fitted(values), set(np.unique(values).tolist())

    def _fitted(self, values: np.ndarray) -> np.ndarray:
        """The values of a mask as large as the frame."""
        import numpy as np
        from PIL import Image

        return np.asarray(self._frame.fitted(Image.fromarray(values), mix=False, bars=_BAR))

    def _values_in(self, pair: _Pair) -> tuple[set[int], tuple[int, int]]:
        """The values of a mask, and its width and height."""
        import numpy as np

        with _images.opened(pair.mask, _MASKS) as mask:
            return set(np.unique(_classes_in(pair.mask, mask)).tolist()), mask.size

    @property
    def _frame(self) -> _images.Frame:
        return _images.Frame(self.height, self.width, self.color, self.resize)


def _refuse_unlike(pair: _Pair, image: tuple[int, int], mask: tuple[int, int]) -> None:
    """Refuses a mask of another width and height than its image has."""
    if mask != image:
        expected = f"its image {pair.image.name} has {image[0]}×{image[1]}"
        raise DataError(
            pair.mask, f"the mask has {mask[0]}×{mask[1]} pixels and {expected}; they must be alike"
        )


def _classes_in(path: Path, mask: PIL.Image.Image) -> np.ndarray:
    """The value of each pixel, [H, W] int32: its place in the palette, or how light it is.

    Raises:
        DataError: the mask is in colour.
    """
    import numpy as np

    if mask.mode in ("RGB", "RGBA"):
        red, green, blue = (np.asarray(band) for band in mask.split()[:3])
        if (red == green).all() and (red == blue).all():
            return red.astype(np.int32)
    elif mask.mode in ("1", "L", "LA", "P") or mask.mode.startswith("I"):
        return np.asarray(mask.split()[0]).astype(np.int32)
    raise DataError(
        path, f"a mask has a palette or is grey, one value a pixel; this one is in colour ({mask.mode})"
    )


def _listed(values: list[int]) -> str:
    return ", ".join(map(str, values[:12])) + (", …" if len(values) > 12 else "")
