"""How a row of the list of problems is painted: sign, place and code above, the message below."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from netdesigner.checks import Problem
from netdesigner.document import BLOCK_PREFIX
from netdesigner.ui.canvas.badge import badge_sign, paint_badge
from netdesigner.ui.canvas.words import plain_message
from netdesigner.ui.formats import sentence
from netdesigner.ui.theme import Theme, font

__all__ = ["PROBLEM_ROLE", "ProblemRows", "place_text"]

PROBLEM_ROLE = Qt.ItemDataRole.UserRole
_ROW_PX = 44


def place_text(problem: Problem) -> str:
    """Where a problem lies: its node, within its block; the network or block; what was chosen; else the design."""
    scope = problem.network.removeprefix(BLOCK_PREFIX)
    if not problem.node:
        return scope or problem.section or "design"
    return f"{scope} › {problem.node}" if problem.network.startswith(BLOCK_PREFIX) else problem.node


class ProblemRows(QStyledItemDelegate):
    """Paints one problem.

    Args:
        theme: its colours.
    """

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        problem: Problem = index.data(PROBLEM_ROLE)
        theme = self._theme
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.color("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, theme.color("raised"))
        sign = badge_sign(theme)
        center = QPointF(area.left() + 20, area.top() + 14)
        paint_badge(painter, problem.severity, center, 7.5, theme.color(problem.severity), sign)
        upper = QRect(area.left() + 36, area.top() + 5, area.width() - 48, 18)
        lower = QRect(upper.left(), area.top() + 23, upper.width(), 17)
        self._paint_upper(painter, upper, problem)
        painter.setFont(font(12))
        painter.setPen(theme.color("text"))
        message = sentence(plain_message(problem.message))
        shown = painter.fontMetrics().elidedText(message, Qt.TextElideMode.ElideRight, lower.width())
        painter.drawText(lower, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()

    def _paint_upper(self, painter: QPainter, area: QRect, problem: Problem) -> None:
        painter.setFont(font(11))
        code_width = painter.fontMetrics().horizontalAdvance(problem.code)
        painter.setPen(self._theme.color("muted"))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, problem.code)
        painter.setFont(font(13, font().Weight.DemiBold))
        painter.setPen(self._theme.color("text"))
        room = area.adjusted(0, 0, -code_width - 8, 0)
        shown = painter.fontMetrics().elidedText(
            place_text(problem), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
