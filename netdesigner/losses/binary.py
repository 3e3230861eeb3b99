"""Losses of a yes or no for each number of the output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.losses._balanced import Balanced, class_counts
from netdesigner.parts.loss import CLASSES, LABELS, VALUES, Loss, Span, Takes
from netdesigner.parts.part import Floats, param

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["BCELoss", "BCEWithLogitsLoss", "BinaryFocalLoss", "MultiLabelSoftMarginLoss", "SoftMarginLoss"]

_SIGMOID = "The loss applies the sigmoid itself; a second one holds what it says between 0.5 and 0.73"


class _YesNo(Loss):
    """What all have in common: of classes the true one is a yes and the others are a no."""

    learns: ClassVar[tuple[str, ...]] = (CLASSES, VALUES, LABELS)
    takes: ClassVar[Takes] = Takes("scores of any size")
    targets: ClassVar[Span] = Span(0, 1)

    @property
    def says(self) -> str:
        """Scores of a yes."""
        return "scores"

    def marks(self, output: Tensor, target: Tensor) -> Tensor:
        """The targets as one number for each number of the output: 1 for a yes, 0 for a no; values as they are."""
        if target.is_floating_point():
            return target
        if output.shape[1] == 1:
            return target.unsqueeze(1).to(output.dtype)
        return output.new_zeros(output.shape).scatter_(1, target.unsqueeze(1), 1.0)

    def of(self, criterion: nn.Module, output: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch."""
        found: Tensor = criterion(output, self.marks(output, target))
        return found

    def said(self, output: Tensor) -> Tensor:
        """How likely a yes is."""
        return output.sigmoid()


class _OneOfTwo(_YesNo):
    """Of two classes a single number can tell, which says how likely the second is."""

    def features(self, count: int) -> tuple[int, ...]:
        """One number or two for two classes."""
        return (1, 2) if count == 2 else (count,)

    def scores(self, output: Tensor) -> Tensor:
        """The scores; that of the first of two classes is 0 where there is one for the second only."""
        from torch.nn import functional as F

        return F.pad(output, (1, 0)) if output.shape[1] == 1 else output


class _CrossEntropy(_OneOfTwo):
    """The logarithm of how unlikely what is true is."""

    def normalizer(self, worth: float, count: int) -> float | None:
        """Nothing, as long as all numbers count alike."""
        del worth, count
        return 0.0 if all(getattr(self, name) is None for name in self.lists) else None


