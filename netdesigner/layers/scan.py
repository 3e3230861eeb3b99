"""What runs along one axis and keeps its order: sums so far, and the best few."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.axes import sample_axis
from netdesigner.parts.elements import numbers
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["CumulativeSum", "TopK"]


class CumulativeSum(Layer):
    """Adds up all elements so far along an axis, such as steps to positions.

    Shape:
        - Input: any.
        - Output: the same; whole numbers as int64.

    Source: torch.cumsum.
    """

    kind: ClassVar[str] = "CumulativeSum"
    category: ClassVar[str] = "Reduction"
    main: ClassVar[tuple[str, ...]] = ("dim",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 8)),)),
        Example((TensorSpec(("N", 3, 4)),), {"dim": -1}),
        Example((TensorSpec(("N", "T"), "int64"),)),
        Example((TensorSpec(("N", "T"), "bool"),)),
    )

    dim: int = param(1, help="the axis along which is added; 1 are the steps of a sequence")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came; sums of whole numbers are long ones."""
        spec = self.wired(specs[0])
        sample_axis(self, spec, self.dim)
        return spec if spec.is_float else spec.with_dtype("int64")

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that adds up."""
        from netdesigner.compiler.operations.reduction import CumulativeSum as Module

        return Module(self.dim)

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        return f"{arguments[0]}.cumsum({self.dim})"


class TopK(Layer):
    """Keeps the few largest numbers along an axis, the largest first, and says where they stood.

    Shape:
        - Input: any; numbers.
        - Values: the same with k along dim.
        - Indices: likewise, int64.

    Source: torch.topk; Shazeer et al., "Outrageously large neural networks" (2017), for its use.
    """

    kind: ClassVar[str] = "TopK"
    category: ClassVar[str] = "Reduction"
    outputs: ClassVar[tuple[Port, ...]] = (
        Port("values", help="the numbers"),
        Port("indices", help="where they stood along the axis"),
    )
    main: ClassVar[tuple[str, ...]] = ("k", "dim")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 10)),)),
        Example((TensorSpec(("N", "T", 8)),), {"k": 2}),
        Example((TensorSpec(("N", 6, 5)),), {"k": 3, "dim": 1, "largest": False}),
    )

    k: int = param(1, min=1, help="how many are kept")
    dim: int = param(-1, help="the axis along which is selected; −1 is the last")
    largest: bool = param(True, help="keep the largest ones; off: the smallest")

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        """k elements along the axis."""
        spec = numbers(self, specs[0])
        axis = sample_axis(self, spec, self.dim)
        length = spec.shape[axis]
        if not isinstance(length, int):
            fixed = [at for at, dim in enumerate(spec.shape) if isinstance(dim, int)]
            message = (
                f"TopK keeps {self.k} along axis {axis} of {spec}, whose free length {length} may be shorter"
            )
            raise ShapeError(message, port="input", changes=tuple({"dim": at} for at in reversed(fixed)))
        if length < self.k:
            message = f"TopK keeps {self.k} along axis {axis} of {spec}, which has {length}"
            raise ShapeError(message, port="input", changes=({"k": length},))
        found = spec.with_shape(*spec.shape[:axis], self.k, *spec.shape[axis + 1 :])
        return found, found.with_dtype("int64")

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that selects."""
        from netdesigner.compiler.operations.reduction import TopK as Module

        return Module(self.k, self.dim, self.largest)

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        smallest = "" if self.largest else ", largest=False"
        return f"{arguments[0]}.topk({self.k}, dim={self.dim}{smallest})"
