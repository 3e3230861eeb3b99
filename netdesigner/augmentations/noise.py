"""Noise in pictures."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.augmentation import Augmentation, Ground, Pair
from netdesigner.parts.part import param

__all__ = ["Noise"]


class Noise(Augmentation):
    """Adds a number of the normal distribution to each number of a picture.

    What would be darker than the black or lighter than the white of the data, the least and the largest number in them,
    is cut off there.

    Shape:
        input [N, C, H, W].

    Source:
        C. M. Bishop, Training with noise is equivalent to Tikhonov regularization, Neural Computation 7, 1995.
    """

    kind: ClassVar[str] = "noise"
    title: ClassVar[str] = "Noise"
    takes: ClassVar[tuple[str, ...]] = ("images",)
    group: ClassVar[str] = "Colour and noise"

    std: float = param(
        0.05, min=0, max=10, help="standard deviation of the noise, in shares of the way from black to white"
    )

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with noise."""
        import torch

        noise = torch.randn_like(batch.input) * (self.std * (ground.high - ground.low))
        return batch._replace(input=(batch.input + noise).clamp(ground.low, ground.high))
