"""Layers that turn numbers into probabilities."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.axes import sample_axis
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.rules import channelled
from netdesigner.parts.tensor import TensorSpec

__all__ = ["LogSoftmax", "Softmax", "Softmax2d", "Softmin"]


class _AlongAxis(Layer):
    """What they have in common. Torch's choice of an axis where none is given is deprecated: here it is the last."""

    category: ClassVar[str] = "Activation"
    main: ClassVar[tuple[str, ...]] = ("dim",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 10)),)),
        Example((TensorSpec(("N", 4, "T")),), {"dim": 1}),
        Example((TensorSpec(("N", 2, 3, 4)),), {"dim": -2}),
    )

    dim: int = param(-1, help="the axis along which the probabilities sum to 1; −1 is the last")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = self.need(specs[0])
        sample_axis(self, spec, self.dim)
        return spec


class Softmax(_AlongAxis):
    """Turns numbers into probabilities that sum to 1: exp(xᵢ) / Σ exp(xⱼ).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Softmax; Bridle, "Probabilistic interpretation of feedforward classification network
    outputs" (1990).
    """

    kind: ClassVar[str] = "Softmax"
    torch_class: ClassVar[str] = "Softmax"


class LogSoftmax(_AlongAxis):
    """The logarithm of the softmax, computed without loss of precision.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.LogSoftmax; Bridle, "Probabilistic interpretation of feedforward classification network
    outputs" (1990).
    """

    kind: ClassVar[str] = "LogSoftmax"
    torch_class: ClassVar[str] = "LogSoftmax"


class Softmin(_AlongAxis):
    """Turns numbers into probabilities that sum to 1, the smallest number getting the largest: exp(−xᵢ) / Σ exp(−xⱼ).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Softmin.
    """

    kind: ClassVar[str] = "Softmin"
    torch_class: ClassVar[str] = "Softmin"


class Softmax2d(Layer):
    """Turns the channels of each position of an image into probabilities that sum to 1.

    Shape:
        - Input: (N, C, H, W).
        - Output: the same.

    Source: torch.nn.Softmax2d; Bridle, "Probabilistic interpretation of feedforward classification network
    outputs" (1990).
    """

    kind: ClassVar[str] = "Softmax2d"
    category: ClassVar[str] = "Activation"
    torch_class: ClassVar[str] = "Softmax2d"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 5, 5)),)),
        Example((TensorSpec(("N", 3, "H", "W")),)),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        return channelled(self, specs[0], 2)
