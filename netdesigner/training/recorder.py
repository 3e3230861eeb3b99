"""Collects what steps gave and hands it on in one `Steps` now and then, so that a step costs almost nothing."""

from __future__ import annotations

import math
from collections import deque
from time import perf_counter
from typing import Any

import torch
from torch import Tensor

from netdesigner.training.data import Pair
from netdesigner.training.events import Steps
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
        samples: how many samples that were.
        bad: found on a GPU only when its numbers are read: a loss or a gradient that is not finite.
    """

    def __init__(self, update: Update, reads: bool) -> None:
        self.sums: dict[str, float] = {}
        self.samples = 0
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
            self._look_at(columns["loss"], first)
        for name, column in columns.items():
            if name == GRAD_NORM:
                continue
            total = self.sums.get(name, 0.0)
            for value, size in zip(column, self._sizes, strict=True):
                total += value * size
            self.sums[name] = total
        self._count(sum(self._sizes))
        steps = Steps(first, epoch, columns, tuple(self._rates), samples_per_s=self.samples_per_s)
        self._clear()
        return steps

    def means(self) -> dict[str, float]:
        """The mean of each curve over the running epoch, which then begins anew."""
        found = {name: total / self.samples for name, total in self.sums.items()} if self.samples else {}
        self.sums, self.samples = {}, 0
        return found

    def _columns(self) -> dict[str, tuple[float, ...]]:
        """The noted values by curve; a curve that a step did not give has NaN there."""
        names = dict.fromkeys(name for values in self._values for name in values)
        columns = {name: [values.get(name, math.nan) for values in self._values] for name in names}
        if self._reads:
            return {name: tuple(column) for name, column in columns.items()}
        flat = [
            v if isinstance(v, Tensor) else torch.tensor(v) for column in columns.values() for v in column
        ]
        numbers = torch.stack([tensor.float() for tensor in flat]).tolist()
        count = len(self._values)
        return {name: tuple(numbers[i * count : (i + 1) * count]) for i, name in enumerate(names)}

    def _look_at(self, losses: tuple[float, ...], first: int) -> None:
        pairs = tuple(self._pairs)
        worst = next((offset for offset, loss in enumerate(losses) if not math.isfinite(loss)), None)
        if worst is not None:
            self.bad = NotFiniteError("loss", pairs[worst : worst + 1], first + worst)
        elif self._update.gradients_bad():
            self.bad = NotFiniteError("gradients", pairs, first)

    def _count(self, samples: int) -> None:
        self.samples += samples
        self._total += samples
        self.flushed = perf_counter()
        self._history.append((self.flushed, self._total))
        (begin, before), (end, after) = self._history[0], self._history[-1]
        self.samples_per_s = (after - before) / max(end - begin, 1e-9)

    def _clear(self) -> None:
        self._values, self._rates, self._sizes, self._pairs = [], [], [], []
