"""Series and waves that are noisier, wider, later or interrupted, and noise in rows of numbers."""

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

__all__ = ["HideTime", "Jitter", "Scale", "ShiftTime"]


def _turned(values: Tensor, ground: Ground) -> Tensor:
    """Waves [N, C, T] as series [N, T, C], or back; series as they are."""
    return values.transpose(1, 2).contiguous() if ground.data.waves else values


class Jitter(Augmentation):
    """Adds a number of the normal distribution to each number, as large as its channel or column varies.

    Shape:
        input [N, T, C], of waves [N, C, T], or [N, F].

    Source:
        T. T. Um et al., Data augmentation of wearable sensor data for Parkinson's disease monitoring using
        convolutional neural networks, ICMI 2017.
    """

    kind: ClassVar[str] = "jitter"
    title: ClassVar[str] = "Jitter"
    takes: ClassVar[tuple[str, ...]] = ("series", "waves", "rows")
    group: ClassVar[str] = "Series and tables"

    std: float = param(
        0.05,
        min=0,
        max=10,
        help="standard deviation of the noise, in shares of that of the channel or column",
    )

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with noise."""
        import torch

        noise = torch.randn_like(batch.input) * (self.std * ground.deviation)
        return batch._replace(input=batch.input + noise)


class Scale(Augmentation):
    """Lets each channel of a series swing further around its mean, or less far.

    Shape:
        input [N, T, C], of waves [N, C, T]; targets that go on with the series swing as it does, others stay.

    Source:
        T. T. Um et al., Data augmentation of wearable sensor data for Parkinson's disease monitoring using
        convolutional neural networks, ICMI 2017.
    """

    kind: ClassVar[str] = "scale"
    title: ClassVar[str] = "Scale"
    takes: ClassVar[tuple[str, ...]] = ("series", "waves")
    group: ClassVar[str] = "Series and tables"

    std: float = param(
        0.1, min=0, max=10, help="standard deviation of the factor, whose mean is 1; each channel has its own"
    )

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with other swings."""
        import torch

        series = _turned(batch.input, ground)
        count, _, channels = series.shape
        factor = 1 + self.std * torch.randn(count, 1, channels, device=series.device)
        middle = series.mean(1, keepdim=True)

        def ahead(target: Tensor) -> Tensor:
            columns = target.shape[2] if ground.data.ahead else 0
            return middle[..., :columns].lerp(target, factor[..., :columns]) if columns else target

        return batch.moved(_turned(middle.lerp(series, factor), ground), ahead)


class ShiftTime(Augmentation):
    """Lets a series begin earlier or later; where nothing is known, its first or last values stay.

    Shape:
        input [N, T, C], of waves [N, C, T].

    Source:
        Q. Wen et al., Time series data augmentation for deep learning: a survey, IJCAI 2021.
    """

    kind: ClassVar[str] = "shift_time"
    title: ClassVar[str] = "Shift in time"
    takes: ClassVar[tuple[str, ...]] = ("series", "waves")
    group: ClassVar[str] = "Series and tables"

    share: float = param(0.1, min=0, max=1, help="the furthest shift, in shares of the length")

    def further_misfits(self, data: DataSpec, task: Task | None) -> Iterator[Misfit]:
        """That the targets go on where the series ends."""
        if data.ahead:
            text = "lets series begin earlier or later, and what is to come is learned"
            yield Misfit("ND444", f"{self.label()} {text}; the windows of a series begin everywhere already")

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with shifted series."""
        import torch

        series = _turned(batch.input, ground)
        count, length, channels = series.shape
        most, device = round(self.share * length), batch.input.device
        moved = torch.arange(length, device=device) + torch.randint(
            -most, most + 1, (count, 1), device=device
        )
        places = moved.clamp(0, length - 1)[..., None].expand(-1, -1, channels)
        return batch._replace(input=_turned(series.gather(1, places), ground))


class HideTime(Augmentation):
    """Puts the mean of each channel in the place of a stretch of a series.

    Shape:
        input [N, T, C], of waves [N, C, T].

    Source:
        D. S. Park et al., SpecAugment: a simple data augmentation method for automatic speech recognition, Interspeech
        2019.
    """

    kind: ClassVar[str] = "hide_time"
    title: ClassVar[str] = "Hide a stretch"
    takes: ClassVar[tuple[str, ...]] = ("series", "waves")
    group: ClassVar[str] = "Series and tables"

    share: float = param(0.2, min=0, max=1, help="the longest stretch, in shares of the length")

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with a stretch of each series hidden."""
        import torch

        series = _turned(batch.input, ground)
        count, length = series.shape[:2]
        size = (
            (torch.rand(count, 1, device=series.device) * (self.share * length + 1)).floor().clamp(max=length)
        )
        start = (torch.rand(count, 1, device=series.device) * (length - size + 1)).floor()
        place = torch.arange(length, device=series.device)
        hidden = (place >= start) & (place < start + size)
        shown = series.mean(1, keepdim=True).where(hidden[..., None], series)
        return batch._replace(input=_turned(shown, ground))
