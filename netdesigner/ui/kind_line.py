"""A kind with its category, as the inspector's pages begin."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from netdesigner.ui.theme import Theme, font

__all__ = ["KindLine"]


class KindLine(QWidget):
    """A chip in the category's colour, the kind, and the category's name.

    Args:
        theme: its colours.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._kind = ""
        self._category = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_kind(self, kind: str, category: str) -> None:
        """Shows a kind."""
        self._kind, self._category = kind, category
        self.setAccessibleName(f"{kind}, {category}" if category else kind)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.category(self._category))
        painter.drawRoundedRect(QRectF(0, 3, 4, self.height() - 6), 2, 2)
        painter.setFont(font(13, font().Weight.Medium))
        painter.setPen(self._theme.color("text"))
        room = self.rect().adjusted(12, 0, 0, 0)
        metrics = painter.fontMetrics()
        kind = metrics.elidedText(self._kind, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, kind)
        if self._category and self._category != self._kind:
            left = room.adjusted(metrics.horizontalAdvance(kind) + 8, 0, 0, 0)
            painter.setFont(font(13))
            painter.setPen(self._theme.color("muted"))
            shown = painter.fontMetrics().elidedText(
                self._category, Qt.TextElideMode.ElideRight, left.width()
            )
            painter.drawText(left, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self.update()
