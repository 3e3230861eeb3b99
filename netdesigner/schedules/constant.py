"""A learning rate that stays as it is."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.schedule import Memory, Schedule

__all__ = ["Constant"]


class Constant(Schedule):
    """The learning rate stays as it is."""

    kind: ClassVar[str] = "constant"
    title: ClassVar[str] = "Constant"

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del step, total_steps, steps_per_epoch, memory
        return 1.0
