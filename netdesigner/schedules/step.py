"""Learning rates that fall in steps of whole epochs."""

from __future__ import annotations

from bisect import bisect
from typing import ClassVar

from netdesigner.parts.part import Ints, param
from netdesigner.parts.schedule import Memory, Schedule

__all__ = ["Exponential", "MultiStep", "Step"]

_GAMMA = "what the learning rate is multiplied with at each change"


class Step(Schedule):
    """The learning rate is multiplied by `gamma` every few epochs.

    Source: torch.optim.lr_scheduler.StepLR.
    """

    kind: ClassVar[str] = "step"
    title: ClassVar[str] = "Step"

    step_size: int = param(10, min=1, unit="epochs", help="epochs between two changes")
    gamma: float = param(0.1, above=0, max=1, help=_GAMMA)

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del total_steps, memory
        return self.gamma ** (step // steps_per_epoch // self.step_size)


class MultiStep(Schedule):
    """The learning rate is multiplied by `gamma` after each of some epochs.

    Source: torch.optim.lr_scheduler.MultiStepLR.
    """

    kind: ClassVar[str] = "multi_step"
    title: ClassVar[str] = "Steps at some epochs"

    milestones: Ints = param(
        (10, 15), min=1, help="how many epochs lie before each change, such as 30, 60, 80"
    )
    gamma: float = param(0.1, above=0, max=1, help=_GAMMA)

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del total_steps, memory
        return self.gamma ** bisect(sorted(self.milestones), step // steps_per_epoch)


class Exponential(Schedule):
    """The learning rate is multiplied by `gamma` after each epoch.

    Source: torch.optim.lr_scheduler.ExponentialLR.
    """

    kind: ClassVar[str] = "exponential"
    title: ClassVar[str] = "Exponential"

    gamma: float = param(
        0.9, above=0, max=1, help="what the learning rate is multiplied with after each epoch"
    )

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del total_steps, memory
        return self.gamma ** (step // steps_per_epoch)
