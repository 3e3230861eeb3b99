"""How measured numbers are written for people, and what measures are called."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

__all__ = ["MADE_UP", "about", "in_column", "measure", "measured", "number", "title_of"]

_MOST_DECIMALS = 4
_LARGEST_WHOLE = 1e9

_SHARES = frozenset(
    (
        *("accuracy", "precision", "recall", "f1", "top", "ece", "told", "explained", "mape"),
        *("iou", "dice", "map", "exact", "bleu", "retrieval", "sure", "rarest", "kept"),
        *("probe", "neighbors", "agreement", "removed"),
    )
)
"""Measures with one of these words in their names are shares, shown as per cents."""
_SPELLED = {
    "iou": "IoU",
    "dice": "Dice",
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
    "elbo": "ELBO",
    "kl": "KL",
    "frechet": "Fréchet",
    "neighbors": "Neighbours",
}
MADE_UP = ", made up"
"""Ends the name of a measure of samples that networks made up, which could be taken for one of real samples."""
_TITLES = {
    "map_50": "mAP@0.5",
    "map_50_95": "mAP@0.5:0.95",
    "retrieval_top5": "Retrieval, top 5",
    "sure": f"Sure{MADE_UP}",
    "rarest_class": f"Rarest class{MADE_UP}",
    "class_kept": f"Class kept{MADE_UP}",
}
"""What is called otherwise than by its words one after the other."""
_JUDGE = "the judge is a small network that learned the classes of the training part here"
_MEANINGS = {
    "accuracy": "the share of answers that are right",
    "precision": "the share of what was said that is true",
    "recall": "the share of what is true that was said",
    "f1": "the harmonic mean of precision and recall",
    "top": "the share of samples whose class is among so many with the highest scores",
    "roc_area": "the chance that a sample of a class gets a higher score for it than one of another class; 0.5 is a "
    "guess",
    "pr_area": "the mean precision over all recalls, from the surest answer on; 1 is faultless",
    "ece": "expected calibration error: how far the network's certainty is from the share of answers that is right",
    "exact": "the share of samples without a single mistake",
    "label_accuracy": "the share of labels, of all samples, that are right",
    "mae": "the mean absolute error, in the unit of what is learned",
    "mse": "the mean squared error, in the unit of what is learned, squared",
    "rmse": "the root of the mean squared error, in the unit of what is learned",
    "r2": "the share of the targets' variance that is explained; 0 is as good as always saying their mean",
    "mape": "the mean absolute error as a share of the true value",
    "skill_over": "1 is a forecast without error, 0 one as good as the value repeated, and below 0 one that is worse",
    "bits_a": "how many bits the text is worth by the network's chances; less is better",
    "perplexity": "among how many equally likely tokens the network may be said to choose; less is better",
    "bleu": "how many groups of up to four tokens are those of the true texts, in the order of these",
    "mean_iou": "what answer and truth share of all that either covers; the mean over the classes",
    "mean_dice": "twice what answer and truth share, divided by the sum of both; the mean over the classes",
    "pixel_accuracy": "the share of pixels that are right",
    "mean_class_accuracy": "the share of each class's pixels that are right; the mean over the classes",
    "map_50": "the mean average precision over the classes; a box is right that shares half with a true one",
    "map_50_95": "the mean average precision, as a box must share a half to 0.95 with a true one to be right",
    "variance_explained": "the share of the samples' variance that is given back",
    "noise_removed": "the share of the squared error of noisy samples that is gone; 0 is as good as doing nothing",
    "noise_mse": "the mean squared error of the noise that was told; 1 is as good as telling none",
    "energy_distance": "how far what was made up lies from real samples as a whole; 0 is no distance",
    "samples_made_up": "how many samples were made up and judged, out of the same noise each time",
    "inception_score": f"how sure the class of each made-up sample is, and how evenly all occur; {_JUDGE}; more is "
    "better",
    "frechet_distance": "how far what was made up lies from real samples, by the features of a small network that "
    "learned from the training part here; less is better",
    "sure": f"the share of made-up samples whose class is sure by 0.9 or more; {_JUDGE}",
    "rarest_class": f"the share of made-up samples that the rarest class has; {_JUDGE}",
    "class_kept": f"the share of made-up samples that are of the class that was asked for; {_JUDGE}",
    "elbo": "the evidence lower bound in nats a sample: the log likelihood less the KL divergence; more is better",
    "log_likelihood": "how likely a sample is, given what was drawn for it in the narrow place, as the mean logarithm "
    "in nats",
    "kl_divergence": "how far what is drawn for a sample is spread otherwise than the standard normal distribution, in "
    "nats",
    "real_told": "the share of real samples that the discriminator takes for real",
    "made_up_told": "the share of made-up samples that the discriminator finds out",
    "retrieval": "the share of samples whose own text has the highest score of all texts",
    "retrieval_top5": "the share of samples whose own text has one of the five highest scores of all texts",
    "retrieval_of_samples": "the share of texts for which one of their own samples has the highest score",
    "uniformity": "how evenly the features of samples are spread; less is better",
    "linear_probe": "the share that a linear classifier of the features gets right",
    "neighbors": "the share that is right where a sample is of the class of those with the nearest features",
    "teacher_accuracy": "the share of answers of the teacher that are right",
    "agreement": "the share of samples of which student and teacher say the same class",
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
    if name in _TITLES:
        return _TITLES[name]
    first, *others = name.split("_")
    return " ".join((_SPELLED.get(first, first.capitalize()), *(_SPELLED.get(word, word) for word in others)))


def measured(name: str, value: float) -> str:
    """The value of a measure, as per cent where it is a share."""
    return measure(value, not _SHARES.isdisjoint(name.split("_")))


def about(name: str) -> str:
    """What a measure says, in one sentence; "" of one that is known by its name only."""
    words = name.split("_")
    heads = ("_".join(words[:end]) for end in range(len(words), 0, -1))
    found = next((_MEANINGS[head] for head in heads if head in _MEANINGS), "")
    return found[:1].upper() + found[1:]
