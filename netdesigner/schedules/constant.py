"""A learning rate that stays as it is."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.part import param
from netdesigner.parts.schedule import Memory, Schedule

__all__ = ["Constant"]


class Constant(Schedule):
    """The learning rate stays as it is, or is a part of itself at first.

    Source: torch.optim.lr_scheduler.ConstantLR.
    """

    kind: ClassVar[str] = "constant"
    title: ClassVar[str] = "Constant"

    start_factor: float = param(
        1.0, above=0, max=1, help="part of the learning rate that is used at first", advanced=True
    )
    part: float = param(
        0.0, min=0, max=1, help="part of the training in which no more than that is used", advanced=True
    )

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del steps_per_epoch, memory
        return self.start_factor if step < round(self.part * total_steps) else 1.0
