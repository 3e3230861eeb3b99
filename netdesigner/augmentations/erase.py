"""Holes in pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ParameterError
from netdesigner.parts.augmentation import Augmentation, Ground, Pair
from netdesigner.parts.part import Floats, param

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Erase"]


class Erase(Augmentation):
    """Covers a rectangle somewhere in each picture, as cutout does; what is to be learned of it stays.

    Shape:
        input [N, C, H, W].

    Source:
        Z. Zhong, L. Zheng, G. Kang, S. Li, Y. Yang, Random erasing data augmentation, AAAI 2020; T. DeVries, G. W.
        Taylor, Improved regularization of convolutional neural networks with cutout, 2017.
    """

    kind: ClassVar[str] = "erase"
    title: ClassVar[str] = "Erase"
    takes: ClassVar[tuple[str, ...]] = ("images",)
    group: ClassVar[str] = "Colour and noise"

    scale: Floats = param(
        (0.02, 0.33),
        above=0,
        max=1,
        length=2,
        help="the least and the largest share of the area that is covered",
    )
    ratio: Floats = param(
        (0.3, 3.3), above=0, max=100, length=2, help="the least and the largest width for a height of 1"
    )
    fill: str = param(
        "black",
        choices=("black", "mean", "noise"),
        help="by what: black; the mean of each channel of the picture; or noise between black and white",
    )
    p: float = param(0.5, min=0, max=1, label="Chance", help="how often a sample is changed")

    def check_together(self) -> None:
        """The least comes first."""
        for name, (least, largest) in (("scale", self.scale), ("ratio", self.ratio)):
            if least > largest:
                raise ParameterError(name, f"the least comes first, got {least:g} and {largest:g}")

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with a rectangle of each picture covered."""
        return batch._replace(
            input=batch.input.where(~self._covered(batch.input), self._cover(batch.input, ground))
        )

    def _covered(self, input: Tensor) -> Tensor:
        """Which pixels are covered, [N, 1, H, W]."""
        import torch

        count, device = len(input), input.device
        area = torch.empty(count, 1, device=device).uniform_(*self.scale) * input.shape[2] * input.shape[3]
        form = torch.empty(count, 1, device=device).uniform_(*torch.tensor(self.ratio).log().tolist()).exp()
        inside = []
        for length, wanted in (
            (input.shape[2], (area / form).sqrt()),
            (input.shape[3], (area * form).sqrt()),
        ):
            side = wanted.round().clamp(1, length)
            start = (torch.rand(count, 1, device=device) * (length - side + 1)).floor()
            place = torch.arange(length, device=device)
            inside.append((place >= start) & (place < start + side))
        rows, columns = inside
        return (rows[:, :, None] & columns[:, None])[:, None]

    def _cover(self, input: Tensor, ground: Ground) -> Tensor:
        """What is put there, such that it fits beside the pictures."""
        import torch

        if self.fill == "black":
            return ground.low
        if self.fill == "mean":
            return input.mean((2, 3), keepdim=True)
        return torch.rand_like(input) * (ground.high - ground.low) + ground.low
