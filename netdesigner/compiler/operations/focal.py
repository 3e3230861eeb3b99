"""Focal losses: cross-entropies in which what is right already counts little.

Source: T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollár, Focal loss for dense object detection, ICCV 2017.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["BinaryFocalLoss", "FocalLoss"]

_LEAST = 1e-12
"""The least that an answer may be wrong by: at 0 a power below 1 has no finite slope."""


class FocalLoss(nn.Module):
    """-(1 - p)^gamma log p with p the softmax of the true class's score; a mean weighted by the classes.

    With gamma = 0 it is torch.nn.CrossEntropyLoss.

    Args:
        gamma: how little counts what is right already.
        weight: [K], how much a sample of each class counts; None: all alike.
        ignore_index: the number of a class whose samples do not count.

    Shape:
        input [N, K]; target [N] int64; the loss has no axes.
    """

    weight: Tensor | None

    def __init__(
        self, gamma: float = 2.0, weight: Tensor | None = None, ignore_index: int = -100
    ) -> None:
        super().__init__()
        self.gamma = gamma
        self.ignore_index = ignore_index
        self.register_buffer("weight", weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch."""
        entropy = F.cross_entropy(
            input, target, ignore_index=self.ignore_index, reduction="none"
        )
        counts = (target != self.ignore_index).to(entropy.dtype)
        if self.weight is not None:
            counts = counts * self.weight[target.clamp(min=0)]
        wrong = (-(-entropy).expm1()).clamp(min=_LEAST)
        return (counts * wrong**self.gamma * entropy).sum() / counts.sum()


class BinaryFocalLoss(nn.Module):
    """-a (1 - p)^gamma log p for each number of the output, with p how likely what is true is; a mean over all numbers.

    With gamma = 0 and without alpha it is torch.nn.BCEWithLogitsLoss.

    Args:
        alpha: a of a yes, of a no it is 1 - alpha; None: 1 for both.
        gamma: how little counts what is right already.

    Shape:
        input [N, K] scores; target [N, K] from 0 to 1; the loss has no axes.
    """

    def __init__(self, alpha: float | None = 0.25, gamma: float = 2.0) -> None:
        super().__init__()
        self.alpha = alpha
        self.gamma = gamma

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch."""
        entropy = F.binary_cross_entropy_with_logits(input, target, reduction="none")
        likely = input.sigmoid()
        wrong = (likely + target - 2 * likely * target).clamp(min=_LEAST)
        found = wrong**self.gamma * entropy
        if self.alpha is not None:
            found = found * (self.alpha * target + (1 - self.alpha) * (1 - target))
        return found.mean()
