"""A learning rate that rises and falls again and again in straight lines."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.part import param
from netdesigner.parts.schedule import Memory, Schedule

__all__ = ["Cyclic"]


class Cyclic(Schedule):
    """The learning rate rises to its value and falls back in straight lines, again and again.

    Source: L. N. Smith, "Cyclical Learning Rates for Training Neural Networks", 2017; as
    torch.optim.lr_scheduler.CyclicLR, momentum is left alone.
    """

    kind: ClassVar[str] = "cyclic"
    title: ClassVar[str] = "Cyclic"

    base_factor: float = param(
        0.1, above=0, max=1, help="part of the learning rate that each cycle begins and ends with"
    )
    step_size_up: int = param(2, min=1, unit="epochs", label="Rising", help="epochs in which it rises")
    step_size_down: int | None = param(
        None,
        min=1,
        unit="epochs",
        label="Falling",
        help="epochs in which it falls; empty: as long as it rises",
    )
    mode: str = param(
        "triangular",
        choices=("triangular", "triangular2", "exp_range"),
        help="triangular: all cycles are alike; triangular2: each is half as high as the one before; exp_range: the "
        "height is multiplied by gamma at each step",
    )
    gamma: float = param(
        1.0, above=0, max=1, help="of exp_range: what the height is multiplied with at each step"
    )

    def factor(self, step: int, total_steps: int, steps_per_epoch: int, memory: Memory) -> float:
        """See `Schedule.factor`."""
        del total_steps, memory
        up = self.step_size_up * steps_per_epoch
        down = (self.step_size_down or self.step_size_up) * steps_per_epoch
        cycle, place = divmod(step, up + down)
        height = place / up if place <= up else (up + down - place) / down
        if self.mode == "triangular2":
            height /= 2.0**cycle
        elif self.mode == "exp_range":
            height *= self.gamma**step
        return self.base_factor + (1.0 - self.base_factor) * height
