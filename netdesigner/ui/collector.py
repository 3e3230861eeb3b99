"""Garbage collection on the window's own thread.

Python may run its cyclic collector on whichever thread allocates next. On the training thread it could then destroy
a Qt object, which Qt allows on the thread of the window only, and the program would crash. So while the window lives
the automatic collector is off and a timer of the window's thread does its work. A library that turns it on again
changes nothing, and one that asks for a collection on another thread has it done on the window's.
"""

from __future__ import annotations

import gc
import logging
import threading
from typing import ClassVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

__all__ = ["Collector"]

_log = logging.getLogger(__name__)
_INTERVAL_MS = 500
_PATIENCE_S = 1.0
_collect = gc.collect


class Collector(QObject):
    """Switches the automatic collector off until `close`, and collects from a timer instead.

    Where there are several, the last one that is closed gives the collector back as the first one found it.
    """

    _wanted = Signal(object)
    _open: ClassVar[list[Collector]] = []
    _before: ClassVar[tuple[bool, tuple[int, int, int]]] = True, (0, 0, 0)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        if not self._open:
            Collector._before = gc.isenabled(), gc.get_threshold()
        self._open.append(self)
        self._thread = threading.get_ident()
        gc.disable()
        gc.set_threshold(0)  # so that it stays off even if a library enables it
        _let_collect(self.collect_when_asked)
        self._wanted.connect(self._on_wanted, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> int:
        """Collects the youngest generations that are due.

        Returns:
            The oldest generation that was collected; -1 where nothing was due.
        """
        if gc.isenabled():
            _log.info("a library has turned the garbage collector on; it is off again")
            gc.disable()
        due = -1
        for generation, (count, threshold) in enumerate(zip(gc.get_count(), self._before[1], strict=True)):
            if count <= max(1, threshold):
                break
            due = generation
        if due >= 0:
            _collect(due)
        return due

    def settle(self) -> None:
        """Leaves what is there now out of later collections; called once the large libraries are loaded."""
        gc.freeze()

    def close(self) -> None:
        """Ends the timer and gives the collector back as it was."""
        self._timer.stop()
        if self not in self._open:
            return
        self._open.remove(self)
        if self._open:
            _let_collect(self._open[-1].collect_when_asked)
            return
        was_on, thresholds = self._before
        _let_collect(_collect)
        gc.set_threshold(*thresholds)
        if was_on:
            gc.enable()

    def collect_when_asked(self, generation: int = 2) -> int:
        """What `gc.collect` is meanwhile: on another thread it waits, but not for long, for the window to do it."""
        if threading.get_ident() == self._thread:
            return _collect(generation)
        done = threading.Event()
        self._wanted.emit(done)
        done.wait(_PATIENCE_S)
        return 0

    def _on_wanted(self, done: threading.Event) -> None:
        _collect()
        done.set()


def _let_collect(function: object) -> None:
    setattr(gc, "collect", function)  # noqa: B010  (type checkers know the module's own function only)
