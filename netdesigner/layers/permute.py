"""Axes in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Ints, param
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Permute"]


class Permute(Layer):
    """Puts the axes in another order, such as channels behind the steps of a sequence.

    Shape:
        - Input: any.
        - Output: its axis i is axis dims[i] of the input.

    Source: torch.permute.
    """

    kind: ClassVar[str] = "Permute"
    category: ClassVar[str] = "Shape"
    main: ClassVar[tuple[str, ...]] = ("dims",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, "T")),), {"dims": (0, 2, 1)}),
        Example((TensorSpec(("N", "T", 4), "int64"),), {"dims": (1, 0, -1)}),
        Example((TensorSpec(("N", 3, 4, 5)),), {"dims": (0, 2, 3, 1)}),
    )

    dims: Ints = param((0, 2, 1), help="for each axis of the output the axis it was, 0 being the batch")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The lengths in the new order."""
        spec = self.wired(specs[0])
        axes = tuple(dim + spec.rank if dim < 0 else dim for dim in self.dims)
        if sorted(axes) != list(range(spec.rank)):
            message = f"Permute must name each of the {spec.rank} axes of {spec} once, but has dims {list(self.dims)}"
            swapped = (*range(spec.rank - 2), spec.rank - 1, spec.rank - 2) if spec.rank > 1 else (0,)
            raise ShapeError(message, port="input", changes=({"dims": swapped},))
        return spec.with_shape(*(spec.shape[axis] for axis in axes))

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that reorders."""
        from netdesigner.compiler.operations.shape import Permute as Module

        return Module(self.dims)

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        return f"{arguments[0]}.permute({', '.join(map(str, self.dims))})"
