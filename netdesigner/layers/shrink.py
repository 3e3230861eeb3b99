"""Functions that set what is near zero to zero."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.layer import Example
from netdesigner.parts.part import param
from netdesigner.parts.rules import Same
from netdesigner.parts.tensor import TensorSpec

__all__ = ["Hardshrink", "Softshrink", "Tanhshrink"]

_EXAMPLES = (
    Example((TensorSpec(("N", 4, 5, 5)),)),
    Example((TensorSpec(("N", "T", 8)),)),
    Example((TensorSpec(("N",)),)),
)


class _Shrinking(Same):
    """What all have in common."""

    category: ClassVar[str] = "Activation"
    examples: ClassVar[tuple[Example, ...]] = _EXAMPLES


class Hardshrink(_Shrinking):
    """Sets to zero what lies between −lambd and lambd, and keeps the rest as it is.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Hardshrink; Donoho and Johnstone, "Ideal spatial adaptation by wavelet shrinkage" (1994).
    """

    kind: ClassVar[str] = "Hardshrink"
    torch_class: ClassVar[str] = "Hardshrink"
    main: ClassVar[tuple[str, ...]] = ("lambd",)
    examples: ClassVar[tuple[Example, ...]] = (*_EXAMPLES, Example((TensorSpec(("N", 8)),), {"lambd": 1.0}))

    lambd: float = param(0.5, min=0, help="how far from zero an element must be to pass")


class Softshrink(_Shrinking):
    """Brings each element nearer to zero by lambd, and to zero where it lies within.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Softshrink; Donoho, "De-noising by soft-thresholding" (1995).
    """

    kind: ClassVar[str] = "Softshrink"
    torch_class: ClassVar[str] = "Softshrink"
    main: ClassVar[tuple[str, ...]] = ("lambd",)
    examples: ClassVar[tuple[Example, ...]] = (*_EXAMPLES, Example((TensorSpec(("N", 8)),), {"lambd": 1.0}))

    lambd: float = param(0.5, min=0, help="by how much each element comes nearer to zero")


class Tanhshrink(_Shrinking):
    """Takes from each element its hyperbolic tangent, so that little is left near zero: x − tanh(x).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Tanhshrink.
    """

    kind: ClassVar[str] = "Tanhshrink"
    torch_class: ClassVar[str] = "Tanhshrink"
