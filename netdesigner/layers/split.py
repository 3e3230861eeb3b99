"""One tensor as several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import ParameterError, ShapeError
from netdesigner.parts.layer import Example, Port, VaryingLayer
from netdesigner.parts.part import Ints, param
from netdesigner.parts.rules import axis_of, quotient
from netdesigner.parts.tensor import Dim, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Chunk", "Split"]

_MOST = 256
"""How many pieces there may be: each is a port."""

_DIM_HELP = "the axis along which the tensor is cut; 1 are the channels of an image, −1 is the last"


class _Pieces(VaryingLayer):
    """What the two have in common: an output for each piece, counted from 1."""

    category: ClassVar[str] = "Shape"

    @classmethod
    def _outputs(cls, pieces: int) -> tuple[Port, ...]:
        return tuple(Port(f"output_{number}") for number in range(1, min(pieces, _MOST) + 1))

    @classmethod
    def _number(cls, port: str) -> int:
        """How many pieces it takes for a port of this name to be there; 0 where no number would do."""
        digits = port.removeprefix("output_")
        number = int(digits) if digits.isdecimal() and len(digits) < 4 else 0
        return number if number <= _MOST and port == f"output_{number}" else 0


def _even(length: int, pieces: int) -> tuple[int, ...]:
    """A length as so many lengths that differ by 1 at most, fewer where it is too short."""
    pieces = max(1, min(pieces, length))
    return tuple((length + at) // pieces for at in reversed(range(pieces)))


class Split(_Pieces):
    """Cuts a tensor into pieces of given lengths along an axis, such as the channels for two branches.

    Shape:
        - Input: any, with as many elements along dim as all pieces together.
        - Output_1, output_2, ...: the same, each with its length along dim.

    Source: torch.split; Szegedy et al., "Going deeper with convolutions" (2014), for branches side by side.
    """

    kind: ClassVar[str] = "Split"
    outputs: ClassVar[tuple[Port, ...]] = (Port("output_1"), Port("output_2"))
    main: ClassVar[tuple[str, ...]] = ("split_size_or_sections", "dim")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 64, 8, 8)),)),
        Example((TensorSpec(("N", "T", 9)),), {"split_size_or_sections": (2, 3, 4), "dim": -1}),
        Example((TensorSpec(("N", 3, 2), "int64"),), {"split_size_or_sections": (3,)}),
    )

    split_size_or_sections: Ints = param((32, 32), min=1, help="the length of each piece; an output for each")
    dim: int = param(1, help=_DIM_HELP)

    @classmethod
    def ports(cls, params: Mapping[str, Any]) -> tuple[tuple[Port, ...], tuple[Port, ...]]:
        """An output for each piece."""
        return cls.inputs, cls._outputs(len(params["split_size_or_sections"]))

    def check_together(self) -> None:
        """Holds the number of pieces within what can be drawn."""
        if len(self.split_size_or_sections) > _MOST:
            raise ParameterError("split_size_or_sections", f"expected at most {_MOST} lengths")

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        """The lengths along the axis."""
        spec, sizes = self.wired(specs[0]), self.split_size_or_sections
        length = spec.shape[self.dim] if -spec.rank <= self.dim < spec.rank else None
        if not sizes or length != sum(sizes):
            raise self._misfit(spec, length)
        axis = self.dim % spec.rank
        return tuple(spec.with_shape(*spec.shape[:axis], size, *spec.shape[axis + 1 :]) for size in sizes)

    def _misfit(self, spec: TensorSpec, length: object) -> ShapeError:
        sizes = list(self.split_size_or_sections)
        if length is None:
            message = f"Split has dim {self.dim}, but {spec} has the axes 0 to {spec.rank - 1}"
        else:
            there = f"{length} there" if isinstance(length, int) else f"the free length {length} there"
            message = (
                f"Split cuts axis {self.dim} into {sizes}, {sum(sizes)} together, but {spec} has {there}"
            )
        return ShapeError(message, port="input", changes=(*self._other_dims(spec), *self._other_sizes(spec)))

    def _other_dims(self, spec: TensorSpec) -> Iterator[Mapping[str, object]]:
        axes = [axis for axis in range(1, spec.rank) if spec.shape[axis] == sum(self.split_size_or_sections)]
        return ({"dim": axis} for axis in axes)

    def _other_sizes(self, spec: TensorSpec) -> Iterator[Mapping[str, object]]:
        """The last piece longer or shorter, else pieces of nearly equal length; along another axis if need be."""
        sizes = self.split_size_or_sections
        present = [self.dim] if -spec.rank <= self.dim < spec.rank else []
        for dim in (*present, *range(1, spec.rank)):
            length = spec.shape[dim]
            if isinstance(length, int) and length > 0:
                there = {} if dim == self.dim else {"dim": dim}
                rest = length - sum(sizes[:-1])
                found = [(*sizes[:-1], rest)] if sizes and rest > 0 else []
                for pieces in dict.fromkeys([*found, _even(length, len(sizes))]):
                    yield {"split_size_or_sections": pieces, **there}
                return

    def gaining(self, port: str, *specs: TensorSpec | None) -> tuple[Mapping[str, object], ...]:
        """What is left of the axis for the further pieces, or the last piece cut up for them, or even pieces."""
        sizes, spec, wanted = self.split_size_or_sections, specs[0], self._number(port)
        if not sizes or wanted <= len(sizes) or spec is None or not -spec.rank <= self.dim < spec.rank:
            return ()
        length, more = spec.shape[self.dim], wanted - len(sizes)
        if not isinstance(length, int):
            return ()
        rest = length - sum(sizes)
        found = [
            (*sizes, *_even(rest, more)),
            (*sizes[:-1], *_even(sizes[-1] + rest, more + 1)),
            _even(length, wanted),
        ]
        fitting = [
            pieces for pieces in found if len(pieces) == wanted and min(pieces) > 0 and sum(pieces) == length
        ]
        return tuple({"split_size_or_sections": pieces} for pieces in dict.fromkeys(fitting))

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that cuts."""
        from netdesigner.compiler.operations.split import Split as Module

        return Module(self.split_size_or_sections, self.dim)

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        sizes = list(self.split_size_or_sections)
        return _whole(f"torch.split({arguments[0]}, {sizes}, dim={self.dim})", len(sizes))


