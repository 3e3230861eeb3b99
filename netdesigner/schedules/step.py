"""A learning rate that falls in steps."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.part import param
from netdesigner.parts.schedule import Memory, Schedule

__all__ = ["Step"]


class Step(Schedule):
    """The learning rate is multiplied by `gamma` every few epochs.

    Source: torch.optim.lr_scheduler.StepLR.
    """

    kind: ClassVar[str] = "step"
    title: ClassVar[str] = "Step"

    step_size: int = param(10, min=1, unit="epochs", help="epochs between two changes")
    gamma: float = param(0.1, above=0, max=1, help="what the learning rate is multiplied with at each change")

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del total_steps, memory
        return self.gamma ** (step // steps_per_epoch // self.step_size)
