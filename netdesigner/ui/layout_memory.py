"""The place of the window, of its docks and of what lies in front in them, from one start to the next."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow, QWidget

from netdesigner.ui.docks import TabbedDock
from netdesigner.ui.settings import Settings

Panels = Mapping[str, tuple[TabbedDock, QWidget]]
"""Each panel by its title, with the dock that it lies in."""

__all__ = ["keep_layout", "restore_layout"]


def keep_layout(window: QMainWindow, panels: Panels, settings: Settings) -> None:
    """Remembers where the window and its docks are, and which panels lie in front."""
    front = tuple(title for title, (dock, panel) in panels.items() if dock.tabs.currentWidget() is panel)
    settings.change(geometry=_text(window.saveGeometry()), layout=_text(window.saveState()), front=front)


def restore_layout(window: QMainWindow, panels: Panels, settings: Settings) -> None:
    """Puts the window, its docks and panels where they were; what cannot be read changes nothing."""
    for title in settings.value.front:
        if title in panels:
            dock, panel = panels[title]
            dock.tabs.setCurrentWidget(panel)
    if geometry := _bytes(settings.value.geometry):
        window.restoreGeometry(geometry)
    if layout := _bytes(settings.value.layout):
        window.restoreState(layout)


def _text(data: QByteArray) -> str:
    return base64.b64encode(data.data()).decode("ascii")


def _bytes(text: str) -> QByteArray | None:
    try:
        return QByteArray(base64.b64decode(text, validate=True)) if text else None
    except (binascii.Error, ValueError):
        return None
