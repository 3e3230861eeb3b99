"""Turned, enlarged, slanted and moved pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from netdesigner.augmentations._geometry import Placing, bared, symmetric, warped
from netdesigner.errors import ParameterError
from netdesigner.parts.augmentation import Augmentation, Ground, Pair
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.part import Floats, param

if TYPE_CHECKING:
    from torch import Tensor

    from netdesigner.parts.task import Task

__all__ = ["Affine", "Rotate"]


class Rotate(Augmentation):
    """Turns each picture around its middle by some angle.

    Shape:
        input [N, C, H, W]; the classes of pixels and boxes move along, and what comes in at the corners is black and of
        no class. A box of which less than a quarter is left in the picture goes.

    Source:
        P. Y. Simard, D. Steinkraus, J. C. Platt, Best practices for convolutional neural networks applied to visual
        document analysis, ICDAR 2003.
    """

    kind: ClassVar[str] = "rotate"
    title: ClassVar[str] = "Rotate"
    takes: ClassVar[tuple[str, ...]] = ("images",)
    group: ClassVar[str] = "Geometry"

    degrees: float = param(15.0, min=0, max=180, unit="°", help="the largest angle, to either side")

    def further_misfits(self, data: DataSpec, task: Task | None) -> Iterator[Misfit]:
        """That pixels come in which have no class, as the loss needs."""
        yield from bared(self, data, task)

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with each picture turned."""
        turn = _turn(symmetric(math.radians(self.degrees), len(batch.input), batch.input))
        offset = batch.input.new_zeros(len(batch.input), 2)
        return warped(batch, ground, Placing(_in_shares(turn, batch.input), offset))


class Affine(Augmentation):
    """Enlarges, slants, turns and moves each picture, all in one.

    Shape:
        input [N, C, H, W]; the classes of pixels and boxes move along, and what comes in from outside is black and of
        no class. A box of which less than a quarter is left in the picture goes.

    Source:
        P. Y. Simard, D. Steinkraus, J. C. Platt, Best practices for convolutional neural networks applied to visual
        document analysis, ICDAR 2003.
    """

    kind: ClassVar[str] = "affine"
    title: ClassVar[str] = "Affine"
    takes: ClassVar[tuple[str, ...]] = ("images",)
    group: ClassVar[str] = "Geometry"

    scale: Floats = param(
        (0.9, 1.1), min=0.05, max=20, length=2, help="the least and the largest size, of a picture that is 1"
    )
    shear: float = param(5.0, min=0, max=60, unit="°", help="the largest slant, to either side")
    translate: float = param(
        0.1, min=0, max=1, help="the largest move along each axis, in shares of the picture"
    )
    degrees: float = param(0.0, min=0, max=180, unit="°", help="the largest angle, to either side")

    def check_together(self) -> None:
        """The least comes first."""
        if self.scale[0] > self.scale[1]:
            raise ParameterError(
                "scale", f"the least comes first, got {self.scale[0]:g} and {self.scale[1]:g}"
            )

    def further_misfits(self, data: DataSpec, task: Task | None) -> Iterator[Misfit]:
        """That pixels come in which have no class, as the loss needs."""
        yield from bared(self, data, task)

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with each picture laid out anew."""
        import torch

        count, input = len(batch.input), batch.input
        turn = _turn(symmetric(math.radians(self.degrees), count, input))
        slant = torch.eye(2, device=input.device).repeat(count, 1, 1)
        slant[:, 0, 1] = symmetric(math.radians(self.shear), count, input).tan()
        size = input.new_empty(count, 1, 1).uniform_(*self.scale)
        offset = symmetric(2 * self.translate, 2 * count, input).view(count, 2)
        return warped(batch, ground, Placing(_in_shares(turn @ slant / size, input), offset))


def _turn(angle: Tensor) -> Tensor:
    """The matrices that turn by angles in radians, [N, 2, 2]."""
    import torch

    cos, sin = angle.cos(), angle.sin()
    return torch.stack([cos, -sin, sin, cos], dim=1).view(-1, 2, 2)


def _in_shares(matrix: Tensor, input: Tensor) -> Tensor:
    """Matrices of pixels as those of places from -1 to 1, which in a wide picture lie closer from top to bottom."""
    height, width = input.shape[2:]
    half = input.new_tensor([width, height])
    return matrix * half / half[:, None]