class BCEWithLogitsLoss(Balanced, _CrossEntropy):
    """The cross-entropy of a yes or no for each number of the output, whose sigmoid is how likely a yes is.

    With y = 1 for a yes: -(pos_weight y log sigmoid(score) + (1 - y) log(1 - sigmoid(score))), a mean over the batch
    and the numbers. Of classes the true one is a yes; two classes need one number only, for the second. Values are
    chances between 0 and 1.

    Shape:
        output [N, K] scores of any size, of two classes also [N, 1]; target [N] int64, or [N, K] float32.

    Source: torch.nn.BCEWithLogitsLoss; C. M. Bishop, Pattern recognition and machine learning, 2006, section 4.3.2.
    """

    kind: ClassVar[str] = "BCEWithLogitsLoss"
    balances: ClassVar[str] = "pos_weight"
    applies: ClassVar[Mapping[str, tuple[str, str]]] = {"Sigmoid": (_SIGMOID, "BCELoss")}
    lists: ClassVar[tuple[str, ...]] = ("weight", "pos_weight")

    weight: Floats | None = param(
        None, min=0, help="how much each number of the output counts, such as 1, 5, 5; empty: all alike"
    )
    pos_weight: Floats | None = param(
        None, min=0, help="how much a yes counts beside a no, for each number of the output; empty: as much"
    )

    def balanced(self, target: np.ndarray, count: int) -> np.ndarray:
        """How many times as often a no is true as a yes, [K]; 1 where one of the two never is.

        Args:
            target: [N] class numbers, or [N, K] of 0 and 1, of the training part.
            count: how many classes or labels there are.
        """
        import numpy as np

        labels = target.dtype.kind == "f"
        marks = target.reshape(len(target), -1)
        yes = np.asarray(marks.sum(0, np.float64) if labels else class_counts(target, count), np.float64)
        no = (len(target) if labels else yes.sum()) - yes
        found: np.ndarray = np.divide(no, yes, out=np.ones_like(yes), where=(yes > 0) & (no > 0))
        return found

    def of(self, criterion: nn.Module, output: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch; where one number tells two classes, balanced weights are those of the second."""
        from torch.nn import functional as F

        weights: Tensor | None = criterion.pos_weight  # type: ignore[assignment]
        if weights is None or len(weights) == output.shape[1]:
            return super().of(criterion, output, target)
        second = weights[-output.shape[1] :]
        each: Tensor | None = criterion.weight  # type: ignore[assignment]
        return F.binary_cross_entropy_with_logits(output, self.marks(output, target), each, pos_weight=second)


class BCELoss(_CrossEntropy):
    """The cross-entropy of a yes or no for each number of the output, which is itself how likely a yes is.

    With y = 1 for a yes: -(y log output + (1 - y) log(1 - output)), the logarithms no smaller than -100, a mean over
    the batch and the numbers. BCEWithLogitsLoss without the Sigmoid computes the same more exactly.

    Shape:
        output [N, K] between 0 and 1, of two classes also [N, 1]; target [N] int64, or [N, K] float32.

    Source: torch.nn.BCELoss; C. M. Bishop, Pattern recognition and machine learning, 2006, section 4.3.2.
    """

    kind: ClassVar[str] = "BCELoss"
    takes: ClassVar[Takes] = Takes("probabilities", Span(0, 1), "Sigmoid")
    raw: ClassVar[str] = "BCEWithLogitsLoss"
    lists: ClassVar[tuple[str, ...]] = ("weight",)

    weight: Floats | None = param(
        None, min=0, help="how much each number of the output counts, such as 1, 5, 5; empty: all alike"
    )

    @property
    def says(self) -> str:
        """Chances of a yes."""
        return "chances"

    def of(self, criterion: nn.Module, output: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch; torch refuses to compute it where it may choose the precision."""
        import torch

        with torch.autocast(output.device.type, enabled=False):
            return super().of(criterion, output, target)

    def scores(self, output: Tensor) -> Tensor:
        """The scores whose sigmoid the output is."""
        return super().scores(output.logit(eps=1e-7))

    def said(self, output: Tensor) -> Tensor:
        """How likely a yes is."""
        return output


class SoftMarginLoss(_OneOfTwo):
    """The logistic loss of a yes or no for each number of the output: log(1 + exp(-y score)), y = 1 or -1.

    A mean over the batch and the numbers. It is BCEWithLogitsLoss in other words, without weights.

    Shape:
        output [N, K] scores of any size, of two classes also [N, 1]; target [N] int64.

    Source: torch.nn.SoftMarginLoss; J. Friedman et al., Additive logistic regression, Annals of Statistics 28, 2000.
    """

    kind: ClassVar[str] = "SoftMarginLoss"
    learns: ClassVar[tuple[str, ...]] = (CLASSES, LABELS)

    def of(self, criterion: nn.Module, output: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch; a yes is 1, a no -1."""
        found: Tensor = criterion(output, 2 * self.marks(output, target) - 1)
        return found


class MultiLabelSoftMarginLoss(_YesNo):
    """The cross-entropy of a yes or no for each number of the output, first a mean over these, then over the batch.

    It is BCEWithLogitsLoss without pos_weight.

    Shape:
        output [N, K] scores of any size; target [N] int64, or [N, K] float32.

    Source: torch.nn.MultiLabelSoftMarginLoss; C. M. Bishop, Pattern recognition and machine learning, 2006, section
    4.3.2.
    """

    kind: ClassVar[str] = "MultiLabelSoftMarginLoss"
    applies: ClassVar[Mapping[str, tuple[str, str]]] = {"Sigmoid": (_SIGMOID, "BCELoss")}
    lists: ClassVar[tuple[str, ...]] = ("weight",)

    weight: Floats | None = param(
        None, min=0, help="how much each number of the output counts, such as 1, 5, 5; empty: all alike"
    )


class BinaryFocalLoss(_OneOfTwo):
    """The cross-entropy of a yes or no in which numbers count little that are right already: -a (1 - p)^gamma log p.

    With p how likely what is true is, a = alpha for a yes and 1 - alpha for a no, and a mean over the batch and the
    numbers. It helps where there are many easy noes and few yeses. The paper divides by the number of yeses instead,
    which differs by a factor only.

    Shape:
        output [N, K] scores of any size, of two classes also [N, 1]; target [N] int64, or [N, K] float32.

    Source: T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollár, Focal loss for dense object detection, ICCV 2017.
    """

    kind: ClassVar[str] = "BinaryFocalLoss"
    applies: ClassVar[Mapping[str, tuple[str, str]]] = {"Sigmoid": (_SIGMOID, "BCELoss")}

    alpha: float | None = param(
        0.25, min=0, max=1, help="how much a yes counts; a no counts 1 - alpha; empty: both count 1"
    )
    gamma: float = param(
        2.0, min=0, max=100, help="how little counts what is right already; 0: all counts alike, 2 is usual"
    )

    def build(self) -> nn.Module:
        """A module of ours."""
        from netdesigner.compiler.operations import focal

        return focal.BinaryFocalLoss(**self.arguments())
