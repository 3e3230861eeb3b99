"""Matrix products of two wires."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.rules import at_least, broadcast, count
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["MatMul"]


class MatMul(Layer):
    """Multiplies the matrices in the last two axes of its inputs, such as the scores of an attention.

    Shape:
        - Input: (N, ..., a, b).
        - Other: (N, ..., b, c).
        - Output: (N, ..., a, c); axes before the last two are stretched where one of them is 1.

    Source: torch.matmul.
    """

    kind: ClassVar[str] = "MatMul"
    category: ClassVar[str] = "Combine"
    inputs: ClassVar[tuple[Port, ...]] = (Port("input"), Port("other"))
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 4)), TensorSpec(("N", 4, 5)))),
        Example((TensorSpec(("N", "T", 8)), TensorSpec(("N", 8, "T")))),
        Example((TensorSpec(("N", 2, "T", "S")), TensorSpec(("N", 1, "S", 5)))),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The rows of the first and the columns of the second."""
        first = at_least(self, specs[0], 2, "..., rows, columns", "input")
        second = at_least(self, specs[1], 2, "..., rows, columns", "other")
        if first.shape[-1] != second.shape[-2]:
            message = (
                f"MatMul needs as many rows in 'other' as columns in 'input', but gets {first} and {second}"
            )
            raise ShapeError(message, port="other")
        before = broadcast(first.shape[:-2], second.shape[:-2])
        if before is None:
            message = f"MatMul takes inputs that are equal before their last two axes, but gets {first} and {second}"
            raise ShapeError(message, port="other")
        return first.with_shape(*before, first.shape[-2], second.shape[-1])

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that multiplies."""
        from netdesigner.compiler.operations.product import MatMul as Module

        return Module()

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        return f"torch.matmul({arguments[0]}, {arguments[1]})"

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """A multiply-add for each element of the output and each column of the first."""
        return Cost(macs=count(self.shape(*specs).shape) * count(self.wired(specs[0]).shape[-1:]))
