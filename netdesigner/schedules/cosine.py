"""Learning rates that move along half a cosine."""

from __future__ import annotations

import math
from typing import ClassVar

from netdesigner.parts.part import param
from netdesigner.parts.schedule import Memory, Schedule

__all__ = ["Cosine", "OneCycle", "WarmupCosine"]


def _cosine(done: float, end: float) -> float:
    """From 1 to `end` along half a cosine; `done` goes from 0 to 1."""
    return end + (1.0 - end) * (1.0 + math.cos(math.pi * min(done, 1.0))) / 2.0


class Cosine(Schedule):
    """The learning rate falls along half a cosine over the whole training.

    Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017 (without restarts).
    """

    kind: ClassVar[str] = "cosine"
    title: ClassVar[str] = "Cosine"

    end_factor: float = param(0.0, min=0, max=1, help="part of the learning rate that is left at the end")

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del steps_per_epoch, memory
        return _cosine(step / total_steps, self.end_factor)


class WarmupCosine(Schedule):
    """The learning rate rises in a straight line at first, then falls along half a cosine.

    Source: Goyal et al., "Accurate, Large Minibatch SGD", 2017, for the warm-up.
    """

    kind: ClassVar[str] = "warmup_cosine"
    title: ClassVar[str] = "Warm-up, then cosine"

    warmup: float = param(0.05, min=0, max=1, help="part of the training in which the learning rate rises")
    end_factor: float = param(0.0, min=0, max=1, help="part of the learning rate that is left at the end")

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del steps_per_epoch, memory
        rising = round(self.warmup * total_steps)
        if step < rising:
            return (step + 1) / rising
        return _cosine((step - rising) / max(1, total_steps - rising), self.end_factor)


class OneCycle(Schedule):
    """The learning rate rises to its value and falls far below it, both along half a cosine.

    Source: Smith and Topin, "Super-Convergence", 2018; numbers as torch.optim.lr_scheduler.OneCycleLR, momentum
    is left alone.
    """

    kind: ClassVar[str] = "one_cycle"
    title: ClassVar[str] = "One cycle"

    pct_start: float = param(
        0.3,
        above=0,
        max=0.99,
        label="Rising part",
        help="part of the training in which the learning rate rises",
    )
    div_factor: float = param(
        25.0, min=1, label="First divisor", help="the learning rate begins at its value divided by this"
    )
    final_div_factor: float = param(
        1e4, min=1, label="Last divisor", help="it ends at where it began divided by this"
    )

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del steps_per_epoch, memory
        first = 1.0 / self.div_factor
        peak, end = self.pct_start * total_steps - 1.0, total_steps - 1.0
        if step <= peak:
            return _cosine(1.0 - step / peak if peak > 0 else 0.0, first)
        return _cosine((step - peak) / (end - peak) if end > peak else 1.0, first / self.final_div_factor)
