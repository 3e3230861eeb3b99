"""Pairs of handwritten digits, for networks that tell whether two pictures show the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._digits import HANDED, SIDE, loaded
from netdesigner.datasets._previews import image_previews
from netdesigner.parts.dataset import Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import param
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["DigitsPairs"]

_DIGITS = 10
_OF_EACH = 6
"""Pictures of each digit in a group."""
_GROUPS = 29
"""So many groups the pictures suffice for; of the rarest digit there are 174."""
_MOST = _DIGITS * _OF_EACH * (_OF_EACH - 1) // 2
"""Different pairs of one digit that a group's pictures make."""


class DigitsPairs(Dataset):
    """Pairs of handwritten digits: half of them show the same digit, half of them two different ones.

    A network takes one tensor, so the two pictures are its two channels, which a Chunk parts. The pictures are dealt to
    29 groups, 6 of each digit, and both pictures of a pair are of one group. A picture is in several pairs, but groups
    are held out as a whole: no picture of a held-out pair is in a pair that is learned. No pair is there twice.

    Shape:
        input [N, 2, 8·scale, 8·scale] in 0 to 1; target [N], 0 for different digits and 1 for the same.

    Source:
        E. Alpaydin, C. Kaynak, Optical recognition of handwritten digits, UCI machine learning repository, 1998;
        here the copy in scikit-learn. G. Koch, R. Zemel, R. Salakhutdinov, Siamese neural networks for one-shot image
        recognition, 2015, for learning from pairs.
    """

    kind: ClassVar[str] = "digits_pairs"
    title: ClassVar[str] = "Pairs of digits"
    embedded: ClassVar[bool] = True
    images: ClassVar[bool] = True
    handed: ClassVar[str] = HANDED
    continuous: ClassVar[bool] = True
    groups: ClassVar[int] = _GROUPS

    count: int = param(
        100 * _GROUPS,
        min=2 * _GROUPS,
        max=2 * _GROUPS * _MOST,
        unit="pairs",
        help=f"how many; rounded down to a multiple of {2 * _GROUPS}, as many in each group",
    )
    scale: int = param(
        1, min=1, max=16, help="each pixel becomes a square of so many, for networks made for larger pictures"
    )
    seed: int = param(0, min=0, max=2**31 - 1, help="decides which pairs they are", advanced=True)

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is loaded."""
        side = SIDE * self.scale
        return DataSpec(
            TensorSpec((BATCH, 2, side, side)),
            TensorSpec((BATCH,), "int64"),
            ("different", "same"),
            2 * self._each() * _GROUPS,
            targets=("digits",),
        )

    def _each(self) -> int:
        """Pairs of one digit in a group, and as many of two."""
        return self.count // (2 * _GROUPS)

    def load(self, progress: Progress = no_progress) -> Samples:
        """All pairs, group by group.

        Raises:
            CancelledError: raised by `progress`.
        """
        progress(0.0, f"loading {self.label()}")
        import numpy as np

        pictures, numbers = loaded()
        larger = pictures.astype(np.float32).repeat(self.scale, axis=1).repeat(self.scale, axis=2)
        random = np.random.default_rng(self.seed)
        groups = _dealt(numbers, random)
        pairs = np.concatenate([rows[_paired(numbers[rows], self._each(), random)] for rows in groups])
        progress(1.0, f"drew {self.label()}")
        one, other = numbers[pairs].T
        return Samples(larger[pairs], (one == other).astype(np.int64), self.describe())

    def files_of_samples(self) -> Mapping[str, str | int]:
        """None: a sample is two pictures."""
        return {}

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pairs side by side, how many show the same, statistics of the first and of the second pictures."""
        return image_previews(samples)


def _dealt(numbers: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Which pictures are in each group, [groups, pictures]; none is in two.

    Args:
        numbers: the digit of each picture.
        random: deals them.
    """
    import numpy as np

    mixed = random.permutation(len(numbers))
    of_digit = [mixed[numbers[mixed] == digit][: _GROUPS * _OF_EACH] for digit in range(_DIGITS)]
    return np.concatenate([rows.reshape(_GROUPS, _OF_EACH) for rows in of_digit], axis=1)


def _paired(numbers: np.ndarray, each: int, random: np.random.Generator) -> np.ndarray:
    """So many different pairs of one digit and as many of two, as places in the group, [2·each, 2], mixed.

    Args:
        numbers: the digit of each picture of the group.
        each: how many.
        random: draws them, and which of the two comes first.
    """
    import numpy as np

    one, other = np.triu_indices(len(numbers), k=1)
    same = numbers[one] == numbers[other]
    drawn = [random.choice(np.flatnonzero(same == wanted), each, replace=False) for wanted in (True, False)]
    chosen = random.permutation(np.concatenate(drawn))
    return random.permuted(np.stack([one[chosen], other[chosen]], axis=1), axis=1)
