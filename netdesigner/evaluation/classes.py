"""How well chances tell classes apart, whatever is said in the end: ranks, areas under curves, calibration, thresholds.

Shape:
    chances [N, K] in 0 to 1; hits [N, K], whether a sample is of a class, of which it may be of several.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from netdesigner.parts.preview import Curves, Line, Table

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "Areas",
    "Ranking",
    "among_best",
    "by_threshold",
    "cells",
    "chances_of",
    "ranking_of",
    "reliability",
]

_POINTS = 200
"""So many points a line has at most; more are not seen."""
_LINES = 8
_MOST_SCORES = 5_000_000
"""Of more scores some samples are taken for curves and areas, evenly spread over the part."""
_BINS = 15
_THRESHOLDS = 100

Points = tuple["np.ndarray", "np.ndarray"]


class Areas(NamedTuple):
    """The areas under the curves of each class held against all others, [K]; NaN where only one side occurs.

    Attributes:
        roc: under the true positive rate over the false positive rate.
        precision: under the precision over the recall, as steps (average precision).
    """

    roc: np.ndarray
    precision: np.ndarray


class Ranking(NamedTuple):
    """How well chances part samples of each class from all others.

    Attributes:
        areas: of each class.
        means: precision, recall, F1 and both areas over all classes.
        curves: receiver operating characteristic, and precision over recall.
    """

    areas: Areas
    means: Table
    curves: tuple[Curves, Curves]

    def measures(self) -> dict[str, float]:
        """The mean areas over the classes; none where no class can be told from others."""
        import numpy as np

        known = np.isfinite(self.areas.roc)
        pairs = zip(("roc_area", "pr_area"), self.areas, strict=True)
        return {name: float(area[known].mean()) for name, area in pairs if known.any()}


def chances_of(scores: np.ndarray) -> np.ndarray:
    """The softmax of scores, [N, K] in double precision."""
    import numpy as np

    each = np.exp(scores.astype(np.float64) - scores.max(axis=1, keepdims=True))
    found: np.ndarray = each / each.sum(axis=1, keepdims=True)
    return found


def among_best(scores: np.ndarray, target: np.ndarray, count: int) -> float:
    """The share of samples whose class is among so many with the highest scores; of equal ones the first counts more.

    Args:
        scores: [N, K].
        target: [N] class numbers.
        count: how many.
    """
    import numpy as np

    own = scores[np.arange(len(target)), target][:, np.newaxis]
    before = (scores == own) & (np.arange(scores.shape[1]) < target[:, np.newaxis])
    place = (scores > own).sum(axis=1) + before.sum(axis=1)
    return float((place < count).mean())


def ranking_of(chances: np.ndarray, hits: np.ndarray, said: np.ndarray, names: tuple[str, ...]) -> Ranking:
    """Ranks samples by the chance of each class.

    Micro is of all decisions together, macro the mean over the classes, weighted that by their sizes. Of two classes
    that exclude each other the second one is drawn. Where there are more than can be told apart, those with the
    smallest areas are.

    Args:
        chances, hits: as above.
        said: [N, K], whether a sample is said to be of a class.
        names: of the classes.
    """
    stride = -(-chances.size // _MOST_SCORES)
    some = chances[::stride], hits[::stride]
    areas = _areas_of(*some)
    together = _areas_of(*(values.reshape(-1, 1) for values in some))
    which = f", of one sample in {stride}" if stride > 1 else ""
    return Ranking(areas, _means(hits, said, areas, together), _curves(*some, areas, together, names, which))


def _areas_of(chances: np.ndarray, hits: np.ndarray) -> Areas:
    import numpy as np

    found = np.full((2, hits.shape[1]), np.nan)
    for number in np.flatnonzero(hits.any(axis=0) & ~hits.all(axis=0)):
        one = hits[:, number], chances[:, number]
        (false, true), (recall, precision) = _rates(*one), _precisions(*one)
        found[0, number] = (np.diff(false) * (true[1:] + true[:-1]) / 2).sum()
        found[1, number] = (np.diff(recall) * precision[1:]).sum()
    return Areas(*found)


def _means(hits: np.ndarray, said: np.ndarray, areas: Areas, together: Areas) -> Table:
    """A row for each way to take the mean over the classes; what there is none of is left empty."""
    import numpy as np
    from sklearn import metrics

    occurs, known = hits.any(axis=0) | said.any(axis=0), np.isfinite(areas.roc)
    occurs |= not occurs.any()
    rows: list[tuple[str | float, ...]] = []
    for average in ("macro", "micro", "weighted"):
        three = metrics.precision_recall_fscore_support(
            hits[:, occurs], said[:, occurs], average=average, zero_division=0
        )[:3]
        if average == "micro":
            pair = [float(area[0]) for area in together]
        else:
            weights = hits.sum(axis=0)[known] if average == "weighted" else None
            pair = [np.average(area[known], weights=weights) if known.any() else np.nan for area in areas]
        rows.append((average, *cells(*three, *pair)))
    columns = ("mean", "precision", "recall", "F1", "ROC area", "PR area")
    return Table("Means over the classes", columns, tuple(rows))


def cells(*values: float) -> tuple[str | float, ...]:
    """Numbers as a table shows them; nothing where there is none."""
    return tuple("" if math.isnan(value) else round(float(value), 4) for value in values)


def _curves(
    chances: np.ndarray, hits: np.ndarray, areas: Areas, together: Areas, names: tuple[str, ...], which: str
) -> tuple[Curves, Curves]:
    import numpy as np

    known = np.flatnonzero(np.isfinite(areas.roc))
    if len(names) == 2 and bool((hits.sum(axis=1) == 1).all()):
        known = known[known == 1]

    # the same in both plots, in the same colours
    shown = sorted(known[areas.roc[known].argsort(kind="stable")][: _LINES - 2])

    def drawn(points: Callable[..., Points], each: np.ndarray, common: np.ndarray) -> list[Line]:
        lines = [_line(names[n], each[n], *points(hits[:, n], chances[:, n])) for n in shown]
        if len(known) > 1:
            lines.insert(0, _line("micro", common[0], *points(hits.reshape(-1), chances.reshape(-1))))
        return lines

    rates = drawn(_rates, areas.roc, together.roc)
    precisions = drawn(_precisions, areas.precision, together.precision)
    if len(known) > 1:
        places = np.linspace(0, 1, _POINTS)
        mean = np.mean([np.interp(places, *_rates(hits[:, n], chances[:, n])) for n in known], axis=0)
        both = (np.append(0.0, values) for values in (places, mean))  # it may rise before it goes anywhere
        rates.append(_line("macro", areas.roc[known].mean(), *both))
    title = which + (", those with the smallest areas" if len(known) > _LINES - 2 else "")
    axes = "false positive rate", "true positive rate"
    return (
        Curves(f"ROC{title}", *axes, tuple(rates), ideal=True, unit=True),
        Curves(f"Precision over recall{title}", "recall", "precision", tuple(precisions), unit=True),
    )


def _rates(hits: np.ndarray, chances: np.ndarray) -> Points:
    """False positive rates from 0 on, and the true positive rate at each."""
    true, false = _positives(hits, chances)
    return false / false[-1], true / true[-1]


def _precisions(hits: np.ndarray, chances: np.ndarray) -> Points:
    """Recalls from 0 on, and the precision at each; that of nothing is 1."""
    import numpy as np

    true, false = _positives(hits, chances)
    return true / true[-1], np.append(1.0, true[1:] / (true[1:] + false[1:]))


def _positives(hits: np.ndarray, chances: np.ndarray) -> Points:
    """True and false positives as ever lower chances count, from none to all; equal chances count together.

    Scikit-learn's functions give the same; what they look at first takes longer than this does, which is felt where it
    is done every few seconds while a network is trained.
    """
    import numpy as np

    order = chances.argsort(kind="stable")[::-1]
    ends = np.append(np.flatnonzero(np.diff(chances[order])), len(order) - 1)
    true = hits[order].cumsum()[ends]
    return np.append(0, true), np.append(0, ends + 1 - true)


def _line(name: str, area: float, x: np.ndarray, y: np.ndarray) -> Line:
    """Some points of a line, its ends among them, evenly spread along its length."""
    import numpy as np

    if len(x) > _POINTS:
        way = np.append(0.0, (np.abs(np.diff(x)) + np.abs(np.diff(y))).cumsum())
        places = np.searchsorted(way, np.linspace(0, way[-1], _POINTS - 1)).clip(max=len(x) - 1)
        x, y = (values[np.unique(np.append(places, len(x) - 1))] for values in (x, y))
    return Line(f"{name}, area {area:.3f}", _plain(x), _plain(y))


def _plain(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)


def reliability(sure: np.ndarray, right: np.ndarray) -> tuple[float, Curves]:
    """The expected calibration error, and how often what is said with some certainty is right.

    Over 15 bins of equal width it is the sum of |share right - mean certainty|, weighted by their shares of samples.

    Args:
        sure: [N] in 0 to 1, how sure each is.
        right: [N], whether it is right.

    Source:
        C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, On calibration of modern neural networks, ICML 2017.
    """
    import numpy as np

    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    counts = np.bincount(bins, minlength=_BINS)
    shares, filled = counts / len(sure), counts > 0
    certain, correct = (
        np.bincount(bins, weights=values, minlength=_BINS)[filled] / counts[filled]
        for values in (sure, right)
    )
    error = float((shares[filled] * np.abs(certain - correct)).sum())
    x = _plain(certain)
    lines = (
        Line("share that is right", x, _plain(correct), dots=True),
        Line("share of the samples", x, _plain(shares[filled]), dots=True),
    )
    return error, Curves("Reliability", "how sure", "share", lines, ideal=True, unit=True)


def by_threshold(chances: np.ndarray, hits: np.ndarray, name: str) -> tuple[Curves, Table]:
    """Of one class, what is said of it where its chance has to reach more and more.

    Args:
        chances: [N] of the class.
        hits: [N], whether a sample is of it.
        name: of the class.
    """
    import numpy as np

    thresholds, truly = np.arange(_THRESHOLDS + 1) / _THRESHOLDS, int(hits.sum())
    said, found = (
        len(values) - np.searchsorted(values, thresholds) for values in map(np.sort, (chances, chances[hits]))
    )
    shares = {
        "precision": np.divide(found, said, out=np.full(len(said), np.nan), where=said > 0),
        "recall": found / max(truly, 1),
        "F1": 2 * found / np.maximum(said + truly, 1),
        "accuracy": (2 * found + len(chances) - said - truly) / len(chances),
    }
    lines = []
    for what, values in shares.items():
        there = np.isfinite(values)
        lines.append(Line(what, _plain(thresholds[there]), _plain(values[there])))
    best = int(shares["F1"].argmax())
    rows = tuple(
        (
            float(thresholds[at]),
            *cells(*(values[at] for values in shares.values())),
            int(said[at]),
            int(found[at]),
        )
        for at in sorted({*range(10, _THRESHOLDS, 10), best})
    )
    title = f"'{name}' said from a chance on: F1 is highest at {thresholds[best]:.2f}"
    columns = ("from chance", *shares, "said", "of these right")
    curves = Curves(title, "chance", "share", tuple(lines), unit=True)
    return curves, Table(f"'{name}' from a chance on", columns, rows)
