"""Learning rates that move along half a cosine."""

from __future__ import annotations

import math
from typing import ClassVar

from netdesigner.errors import ParameterError
from netdesigner.parts.part import param
from netdesigner.parts.schedule import Memory, Schedule

__all__ = ["Cosine", "CosineRestarts", "OneCycle"]

_END = "part of the learning rate that is left at the end"


def _cosine(done: float, end: float) -> float:
    """From 1 to `end` along half a cosine; `done` goes from 0 to 1."""
    return end + (1.0 - end) * (1.0 + math.cos(math.pi * min(done, 1.0))) / 2.0


class Cosine(Schedule):
    """The learning rate falls along half a cosine over the whole training.

    Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017 (without restarts).
    """

    kind: ClassVar[str] = "cosine"
    title: ClassVar[str] = "Cosine"

    end_factor: float = param(0.0, min=0, max=1, help=_END)

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del steps_per_epoch, memory
        return _cosine(step / total_steps, self.end_factor)


class CosineRestarts(Schedule):
    """The learning rate falls along half a cosine, jumps back and falls again, over and over.

    Source: Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017; as
    torch.optim.lr_scheduler.CosineAnnealingWarmRestarts, moved on at each step.
    """

    kind: ClassVar[str] = "cosine_restarts"
    title: ClassVar[str] = "Cosine with restarts"

    t_0: int = param(5, min=1, unit="epochs", label="First period", help="epochs before it first jumps back")
    t_mult: int = param(
        1, min=1, max=100, label="Growth", help="each period is so many times as long as the one before"
    )
    end_factor: float = param(
        0.0, min=0, max=1, help="part of the learning rate that is left before each jump"
    )

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del total_steps, memory
        period = self.t_0 * steps_per_epoch
        while self.t_mult > 1 and step >= period:
            step, period = step - period, period * self.t_mult
        return _cosine(step % period / period, self.end_factor)


class OneCycle(Schedule):
    """The learning rate rises to its value and falls far below it, as a rule along half a cosine each.

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
    anneal_strategy: str = param(
        "cos",
        choices=("cos", "linear"),
        label="Along",
        help="half a cosine, or a straight line",
        advanced=True,
    )
    three_phase: bool = param(
        False,
        label="Three phases",
        help="it falls to where it began in as long as it rose, and only then below that",
        advanced=True,
    )

    def check_together(self) -> None:
        """Holds the rising part against what falls as long as that.

        Raises:
            ParameterError: both do not go into one training.
        """
        if self.three_phase and self.pct_start > 0.5:
            raise ParameterError(
                "pct_start", "expected at most 0.5 with three_phase, where it falls as long as it rises"
            )

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del steps_per_epoch, memory
        first, rising = 1.0 / self.div_factor, self.pct_start * total_steps
        last = first / self.final_div_factor
        phases = [(rising - 1.0, first, 1.0), (total_steps - 1.0, 1.0, last)]
        if self.three_phase:
            phases[1:] = [(2.0 * rising - 2.0, 1.0, first), (total_steps - 1.0, first, last)]
        begins = 0.0
        for ends, start, end in phases:
            if step <= ends:
                return self._between(start, end, (step - begins) / (ends - begins) if ends > begins else 1.0)
            begins = ends
        return last

    def _between(self, start: float, end: float, done: float) -> float:
        """From one factor to another; `done` goes from 0 to 1."""
        moved = done if self.anneal_strategy == "linear" else 1.0 - _cosine(done, 0.0)
        return start + (end - start) * moved
