"""Thin lines over the canvas that show what a dragged node is in line with."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from netdesigner.ui.canvas.snapping import Line
from netdesigner.ui.theme import Theme

__all__ = ["Guides"]

_Z = 8.0
_ROOM_PX = 24.0
"""Room for a line of one screen pixel at the smallest zoom."""


class Guides(QGraphicsItem):
    """The lines of one drag."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._path = QPainterPath()
        self._pen = QPen(theme.color("accent"), 1)
        self._pen.setCosmetic(True)
        self.lines: tuple[Line, ...] = ()
        self.setZValue(_Z)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Draws these lines instead of those before."""
        if tuple(lines) == self.lines:
            return
        self.prepareGeometryChange()
        self.lines = tuple(lines)
        self._path = QPainterPath()
        for start, end in lines:
            self._path.moveTo(QPointF(*start))
            self._path.lineTo(QPointF(*end))

    def boundingRect(self) -> QRectF:
        if self._path.isEmpty():
            return QRectF()
        return self._path.boundingRect().adjusted(-_ROOM_PX, -_ROOM_PX, _ROOM_PX, _ROOM_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setPen(self._pen)
        painter.drawPath(self._path)
