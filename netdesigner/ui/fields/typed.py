"""Editors that are typed into: numbers, sizes, lists, texts and paths."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from netdesigner.document import Value
from netdesigner.parts.part import Param
from netdesigner.parts.paths import found, written
from netdesigner.ui.fields.field import Field, mark_invalid
from netdesigner.ui.fields.reading import evaluated_text, read, step, text_of
from netdesigner.ui.fields.relative import Relative, is_begun, relative_of
from netdesigner.ui.icons import icon
from netdesigner.ui.labels import PlainLabel, plain_tip
from netdesigner.ui.theme import Theme

__all__ = ["NamesField", "NumberField", "PathField", "TypedField"]

_PLACEHOLDERS = {
    "size": "one number, or one an axis",
    "scale": "one number, or one an axis",
    "ints": "numbers, separated by commas",
    "floats": "numbers, separated by commas",
    "names": "names, separated by commas",
}


class TypedField(Field):
    """One line of text that is read as a value; what an expression comes to stands at its end."""

    def __init__(self, param: Param, names: Mapping[str, int | float], theme: Theme) -> None:
        super().__init__(param, names, theme)
        self.line = QLineEdit()
        self.line.setObjectName(f"field_{param.name}")
        self._hint = param.unset if param.optional else _PLACEHOLDERS.get(param.type, "")
        self.line.setPlaceholderText(self._hint)
        self._told = PlainLabel("", "muted", parent=self.line)
        self._told.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._value: Value = None
        self._relative = False
        self._room = QHBoxLayout(self)
        self._room.setContentsMargins(0, 0, 0, 0)
        self._room.setSpacing(4)
        self._room.addWidget(self.line, 1)
        self.setFocusProxy(self.line)
        self.line.textEdited.connect(self._on_edited)
        self.line.editingFinished.connect(self._on_left)
        self.line.installEventFilter(self)

    def set_value(self, value: Value) -> None:
        reading = read(self.param, self.line.text(), self.names)
        typing = self.line.hasFocus() and reading.usable and _same(reading.value, value)
        self._value = value
        if not typing:
            self.line.setPlaceholderText(self._hint)
            if self.line.text() != text_of(value):
                self.line.setText(text_of(value))
            if not self.line.hasFocus():
                self._scroll()
        self._tell(value)

    def set_hint(self, text: str) -> None:
        """Says what an empty line means."""
        self._hint = text
        self.line.setPlaceholderText(text)

    def put_beside(self, widget: QWidget) -> None:
        """Puts what finds a value, such as a button, at the end of the line."""
        self._room.addWidget(widget)

    def _scroll(self) -> None:
        """Brings into sight what tells a long text from others."""
        self.line.setCursorPosition(0)

    def set_names(self, names: Mapping[str, int | float]) -> None:
        super().set_names(names)
        self._tell(self._value)

    def set_mixed(self) -> None:
        self._value = None
        self.line.clear()
        self.line.setPlaceholderText("different values")

    def take_relative(self) -> None:
        self._relative = True

    def _change(self) -> Relative | None:
        """The change that was typed, where changes are taken; it is made when the field is left, not on the way."""
        return relative_of(self.param, self.line.text()) if self._relative else None

    def set_invalid(self, invalid: bool) -> None:
        mark_invalid(self.line, invalid)

    def _on_edited(self, text: str) -> None:
        change = self._change()
        if change or (self._relative and is_begun(text)):
            self._told.setText(str(change or ""))
            self._place_told()
            self.unclear.emit("")
            return
        reading = read(self.param, text, self.names)
        self._tell(reading.value)
        self.unclear.emit(reading.error)
        if reading.usable and not _same(reading.value, self._value):
            self._give(reading.value)

    def _give(self, value: Value) -> None:
        self._value = value
        self._tell(value)
        self.edited.emit(value)

    def _on_left(self) -> None:
        if change := self._change():
            self.line.clear()
            self.shifted.emit(change)
        elif (self._relative and is_begun(self.line.text())) or not read(
            self.param, self.line.text(), self.names
        ).usable:
            self.line.setText(text_of(self._value))
            self.unclear.emit("")
        self.left.emit()

    def _tell(self, value: Value) -> None:
        """Writes what an expression comes to at the end of the line."""
        self._told.setText(evaluated_text(self.param, value, self.names))
        self._place_told()

    def _right_edge(self) -> int:
        """Where the end of the line is free."""
        return self.line.width() - 8

    def _place_told(self) -> None:
        self._told.setVisible(bool(self._told.text()))
        self._told.adjustSize()
        self._told.move(
            self._right_edge() - self._told.width(), (self.line.height() - self._told.height()) // 2
        )
        taken = self.line.width() - self._right_edge() - 8
        self.line.setTextMargins(0, 0, taken + (self._told.width() + 4 if self._told.text() else 0), 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() == QEvent.Type.Resize:
            self._place_told()
        return super().eventFilter(watched, event)


def _same(a: Value, b: Value) -> bool:
    return a == b and type(a) is type(b)


class NumberField(TypedField):
    """A number with steps up and down; an expression may stand in its place."""

    def __init__(self, param: Param, names: Mapping[str, int | float], theme: Theme) -> None:
        super().__init__(param, names, theme)
        self._steps = tuple(self._stepper(direction) for direction in (1, -1))
        self.set_theme(theme)

    def _stepper(self, direction: int) -> QToolButton:
        button = QToolButton(self.line)
        button.setArrowType(Qt.ArrowType.NoArrow)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAutoRepeat(True)
        button.setCursor(Qt.CursorShape.ArrowCursor)
        button.setIconSize(QSize(10, 10))
        button.setAccessibleName("More" if direction > 0 else "Less")
        button.clicked.connect(lambda: self._step(direction))
        return button

    def _right_edge(self) -> int:
        return self.line.width() - 24

    def _place_told(self) -> None:
        super()._place_told()
        height = (self.line.height() - 4) // 2
        for index, button in enumerate(self._steps):
            button.setGeometry(self.line.width() - 20, 2 + index * height, 18, height)

    def _step(self, steps: int) -> None:
        reading = read(self.param, self.line.text(), self.names)
        if self._relative and not self.line.text() and self.param.type == "int":
            self.shifted.emit(Relative("+" if steps > 0 else "-", abs(steps)))
            return
        stepped = step(self.param, reading.value, steps)
        if stepped is None or _same(stepped, reading.value):
            return
        self.line.setText(text_of(stepped))
        self.unclear.emit("")
        self._give(stepped)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line:
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                steps = {
                    Qt.Key.Key_Up: 1,
                    Qt.Key.Key_Down: -1,
                    Qt.Key.Key_PageUp: 10,
                    Qt.Key.Key_PageDown: -10,
                }
                if event.key() in steps:
                    self._step(steps[Qt.Key(event.key())])
                    return True
            if isinstance(event, QWheelEvent) and self.line.hasFocus():
                self._step(1 if event.angleDelta().y() > 0 else -1)
                return True
        return super().eventFilter(watched, event)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        for button, name in zip(self._steps, ("up", "down"), strict=True):
            button.setIcon(icon(name, theme, "muted"))
            button.setStyleSheet("QToolButton { border: 0; padding: 0; border-radius: 2px; }")


class PathField(TypedField):
    """A file or folder of this machine, typed or looked for; the tip of its line says where it leads."""

    def __init__(self, param: Param, names: Mapping[str, int | float], theme: Theme) -> None:
        self._folder: Path | None = None
        super().__init__(param, names, theme)
        self.browse = QToolButton()
        self.browse.setObjectName(f"browse_{param.name}")
        self.browse.setToolTip("Choose a folder" if param.path == "folder" else "Choose a file")
        self.browse.setAccessibleName(self.browse.toolTip())
        self.browse.clicked.connect(self._ask)
        self.put_beside(self.browse)
        self._hint = "no folder chosen" if param.path == "folder" else "no file chosen"
        self.set_theme(theme)

    def set_folder(self, folder: Path | None) -> None:
        self._folder = folder
        self._tell(self._value)

    def _scroll(self) -> None:
        self.line.end(False)

    def _tell(self, value: Value) -> None:
        super()._tell(value)
        leads = str(found(value, self._folder)) if isinstance(value, str) and value else ""
        self.line.setToolTip(plain_tip(leads))

    def _ask(self) -> None:
        start = str(found(self.line.text(), self._folder))
        if self.param.path == "folder":
            chosen = QFileDialog.getExistingDirectory(self, "Choose a folder", start)
        else:
            chosen, _ = QFileDialog.getOpenFileName(self, "Choose a file", start)
        if chosen:
            self.line.setText(written(Path(chosen), self._folder))
            self._on_edited(self.line.text())
            self.left.emit()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.browse.setIcon(icon("folder", theme, "muted"))


class NamesField(TypedField):
    """Names separated by commas; where it is known which there are, they can be picked from a menu."""

    def __init__(self, param: Param, names: Mapping[str, int | float], theme: Theme) -> None:
        super().__init__(param, names, theme)
        self.pick = QToolButton()
        self.pick.setObjectName(f"pick_{param.name}")
        self.pick.setToolTip("Pick from a list")
        self.pick.setAccessibleName("Pick from a list")
        self.pick.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._below: Callable[[str], Sequence[str]] = lambda _name: ()
        self._actions: list[QAction] = []
        self._menu = QMenu(self.pick)
        self.pick.setMenu(self._menu)
        self.pick.hide()
        self._menu.aboutToShow.connect(self._list)
        self.put_beside(self.pick)
        self.set_theme(theme)

    def set_choices(self, choices: Sequence[str]) -> None:
        self.offer(lambda name: () if name else choices)
        self.pick.setVisible(bool(choices))

    def offer(self, below: Callable[[str], Sequence[str]]) -> None:
        """Lets names be picked that stand for others, which are picked from a menu of their own.

        Args:
            below: what a name stands for, asked whenever it is looked at; for "" what there is.
        """
        self._below = below
        self.pick.show()

    def _list(self) -> None:
        """Lists what there is now; of a single name that stands for others, these."""
        self._menu.clear()
        for deeper in self._menu.findChildren(QMenu):
            deeper.deleteLater()
        self._actions = []
        names = self._below("")
        if len(names) == 1 and self._below(names[0]):
            self._fill(self._menu, names[0])
        else:
            for name in names:
                self._put(self._menu, name, name)

    def _fill(self, menu: QMenu, name: str) -> None:
        """Lists a name and what it stands for."""
        self._add(menu, name, f"All of {name}")
        menu.addSeparator()
        for inner in self._below(name):
            self._put(menu, inner, inner.removeprefix(f"{name}."))

    def _put(self, menu: QMenu, name: str, words: str) -> None:
        """Adds a name, or a menu of it and what it stands for, which is filled when it is opened."""
        if self._below(name):
            deeper = menu.addMenu(words.replace("&", "&&"))
            deeper.aboutToShow.connect(lambda: self._fill(deeper, name) if deeper.isEmpty() else None)
        else:
            self._add(menu, name, words)

    def _add(self, menu: QMenu, name: str, words: str) -> None:
        action = QAction(words.replace("&", "&&"), menu)
        action.setData(name)
        action.setCheckable(True)
        action.setChecked(name in self._chosen())
        action.triggered.connect(self._take)
        menu.addAction(action)
        self._actions.append(action)

    def _chosen(self) -> tuple[Value, ...]:
        value = read(self.param, self.line.text(), self.names).value
        return value if isinstance(value, tuple) else ()

    def _take(self) -> None:
        ticked = [action.data() for action in self._actions if action.isChecked()]
        known = {action.data() for action in self._actions}
        value = (*(name for name in self._chosen() if name not in known), *ticked)
        self.line.setText(text_of(value))
        self._on_edited(self.line.text())
        self.left.emit()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.pick.setIcon(icon("down", theme, "muted"))
