"""Where a run lives: what every host can do, and the one that is a thread of this program.

The thread runs the loop and puts its events into a queue; whoever shows them asks for them by a timer. Nothing waits
for anybody: the loop never for a window, and a window never for the loop. The other host is `process.ProcessHost`.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Protocol

from netdesigner.errors import MemoryRefusedError, NetDesignerError, TrainingError
from netdesigner.training.control import Control
from netdesigner.training.events import Event, Failed, Finished, Steps

__all__ = ["Host", "ThreadHost", "failure_of"]

_LOG = logging.getLogger(__name__)
_LOG.addHandler(logging.NullHandler())


class Host(Protocol):
    """A run as whoever shows it sees it; none of its methods waits, `join` excepted.

    Attributes:
        outlives: whether the run goes on where the program that follows it ends.
    """

    outlives: bool

    def start(self) -> None:
        """Begins the run, or begins to follow it."""

    @property
    def running(self) -> bool:
        """Whether the run was started and is not over."""

    @property
    def paused(self) -> bool:
        """Whether the run is held or makes single steps."""

    def drain(self) -> list[Event]:
        """The events since the last time; the last one of all is `Finished` or `Failed`."""

    def pause(self) -> None:
        """Holds the run before its next batch."""

    def resume(self) -> None:
        """Lets it go on."""

    def single_step(self) -> None:
        """Lets it make one batch."""

    def stop(self) -> None:
        """Ends the run after its batch; it saves, and says so in its last event."""

    def leave(self) -> None:
        """Follows the run no longer: one that outlives its follower goes on, any other stops."""

    def join(self, timeout_s: float | None = None) -> bool:
        """Waits until the run is over or left; whether it is."""


class ThreadHost:
    """Runs a training on a thread of its own.

    Whatever happens there, the last event is `Finished` or `Failed`, and nothing is raised here or printed. The thread
    is no daemon: it saves before it ends. Where the program ends without having stopped it, it stops by itself.

    Args:
        events: makes the run's events, on the thread; it is given what the run is controlled by.
        name: of the thread.

    Attributes:
        control: pauses and stops the run.
    """

    outlives = False

    def __init__(self, events: Callable[[Control], Iterator[Event]], name: str = "training") -> None:
        self.control = Control()
        self._events = events
        self._queue: deque[Event] = deque()
        self._thread = threading.Thread(target=self._work, name=name, daemon=False)

    def start(self) -> None:
        """Begins the run."""
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the run was started and is not over."""
        return self._thread.is_alive()

    @property
    def paused(self) -> bool:
        """Whether the run is held or makes single steps."""
        return self.control.paused

    def drain(self) -> list[Event]:
        """The events since the last time, steps in a row joined into one; asked for 10 to 20 times a second."""
        found: list[Event] = []
        row: list[Steps] = []
        for _ in range(len(self._queue)):  # what comes meanwhile is for the next time
            event = self._queue.popleft()
            if isinstance(event, Steps) and row and _follows(row[-1], event):
                row.append(event)
                continue
            if row:
                found.append(_joined(row))
            row = [event] if isinstance(event, Steps) else []
            if not row:
                found.append(event)
        return [*found, _joined(row)] if row else found

    def pause(self) -> None:
        """Holds the run before its next batch."""
        self.control.pause()

    def resume(self) -> None:
        """Lets it go on."""
        self.control.resume()

    def single_step(self) -> None:
        """Lets it make one batch."""
        self.control.single_step()

    def stop(self) -> None:
        """Ends the run after its batch; it saves, and says so in its last event."""
        self.control.stop()

    def leave(self) -> None:
        """Stops the run, which could not go on without this program."""
        self.stop()

    def join(self, timeout_s: float | None = None) -> bool:
        """Waits until the thread has ended.

        Returns:
            Whether it has.
        """
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _work(self) -> None:
        ended = False
        try:
            for event in self._events(self.control):
                self._queue.append(event)
                ended = isinstance(event, Finished | Failed)
                if not threading.main_thread().is_alive():
                    self.control.stop()
            if not ended:
                self._queue.append(Failed("the run ended without a word"))
        except BaseException as error:  # noqa: BLE001 (nothing may leave the thread: it would be printed and lost)
            if not ended:
                self._queue.append(failure_of(error))


def failure_of(error: BaseException) -> Failed:
    """What ended a run as its last event; what only a programmer can mend is written to the log."""
    if isinstance(error, NetDesignerError):
        advice = error.advice if isinstance(error, TrainingError) else ()
        offers = error.offers if isinstance(error, MemoryRefusedError) else ()
        return Failed(str(error), str(getattr(error, "node", "")), advice, offers=offers)
    _LOG.error("training failed", exc_info=error)
    text = str(error).strip().partition("\n")[0]
    return Failed(f"{type(error).__name__}: {text}"[:500].rstrip(": "))


def _follows(before: Steps, after: Steps) -> bool:
    return (
        before.epoch == after.epoch
        and before.last + 1 == after.first
        and before.values.keys() == after.values.keys()
    )


def _joined(row: Sequence[Steps]) -> Steps:
    if len(row) == 1:
        return row[0]
    values: Mapping[str, tuple[float, ...]] = {
        name: tuple(chain.from_iterable(steps.values[name] for steps in row)) for name in row[0].values
    }
    rates = tuple(chain.from_iterable(steps.learning_rate for steps in row))
    return replace(row[-1], first=row[0].first, values=values, learning_rate=rates)
