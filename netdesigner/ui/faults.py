"""Faults of the program itself: written to the log, followed by saving unsaved work, and said once.

An exception in a slot, a paint event or a thread would otherwise only be printed, where nobody with a window looks.
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

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from netdesigner.ui.dialogs import tell_fault

__all__ = ["Faults", "log_path", "log_to"]

_log = logging.getLogger("netdesigner")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


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
        rescue: called after each fault, on the thread it happened on; writes unsaved work.
        log: the log file to name to the user, or None.
        tell: shows a fault on the window's thread, given its one line, its details and the log file.
    """

    _happened = Signal(str, str)

    def __init__(
        self,
        rescue: Callable[[], None],
        log: Path | None = None,
        tell: Callable[[str, str, Path | None], None] = tell_fault,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._rescue = rescue
        self._log_path = log
        self._tell = tell
        self._told: set[str] = set()
        self._telling = False
        self._before: tuple[Callable[..., Any], Callable[..., Any], Any] | None = None
        self._happened.connect(self._show)

    def install(self) -> None:
        """Takes over Python's hooks for exceptions and Qt's for messages."""
        qt_handler = qInstallMessageHandler(_log_qt_message)
        self._before = (sys.excepthook, threading.excepthook, qt_handler)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def remove(self) -> None:
        """Gives the hooks back."""
        if self._before is not None:
            sys.excepthook, threading.excepthook, qt_handler = self._before
            qInstallMessageHandler(qt_handler)
            self._before = None

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, where: str = ""
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.exit(130)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        _log.critical("fault of the program%s\n%s", where, details)
        try:
            self._rescue()
        except Exception:  # noqa: BLE001  (a fault in the rescue must not hide the first one)
            _log.exception("unsaved work could not be kept")
        self._happened.emit(f"{kind.__name__}: {error}", details)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit and args.exc_value is not None:
            name = args.thread.name if args.thread else "a thread"
            self._on_exception(args.exc_type, args.exc_value, args.exc_traceback, f" on {name}")

    def _show(self, line: str, details: str) -> None:
        """Shows each fault once, and one at a time: a fault in painting comes with every repaint."""
        place = details.rpartition('File "')[2]
        if self._telling or place in self._told:
            return
        self._told.add(place)
        self._telling = True
        try:
            self._tell(line, details, self._log_path)
        finally:
            self._telling = False


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    _log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s (%s)", message, context.category or "default")
