"""A table of named numbers: the design's variables, a block's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from netdesigner.document import name_fault
from netdesigner.document.expression import evaluate
from netdesigner.errors import ExpressionError
from netdesigner.ui.fields.field import mark_invalid
from netdesigner.ui.fields.reading import text_of
from netdesigner.ui.formats import sentence
from netdesigner.ui.icons import icon
from netdesigner.ui.labels import PlainLabel, plain_tip
from netdesigner.ui.theme import Theme

__all__ = ["NumbersEditor"]


class _Row(NamedTuple):
    name: QLineEdit
    value: QLineEdit
    remove: QToolButton
    old: str


class NumbersEditor(QWidget):
    """One line for each number: its name, its value, a button that removes it; a button that adds one.

    Signals:
        changed: the names and numbers as they are now, a mapping in order.

    Args:
        what: what one of them is called, "variable".
        theme: its colours.
    """

    changed = Signal(object)

    def __init__(self, what: str, theme: Theme) -> None:
        super().__init__()
        self._what = what
        self._theme = theme
        self._shown: Mapping[str, int | float] | None = None
        self._rows: list[_Row] = []
        self._room = QWidget()
        self._grid = QGridLayout(self._room)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)
        self.error = PlainLabel("", "error", wrap=True)
        self.error.setObjectName("numbers_error")
        self.error.hide()
        self.add = QPushButton(f"Add {what}")
        self.add.setObjectName(f"add_{what}")
        self.add.clicked.connect(self._on_add)
        below = QHBoxLayout()
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.add)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._room)
        layout.addWidget(self.error)
        layout.addLayout(below)
        self.set_theme(theme)

    def set_numbers(self, numbers: Mapping[str, int | float]) -> None:
        """Shows names and numbers."""
        if numbers is self._shown:
            return
        self._shown = numbers
        if [row.old for row in self._rows] != list(numbers):
            self._rebuild(list(numbers))
        for row, (name, value) in zip(self._rows, numbers.items(), strict=True):
            for line, text in ((row.name, name), (row.value, text_of(value))):
                if line.text() != text and not line.hasFocus():
                    line.setText(text)
        self._say("")
        self._room.setVisible(bool(self._rows))

    def _rebuild(self, names: list[str]) -> None:
        focused = next((i for i, row in enumerate(self._rows) if row.name.hasFocus()), -1)
        for row in self._rows:
            for widget in (row.name, row.value, row.remove):
                widget.blockSignals(True)
                widget.setObjectName("")
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._rows = [self._row(index, name) for index, name in enumerate(names)]
        if 0 <= focused < len(self._rows):
            self._rows[focused].name.setFocus()

    def _row(self, index: int, name: str) -> _Row:
        row = _Row(QLineEdit(name), QLineEdit(), QToolButton(), name)
        row.name.setObjectName(f"name_{index}")
        row.value.setObjectName(f"value_{index}")
        row.remove.setObjectName(f"remove_{index}")
        row.name.setAccessibleName(f"Name of the {self._what}")
        row.value.setAccessibleName(f"Value of {name}")
        row.remove.setAccessibleName(f"Remove {name}")
        row.remove.setToolTip(plain_tip(f"Remove {name}"))
        row.remove.setIconSize(QSize(14, 14))
        row.remove.setIcon(icon("close", self._theme, "muted"))
        row.name.editingFinished.connect(lambda: self._on_name(row))
        row.value.textEdited.connect(lambda _text: self._on_value(row))
        row.value.editingFinished.connect(lambda: self._on_value_left(row))
        row.remove.clicked.connect(lambda: self._on_remove(row))
        for column, widget in enumerate((row.name, row.value, row.remove)):
            self._grid.addWidget(widget, index, column)
        return row

    # --------------------------------------------------------------------------------------------------- editing

    def _numbers(self) -> dict[str, int | float]:
        return dict(self._shown or {})

    def _on_name(self, row: _Row) -> None:
        new = row.name.text().strip()
        if new == row.old:
            mark_invalid(row.name, False)
            self._say("")
            return
        fault = name_fault(new)
        reason = sentence(fault)
        if not reason and new in self._numbers():
            reason = f"There is a {self._what} {new} already"
        mark_invalid(row.name, bool(reason))
        self._say(reason)
        if not reason:
            numbers = {new if name == row.old else name: value for name, value in self._numbers().items()}
            self.changed.emit(numbers)

    def _on_value(self, row: _Row) -> None:
        """Takes a number, or arithmetic on the numbers above it, whose result is kept."""
        numbers = self._numbers()
        try:
            value = evaluate(row.value.text(), {})
        except ExpressionError as error:
            mark_invalid(row.value, True)
            self._say(str(error))
            return
        mark_invalid(row.value, False)
        self._say("")
        if numbers.get(row.old) != value or type(numbers.get(row.old)) is not type(value):
            self.changed.emit({**numbers, row.old: value})

    def _on_value_left(self, row: _Row) -> None:
        if row.old in self._numbers():
            row.value.setText(text_of(self._numbers()[row.old]))
            mark_invalid(row.value, False)
            self._say("")

    def _on_remove(self, row: _Row) -> None:
        self.changed.emit({name: value for name, value in self._numbers().items() if name != row.old})

    def _on_add(self) -> None:
        numbers = self._numbers()
        number = next(n for n in range(1, len(numbers) + 2) if f"{self._what[0]}{n}" not in numbers)
        self.changed.emit({**numbers, f"{self._what[0]}{number}": 1})
        if self._rows:
            self._rows[-1].name.setFocus(Qt.FocusReason.OtherFocusReason)
            self._rows[-1].name.selectAll()

    def refuse(self, reason: str) -> None:
        """Shows again what is kept, and why the names that were entered are not."""
        for row in self._rows:
            row.name.setText(row.old)
            mark_invalid(row.name, False)
        self._say(reason)

    def _say(self, text: str) -> None:
        self.error.setText(text)
        self.error.setVisible(bool(text))

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        for row in self._rows:
            row.remove.setIcon(icon("close", theme, "muted"))
