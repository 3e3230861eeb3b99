"""The one `QApplication`: style, fonts, colours, with a screen or without."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from netdesigner.parts import resources
from netdesigner.ui.theme import Theme, apply_theme, load_fonts, system_theme

__all__ = ["has_screen", "make_application"]


def has_screen() -> bool:
    """Whether a window can be shown to somebody."""
    if os.environ.get("QT_QPA_PLATFORM", "") in ("offscreen", "minimal"):
        return False
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def make_application(offscreen: bool = False, theme: Theme | None = None) -> QApplication:
    """The application, made if there is none yet.

    Args:
        offscreen: draw into memory, so that no screen is needed.
        theme: its colours; those of the system if None.
    """
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    QCoreApplication.setApplicationName("netdesigner")
    QCoreApplication.setOrganizationName("netdesigner")
    application = QApplication(["netdesigner"])
    application.setApplicationDisplayName("netdesigner")
    load_fonts(resources.folder() / "fonts")
    apply_theme(application, theme or system_theme())
    return application
