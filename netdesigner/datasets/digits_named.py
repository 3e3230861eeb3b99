"""Handwritten digits with their names, for networks that tell which pictures and texts belong together."""

from __future__ import annotations

from dataclasses import replace
from string import ascii_lowercase
from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets.embedded import Digits
from netdesigner.parts.dataset import FILL, MARKS, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.preview import ImageGrid, Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["DigitsNamed"]

_NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TOKENS = (MARKS[FILL], *ascii_lowercase, "end")
"""The mark behind a text has the highest number, so that a network finds the place of it by an ArgMax."""
_LENGTH = max(map(len, _NAMES)) + 1
_SHOWN = 24


class DigitsNamed(Digits):
    """Handwritten digits with their names in English, letter by letter: 1,797 pictures of 8×8 pixels and 10 names.

    Grey values 0 to 16 are given as 0 to 1. A name ends with a mark and is filled up to the length of the longest.

    Shape:
        input [N, 1, 8·scale, 8·scale], target [N, 6].

    Source:
        E. Alpaydin, C. Kaynak, Optical recognition of handwritten digits, UCI machine learning repository, 1998;
        here the copy in scikit-learn.
    """

    kind: ClassVar[str] = "digits_named"
    title: ClassVar[str] = "Handwritten digits with names"

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is loaded."""
        target = TensorSpec((BATCH, _LENGTH), "int64")
        return replace(super().describe(), target=target, classes=_TOKENS, targets=("name",))

    def load(self, progress: Progress = no_progress) -> Samples:
        """All samples, in scikit-learn's order.

        Raises:
            CancelledError: raised by `progress`.
        """
        found = super().load(progress)
        return replace(found, target=_tokens()[found.target])

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures with their names."""
        from netdesigner.evaluation.pictures import picture, to_unit

        shown = to_unit(samples.input[:_SHOWN])
        names = ("".join(_TOKENS[t] for t in tokens if len(_TOKENS[t]) == 1) for tokens in samples.target)
        pictures = tuple(picture(*pair) for pair in zip(shown, names, strict=False))
        return (ImageGrid("Samples", pictures),)


def _tokens() -> np.ndarray:
    """The name of each digit, [10, length]."""
    import numpy as np

    found = np.full((len(_NAMES), _LENGTH), FILL, np.int64)
    for digit, name in enumerate(_NAMES):
        numbers = [_TOKENS.index(letter) for letter in name]
        found[digit, : len(name) + 1] = [*numbers, len(_TOKENS) - 1]
    return found
