"""Images cut into patches or windows, and put together again.

A window is no sample of its own here, as it is where the windows are counted with the batch: they have an axis behind
it. So the batch stays the first axis and as long as it was, all layers that take further axes in front work on windows
too, and a mask over the windows of an image (`ShiftedWindowMask`) is added without knowing how many images there are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import fixed, nearest_divisor, quotient, sizes
from netdesigner.parts.tensor import Dim, TensorSpec, product

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Patchify", "Unpatchify", "WindowMerge", "WindowPartition"]

_OUTPUT_HELP = "height and width of the whole image; empty: as many {} beside as above each other"
_CALLED = {"patch_size": "patches", "window_size": "windows"}
"""What the pieces are called whose size a parameter is."""
_LONGEST_SIDE = 1024
"""The longest side of a patch that is proposed."""


class _Pieces(Layer):
    """What the four have in common."""

    category: ClassVar[str] = "Shape"
    piece: ClassVar[str] = ""

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of a piece."""
        height, width = sizes(getattr(self, self.piece), 2)
        return height, width

    @property
    def called(self) -> str:
        """What the pieces are called, with their size."""
        return f"{_CALLED[self.piece]} of {self.size[0]} x {self.size[1]}"

    def pieces(self, spec: TensorSpec, lengths: tuple[Dim, Dim]) -> Dim:
        """How many pieces an image of a height and width has.

        Raises:
            ShapeError: it cannot be cut evenly.
        """
        counts = [quotient((length,), side) for length, side in zip(lengths, self.size, strict=True)]
        if None in counts:
            message = f"{self.label()} cannot cut {lengths[0]} x {lengths[1]} positions of {spec} into {self.called}"
            message = f"{message} without a rest"
            sides = tuple(
                nearest_divisor(length, side) if isinstance(length, int) else 1
                for length, side in zip(lengths, self.size, strict=True)
            )
            raise ShapeError(message, port="input", changes=({self.piece: sides},))
        return product(count for count in counts if count is not None)

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The size of a piece along both axes."""
        return {self.piece: self.size}

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The module of the same name."""
        from netdesigner.compiler.operations import patches

        module: nn.Module = getattr(patches, self.kind)(**self.arguments(*specs))
        return module


class _Whole(_Pieces):
    """What the two that put together have in common."""

    output_size: Size | None = None

    def whole(self, spec: TensorSpec) -> tuple[int, int]:
        """Height and width of the image that the pieces make.

        Raises:
            ShapeError: there are not as many as it takes.
        """
        pieces = fixed(self, spec, 1, _CALLED[self.piece])
        if self.output_size is None:
            across = math.isqrt(pieces)
            if across * across == pieces:
                return across * self.size[0], across * self.size[1]
            message = f"{self.label()} cannot lay the {pieces} {_CALLED[self.piece]} of {spec} into a square"
            raise ShapeError(message, port="input", changes=({"output_size": self._fitting(pieces)},))
        height, width = sizes(self.output_size, 2)
        counts = [quotient((length,), side) for length, side in zip((height, width), self.size, strict=True)]
        if None in counts or product(count for count in counts if count is not None) != pieces:
            message = f"{self.label()} cannot make {height} x {width} positions of the {pieces} {self.called} in {spec}"
            raise ShapeError(message, port="input", changes=({"output_size": self._fitting(pieces)},))
        return height, width

    def _fitting(self, pieces: int) -> tuple[int, int]:
        rows = nearest_divisor(pieces, math.isqrt(pieces))
        return rows * self.size[0], pieces // rows * self.size[1]

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The size of a piece and of the image along both axes."""
        return {self.piece: self.size, "output_size": self.whole(self.wired(specs[0]))}


class Patchify(_Pieces):
    """Cuts an image into patches and lays each out as a row of numbers, such as the words of a vision transformer.

    Shape:
        - Input: (N, C, H, W), H and W multiples of the patch's.
        - Output: (N, patches, C·h·w); patches row by row, in each the channels one after another.

    Source: Dosovitskiy et al., "An image is worth 16x16 words" (2020); the order is that of torch.nn.Unfold.
    """

    kind: ClassVar[str] = "Patchify"
    main: ClassVar[tuple[str, ...]] = ("patch_size",)
    piece: ClassVar[str] = "patch_size"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 8, 8)),), {"patch_size": 4}),
        Example((TensorSpec(("N", 2, 6, 8)),), {"patch_size": (3, 2)}),
        Example((TensorSpec(("N", 1, "4*H", "4*W"), "int64"),), {"patch_size": 4}),
    )

    patch_size: Size = param(16, min=1, axes=2, help="height and width of a patch")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """Patches and the numbers in each."""
        spec = _of_rank(self, specs[0], 4, "N, C, H, W")
        batch, channels, height, width = spec.shape
        return spec.with_shape(batch, self.pieces(spec, (height, width)), product((channels, *self.size)))

    def call(self, module: str, *arguments: str) -> str:
        """Each axis split in two, and what belongs together brought together."""
        height, width = self.size
        cut = f"{arguments[0]}.unflatten(3, (-1, {width})).unflatten(2, (-1, {height}))"
        return f"{cut}.permute(0, 2, 4, 1, 3, 5).flatten(3).flatten(1, 2)"


class Unpatchify(_Whole):
    """Puts patches together to an image, as at the end of a masked autoencoder or a diffusion transformer.

    Shape:
        - Input: (N, patches, C·h·w), as Patchify gives it.
        - Output: (N, C, H, W).

    Source: He et al., "Masked autoencoders are scalable vision learners" (2021); the order is that of torch.nn.Fold.
    """

    kind: ClassVar[str] = "Unpatchify"
    main: ClassVar[tuple[str, ...]] = ("patch_size", "output_size")
    piece: ClassVar[str] = "patch_size"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 48)),), {"patch_size": 4}),
        Example((TensorSpec(("N", 8, 12)),), {"patch_size": (3, 2), "output_size": (6, 8)}),
        Example((TensorSpec(("N", 6, 4), "int64"),), {"patch_size": 2, "output_size": (4, 6)}),
    )

    patch_size: Size = param(16, min=1, axes=2, help="height and width of a patch")
    output_size: Size | None = param(None, min=1, axes=2, help=_OUTPUT_HELP.format("patches"))

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The image."""
        spec = _of_rank(self, specs[0], 3, "N, patches, numbers in each")
        channels = quotient(spec.shape[2:], math.prod(self.size))
        if channels is None:
            message = (
                f"{self.label()} cannot make {self.called} of the {spec.shape[2]} numbers in each of {spec}"
            )
            raise ShapeError(message, port="input", changes=tuple(self._mended(spec)))
        return spec.with_shape(spec.shape[0], channels, *self.whole(spec))

    def _mended(self, spec: TensorSpec) -> Iterator[Mapping[str, object]]:
        """Sizes of patches that fit, the largest square ones first; then with an image that they fill."""
        pieces, numbers = spec.shape[1:]
        if isinstance(numbers, int) and isinstance(pieces, int):
            squares = range(min(math.isqrt(numbers), _LONGEST_SIDE), 0, -1)
            fitting = [side for side in squares if numbers % (side * side) == 0]
            rows = nearest_divisor(pieces, math.isqrt(pieces))
            yield from ({"patch_size": side} for side in fitting)
            for side in fitting:
                yield {"patch_size": side, "output_size": (rows * side, pieces // rows * side)}


class WindowPartition(_Pieces):
    """Cuts an image into windows, in each of which positions attend to each other alone.

    Shape:
        - Input: (N, H, W, C), H and W multiples of the window's.
        - Output: (N, windows, h·w, C); windows row by row, and so the positions in each.

    Source: Liu et al., "Swin transformer" (2021).
    """

    kind: ClassVar[str] = "WindowPartition"
    title: ClassVar[str] = "Window partition"
    main: ClassVar[tuple[str, ...]] = ("window_size",)
    piece: ClassVar[str] = "window_size"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 8, 8, 3)),), {"window_size": 4}),
        Example((TensorSpec(("N", 6, 8, 2)),), {"window_size": (3, 2)}),
        Example((TensorSpec(("N", "7*H", 14, 5)),)),
    )

    window_size: Size = param(7, min=1, axes=2, help="height and width of a window")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """Windows and the positions in each."""
        spec = _of_rank(self, specs[0], 4, "N, H, W, C")
        batch, height, width, channels = spec.shape
        return spec.with_shape(batch, self.pieces(spec, (height, width)), math.prod(self.size), channels)

    def call(self, module: str, *arguments: str) -> str:
        """Each axis split in two, and what belongs together brought together."""
        height, width = self.size
        cut = f"{arguments[0]}.unflatten(2, (-1, {width})).unflatten(1, (-1, {height}))"
        return f"{cut}.transpose(2, 3).flatten(3, 4).flatten(1, 2)"


