"""Pooling to a length that is asked for, whatever comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import Indexed, channelled, sizes
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
]

_SEQUENCE = (
    Example((TensorSpec(("N", 4, 10)),), {"output_size": 1}),
    Example((TensorSpec(("N", 4, "T")),), {"output_size": 1}),
    Example((TensorSpec(("N", 4, 10)),), {"output_size": (3,)}),
)
_IMAGE = (
    Example((TensorSpec(("N", 4, 8, 8)),), {"output_size": 1}),
    Example((TensorSpec(("N", 4, "H", "W")),), {"output_size": 1}),
    Example((TensorSpec(("N", 4, 8, 7)),), {"output_size": (4, 3)}),
)
_VOLUME = (
    Example((TensorSpec(("N", 2, 4, 6, 6)),), {"output_size": 1}),
    Example((TensorSpec(("N", 2, "T", "H", "W")),), {"output_size": 1}),
    Example((TensorSpec(("N", 2, 4, 5, 6)),), {"output_size": (2, 3, 1)}),
)


class _AdaptiveAvgPool(Layer):
    """What the means have in common."""

    category: ClassVar[str] = "Pooling"
    main: ClassVar[tuple[str, ...]] = ("output_size",)

    output_size: Size = param(1, min=1, help="length of the output along each axis; 1 is the mean over all")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The lengths that are asked for."""
        spec = channelled(self, specs[0], self.size_axes)
        return spec.with_shape(*spec.shape[:2], *sizes(self.output_size, self.size_axes))


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """Takes means so that a sequence of any length gets the length that is asked for.

    Shape:
        - Input: (N, C, L).
        - Output: (N, C, output_size).

    Source: torch.nn.AdaptiveAvgPool1d; Lin et al., "Network in network" (2013), for an output_size of 1.
    """

    kind: ClassVar[str] = "AdaptiveAvgPool1d"
    torch_class: ClassVar[str] = "AdaptiveAvgPool1d"
    size_axes: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = _SEQUENCE


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """Takes means so that an image of any size gets the size that is asked for.

    Shape:
        - Input: (N, C, H, W).
        - Output: (N, C, *output_size).

    Source: torch.nn.AdaptiveAvgPool2d; Lin et al., "Network in network" (2013), for an output_size of 1.
    """

    kind: ClassVar[str] = "AdaptiveAvgPool2d"
    torch_class: ClassVar[str] = "AdaptiveAvgPool2d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = _IMAGE


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """Takes means so that a volume or a film of any size gets the size that is asked for.

    Shape:
        - Input: (N, C, D, H, W).
        - Output: (N, C, *output_size).

    Source: torch.nn.AdaptiveAvgPool3d; Tran et al., "A closer look at spatiotemporal convolutions for action
    recognition" (2018), for an output_size of 1.
    """

    kind: ClassVar[str] = "AdaptiveAvgPool3d"
    torch_class: ClassVar[str] = "AdaptiveAvgPool3d"
    size_axes: ClassVar[int] = 3
    examples: ClassVar[tuple[Example, ...]] = _VOLUME

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The pool of torch, in a form that can be exported for every size."""
        from netdesigner.compiler.operations import pooling

        return pooling.AdaptiveAvgPool3d(**self.arguments(*specs))


class _AdaptiveMaxPool(Indexed):
    """What those that keep the largest elements have in common."""

    main: ClassVar[tuple[str, ...]] = ("output_size",)

    output_size: Size = param(
        1, min=1, help="length of the output along each axis; 1 is the largest element of all"
    )

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        """The lengths that are asked for."""
        spec = channelled(self, specs[0], self.size_axes)
        found = spec.with_shape(*spec.shape[:2], *sizes(self.output_size, self.size_axes))
        return found, found.with_dtype("int64")

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The pool of torch, in a form that can be exported for every size."""
        from netdesigner.compiler.operations import pooling

        module: nn.Module = getattr(pooling, self.kind)(**self.arguments(*specs))
        return module


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """Keeps largest elements so that a sequence of any length gets the length that is asked for.

    Shape:
        - Input: (N, C, L).
        - Output: (N, C, output_size).
        - Indices: as the output, int64; positions along L.

    Source: torch.nn.AdaptiveMaxPool1d; Collobert et al., "Natural language processing (almost) from scratch" (2011),
    for an output_size of 1.
    """

    kind: ClassVar[str] = "AdaptiveMaxPool1d"
    torch_class: ClassVar[str] = "AdaptiveMaxPool1d"
    size_axes: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = _SEQUENCE


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """Keeps largest elements so that an image of any size gets the size that is asked for.

    Shape:
        - Input: (N, C, H, W).
        - Output: (N, C, *output_size).
        - Indices: as the output, int64; positions in the H·W elements of the channel, row by row.

    Source: torch.nn.AdaptiveMaxPool2d; He et al., "Spatial pyramid pooling in deep convolutional networks for visual
    recognition" (2014).
    """

    kind: ClassVar[str] = "AdaptiveMaxPool2d"
    torch_class: ClassVar[str] = "AdaptiveMaxPool2d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = _IMAGE


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """Keeps largest elements so that a volume or a film of any size gets the size that is asked for.

    Shape:
        - Input: (N, C, D, H, W).
        - Output: (N, C, *output_size).
        - Indices: as the output, int64; positions in the D·H·W elements of the channel, row by row.

    Source: torch.nn.AdaptiveMaxPool3d; He et al., "Spatial pyramid pooling in deep convolutional networks for visual
    recognition" (2014), for images.
    """

    kind: ClassVar[str] = "AdaptiveMaxPool3d"
    torch_class: ClassVar[str] = "AdaptiveMaxPool3d"
    size_axes: ClassVar[int] = 3
    examples: ClassVar[tuple[Example, ...]] = _VOLUME
