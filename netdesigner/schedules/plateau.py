"""A learning rate that falls when the results no longer improve."""

from __future__ import annotations

import math
from typing import ClassVar

from netdesigner.parts.part import param
from netdesigner.parts.schedule import Memory, Schedule

__all__ = ["Plateau"]


class Plateau(Schedule):
    """The learning rate falls whenever the monitored value has not improved for some epochs.

    Source: torch.optim.lr_scheduler.ReduceLROnPlateau with a relative threshold.
    """

    kind: ClassVar[str] = "plateau"
    title: ClassVar[str] = "On a plateau"
    looks_at_results: ClassVar[bool] = True

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
        if math.isfinite(value) and (best is None or self._improved(value, best, better)):
            best, bad = value, 0.0
        else:
            bad += 1.0
        if cooling > 0:
            cooling, bad = cooling - 1.0, 0.0
        if bad > self.patience:
            factor, cooling, bad = max(factor * self.gamma, self.min_factor), float(self.cooldown), 0.0
        known = {} if best is None else {"best": best}
        return {"factor": factor, "cooling": cooling, "bad": bad, **known}

    def _improved(self, value: float, best: float, better: str) -> bool:
        if better == "higher":
            return value > best * (1.0 + self.threshold)
        return value < best * (1.0 - self.threshold)
