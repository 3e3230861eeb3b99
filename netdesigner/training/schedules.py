"""How the learning rate moves while training.

A schedule is a function of where training stands, so it needs no memory and resumes exactly. Only `Plateau` looks
at results; what it remembers is a few numbers that go into a checkpoint as they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from netdesigner.document.design import Choice
from netdesigner.parts.catalog import create
from netdesigner.parts.part import Part, param

__all__ = [
    "SCHEDULES",
    "Constant",
    "Cosine",
    "OneCycle",
    "Plateau",
    "Schedule",
    "Step",
    "WarmupCosine",
    "schedule_of",
]

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


class Constant(Schedule):
    """The learning rate stays as it is."""

    kind: ClassVar[str] = "constant"
    title: ClassVar[str] = "Constant"

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del step, total_steps, steps_per_epoch, memory
        return 1.0


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
        0.3, above=0, max=0.99, help="part of the training in which the learning rate rises"
    )
    div_factor: float = param(25.0, min=1, help="the learning rate begins at its value divided by this")
    final_div_factor: float = param(1e4, min=1, help="it ends at where it began divided by this")

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del steps_per_epoch, memory
        first = 1.0 / self.div_factor
        peak, end = self.pct_start * total_steps - 1.0, total_steps - 1.0
        if step <= peak:
            return _cosine(1.0 - step / peak if peak > 0 else 0.0, first)
        return _cosine((step - peak) / (end - peak) if end > peak else 1.0, first / self.final_div_factor)


class Plateau(Schedule):
    """The learning rate falls whenever the monitored value has not improved for some epochs.

    Source: torch.optim.lr_scheduler.ReduceLROnPlateau with a relative threshold.
    """

    kind: ClassVar[str] = "plateau"
    title: ClassVar[str] = "On a plateau"

    gamma: float = param(0.1, above=0, max=1, help="what the learning rate is multiplied with at each change")
    patience: int = param(10, min=0, unit="epochs", help="epochs without improvement that are tolerated")
    threshold: float = param(
        1e-4, min=0, max=1, help="part of the value that counts as an improvement", advanced=True
    )
    cooldown: int = param(0, min=0, unit="epochs", help="epochs to wait after a change", advanced=True)
    min_factor: float = param(
        0.0, min=0, max=1, help="part of the learning rate that is always left", advanced=True
    )

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del step, total_steps, steps_per_epoch
        return memory.get("factor", 1.0)

    def after_epoch(self, memory: Memory, value: float, better: str) -> Memory:
        """See `Schedule.after_epoch`."""
        factor, cooling = memory.get("factor", 1.0), memory.get("cooling", 0.0)
        best, bad = memory.get("best"), memory.get("bad", 0.0)
        if best is None or self._improved(value, best, better):
            best, bad = value, 0.0
        else:
            bad += 1.0
        if cooling > 0:
            cooling, bad = cooling - 1.0, 0.0
        if bad > self.patience:
            factor, cooling, bad = max(factor * self.gamma, self.min_factor), float(self.cooldown), 0.0
        return {"factor": factor, "cooling": cooling, "best": best, "bad": bad}

    def _improved(self, value: float, best: float, better: str) -> bool:
        if better == "higher":
            return value > best * (1.0 + self.threshold)
        return value < best * (1.0 - self.threshold)


SCHEDULES: Mapping[str, type[Schedule]] = {
    part.kind: part for part in (Constant, Step, Cosine, WarmupCosine, OneCycle, Plateau)
}
"""All schedules by their kind."""


def schedule_of(choice: Choice, names: Mapping[str, int | float] | None = None) -> Schedule:
    """The schedule that was chosen.

    Raises:
        UnknownPartError: there is none of this kind.
        ParameterError: a parameter is unknown or not allowed.
    """
    return create("schedule", SCHEDULES, choice, names or {})
