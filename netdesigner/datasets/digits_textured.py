"""Handwritten digits on textured ground, with the class of each pixel: a first data set for segmentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._digits import HANDED, enlarged, ground, loaded
from netdesigner.datasets._previews import mask_previews
from netdesigner.parts.dataset import Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import param
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["DigitsTextured"]

_ROWS = 1797
_SIZES = 5
"""In so many sizes digits are drawn, from half of the picture's side to three quarters."""


class DigitsTextured(Dataset):
    """Handwritten digits on a ground of waves and noise: 1,797 pictures, and for each pixel the ground or the digit.

    Each of scikit-learn's digits is drawn once, enlarged to between half and three quarters of the side, at a random
    place and in a light grey. The ground is a sum of waves of random length and direction, and noise lies on all: the
    best that one level of grey can do to tell ink from ground is a mean IoU of 0.76. A pixel belongs to the digit where
    the ink covers half of it. That it is a digit a small U-Net learns within a minute; which of the ten it is only the
    whole stroke tells, and that takes far longer.

    Shape:
        input [N, 1, size, size] in 0 to 1; target [N, size, size], 0 the ground and 1 a digit, or
        1 to 10 the digits 0 to 9.

    Source:
        E. Alpaydin, C. Kaynak, Optical recognition of handwritten digits, UCI machine learning repository, 1998;
        here the copy in scikit-learn.
    """

    kind: ClassVar[str] = "digits_textured"
    title: ClassVar[str] = "Digits on textured ground"
    embedded: ClassVar[bool] = True
    images: ClassVar[bool] = True
    handed: ClassVar[str] = HANDED

    size: int = param(32, min=16, max=256, unit="px", help="side of the pictures")
    digits: str = param(
        "alike",
        choices=("alike", "apart"),
        help="alike: one class for all digits; apart: one for each of the ten",
    )
    noise: float = param(0.08, min=0, max=1, help="deviation of the noise on each pixel")
    seed: int = param(0, min=0, max=2**31 - 1, help="seed of places, grounds and noise", advanced=True)

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is loaded."""
        side = self.size
        return DataSpec(
            TensorSpec((BATCH, 1, side, side)),
            TensorSpec((BATCH, side, side), "int64"),
            ("ground", *("0123456789" if self.digits == "apart" else ("digit",))),
            _ROWS,
            targets=("class",),
        )

    def load(self, progress: Progress = no_progress) -> Samples:
        """All samples, in scikit-learn's order.

        Raises:
            CancelledError: raised by `progress`.
        """
        progress(0.0, f"loading {self.label()}")
        import numpy as np

        digits, numbers = loaded()
        random = np.random.default_rng(self.seed)
        ink = self._drawn(digits, random)
        progress(0.5, f"drawing {self.label()}")
        behind = ground(len(ink), self.size, random)
        shade = random.uniform(0.65, 1.0, (len(ink), 1, 1))
        seen = behind + ink * (shade - behind) + random.normal(0.0, self.noise, ink.shape)
        inked = numbers + 1 if self.digits == "apart" else np.ones_like(numbers)
        target = np.where(ink >= 0.5, inked[:, np.newaxis, np.newaxis], 0).astype(np.int64)
        progress(1.0, f"drew {self.label()}")
        return Samples(seen.clip(0.0, 1.0).astype(np.float32)[:, np.newaxis], target, self.describe())

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures with their classes drawn in, pixels by class, statistics."""
        return mask_previews(samples)

    def _drawn(self, digits: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """How much of each pixel the ink covers, [N, size, size] in 0 to 1."""
        import numpy as np

        found = np.zeros((len(digits), self.size, self.size))
        sides = np.linspace(self.size / 2, self.size * 3 / 4, _SIZES).round().astype(int)
        for row, (digit, side) in enumerate(zip(digits, random.choice(sides, len(digits)), strict=True)):
            top, left = random.integers(0, self.size - side, 2, endpoint=True)
            found[row, top : top + side, left : left + side] = enlarged(digit, side)
        return found
