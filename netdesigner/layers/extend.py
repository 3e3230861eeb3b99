"""Axes made longer by what is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.axes import sample_axis
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.part import Ints, param
from netdesigner.parts.rules import broadcast
from netdesigner.parts.tensor import BATCH, Dim, TensorSpec, multiply

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Expand", "ExpandAs", "RepeatInterleave", "Tile"]


class _OnAxes(Layer):
    """What the layers here have in common."""

    category: ClassVar[str] = "Shape"

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The module of the same name."""
        from netdesigner.compiler.operations import axes

        module: nn.Module = getattr(axes, self.kind)(**self.arguments(*specs))
        return module


class Expand(_OnAxes):
    """Stretches axes of length 1 by showing the same element again; it takes no memory.

    Shape:
        - Input: (N, ...), or (1, ...) where `like` says how many samples there are, such as a learned class token.
        - Like: (N, ...), read for its batch only.
        - Output: (N, *shape), -1 standing for the length that is there.

    Source: torch.Tensor.expand.
    """

    kind: ClassVar[str] = "Expand"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("input"),
        Port("like", optional=True, help="a tensor to whose batch the first axis is stretched"),
    )
    main: ClassVar[tuple[str, ...]] = ("shape",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 1)), None), {"shape": (-1, 4)}),
        Example((TensorSpec(("N", 1, "T"), "int64"), None), {"shape": (2, -1)}),
        Example((TensorSpec((1, 1, 8)), TensorSpec(("N", "T", 8))), {"shape": (-1, -1)}),
    )

    target: Ints = param(
        (-1,),
        name="shape",
        min=-1,
        help="lengths of one sample's axes, without the batch; −1 leaves one as it is",
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The lengths that are asked for."""
        spec, like = self.wired(specs[0]), specs[1]
        as_it_is = {"shape": (-1,) * (spec.rank - 1)}
        if len(self.target) != spec.rank - 1:
            message = (
                f"Expand needs a length for each of the {spec.rank - 1} axes of a sample of {spec}, but has"
            )
            raise ShapeError(f"{message} shape {list(self.target)}", port="input", changes=(as_it_is,))
        stretched = tuple(map(_stretched, spec.shape[1:], self.target))
        if None in stretched:
            message = f"Expand stretches axes of length 1, but cannot bring {spec} to {['N', *self.target]}"
            raise ShapeError(message.replace("'", ""), port="input", changes=(as_it_is,))
        first = spec.shape[0] if like is None else like.shape[0]
        if first != spec.shape[0] and spec.shape[0] != 1:
            raise ShapeError(f"Expand cannot stretch the batch of {spec} to that of {like}", port="like")
        return spec.with_shape(first, *(dim for dim in stretched if dim is not None))

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        like = arguments[1] if len(arguments) > 1 else "None"
        first = "-1" if like == "None" else f"{like}.shape[0]"
        return f"{arguments[0]}.expand({', '.join([first, *map(str, self.target)])})"


def _stretched(length: Dim, wanted: int) -> Dim | None:
    """A length as it shall be; None where that cannot be."""
    if wanted in (-1, length):
        return length
    return wanted if length == 1 and wanted > 0 else None


class ExpandAs(_OnAxes):
    """Stretches axes of length 1 to those of another tensor, so that both can be joined side by side.

    Shape:
        - Input: (N, ...), each axis as long as that of other, or 1.
        - Other: any, read for its shape only.
        - Output: the shape of other.

    Source: torch.Tensor.expand_as.
    """

    kind: ClassVar[str] = "ExpandAs"
    inputs: ClassVar[tuple[Port, ...]] = (Port("input"), Port("other", help="whose shape is taken on"))
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 1, 1)), TensorSpec(("N", 3, "H", "W")))),
        Example((TensorSpec(("N", 1, 4)), TensorSpec(("N", "T", 4)))),
        Example((TensorSpec((5,), "int64"), TensorSpec(("N", 5)))),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The other one's."""
        spec, other = self.wired(specs[0]), self.wired(specs[1], "other")
        if spec.rank > other.rank or broadcast(spec.shape, other.shape) != other.shape:
            message = f"ExpandAs stretches axes of length 1, but cannot bring {spec} to the shape of {other}"
            raise ShapeError(message, port="other")
        return spec.with_shape(*other.shape)

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        return f"{arguments[0]}.expand_as({arguments[1]})"


class Tile(_OnAxes):
    """Puts the whole after itself several times along its last axes: a b becomes a b a b.

    Shape:
        - Input: any.
        - Output: each of the last axes as many times as long as repeats says.

    Source: torch.tile.
    """

    kind: ClassVar[str] = "Tile"
    main: ClassVar[tuple[str, ...]] = ("repeats",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4)),)),
        Example((TensorSpec(("N", "T", 4)),), {"repeats": (3, 1)}),
        Example((TensorSpec(("N", 3, "H", "W"), "int64"),), {"repeats": (1, 1, 2, 2)}),
    )

    repeats: Ints = param((2,), min=1, help="how many times each of the last axes, in their order")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The last axes made longer."""
        spec = self.wired(specs[0])
        if len(self.repeats) > spec.rank:
            message = f"Tile repeats {len(self.repeats)} axes ({list(self.repeats)}), but gets {spec}"
            raise ShapeError(message, port="input", changes=({"repeats": self.repeats[-1:]},))
        times = (1,) * (spec.rank - len(self.repeats)) + self.repeats
        if any(length == BATCH and number > 1 for length, number in zip(spec.shape, times, strict=True)):
            message = f"Tile would repeat the batch of {spec}, and samples would be mixed up"
            kept = tuple(
                1 if length == BATCH else number for length, number in zip(spec.shape, times, strict=True)
            )
            raise ShapeError(message, port="input", changes=({"repeats": kept},))
        return spec.with_shape(*map(multiply, spec.shape, times))

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        return f"torch.tile({arguments[0]}, {self.repeats})"


class RepeatInterleave(_OnAxes):
    """Puts each position of an axis after itself several times: a b becomes a a b b.

    Shape:
        - Input: any.
        - Output: the axis dim is repeats times as long.

    Source: torch.repeat_interleave; Ainslie et al., "GQA" (2023), for its use on the heads of keys and values.
    """

    kind: ClassVar[str] = "RepeatInterleave"
    main: ClassVar[tuple[str, ...]] = ("repeats", "dim")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 2, "T", 4)),)),
        Example((TensorSpec(("N", "T", 4)),), {"repeats": 3}),
        Example((TensorSpec(("N", 4), "int64"),), {"dim": -1}),
    )

    repeats: int = param(2, min=1, help="how many times each position comes")
    dim: int = param(1, help="the axis whose positions are repeated; 1 is the first behind the batch")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The axis made longer."""
        spec = self.wired(specs[0])
        axis = sample_axis(self, spec, self.dim)
        return spec.with_shape(
            *spec.shape[:axis], multiply(spec.shape[axis], self.repeats), *spec.shape[axis + 1 :]
        )

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        return f"{arguments[0]}.repeat_interleave({self.repeats}, dim={self.dim})"
