"""When a run's checkpoints are written, and how many there are: the best and the last.

Writing costs more than a short epoch, so the best weights are held in memory and written together with the last
ones: after `interval_s` at most, at the end of an epoch that took long beside that, at every pause, and when the run
ends, however it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter

from netdesigner.errors import FileError
from netdesigner.training.checkpoint import Saved, folder_of, write
from netdesigner.training.events import Checkpoint, Event, Warned

__all__ = ["Keeper"]

_LONG_EPOCH_S = 10.0
_LARGEST_SHARE = 0.05
"""Of the time of training, for writing at the end of epochs."""


class Keeper:
    """Writes the checkpoints of a run.

    A disk that is full stops nothing: it is said once, what was written before stays whole, and it is tried again
    each time. Where the best weights cannot be written the last ones are not, so that the two always fit together.

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
        self._cost_s = 0.0
        self._trouble = False

    @property
    def due(self) -> bool:
        """Whether it is time to write."""
        return self._run is not None and perf_counter() - self._written >= self._interval_s

    @property
    def due_after_epoch(self) -> bool:
        """Whether it is time to write where an epoch has ended: earlier, if that is cheap."""
        long = max(_LONG_EPOCH_S, self._cost_s / _LARGEST_SHARE)
        return self._run is not None and perf_counter() - self._written >= min(self._interval_s, long)

    def save(self, last: Callable[[], Saved] | None, last_time: bool = False) -> Iterator[Event]:
        """Writes the best weights where they are new, then the last ones.

        Args:
            last: gives what training can go on from; None where that is not to be trusted.
            last_time: it will not be tried again, so that the user must hear of a failure once more.
        """
        if self._run is None:
            return
        begin = perf_counter()
        try:
            if self.best is not None:
                event = _written(self._run, "best", self.best)
                self.best = None
                yield event
            if last is not None:
                event = _written(self._run, "last", last())
                if self._trouble:
                    self._trouble = False
                    yield Warned("checkpoints are saved again", trouble=False)
                yield event
        except FileError as error:
            if last_time or not self._trouble:
                yield Warned(str(error) if last_time else f"{error}; training goes on, and it is tried again")
            self._trouble = True
        self._written = perf_counter()
        self._cost_s = self._written - begin


def _written(run: Path, which: str, saved: Saved) -> Checkpoint:
    folder = folder_of(run, which)
    write(folder, saved)
    return Checkpoint(int(saved.state["step"]), str(folder), which)
