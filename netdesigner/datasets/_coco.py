"""Annotations in the form of COCO: which pictures there are, and where in them is what. Not a part.

The file is read as data and is not trusted: every entry is looked at before it is used, and no path in it leads out of
the folder of the pictures.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from netdesigner.datasets._source import reading, refuse_if_larger
from netdesigner.errors import DataError

__all__ = ["Annotations", "Box", "Photo", "read"]

_LARGEST_PX = 2**20
_UNPACKED = 12
"""What is read takes about so many times the memory that the file has bytes."""

Entry = Mapping[str, Any]


class Box(NamedTuple):
    """A box with the number of its class, in pixels."""

    label: int
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture.

    Attributes:
        path: the file.
        name: as the annotations call it.
        width, height: in pixels.
        boxes: what is in it, nothing of which lies outside of it.
    """

    path: Path
    name: str
    width: int
    height: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Annotations:
    """What a file of annotations says.

    Attributes:
        photos: in the order of the file.
        classes: the names of the categories, in the order of their ids.
    """

    photos: tuple[Photo, ...]
    classes: tuple[str, ...]


def read(path: Path, folder: Path, stamp: tuple[int, int]) -> Annotations:
    """What a file says of the pictures in a folder; what was read last is kept for as long as the file stays the same.

    Args:
        path: the file.
        folder: the pictures.
        stamp: its size and the time of its last change.

    Raises:
        DataError: it cannot be read or does not hold what it should; names the entry.
    """
    return _read(path, folder, stamp)


@functools.lru_cache(maxsize=1)
def _read(path: Path, folder: Path, stamp: tuple[int, int]) -> Annotations:
    refuse_if_larger(path, _UNPACKED * stamp[0], "the annotations")
    # ValueError: no JSON, no UTF-8, or a number of thousands of digits
    with (
        reading(path, ValueError, RecursionError, what="this is not JSON"),
        path.open(encoding="utf-8-sig") as file,
    ):
        held = json.load(file)
    if not isinstance(held, dict):
        raise DataError(path, "expected an object with images, annotations and categories")
    book = _Book(path, folder, held)
    numbers, classes = book.categories()
    return Annotations(book.photos(book.boxes(numbers)), classes)


class _Book:
    """The entries of a file, each held against what it should be."""

    def __init__(self, path: Path, folder: Path, held: Entry) -> None:
        self._path = path
        self._folder = folder
        self._root = folder.resolve()
        self._held = held

    def categories(self) -> tuple[dict[int, int], tuple[str, ...]]:
        """The class number of each id, and the names in their order."""
        found: dict[int, str] = {}
        for where, entry in self._entries("categories"):
            number, name = self._whole(where, entry, "id"), self._text(where, entry, "name")
            if number in found or name in found.values():
                raise self._refuse(
                    where, f"another category has the id {number} or is called {name!r} as well"
                )
            found[number] = name
        ordered = sorted(found)
        return {number: at for at, number in enumerate(ordered)}, tuple(found[number] for number in ordered)

    def boxes(self, numbers: Mapping[int, int]) -> dict[int, list[Box]]:
        """By the id of the picture; what marks a crowd or has no area is left out, as COCO itself holds two of."""
        found: dict[int, list[Box]] = {}
        for where, entry in self._entries("annotations"):
            category = self._whole(where, entry, "category_id")
            if category not in numbers:
                raise self._refuse(where, f"there is no category of the id {category}")
            box = entry.get("bbox")
            if not isinstance(box, list) or len(box) != 4 or not all(map(_is_number, box)):
                raise self._refuse(
                    where, f"bbox: expected four numbers, left, top, width, height, got {_said(box)}"
                )
            if box[2] < 0 or box[3] < 0:
                raise self._refuse(where, f"bbox: width and height must not be below 0, got {_said(box)}")
            place = found.setdefault(self._whole(where, entry, "image_id"), [])
            if entry.get("iscrowd", 0) in (0, False) and box[2] and box[3]:
                place.append(Box(numbers[category], *map(float, box)))
        return found

    def photos(self, boxes: dict[int, list[Box]]) -> tuple[Photo, ...]:
        """The pictures with their boxes."""
        found: dict[int, Photo] = {}
        names: set[str] = set()
        for where, entry in self._entries("images"):
            number, name = self._whole(where, entry, "id"), self._text(where, entry, "file_name")
            if number in found or name in names:
                raise self._refuse(where, f"another picture has the id {number} or the file {name!r} as well")
            width, height = (self._whole(where, entry, side, 1, _LARGEST_PX) for side in ("width", "height"))
            names.add(name)
            inside = self._cut(where, number, width, height, boxes.get(number, []))
            found[number] = Photo(self._file(where, name), name, width, height, inside)
        unknown = next((number for number in boxes if number not in found), None)
        if unknown is not None:
            raise DataError(self._path, f"annotations: there is no picture of the id {unknown}")
        if not any(photo.boxes for photo in found.values()):
            raise DataError(self._path, "there is no box in any picture, so there is nothing to learn")
        return tuple(found.values())

    def _cut(
        self,
        where: str,
        number: int,
        width: int,
        height: int,
        boxes: list[Box],
    ) -> tuple[Box, ...]:
        """Boxes without what lies outside of the picture, which rounding does to some."""
        found = []
        for box in boxes:
            left, top = max(box.left, 0.0), max(box.top, 0.0)
            size = min(box.left + box.width, width) - left, min(box.top + box.height, height) - top
            if min(size) <= 0:
                raise self._refuse(
                    where, f"the box {_said(box[1:])} lies outside of its {width}×{height} pixels"
                )
            found.append(Box(box.label, left, top, *size))
        return tuple(found)

    def _file(self, where: str, name: str) -> Path:
        """The file of a picture, which lies in the folder.

        Raises:
            DataError: it does not, or there is none.
        """
        path = self._folder / name
        try:
            inside = path.resolve().is_relative_to(self._root)
        except (
            OSError,
            ValueError,
            RuntimeError,
        ):  # no file can have such a name, or links lead round and round
            inside = False
        if not inside:
            raise self._refuse(where, f"file_name: {name!r} leads out of the folder of the pictures")
        return path

    # ------------------------------------------------------------------------------------------------ entries

    def _entries(self, name: str) -> Iterator[tuple[str, Entry]]:
        """The entries of a list with their places."""
        entries = self._held.get(name)
        if not isinstance(entries, list) or not entries:
            raise DataError(self._path, f"{name}: expected a list of entries, got {_said(entries)}")
        for at, entry in enumerate(entries):
            where = f"{name}[{at}]"
            if not isinstance(entry, dict):
                raise self._refuse(where, f"expected an object, got {_said(entry)}")
            yield where, entry

    def _whole(self, where: str, entry: Entry, name: str, low: int = 0, high: int = 2**63) -> int:
        value = entry.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self._refuse(where, f"{name}: expected a whole number from {low} on, got {_said(value)}")
        return value

    def _text(self, where: str, entry: Entry, name: str) -> str:
        value = entry.get(name)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self._refuse(where, f"{name}: expected a name, got {_said(value)}")
        return value

    def _refuse(self, where: str, reason: str) -> DataError:
        return DataError(self._path, f"{where}: {reason}")


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= _LARGEST_PX if isinstance(value, int) else math.isfinite(value)


def _said(value: object) -> str:
    """A value as JSON has it, cut short."""
    if value is None:
        return "nothing"
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
