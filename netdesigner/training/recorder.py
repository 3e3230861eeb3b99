"""Collects what steps gave and hands it on in one `Steps` now and then, so that a step costs almost nothing."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

import torch
from torch import Tensor

from netdesigner.training.data import Pair
from netdesigner.training.events import Steps
from netdesigner.training.turns import Turns
from netdesigner.training.update import GRAD_NORM, NotFiniteError, Update

__all__ = ["FLUSH_S", "Recorder"]

FLUSH_S = 0.05
"""Time between two `Steps` at least."""
_WINDOW = 20
"""Over how many of them the speed is measured."""


class Recorder:
    """What the steps of a run gave since it was last handed on.

    Attributes:
        sums: for each curve the sum over the samples of the running epoch, steps not handed on excepted.
        counted: for each curve how many samples that were.
        bad: found on a GPU only when its numbers are read: a loss or a gradient that is not finite.
    """

    def __init__(self, update: Update | Turns, reads: bool) -> None:
        self.sums: dict[str, float] = {}
        self.counted: dict[str, int] = {}
        self.samples_per_s = 0.0
        self.bad: NotFiniteError | None = None
        self._update = update
        self._reads = reads
        self._values: list[dict[str, Any]] = []
        self._rates: list[float] = []
        self._sizes: list[int] = []
        self._pairs: list[Pair] = []
        self._total = 0
        self._history: deque[tuple[float, int]] = deque(maxlen=_WINDOW)
        self.flushed = 0.0
        self.restart_clock()

    def restart_clock(self) -> None:
        """Leaves out of the speed what passed since the last step: a pause, or the validation."""
        self.flushed = perf_counter()
        self._history.clear()
        self._history.append((self.flushed, self._total))

    def add(self, values: dict[str, Any], rate: float, pair: Pair) -> bool:
        """Notes a step.

        Returns:
            Whether it is time to hand on.
        """
        self._values.append(values)
        self._rates.append(rate)
        self._sizes.append(len(pair.target))
        if not self._reads:
            self._pairs.append(pair)
        return perf_counter() - self.flushed >= FLUSH_S

    def flush(self, last_step: int, epoch: int) -> Steps | None:
        """What was noted since the last time, or None.

        Args:
            last_step: the number of the last step noted.
            epoch: the epoch of all of them.
        """
        if not self._values:
            return None
        columns = self._columns()
        first = last_step - len(self._rates) + 1
        if not self._reads:
            self._look_at(columns, first)
        for name, column in columns.items():
            if name != GRAD_NORM:
                self._sum_up(name, column)
        self._count(sum(self._sizes))
        steps = Steps(first, epoch, columns, tuple(self._rates), samples_per_s=self.samples_per_s)
        self._clear()
        return steps

    def means(self) -> dict[str, float]:
        """The mean of each curve over the running epoch, which then begins anew."""
        found = {name: total / self.counted[name] for name, total in self.sums.items()}
        self.sums, self.counted = {}, {}
        return found

    def _sum_up(self, name: str, column: Sequence[float]) -> None:
        """Adds a curve to that of the epoch; steps that did not give it do not count."""
        total, counted = self.sums.get(name, 0.0), self.counted.get(name, 0)
        for values, value, size in zip(self._values, column, self._sizes, strict=True):
            if name in values:
                total += value * size
                counted += size
        if counted:
            self.sums[name], self.counted[name] = total, counted

    def _columns(self) -> dict[str, tuple[float, ...]]:
        """The noted values by curve; a curve that a step did not give has NaN there."""
        names = dict.fromkeys(name for values in self._values for name in values)
        columns = {name: [values.get(name, math.nan) for values in self._values] for name in names}
        if self._reads or not columns:
            return {name: tuple(column) for name, column in columns.items()}
        flat = [
            v if isinstance(v, Tensor) else torch.tensor(v) for column in columns.values() for v in column
        ]
        numbers = torch.stack([tensor.float() for tensor in flat]).tolist()
        count = len(self._values)
        return {name: tuple(numbers[i * count : (i + 1) * count]) for i, name in enumerate(names)}

    def _look_at(self, columns: Mapping[str, Sequence[float]], first: int) -> None:
        pairs, losses = tuple(self._pairs), self._update.losses
        bad = (
            offset
            for offset, values in enumerate(self._values)
            if not all(math.isfinite(columns[name][offset]) for name in losses if name in values)
        )
        worst = next(bad, None)
        if worst is not None:
            self.bad = NotFiniteError("loss", pairs[worst : worst + 1], first + worst)
        elif self._update.gradients_bad():
            self.bad = NotFiniteError("gradients", pairs, first)

    def _count(self, samples: int) -> None:
        self._total += samples
        self.flushed = perf_counter()
        self._history.append((self.flushed, self._total))
        (begin, before), (end, after) = self._history[0], self._history[-1]
        self.samples_per_s = (after - before) / max(end - begin, 1e-9)

    def _clear(self) -> None:
        self._values, self._rates, self._sizes, self._pairs = [], [], [], []
