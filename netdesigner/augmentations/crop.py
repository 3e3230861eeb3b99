"""Parts of pictures in place of the whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from netdesigner.augmentations._geometry import Placing, bared, follow, has_masks, placed, warped
from netdesigner.errors import ParameterError
from netdesigner.parts.augmentation import Augmentation, Ground, Pair
from netdesigner.parts.dataset import NO_CLASS, DataSpec
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.part import Floats, param

if TYPE_CHECKING:
    from torch import Tensor

    from netdesigner.parts.task import Task

__all__ = ["Crop", "ResizedCrop"]


class Crop(Augmentation):
    """Puts pixels around pictures and cuts a picture of the old size out of each, somewhere.

    So each picture moves by whole pixels, up to as many as were put around it.

    Shape:
        input [N, C, H, W]; the classes of pixels and boxes move along, and where nothing was there is no class. A box
        of which less than a quarter is left in the picture goes.

    Source:
        K. He, X. Zhang, S. Ren, J. Sun, Deep residual learning for image recognition, CVPR 2016, section 4.2.
    """

    kind: ClassVar[str] = "crop"
    title: ClassVar[str] = "Crop"
    takes: ClassVar[tuple[str, ...]] = ("images",)
    group: ClassVar[str] = "Geometry"

    padding: int = param(2, min=1, max=4096, unit="px", help="pixels put around a picture on each side")
    mode: str = param(
        "constant",
        choices=("constant", "reflect", "replicate"),
        help="what they are: constant: black; reflect: the picture mirrored; replicate: its outermost pixels",
    )

    def further_misfits(self, data: DataSpec, task: Task | None) -> Iterator[Misfit]:
        """That there is too much around a picture, or more in it than targets tell of."""
        sides = [side for side in data.input.shape[2:] if isinstance(side, int)]
        if sides and self.padding >= min(sides):
            text = f"expected less than the {min(sides)} pixels of a picture {data.input}, got {self.padding}"
            yield Misfit("ND442", f"Crop: padding: {text}", param="padding")
        if self.mode == "reflect" and data.boxes:
            yield Misfit(
                "ND442",
                "Crop: mode: mirrored things around a picture have no boxes; set constant",
                param="mode",
            )
        if self.mode == "constant":
            yield from bared(self, data, task)
        if has_masks(data) and data.target.shape[1:] != data.input.shape[2:]:
            text = f"Crop moves by whole pixels, and a picture {data.input} has classes {data.target}"
            yield Misfit("ND444", f"{text}; use Affine in its place")

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with each picture moved by whole pixels."""
        import torch
        from torch.nn import functional as F

        count, _, height, width = batch.input.shape
        device, most = batch.input.device, 2 * self.padding
        top, left = torch.randint(most + 1, (2, count), device=device)
        rows = top[:, None] + torch.arange(height, device=device)
        columns = left[:, None] + torch.arange(width, device=device)
        places = (rows[:, :, None] * (width + most) + columns[:, None]).flatten(1)

        def cut(values: Tensor) -> Tensor:
            """The same part of each of [N, C, H, W]; what is around is 0."""
            padded = F.pad(values, (self.padding,) * 4, mode=self.mode).flatten(2)
            return padded.gather(2, places[:, None].expand(-1, values.shape[1], -1)).view(values.shape)

        def masks(target: Tensor) -> Tensor:
            return (cut((target - NO_CLASS)[:, None].float())[:, 0] + NO_CLASS).long()

        def boxes(target: Tensor) -> Tensor:
            offset = torch.stack([left, top], dim=1) - self.padding
            matrix = torch.eye(2, device=device).expand(count, 2, 2)
            return placed(target, Placing(matrix, 2 * offset / offset.new_tensor([width, height])))

        input = cut(batch.input - ground.low) + ground.low
        return batch.moved(input, follow(ground.data, masks, boxes))


class ResizedCrop(Augmentation):
    """Cuts a part of some size and form out of each picture, and brings it to the size of the whole.

    Shape:
        input [N, C, H, W]; the classes of pixels and boxes move along. A box of which less than a quarter is left in
        the picture goes.

    Source:
        C. Szegedy et al., Going deeper with convolutions, CVPR 2015, section 6.
    """

    kind: ClassVar[str] = "resized_crop"
    title: ClassVar[str] = "Resized crop"
    takes: ClassVar[tuple[str, ...]] = ("images",)
    group: ClassVar[str] = "Geometry"

    scale: Floats = param(
        (0.4, 1.0), above=0, max=1, length=2, help="the least and the largest share of the area that is taken"
    )
    ratio: Floats = param(
        (0.75, 4 / 3), above=0, max=100, length=2, help="the least and the largest width for a height of 1"
    )

    def check_together(self) -> None:
        """The least comes first."""
        for name, (least, largest) in (("scale", self.scale), ("ratio", self.ratio)):
            if least > largest:
                raise ParameterError(name, f"the least comes first, got {least:g} and {largest:g}")

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with a part of each picture in place of the whole."""
        import torch

        count, device = len(batch.input), batch.input.device
        height, width = batch.input.shape[2:]
        area = torch.empty(count, device=device).uniform_(*self.scale)
        form = torch.empty(count, device=device).uniform_(*torch.tensor(self.ratio).log().tolist()).exp()
        shares = [(area * form * height / width).sqrt(), (area / form * width / height).sqrt()]
        sides = torch.stack(shares, dim=1).clamp(max=1)
        offset = (2 * torch.rand(count, 2, device=device) - 1) * (1 - sides)
        return warped(batch, ground, Placing(torch.diag_embed(sides), offset))