class WindowMerge(_Whole):
    """Puts windows together to an image.

    Shape:
        - Input: (N, windows, h·w, C), as WindowPartition gives it.
        - Output: (N, H, W, C).

    Source: Liu et al., "Swin transformer" (2021).
    """

    kind: ClassVar[str] = "WindowMerge"
    title: ClassVar[str] = "Window merge"
    main: ClassVar[tuple[str, ...]] = ("window_size", "output_size")
    piece: ClassVar[str] = "window_size"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 16, 3)),), {"window_size": 4}),
        Example((TensorSpec(("N", 8, 6, 2)),), {"window_size": (3, 2), "output_size": (6, 8)}),
        Example((TensorSpec(("N", 2, 49, "W")),), {"output_size": (7, 14)}),
    )

    window_size: Size = param(7, min=1, axes=2, help="height and width of a window")
    output_size: Size | None = param(None, min=1, axes=2, help=_OUTPUT_HELP.format("windows"))

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The image."""
        spec = _of_rank(self, specs[0], 4, "N, windows, positions, C")
        positions = fixed(self, spec, 2, "positions in a window")
        if positions != math.prod(self.size):
            message = (
                f"{self.label()} has {self.called}, but the windows in {spec} have {positions} positions"
            )
            raise ShapeError(message, port="input", changes=tuple(self._mended(positions)))
        return spec.with_shape(spec.shape[0], *self.whole(spec), spec.shape[3])

    def _mended(self, positions: int) -> Iterator[Mapping[str, object]]:
        """Sizes of windows that have as many positions, the squarest first."""
        rows = nearest_divisor(positions, math.isqrt(positions))
        shapes = dict.fromkeys(((rows, positions // rows), (positions // rows, rows)))
        yield from ({"window_size": shape} for shape in shapes)
        yield from ({"window_size": shape, "output_size": None} for shape in shapes)


def _of_rank(layer: Layer, spec: TensorSpec | None, rank: int, what: str) -> TensorSpec:
    """The spec, if it has so many axes; elements may be of any type.

    Raises:
        ShapeError: it has not.
    """
    spec = layer.wired(spec)
    if spec.rank != rank:
        raise ShapeError(f"{layer.label()} takes {rank} axes ({what}), but gets {spec}", port="input")
    return spec
