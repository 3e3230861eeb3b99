"""A form that builds itself from declared parameters."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QGridLayout, QToolButton, QVBoxLayout, QWidget

from netdesigner.document import Value
from netdesigner.parts.part import Param
from netdesigner.ui.fields.field import Field
from netdesigner.ui.fields.fold import Fold
from netdesigner.ui.fields.picked import ChoiceField, FlagField, SizeChoiceField
from netdesigner.ui.fields.reading import text_of, why_refused
from netdesigner.ui.fields.typed import NamesField, NumberField, PathField, TypedField
from netdesigner.ui.formats import sentence
from netdesigner.ui.icons import icon
from netdesigner.ui.labels import PlainLabel, plain_tip
from netdesigner.ui.theme import Theme

__all__ = ["Form", "field_for"]

_LABEL_PX = 104


def field_for(param: Param, names: Mapping[str, int | float], theme: Theme) -> Field:
    """The editor for a parameter's type."""
    if param.type == "bool":
        return FlagField(param, names, theme)
    if param.type == "str" and param.choices:
        return ChoiceField(param, names, theme)
    if param.type == "size" and param.choices:
        return SizeChoiceField(param, names, theme)
    if param.type in ("int", "float", "scale"):
        return NumberField(param, names, theme)
    if param.type == "names":
        return NamesField(param, names, theme)
    return PathField(param, names, theme) if param.path else TypedField(param, names, theme)


class _Row(NamedTuple):
    """What belongs to one parameter."""

    param: Param
    label: PlainLabel
    field: Field
    reset: QToolButton
    error: PlainLabel


