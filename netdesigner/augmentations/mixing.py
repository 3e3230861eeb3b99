"""Samples made out of two: mixup and CutMix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from netdesigner.augmentations._geometry import has_masks
from netdesigner.parts.augmentation import Augmentation, Ground, Mix, Pair
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.part import param

if TYPE_CHECKING:
    from torch import Tensor

    from netdesigner.parts.task import Task

__all__ = ["CutMix", "MixUp"]


class _Mixing(Augmentation):
    """What both have in common: each sample meets another one of its batch, with one share for the whole batch."""

    group: ClassVar[str] = "Mixing of samples"
    mixes: ClassVar[bool] = True

    def further_misfits(self, data: DataSpec, task: Task | None) -> Iterator[Misfit]:
        """That a sample cannot have two targets."""
        if data.boxes:
            yield Misfit("ND444", f"{self.label()} does not mix boxes")
        elif task is not None and not task.mixes():
            yield Misfit(
                "ND444",
                f"{self.label()} makes one sample out of two, and {task.label()} learns from whole ones",
            )

    def apply(self, batch: Pair, ground: Ground) -> Pair:
        """The batch mixed by its chance; samples that are mixed already, and one that is alone, stay as they are."""
        import torch

        if batch.mix is not None or len(batch.input) < 2 or (self.p < 1 and float(torch.rand(())) >= self.p):
            return batch
        return self.change(batch, ground)

    def partners(self, batch: Pair) -> Tensor:
        """The place of the sample that each one meets, [N]."""
        import torch

        return torch.randperm(len(batch.input), device=batch.input.device)


def _share(alpha: float) -> float:
    """A share of 0 to 1 of the beta distribution, whose two parameters are both alpha.

    It is g / (g + h) of two numbers of the gamma distribution. Of those only the logarithms are taken, as nearly all of
    them are too small for any number where alpha is: g is distributed as one for alpha + 1 times U^(1 / alpha).
    """
    import torch

    wider = torch.full((2,), alpha + 1, dtype=torch.float64)
    drawn = torch.distributions.Gamma(wider, torch.ones_like(wider), validate_args=False).sample()
    logs = drawn.log() + torch.rand(2, dtype=torch.float64).log() / alpha
    return float(torch.sigmoid(logs[0] - logs[1]))


class MixUp(_Mixing):
    """Lays each sample over another one of its batch, weak over strong, and learns both targets by their shares.

    The loss is the mean of those of both targets, weighed by the shares. An accuracy that is shown while training is
    that of the target with the larger share. A batch that is mixed already is left alone, so with a chance of 0.5 in
    front of CutMix, one or the other is done.

    Shape:
        input [N, ...] floating-point numbers.

    Source:
        H. Zhang, M. Cisse, Y. N. Dauphin, D. Lopez-Paz, mixup: beyond empirical risk minimization, ICLR 2018.
    """

    kind: ClassVar[str] = "mixup"
    title: ClassVar[str] = "MixUp"
    takes: ClassVar[tuple[str, ...]] = ("images", "series", "waves", "rows")

    alpha: float = param(
        0.2,
        above=0,
        max=100,
        help="of the beta distribution of the share: small: mostly nearly all of one sample; 1: every share as likely; "
        "large: half and half",
    )
    p: float = param(1.0, min=0, max=1, label="Chance", help="how often a batch is mixed")

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch mixed."""
        partners, share = self.partners(batch), _share(self.alpha)
        input = batch.input[partners].lerp(batch.input, share)
        return Pair(input, batch.target, Mix(batch.target[partners], share))


class CutMix(_Mixing):
    """Puts a rectangle of another picture of its batch into each one, and learns both targets by their shares.

    The share of a target is that of its picture's area. Where each pixel has a class, those in the rectangle come
    along, and nothing is shared. Loss, accuracy and batches that are mixed already: as of MixUp.

    Shape:
        input [N, C, H, W].

    Source:
        S. Yun et al., CutMix: regularization strategy to train strong classifiers with localizable features, ICCV 2019.
    """

    kind: ClassVar[str] = "cutmix"
    title: ClassVar[str] = "CutMix"
    takes: ClassVar[tuple[str, ...]] = ("images",)

    alpha: float = param(
        1.0, above=0, max=100, help="of the beta distribution of the share; 1: every share as likely"
    )
    p: float = param(1.0, min=0, max=1, label="Chance", help="how often a batch is mixed")

    def further_misfits(self, data: DataSpec, task: Task | None) -> Iterator[Misfit]:
        """That a sample cannot have two targets; the classes of pixels come along."""
        if not has_masks(data):
            yield from super().further_misfits(data, task)
        elif data.target.shape[1:] != data.input.shape[2:]:
            text = f"CutMix puts in whole pixels, and a picture {data.input} has classes {data.target}"
            yield Misfit("ND444", f"{text}; use MixUp in its place")

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with a rectangle of another picture in each."""
        import torch

        partners, (height, width) = self.partners(batch), batch.input.shape[2:]
        side = (1 - _share(self.alpha)) ** 0.5
        middle = torch.rand(2).tolist()
        spans = []
        for at, length in zip(middle, (height, width), strict=True):
            start, half = at * length, side * length / 2
            spans.append(slice(max(0, round(start - half)), min(length, round(start + half))))
        rows, columns = spans

        def pasted(values: Tensor) -> Tensor:
            found = values.clone()
            found[..., rows, columns] = values[partners, ..., rows, columns]
            return found

        input = pasted(batch.input)
        if has_masks(ground.data):
            return Pair(input, pasted(batch.target))
        taken = (rows.stop - rows.start) * (columns.stop - columns.start)
        return Pair(input, batch.target, Mix(batch.target[partners], 1 - taken / (height * width)))
