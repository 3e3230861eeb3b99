"""Means over whole axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Ints, param
from netdesigner.parts.rules import axis_of
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Mean"]


class Mean(Layer):
    """Takes the mean over some axes, such as all positions of an image or all steps of a sequence.

    Shape:
        - Input: any.
        - Output: without the axes in dim, or with 1 in their place if keepdim is on.

    Source: torch.mean; Lin et al., "Network in network" (2013), for its use.
    """

    kind: ClassVar[str] = "Mean"
    category: ClassVar[str] = "Pooling"
    main: ClassVar[tuple[str, ...]] = ("dim",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 8)),)),
        Example((TensorSpec(("N", 3, 4, 5)),), {"dim": (2, 3)}),
        Example((TensorSpec(("N", 3, "H", "W")),), {"dim": (-1, -2), "keepdim": True}),
    )

    dim: Ints = param((1,), help="the axes to take the mean over; (2, 3) are the positions of an image")
    keepdim: bool = param(False, help="leave an axis of length 1 in their place")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What is left of the axes."""
        spec = self.need(specs[0])
        axes = {axis_of(self, spec, dim, last=(-1,)) for dim in self.dim}
        if not axes or len(axes) < len(self.dim):
            raise ShapeError(
                f"Mean needs one or more different axes of {spec}, but has dim {list(self.dim)}",
                changes=({"dim": (-1,)},),
            )
        if any(spec.shape[axis] == BATCH for axis in axes):
            message = (
                f"Mean over {list(self.dim)} of {spec} includes the batch, and samples would be mixed up"
            )
            raise ShapeError(message, port="input", changes=({"dim": (-1,)},))
        if self.keepdim:
            return spec.with_shape(*(1 if at in axes else dim for at, dim in enumerate(spec.shape)))
        return spec.with_shape(*(dim for at, dim in enumerate(spec.shape) if at not in axes))

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that averages."""
        from netdesigner.compiler.operations.reduction import Mean as Module

        return Module(self.dim, self.keepdim)

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        axes = f"({', '.join(map(str, self.dim))}{',' if len(self.dim) == 1 else ''})"
        keep = ", keepdim=True" if self.keepdim else ""
        return f"{arguments[0]}.mean(dim={axes}{keep})"
