"""How the palette's rows are painted: headings that open and close, and layers with their category's chip."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QModelIndex, QObject, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from netdesigner.ui.canvas.kinds import Kind
from netdesigner.ui.kind_tips import KIND_ROLE, KindTips
from netdesigner.ui.theme import Theme, font

__all__ = ["HEADING", "ROW", "TOLD_ROW", "PaletteRows"]

ROW = QSize(120, 28)
"""The size that a row of a kind is to have..."""
TOLD_ROW = QSize(120, 40)
"""...where it says in a second line what the kind does..."""
HEADING = QSize(120, 32)
"""...and of a heading. Items have it themselves: Qt asks hundreds of them, and then need not call Python."""


class PaletteRows(KindTips):
    """Paints one row.

    Args:
        theme: its colours.
    """

    STRIPE_ROLE: ClassVar[int] = Qt.ItemDataRole.UserRole + 1
    TOLD_ROLE: ClassVar[int] = Qt.ItemDataRole.UserRole + 2

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area: QRect = option.rect
        self._paint_ground(painter, option, area)
        kind: Kind | None = index.data(KIND_ROLE)
        if kind is None:
            self._paint_heading(painter, option, area, str(index.data()), str(index.data(self.STRIPE_ROLE)))
        else:
            self._paint_kind(painter, area, kind, bool(index.data(self.TOLD_ROLE)))
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, area: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(self.theme.color("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self.theme.color("raised"))
        else:
            return
        painter.drawRoundedRect(area.adjusted(0, 1, -1, -1), 4, 4)

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, text: str, stripe: str
    ) -> None:
        painter.setBrush(self.theme.category(stripe))
        painter.drawEllipse(QPointF(area.left() + 12, area.center().y() + 0.5), 4, 4)
        painter.setFont(font(12, font().Weight.DemiBold))
        painter.setPen(self.theme.color("muted"))
        words = area.adjusted(24, 0, -24, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)
        opened = bool(option.state & QStyle.StateFlag.State_Open)
        middle = QPointF(area.right() - 12, area.center().y() + 0.5)
        ends = [QPointF(-3.5, -1.5), QPointF(0, 2), QPointF(3.5, -1.5)]
        if not opened:
            ends = [QPointF(-1.5, -3.5), QPointF(2, 0), QPointF(-1.5, 3.5)]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.color("muted"), 1.25))
        painter.drawPolyline(QPolygonF([middle + end for end in ends]))

    def _paint_kind(self, painter: QPainter, area: QRect, kind: Kind, told: bool) -> None:
        left = area.left() + (8 if told else 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.category(kind.stripe))
        painter.drawRoundedRect(QRectF(left, area.top() + 7, 4, area.height() - 14), 2, 2)
        words = QRect(left + 12, area.top() + 2, area.right() - left - 16, area.height() - 4)
        upper = QRect(words.left(), words.top(), words.width(), words.height() // 2) if told else words
        painter.setFont(font(13))
        painter.setPen(self.theme.color("text"))
        title = painter.fontMetrics().elidedText(kind.title, Qt.TextElideMode.ElideRight, upper.width())
        painter.drawText(upper, Qt.AlignmentFlag.AlignVCenter, title)
        if told:
            lower = QRect(words.left(), upper.bottom(), words.width(), words.height() // 2)
            painter.setFont(font(11))
            painter.setPen(self.theme.color("muted"))
            shown = painter.fontMetrics().elidedText(kind.summary, Qt.TextElideMode.ElideRight, lower.width())
            painter.drawText(lower, Qt.AlignmentFlag.AlignVCenter, shown)
