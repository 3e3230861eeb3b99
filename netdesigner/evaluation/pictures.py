"""Images as plain bytes, so that they can be shown, sent between threads and written into JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from netdesigner.parts.preview import Picture

if TYPE_CHECKING:
    import numpy as np

__all__ = ["LARGEST_PX", "is_image", "picture", "side_by_side", "to_unit"]

_GAP = 24
"""Views of a picture lie apart by the width of one divided by this."""
LARGEST_PX = 256
"""The longest side of a picture that is shown; larger images are thinned out to at most this."""


def is_image(values: np.ndarray) -> bool:
    """Whether samples have the form of images: [N, C, H, W] with one to four channels."""
    return values.ndim == 4 and 1 <= values.shape[1] <= 4 and values.shape[0] > 0


def to_unit(values: np.ndarray) -> np.ndarray:
    """The values in 0 to 1: unchanged where they are, else moved and scaled together.

    Args:
        values: any shape; what is not finite does not count.
    """
    import numpy as np

    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return np.zeros_like(values)
    low, high = float(finite.min()), float(finite.max())
    if low >= 0.0 and high <= 1.0:
        return values
    return (values - low) / (high - low) if high > low else np.zeros_like(values)


def side_by_side(views: Iterable[np.ndarray]) -> np.ndarray:
    """Views of the same pictures in a row, with columns of NaN between them, where `picture` shows nothing.

    Args:
        views: [n, C, H, W] each, in 0 to 1.
    """
    import numpy as np

    first, *others = views
    gap = np.full((*first.shape[:3], max(1, first.shape[3] // _GAP)), np.nan, first.dtype)
    return np.concatenate([first, *(part for view in others for part in (gap, view))], axis=3)


def picture(values: np.ndarray, caption: str = "") -> Picture:
    """One image as bytes.

    Args:
        values: [C, H, W] in 0 to 1; two channels are two grey pictures side by side, three are red, green and blue, a
            fourth is left out, of any other number the first is shown in grey. Columns of nothing but NaN are
            transparent.
        caption: what is written under it.
    """
    import numpy as np

    if values.shape[0] == 2:
        values = side_by_side(values[:, np.newaxis, np.newaxis])[0]
    stride = max(1, -(-max(values.shape[1:]) // LARGEST_PX))
    shown = values[: 3 if values.shape[0] in (3, 4) else 1, ::stride, ::stride]
    scaled = np.nan_to_num(shown, nan=0.0, posinf=1.0, neginf=0.0).clip(0.0, 1.0) * 255.0
    pixels = np.ascontiguousarray(scaled.round().astype(np.uint8).transpose(1, 2, 0))
    there = ~np.isnan(shown).all(axis=(0, 1))
    if not there.all():
        opaque = np.broadcast_to(there[:, np.newaxis] * np.uint8(255), (*pixels.shape[:2], 1))
        pixels = np.concatenate([pixels, opaque], axis=2)
    height, width, channels = pixels.shape
    return Picture(width, height, channels, pixels.tobytes(), caption)
