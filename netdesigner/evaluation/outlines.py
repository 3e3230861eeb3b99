"""Boxes as coloured frames over the pictures they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdesigner.evaluation.masks import color_of
from netdesigner.evaluation.pictures import LARGEST_PX

if TYPE_CHECKING:
    import numpy as np

__all__ = ["outlined", "thinned"]


def thinned(images: np.ndarray, views: int = 1) -> np.ndarray:
    """Pictures small enough to be shown, so that the thin lines drawn into them are not lost.

    Args:
        images: [n, C, H, W].
        views: how many of each will stand side by side.
    """
    side = max(images.shape[2], images.shape[3] * views + views)
    stride = max(1, -(-side // LARGEST_PX))
    return images[:, :, ::stride, ::stride]


def outlined(images: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Pictures with a frame in the colour of its class around each box, [n, 3, H, W] in 0 to 1.

    Args:
        images: [n, C, H, W] in 0 to 1; three channels and more are red, green, blue, else the first is grey.
        boxes: [n, M, 5] class, x, y, w, h in shares; what has a class below 0 is passed over.
    """
    import numpy as np

    shown = images[:, :3] if images.shape[1] in (3, 4) else images[:, :1].repeat(3, axis=1)
    found = np.ascontiguousarray(shown).copy()
    height, width = found.shape[2:]
    for picture, row in zip(found, boxes, strict=True):
        for number, x, y, w, h in row[row[:, 0] >= 0]:
            color = np.array(color_of(int(number) + 1), found.dtype)[:, np.newaxis]
            left, right = (_pixel(place, width) for place in (x - w / 2, x + w / 2))
            top, bottom = (_pixel(place, height) for place in (y - h / 2, y + h / 2))
            picture[:, [top, bottom], left : right + 1] = color[..., np.newaxis]
            picture[:, top : bottom + 1, [left, right]] = color[..., np.newaxis]
    return found


def _pixel(place: float, length: int) -> int:
    """The pixel that a place in 0 to 1 lies in, the last one where it is the end."""
    return int(min(max(place * length, 0), length - 1))
