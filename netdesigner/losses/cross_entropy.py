"""Losses of classes that exclude each other: one is true of a sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from netdesigner.parts.loss import CLASSES, Loss, Span, Takes
from netdesigner.parts.part import Floats, param

__all__ = ["CrossEntropyLoss", "NLLLoss"]


class _OneClass(Loss):
    """What both have in common."""

    learns: ClassVar[tuple[str, ...]] = (CLASSES,)
    lists: ClassVar[tuple[str, ...]] = ("weight",)

    weight: Floats | None = param(
        None, min=0, help="how much a sample of each class counts, such as 1, 5, 5; empty: all alike"
    )
    ignore_index: int = param(
        -100, help="the number of a class whose samples do not count; -100 is none", advanced=True
    )


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
    applies: ClassVar[Mapping[str, tuple[str, str]]] = {
        "Softmax": (
            "The loss applies softmax itself; a second one flattens the gradients, and training is slow and poor",
            "",
        ),
        "LogSoftmax": (
            "The loss applies log-softmax itself; a second one changes nothing and can go",
            "NLLLoss",
        ),
    }

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
