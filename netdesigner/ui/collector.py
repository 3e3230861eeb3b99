"""Garbage collection on the window's own thread.

Python may run its cyclic collector on whichever thread allocates next. On the training thread it could then destroy
a Qt object, which Qt allows on the thread of the window only, and the program would crash. So while the window lives
the automatic collector is off and a timer of the window's thread does its work.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

__all__ = ["Collector"]

_INTERVAL_MS = 500


class Collector(QObject):
    """Switches the automatic collector off until `close`, and collects from a timer instead."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> int:
        """Collects the youngest generations that are due.

        Returns:
            The oldest generation that was collected; -1 where nothing was due.
        """
        counts = gc.get_count()
        due = -1
        for generation, (count, threshold) in enumerate(zip(counts, self._thresholds, strict=True)):
            if count <= max(1, threshold):
                break
            due = generation
        if due >= 0:
            gc.collect(due)
        return due

    def settle(self) -> None:
        """Leaves what is there now out of later collections; called once the large libraries are loaded."""
        gc.freeze()

    def close(self) -> None:
        """Ends the timer and gives the collector back as it was."""
        self._timer.stop()
        if self._was_on:
            gc.enable()
