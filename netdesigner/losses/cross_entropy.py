"""Losses of classes that exclude each other: one is true of a sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.losses._balanced import Balanced
from netdesigner.parts.loss import CLASSES, Span, Takes
from netdesigner.parts.part import Floats, param

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["CrossEntropyLoss", "FocalLoss", "NLLLoss"]

_TWICE: Mapping[str, tuple[str, str]] = {
    "Softmax": (
        "The loss applies softmax itself; a second one flattens the gradients, and training is slow and poor",
        "",
    ),
    "LogSoftmax": (
        "The loss applies log-softmax itself; a second one changes nothing and can go",
        "NLLLoss",
    ),
}


class _OneClass(Balanced):
    """What all have in common."""

    learns: ClassVar[tuple[str, ...]] = (CLASSES,)
    lists: ClassVar[tuple[str, ...]] = ("weight",)

    weight: Floats | None = param(
        None, min=0, help="how much a sample of each class counts, such as 1, 5, 5; empty: all alike"
    )
    ignore_index: int = param(
        -100, help="the number of a class whose samples do not count; -100 is none", advanced=True
    )

    def counted(self, criterion: nn.Module, target: Tensor) -> Tensor:
        """By the weights of the classes at all places that count, for the mean over a batch is weighted by these."""
        known = target != self.ignore_index
        weight: Tensor | None = criterion.weight  # type: ignore[assignment]
        return known.sum() if weight is None else weight[target.clamp(min=0)].where(known, 0.0).sum()


class CrossEntropyLoss(_OneClass):
    """The cross-entropy of the softmax of the scores: -log softmax(scores)[true class].

    The mean over the batch is weighted by the classes. With label smoothing s, the true class counts 1 - s + s/K and
    each other of the K classes s/K.

    Shape:
        output [N, K] scores of any size; target [N] int64.

    Source: torch.nn.CrossEntropyLoss; C. M. Bishop, Pattern recognition and machine learning, 2006, section 4.3.4; C.
    Szegedy et al., Rethinking the Inception architecture for computer vision, CVPR 2016, section 7 (label smoothing).
    """

    kind: ClassVar[str] = "CrossEntropyLoss"
    takes: ClassVar[Takes] = Takes("scores of any size")
    applies: ClassVar[Mapping[str, tuple[str, str]]] = _TWICE

    label_smoothing: float = param(
        0.0,
        min=0,
        max=1,
        help="how much of the certainty is spread over all classes; 0.1 is usual where it helps",
    )


class NLLLoss(_OneClass):
    """The cross-entropy of a network that gives logarithms of probabilities: -output[true class].

    Behind a LogSoftmax it is the CrossEntropyLoss of what comes in there.

    Shape:
        output [N, K] logarithms of probabilities; target [N] int64.

    Source: torch.nn.NLLLoss; C. M. Bishop, Pattern recognition and machine learning, 2006, section 4.3.4.
    """

    kind: ClassVar[str] = "NLLLoss"
    takes: ClassVar[Takes] = Takes("logarithms of probabilities", Span(high=0), "LogSoftmax")
    raw: ClassVar[str] = "CrossEntropyLoss"


class FocalLoss(_OneClass):
    """The cross-entropy in which samples count little that are right already: -(1 - p)^gamma log p.

    With p the softmax of the true class's score, and a mean over the batch that is weighted by the classes. It helps
    where a few hard samples would be lost among many easy ones.

    Shape:
        output [N, K] scores of any size; target [N] int64.

    Source: T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollár, Focal loss for dense object detection, ICCV 2017.
    """

    kind: ClassVar[str] = "FocalLoss"
    takes: ClassVar[Takes] = Takes("scores of any size")
    applies: ClassVar[Mapping[str, tuple[str, str]]] = {"Softmax": _TWICE["Softmax"]}

    gamma: float = param(
        2.0, min=0, max=100, help="how little counts what is right already; 0 is CrossEntropyLoss, 2 is usual"
    )

    def build(self) -> nn.Module:
        """A module of ours."""
        from netdesigner.compiler.operations import focal

        return focal.FocalLoss(**self.arguments())
