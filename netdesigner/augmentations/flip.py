"""Mirroring of pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.augmentations._geometry import follow
from netdesigner.parts.augmentation import Augmentation, Ground, Pair
from netdesigner.parts.part import param

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Flip"]


class Flip(Augmentation):
    """Mirrors pictures from left to right, from top to bottom, or along either by a chance of its own.

    What is to be learned must not depend on it: a mirrored 2 is no 2.

    Shape:
        input [N, C, H, W]; the classes of pixels and boxes move along.

    Source:
        A. Krizhevsky, I. Sutskever, G. E. Hinton, ImageNet classification with deep convolutional neural networks,
        NeurIPS 2012, section 4.1.
    """

    kind: ClassVar[str] = "flip"
    title: ClassVar[str] = "Flip"
    takes: ClassVar[tuple[str, ...]] = ("images",)
    group: ClassVar[str] = "Geometry"
    mirrors: ClassVar[bool] = True

    direction: str = param(
        "horizontal",
        choices=("horizontal", "vertical", "both"),
        help="horizontal: left and right change places; vertical: top and bottom; both: each by its own chance",
    )
    p: float = param(0.5, min=0, max=1, label="Chance", help="how often a sample is changed")

    def apply(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with each picture mirrored by its chance, along both axes by two of them."""
        for name, axis in (("horizontal", -1), ("vertical", -2)):
            if self.direction in (name, "both"):
                batch = self._mirrored(batch, ground, axis)
        return batch

    def _mirrored(self, batch: Pair, ground: Ground, axis: int) -> Pair:
        import torch

        chosen = torch.rand(len(batch.input), device=batch.input.device) < self.p

        def mirrored(values: Tensor) -> Tensor:
            found: Tensor = values.flip(axis).where(chosen.view(-1, *(1,) * (values.ndim - 1)), values)
            return found

        def boxes(target: Tensor) -> Tensor:
            place = torch.arange(5, device=target.device) == -axis
            turned = chosen[:, None, None] & place & (target[..., :1] >= 0)
            return torch.where(turned, 1 - target, target)

        return batch.moved(mirrored(batch.input), follow(ground.data, mirrored, boxes))
