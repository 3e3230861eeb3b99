"""Last words and long silences: what the program was doing when it died, or while the window stood still.

Both are written by Python's own `faulthandler`, from C and without Python's lock: a window that waits inside a
library that keeps the lock could not be looked at by a thread of Python's. Its timer is put off once a second by
a timer of the window; when that fails for too long, the stacks of all threads go to the trace, and the log has them
once the window moves again. A trace of a program that died is read by the next start.

The timer counts time in which the computer sleeps on some systems, and time in which the process was stopped on all.
Both are known by when the trace was written: on time where the window stood still, late where everything did. Dialogs
of the system have their own loops, which serve the window's timers. Under a debugger nothing is armed.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

__all__ = ["Watchdog", "rest"]

_log = logging.getLogger("netdesigner")
_LIMIT_S = 10.0
_TICK_MS = 1000
_LATE_S = 2.0
_LONGEST_TRACE = 64 * 1024


class Watchdog(QObject):
    """Watches from `start` to `close`.

    Args:
        trace: where last words go; it is removed at the end by whoever gave it.
        limit_s: how long the window may stand still.
    """

    def __init__(self, trace: Path, limit_s: float = _LIMIT_S, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = trace
        self._limit_s = limit_s
        self._armed = 0.0
        self._descriptor: int | None = None
        self._had_faulthandler = False
        self._timer = QTimer(self)
        self._timer.setInterval(round(min(_TICK_MS, limit_s * 250)))
        self._timer.timeout.connect(self._tick)

    def start(self) -> bool:
        """Begins; whether the trace can be written."""
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            _log.warning("nothing will be known of a crash: %s", error)
            return False
        self._had_faulthandler = faulthandler.is_enabled()
        faulthandler.enable(self._descriptor)
        self._timer.start()
        self._tick()
        return True

    def close(self) -> None:
        """Ends."""
        self._timer.stop()
        if self._descriptor is None:
            return
        faulthandler.cancel_dump_traceback_later()
        faulthandler.disable()
        os.close(self._descriptor)
        self._descriptor = None
        if self._had_faulthandler and sys.__stderr__ is not None:
            faulthandler.enable(sys.__stderr__)

    def _tick(self) -> None:
        assert self._descriptor is not None, "it ticks from start to close"
        if os.fstat(self._descriptor).st_size:
            self._tell(self._descriptor)
        self._armed = time.time()
        if not _is_debugged():
            faulthandler.dump_traceback_later(self._limit_s, file=self._descriptor)

    def _tell(self, descriptor: int) -> None:
        """Logs where the window stood, and empties the trace; a late one says nothing of the window."""
        written = os.fstat(descriptor).st_mtime
        os.lseek(descriptor, 0, os.SEEK_SET)  # not by its name: a window that closes has taken that away
        stacks = os.read(descriptor, _LONGEST_TRACE).decode("utf-8", "replace")
        os.truncate(descriptor, 0)
        if written - self._armed < self._limit_s + _LATE_S:
            still_s = time.time() - self._armed
            _log.error("the window stood still for %.0f s; after %.0f s\n%s", still_s, self._limit_s, stacks)


def rest() -> None:
    """Puts the watch off until the window's next tick: a call follows that may keep the window for long."""
    faulthandler.cancel_dump_traceback_later()


def _is_debugged() -> bool:
    if sys.gettrace() is not None:
        return True
    monitoring = getattr(sys, "monitoring", None)  # from Python 3.12 on
    return monitoring is not None and monitoring.get_tool(monitoring.DEBUGGER_ID) is not None
