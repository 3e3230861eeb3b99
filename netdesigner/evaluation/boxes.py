"""Boxes in pictures: how far they overlap, which of several on one thing to keep, how good a list of them is.

A box is its middle, width and height, (x, y, w, h), in shares of the picture's width and height.

Shape:
    true boxes [N, M, 5]: class, x, y, w, h; said ones [N, D, 6]: class, confidence, x, y, w, h, the surest first. Where
    the class is below 0 there is no box.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netdesigner.parts.dataset import NO_CLASS

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

__all__ = [
    "FURTHEST",
    "THRESHOLDS",
    "Matches",
    "anchors_of",
    "average_precision",
    "complete_overlap",
    "matched",
    "overlap",
    "surest",
]

FURTHEST = 4.0
"""The logarithm of the most that a box may be larger or smaller than its anchor; before a network has learned anything
more would overflow, or leave nothing that could grow again."""
THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
"""The overlaps from which on a box counts as found, of which COCO takes the mean."""

_CANDIDATES = 300
_TOGETHER = 16
"""So many pictures are gone through at once, for each box of one is held against each other."""
_RECALLS = 101
_ROUNDS = 100
_TINY = 1e-9


def overlap(one: Tensor, other: Tensor) -> Tensor:
    """The intersection over union of boxes, [...] in 0 to 1.

    Args:
        one, other: [..., 4], of shapes that go together.
    """
    shared, union, _ = _areas(one, other)
    return shared / union.clamp(min=_TINY)


def complete_overlap(one: Tensor, other: Tensor) -> Tensor:
    """The complete intersection over union: less where the middles lie apart or the proportions differ, [...].

    Args:
        one, other: [..., 4], of shapes that go together.

    Source:
        Z. Zheng et al., Distance-IoU loss: faster and better learning for bounding box regression, AAAI 2020.
    """
    import math

    import torch

    shared, union, hull = _areas(one, other)
    found = shared / union.clamp(min=_TINY)
    distance = (one[..., :2] - other[..., :2]).square().sum(-1) / hull.square().sum(-1).clamp(min=_TINY)
    turn = torch.atan2(one[..., 2], one[..., 3]) - torch.atan2(other[..., 2], other[..., 3])
    shape = 4 / math.pi**2 * turn.square()
    weight = (shape / (1 - found + shape).clamp(min=_TINY)).detach()
    return found - distance - weight * shape


def _areas(one: Tensor, other: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The areas that boxes share and cover together, and width and height of the least box around both."""
    import torch

    lows = [box[..., :2] - box[..., 2:] / 2 for box in (one, other)]
    highs = [box[..., :2] + box[..., 2:] / 2 for box in (one, other)]
    inner = (torch.minimum(*highs) - torch.maximum(*lows)).clamp(min=0)
    shared = inner[..., 0] * inner[..., 1]
    union = one[..., 2] * one[..., 3] + other[..., 2] * other[..., 3] - shared
    return shared, union, torch.maximum(*highs) - torch.minimum(*lows)


def surest(said: Tensor, limit: float, least: float, most: int) -> Tensor:
    """Non-maximum suppression: of boxes of one class that overlap the surest are kept, [N, most, 6].

    A box goes that overlaps a surer one which stays. All boxes are looked at together: those that only such a box drove
    out come back in a further round, until nothing changes, which is what going through them one by one gives.

    Args:
        said: [N, P, 6] in any order.
        limit: the largest overlap of two boxes of one class that both stay.
        least: the confidence below which a box goes.
        most: how many a picture keeps, the surest first; where there are fewer, the last have no class.
    """
    import torch

    return torch.cat([_surest(part, limit, least, most) for part in torch.split(said, _TOGETHER)])


def _surest(said: Tensor, limit: float, least: float, most: int) -> Tensor:
    import torch

    order = said[..., 1].argsort(dim=1, descending=True, stable=True)[:, :_CANDIDATES]
    found = said.gather(1, order[..., None].expand(-1, -1, 6))
    same = found[:, :, None, 0] == found[:, None, :, 0]
    drives = (same & (overlap(found[:, :, None, 2:], found[:, None, :, 2:]) > limit)).triu(1)
    stays, before = torch.ones_like(found[..., 1], dtype=torch.bool), None
    while before is None or not torch.equal(stays, before):
        before, stays = stays, ~(drives & stays[:, :, None]).any(1)
    none = torch.tensor([NO_CLASS, 0, 0, 0, 0, 0], dtype=found.dtype, device=found.device)
    found = torch.where((stays & (found[..., 1] >= least))[..., None], found, none)
    found = torch.cat([found, none.expand(len(found), most, 6)], dim=1)
    order = (found[..., 0] < 0).byte().argsort(dim=1, stable=True)[:, :most]
    return found.gather(1, order[..., None].expand(-1, -1, 6))


