"""When a run's checkpoints are written.

Writing costs more than a short epoch, so the best weights are held in memory and written together with the last
ones: after `interval_s` at most, at every pause, and when the run ends, however it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

from netdesigner.errors import FileError
from netdesigner.training.checkpoint import Saved, folder_of, write
from netdesigner.training.events import Checkpoint, Event, Warned

__all__ = ["Keeper"]


class Keeper:
    """Writes the checkpoints of a run.

    Args:
        run: the run's folder; None keeps the best weights in memory only.
        interval_s: time between two checkpoints at most, as long as steps are short.

    Attributes:
        best: the best weights, until they are written.
    """

    def __init__(self, run: Path | None, interval_s: float) -> None:
        self.best: Saved | None = None
        self._run = run
        self._interval_s = interval_s
        self._written = perf_counter()

    @property
    def due(self) -> bool:
        """Whether it is time to write."""
        return self._run is not None and perf_counter() - self._written >= self._interval_s

    def save(self, last: Callable[[], Saved] | None) -> Iterator[Event]:
        """Writes the best weights where they are new, then the last ones.

        Args:
            last: gives what training can go on from; None where that is not to be trusted.
        """
        if self._run is None:
            return
        if self.best is not None:
            event = self._write(self._run, "best", self.best)
            self.best = self.best if isinstance(event, Warned) else None
            yield event
        if last is not None:
            yield self._write(self._run, "last", last())
        self._written = perf_counter()

    @staticmethod
    def _write(run: Path, which: str, saved: Saved) -> Checkpoint | Warned:
        folder = folder_of(run, which)
        try:
            write(folder, saved)
        except FileError as error:
            return Warned(str(error))
        return Checkpoint(int(saved.state["step"]), str(folder), which)
