"""Tensors along an axis of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import promoted
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Stack", "Unsqueeze"]


def _new_axis(layer: Layer, spec: TensorSpec, dim: int, port: str) -> int:
    """Where a new axis goes, counted from 0.

    Raises:
        ShapeError: there is no such place.
    """
    if not -spec.rank - 1 <= dim <= spec.rank:
        message = f"{layer.label()} has dim {dim}, but a new axis of {spec} can stand at 0 to {spec.rank}"
        raise ShapeError(message, port=port, changes=({"dim": -1},))
    return dim % (spec.rank + 1)


class _OnAxes(Layer):
    """What the layers here have in common."""

    category: ClassVar[str] = "Shape"

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The module of the same name."""
        from netdesigner.compiler.operations import axes

        module: nn.Module = getattr(axes, self.kind)(**self.arguments(*specs))
        return module


class Stack(_OnAxes):
    """Joins its inputs along a new axis, such as the results of several branches that are weighed later.

    Shape:
        - Inputs: of equal shape.
        - Output: the same with an axis more, as long as there are inputs.

    Source: torch.stack.
    """

    kind: ClassVar[str] = "Stack"
    category: ClassVar[str] = "Combine"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("tensors", variadic=True, help="what is joined, in the order of the wires"),
    )
    main: ClassVar[tuple[str, ...]] = ("dim",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4)), TensorSpec(("N", 4)))),
        Example((TensorSpec(("N", "T", 2)),) * 3, {"dim": -1}),
        Example((TensorSpec(("N", 2, 3)), TensorSpec(("N", 2, 3), "int64")), {"dim": 2}),
    )

    dim: int = param(1, help="where the new axis stands; 1 is right behind the batch, −1 last")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """An axis more."""
        found = [self.wired(spec, "tensors") for spec in specs]
        first = found[0]
        for spec in found[1:]:
            if spec.shape != first.shape:
                message = f"Stack takes inputs of equal shape, but gets {first} and {spec}"
                raise ShapeError(message, port="tensors")
        axis = _new_axis(self, first, self.dim, "tensors")
        return TensorSpec((*first.shape[:axis], len(found), *first.shape[axis:]), promoted(found))

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        joined = ", ".join(arguments) + ("," if len(arguments) == 1 else "")
        return f"torch.stack(({joined}), dim={self.dim})"


class Unsqueeze(_OnAxes):
    """Puts in an axis of length 1, along which other tensors can be joined or this one be stretched.

    Shape:
        - Input: any.
        - Output: the same with an axis of 1 at dim.

    Source: torch.unsqueeze.
    """

    kind: ClassVar[str] = "Unsqueeze"
    main: ClassVar[tuple[str, ...]] = ("dim",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4)),)),
        Example((TensorSpec(("N", "T"), "int64"),), {"dim": -1}),
        Example((TensorSpec(("N", 4, 5)),), {"dim": -3}),
    )

    dim: int = param(1, help="where the new axis stands; 1 is right behind the batch, −1 last")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """An axis more."""
        spec = self.wired(specs[0])
        axis = _new_axis(self, spec, self.dim, "input")
        return spec.with_shape(*spec.shape[:axis], 1, *spec.shape[axis:])

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        return f"{arguments[0]}.unsqueeze({self.dim})"
