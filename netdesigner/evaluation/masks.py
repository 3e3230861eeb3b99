"""Classes of pixels as colours over the picture they belong to."""

from __future__ import annotations

import colorsys
from typing import TYPE_CHECKING

from netdesigner.evaluation.pictures import picture
from netdesigner.parts.preview import ImageGrid

if TYPE_CHECKING:
    import numpy as np

__all__ = ["color_of", "legend", "overlaid"]

_STRENGTH = 0.55
_GOLDEN = 0.618034
_SWATCH_PX = 8
_SWATCHES = 48
_PLAIN = (0.5, 0.5, 0.5)
_UNKNOWN = (1.0, 1.0, 1.0)


def overlaid(images: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Pictures with a colour over each pixel that is not of the first class, [n, 3, H, W] in 0 to 1.

    Args:
        images: [n, C, H, W] in 0 to 1; three channels and more are red, green, blue, else the first is grey.
        classes: [n, H, W] class numbers; what is below 0 has none and is lightened.
    """
    import numpy as np

    count = images.shape[1]
    shown = images[:, :3] if count in (3, 4) else images[:, :1].repeat(3, axis=1)
    colors = np.array(
        [_PLAIN, *map(color_of, range(1, int(classes.max(initial=0)) + 1)), _UNKNOWN], np.float32
    )
    painted = colors[classes.clip(-1)].transpose(0, 3, 1, 2)  # no class is the last colour
    found: np.ndarray = np.where(
        classes[:, np.newaxis] == 0, shown, (1 - _STRENGTH) * shown + _STRENGTH * painted
    )
    return found


def legend(classes: tuple[str, ...], ground: bool = True) -> ImageGrid:
    """The colour of each class.

    Args:
        classes: their names.
        ground: whether the first has none, and the picture is seen there as it is.
    """
    import numpy as np

    first = 0 if ground else 1
    numbers = range(first, first + min(len(classes), _SWATCHES))
    swatches = (
        np.broadcast_to(
            np.array(color_of(number) if number else _PLAIN)[:, None, None], (3, _SWATCH_PX, _SWATCH_PX)
        )
        for number in numbers
    )
    return ImageGrid("Colours of the classes", tuple(map(picture, swatches, classes)))


def color_of(number: int) -> tuple[float, float, float]:
    """Red, green and blue of a number from 1 on; hues lie far apart for numbers that lie close together."""
    return colorsys.hsv_to_rgb((number - 1) * _GOLDEN % 1.0, 0.8, 0.95)
