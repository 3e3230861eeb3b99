"""Windows of an image as columns, and columns put together to an image."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import Window, channelled, fixed, nearest_divisor, quotient, sizes
from netdesigner.parts.tensor import TensorSpec, multiply, product

__all__ = ["Fold", "Unfold"]

_LARGEST = 64
"""Sides of windows that are tried as a remedy; a file may hold numbers of any size."""


class Unfold(Layer):
    """Cuts an image into windows, each of which becomes a column, as patches for a transformer.

    Shape:
        - Input: (N, C, H, W).
        - Output: (N, C·kernel height·kernel width, number of windows).

    Source: torch.nn.Unfold; Chellapilla et al., "High performance convolutional neural networks for document
    processing" (2006).
    """

    kind: ClassVar[str] = "Unfold"
    category: ClassVar[str] = "Shape"
    torch_class: ClassVar[str] = "Unfold"
    size_axes: ClassVar[int] = 2
    main: ClassVar[tuple[str, ...]] = ("kernel_size", "stride")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 8, 8)),), {"kernel_size": 4, "stride": 4}),
        Example((TensorSpec(("N", 2, "H", 6)),), {"kernel_size": (3, 2), "padding": (1, 0)}),
        Example((TensorSpec(("N", 2, 7, 9)),), {"kernel_size": 2, "dilation": (2, 3), "stride": (1, 2)}),
    )

    kernel_size: Size = param(3, min=1, help="length of the window along each axis")
    dilation: Size = param(1, min=1, help="distance between the points of the window", advanced=True)
    padding: Size = param(0, min=0, help="zeros added on each side")
    stride: Size = param(1, min=1, help="step from one window to the next")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """A column for each place of the window."""
        spec = channelled(self, specs[0], 2)
        kernel = sizes(self.kernel_size, 2)
        window = Window(kernel, sizes(self.stride, 2), sizes(self.padding, 2), sizes(self.dilation, 2))
        channels = multiply(spec.shape[1], math.prod(kernel))
        return spec.with_shape(spec.shape[0], channels, product(window.places(self, spec)))


class Fold(Layer):
    """Puts columns together to an image, each at its place; where windows overlap, they are added.

    Shape:
        - Input: (N, C·kernel height·kernel width, number of windows).
        - Output: (N, C, *output_size).

    Source: torch.nn.Fold.
    """

    kind: ClassVar[str] = "Fold"
    category: ClassVar[str] = "Shape"
    torch_class: ClassVar[str] = "Fold"
    size_axes: ClassVar[int] = 2
    main: ClassVar[tuple[str, ...]] = ("output_size", "kernel_size", "stride")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 48, 4)),), {"output_size": 8, "kernel_size": 4, "stride": 4}),
        Example(
            (TensorSpec(("N", 12, 30)),), {"output_size": (6, 6), "kernel_size": (3, 2), "padding": (1, 0)}
        ),
        Example((TensorSpec(("N", 4, 8)),), {"output_size": (4, 5), "kernel_size": 2, "dilation": (2, 1)}),
    )

    output_size: Size = param(8, min=1, help="height and width of the image")
    kernel_size: Size = param(3, min=1, help="length of the window along each axis")
    dilation: Size = param(1, min=1, help="distance between the points of the window", advanced=True)
    padding: Size = param(0, min=0, help="how much of the windows lies outside on each side and is left out")
    stride: Size = param(1, min=1, help="step from one window to the next")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The channels that the columns hold, and the lengths that are asked for."""
        spec = self.need(specs[0], 3, what="N, C·kernel_size, windows")
        kernel = sizes(self.kernel_size, 2)
        channels = quotient(spec.shape[1:2], math.prod(kernel))
        if channels is None:
            size = math.prod(kernel)
            message = f"Fold needs columns of a multiple of {size}, the size of its window, but gets {spec}"
            raise ShapeError(message, port="input", changes=self._with_other_kernel(spec))
        windows = fixed(self, spec, 2, "windows")
        height, width = self._places(kernel)
        if height < 1 or width < 1 or height * width != windows:
            places = f"{max(0, height)}×{max(0, width)}"
            message = (
                f"Fold has {places} places for windows in an image of {self.output_size}, but gets {spec}"
            )
            raise ShapeError(message, port="input", changes=(self._with_other_size(windows, kernel),))
        return spec.with_shape(spec.shape[0], channels, *sizes(self.output_size, 2))

    def _places(self, kernel: tuple[int, ...]) -> tuple[int, ...]:
        """How many places the window has along each axis of the image."""
        given = (self.output_size, self.padding, self.stride)
        axes = zip(*(sizes(value, 2) for value in given), self._covered(kernel), strict=True)
        return tuple(
            (length + 2 * padding - covered) // stride + 1 for length, padding, stride, covered in axes
        )

    def _covered(self, kernel: tuple[int, ...]) -> tuple[int, ...]:
        """The length along each axis that one window reaches over."""
        pairs = zip(kernel, sizes(self.dilation, 2), strict=True)
        return tuple(dilation * (length - 1) + 1 for length, dilation in pairs)

    def _with_other_size(self, windows: int, kernel: tuple[int, ...]) -> dict[str, object]:
        """The image, as square as can be, that has as many places as windows; if it must be, without padding."""
        height = nearest_divisor(windows, math.isqrt(windows))
        axes = zip((height, windows // height), sizes(self.stride, 2), self._covered(kernel), strict=True)
        whole = tuple((places - 1) * stride + covered for places, stride, covered in axes)
        within = tuple(
            length - 2 * outside for length, outside in zip(whole, sizes(self.padding, 2), strict=True)
        )
        return {"output_size": within} if min(within) > 0 else {"output_size": whole, "padding": 0}

    def _with_other_kernel(self, spec: TensorSpec) -> tuple[Mapping[str, object], ...]:
        """The largest smaller window of equal sides whose columns these may be, and an image for them."""
        windows, largest = spec.shape[2], min(_LARGEST, *sizes(self.kernel_size, 2))
        if not isinstance(windows, int):
            return ()
        fitting = (side for side in range(largest, 0, -1) if quotient(spec.shape[1:2], side**2) is not None)
        side = next(fitting)
        return ({"kernel_size": side, **self._with_other_size(windows, (side, side))},)
