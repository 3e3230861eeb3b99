"""Layers that mix all features of a position."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import at_least, count, fixed
from netdesigner.parts.tensor import TensorSpec

__all__ = ["Bilinear", "Linear"]


class Linear(Layer):
    """Multiplies the last axis by a weight matrix and adds a bias: y = x Aᵀ + b.

    Shape:
        - Input: (N, ..., in_features); in_features comes from the wire.
        - Output: (N, ..., out_features).

    Source: torch.nn.Linear; Rosenblatt, "The perceptron", Psychological Review 65 (1958).
    """

    kind: ClassVar[str] = "Linear"
    category: ClassVar[str] = "Linear"
    torch_class: ClassVar[str] = "Linear"
    main: ClassVar[tuple[str, ...]] = ("out_features",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 64)),), {"out_features": 10}),
        Example((TensorSpec(("N", "T", 16)),), {"out_features": 8, "bias": False}),
        Example((TensorSpec(("N", 3, 4, 5)),), {"out_features": 1}),
    )

    out_features: int = param(64, min=1, help="length of the last axis of the output")
    bias: bool = param(True, help="add a learned number to each output feature")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The input with its last axis exchanged."""
        spec = at_least(self, specs[0], 2, "N, ..., features")
        fixed(self, spec, -1, "features")
        return spec.with_shape(*spec.shape[:-1], self.out_features)

    def weights(self, *specs: TensorSpec | None) -> Mapping[str, tuple[int, ...]]:
        """The matrix, which may be the table of an Embedding."""
        return {"weight": (self.out_features, fixed(self, self.wired(specs[0]), -1, "features"))}

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with in_features from the wire."""
        return {"in_features": fixed(self, self.wired(specs[0]), -1, "features"), **self.values()}

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """One multiply-add for each weight and position."""
        spec = self.wired(specs[0])
        weights = count(spec.shape[-1:]) * self.out_features
        return Cost(weights + self.bias * self.out_features, count(spec.shape[:-1]) * weights)


class Bilinear(Layer):
    """Weighs every product of a feature of one input with one of another: y = x₁ᵀ A x₂ + b.

    Shape:
        - Input1: (N, ..., in1_features).
        - Input2: (N, ..., in2_features), with the same axes before the last.
        - Output: (N, ..., out_features).

    Source: torch.nn.Bilinear; Tenenbaum and Freeman, "Separating style and content with bilinear models" (2000).
    """

    kind: ClassVar[str] = "Bilinear"
    category: ClassVar[str] = "Linear"
    torch_class: ClassVar[str] = "Bilinear"
    inputs: ClassVar[tuple[Port, ...]] = (Port("input1"), Port("input2"))
    main: ClassVar[tuple[str, ...]] = ("out_features",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 6)), TensorSpec(("N", 5))), {"out_features": 4}),
        Example((TensorSpec(("N", "T", 3)), TensorSpec(("N", "T", 7))), {"out_features": 2, "bias": False}),
    )

    out_features: int = param(64, min=1, help="length of the last axis of the output")
    bias: bool = param(True, help="add a learned number to each output feature")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The axes that both inputs share, and out_features."""
        first = at_least(self, specs[0], 2, "N, ..., features", "input1")
        second = at_least(self, specs[1], 2, "N, ..., features", "input2")
        fixed(self, first, -1, "features", "input1")
        fixed(self, second, -1, "features", "input2")
        if first.shape[:-1] != second.shape[:-1]:
            message = (
                f"Bilinear takes inputs that differ in the last axis alone, but gets {first} and {second}"
            )
            raise ShapeError(message, port="input2")
        return first.with_shape(*first.shape[:-1], self.out_features)

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with both numbers of features from the wires."""
        first, second = (self.wired(spec).shape[-1] for spec in specs)
        return {"in1_features": first, "in2_features": second, **self.values()}

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """One multiply-add for each weight and position."""
        first, second = (self.wired(spec) for spec in specs)
        weights = count((first.shape[-1], second.shape[-1])) * self.out_features
        return Cost(weights + self.bias * self.out_features, count(first.shape[:-1]) * weights)
