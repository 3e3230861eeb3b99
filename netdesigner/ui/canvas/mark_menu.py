"""The choice of a frame's colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu

from netdesigner.ui.canvas.mark_item import FRAME_COLORS, frame_color

if TYPE_CHECKING:
    from netdesigner.ui.canvas.canvas import Canvas

__all__ = ["color_menu"]

_SWATCH_PX = 16


def color_menu(canvas: Canvas, parent: QMenu) -> QMenu:
    """The colours of frames, that of the selected ones checked."""
    menu = QMenu("Colour", parent)
    shown = canvas.ordering.shown_colors()
    for name in FRAME_COLORS:
        action = menu.addAction((name or "neutral").capitalize())
        action.setIcon(_swatch(frame_color(name, canvas.scene.style_.theme)))
        action.setCheckable(True)
        action.setChecked(shown == {name})
        action.triggered.connect(lambda _checked=False, name=name: canvas.ordering.set_color(name))
    return menu


def _swatch(color: QColor) -> QIcon:
    """A small round piece of a colour."""
    found = QPixmap(_SWATCH_PX, _SWATCH_PX)
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(QRectF(found.rect()).adjusted(2, 2, -2, -2))
    painter.end()
    return QIcon(found)
