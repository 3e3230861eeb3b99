"""The columns of a user's table as they were understood, with boxes to say what is learned and what is left out."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from netdesigner.parts.inspection import ColumnInfo, TableInspection
from netdesigner.ui.labels import plain_tip

__all__ = ["ColumnTable"]

_COLUMNS = ("Column", "Learn", "Skip")
_LEARN, _SKIP = 1, 2
_NAME = Qt.ItemDataRole.UserRole
_BOX_PX = 52


class ColumnTable(QTableWidget):
    """One row a column of the file.

    Signals:
        chosen: (targets, left out) two tuples of names, after a box was changed.
    """

    chosen = Signal(object, object)

    def __init__(self) -> None:
        super().__init__(0, len(_COLUMNS))
        self.setObjectName("columns")
        self.setHorizontalHeaderLabels(list(_COLUMNS))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(26)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(_BOX_PX)
        header.setDefaultSectionSize(_BOX_PX)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemChanged.connect(self._on_changed)

    def show_inspection(
        self, found: TableInspection, targets: tuple[str, ...], ignored: tuple[str, ...]
    ) -> None:
        """Shows the columns with what was chosen for each."""
        learned = targets or tuple(column.name for column in found.columns if column.use == "target")
        with QSignalBlocker(self):
            self.setRowCount(len(found.columns))
            for row, column in enumerate(found.columns):
                self._show(row, column, column.name in learned, column.name in ignored)
        head = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(
            head + self.verticalHeader().defaultSectionSize() * min(8, max(1, self.rowCount()))
        )

    def _show(self, row: int, column: ColumnInfo, learned: bool, ignored: bool) -> None:
        missing = f", {column.missing:,} missing" if column.missing else ""
        name = QTableWidgetItem(f"{column.name}   {column.type}{missing}")
        name.setData(_NAME, column.name)
        about = [f"{column.name}: {column.type}{missing}"]
        about += [f"{column.distinct:,} different values, such as {', '.join(column.examples[:3])}"]
        about += [f"left out: {column.reason}"] if column.reason else []
        name.setToolTip(plain_tip("\n".join(about)))
        self.setItem(row, 0, name)
        self.setItem(row, _LEARN, _box(learned, f"Learn {column.name}"))
        self.setItem(
            row, _SKIP, _box(ignored or (bool(column.reason) and not learned), f"Leave {column.name} out")
        )

    def _on_changed(self, item: QTableWidgetItem) -> None:
        if item.column() not in (_LEARN, _SKIP):
            return
        checked = item.checkState() == Qt.CheckState.Checked
        with QSignalBlocker(self):
            other = self.item(item.row(), _SKIP if item.column() == _LEARN else _LEARN)
            if checked and other is not None:
                other.setCheckState(Qt.CheckState.Unchecked)
        self.chosen.emit(self._checked(_LEARN), self._checked(_SKIP))

    def _checked(self, place: int) -> tuple[str, ...]:
        names = []
        for row in range(self.rowCount()):
            name, box = self.item(row, 0), self.item(row, place)
            if name is not None and box is not None and box.checkState() == Qt.CheckState.Checked:
                names.append(str(name.data(_NAME)))
        return tuple(names)


def _box(checked: bool, name: str) -> QTableWidgetItem:
    item = QTableWidgetItem()
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked)
    item.setData(Qt.ItemDataRole.AccessibleTextRole, name)
    return item
