"""Layers that set elements to zero at random while training."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.rules import Same, channelled
from netdesigner.parts.tensor import TensorSpec

__all__ = ["Dropout", "Dropout2d"]


class Dropout(Same):
    """Sets each element to zero by chance while training; evaluation and export leave it out.

    What is left is divided by 1 − p, so that the mean stays.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Dropout; Srivastava et al., "Dropout: a simple way to prevent neural networks from
    overfitting" (2014).
    """

    kind: ClassVar[str] = "Dropout"
    category: ClassVar[str] = "Dropout"
    torch_class: ClassVar[str] = "Dropout"
    main: ClassVar[tuple[str, ...]] = ("p",)
    stochastic: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 16)),)),
        Example((TensorSpec(("N", "T", 16)),), {"p": 0.1}),
    )

    p: float = param(0.5, min=0, max=1, help="chance of an element to be set to zero")


class Dropout2d(Layer):
    """Sets whole channels of an image to zero by chance while training.

    What is left is divided by 1 − p, so that the mean stays.

    Shape:
        - Input: (N, C, H, W).
        - Output: the same.

    Source: torch.nn.Dropout2d; Tompson et al., "Efficient object localization using convolutional networks" (2015).
    """

    kind: ClassVar[str] = "Dropout2d"
    category: ClassVar[str] = "Dropout"
    torch_class: ClassVar[str] = "Dropout2d"
    main: ClassVar[tuple[str, ...]] = ("p",)
    stochastic: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 8, 8)),)),
        Example((TensorSpec(("N", 4, "H", "W")),), {"p": 0.2}),
    )

    p: float = param(0.5, min=0, max=1, help="chance of a channel to be set to zero")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        return channelled(self, specs[0], 2)
