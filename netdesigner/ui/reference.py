"""A list to look up in what each problem code means."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from netdesigner.checks import CODES
from netdesigner.ui.labels import PlainLabel

__all__ = ["ProblemsDialog"]


class _LookUp(QDialog):
    """Rows of words with a field that leaves those that hold what is typed; below, more on the chosen row.

    Args:
        title: of the dialog.
        columns: what stands above the rows.
        rows: one cell a column, and what is said about the row below, or "".
        parent: the window.
    """

    def __init__(
        self, title: str, columns: Sequence[str], rows: Sequence[tuple[Sequence[str], str]], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(560, 480)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.about = PlainLabel("", wrap=True)
        self.about.setMinimumHeight(96 if any(more for _, more in rows) else 0)
        self.about.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.list = QTreeWidget()
        self.list.setHeaderLabels(list(columns))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        for cells, more in rows:
            item = QTreeWidgetItem(list(cells))
            item.setSizeHint(0, QSize(0, 26))
            item.setData(0, Qt.ItemDataRole.UserRole, more)
            self.list.addTopLevelItem(item)
        self.list.setColumnWidth(0, 136)
        self.list.currentItemChanged.connect(lambda item, _before: self._tell(item))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.about)
        self._filter("")

    def _tell(self, item: QTreeWidgetItem | None) -> None:
        self.about.setText(str(item.data(0, Qt.ItemDataRole.UserRole)) if item is not None else "")

    def _filter(self, text: str) -> None:
        shown = []
        for index in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(index)
            if item is not None:
                words = [item.text(column) for column in range(item.columnCount())]
                words.append(str(item.data(0, Qt.ItemDataRole.UserRole)))
                item.setHidden(text.lower() not in " ".join(words).lower())
                shown += [] if item.isHidden() else [item]
        if shown and self.list.currentItem() not in shown:
            self.list.setCurrentItem(shown[0])


class ProblemsDialog(_LookUp):
    """What each problem code means.

    Args:
        code: looked up at first, or "".
        parent: the window.
    """

    def __init__(self, code: str, parent: QWidget) -> None:
        rows = [((name, code.title), code.explanation) for name, code in CODES.items()]
        super().__init__("Problem codes", ("Code", "Problem"), rows, parent)
        self.setObjectName("problem_codes")
        self.search.setText(code)
