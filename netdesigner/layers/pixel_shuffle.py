"""Channels exchanged for positions, and channels dealt out anew."""

from __future__ import annotations

import math
from typing import ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.rules import at_least, nearest_divisor, quotient
from netdesigner.parts.tensor import TensorSpec, multiply

__all__ = ["ChannelShuffle", "PixelShuffle", "PixelUnshuffle"]

_LARGEST = 64
"""Factors that are tried as a remedy; a file may hold numbers of any size."""


class PixelShuffle(Layer):
    """Makes an image larger by dealing out channels to positions, as super-resolution does at its end.

    Shape:
        - Input: (N, ..., C·r², H, W), r being upscale_factor.
        - Output: (N, ..., C, H·r, W·r).

    Source: torch.nn.PixelShuffle; Shi et al., "Real-time single image and video super-resolution using an efficient
    sub-pixel convolutional neural network" (2016).
    """

    kind: ClassVar[str] = "PixelShuffle"
    category: ClassVar[str] = "Shape"
    torch_class: ClassVar[str] = "PixelShuffle"
    main: ClassVar[tuple[str, ...]] = ("upscale_factor",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 12, 4, 5)),)),
        Example((TensorSpec(("N", 9, "H", "W")),), {"upscale_factor": 3}),
        Example((TensorSpec(("N", "T", 4, 3, 3)),)),
    )

    upscale_factor: int = param(2, min=1, help="how many times as high and as wide the image becomes")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """Fewer channels, more positions."""
        spec = at_least(self, specs[0], 4, "N, ..., C, H, W")
        *before, channels, height, width = spec.shape
        factor = self.upscale_factor
        rest = quotient((channels,), factor**2)
        if rest is None:
            message = f"PixelShuffle by {factor} needs a multiple of {factor**2} channels, but {spec} has {channels}"
            smaller = range(min(factor - 1, _LARGEST), 0, -1)
            fitting = next(number for number in smaller if quotient((channels,), number**2) is not None)
            raise ShapeError(message, port="input", changes=({"upscale_factor": fitting},))
        return spec.with_shape(*before, rest, multiply(height, factor), multiply(width, factor))


class PixelUnshuffle(Layer):
    """Makes an image smaller by stacking neighbouring positions as channels, so that nothing is lost.

    Shape:
        - Input: (N, ..., C, H·r, W·r), r being downscale_factor.
        - Output: (N, ..., C·r², H, W).

    Source: torch.nn.PixelUnshuffle; Shi et al., "Real-time single image and video super-resolution using an efficient
    sub-pixel convolutional neural network" (2016).
    """

    kind: ClassVar[str] = "PixelUnshuffle"
    category: ClassVar[str] = "Shape"
    torch_class: ClassVar[str] = "PixelUnshuffle"
    main: ClassVar[tuple[str, ...]] = ("downscale_factor",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 4, 6)),)),
        Example((TensorSpec(("N", "T", 9, 6)),), {"downscale_factor": 3}),
        Example((TensorSpec(("N", "T", 1, 4, 4)),), {"downscale_factor": 4}),
    )

    downscale_factor: int = param(2, min=1, help="how many times lower and narrower the image becomes")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """More channels, fewer positions."""
        spec = at_least(self, specs[0], 4, "N, ..., C, H, W")
        *before, channels, height, width = spec.shape
        factor = self.downscale_factor
        lower, narrower = quotient((height,), factor), quotient((width,), factor)
        if lower is None or narrower is None:
            message = (
                f"PixelUnshuffle by {factor} needs multiples of {factor} as height and width, but gets {spec}"
            )
            sides = [side for side in (height, width) if isinstance(side, int)]
            fitting = nearest_divisor(math.gcd(*sides), factor) if len(sides) == 2 else 1
            raise ShapeError(message, port="input", changes=({"downscale_factor": fitting},))
        return spec.with_shape(*before, multiply(channels, factor**2), lower, narrower)


class ChannelShuffle(Layer):
    """Deals out the channels anew, so that those of different groups come side by side.

    Shape:
        - Input: (N, C, ...), with C a multiple of groups.
        - Output: the same.

    Source: torch.nn.ChannelShuffle; Zhang et al., "ShuffleNet" (2017).
    """

    kind: ClassVar[str] = "ChannelShuffle"
    category: ClassVar[str] = "Shape"
    torch_class: ClassVar[str] = "ChannelShuffle"
    main: ClassVar[tuple[str, ...]] = ("groups",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 6, 4, 5)),), {"groups": 2}),
        Example((TensorSpec(("N", 6, "T")),), {"groups": 3}),
        Example((TensorSpec(("N", 4, 3), "int64"),), {"groups": 4}),
    )

    groups: int = param(2, min=1, help="the groups whose channels are mixed; as in the convolution before")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = at_least(self, specs[0], 3, "N, C, L, ...", floats=False)
        channels = spec.shape[1]
        if quotient((channels,), self.groups) is None:
            message = f"ChannelShuffle cannot split the {channels} channels of {spec} into {self.groups} equal groups"
            fitting = nearest_divisor(channels, self.groups) if isinstance(channels, int) else 1
            raise ShapeError(message, port="input", changes=({"groups": fitting},))
        return spec
