"""The sheet of keys: every command with its keys, which can be changed, and what the mouse does."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from netdesigner.ui.actions.action_list import ActionList, native_keys
from netdesigner.ui.actions.key_map import KeyMap
from netdesigner.ui.gestures.sheet import GESTURES
from netdesigner.ui.labels import PlainLabel, plain_tip

__all__ = ["KeysDialog"]

_NAME = Qt.ItemDataRole.UserRole
_ROW_PX = 26
_FAMILIES = {"panel": "Panels", "theme": "Colours", "plugins": "Plugins"}
"""How groups are called that are not called as the first word of their actions' names."""
_CHANGE = "Click the keys of a command to press others."


class KeysDialog(QDialog):
    """All commands in groups with their keys; a click on the keys waits for others.

    Keys that another command has are named and taken only when that is confirmed.

    Args:
        actions: the commands.
        key_map: changes their keys.
        parent: the window.
    """

    def __init__(self, actions: ActionList, key_map: KeyMap, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("keys")
        self.setWindowTitle("Keyboard Shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 600)
        self._actions = actions
        self._map = key_map
        self._recording = self._adding = False
        self._wanted = QKeySequence()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search commands or keys")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _text: self._filter())
        self.search.installEventFilter(self)
        self.list = self._make_list()
        self.told = PlainLabel(_CHANGE, "muted", wrap=True)
        self.recorder = QKeySequenceEdit()
        self.recorder.setMaximumSequenceLength(1)
        self.recorder.setAccessibleName("New keys")
        self.recorder.keySequenceChanged.connect(self._on_pressed)
        self.recorder.installEventFilter(self)
        self.strip = QStackedWidget()
        self.strip.addWidget(self._make_buttons())
        self.strip.addWidget(self._make_recording())
        self.strip.addWidget(self._make_question())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        for widget in (self.search, self.list, self.told, self.strip):
            layout.addWidget(widget, 1 if widget is self.list else 0)
        actions.keys_changed.connect(self._show_keys)
        self._fill()
        self._filter()

    # ------------------------------------------------------------------------------------------------- building

    def _make_list(self) -> QTreeWidget:
        rows = QTreeWidget()
        rows.setHeaderLabels(["Command", "Keys"])
        rows.setRootIsDecorated(False)
        rows.setUniformRowHeights(True)
        rows.setItemsExpandable(False)
        rows.setIndentation(12)
        rows.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        rows.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Interactive)
        rows.header().setStretchLastSection(False)
        rows.setColumnWidth(1, 216)
        rows.currentItemChanged.connect(lambda _item, _before: self._show_choice())
        rows.itemClicked.connect(lambda _item, column: self.record() if column == 1 else None)
        rows.itemActivated.connect(lambda _item, column: self.record() if column == 0 else None)
        return rows

    def _make_buttons(self) -> QWidget:
        self.change = self._button("&Change…", "Press other keys for this command", self.record)
        self.add = self._button("&Add…", "Press keys for this command beside those it has", self._record_more)
        self.remove = self._button("&Remove", "Take the keys of this command away", self._remove)
        self.reset = self._button("R&eset", "Give this command its first keys again", self._reset)
        self.reset_all = self._button(
            "Reset A&ll", "Give all commands their first keys again", self._map.reset
        )
        return _row(self.change, self.add, self.remove, self.reset, None, self.reset_all)

    def _make_recording(self) -> QWidget:
        return _row(self.recorder, self._button("Cancel", "Leave the keys as they are", self._stop))

    def _make_question(self) -> QWidget:
        self.take = self._button("&Take Them", "Take the keys from the other command", self._accept_keys)
        self.leave = self._button("Cancel", "Leave the keys as they are", self._stop)
        return _row(self.take, self.leave, None)

    def _button(self, text: str, tip: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        button.clicked.connect(lambda _checked=False: slot())  # type: ignore[operator]
        return button

    def _fill(self) -> None:
        groups: dict[str, QTreeWidgetItem] = {}
        for action in self._actions:
            name = action.objectName()
            family = name.partition(".")[0]
            group = groups.get(family) or self._group(_FAMILIES.get(family, family.capitalize()))
            groups[family] = group
            item = QTreeWidgetItem([self._map.called(name), ""])
            item.setData(0, _NAME, name)
            item.setToolTip(0, plain_tip(action.statusTip()))
            self._put(group, item)
        mouse = self._group("Mouse")
        for how, what in GESTURES:
            item = QTreeWidgetItem([what, how])
            item.setToolTip(1, plain_tip("This cannot be changed"))
            self._put(mouse, item)
        self._show_keys()

    def _group(self, title: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([title, ""])
        strong = QFont(self.font())
        strong.setWeight(QFont.Weight.DemiBold)
        item.setFont(0, strong)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setSizeHint(0, QSize(0, _ROW_PX))
        self.list.addTopLevelItem(item)
        item.setExpanded(True)
        return item

    @staticmethod
    def _put(group: QTreeWidgetItem, item: QTreeWidgetItem) -> None:
        item.setSizeHint(0, QSize(0, _ROW_PX))
        group.addChild(item)

    # -------------------------------------------------------------------------------------------------- showing

    def rows(self) -> Iterator[QTreeWidgetItem]:
        """All rows below the headings."""
        for index in range(self.list.topLevelItemCount()):
            group = self.list.topLevelItem(index)
            if group is not None:
                yield from map(group.child, range(group.childCount()))

    def choose(self, name: str) -> None:
        """Marks the row of an action."""
        self.list.setCurrentItem(next(row for row in self.rows() if row.data(0, _NAME) == name))

    @property
    def chosen(self) -> str:
        """The action whose row is marked, or ""."""
        item = self.list.currentItem()
        return str(item.data(0, _NAME) or "") if item is not None else ""

    def _show_keys(self) -> None:
        for row in self.rows():
            name = row.data(0, _NAME)
            if name:
                strong = QFont(self.font())
                strong.setWeight(QFont.Weight.DemiBold if self._map.is_own(name) else QFont.Weight.Normal)
                row.setText(1, native_keys(self._map.keys(name)))
                row.setFont(1, strong)
        self._show_choice()

    def _filter(self) -> None:
        words = self.search.text().lower().split()
        shown = []
        for row in self.rows():
            text = " ".join((row.text(0), row.text(1), row.toolTip(0), row.parent().text(0))).lower()
            row.setHidden(not all(word in text for word in words))
            shown += [] if row.isHidden() else [row]
        for index in range(self.list.topLevelItemCount()):
            group = self.list.topLevelItem(index)
            if group is not None:
                group.setHidden(not any(row.parent() is group for row in shown))
        if self.list.currentItem() not in shown:
            self.list.setCurrentItem(shown[0] if shown else None)  # type: ignore[arg-type]

    def _show_choice(self) -> None:
        self._stop()
        name = self.chosen
        for button in (self.change, self.add):
            button.setEnabled(bool(name))
        self.remove.setEnabled(bool(name) and bool(self._map.keys(name)))
        self.reset.setEnabled(bool(name) and self._map.is_own(name))

    # ------------------------------------------------------------------------------------------------ recording

    def record(self, more: bool = False) -> None:
        """Waits for keys for the marked command, beside those it has if there are to be more."""
        if not self.chosen:
            return
        self._recording, self._adding = True, more
        self.recorder.clear()
        self.told.setText(f"Press the keys for ‘{self._map.called(self.chosen)}’.")
        self.strip.setCurrentIndex(1)
        self.recorder.setFocus(Qt.FocusReason.OtherFocusReason)

    def _record_more(self) -> None:
        self.record(more=True)

    def _on_pressed(self, key: QKeySequence) -> None:
        if key.isEmpty() or not self._recording:
            return
        reason = self._map.why_not(self.chosen, key)
        if reason:
            self.recorder.clear()
            self.told.setText(f"{reason}. Press others.")
            return
        self._wanted, self._recording = key, False
        holder = self._map.holder(key, self.chosen)
        if not holder:
            self._accept_keys()
            return
        self.told.setText(
            f"‘{self._map.called(holder)}’ has {native_keys([key])}. Shall ‘{self._map.called(self.chosen)}’ have it?"
        )
        self.strip.setCurrentIndex(2)
        self.take.setFocus(Qt.FocusReason.OtherFocusReason)

    def _accept_keys(self) -> None:
        kept = [key for key in self._map.keys(self.chosen) if key != self._wanted] if self._adding else []
        self._map.set_keys(self.chosen, [*kept, self._wanted])
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stop(self) -> None:
        self._recording = False
        self.strip.setCurrentIndex(0)
        self.told.setText(_CHANGE)

    def _remove(self) -> None:
        self._map.set_keys(self.chosen, [])

    def _reset(self) -> None:
        self._map.reset([self.chosen])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.recorder and event.type() == QEvent.Type.FocusOut and self._recording:
            self._stop()
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.record()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.list.setFocus(Qt.FocusReason.OtherFocusReason)
                self.list.event(event)
                return True
        return super().eventFilter(watched, event)


def _row(*widgets: QWidget | None) -> QWidget:
    """Widgets side by side; None is room that grows."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        else:
            layout.addWidget(widget)
    return row