class Form(QWidget):
    """One line for each parameter: its name, its editor, what is wrong with it below; rare ones in a fold.

    Signals:
        edited: (name, value) the user gave a parameter another value.
        shifted: (name, change) each of several values is to change by itself; see `take_relative`.
        left: (name) the user is done with a field for now.

    Args:
        params: what can be edited, in order.
        values: the present values; a parameter that is missing has its default.
        theme: its colours.
        names: the variables that expressions may use.
    """

    edited = Signal(str, object)
    shifted = Signal(str, object)
    left = Signal(str)

    def __init__(
        self,
        params: Sequence[Param],
        values: Mapping[str, Value],
        theme: Theme,
        names: Mapping[str, int | float],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._names = names
        self._theme = theme
        self._rows: dict[str, _Row] = {}
        self._unclear: dict[str, str] = {}
        self._told: dict[str, str] = {}
        self._values: dict[str, Value] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._grid([param for param in params if not param.advanced]))
        advanced = [param for param in params if param.advanced]
        self.fold = Fold("More", theme, self._grid(advanced)) if advanced else None
        if self.fold is not None:
            self.fold.setObjectName("advanced")
            layout.addWidget(self.fold)
        self.set_theme(theme)
        self.set_values(values)

    def _grid(self, params: Sequence[Param]) -> QWidget:
        room = QWidget()
        grid = QGridLayout(room)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(2, 1)
        for index, param in enumerate(params):
            row = self._row(param)
            self._rows[param.name] = row
            grid.addWidget(row.label, 2 * index, 0)
            grid.addWidget(row.reset, 2 * index, 1)
            grid.addWidget(row.field, 2 * index, 2)
            grid.addWidget(row.error, 2 * index + 1, 2)
        return room

    def _row(self, param: Param) -> _Row:
        field = field_for(param, self._names, self._theme)
        label = PlainLabel(param.title, wrap=True)
        label.setFixedWidth(_LABEL_PX)
        label.setBuddy(field)
        tip = plain_tip(f"{param.name}: {param.help}" if param.help else param.name)
        field.setToolTip(tip)
        label.setToolTip(tip)
        (field.focusProxy() or field).setAccessibleName(param.title)
        (field.focusProxy() or field).setAccessibleDescription(param.help)
        reset = QToolButton()
        reset.setObjectName(f"reset_{param.name}")
        reset.setToolTip(plain_tip(f"Back to the default: {text_of(param.default) or 'none'}"))
        reset.setAccessibleName("Back to the default")
        reset.setIconSize(QSize(12, 12))
        reset.setFixedSize(20, 20)
        policy = reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        reset.setSizePolicy(policy)
        error = PlainLabel("", "error", wrap=True)
        error.setObjectName(f"error_{param.name}")
        error.hide()
        name = param.name
        field.edited.connect(lambda value: self._on_edited(name, value))
        field.shifted.connect(lambda change: self.shifted.emit(name, change))
        field.unclear.connect(lambda text: self._on_unclear(name, text))
        field.left.connect(lambda: self.left.emit(name))
        reset.clicked.connect(lambda: self._on_reset(name))
        return _Row(param, label, field, reset, error)

    # --------------------------------------------------------------------------------------------------- values

    def set_values(self, values: Mapping[str, Value]) -> None:
        """Shows other values; what is being typed stays as it is where it means the same."""
        for name, row in self._rows.items():
            value = values.get(name, row.param.default)
            self._values[name] = value
            row.field.set_value(value)
            row.reset.setVisible(not _same(value, row.param.default))
            if self._unclear.get(name) and not row.field.hasFocus():
                self._unclear[name] = why_refused(row.param, value, self._names)
            self._show_error(name)

    def set_mixed(self, names: Collection[str]) -> None:
        """Shows that some parameters have several values at once."""
        for name in names:
            self._rows[name].field.set_mixed()
            self._unclear[name] = ""
            self._rows[name].reset.hide()

    def take_relative(self) -> None:
        """Reads `+8` or `*2` in fields of numbers as a change of each of several values."""
        for row in self._rows.values():
            row.field.take_relative()

    def set_names(self, names: Mapping[str, int | float]) -> None:
        """Takes other variables for expressions."""
        self._names = names
        for row in self._rows.values():
            row.field.set_names(names)

    def set_choices(self, name: str, choices: Sequence[str]) -> None:
        """Offers texts to choose from in a field."""
        if name in self._rows:
            self._rows[name].field.set_choices(tuple(choices))

    def has(self, name: str) -> bool:
        """Whether there is a field for a parameter."""
        return name in self._rows

    def set_folder(self, folder: Path | None) -> None:
        """Says where relative paths start; None for the working directory."""
        for row in self._rows.values():
            row.field.set_folder(folder)

    def field(self, name: str) -> Field:
        """The editor of a parameter."""
        return self._rows[name].field

    def reveal(self, name: str) -> Field:
        """The editor of a parameter, with the fold open where it lies in one."""
        row = self._rows[name]
        if row.param.advanced and self.fold is not None:
            self.fold.set_open(True)
        return row.field

    def _on_edited(self, name: str, value: Value) -> None:
        self._values[name] = value
        self._rows[name].reset.setVisible(not _same(value, self._rows[name].param.default))
        self.edited.emit(name, value)

    def _on_reset(self, name: str) -> None:
        default = self._rows[name].param.default
        self._unclear[name] = ""
        self._rows[name].field.set_value(default)
        self._on_edited(name, default)
        self._show_error(name)
        self.left.emit(name)

    # --------------------------------------------------------------------------------------------------- errors

    def set_error(self, name: str, text: str) -> None:
        """Says what is wrong with a parameter, below its field; nothing for ""."""
        if name in self._rows:
            self._told[name] = text
            self._show_error(name)

    def error(self, name: str) -> str:
        """What is said below a field."""
        row = self._rows[name]
        return "" if row.error.isHidden() else row.error.text()

    def _on_unclear(self, name: str, text: str) -> None:
        self._unclear[name] = text
        self._show_error(name)

    def _show_error(self, name: str) -> None:
        row = self._rows[name]
        text = self._unclear.get(name) or self._told.get(name, "")
        row.error.setText(sentence(text))
        row.error.setVisible(bool(text))
        row.field.set_invalid(bool(text))
        if text:
            self.reveal(name)

    # ----------------------------------------------------------------------------------------------- appearance

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        for row in self._rows.values():
            row.field.set_theme(theme)
            row.reset.setIcon(icon("undo", theme, "muted"))
        if self.fold is not None:
            self.fold.set_theme(theme)


def _same(a: Value, b: Value) -> bool:
    return a == b and type(a) is type(b)
