"""Scikit-learn's handwritten digits, drawn larger, and the ground they are drawn on. Not a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["HANDED", "SIDE", "enlarged", "ground", "loaded"]

SIDE = 8
"""Pixels along a digit as scikit-learn has it."""
HANDED = "a mirrored 2 is no 2"
_WAVES = 3


def loaded() -> tuple[np.ndarray, np.ndarray]:
    """How much of each pixel the ink covers, [1797, 8, 8] in 0 to 1, and which digit each is, [1797]."""
    from sklearn import datasets

    digits, numbers = datasets.load_digits(return_X_y=True)
    return digits.reshape(-1, SIDE, SIDE) / 16.0, numbers


def enlarged(digit: np.ndarray, side: int) -> np.ndarray:
    """A digit [8, 8] with so many pixels along each side, by straight lines between the middles of its pixels."""
    weights = _between(side)
    found: np.ndarray = weights @ digit @ weights.T
    return found


def _between(side: int) -> np.ndarray:
    """Weights [side, 8] that enlarge a digit along one axis."""
    import numpy as np

    places = (np.arange(side) + 0.5) * SIDE / side - 0.5
    weights: np.ndarray = np.clip(1.0 - np.abs(places[:, np.newaxis] - np.arange(SIDE)), 0.0, 1.0)
    return weights


def ground(rows: int, size: int, random: np.random.Generator) -> np.ndarray:
    """Waves of random length, direction and phase, [rows, size, size], of mean 0.3 and from 0 to 0.6."""
    import numpy as np

    y, x = np.mgrid[:size, :size] / size
    found = np.full((rows, size, size), 0.3)
    for _ in range(_WAVES):
        angle, length = random.uniform(0, np.pi, rows), random.uniform(0.1, 0.6, rows)
        phase = random.uniform(0, 2 * np.pi, rows)
        along = np.cos(angle)[:, None, None] * x + np.sin(angle)[:, None, None] * y
        found += 0.3 / _WAVES * np.sin(2 * np.pi * along / length[:, None, None] + phase[:, None, None])
    return found
