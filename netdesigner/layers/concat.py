"""Tensors side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import axis_of, promoted
from netdesigner.parts.tensor import BATCH, TensorSpec, total

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Concat"]


class Concat(Layer):
    """Joins its inputs one after another along an axis, such as the channels of two branches.

    Shape:
        - Inputs: of equal lengths, except along dim.
        - Output: the same with the sum of the lengths along dim.

    Source: torch.cat; Huang et al., "Densely connected convolutional networks" (2016), for its use.
    """

    kind: ClassVar[str] = "Concat"
    category: ClassVar[str] = "Combine"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("inputs", variadic=True, help="what is joined, in the order of the wires"),
    )
    main: ClassVar[tuple[str, ...]] = ("dim",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 4, 4)), TensorSpec(("N", 5, 4, 4)))),
        Example(
            (TensorSpec(("N", "T", 2)), TensorSpec(("N", "T", 3)), TensorSpec(("N", "T", 4))), {"dim": -1}
        ),
        Example((TensorSpec(("N", "T", 2)), TensorSpec(("N", 1, 2)))),
        Example((TensorSpec(("N", 2)), TensorSpec(("N", 3), "int64"))),
    )

    dim: int = param(1, help="the axis along which the inputs are joined; 1 are the channels of an image")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The lengths along the axis added up."""
        found = [self.wired(spec, "inputs") for spec in specs]
        first = found[0]
        axis = axis_of(self, first, self.dim, port="inputs")
        for spec in found[1:]:
            if spec.rank != first.rank:
                raise ShapeError(
                    f"Concat joins inputs of as many axes, but gets {first} and {spec}", port="inputs"
                )
            apart = [at for at in range(first.rank) if at != axis and first.shape[at] != spec.shape[at]]
            if apart:
                raise self._misfit(first, spec, axis, apart)
        if len(found) > 1 and first.shape[axis] == BATCH:
            message = (
                f"Concat would join {first} and {found[1]} along the batch, and samples would be mixed up"
            )
            raise ShapeError(message, port="inputs", changes=({"dim": 1}, {"dim": -1}))
        length = total(spec.shape[axis] for spec in found)
        return TensorSpec((*first.shape[:axis], length, *first.shape[axis + 1 :]), promoted(found))

    def _misfit(self, first: TensorSpec, spec: TensorSpec, axis: int, apart: list[int]) -> ShapeError:
        message = (
            f"Concat joins {first} and {spec} along axis {axis}, but they differ along axis {apart[0]} too"
        )
        all_apart = [at for at in range(first.rank) if first.shape[at] != spec.shape[at]]
        return ShapeError(
            message, port="inputs", changes=({"dim": all_apart[0]},) if len(all_apart) == 1 else ()
        )

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that joins."""
        from netdesigner.compiler.operations.shape import Concat as Module

        return Module(self.dim)

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        joined = ", ".join(arguments) + ("," if len(arguments) == 1 else "")
        return f"torch.cat(({joined}), dim={self.dim})"
