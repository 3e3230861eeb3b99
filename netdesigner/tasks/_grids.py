"""What grids of anchor boxes say, and how wrong it is; no task is declared here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from netdesigner.evaluation.boxes import FURTHEST, complete_overlap, overlap

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Grids", "Terms", "read_grids", "terms_of"]

_PLACE = 5
"""The numbers of a box that are no scores: its place, its size, and how sure it is."""


class Grids(NamedTuple):
    """What all grids say of a batch, one grid behind the other.

    Attributes:
        boxes: [N, P, 4] middle, width and height in shares of the picture.
        sure: [N, P] how sure it is that there is something, as a score that a sigmoid makes a probability of.
        scores: [N, P, K] likewise for each class.
        anchors: [G, A, 2] widths and heights, the finest grid first.
        sizes: of each grid, rows and columns.
    """

    boxes: Tensor
    sure: Tensor
    scores: Tensor
    anchors: Tensor
    sizes: tuple[tuple[int, int], ...]


class Terms(NamedTuple):
    """The terms of the loss, each a mean over the pictures of what falls on one true box.

    Attributes:
        box: one less the complete overlap of the boxes that are to find something and what they are to find.
        objectness: the binary cross-entropy of how sure the boxes are that there is something.
        label: the binary cross-entropy of the classes, where there is something.
    """

    box: Tensor
    objectness: Tensor
    label: Tensor


def read_grids(outputs: Sequence[Tensor], anchors: Sequence[float], per_cell: int) -> Grids:
    """The boxes that grids say.

    Of a cell's numbers (a, b, c, d) for an anchor, the sigmoids of a and b move the middle from the cell's corner, and
    the exponentials of c and d are factors of the anchor's width and height.

    Args:
        outputs: [N, A·(5 + K), H, W] each, in any order.
        anchors: widths and heights; the finest grid has the first A.
        per_cell: A.
    """
    import torch

    finest_first = sorted(outputs, key=lambda output: -output.shape[2] * output.shape[3])
    sizes = torch.tensor(anchors, device=outputs[0].device).view(-1, per_cell, 2)
    boxes, sure, scores = [], [], []
    for output, anchor in zip(finest_first, sizes, strict=True):
        rows, columns = output.shape[2:]
        each = output.float().reshape(len(output), per_cell, -1, rows, columns).permute(0, 1, 3, 4, 2)
        y, x = torch.meshgrid(
            torch.arange(rows, device=output.device),
            torch.arange(columns, device=output.device),
            indexing="ij",
        )
        shares = torch.tensor([columns, rows], device=output.device)
        middle = (each[..., :2].sigmoid() + torch.stack([x, y], dim=-1)) / shares
        size = each[..., 2:4].clamp(-FURTHEST, FURTHEST).exp() * anchor[:, None, None]
        boxes.append(torch.cat([middle, size], dim=-1).flatten(1, 3))
        sure.append(each[..., 4].flatten(1))
        scores.append(each[..., _PLACE:].flatten(1, 3))
    shapes = tuple((output.shape[2], output.shape[3]) for output in finest_first)
    return Grids(torch.cat(boxes, 1), torch.cat(sure, 1), torch.cat(scores, 1), sizes, shapes)


def terms_of(grids: Grids, target: Tensor, shared: float, ignored: float) -> Terms:
    """How wrong the grids are.

    Each true box is to be found by the anchor whose form overlaps it most, and by those that overlap it nearly as well,
    in the cell of their grid that its middle lies in. All other boxes are to say that there is nothing, but for those
    that overlap a true one by so much that they are right in their way.

    Args:
        grids: what is said.
        target: [N, M, 5] class, x, y, w, h; where the class is below 0 there is no box.
        shared: the overlap of forms from which on a further anchor is to find a true box as well.
        ignored: the overlap with a true box from which on nothing is asked of a box that is not to find it.
    """
    import torch
    from torch.nn import functional as F

    there, true = target[..., 0] >= 0, target[..., 1:]
    places = _places(grids, true)
    finds = _finders(grids.anchors.flatten(0, 1), true, shared) & there[..., None]
    flat = places.flatten(1)
    asked_for = torch.zeros_like(grids.sure).scatter_reduce(1, flat, finds.flatten(1).float(), "amax")
    with torch.no_grad():
        near = overlap(grids.boxes[:, :, None], true[:, None]).masked_fill(~there[:, None], 0).amax(2)
    wrong = F.binary_cross_entropy_with_logits(grids.sure, asked_for, reduction="none")
    count = there.sum(1).clamp(min=1)
    objectness = (wrong * ((asked_for > 0) | (near < ignored))).sum(1) / count

    weight = (finds / finds.sum(2, keepdim=True).clamp(min=1)).flatten(1) / count[:, None]
    boxes, scores = (
        values.gather(1, flat[..., None].expand(-1, -1, values.shape[2]))
        for values in (grids.boxes, grids.scores)
    )
    aims, labels = (each.repeat_interleave(places.shape[2], dim=1) for each in (true, target[..., 0]))
    classes = F.one_hot(labels.long().clamp(min=0), scores.shape[2]).float()
    label = F.binary_cross_entropy_with_logits(scores, classes, reduction="none").sum(2)
    terms = (1 - complete_overlap(boxes, aims)) * weight, objectness, label * weight
    return Terms(*(term.sum() / len(target) for term in terms))


def _finders(anchors: Tensor, true: Tensor, shared: float) -> Tensor:
    """Which anchors are to find each true box, [N, M, G·A]."""
    import torch

    forms = (torch.cat([torch.zeros_like(sizes), sizes], dim=-1) for sizes in (true[..., None, 2:], anchors))
    form = overlap(*forms)
    return (form == form.amax(2, keepdim=True)) | (form >= shared)


def _places(grids: Grids, true: Tensor) -> Tensor:
    """Where among the grids' boxes those of each anchor lie that are to find each true box, [N, M, G·A]."""
    import torch

    per_cell, before, sizes, starts = grids.anchors.shape[1], 0, [], []
    for rows, columns in grids.sizes:
        for _ in range(per_cell):
            sizes.append((columns, rows))
            starts.append(before)
            before += rows * columns
    cells = torch.tensor(sizes, device=true.device)
    at = (true[..., None, :2] * cells).long().clamp(min=0).minimum(cells - 1)
    return torch.tensor(starts, device=true.device) + at[..., 1] * cells[:, 0] + at[..., 0]
