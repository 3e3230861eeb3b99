"""How a run is told to pause, go on, make one step or stop, from any thread.

The loop looks at `asked`, one plain attribute, between batches; only where something was asked does it take the lock.
"""

from __future__ import annotations

import threading

__all__ = ["Control"]

_LOOK_S = 0.25
"""How often a waiting run looks whether the program is still there."""


class Control:
    """What a person wants of a run; every method may be called from any thread at any time.

    Attributes:
        asked: whether the loop has to look closer: a pause, single steps or a stop are wanted.
        stopping: whether the run is to end; it never goes back to False.
    """

    def __init__(self) -> None:
        self.asked = False
        self.stopping = False
        self._paused = False
        self._steps = 0
        self._changed = threading.Condition()

    def pause(self) -> None:
        """Holds the run before its next batch."""
        with self._changed:
            self._paused = True
            self.asked = True

    def resume(self) -> None:
        """Lets a held run go on; without effect on one that runs."""
        with self._changed:
            self._paused = False
            self._steps = 0
            self.asked = self.stopping
            self._changed.notify_all()

    def single_step(self) -> None:
        """Lets the run make one batch, after which it is held."""
        with self._changed:
            self._paused = True
            self._steps += 1
            self.asked = True
            self._changed.notify_all()

    def stop(self) -> None:
        """Ends the run after the batch it is at."""
        with self._changed:
            self.stopping = True
            self.asked = True
            self._changed.notify_all()

    @property
    def holds(self) -> bool:
        """Whether the next batch has to wait."""
        with self._changed:
            return self._paused and not self._steps and not self.stopping

    @property
    def paused(self) -> bool:
        """Whether the run is held, or makes single steps."""
        return self._paused

    def wait(self) -> bool:
        """Waits until the next batch may be made, and counts it off the single steps.

        A run whose program is at its end is stopped, so that nothing waits for ever.

        Returns:
            Whether to go on; False where the run is to stop.
        """
        with self._changed:
            while self._paused and not self._steps and not self.stopping:
                if not self._changed.wait(_LOOK_S) and not threading.main_thread().is_alive():
                    self.stopping = True
            self._steps = max(0, self._steps - 1)
            return not self.stopping
