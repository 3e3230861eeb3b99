"""What a schedule is: how the learning rate moves while training.

A schedule is a function of where training stands, so it needs no memory and resumes exactly. One that looks at
results remembers a few numbers, which go into a checkpoint as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from netdesigner.parts.part import Param, Part, param

__all__ = ["Memory", "Schedule"]

Memory = Mapping[str, float]
"""What a schedule remembers between epochs."""


class Schedule(Part):
    """The factor that the learning rate is multiplied with at each step.

    The parameter below belongs to every schedule; a schedule's own come first in its form. A warm-up goes before the
    schedule, which then has what is left of the training to itself.

    Source: Goyal et al., "Accurate, Large Minibatch SGD", 2017, section 2.2, for the warm-up.

    Attributes:
        looks_at_results: its factors depend on how training goes, so that nobody can draw them before.
    """

    looks_at_results: ClassVar[bool] = False

    warmup: float = param(
        0.0,
        min=0,
        label="Warm-up",
        help="how long the learning rate rises in a straight line at first: below 1 a part of the training, such as "
        "0.05; from 1 on so many steps",
    )

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        """The parameters in the order of the form: the schedule's own, then that of every schedule."""
        return tuple(sorted(super().params(), key=lambda declared: declared.field in Schedule.declared))

    def warmup_steps(self, total_steps: int) -> int:
        """In how many steps of a training of so many the learning rate rises; all of them at most."""
        asked = self.warmup * total_steps if self.warmup < 1 else self.warmup
        return min(round(asked), total_steps)

    def at(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """The factor at a step, with the warm-up; arguments as of `factor`."""
        rising = self.warmup_steps(total_steps) if self.warmup else 0
        if step < rising:
            return (step + 1) / rising * self.factor(0, max(1, total_steps - rising), steps_per_epoch, memory)
        return self.factor(step - rising, max(1, total_steps - rising), steps_per_epoch, memory)

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """The factor at a step behind the warm-up.

        Args:
            step: steps made before it, from 0, those of the warm-up not counted.
            total_steps: steps of the whole training, without those of the warm-up.
            steps_per_epoch: steps of one epoch.
            memory: what `after_epoch` gave last; empty at first.
        """
        raise NotImplementedError

    def after_epoch(self, memory: Memory, value: float, better: str) -> Memory:
        """What to remember after an epoch.

        Args:
            memory: what was remembered.
            value: the monitored value of the epoch.
            better: "lower" or "higher".
        """
        del value, better
        return memory
