"""Elements picked by numbers that come through a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.axes import sample_axis
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import broadcast
from netdesigner.parts.tensor import BATCH, Dim, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Gather", "TakeAlongDim"]

_PICKS = "for each element of the output the position along dim that it is taken from"


class _Picking(Layer):
    """What the two have in common."""

    category: ClassVar[str] = "Shape"
    dtypes: ClassVar[tuple[str, ...]] = ()

    dim: int = param(1, help="the axis along which is picked; 1 is the first behind the batch, −1 the last")

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The module of the same name."""
        from netdesigner.compiler.operations import axes

        module: nn.Module = getattr(axes, self.kind)(**self.arguments(*specs))
        return module

    def index_limits(self, *specs: TensorSpec | None) -> tuple[Dim | None, ...]:
        """As many positions as the input has along dim."""
        spec = self.wired(specs[0])
        return None, spec.shape[self.dim % spec.rank]

    def _picked(self, specs: tuple[TensorSpec | None, ...]) -> tuple[TensorSpec, TensorSpec, int]:
        """Input, index, and the axis."""
        port = self.inputs[1].name
        spec, index = self.wired(specs[0]), self.wired(specs[1], port)
        if index.dtype not in self.dtypes:
            message = (
                f"'{port}' of {self.label()} takes whole numbers (int64), but gets {TensorSpec(index.shape)}"
            )
            raise ShapeError(f"{message} of {index.dtype}", port=port)
        if index.rank != spec.rank:
            message = (
                f"{self.label()} takes as many axes in '{port}' as in 'input', but gets {spec} and {index}"
            )
            raise ShapeError(message, port=port)
        return spec, index, sample_axis(self, spec, self.dim)


class Gather(_Picking):
    """Picks elements along an axis by numbers that come through a wire, one for each element of the output.

    Shape:
        - Input: any.
        - Index: int64, as many axes; no longer than the input but along dim.
        - Output: as index.

    Source: torch.gather.
    """

    kind: ClassVar[str] = "Gather"
    inputs: ClassVar[tuple[Port, ...]] = (Port("input"), Port("index", help=_PICKS))
    main: ClassVar[tuple[str, ...]] = ("dim",)
    dtypes: ClassVar[tuple[str, ...]] = ("int64", "int32")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 3)), TensorSpec(("N", 6, 3), "int64"))),
        Example((TensorSpec(("N", "T", 4)), TensorSpec(("N", "T", 1), "int64")), {"dim": -1}),
        Example((TensorSpec(("N", 4, 5), "int64"), TensorSpec(("N", 2, 3), "int64"))),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """An element for each number."""
        spec, index, axis = self._picked(specs)
        for at, (length, wanted) in enumerate(zip(spec.shape, index.shape, strict=True)):
            if at != axis and not _within(wanted, length):
                message = (
                    f"Gather picks along axis {axis}, so 'index' may be no longer than 'input' along axis {at}, but "
                    f"gets {spec} and {index}"
                )
                raise ShapeError(message, port="index", changes=({"dim": at},) if length != BATCH else ())
        return spec.with_shape(*index.shape)

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        return f"torch.gather({arguments[0]}, {self.dim}, {arguments[1]})"


def _within(wanted: Dim, length: Dim) -> bool:
    """Whether so many positions are there in any case; of the batch all are wanted, or samples would be mixed up."""
    if isinstance(wanted, int) and isinstance(length, int):
        return wanted <= length
    return wanted == length


class TakeAlongDim(_Picking):
    """Picks positions along an axis by numbers that come through a wire, such as one step of each sample.

    Shape:
        - Input: any.
        - Indices: int64, as many axes; of equal lengths but along dim, except that an axis of 1 is stretched.
        - Output: the same with as many positions along dim as indices has.

    Source: torch.take_along_dim.
    """

    kind: ClassVar[str] = "TakeAlongDim"
    inputs: ClassVar[tuple[Port, ...]] = (Port("input"), Port("indices", help=_PICKS))
    main: ClassVar[tuple[str, ...]] = ("dim",)
    dtypes: ClassVar[tuple[str, ...]] = ("int64",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 4)), TensorSpec(("N", 1, 1), "int64"))),
        Example((TensorSpec(("N", 5, 4)), TensorSpec(("N", 3, 4), "int64"))),
        Example((TensorSpec(("N", 2, 5), "int64"), TensorSpec(("N", 1, 2), "int64")), {"dim": -1}),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """As many positions as are named."""
        spec, indices, axis = self._picked(specs)
        others = [at for at in range(spec.rank) if at != axis]
        stretched = broadcast([spec.shape[at] for at in others], [indices.shape[at] for at in others])
        if stretched is None:
            message = (
                f"TakeAlongDim picks along axis {axis} and takes inputs of equal lengths along the others (an axis of "
                f"1 is stretched), but gets {spec} and {indices}"
            )
            pairs = enumerate(zip(spec.shape, indices.shape, strict=True))
            apart = [at for at, (first, second) in pairs if broadcast((first,), (second,)) is None]
            changes = ({"dim": apart[0]},) if len(apart) == 1 and spec.shape[apart[0]] != BATCH else ()
            raise ShapeError(message, port="indices", changes=changes)
        return spec.with_shape(*stretched[:axis], indices.shape[axis], *stretched[axis:])

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        return f"torch.take_along_dim({arguments[0]}, {arguments[1]}, dim={self.dim})"
