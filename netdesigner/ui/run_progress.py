"""Where a run stands, worked out from its events one by one; no Qt."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from netdesigner.ui import formats

if TYPE_CHECKING:
    from netdesigner.training.events import EpochEnd, Event, Finished, Started

__all__ = ["RunProgress"]

PHASES = ("", "preparing", "running", "paused", "finished", "failed")


class RunProgress(NamedTuple):
    """Where a run stands.

    Attributes:
        phase: one of "" (no run yet), "preparing", "running", "paused", "finished", "failed".
        message: what is being prepared, or why it failed.
        fraction: how much of the phase "preparing" is done.
        epoch, epochs, step, steps_per_epoch: counted from 1; 0 before the first.
        more_steps: so many more of them were made than batches of the present size lie behind.
        samples_per_s, seconds_left, memory_bytes: of late.
        task: the kind of the task, which knows what its curves are called.
        monitor, better: the curve that decides which epoch is best, and which way.
        best_value, best_epoch: of that curve; epoch 0 where there is none yet.
        folder: where the run lies; "" until it has started.
        device, parameters: what computes, and how many numbers are trained.
        previewed: the file of the newest preview; "" before the first.
        reason: why it finished: "done", "stopped" or "early".
        stretch: which of the phases of the training is going on, such as "phase 2/3"; "" where it has none.
    """

    phase: str = "preparing"
    message: str = ""
    fraction: float = 0.0
    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps_per_epoch: int = 0
    more_steps: int = 0
    samples_per_s: float = 0.0
    seconds_left: float = 0.0
    memory_bytes: int = 0
    task: str = ""
    monitor: str = ""
    better: str = "lower"
    best_value: float = math.nan
    best_epoch: int = 0
    folder: str = ""
    device: str = ""
    parameters: int = 0
    previewed: str = ""
    reason: str = ""
    stretch: str = ""

    @property
    def done(self) -> float:
        """How much of all batches is done, 0 to 1."""
        if self.phase == "preparing":
            return self.fraction
        total = self.epochs * self.steps_per_epoch
        return min(1.0, (self.step - self.more_steps) / total) if total else 0.0

    def after(self, event: Event) -> RunProgress:
        """Where the run stands after one more event."""
        from netdesigner.training.events import (  # there from the first event on
            EpochEnd,
            Failed,
            Finished,
            Paused,
            PhaseBegan,
            Preparing,
            Previewed,
            Resumed,
            Started,
            Steps,
        )

        match event:
            case Preparing():
                return self._replace(phase="preparing", message=event.message, fraction=event.fraction)
            case Started():
                return self._started(event)
            case Steps():
                return self._replace(
                    phase=self.phase if self.phase == "paused" else "running",
                    epoch=event.epoch,
                    step=event.last,
                    samples_per_s=event.samples_per_s,
                    seconds_left=event.seconds_left,
                    memory_bytes=event.memory_bytes,
                )
            case PhaseBegan():
                return self._replace(stretch=f"phase {event.number}/{event.phases}")
            case EpochEnd():
                return self._epoch_ended(event)
            case Previewed():
                return self._replace(previewed=event.path)
            case Paused() | Resumed():
                phase = "paused" if isinstance(event, Paused) else "running"
                return self._replace(phase=phase, step=event.step)
            case Finished():
                return self._finished(event)
            case Failed():
                return self._replace(phase="failed", message=event.message, seconds_left=0.0)
            case _:
                return self

    def _started(self, event: Started) -> RunProgress:
        return self._replace(
            phase="running",
            message="",
            epochs=event.epochs,
            steps_per_epoch=event.steps_per_epoch,
            step=event.resumed_step,
            more_steps=event.resumed_step - event.batches_behind,
            epoch=max(1, math.ceil(event.batches_behind / max(1, event.steps_per_epoch))),
            task=event.task,
            monitor=event.monitor,
            better=event.better,
            folder=event.run,
            device=event.device,
            parameters=event.parameters,
        )

    def _finished(self, event: Finished) -> RunProgress:
        ended = self._replace(phase="finished", reason=event.reason, seconds_left=0.0)
        if not event.best_epoch:
            return ended
        return ended._replace(best_epoch=event.best_epoch, best_value=event.best_value)

    def _epoch_ended(self, event: EpochEnd) -> RunProgress:
        ended = self._replace(
            epoch=event.epoch,
            step=event.step,
            seconds_left=event.seconds_left,
            memory_bytes=event.memory_bytes,
        )
        if not event.best:
            return ended
        value = event.validation.get(self.monitor, event.train.get(self.monitor, math.nan))
        return ended._replace(best_value=value, best_epoch=event.epoch)

    def line(self, percent: bool = False) -> str:
        """All of it in one line.

        Args:
            percent: whether the monitored curve is shown as per cent.
        """
        if self.phase == "preparing":
            return self.message or "Preparing"
        words = [f"epoch {self.epoch}/{self.epochs}", f"step {formats.count(self.step)}"]
        if self.stretch:
            words.insert(0, self.stretch)
        if self.phase == "running" and self.samples_per_s:
            words.append(f"{formats.short_count(self.samples_per_s)} samples/s")
        if self.phase == "running" and self.seconds_left:
            words.append(f"{formats.duration(self.seconds_left)} left")
        if self.best_epoch:
            words.append(f"best {formats.measure(self.best_value, percent)} at epoch {self.best_epoch}")
        if self.memory_bytes:
            words.append(f"{formats.size(self.memory_bytes)} memory")
        state = {"paused": "paused", "failed": "failed", "finished": _ENDS.get(self.reason, "finished")}
        if self.phase in state:
            words.insert(0, state[self.phase])
        return " · ".join(words)


_ENDS = {"done": "finished", "stopped": "stopped", "early": "finished early: it no longer improved"}
