"""How measured numbers are written for people, and what measures are called."""

from __future__ import annotations

import math

__all__ = ["measure", "measured", "number", "title_of"]

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