# ----------------------------------------------------------------------------------------------------------- judging


class Matches(NamedTuple):
    """Which said box is taken for which true one.

    Attributes:
        true: [T, N, D] for each overlap asked for and each said box the place of its true one, -1 where it has none.
        overlap: [T, N, D] how far the two overlap, 0 where there is none.
    """

    true: np.ndarray
    overlap: np.ndarray


def matched(said: np.ndarray, true: np.ndarray, thresholds: tuple[float, ...] = THRESHOLDS) -> Matches:
    """Gives each said box, the surest first, the true one of its class that it overlaps most and that is still free.

    Args:
        said, true: boxes of the same pictures.
        thresholds: how far two boxes have to overlap.
    """
    import numpy as np
    import torch

    pictures, count = np.arange(len(true)), len(thresholds)
    free = np.broadcast_to(true[..., 0] >= 0, (count, *true.shape[:2])).copy()
    least = np.array(thresholds)[:, np.newaxis]
    place = np.full((count, *said.shape[:2]), -1)
    found = np.zeros(place.shape)
    for at in range(said.shape[1] if true.shape[1] else 0):
        one = said[:, at]
        shared = overlap(torch.from_numpy(one[:, np.newaxis, 2:]), torch.from_numpy(true[..., 1:])).numpy()
        each = np.where(free & (one[:, :1] == true[..., 0]), shared, -1.0)
        best = each.argmax(axis=2)
        value = np.take_along_axis(each, best[..., np.newaxis], axis=2)[..., 0]
        hit = value >= least
        place[:, :, at], found[:, :, at] = np.where(hit, best, -1), np.where(hit, value, 0.0)
        for number in range(count):
            free[number, pictures[hit[number]], best[number, hit[number]]] = False
    return Matches(place, found)


def average_precision(said: np.ndarray, true: np.ndarray, classes: int, matches: Matches) -> np.ndarray:
    """The average precision of each class at each overlap that was asked for, [K, T]; NaN where no box is true.

    It is the mean, over 101 recalls from 0 to 1, of the best precision at that recall or a higher one; as COCO has it.

    Args:
        said, true: boxes of all pictures.
        classes: how many there are.
        matches: as of `matched`.

    Source:
        T.-Y. Lin et al., Microsoft COCO: common objects in context, ECCV 2014, with the measures of its evaluation.
    """
    import numpy as np

    found = np.full((classes, len(matches.true)), np.nan)
    for number in range(classes):
        truly, mine = int((true[..., 0] == number).sum()), said[..., 0] == number
        if not truly:
            continue
        order = np.argsort(-said[..., 1][mine], kind="stable")
        for at, place in enumerate(matches.true):
            found[number, at] = _mean_precision((place[mine] >= 0)[order], truly)
    return found


def _mean_precision(hits: np.ndarray, truly: int) -> float:
    """Over the recalls, of boxes from the surest on.

    Args:
        hits: whether each is taken for a true one.
        truly: how many of these there are.
    """
    import numpy as np

    right = hits.cumsum()
    precision = right / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    places = np.searchsorted(right / truly, np.linspace(0, 1, _RECALLS))
    return float(np.append(best, 0.0)[places].mean())


# ----------------------------------------------------------------------------------------------------------- anchors


def anchors_of(sizes: np.ndarray, count: int) -> np.ndarray:
    """Widths and heights that stand for those of many boxes, [count, 2], from the smallest area to the largest.

    Found by k-means, where boxes that overlap more are nearer and the first centres are spread evenly over the areas.

    Args:
        sizes: [n, 2] widths and heights, of one box at least.
        count: how many; there are fewer where there are fewer different sizes.

    Source:
        J. Redmon, A. Farhadi, YOLO9000: better, faster, stronger, CVPR 2017, section 2.
    """
    import numpy as np

    found = _by_area(np.unique(sizes.astype(np.float64), axis=0))
    count = min(count, len(found))
    found = found[((np.arange(count) + 0.5) * len(found) / count).astype(int)]
    for _ in range(_ROUNDS):
        shared = np.minimum(sizes[:, np.newaxis], found).prod(axis=2)
        union = sizes.prod(axis=1)[:, np.newaxis] + found.prod(axis=1) - shared
        nearest = (shared / union).argmax(axis=1)
        means = [
            sizes[nearest == at].mean(axis=0) if (nearest == at).any() else found[at] for at in range(count)
        ]
        if np.allclose(means, found):
            break
        found = np.array(means)
    return _by_area(found)


def _by_area(sizes: np.ndarray) -> np.ndarray:
    found: np.ndarray = sizes[sizes.prod(axis=1).argsort(kind="stable")]
    return found
