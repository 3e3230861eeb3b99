"""Any other shape for the same elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Ints, param
from netdesigner.parts.rules import divide
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Reshape"]


class Reshape(Layer):
    """Gives each sample's elements another shape, keeping their order and the batch.

    Shape:
        - Input: (N, ...).
        - Output: (N, *shape), with as many elements.

    Source: torch.reshape.
    """

    kind: ClassVar[str] = "Reshape"
    category: ClassVar[str] = "Shape"
    main: ClassVar[tuple[str, ...]] = ("shape",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 64)),), {"shape": (1, 8, 8)}),
        Example((TensorSpec(("N", "T", 12)),), {"shape": (-1, 3, 4)}),
        Example((TensorSpec(("N", 3, 4), "int64"),), {"shape": (-1,)}),
        Example((TensorSpec(("N",)),), {"shape": (1,)}),
    )

    target: Ints = param(
        (-1,),
        name="shape",
        min=-1,
        help="lengths of one sample's axes, without the batch; one may be −1 and is worked out",
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The batch and the lengths that are asked for."""
        spec = self.wired(specs[0])
        return spec.with_shape(spec.shape[0], *divide(self, spec, spec.shape[1:], self.target, "shape"))

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that reshapes."""
        from netdesigner.compiler.operations.shape import Reshape as Module

        return Module(self.target)

    def call(self, module: str, *arguments: str) -> str:
        """A reshape that leaves the batch open."""
        lengths = "".join(f", {length}" for length in self.target)
        return f"{arguments[0]}.reshape({arguments[0]}.shape[0]{lengths})"
