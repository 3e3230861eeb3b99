"""Several handwritten digits on one picture, and which of the ten are there: a first data set for several labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._previews import image_previews
from netdesigner.datasets._scattered import GROUPS, Placed, Scattered
from netdesigner.parts.dataset import DataSpec, Samples
from netdesigner.parts.part import param
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["DigitsTogether"]

_DIGITS = tuple("0123456789")


class DigitsTogether(Scattered):
    """Handwritten digits on a ground of waves and noise: one to three a picture, and which of the ten are there.

    Each digit is one of scikit-learn's, enlarged to between a quarter and a half of the side, at a random place where
    it touches no other, and in a light grey. Where one is twice on a picture, it is there. The digits are dealt to 20
    groups, and those of a picture are of one group. A digit is in several pictures, but groups are held out as a whole:
    no digit of a held-out picture is in a picture that is learned.

    Shape:
        input [N, 1, size, size] in 0 to 1; target [N, 10] float32: for each of the ten digits 1 where it is there.

    Source:
        E. Alpaydin, C. Kaynak, Optical recognition of handwritten digits, UCI machine learning repository, 1998;
        here the copy in scikit-learn.
    """

    kind: ClassVar[str] = "digits_together"
    title: ClassVar[str] = "Digits together"

    count: int = param(
        4000,
        min=GROUPS,
        max=100_000,
        unit="pictures",
        help=f"how many; rounded down to a multiple of {GROUPS}, as many in each group",
    )
    size: int = param(32, min=32, max=512, unit="px", help="side of the pictures")
    most: int = param(
        3, min=1, max=9, label="Most digits", help="digits of a picture at most; there is one at least"
    )

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is loaded."""
        return DataSpec(
            TensorSpec((BATCH, 1, self.size, self.size)),
            TensorSpec((BATCH, len(_DIGITS))),
            rows=self.rows,
            targets=_DIGITS,
        )

    def blank(self) -> np.ndarray:
        """No digits, [N, 10]."""
        import numpy as np

        return np.zeros((self.rows, len(_DIGITS)), np.float32)

    def note(self, placed: Placed, row: int, target: np.ndarray) -> None:
        """That the digit is there."""
        del row
        target[placed.number] = 1.0

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures with what is on them, how often each digit is there, statistics."""
        return image_previews(samples)
