"""Handwritten digits scattered over pictures, with a box around each: a first data set for detection."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._digits import enlarged, ground, loaded
from netdesigner.datasets._previews import box_previews
from netdesigner.parts.dataset import NO_CLASS, Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import param
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["DigitsScattered"]

_GROUPS = 20
_SIZES = 5
"""In so many sizes digits are drawn, from a quarter of the picture's side to a half."""
_DIM = 0.5
"""How light the ground is, so that every digit stands out."""
_TRIES = 20
"""So many places are tried for a digit; it is left out where all are taken."""
_INK = 0.25
"""How much of a pixel ink covers that belongs to a digit's box."""


class DigitsScattered(Dataset):
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
    embedded: ClassVar[bool] = True
    images: ClassVar[bool] = True
    continuous: ClassVar[bool] = True
    groups: ClassVar[int] = _GROUPS

    count: int = param(
        2000,
        min=_GROUPS,
        max=100_000,
        unit="pictures",
        help=f"how many; rounded down to a multiple of {_GROUPS}, as many in each group",
    )
    size: int = param(64, min=32, max=512, unit="px", help="side of the pictures")
    most: int = param(
        4, min=1, max=9, label="Most digits", help="digits of a picture at most; there is one at least"
    )
    noise: float = param(0.08, min=0, max=1, help="deviation of the noise on each pixel")
    seed: int = param(
        0, min=0, max=2**31 - 1, help="seed of digits, places, grounds and noise", advanced=True
    )

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is loaded."""
        return DataSpec(
            TensorSpec((BATCH, 1, self.size, self.size)),
            TensorSpec((BATCH, self.most, 5)),
            tuple("0123456789"),
            self.count // _GROUPS * _GROUPS,
            targets=("digits",),
        )

    def load(self, progress: Progress = no_progress) -> Samples:
        """All pictures, group by group.

        Raises:
            CancelledError: raised by `progress`.
        """
        progress(0.0, f"loading {self.label()}")
        import numpy as np

        spec = self.describe()
        digits, numbers = loaded()
        random = np.random.default_rng(self.seed)
        groups = np.array_split(random.permutation(len(digits)), _GROUPS)
        target = np.zeros((spec.rows, self.most, 5), np.float32)
        target[..., 0] = NO_CLASS
        input = np.empty((spec.rows, 1, self.size, self.size), np.float32)
        each = spec.rows // _GROUPS
        for at, rows in enumerate(groups):
            progress(at / _GROUPS, f"drawing {self.label()}")
            seen = _DIM * ground(each, self.size, random)
            for place in range(each):
                chosen = random.choice(rows, random.integers(1, self.most, endpoint=True), replace=False)
                self._scatter(digits[chosen], numbers[chosen], seen[place], target[at * each + place], random)
            seen += random.normal(0.0, self.noise, seen.shape)
            input[at * each : (at + 1) * each, 0] = seen.clip(0.0, 1.0)
        progress(1.0, f"drew {self.label()}")
        return Samples(input, target, spec)

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures with their boxes, boxes by class, anchors that suit them, statistics."""
        return box_previews(samples)

    def _scatter(
        self,
        digits: np.ndarray,
        numbers: np.ndarray,
        picture: np.ndarray,
        target: np.ndarray,
        random: np.random.Generator,
    ) -> None:
        """Draws digits into a picture [size, size] and notes their boxes in its target [most, 5]."""
        import numpy as np

        sides = np.linspace(self.size / 4, self.size / 2, _SIZES).round().astype(int)
        free, row = np.ones_like(picture, bool), 0
        for digit, number in zip(digits, numbers, strict=True):
            side = random.choice(sides)
            shade = random.uniform(0.65, 1.0)
            for top, left in random.integers(0, self.size - side, (_TRIES, 2), endpoint=True):
                square = (slice(top, top + side), slice(left, left + side))
                if free[square].all():
                    ink = enlarged(digit, side)
                    picture[square] += ink * (shade - picture[square])
                    target[row] = (number, *_box(ink, top, left, self.size))
                    free[square], row = False, row + 1
                    break


def _box(ink: np.ndarray, top: int, left: int, size: int) -> tuple[float, float, float, float]:
    """The least box around ink that lies so far from the corner of a picture: middle, width and height in shares."""
    import numpy as np

    rows, columns = (np.flatnonzero((ink >= _INK).any(axis=axis)) for axis in (1, 0))
    low, high = (left + columns[0], top + rows[0]), (left + columns[-1] + 1, top + rows[-1] + 1)
    x, y = ((a + b) / (2 * size) for a, b in zip(low, high, strict=True))
    w, h = ((b - a) / size for a, b in zip(low, high, strict=True))
    return x, y, w, h
