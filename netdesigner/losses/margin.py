"""Losses that want the true class ahead of the others by a margin and care for nothing beyond it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.losses._balanced import Balanced
from netdesigner.parts.loss import CLASSES, Loss, Takes
from netdesigner.parts.part import Floats, param

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["MultiLabelMarginLoss", "MultiMarginLoss"]


class MultiMarginLoss(Balanced):
    """The hinge of a support vector machine for several classes: Σⱼ max(0, margin - score[true] + score[j])^p / K.

    The sum is over the K - 1 other classes.

    Shape:
        output [N, K] scores of any size; target [N] int64.

    Source: torch.nn.MultiMarginLoss; K. Crammer and Y. Singer, On the algorithmic implementation of multiclass
    kernel-based vector machines, JMLR 2, 2001.
    """

    kind: ClassVar[str] = "MultiMarginLoss"
    learns: ClassVar[tuple[str, ...]] = (CLASSES,)
    takes: ClassVar[Takes] = Takes("scores of any size")
    lists: ClassVar[tuple[str, ...]] = ("weight",)

    p: int = param(1, min=1, max=2, help="1: the distance to the margin; 2: its square")
    margin: float = param(1.0, help="how far the true class should be ahead")
    weight: Floats | None = param(
        None, min=0, help="how much a sample of each class counts, such as 1, 5, 5; empty: all alike"
    )


class MultiLabelMarginLoss(Loss):
    """The hinge between all true and all other classes: Σᵢⱼ max(0, 1 - score[true i] + score[other j]) / K.

    With one true class a sample it is MultiMarginLoss with its defaults.

    Shape:
        output [N, K] scores of any size; target [N] int64.

    Source: torch.nn.MultiLabelMarginLoss; K. Crammer and Y. Singer, A family of additive online algorithms for
    category ranking, JMLR 3, 2003.
    """

    kind: ClassVar[str] = "MultiLabelMarginLoss"
    learns: ClassVar[tuple[str, ...]] = (CLASSES,)
    takes: ClassVar[Takes] = Takes("scores of any size")

    def of(self, criterion: nn.Module, output: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch; torch takes the true classes as a list that ends with -1."""
        listed = target.new_full(output.shape, -1)
        listed[:, 0] = target
        found: Tensor = criterion(output, listed)
        return found
