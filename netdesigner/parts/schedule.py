"""What a schedule is: how the learning rate moves while training.

A schedule is a function of where training stands, so it needs no memory and resumes exactly. One that looks at
results remembers a few numbers, which go into a checkpoint as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

from netdesigner.parts.part import Part

__all__ = ["Memory", "Schedule"]

Memory = Mapping[str, float]
"""What a schedule remembers between epochs."""


class Schedule(Part):
    """The factor that the learning rate is multiplied with at each step."""

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """The factor at a step.

        Args:
            step: steps made before it, from 0.
            total_steps: steps of the whole training.
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
