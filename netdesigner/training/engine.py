"""The order of things in a run: batches, epochs, validation, pauses, checkpoints."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from netdesigner.errors import FileError
from netdesigner.training import checkpoint
from netdesigner.training.checkpoint import Saved
from netdesigner.training.control import Control
from netdesigner.training.device import describe, memory_in_use
from netdesigner.training.diagnosis import all_finite
from netdesigner.training.events import (
    EpochEnd,
    Event,
    Finished,
    Paused,
    PhaseBegan,
    Resumed,
    Started,
    Warned,
)
from netdesigner.training.keeper import Keeper
from netdesigner.training.previews import Previews, Show
from netdesigner.training.snapshot import Live
from netdesigner.training.update import NotFiniteError
from netdesigner.training.validation import validated

__all__ = ["Engine"]


class Engine:
    """Trains, as generators of events that may be left at any of them.

    Args:
        live: what is trained.
        run: the run's folder; None keeps nothing.
        control: pauses and stops.
        show: makes what can be looked at while it goes on.

    Attributes:
        keeper: writes checkpoints.
        previews: makes what can be looked at.
        ended: whether the last event was given.
    """

    def __init__(self, live: Live, run: Path | None, control: Control, show: Show | None = None) -> None:
        self.live = live
        self.run = run
        self.control = control
        self.settings = live.setup.settings
        self.device = live.setup.device
        self.keeper = Keeper(run, self.settings.checkpoint_s)
        self.previews = Previews(run, show, self.settings.preview_s, control)
        self.ended = False
        curves = live.setup.task.curves
        self._better = next((c.better for c in curves if c.name == live.setup.task.monitor), "lower")
        self._held = False
        self._changed = ""
        self._since = perf_counter()
        self._first = (self._position(), live.place.seconds)

    # ---------------------------------------------------------------------------------------- beginning and end

    def started(self) -> Started:
        """What is known before the first step; starts the clock."""
        setup = self.live.setup
        self._start_clock()
        self._first = (self._position(), self.live.place.seconds)
        return Started(
            run=str(self.run or ""),
            device=describe(self.device),
            epochs=self.settings.epochs,
            steps_per_epoch=len(self.live.batches),
            parameters=setup.parameters,
            samples=setup.prepared.counts,
            curves=tuple(curve.name for curve in setup.task.curves) or ("loss",),
            monitor=setup.task.monitor,
            better=self._better,
            resumed_step=self.live.place.step,
            task=setup.task.kind,
            batches_behind=self._position(),
        )

    def train(self) -> Iterator[Event]:
        """Everything from the first step to `Finished`."""
        reason = yield from self._epochs()
        yield from self.flush()
        if reason != "stopped":
            yield from self.look(last=True)  # at what came of it, however short it was
        best = self.keeper.best
        yield from self.save(last_time=True)
        self.live.exchange()
        if self.settings.keep == "best" and reason != "stopped":
            self._take(best)
        yield self.finished(reason)

    def finished(self, reason: str) -> Finished:
        """The last event of a run that ends as it should."""
        place = self.live.place
        self._tick()
        self.ended = True
        run = str(self.run or "")
        return Finished(
            reason, place.epoch, place.step, place.best_epoch, place.best_value, place.seconds, run
        )

    def _take(self, best: Saved | None) -> None:
        """Leaves the best weights in the networks, for who holds them."""
        if best is None and self.run is not None and self.live.place.best_epoch:
            folder = checkpoint.find(self.run, "best")
            with suppress(FileError):
                best = checkpoint.read(folder, weights_only=True) if folder is not None else None
        if best is not None:
            checkpoint.fill(self.live.setup.networks, best.weights)

    # ------------------------------------------------------------------------------------------------- the order

    def _epochs(self) -> Generator[Event, None, str]:
        """Trains to the end and returns why it ended."""
        patience, place = self.settings.early_stopping, self.live.place
        while place.epoch < self.settings.epochs:
            in_last = self.live.setup.phases.epochs_in_last(place.epoch)
            if patience and min(place.stale, in_last) >= patience:
                return "early"
            if not self.control.stopping:
                yield from self._batches()
            if not self.control.stopping:
                yield from self._end_epoch()
            if self.control.stopping and place.epoch < self.settings.epochs:
                return "stopped"
        return "done"

    def _batches(self) -> Iterator[Event]:
        """The batches of the running epoch that are left."""
        live, control = self.live, self.control
        place, recorder, update = live.place, live.recorder, live.update
        augmented = live.setup.augmented
        live.order = live.randomness.order.get_state()
        yield from self._enter_phase()
        for pair in live.batches.shuffled(live.randomness.order, place.batch):
            if control.asked:
                yield from self._hold()
                if control.stopping:
                    return
            rate = self._set_rate()
            if augmented is not None:
                pair = augmented(pair)  # noqa: PLW2901 (from here on these are the samples of the batch)
            values = update(pair, *self._group()) if self.settings.accumulate > 1 else update(pair)
            place.batch += 1
            place.step += 1
            if recorder.add(values, rate, pair):
                yield from self.flush()
                if self.keeper.due:
                    yield from self.save()
                if self.previews.due:
                    yield from self.look()

    def _enter_phase(self) -> Iterator[Event]:
        """Begins the phase of the running epoch, where it has not begun yet."""
        live, place = self.live, self.live.place
        phases = live.setup.phases
        number = phases.at(place.epoch)
        if number == phases.number:
            return
        live.enter_phase(number)
        if len(phases) > 1 and not place.batch and phases.at(place.epoch - 1) != number:
            phase = phases.phase
            epoch = place.epoch + 1
            yield PhaseBegan(number + 1, len(phases), epoch, place.step, phase.trains, phase.rate)

    def _set_rate(self) -> float:
        steps, epochs = len(self.live.batches), self.settings.epochs
        schedule, memory = self.live.setup.schedule, self.live.place.memory
        factor = schedule.at(self._position(), epochs * steps, steps, memory)
        rate = self.settings.learning_rate * factor * self.live.setup.phases.phase.rate
        if rate != self.live.update.learning_rate:
            self.live.update.learning_rate = rate
        return rate

    def _group(self) -> tuple[float, bool, bool]:
        """Of the next batch: its share of the samples of its group, and whether it is the group's first and last."""
        batches, batch, size = self.live.batches, self.live.place.batch, self.settings.accumulate
        first = batch - batch % size
        last = min(first + size, len(batches))
        samples = sum(batches.size_of(number) for number in range(first, last))
        return batches.size_of(batch) / samples, batch == first, batch + 1 == last

    def _hold(self) -> Iterator[Event]:
        """Does what was asked: waits, makes single steps, or lets the run end."""
        if self.control.holds:
            yield from self.flush()
            if not self._held:
                yield from self.save()
            self._held = True
            self._tick()
            yield Paused(self.live.place.step)
        self.control.wait()
        self._start_clock()
        if self._held and not self.control.paused:
            self._held = False
            yield Resumed(self.live.place.step)

    def _end_epoch(self) -> Iterator[Event]:
        yield from self.flush()
        before = self.live.randomness.tensors()
        validation = validated(self.live, self.control)
        if validation is None:  # it is gone through again by who resumes, with the same numbers
            self.live.randomness.restore(before)
            return
        live, task = self.live, self.live.setup.task
        means = live.recorder.means()
        value = (validation or means).get(task.monitor, math.nan)
        best = live.place.end_epoch(value, self._better)
        live.place.memory = live.setup.schedule.after_epoch(live.place.memory, value, self._better)
        live.order = live.randomness.order.get_state()
        if best:
            self.keeper.best = Saved(live.weights(), live.state())
        yield self._epoch_end(means, validation, best)
        if not math.isfinite(value):
            yield Warned(
                f"the {task.monitor} of epoch {live.place.epoch} is NaN or infinite on the validation part"
            )
        if self.keeper.due_after_epoch:
            yield from self.save()
        if self.previews.due:
            yield from self.look()

    def _epoch_end(self, means: dict[str, float], validation: dict[str, float], best: bool) -> EpochEnd:
        place = self.live.place
        self._tick()
        self.live.recorder.restart_clock()
        return EpochEnd(
            epoch=place.epoch,
            step=place.step,
            train=means,
            validation=validation,
            learning_rate=self.live.update.learning_rate,
            seconds=place.seconds,
            seconds_left=self._seconds_left(),
            memory_bytes=memory_in_use(self.device),
            best=best,
        )

    # ----------------------------------------------------------------------------- numbers, checkpoints and time

    def flush(self) -> Iterator[Event]:
        """The steps since the last time, with the time and the memory they took, and the news.

        Raises:
            NotFiniteError: found on a GPU only now: the loss or a gradient is not finite.
        """
        recorder, place, news = self.live.recorder, self.live.place, self.live.news
        while news:
            yield Warned(news.pop(0))
        steps = recorder.flush(place.step, place.epoch + 1)
        if steps is None:
            return
        self._tick()
        left, memory = self._seconds_left(), memory_in_use(self.device)
        yield replace(steps, seconds=place.seconds, seconds_left=left, memory_bytes=memory)
        if recorder.bad is not None:
            raise recorder.bad

    def save(self, last_time: bool = False) -> Iterator[Event]:
        """Writes checkpoints; the steps made must have been handed on.

        Args:
            last_time: nothing is trained after it.

        Raises:
            NotFiniteError: a weight is not; only the best ones were written.
        """
        stepping, live = self.live.update.stepping, self.live
        if not stepping and not all_finite(live.setup.networks):
            yield from self.keeper.save(None, last_time)
            raise NotFiniteError("weights", step=live.place.step)
        yield from self.keeper.save(None if stepping else live.save, last_time)
        yield from self._look_at_data()

    def look(self, last: bool = False) -> Iterator[Event]:
        """Makes what can be looked at, which is no part of the speed; `last` where nothing is trained after it."""
        with self.live.judged():
            made = list(self.previews.make(self.live.setup, self.live.place, last))
        self.live.recorder.restart_clock()
        yield from made

    def save_last(self, trusted: bool = True) -> Iterator[Event]:
        """Writes what may be gone on from, when a run ends otherwise than it should.

        Args:
            trusted: whether the weights are among that, as far as is known.
        """
        if not trusted:
            yield from self.keeper.save(None, last_time=True)
            return
        with suppress(NotFiniteError):
            yield from self.save(last_time=True)

    def _look_at_data(self) -> Iterator[Event]:
        """Says which files of the data are not as they were read; where all was read it stays in memory."""
        dataset, source = self.live.setup.dataset, self.live.setup.prepared.source
        if source and not self._changed and dataset.fingerprint() != source:
            self._changed = dataset.changed_since(source)
            reads = self.live.setup.prepared.streams
            goes_on = "it needs them still, and" if reads else "this run goes on with what was read then, but"
            yield Warned(
                f"{self._changed}: changed or gone since training began; {goes_on} "
                "to judge or resume it the old data are needed"
            )

    def _start_clock(self) -> None:
        self._since = perf_counter()
        self.live.recorder.restart_clock()

    def _tick(self) -> None:
        now = perf_counter()
        self.live.place.seconds += now - self._since
        self._since = now

    def _position(self) -> int:
        """How many batches of the whole training lie behind."""
        return self.live.place.epoch * len(self.live.batches) + self.live.place.batch

    def _seconds_left(self) -> float:
        position, (first, seconds) = self._position(), self._first
        left = self.settings.epochs * len(self.live.batches) - position
        return (self.live.place.seconds - seconds) / max(1, position - first) * max(0, left)
