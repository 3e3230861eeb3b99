"""Tensors combined element by element."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.rules import broadcast, promoted
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Add", "Multiply"]


class _Elementwise(Layer):
    """What the two have in common."""

    category: ClassVar[str] = "Combine"
    inputs: ClassVar[tuple[Port, ...]] = (Port("inputs", variadic=True, least=2, help="what is combined"),)
    sign: ClassVar[str] = ""
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 4, 4)), TensorSpec(("N", 3, 4, 4)))),
        Example((TensorSpec(("N", 3, 4, 4)), TensorSpec(("N", 3, 1, 1)), TensorSpec(("N", 1, 4, 4)))),
        Example((TensorSpec(("N", "T", 8)), TensorSpec(("N", "T", 1)))),
        Example((TensorSpec(("N", 2), "int64"), TensorSpec(("N", 2)))),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The common shape, an axis of 1 stretched to the others."""
        found = [self.wired(spec, "inputs") for spec in specs]
        result = found[0]
        for spec in found[1:]:
            shape = broadcast(result.shape, spec.shape)
            if shape is None:
                sides = f"{found[0]} and {spec}"
                message = f"{self.label()} takes inputs of equal shape (an axis of 1 is stretched), but gets {sides}"
                raise ShapeError(message, port="inputs")
            result = result.with_shape(*shape)
        return result.with_dtype(promoted(found))

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that combines."""
        from netdesigner.compiler.operations import elementwise

        module: nn.Module = getattr(elementwise, self.kind)()
        return module

    def call(self, module: str, *arguments: str) -> str:
        """The operator between all arguments."""
        return f" {self.sign} ".join(arguments)


class Add(_Elementwise):
    """Adds its inputs element by element, as where a residual branch comes back.

    Shape:
        - Inputs: of equal shape, except that an axis of 1 is stretched.
        - Output: the same.

    Source: torch.add; He et al., "Deep residual learning for image recognition" (2015), for its use.
    """

    kind: ClassVar[str] = "Add"
    sign: ClassVar[str] = "+"


class Multiply(_Elementwise):
    """Multiplies its inputs element by element, as a gate does.

    Shape:
        - Inputs: of equal shape, except that an axis of 1 is stretched.
        - Output: the same.

    Source: torch.mul; Hu et al., "Squeeze-and-excitation networks" (2017), for its use.
    """

    kind: ClassVar[str] = "Multiply"
    sign: ClassVar[str] = "*"
