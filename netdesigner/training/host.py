"""Where a run lives: a thread of this program.

The thread runs the loop and puts its events into a queue; whoever shows them asks for them by a timer. Nothing waits
for anybody: the loop never for a window, and a window never for the loop.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from netdesigner.errors import MemoryRefusedError, NetDesignerError, TrainingError
from netdesigner.training.control import Control
from netdesigner.training.events import Event, Failed, Finished, Steps

__all__ = ["ThreadHost"]

_LOG = logging.getLogger(__name__)
_LOG.addHandler(logging.NullHandler())


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
        while self._queue:
            event = self._queue.popleft()
            previous = found[-1] if found else None
            if isinstance(event, Steps) and isinstance(previous, Steps) and _follows(previous, event):
                found[-1] = _joined(previous, event)
            else:
                found.append(event)
        return found

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
                self._queue.append(_failure(error))


def _failure(error: BaseException) -> Failed:
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


def _joined(before: Steps, after: Steps) -> Steps:
    values: Mapping[str, tuple[float, ...]] = {
        name: before.values[name] + after.values[name] for name in after.values
    }
    return replace(
        after, first=before.first, values=values, learning_rate=before.learning_rate + after.learning_rate
    )
