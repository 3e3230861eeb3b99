"""Where a run stands, as a few numbers that go into a checkpoint."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netdesigner.errors import TrainingError

__all__ = ["Place"]


@dataclass(slots=True)
class Place:
    """Where a run stands; the loop moves it on.

    Attributes:
        step: steps done.
        epoch: epochs completed.
        batch: batches done of the epoch after those.
        seconds: time spent training.
        best_epoch: the number of the best epoch; 0 before the first was completed.
        best_value: the monitored value then.
        stale: epochs completed since then.
        memory: what the schedule remembers.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    seconds: float = 0.0
    best_epoch: int = 0
    best_value: float = 0.0
    stale: int = 0
    memory: Mapping[str, float] = field(default_factory=dict)

    def end_epoch(self, value: float, better: str) -> bool:
        """Counts an epoch.

        Args:
            value: the monitored value; one that is not finite is never the best.
            better: "lower" or "higher".

        Returns:
            Whether it is the best so far.
        """
        self.epoch += 1
        self.batch = 0
        ahead = value > self.best_value if better == "higher" else value < self.best_value
        if math.isfinite(value) and (ahead or not self.best_epoch):
            self.best_epoch, self.best_value, self.stale = self.epoch, value, 0
            return True
        self.stale += 1
        return False

    def to_json(self) -> dict[str, Any]:
        """The numbers by name."""
        return {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Place:
        """The place that `to_json` gave; what else is in `raw` is left out.

        Raises:
            TrainingError: a number is missing or is none.
        """
        try:
            found = cls(**{item.name: raw[item.name] for item in dataclasses.fields(cls)})
            found.memory = {str(name): float(value) for name, value in found.memory.items()}
            numbers = (found.step, found.epoch, found.batch, found.best_epoch, found.stale)
            if any(type(number) is not int or number < 0 for number in numbers):
                raise ValueError("a count is no whole number")
            found.seconds, found.best_value = float(found.seconds), float(found.best_value)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise TrainingError(f"the checkpoint's state is damaged: {error}") from None
        return found
