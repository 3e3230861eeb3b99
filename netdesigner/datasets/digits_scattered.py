"""Handwritten digits scattered over pictures, with a box around each: a first data set for detection."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._previews import box_previews
from netdesigner.datasets._scattered import Placed, Scattered
from netdesigner.parts.dataset import NO_CLASS, DataSpec, Samples
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["DigitsScattered"]

_INK = 0.25
"""How much of a pixel ink covers that belongs to a digit's box."""


class DigitsScattered(Scattered):
    """Handwritten digits on a ground of waves and noise: one to four a picture, and for each its box and which it is.

    Each digit is one of scikit-learn's, enlarged to between a quarter and a half of the side, at a random place where
    it touches no other, and in a light grey. Its box is the least around its ink. The digits are dealt to 20 groups,
    and those of a picture are of one group. A digit is in several pictures, but groups are held out as a whole: no
    digit of a held-out picture is in a picture that is learned.

    Shape:
        input [N, 1, size, size] in 0 to 1; target [N, most, 5]: the digit, x, y, w, h in shares of the picture, with
        the middle of the box.

    Source:
        E. Alpaydin, C. Kaynak, Optical recognition of handwritten digits, UCI machine learning repository, 1998;
        here the copy in scikit-learn.
    """

    kind: ClassVar[str] = "digits_scattered"
    title: ClassVar[str] = "Scattered digits"

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is loaded."""
        return DataSpec(
            TensorSpec((BATCH, 1, self.size, self.size)),
            TensorSpec((BATCH, self.most, 5)),
            tuple("0123456789"),
            self.rows,
            targets=("digits",),
        )

    def blank(self) -> np.ndarray:
        """No boxes, [N, most, 5]."""
        import numpy as np

        found = np.zeros((self.rows, self.most, 5), np.float32)
        found[..., 0] = NO_CLASS
        return found

    def note(self, placed: Placed, row: int, target: np.ndarray) -> None:
        """The digit and its box."""
        target[row] = (placed.number, *_box(placed, self.size))

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures with their boxes, boxes by class, anchors that suit them, statistics."""
        return box_previews(samples)


def _box(placed: Placed, size: int) -> tuple[float, float, float, float]:
    """The least box around the ink of a digit on a picture of this side: middle, width and height in shares."""
    import numpy as np

    rows, columns = (np.flatnonzero((placed.ink >= _INK).any(axis=axis)) for axis in (1, 0))
    low = (placed.left + columns[0], placed.top + rows[0])
    high = (placed.left + columns[-1] + 1, placed.top + rows[-1] + 1)
    x, y = ((a + b) / (2 * size) for a, b in zip(low, high, strict=True))
    w, h = ((b - a) / size for a, b in zip(low, high, strict=True))
    return x, y, w, h
