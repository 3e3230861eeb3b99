"""Tool tips of rows that stand for something that can be added."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from netdesigner.ui.canvas.kinds import Kind
from netdesigner.ui.labels import plain_tip

__all__ = ["KIND_ROLE", "KindTips"]

KIND_ROLE = Qt.ItemDataRole.UserRole
"""Where a row has its `Kind`."""


class KindTips(QStyledItemDelegate):
    """Says what a kind does and makes of what; worked out when it is asked for, since lists hold hundreds of them."""

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        kind: Kind | None = index.data(KIND_ROLE)
        if kind is None or event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        words = "\n".join(filter(None, (kind.summary, kind.example)))
        QToolTip.showText(event.globalPos(), plain_tip(words), view.viewport(), option.rect)
        return True
