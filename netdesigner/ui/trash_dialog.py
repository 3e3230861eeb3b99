"""Unsaved work that was given up, to be brought back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from netdesigner.session.recovery import TRASH_DAYS, Found
from netdesigner.ui import formats
from netdesigner.ui.labels import PlainLabel, plain_tip

__all__ = ["TrashDialog"]

_ROW_PX = 26
_WORK = Qt.ItemDataRole.UserRole


class TrashDialog(QDialog):
    """Lists work that was given up in the last month.

    Signals:
        wanted: (Found) it should be opened again.

    Args:
        works: the work, the latest first.
        parent: the window.
    """

    wanted = Signal(object)

    def __init__(self, works: Sequence[Found], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trash")
        self.setWindowTitle("Discarded Work")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 400)
        self.list = QTreeWidget()
        self.list.setHeaderLabels(["Design", "Discarded", "Its file"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        self.list.setColumnWidth(0, 184)
        self.list.setColumnWidth(1, 144)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        for work in works:
            item = QTreeWidgetItem([work.name, formats.date(work.time_s), str(work.path or "never saved")])
            item.setToolTip(2, plain_tip(item.text(2)))
            item.setData(0, _WORK, work)
            item.setSizeHint(0, QSize(0, _ROW_PX))
            self.list.addTopLevelItem(item)
        self.back = QPushButton("&Bring Back")
        self.back.setDefault(True)
        close = QPushButton("Close")
        self.list.currentItemChanged.connect(lambda item, _before: self.back.setEnabled(item is not None))
        self.list.itemActivated.connect(lambda _item, _column: self._on_back())
        self.back.clicked.connect(self._on_back)
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        words = f"What you chose not to save is kept for {TRASH_DAYS} days. It comes back as a copy without a file."
        if not works:
            words = f"Nothing was discarded in the last {TRASH_DAYS} days."
        layout.addWidget(PlainLabel(words, "muted", wrap=True))
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        self.list.setVisible(bool(works))
        self.back.setVisible(bool(works))
        self.list.setCurrentIndex(self.list.model().index(0, 0))

    def _on_back(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.accept()
            self.wanted.emit(item.data(0, _WORK))
