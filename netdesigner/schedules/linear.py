"""Learning rates that fall along a straight line or a power of one."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.part import param
from netdesigner.parts.schedule import Memory, Schedule

__all__ = ["Linear", "Polynomial"]

_PART = "part of the training in which the learning rate moves; after it, it stays"


class Linear(Schedule):
    """The learning rate moves in a straight line, as a rule down to nothing over the whole training.

    Source: torch.optim.lr_scheduler.LinearLR.
    """

    kind: ClassVar[str] = "linear"
    title: ClassVar[str] = "Linear"

    start_factor: float = param(1.0, above=0, max=1, help="part of the learning rate that it begins with")
    end_factor: float = param(0.0, min=0, max=1, help="part of the learning rate that is left at the end")
    part: float = param(1.0, above=0, max=1, help=_PART, advanced=True)

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del steps_per_epoch, memory
        moving = max(1, round(self.part * total_steps))
        return self.start_factor + (self.end_factor - self.start_factor) * min(step / moving, 1.0)


class Polynomial(Schedule):
    """The learning rate falls to nothing along a power of what is left of the training.

    Source: torch.optim.lr_scheduler.PolynomialLR; L.-C. Chen et al., "DeepLab", 2018, section 4.1, for the power 0.9.
    """

    kind: ClassVar[str] = "polynomial"
    title: ClassVar[str] = "Polynomial"

    power: float = param(1.0, above=0, max=100, help="1: a straight line; larger: faster at first")
    part: float = param(1.0, above=0, max=1, help=_PART, advanced=True)

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del steps_per_epoch, memory
        moving = max(1, round(self.part * total_steps))
        return float((1.0 - min(step / moving, 1.0)) ** self.power)
