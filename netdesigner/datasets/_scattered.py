"""What data sets have in common in which handwritten digits are scattered over pictures. Not a part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from netdesigner.datasets._digits import HANDED, enlarged, ground, loaded
from netdesigner.parts.dataset import Dataset, Progress, Samples, no_progress
from netdesigner.parts.part import param

if TYPE_CHECKING:
    import numpy as np

__all__ = ["GROUPS", "Placed", "Scattered"]

GROUPS = 20
_SIZES = 5
"""In so many sizes digits are drawn, from a quarter of the picture's side to a half."""
_DIM = 0.5
"""How light the ground is, so that every digit stands out."""
_TRIES = 20
"""So many places are tried for a digit; it is left out where all are taken."""


class Placed(NamedTuple):
    """A digit on a picture.

    Attributes:
        number: which digit it is.
        ink: [side, side], how much of each pixel ink covers.
        top, left: of its square, in pixels.
    """

    number: int
    ink: np.ndarray
    top: int
    left: int


class Scattered(Dataset):
    """Digits on a ground of waves and noise, at random places where none touches another; a data set says what is told.

    Each digit is one of scikit-learn's, enlarged to between a quarter and a half of the side, in a light grey. The
    digits are dealt to 20 groups, and those of a picture are of one group. A digit is in several pictures, but groups
    are held out as a whole: no digit of a held-out picture is in a picture that is learned.
    """

    embedded: ClassVar[bool] = True
    images: ClassVar[bool] = True
    handed: ClassVar[str] = HANDED
    continuous: ClassVar[bool] = True
    groups: ClassVar[int] = GROUPS

    count: int = param(
        2000,
        min=GROUPS,
        max=100_000,
        unit="pictures",
        help=f"how many; rounded down to a multiple of {GROUPS}, as many in each group",
    )
    size: int = param(64, min=32, max=512, unit="px", help="side of the pictures")
    most: int = param(
        4, min=1, max=9, label="Most digits", help="digits of a picture at most; there is one at least"
    )
    noise: float = param(0.08, min=0, max=1, help="deviation of the noise on each pixel")
    seed: int = param(
        0, min=0, max=2**31 - 1, help="seed of digits, places, grounds and noise", advanced=True
    )

    @property
    def rows(self) -> int:
        """How many pictures there are."""
        return self.count // GROUPS * GROUPS

    def blank(self) -> np.ndarray:
        """The targets of all pictures while nothing is on them."""
        raise NotImplementedError

    def note(self, placed: Placed, row: int, target: np.ndarray) -> None:
        """Tells the target of a picture that a digit is on it.

        Args:
            placed: the digit.
            row: how many are on it already.
            target: of this picture, as `blank` made it; is changed.
        """
        raise NotImplementedError

    def load(self, progress: Progress = no_progress) -> Samples:
        """All pictures, group by group.

        Raises:
            CancelledError: raised by `progress`.
        """
        progress(0.0, f"loading {self.label()}")
        import numpy as np

        digits, numbers = loaded()
        random = np.random.default_rng(self.seed)
        groups = np.array_split(random.permutation(len(digits)), GROUPS)
        target = self.blank()
        input = np.empty((self.rows, 1, self.size, self.size), np.float32)
        each = self.rows // GROUPS
        for at, rows in enumerate(groups):
            progress(at / GROUPS, f"drawing {self.label()}")
            seen = _DIM * ground(each, self.size, random)
            for place in range(each):
                chosen = random.choice(rows, random.integers(1, self.most, endpoint=True), replace=False)
                drawn = self._scatter(digits[chosen], numbers[chosen], seen[place], random)
                for row, placed in enumerate(drawn):
                    self.note(placed, row, target[at * each + place])
            seen += random.normal(0.0, self.noise, seen.shape)
            input[at * each : (at + 1) * each, 0] = seen.clip(0.0, 1.0)
        progress(1.0, f"drew {self.label()}")
        return Samples(input, target, self.describe())

    def _scatter(
        self, digits: np.ndarray, numbers: np.ndarray, picture: np.ndarray, random: np.random.Generator
    ) -> Iterator[Placed]:
        """Draws digits into a picture [size, size]."""
        import numpy as np

        sides = np.linspace(self.size / 4, self.size / 2, _SIZES).round().astype(int)
        free = np.ones_like(picture, bool)
        for digit, number in zip(digits, numbers, strict=True):
            side = random.choice(sides)
            shade = random.uniform(0.65, 1.0)
            for top, left in random.integers(0, self.size - side, (_TRIES, 2), endpoint=True):
                square = (slice(top, top + side), slice(left, left + side))
                if free[square].all():
                    ink = enlarged(digit, side)
                    picture[square] += ink * (shade - picture[square])
                    free[square] = False
                    yield Placed(int(number), ink, top, left)
                    break
