"""Two lists to look things up in: what each problem code means, and the keyboard shortcuts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from netdesigner.checks import CODES
from netdesigner.ui.actions.action_list import ActionList

__all__ = ["KeysDialog", "ProblemsDialog"]


class _LookUp(QDialog):
    """Rows of words with a field that leaves those that hold what is typed."""

    def __init__(
        self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(720, 480)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.list = QTreeWidget()
        self.list.setHeaderLabels(list(columns))
        self.list.setRootIsDecorated(False)
        self.list.setWordWrap(True)
        self.list.setAlternatingRowColors(True)
        for row in rows:
            item = QTreeWidgetItem(list(row))
            for column in range(len(row)):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            self.list.addTopLevelItem(item)
        for column in range(len(columns) - 1):
            self.list.resizeColumnToContents(column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.list)

    def _filter(self, text: str) -> None:
        for index in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(index)
            if item is not None:
                words = " ".join(item.text(column) for column in range(item.columnCount()))
                item.setHidden(text.lower() not in words.lower())


class ProblemsDialog(_LookUp):
    """What each problem code means.

    Args:
        code: looked up at first, or "".
        parent: the window.
    """

    def __init__(self, code: str, parent: QWidget) -> None:
        rows = [(name, code.title, code.explanation) for name, code in CODES.items()]
        super().__init__("Problem codes", ("Code", "Problem", "What it means and what to do"), rows, parent)
        self.setObjectName("problem_codes")
        self.list.setColumnWidth(1, 200)
        self.search.setText(code)


class KeysDialog(_LookUp):
    """All actions that have keys."""

    def __init__(self, actions: ActionList, parent: QWidget) -> None:
        rows = []
        for action in actions:
            keys = [
                k.toString(QKeySequence.SequenceFormat.NativeText)
                for k in action.shortcuts()
                if not k.isEmpty()
            ]
            if keys:
                rows.append((", ".join(keys), action.text().replace("&", "").rstrip("…")))
        super().__init__("Keyboard shortcuts", ("Keys", "What they do"), rows, parent)
        self.setObjectName("keys")