class Chunk(_Pieces):
    """Cuts a tensor into pieces of equal length along an axis, such as queries, keys and values of one projection.

    Shape:
        - Input: any, with a length along dim that can be cut so.
        - Output_1, output_2, ...: the same; where the length is no multiple of chunks, the last piece is shorter.

    Source: torch.chunk; Dauphin et al., "Language modeling with gated convolutional networks" (2016), for its use.
    """

    kind: ClassVar[str] = "Chunk"
    outputs: ClassVar[tuple[Port, ...]] = (Port("output_1"), Port("output_2"))
    main: ClassVar[tuple[str, ...]] = ("chunks", "dim")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 6, 4)),)),
        Example((TensorSpec(("N", "T", 8)),), {"chunks": 3, "dim": -1}),
        Example((TensorSpec(("N", 5), "int64"),), {"chunks": 1}),
    )

    chunks: int = param(2, min=1, max=_MOST, help="how many pieces; an output for each")
    dim: int = param(1, help=_DIM_HELP)

    @classmethod
    def ports(cls, params: Mapping[str, Any]) -> tuple[tuple[Port, ...], tuple[Port, ...]]:
        """An output for each piece."""
        return cls.inputs, cls._outputs(params["chunks"])

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        """The length along the axis by the number of pieces, rounded up; the rest in the last piece."""
        spec = self.wired(specs[0])
        axis = axis_of(self, spec, self.dim)
        lengths = _lengths(spec.shape[axis], self.chunks)
        if lengths is None:
            raise self._misfit(spec, spec.shape[axis])
        return tuple(
            spec.with_shape(*spec.shape[:axis], length, *spec.shape[axis + 1 :]) for length in lengths
        )

    def _misfit(self, spec: TensorSpec, length: Dim) -> ShapeError:
        other = tuple(
            {"dim": axis}
            for axis in range(1, spec.rank)
            if _lengths(spec.shape[axis], self.chunks) is not None
        )
        if isinstance(length, str):
            message = f"Chunk cannot cut the free length {length} of {spec} into {self.chunks} equal pieces"
            return ShapeError(message, port="input", changes=(*other, {"chunks": 1}))
        size = -(-length // self.chunks)
        pieces = -(-length // size)
        message = f"Chunk cannot cut {length} into {self.chunks} pieces: of {size} each there would be only {pieces}"
        return ShapeError(message, port="input", changes=({"chunks": pieces}, *other))

    def gaining(self, port: str, *specs: TensorSpec | None) -> tuple[Mapping[str, object], ...]:
        """As many pieces as it takes."""
        wanted = self._number(port)
        return ({"chunks": wanted},) if wanted > self.chunks else ()

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that cuts."""
        from netdesigner.compiler.operations.split import Chunk as Module

        return Module(self.chunks, self.dim)

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        return _whole(f"torch.chunk({arguments[0]}, {self.chunks}, dim={self.dim})", self.chunks)


def _lengths(length: Dim, chunks: int) -> tuple[Dim, ...] | None:
    """The lengths of so many pieces as torch cuts them; None where there would be fewer, or it cannot be told."""
    if isinstance(length, int):
        size = max(1, -(-length // chunks))
        rest = length - size * (chunks - 1)
        return (*[size] * (chunks - 1), rest) if rest > 0 else None
    each = quotient((length,), chunks)
    return None if each is None else (each,) * chunks


def _whole(source: str, pieces: int) -> str:
    """Source whose value is what a layer with so many outputs gives: of one piece not a tuple, but the piece."""
    return source if pieces > 1 else f"{source}[0]"
