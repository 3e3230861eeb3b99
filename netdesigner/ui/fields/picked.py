"""Editors that are picked from: a tick, a list of choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout

from netdesigner.document import Value
from netdesigner.parts.part import Param
from netdesigner.ui.fields.field import Field, mark_invalid
from netdesigner.ui.fields.reading import evaluated_text, read, text_of, why_refused
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.theme import Theme

__all__ = ["ChoiceField", "FlagField", "SizeChoiceField"]


class FlagField(Field):
    """A tick."""

    def __init__(self, param: Param, names: Mapping[str, int | float], theme: Theme) -> None:
        super().__init__(param, names, theme)
        self.box = QCheckBox()
        self.box.setObjectName(f"field_{param.name}")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        layout.addStretch(1)
        self.setFocusProxy(self.box)
        self.box.clicked.connect(self._on_clicked)

    def _on_clicked(self, checked: bool) -> None:
        self.box.setTristate(False)
        self.unclear.emit("")
        self.edited.emit(checked)
        self.left.emit()

    def set_value(self, value: Value) -> None:
        with QSignalBlocker(self.box):
            self.box.setTristate(False)
            self.box.setChecked(value is True)

    def set_mixed(self) -> None:
        with QSignalBlocker(self.box):
            self.box.setTristate(True)
            self.box.setCheckState(Qt.CheckState.PartiallyChecked)


class _QuietBox(QComboBox):
    """A list that the wheel turns only while it has the focus, so that scrolling a form changes nothing."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ChoiceField(Field):
    """A list of texts of which one is chosen; a value that is not among them stays and is shown."""

    def __init__(self, param: Param, names: Mapping[str, int | float], theme: Theme) -> None:
        super().__init__(param, names, theme)
        self.box = _QuietBox()
        self.box.setObjectName(f"field_{param.name}")
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(4)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        self.setFocusProxy(self.box)
        self._value: Value = None
        self.set_choices(param.choices)
        self.box.activated.connect(self._on_activated)

    def set_choices(self, choices: Sequence[str]) -> None:
        with QSignalBlocker(self.box):
            self.box.clear()
            if self.param.optional:
                self.box.addItem("none", None)
            for text in choices:
                self.box.addItem(text, text)
        self.set_value(self._value)

    def set_value(self, value: Value) -> None:
        self._value = value
        with QSignalBlocker(self.box):
            if self.box.findData(value) < 0:
                self.box.addItem(text_of(value), value)
            self.box.setCurrentIndex(self.box.findData(value))

    def set_mixed(self) -> None:
        with QSignalBlocker(self.box):
            self.box.setCurrentIndex(-1)
            self.box.setPlaceholderText("different values")

    def set_invalid(self, invalid: bool) -> None:
        mark_invalid(self.box, invalid)

    def _on_activated(self, index: int) -> None:
        value = self.box.itemData(index)
        if value != self._value:
            self._value = value
            self.unclear.emit(why_refused(self.param, value, self.names))
            self.edited.emit(value)
        self.left.emit()


class SizeChoiceField(Field):
    """A size that may also be one of some words, such as a padding of "same"."""

    def __init__(self, param: Param, names: Mapping[str, int | float], theme: Theme) -> None:
        super().__init__(param, names, theme)
        self.box = _QuietBox()
        self.box.setObjectName(f"field_{param.name}")
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(4)
        self.box.addItems(list(param.choices))
        self.box.setCompleter(None)  # type: ignore[arg-type]
        self._told = PlainLabel("", "muted")
        self._value: Value = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.box, 1)
        layout.addWidget(self._told)
        self._told.hide()
        self.setFocusProxy(self.box)
        self.box.lineEdit().textEdited.connect(self._on_edited)
        self.box.textActivated.connect(self._on_picked)
        self.box.lineEdit().editingFinished.connect(self._on_left)

    def set_value(self, value: Value) -> None:
        reading = read(self.param, self.box.currentText(), self.names)
        typing = self.box.hasFocus() and reading.usable and reading.value == value
        self._value = value
        if not typing:
            with QSignalBlocker(self.box):
                self.box.setEditText(text_of(value))
        self._tell(value)

    def set_mixed(self) -> None:
        with QSignalBlocker(self.box):
            self.box.setEditText("")
            self.box.lineEdit().setPlaceholderText("different values")

    def set_names(self, names: Mapping[str, int | float]) -> None:
        super().set_names(names)
        self._tell(self._value)

    def set_invalid(self, invalid: bool) -> None:
        mark_invalid(self.box, invalid)

    def _on_edited(self, text: str) -> None:
        reading = read(self.param, text, self.names)
        self._tell(reading.value)
        self.unclear.emit(reading.error)
        if reading.usable and reading.value != self._value:
            self._value = reading.value
            self.edited.emit(reading.value)

    def _on_picked(self, text: str) -> None:
        self._on_edited(text)
        self.left.emit()

    def _on_left(self) -> None:
        if not read(self.param, self.box.currentText(), self.names).usable:
            self.box.setEditText(text_of(self._value))
            self.unclear.emit("")
        self.left.emit()

    def _tell(self, value: Value) -> None:
        self._told.setText(evaluated_text(self.param, value, self.names))
        self._told.setVisible(bool(self._told.text()))
