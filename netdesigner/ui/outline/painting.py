"""How a row of the outline is painted: name and amount above, kind, shape and share below, and a bar of the share."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from netdesigner.ui.canvas.badge import badge_sign, paint_badge
from netdesigner.ui.formats import short_count
from netdesigner.ui.outline.model import AnyIndex, OutlineModel
from netdesigner.ui.outline.rows import Row
from netdesigner.ui.theme import Theme, font

__all__ = ["OutlineRows"]

_ROW_PX = 44
_BAR_PX = 3


class OutlineRows(QStyledItemDelegate):
    """Paints one row.

    Args:
        theme: its colours.
    """

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(160, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        model = index.model()
        row = model.row_of(index) if isinstance(model, OutlineModel) else None
        if row is None or not isinstance(model, OutlineModel):
            return
        area = QRect(option.rect).adjusted(0, 1, -6, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, area)
        painter.setBrush(
            self.theme.category(row.facts.category) if row.node_id else self.theme.color("muted")
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(area.left() + 2, area.top() + 6, 4, 28), 2, 2)
        words = area.adjusted(12, 4, -4, -8)
        amount, share = model.listing.amount(row), model.listing.share(row)
        self._paint_upper(painter, words, row, short_count(amount) if amount else "")
        below = " · ".join(filter(None, (row.facts.kind, row.facts.shape.replace(" × ", "×"))))
        self._paint_lower(painter, words, below, f"{share:.0%}" if share >= 0.005 else "<1%" if share else "")
        self._paint_bar(painter, QRectF(words.left(), area.bottom() - 5, words.width(), _BAR_PX), share)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, area: QRect) -> None:
        state = option.state
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(self.theme.color("selection"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self.theme.color("raised"))
        else:
            return
        painter.drawRoundedRect(area, 4, 4)

    def _paint_upper(self, painter: QPainter, words: QRect, row: Row, amount: str) -> None:
        upper = QRect(words.left(), words.top(), words.width(), 16)
        upper.setWidth(self._paint_right(painter, upper, amount))
        if row.facts.severity:
            center = QPointF(upper.right() - 8, upper.center().y() + 0.5)
            color = self.theme.color(row.facts.severity)
            paint_badge(painter, row.facts.severity, center, 6.5, color, badge_sign(self.theme))
            upper.setWidth(upper.width() - 20)
        name = f"{row.facts.name} {row.facts.repeat}".rstrip()
        self._paint_text(painter, upper, name, "text", font(13, QFont.Weight.DemiBold))

    def _paint_lower(self, painter: QPainter, words: QRect, text: str, share: str) -> None:
        lower = QRect(words.left(), words.top() + 15, words.width(), 15)
        lower.setWidth(self._paint_right(painter, lower, share))
        self._paint_text(painter, lower, text, "muted", font(11))

    def _paint_right(self, painter: QPainter, area: QRect, text: str) -> int:
        """Writes at the right; returns how much room is left."""
        if not text:
            return area.width()
        painter.setFont(font(11))
        painter.setPen(self.theme.color("muted"))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        return area.width() - painter.fontMetrics().horizontalAdvance(text) - 8

    def _paint_text(self, painter: QPainter, area: QRect, text: str, color: str, words: QFont) -> None:
        painter.setFont(words)
        painter.setPen(self.theme.color(color))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_bar(self, painter: QPainter, area: QRectF, share: float) -> None:
        if share <= 0:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("border"))
        painter.drawRoundedRect(area, _BAR_PX / 2, _BAR_PX / 2)
        painter.setBrush(self.theme.color("accent"))
        area.setWidth(max(float(_BAR_PX), area.width() * min(share, 1.0)))
        painter.drawRoundedRect(area, _BAR_PX / 2, _BAR_PX / 2)

    # ---------------------------------------------------------------------------------------------------- renaming

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> QWidget:
        field = QLineEdit(parent)
        field.setObjectName("outline_name")
        field.setAccessibleName("New name")
        return field

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        editor.setGeometry(QRect(option.rect).adjusted(8, 4, -6, -8))
