"""Lighter, darker, flatter and paler pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.augmentation import Augmentation, Ground, Pair
from netdesigner.parts.part import param

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Colour"]

_LIGHT = (0.299, 0.587, 0.114)
"""How much red, green and blue add to how light a pixel is, as ITU-R BT.601 has it."""


class Colour(Augmentation):
    """Changes how bright, how rich in contrast and how colourful pictures are.

    It works between the black and the white of the data, the least and the largest number in them, however inputs are
    scaled; what would be darker or lighter is cut off there.

    Shape:
        input [N, C, H, W]. The saturation of three channels is taken for that of red, green and blue; of any other
        number there is none.

    Source:
        A. G. Howard, Some improvements on deep convolutional neural network based image classification, 2013.
    """

    kind: ClassVar[str] = "colour"
    title: ClassVar[str] = "Colour"
    takes: ClassVar[tuple[str, ...]] = ("images",)
    group: ClassVar[str] = "Colour and noise"

    brightness: float = param(0.2, min=0, max=10, help="each pixel is multiplied by 1 ± up to this")
    contrast: float = param(
        0.2,
        min=0,
        max=10,
        help="how far a pixel is from the mean of its picture is multiplied by 1 ± up to this",
    )
    saturation: float = param(
        0.2, min=0, max=10, help="how far a pixel is from grey is multiplied by 1 ± up to this"
    )

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch in other light."""
        width = ground.high - ground.low
        values = (batch.input - ground.low) / width.where(width > 0, 1)
        if self.brightness:
            values = values.mul_(_factor(self.brightness, values)).clamp_(0, 1)
        if self.contrast:
            values = _away(values, _light(values).mean((1, 2, 3), keepdim=True), self.contrast)
        if self.saturation and values.shape[1] == len(_LIGHT):
            values = _away(values, _light(values), self.saturation)
        return batch._replace(input=values.mul_(width).add_(ground.low))


def _factor(most: float, values: Tensor) -> Tensor:
    """A factor for each picture, [N, 1, 1, 1]."""
    return values.new_empty(len(values), 1, 1, 1).uniform_(max(0.0, 1 - most), 1 + most)


def _light(values: Tensor) -> Tensor:
    """How light each pixel is, [N, 1, H, W]."""
    if values.shape[1] != len(_LIGHT):
        return values.mean(1, keepdim=True)
    red, green, blue = (share * values[:, place, None] for place, share in enumerate(_LIGHT))
    return red.add_(green).add_(blue)


def _away(values: Tensor, middle: Tensor, most: float) -> Tensor:
    """Values further from a middle, or nearer to it, in 0 to 1."""
    return middle.lerp(values, _factor(most, values)).clamp_(0, 1)
