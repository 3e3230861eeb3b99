"""The window's icons by what they mean, in the colours of the theme (the Phosphor font that comes with qtawesome)."""

from __future__ import annotations

import functools
import json
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPainterPath, QPixmap

from netdesigner.errors import NetDesignerError
from netdesigner.ui.theme import Theme

__all__ = ["GLYPHS", "glyph", "icon"]

GLYPHS = {
    "about": "info",
    "add": "plus",
    "arrange": "tree-structure",
    "back": "arrow-left",
    "bypass": "arrow-arc-right",
    "cancel": "x",
    "check": "check-circle",
    "close": "x",
    "copy": "copy",
    "curves": "chart-line",
    "cut": "scissors",
    "data": "database",
    "delete": "trash",
    "device": "cpu",
    "down": "caret-down",
    "duplicate": "copy-simple",
    "error": "x-circle",
    "evaluate": "target",
    "export": "export",
    "fit": "frame-corners",
    "folder": "folder",
    "frozen": "snowflake",
    "group": "bounding-box",
    "help": "question",
    "inspector": "sliders-horizontal",
    "jump": "crosshair",
    "link": "arrow-right",
    "move down": "arrow-down",
    "move up": "arrow-up",
    "new": "file-plus",
    "open": "folder-open",
    "palette": "squares-four",
    "panel": "layout",
    "paste": "clipboard-text",
    "pause": "pause",
    "picture": "image",
    "play": "play",
    "problems": "warning-circle",
    "quit": "sign-out",
    "recover": "clock-counter-clockwise",
    "reconnect": "flow-arrow",
    "redo": "arrow-u-up-right",
    "refresh": "arrows-clockwise",
    "replace": "swap",
    "resume": "play",
    "right": "caret-right",
    "runs": "clock-clockwise",
    "save": "floppy-disk",
    "save as": "floppy-disk-back",
    "search": "magnifying-glass",
    "settings": "gear",
    "start": "house",
    "start from": "git-branch",
    "step": "skip-forward",
    "stop": "stop",
    "theme": "circle-half",
    "tied": "link-simple",
    "training": "graduation-cap",
    "undo": "arrow-u-up-left",
    "up": "caret-up",
    "warning": "warning",
    "zoom in": "magnifying-glass-plus",
    "zoom out": "magnifying-glass-minus",
}
"""What is meant, and the glyph of the icon font that shows it."""


@functools.cache
def _font() -> tuple[str, dict[str, str]]:
    """The family of the icon font, and the characters of `GLYPHS` by what is meant.

    The font comes with qtawesome, whose own start would load eleven others too and take longer than the whole window.
    """
    package = find_spec("qtawesome")
    if package is None or package.origin is None:
        raise NetDesignerError("the icons are missing: pip install qtawesome")
    folder = Path(package.origin).parent / "fonts"
    (font_file,), (names_file,) = folder.glob("phosphor-*.ttf"), folder.glob("phosphor-charmap-*.json")
    number = QFontDatabase.addApplicationFont(str(font_file))
    codes: dict[str, str] = json.loads(names_file.read_text("utf-8"))
    return QFontDatabase.applicationFontFamilies(number)[0], {
        name: chr(int(codes[glyph], 16)) for name, glyph in GLYPHS.items()
    }


class _Engine(QIconEngine):
    """Draws a character of the icon font, and nothing where a squeezed button asks for a size below none.

    Args:
        character: of the icon font.
        color: while it can be pressed.
        disabled: while it cannot.
    """

    def __init__(self, character: str, color: str, disabled: str) -> None:
        super().__init__()
        self._character = character
        self._color = color
        self._disabled = disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        size = round(0.875 * min(rect.width(), rect.height()))
        if size <= 0:
            return
        font = QFont(_font()[0])
        font.setPixelSize(size)
        painter.save()
        painter.setPen(QColor(self._disabled if mode == QIcon.Mode.Disabled else self._color))
        painter.setFont(font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        if size.isEmpty():
            return QPixmap()
        found = QPixmap(size)
        found.fill(Qt.GlobalColor.transparent)
        painter = QPainter(found)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return found

    def clone(self) -> QIconEngine:
        return _Engine(self._character, self._color, self._disabled)


def glyph(name: str, size_px: int) -> QPainterPath:
    """The outline of an icon around (0, 0), for a painter whose picture may be seen where its font is not."""
    family, characters = _font()
    font = QFont(family)
    font.setPixelSize(size_px)
    outline = QPainterPath()
    outline.addText(0, 0, font, characters[name])
    return outline.translated(-outline.boundingRect().center())


def icon(name: str, theme: Theme, color: str = "text") -> QIcon:
    """An icon.

    Args:
        name: one of `GLYPHS`.
        theme: whose colours it has.
        color: which of the theme's colours.
    """
    character = _font()[1][name]
    return QIcon(_Engine(character, getattr(theme, color), theme.disabled))
