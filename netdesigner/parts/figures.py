"""How measured numbers are written for people, and what measures are called."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

__all__ = ["in_column", "measure", "measured", "number", "title_of"]

_MOST_DECIMALS = 4
_LARGEST_WHOLE = 1e9

_SHARES = frozenset(
    (
        *("accuracy", "precision", "recall", "f1", "top", "ece", "told", "explained", "mape"),
        *("iou", "dice", "map", "exact", "bleu", "retrieval", "sure", "rarest", "kept"),
    )
)
"""Measures with one of these words in their names are shares, shown as per cents."""
_SPELLED = {
    "iou": "IoU",
    "map": "mAP",
    "mse": "MSE",
    "mae": "MAE",
    "mape": "MAPE",
    "rmse": "RMSE",
    "r2": "R²",
    "roc": "ROC",
    "pr": "PR",
    "ece": "ECE",
    "bleu": "BLEU",
    "frechet": "Fréchet",
}


def number(value: float) -> str:
    """A measured number in four digits, never wider than nine characters."""
    if not math.isfinite(value):
        return "not finite" if math.isnan(value) else ("∞" if value > 0 else "-∞")
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        digits = max(0, 3 - math.floor(math.log10(abs(value))))
        return f"{value:,.{min(digits, 4)}f}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def in_column(values: Sequence[str | float]) -> list[str]:
    """The cells of a column of a table: its numbers have the same decimals, so that they can be compared at a glance.

    There are as many decimals as the smallest number needs, and not a zero more. Numbers that lie too far apart for
    that are written each for itself.
    """
    numbers = [value for value in values if isinstance(value, float) and math.isfinite(value)]
    decimals = _decimals(numbers)
    return [_cell(value, decimals) for value in values]


def _cell(value: str | float, decimals: int | None) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.{decimals}f}" if decimals is not None and math.isfinite(value) else number(value)


def _decimals(numbers: Iterable[float]) -> int | None:
    """How many decimals suit all of some numbers; None where none do."""
    sizes = [abs(value) for value in numbers if value]
    if all(size == math.floor(size) < _LARGEST_WHOLE for size in sizes):
        return 0
    if min(sizes) < 1e-3 or max(sizes) >= 1e5:
        return None
    whole = math.floor(math.log10(max(sizes))) + 1
    wanted = min(_MOST_DECIMALS, 3 - math.floor(math.log10(min(sizes))))
    decimals = max(0, min(wanted, 6 - max(1, whole)))
    if min(sizes) < 10 ** (1 - decimals) and decimals < wanted:
        return None
    return max(len(f"{size:.{decimals}f}".rstrip("0").partition(".")[2]) for size in sizes)


def measure(value: float, percent: bool) -> str:
    """A number of a curve: per cent where the curve says so."""
    return f"{value * 100:.1f} %" if percent and math.isfinite(value) else number(value)


def title_of(name: str) -> str:
    """What a measure is called: `mean_iou` is "Mean IoU"."""
    first, *others = name.split("_")
    return " ".join((_SPELLED.get(first, first.capitalize()), *(_SPELLED.get(word, word) for word in others)))


def measured(name: str, value: float) -> str:
    """The value of a measure, as per cent where it is a share."""
    return measure(value, not _SHARES.isdisjoint(name.split("_")))
