"""Functions applied to each element; without them a stack of layers would be one linear map."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.layer import Example
from netdesigner.parts.part import param
from netdesigner.parts.rules import Same
from netdesigner.parts.tensor import TensorSpec

__all__ = ["ELU", "GELU", "Hardswish", "LeakyReLU", "ReLU", "SiLU", "Sigmoid", "Tanh"]

_EXAMPLES = (
    Example((TensorSpec(("N", 4, 5, 5)),)),
    Example((TensorSpec(("N", "T", 8)),)),
    Example((TensorSpec(("N",)),)),
)


class _Activation(Same):
    """What all have in common. They never work in place: another wire may read what comes in."""

    category: ClassVar[str] = "Activation"
    examples: ClassVar[tuple[Example, ...]] = _EXAMPLES


class ReLU(_Activation):
    """Keeps what is positive and sets the rest to zero: max(0, x).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.ReLU; Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines" (2010).
    """

    kind: ClassVar[str] = "ReLU"
    torch_class: ClassVar[str] = "ReLU"


class LeakyReLU(_Activation):
    """Keeps what is positive and scales the rest down: x or negative_slope·x.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.LeakyReLU; Maas et al., "Rectifier nonlinearities improve neural network acoustic models" (2013).
    """

    kind: ClassVar[str] = "LeakyReLU"
    torch_class: ClassVar[str] = "LeakyReLU"
    main: ClassVar[tuple[str, ...]] = ("negative_slope",)
    examples: ClassVar[tuple[Example, ...]] = (
        *_EXAMPLES,
        Example((TensorSpec(("N", 8)),), {"negative_slope": 0.2}),
    )

    negative_slope: float = param(0.01, help="factor of what is negative")


class ELU(_Activation):
    """Keeps what is positive and bends the rest smoothly towards −alpha: alpha·(exp(x) − 1).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.ELU; Clevert et al., "Fast and accurate deep network learning by exponential linear units" (2015).
    """

    kind: ClassVar[str] = "ELU"
    torch_class: ClassVar[str] = "ELU"
    main: ClassVar[tuple[str, ...]] = ("alpha",)
    examples: ClassVar[tuple[Example, ...]] = (*_EXAMPLES, Example((TensorSpec(("N", 8)),), {"alpha": 0.5}))

    alpha: float = param(1.0, help="how far below zero the output goes at most")


class GELU(_Activation):
    """Weighs each element by the normal distribution: x·Φ(x).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.GELU; Hendrycks and Gimpel, "Gaussian error linear units" (2016).
    """

    kind: ClassVar[str] = "GELU"
    torch_class: ClassVar[str] = "GELU"
    examples: ClassVar[tuple[Example, ...]] = (
        *_EXAMPLES,
        Example((TensorSpec(("N", 8)),), {"approximate": "tanh"}),
    )

    approximate: str = param(
        "none", choices=("none", "tanh"), help="'tanh' computes it faster and nearly the same"
    )


class SiLU(_Activation):
    """Weighs each element by its own sigmoid: x·σ(x); also called swish.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.SiLU; Ramachandran et al., "Searching for activation functions" (2017).
    """

    kind: ClassVar[str] = "SiLU"
    torch_class: ClassVar[str] = "SiLU"


class Sigmoid(_Activation):
    """Squeezes each element into 0 to 1: 1 / (1 + exp(−x)).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Sigmoid; Rumelhart et al., "Learning representations by back-propagating errors" (1986).
    """

    kind: ClassVar[str] = "Sigmoid"
    torch_class: ClassVar[str] = "Sigmoid"


class Tanh(_Activation):
    """Squeezes each element into −1 to 1 by the hyperbolic tangent.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Tanh; LeCun et al., "Efficient backprop" (1998).
    """

    kind: ClassVar[str] = "Tanh"
    torch_class: ClassVar[str] = "Tanh"


class Hardswish(_Activation):
    """A cheap SiLU made of straight pieces: x·min(max(x + 3, 0), 6) / 6.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Hardswish; Howard et al., "Searching for MobileNetV3" (2019).
    """

    kind: ClassVar[str] = "Hardswish"
    torch_class: ClassVar[str] = "Hardswish"
