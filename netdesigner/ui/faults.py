"""Faults of the program itself: written to the log, followed by saving unsaved work, and said once.

An exception in a slot, a paint event, a destructor, a job or a thread would otherwise only be printed, where nobody
with a window looks.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from netdesigner.ui.dialogs import tell_fault
from netdesigner.ui.fault_report import fault_report

__all__ = ["Faults", "log_path", "log_to"]

_log = logging.getLogger("netdesigner")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}

Tell = Callable[[str, str, str], None]
"""Shows a fault: its one line, why unsaved work is not kept (mostly ""), and the report."""


def log_path() -> Path:
    """The log file of this user."""
    import platformdirs

    return platformdirs.user_log_path("netdesigner", appauthor=False) / "netdesigner.log"


def log_to(path: Path) -> logging.Handler | None:
    """Sends what is logged to a file that starts afresh at 1 MB; None where it cannot be written."""
    from logging.handlers import RotatingFileHandler

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=2**20, backupCount=2, encoding="utf-8", delay=True)
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    return handler


class Faults(QObject):
    """Catches what nothing else caught, from `install` to `remove`.

    Args:
        rescue: called after each fault, on the thread it happened on; writes unsaved work and says why it could not,
            "" where it could.
        log: the log file, whose end belongs to a report, or None.
        tell: shows a fault, on the window's thread and never in the middle of painting.
    """

    _happened = Signal(str, str, str)

    def __init__(
        self,
        rescue: Callable[[], str],
        log: Path | None = None,
        tell: Tell = tell_fault,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._rescue = rescue
        self._log_path = log
        self._tell = tell
        self._known: set[object] = set()
        self._told_any = threading.Lock()
        self._waiting: list[tuple[str, str, str]] = []
        self._telling = False
        self._before: tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any], Any] | None = None
        self._listener = _Listener(self)
        # Queued, so that no dialog is run inside a paint event or a destructor.
        self._happened.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Takes over Python's hooks for exceptions and Qt's for messages."""
        qt_handler = qInstallMessageHandler(_log_qt_message)
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook, qt_handler)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        _log.addHandler(self._listener)

    def remove(self) -> None:
        """Gives the hooks back."""
        if self._before is not None:
            _log.removeHandler(self._listener)
            sys.excepthook, threading.excepthook, sys.unraisablehook, qt_handler = self._before
            qInstallMessageHandler(qt_handler)
            self._before = None

    # ------------------------------------------------------------------------------------------------- catching

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, where: str = ""
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.exit(130)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        _log.critical("fault of the program%s\n%s", where, details)
        self.take(kind, error, trace)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit and args.exc_value is not None:
            name = args.thread.name if args.thread else "a thread"
            self._on_exception(args.exc_type, args.exc_value, args.exc_traceback, f" on {name}")

    def _on_unraisable(self, args: sys.UnraisableHookArgs) -> None:
        error = args.exc_value or RuntimeError(args.exc_type.__name__)
        where = f" ({args.err_msg or 'exception ignored in'}: {type(args.object).__qualname__})"
        self._on_exception(args.exc_type, error, args.exc_traceback, where)

    def take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Rescues unsaved work, and has a fault told unless one of the same kind at the same place was told before."""
        try:
            not_kept = self._rescue()
        except Exception as fault:  # noqa: BLE001  (a fault in the rescue must not hide the first one)
            _log.error("unsaved work could not be kept: %r", fault)
            not_kept = str(fault)
        # A fault in painting comes with every repaint, and says something else each time.
        place = (kind, _place_of(trace))
        with self._told_any:
            if place in self._known:
                return
            self._known.add(place)
        details = "".join(traceback.format_exception(kind, error, trace))
        self._happened.emit(f"{kind.__name__}: {error}", not_kept, details)

    # -------------------------------------------------------------------------------------------------- telling

    def _show(self, line: str, not_kept: str, details: str) -> None:
        """Shows one fault after the other."""
        self._waiting.append((line, not_kept, details))
        if self._telling:
            return
        self._telling = True
        try:
            while self._waiting:
                line, not_kept, details = self._waiting.pop(0)
                self._tell(line, not_kept, fault_report(details, self._log_path))
        finally:
            self._telling = False


class _Listener(logging.Handler):
    """Hears of faults that were caught and logged with their trace, as those of jobs are."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(logging.ERROR)
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        kind, error, trace = record.exc_info or (None, None, None)
        if kind is not None and error is not None:
            self._faults.take(kind, error, trace)


def _place_of(trace: TracebackType | None) -> tuple[str, int] | None:
    """The file and the line in which an exception was raised."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace is not None else None


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    _log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s (%s)", message, context.category or "default")
