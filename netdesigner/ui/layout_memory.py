"""The place of the window and of its docks, from one start to the next."""

from __future__ import annotations

import base64
import binascii

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow

from netdesigner.ui.settings import Settings

__all__ = ["keep_layout", "restore_layout"]


def keep_layout(window: QMainWindow, settings: Settings) -> None:
    """Remembers where the window and its docks are."""
    settings.change(geometry=_text(window.saveGeometry()), layout=_text(window.saveState()))


def restore_layout(window: QMainWindow, settings: Settings) -> None:
    """Puts the window and its docks where they were; what cannot be read changes nothing."""
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
