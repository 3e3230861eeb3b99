"""Lighter, darker, flatter and paler pictures, those of other hues, and grey ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.augmentation import Augmentation, Ground, Pair
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.part import param

if TYPE_CHECKING:
    from torch import Tensor

    from netdesigner.parts.task import Task

__all__ = ["Colour", "Grey"]

_LIGHT = (0.299, 0.587, 0.114)
"""How much red, green and blue add to how light a pixel is, as ITU-R BT.601 has it."""
_RED, _BLUE = 0.877, 0.492
"""By what the distance of red and of blue from the light is multiplied, so that turning both turns the hue."""


class Colour(Augmentation):
    """Changes how bright, how rich in contrast and how colourful pictures are, and their hue.

    It works between the black and the white of the data, the least and the largest number in them, however inputs are
    scaled; what would be darker or lighter is cut off there.

    Shape:
        input [N, C, H, W]. Saturation and hue of three channels are taken for those of red, green and blue; of any
        other number there are none. The hue is turned in YUV, which keeps how light a pixel is.

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

    hue: float = param(
        0.0, min=0, max=0.5, help="the hue is turned by ± up to this share of the whole round of colours"
    )

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch in other light."""
        values = _unit(batch.input, ground)
        if self.brightness:
            values = values.mul_(_factor(self.brightness, values)).clamp_(0, 1)
        if self.contrast:
            values = _away(values, _light(values).mean((1, 2, 3), keepdim=True), self.contrast)
        if self.saturation and values.shape[1] == len(_LIGHT):
            values = _away(values, _light(values), self.saturation)
        if self.hue and values.shape[1] == len(_LIGHT):
            values = _turned(values, self.hue)
        return batch._replace(input=_raw(values, ground))


class Grey(Augmentation):
    """Takes the colours out of pictures: each channel becomes how light a pixel is.

    Shape:
        input [N, 3, H, W], red, green and blue.

    Source:
        T. Chen, S. Kornblith, M. Norouzi, G. Hinton, A simple framework for contrastive learning of visual
        representations, ICML 2020, appendix A; ITU-R BT.601 for how light a pixel is.
    """

    kind: ClassVar[str] = "grey"
    title: ClassVar[str] = "Greyscale"
    takes: ClassVar[tuple[str, ...]] = ("images",)
    group: ClassVar[str] = "Colour and noise"

    p: float = param(0.2, min=0, max=1, label="Chance", help="how often a sample is changed")

    def further_misfits(self, data: DataSpec, task: Task | None) -> Iterator[Misfit]:
        """That there are no colours."""
        if data.input.shape[1] != len(_LIGHT):
            text = f"{self.label()} is for pictures of three channels, and samples are {data.input}"
            yield Misfit("ND443", text)

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch without colours."""
        values = _unit(batch.input, ground)
        return batch._replace(input=_raw(_light(values).repeat(1, len(_LIGHT), 1, 1), ground))


def _unit(input: Tensor, ground: Ground) -> Tensor:
    """Pictures as 0 to 1 from black to white, in memory of their own."""
    width = ground.high - ground.low
    return (input - ground.low) / width.where(width > 0, 1)


def _raw(values: Tensor, ground: Ground) -> Tensor:
    """Pictures of 0 to 1 as the network gets them, in the same memory."""
    return values.mul_(ground.high - ground.low).add_(ground.low)


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


def _turned(values: Tensor, most: float) -> Tensor:
    """Pictures [N, 3, H, W] in 0 to 1 whose hue is turned by a share of the round of up to this, either way."""
    import math

    import torch

    angle = values.new_empty(len(values), 1, 1, 1).uniform_(-most, most) * (2 * math.pi)
    light, cos, sin = _light(values), angle.cos(), angle.sin()
    red, blue = (values[:, place, None] - light for place in (0, 2))
    red, blue = red * _RED, blue * _BLUE
    red, blue = light + (cos * red + sin * blue) / _RED, light + (cos * blue - sin * red) / _BLUE
    green = (light - _LIGHT[0] * red - _LIGHT[2] * blue) / _LIGHT[1]
    return torch.cat([red, green, blue], 1).clamp_(0, 1)
