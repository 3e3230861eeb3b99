"""How a picture is laid out anew, and how the classes of its pixels and its boxes follow; no augmentation is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netdesigner.parts.augmentation import Augmentation, Ground, Pair
from netdesigner.parts.dataset import NO_CLASS, DataSpec
from netdesigner.parts.loss import CLASSES
from netdesigner.parts.misfit import Misfit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from netdesigner.parts.task import Task

__all__ = ["Placing", "bared", "follow", "has_masks", "placed", "symmetric", "warped"]

_LEAST_SEEN = 0.25
"""A box of which less than this share is still in the picture is no longer looked for."""


class Placing(NamedTuple):
    """From where in the old picture each place of the new one is taken: old = matrix · new + offset.

    Places are x and y from -1 at the left and upper edge to 1 at the other.

    Attributes:
        matrix: [N, 2, 2].
        offset: [N, 2].
    """

    matrix: Tensor
    offset: Tensor


def has_masks(data: DataSpec) -> bool:
    """Whether the targets are the classes of pixels."""
    return bool(data.classes) and data.target.rank == 3 and not data.target.is_float


def bared(part: Augmentation, data: DataSpec, task: Task | None) -> Iterator[Misfit]:
    """That pixels come in from outside, which have no class, where the loss needs one everywhere."""
    if has_masks(data) and task is not None and task.learns == CLASSES and not task.chosen_loss.passes_over:
        text = f"{part.label()} brings in pixels without a class, and {task.chosen_loss.label()} needs one everywhere"
        yield Misfit("ND444", f"{text}; choose a loss with ignore_index, which is {NO_CLASS}")


def symmetric(largest: float, count: int, like: Tensor) -> Tensor:
    """Numbers from -largest to largest, each as likely, [count] on the device of another tensor."""
    found: Tensor = like.new_empty(count).uniform_(-largest, largest)
    return found


def follow(
    data: DataSpec, masks: Callable[[Tensor], Tensor], boxes: Callable[[Tensor], Tensor]
) -> Callable[[Tensor], Tensor]:
    """What happens to the targets of pictures that are laid out anew; targets that lie nowhere stay as they are.

    Args:
        data: tells what the targets are.
        masks: gives the classes [N, H, W] of the new places.
        boxes: gives the boxes [N, M, 5] in the new picture.
    """
    if data.boxes:
        return boxes
    return masks if has_masks(data) else (lambda target: target)


def warped(batch: Pair, ground: Ground, placing: Placing) -> Pair:
    """Pictures laid out anew, between pixels by straight lines, with black where nothing is; masks and boxes follow."""
    import torch
    from torch.nn import functional as F

    theta = torch.cat([placing.matrix, placing.offset[..., None]], dim=2)

    def laid_out(values: Tensor, mode: str) -> Tensor:
        grid = F.affine_grid(theta, [*values.shape], align_corners=False)
        found: Tensor = F.grid_sample(values, grid, mode=mode, align_corners=False)
        return found

    def masks(target: Tensor) -> Tensor:
        """What lies outside is 0 to torch, so 0 is to be no class."""
        return (laid_out((target - NO_CLASS)[:, None].float(), "nearest")[:, 0] + NO_CLASS).long()

    input = laid_out(batch.input - ground.low, "bilinear") + ground.low
    return batch.moved(input, follow(ground.data, masks, lambda target: placed(target, placing)))


def placed(boxes: Tensor, placing: Placing) -> Tensor:
    """Boxes around what lay in them, as far as it is in the picture.

    Args:
        boxes: [N, M, 5] class, x, y, w, h.
        placing: of the pictures.
    """
    import torch

    middle, half = 2 * boxes[..., 1:3] - 1, boxes[..., 3:]
    signs = boxes.new_tensor([[-1, -1], [1, -1], [-1, 1], [1, 1]])
    corners = middle[:, :, None] + half[:, :, None] * signs - placing.offset[:, None, None]
    new = torch.einsum("nij,nmkj->nmki", torch.linalg.inv(placing.matrix), corners)
    low, high = new.amin(2), new.amax(2)
    seen_low, seen_high = low.clamp(-1, 1), high.clamp(-1, 1)
    size, seen = high - low, seen_high - seen_low
    kept = (boxes[..., 0] >= 0) & (seen.prod(-1) > _LEAST_SEEN * size.prod(-1))
    found = torch.cat([boxes[..., :1], (seen_low + seen_high + 2) / 4, seen / 2], dim=-1)
    nothing = torch.zeros_like(boxes)
    nothing[..., 0] = NO_CLASS
    return found.where(kept[..., None], nothing)
