"""Unsaved work that was given up, to be brought back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
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

from netdesigner.errors import NetDesignerError
from netdesigner.session.recovery import TRASH_DAYS, Found
from netdesigner.ui import formats
from netdesigner.ui.dialogs import confirm, tell
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
        delete: removes some of it for good; raises a `NetDesignerError` where it cannot.
        parent: the window.
    """

    wanted = Signal(object)

    def __init__(
        self, works: Sequence[Found], delete: Callable[[Found], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._delete = delete
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
        self.delete = QPushButton("&Delete…")
        self.delete.setToolTip("Remove it for good, before its time is over")
        self.delete.setAutoDefault(False)
        self.back = QPushButton("&Bring Back")
        self.back.setDefault(True)
        close = QPushButton("Close")
        self.list.currentItemChanged.connect(lambda *_: self._show_buttons())
        self.list.itemActivated.connect(lambda _item, _column: self._on_back())
        self.delete.clicked.connect(self._on_delete)
        self.back.clicked.connect(self._on_back)
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self.delete)
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        self._words = PlainLabel("", "muted", wrap=True)
        layout.addWidget(self._words)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        self.list.setCurrentIndex(self.list.model().index(0, 0))
        self._show_buttons()

    def _show_buttons(self) -> None:
        there = self.list.topLevelItemCount() > 0
        kept = f"What you chose not to save is kept for {TRASH_DAYS} days. It comes back as a copy without a file."
        self._words.setText(kept if there else f"Nothing was discarded in the last {TRASH_DAYS} days.")
        for widget in (self.list, self.back, self.delete):
            widget.setVisible(there)
        for button in (self.back, self.delete):
            button.setEnabled(self.list.currentItem() is not None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self._on_delete()
        else:
            super().keyPressEvent(event)

    def _on_delete(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        work: Found = item.data(0, _WORK)
        more = f"What was discarded on {formats.date(work.time_s)} cannot be brought back then."
        if not confirm(self, f"Delete the unsaved work on {work.name} for good?", more, "Delete"):
            return
        try:
            self._delete(work)
        except NetDesignerError as error:
            tell(self, "The work cannot be deleted.", str(error))
            return
        self.list.takeTopLevelItem(self.list.indexOfTopLevelItem(item))
        self._show_buttons()

    def _on_back(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.accept()
            self.wanted.emit(item.data(0, _WORK))
