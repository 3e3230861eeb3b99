"""Pooling to a length that is asked for, whatever comes."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import channelled, sizes
from netdesigner.parts.tensor import TensorSpec

__all__ = ["AdaptiveAvgPool1d", "AdaptiveAvgPool2d"]


class AdaptiveAvgPool1d(Layer):
    """Takes means so that a sequence of any length gets the length that is asked for.

    Shape:
        - Input: (N, C, L).
        - Output: (N, C, output_size).

    Source: torch.nn.AdaptiveAvgPool1d; Lin et al., "Network in network" (2013), for an output_size of 1.
    """

    kind: ClassVar[str] = "AdaptiveAvgPool1d"
    category: ClassVar[str] = "Pooling"
    torch_class: ClassVar[str] = "AdaptiveAvgPool1d"
    size_axes: ClassVar[int] = 1
    main: ClassVar[tuple[str, ...]] = ("output_size",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 10)),), {"output_size": 1}),
        Example((TensorSpec(("N", 4, "T")),), {"output_size": 1}),
        Example((TensorSpec(("N", 4, 10)),), {"output_size": (3,)}),
    )

    output_size: Size = param(1, min=1, help="length of the output; 1 is the mean over all")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The length that is asked for."""
        spec = channelled(self, specs[0], 1)
        return spec.with_shape(*spec.shape[:2], *sizes(self.output_size, 1))


class AdaptiveAvgPool2d(Layer):
    """Takes means so that an image of any size gets the size that is asked for.

    Shape:
        - Input: (N, C, H, W).
        - Output: (N, C, *output_size).

    Source: torch.nn.AdaptiveAvgPool2d; Lin et al., "Network in network" (2013), for an output_size of 1.
    """

    kind: ClassVar[str] = "AdaptiveAvgPool2d"
    category: ClassVar[str] = "Pooling"
    torch_class: ClassVar[str] = "AdaptiveAvgPool2d"
    size_axes: ClassVar[int] = 2
    main: ClassVar[tuple[str, ...]] = ("output_size",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 8, 8)),), {"output_size": 1}),
        Example((TensorSpec(("N", 4, "H", "W")),), {"output_size": 1}),
        Example((TensorSpec(("N", 4, 8, 7)),), {"output_size": (4, 3)}),
    )

    output_size: Size = param(1, min=1, help="height and width of the output; 1 is the mean over all")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The size that is asked for."""
        spec = channelled(self, specs[0], 2)
        return spec.with_shape(*spec.shape[:2], *sizes(self.output_size, 2))
