"""The window's icons by what they mean, in the colours of the theme (Phosphor, through qtawesome)."""

from __future__ import annotations

import os

os.environ.setdefault("QT_API", "pyside6")  # qtawesome asks which binding to use while it is imported

import qtawesome
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap

from netdesigner.ui.theme import Theme

__all__ = ["GLYPHS", "icon"]

GLYPHS = {
    "about": "ph.info",
    "add": "ph.plus",
    "arrange": "ph.tree-structure",
    "cancel": "ph.x",
    "check": "ph.check-circle",
    "close": "ph.x",
    "copy": "ph.copy",
    "curves": "ph.chart-line",
    "cut": "ph.scissors",
    "data": "ph.database",
    "delete": "ph.trash",
    "device": "ph.cpu",
    "down": "ph.caret-down",
    "duplicate": "ph.copy-simple",
    "error": "ph.x-circle",
    "evaluate": "ph.target",
    "export": "ph.export",
    "fit": "ph.frame-corners",
    "folder": "ph.folder",
    "help": "ph.question",
    "inspector": "ph.sliders-horizontal",
    "jump": "ph.crosshair",
    "link": "ph.arrow-right",
    "new": "ph.file-plus",
    "open": "ph.folder-open",
    "palette": "ph.squares-four",
    "panel": "ph.layout",
    "paste": "ph.clipboard-text",
    "pause": "ph.pause",
    "picture": "ph.image",
    "play": "ph.play",
    "problems": "ph.warning-circle",
    "quit": "ph.sign-out",
    "recover": "ph.clock-counter-clockwise",
    "redo": "ph.arrow-u-up-right",
    "refresh": "ph.arrows-clockwise",
    "resume": "ph.play",
    "right": "ph.caret-right",
    "runs": "ph.clock-clockwise",
    "save": "ph.floppy-disk",
    "save as": "ph.floppy-disk-back",
    "search": "ph.magnifying-glass",
    "settings": "ph.gear",
    "start": "ph.house",
    "step": "ph.skip-forward",
    "stop": "ph.stop",
    "theme": "ph.circle-half",
    "training": "ph.graduation-cap",
    "undo": "ph.arrow-u-up-left",
    "up": "ph.caret-up",
    "warning": "ph.warning",
    "zoom in": "ph.magnifying-glass-plus",
    "zoom out": "ph.magnifying-glass-minus",
}
"""What is meant, and the glyph of the icon font that shows it."""


class _Engine(QIconEngine):
    """Draws another icon, and nothing where there is no room: a squeezed button asks for a size below none."""

    def __init__(self, inner: QIcon) -> None:
        super().__init__()
        self._inner = inner

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        if rect.width() > 0 and rect.height() > 0:
            self._inner.paint(painter, rect, mode=mode, state=state)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return QPixmap() if size.isEmpty() else self._inner.pixmap(size, 1.0, mode, state)

    def clone(self) -> QIconEngine:
        return _Engine(self._inner)


def icon(name: str, theme: Theme, color: str = "text") -> QIcon:
    """An icon.

    Args:
        name: one of `GLYPHS`.
        theme: whose colours it has.
        color: which of the theme's colours.
    """
    glyph = qtawesome.icon(
        GLYPHS[name],
        color=getattr(theme, color),
        color_disabled=theme.disabled,
        color_active=getattr(theme, color),
        color_selected=getattr(theme, color),
    )
    return QIcon(_Engine(glyph))
