"""Max pooling that makes an image smaller by a factor that is no whole number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.document.design import Value
from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import AXES, Indexed, channelled, scaled, sizes
from netdesigner.parts.tensor import Dim, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["FractionalMaxPool2d", "FractionalMaxPool3d"]


class _FractionalMaxPool(Indexed):
    """What the two have in common; parameters in torch's order."""

    main: ClassVar[tuple[str, ...]] = ("kernel_size", "output_size", "output_ratio")
    initial: ClassVar[Mapping[str, Value]] = {"output_ratio": 0.7}
    stochastic: ClassVar[bool] = True

    kernel_size: Size = param(2, min=1, help="length of the window along each axis; 2 and 3 are usual")
    output_size: Size | None = param(
        None, min=1, help="length of the output along each axis; either this or output_ratio"
    )
    output_ratio: float | None = param(
        None, above=0, max=1, help="length of the output as a part of what comes, such as 0.7"
    )

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        """The lengths that are asked for, if windows of the kernel's size can be dealt out over what comes."""
        spec = channelled(self, specs[0], self.size_axes)
        self._check()
        lengths = tuple(self._length(at, spec) for at in range(self.size_axes))
        found = spec.with_shape(*spec.shape[:2], *lengths)
        return found, found.with_dtype("int64")

    def _check(self) -> None:
        if (self.output_size is None) == (self.output_ratio is None):
            has = "neither" if self.output_size is None else "both"
            changes: tuple[Mapping[str, object], ...] = ({"output_ratio": None}, {"output_size": None})
            message = f"{self.label()} needs either an output_size or an output_ratio, but has {has}"
            raise ShapeError(message, changes=({"output_ratio": 0.5},) if has == "neither" else changes)
        if self.output_ratio == 1:
            message = f"{self.label()} makes its input smaller, so its output_ratio must be less than 1"
            raise ShapeError(message, changes=({"output_ratio": 0.5},))

    def _length(self, at: int, spec: TensorSpec) -> Dim:
        length, name = spec.shape[2 + at], AXES[self.size_axes][at]
        found = self._asked(at, length)
        if found is None:
            message = f"{self.label()} cannot take {self.output_ratio:g} of the free length {length} of {spec} exactly"
            raise ShapeError(message, port="input", changes=({"output_ratio": 0.5},))
        kernel = sizes(self.kernel_size, self.size_axes)[at]
        if (
            isinstance(length, int)
            and isinstance(found, int)
            and not 1 <= found <= self._room(length, kernel)
        ):
            message = (
                f"{self.label()} cannot deal out {found} windows of {kernel} along {name} over the "
                f"{length} elements of {spec}"
            )
            raise ShapeError(message, port="input", changes=self._fitting(spec))
        return found

    def _asked(self, at: int, length: Dim) -> Dim | None:
        """The length of the output along an axis; None where it cannot be told."""
        if self.output_size is not None:
            return sizes(self.output_size, self.size_axes)[at]
        assert self.output_ratio is not None
        return scaled(length, self.output_ratio)

    def _room(self, length: int, kernel: int) -> int:
        """How many windows find room along an axis; torch leaves one place free where there are three axes."""
        return length - kernel + (1 if self.size_axes == 2 else 0)

    def _fitting(self, spec: TensorSpec) -> tuple[Mapping[str, object], ...]:
        """Changes that leave room for the windows: fewer of them, or shorter ones."""
        kernels = sizes(self.kernel_size, self.size_axes)
        pairs = [
            (length, k) for length, k in zip(spec.shape[2:], kernels, strict=True) if isinstance(length, int)
        ]
        room = min(self._room(length, kernel) for length, kernel in pairs)
        if room < 1:
            shortest = max(1, min(self._room(length, 1) for length, _ in pairs))
            return ({"kernel_size": 1, "output_size": shortest, "output_ratio": None},)
        fewer = {"output_size": room, "output_ratio": None}
        return (fewer,) if set(kernels) == {1} else (fewer, {"kernel_size": 1})

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A pool whose regions are random while training only."""
        from netdesigner.compiler.operations import pooling

        module: nn.Module = getattr(pooling, self.kind)(**self.arguments(*specs))
        return module


class FractionalMaxPool2d(_FractionalMaxPool):
    """Keeps the largest element of windows dealt out at random over an image, as many as are asked for.

    While training the windows begin elsewhere in every pass, which keeps the network from learning by heart. In
    evaluation they lie evenly, so that the same image always gives the same result; torch's own class stays random.

    Shape:
        - Input: (N, C, H, W).
        - Output: (N, C, H', W'), H' = output_size or ⌊H·output_ratio⌋.
        - Indices: as the output, int64; positions in the H·W elements of the channel, row by row.

    Source: torch.nn.FractionalMaxPool2d; Graham, "Fractional max-pooling" (2014).
    """

    kind: ClassVar[str] = "FractionalMaxPool2d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 2, 9, 8)),), {"kernel_size": 2, "output_ratio": 0.7}),
        Example((TensorSpec(("N", 2, 9, 8)),), {"kernel_size": (3, 2), "output_size": (5, 1)}),
        Example((TensorSpec(("N", 2, "H", 7)),), {"kernel_size": (1, 3), "output_size": (1, 4)}),
    )


class FractionalMaxPool3d(_FractionalMaxPool):
    """Keeps the largest element of windows dealt out at random through a volume or a film, as many as are asked for.

    While training the windows begin elsewhere in every pass, which keeps the network from learning by heart. In
    evaluation they lie evenly, so that the same volume always gives the same result; torch's own class stays random.

    Shape:
        - Input: (N, C, D, H, W).
        - Output: (N, C, D', H', W'), D' = output_size or ⌊D·output_ratio⌋.
        - Indices: as the output, int64; positions in the D·H·W elements of the channel, row by row.

    Source: torch.nn.FractionalMaxPool3d; Graham, "Fractional max-pooling" (2014).
    """

    kind: ClassVar[str] = "FractionalMaxPool3d"
    size_axes: ClassVar[int] = 3
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 2, 6, 7, 8)),), {"kernel_size": 2, "output_ratio": 0.6}),
        Example((TensorSpec(("N", 1, 5, 6, 6)),), {"kernel_size": (1, 2, 3), "output_size": (4, 3, 2)}),
    )
