"""Long work on a thread of its own, with progress and cancel.

The work is a function that takes a `Progress`. Whoever started the job asks it now and then (`poll`); nothing is
called from the job's thread, so no widget is ever touched there.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from netdesigner.errors import CancelledError, NetDesignerError
from netdesigner.parts.dataset import Progress

__all__ = ["Job", "Outcome", "any_left"]

T = TypeVar("T")
_log = logging.getLogger(__name__)
_THREADS = "job: "


def any_left() -> bool:
    """Whether a job runs that nobody has waited for."""
    return any(thread.name.startswith(_THREADS) for thread in threading.enumerate())


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """How a job ended: with a value, with an error, or cancelled (neither)."""

    value: T | None = None
    error: str = ""
    cancelled: bool = False


class Job(Generic[T]):
    """One piece of work on its own thread.

    Args:
        title: what is being done, for people.
        work: called on the thread with a `Progress`; its value is the outcome. A `NetDesignerError` is the user's
            to read; any other exception is logged and shown as a fault of the program.
    """

    def __init__(self, title: str, work: Callable[[Progress], T]) -> None:
        self.title = title
        self.fraction = 0.0
        self.text = title
        self._work = work
        self._cancel = threading.Event()
        self._outcome: Outcome[T] | None = None
        self._thread = threading.Thread(target=self._run, name=f"{_THREADS}{title}", daemon=True)

    def start(self) -> Job[T]:
        """Starts the thread."""
        self._thread.start()
        return self

    def cancel(self) -> None:
        """Asks the work to end; it does at its next report of progress."""
        self._cancel.set()

    @property
    def outcome(self) -> Outcome[T] | None:
        """How it ended, or None while it runs."""
        return self._outcome

    def join(self, timeout_s: float | None = None) -> bool:
        """Waits for the end; whether it came in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _progress(self, fraction: float, text: str) -> None:
        if self._cancel.is_set():
            raise CancelledError(f"{self.title}: cancelled")
        self.fraction, self.text = min(1.0, max(0.0, fraction)), text

    def _run(self) -> None:
        try:
            self._progress(0.0, self.title)
            self._outcome = Outcome(self._work(self._progress))
        except CancelledError:
            self._outcome = Outcome(cancelled=True)
        except NetDesignerError as error:
            self._outcome = Outcome(error=str(error))
        except Exception as error:  # noqa: BLE001  (a thread must end with an outcome, whatever happens in it)
            _log.exception("%s failed", self.title)
            self._outcome = Outcome(error=f"{self.title} failed through a fault of the program: {error!r}")
