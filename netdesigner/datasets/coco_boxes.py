"""Pictures in a folder and a file of annotations: boxes with classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets import _images
from netdesigner.datasets._files import FilesDataset
from netdesigner.datasets._previews import box_previews
from netdesigner.datasets._source import STREAM, chosen_file, chosen_folder, streams
from netdesigner.errors import DataError
from netdesigner.parts.dataset import NO_CLASS, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import param
from netdesigner.parts.paths import stamp
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

    from netdesigner.datasets import _coco

__all__ = ["CocoBoxes"]


class CocoBoxes(FilesDataset):
    """Pictures in a folder and one JSON file with the boxes in them, as COCO has it.

    The file holds `images` (id, file_name, width, height), `annotations` (image_id, category_id, bbox: left, top,
    width, height in pixels) and `categories` (id, name); what else it holds is passed over. Classes stand in the order
    of the ids of the categories. Boxes that mark a crowd or have no area are left out. Pictures without a box stay.
    Images may be PNG, JPEG, BMP, GIF (the first picture), WebP and PPM/PGM. What `resize` crop cuts off is cut off the
    boxes as well.

    Shape:
        input [N, C, H, W] float32 in 0 to 1, C is 3 or 1; target [N, M, 5] class, x, y, w, h in shares of the picture,
        with the middle of the box; M is the most boxes that a picture has.

    Source:
        T.-Y. Lin et al., Microsoft COCO: common objects in context, ECCV 2014.
    """

    kind: ClassVar[str] = "coco_boxes"
    title: ClassVar[str] = "Images with boxes (COCO)"
    images: ClassVar[bool] = True

    path: str = param("", path="folder", help="the folder that holds the images")
    annotations: str = param("", path="file", help="the JSON file that says which boxes are in which image")
    height: int = _images.HEIGHT
    width: int = _images.WIDTH
    color: str = _images.COLOR
    resize: str = _images.RESIZE
    stream: str = STREAM

    def describe(self) -> DataSpec:
        """What the samples look like; the annotations are read, no image is.

        Raises:
            DataError: the folder or the file cannot be used.
        """
        return self._spec(self._read())

    def load(self, progress: Progress = no_progress) -> Samples:
        """All images with their boxes, in the order of the file.

        Images that do not fit into memory are read when they are needed.

        Raises:
            DataError: an image cannot be read or is not as large as the file says; names it.
            CancelledError: raised by `progress`.
        """
        import numpy as np

        found = self._read()
        spec = self._spec(found)
        shape, most = (spec.rows, *self._frame.shape), spec.target.shape[1]
        assert isinstance(most, int)
        size = 4 * spec.rows * (shape[1] * self.height * self.width + 5 * most)
        target = np.zeros((spec.rows, most, 5), np.float32)
        target[..., 0] = NO_CLASS
        for at, photo in enumerate(found.photos):
            for row, box in enumerate(self._boxes(photo)):
                target[at, row] = box
        if streams(Path(self.path), self.stream, size, "images and boxes at this size"):
            progress(0.5, "listing the images")
            paths = [photo.path for photo in found.photos]
            rows = _images.rows_of(lambda number: self._image(found.photos[number]), paths, shape)
            return Samples(rows, target, spec)
        input = np.empty(shape, np.float32)
        for at, image in enumerate(_images.read_all(self._image, found.photos, progress)):
            input[at] = image
        return Samples(input, target, spec)

    def _groups(self) -> Mapping[str, Sequence[Path]]:
        photos = self._read().photos
        return {"path": [photo.path for photo in photos], "annotations": [Path(self.annotations)]}

    def files_of_samples(self) -> Mapping[str, str | int]:
        """Pictures, brought to size as those of the folder."""
        return {"are": "pictures", "resize": self.resize}

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures with their boxes, boxes by class, anchors that suit them, statistics."""
        return box_previews(samples)

    def _read(self) -> _coco.Annotations:
        from netdesigner.datasets import _coco  # which a design of other data need not wait for

        folder = chosen_folder(self.label(), self.path)
        file = chosen_file(self.label(), self.annotations, "annotations")
        return _coco.read(file, folder, stamp(file))

    def _spec(self, found: _coco.Annotations) -> DataSpec:
        return DataSpec(
            TensorSpec((BATCH, *self._frame.shape)),
            TensorSpec((BATCH, max(len(photo.boxes) for photo in found.photos), 5)),
            found.classes,
            len(found.photos),
            targets=("box",),
        )

    def _image(self, photo: _coco.Photo) -> np.ndarray:
        """A picture as [C, H, W] float32 in 0 to 1."""
        with _images.opened(photo.path) as image:
            if image.size != (photo.width, photo.height):
                given = f"the image has {image.width}×{image.height} pixels"
                raise DataError(photo.path, f"{given}, the annotations say {photo.width}×{photo.height}")
            return self._frame.numbers_of(image)

    def _boxes(self, photo: _coco.Photo) -> Iterator[tuple[float, ...]]:
        """The boxes in a picture as they lie in the frame: class, middle, width and height in shares."""
        left, top, width, height = self._frame.placed(photo.width, photo.height)
        across, down = width / photo.width, height / photo.height
        for label, x, y, w, h in photo.boxes:
            low = max(left + across * x, 0.0), max(top + down * y, 0.0)
            high = min(left + across * (x + w), 1.0), min(top + down * (y + h), 1.0)
            if high[0] > low[0] and high[1] > low[1]:
                middle = (low[0] + high[0]) / 2, (low[1] + high[1]) / 2
                yield label, *middle, high[0] - low[0], high[1] - low[1]

    @property
    def _frame(self) -> _images.Frame:
        return _images.Frame(self.height, self.width, self.color, self.resize)
