"""Every action by a few letters of its name (Ctrl+Shift+P)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from netdesigner.ui.actions.action_list import ActionList, native_keys, plain_text
from netdesigner.ui.labels import plain_tip

__all__ = ["CommandPalette", "Entry", "entries_of", "ranked", "score"]

_ROW_PX = 32
_ROWS = 10
_ENOUGH = 0.5
"""Entries that fit half as well as the best one are shown."""
_WIDTH_PX = 560
_WORDS_PX = 48
"""What stands around the words of a row: the icon and the margins."""
_KEYS = Qt.ItemDataRole.UserRole + 1


def score(typed: str, text: str) -> int:
    """How well letters that were typed fit a text: 0 where they do not, the more the better.

    The letters must come in order, not together. The start of the text, starts of words and letters that follow each
    other count more, and so does ending where a word ends.
    """
    typed, text = typed.lower().replace(" ", ""), text.lower()
    if not typed:
        return 1
    total, place, previous = 1, 0, -2
    for letter in typed:
        found = _best_place(letter, text, place, previous)
        if found < 0:
            return 0
        total += 8 if found == previous + 1 else 6 if _starts_word(text, found) else 1
        total += 4 if found == 0 else 0
        previous, place = found, found + 1
    total += 0 if text[place : place + 1].isalnum() else 2
    return total * 100 - len(text)


def _best_place(letter: str, text: str, start: int, previous: int) -> int:
    """Right behind the letter before, else at the next start of a word, else anywhere."""
    if start < len(text) and start == previous + 1 and text[start] == letter:
        return start
    places = [index for index in range(start, len(text)) if text[index] == letter]
    return next((index for index in places if _starts_word(text, index)), places[0] if places else -1)


def _starts_word(text: str, index: int) -> bool:
    return index == 0 or not text[index - 1].isalnum()


class _Row(QStyledItemDelegate):
    """The action to the left, its keys to the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(option.rect.width(), _ROW_PX)

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        metrics, width = option.fontMetrics, option.rect.width()
        keys = metrics.horizontalAdvance(str(index.data(_KEYS) or ""))
        room = max(width // 2, width - keys - _WORDS_PX // 2) - _WORDS_PX
        option.text = metrics.elidedText(option.text, Qt.TextElideMode.ElideRight, room)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        if keys := index.data(_KEYS):
            painter.save()
            painter.setPen(option.palette.placeholderText().color())
            words = option.fontMetrics.horizontalAdvance(str(index.data())) + _WORDS_PX
            place = option.rect.adjusted(min(words, option.rect.width() // 2), 0, -12, 0)
            shown = option.fontMetrics.elidedText(keys, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), shown)
            painter.restore()


@dataclass(frozen=True)
class Entry:
    """One line of the palette.

    Attributes:
        text: what is shown.
        run: what Enter does.
        more: words that find it as well.
        keys: its shortcut, shown to the right.
        icon: shown to the left.
        possible: whether it can be chosen; else it is pale, comes last, and Enter says why not.
        match: what it stands for, for who made it.
    """

    text: str
    run: Callable[[], object]
    more: str = ""
    keys: str = ""
    icon: QIcon = field(default_factory=QIcon)
    possible: bool = True
    match: object = None


def ranked(typed: str, entries: Sequence[Entry]) -> Sequence[Entry]:
    """The entries that fit what was typed, the best first; all in their order where nothing was."""
    if not typed:
        return entries
    points = [max(score(typed, entry.text), score(typed, entry.more)) for entry in entries]
    enough = max(1.0, max(points, default=0) * _ENOUGH)
    fitting = [place for place, number in enumerate(points) if number >= enough]
    return [
        entries[place]
        for place in sorted(fitting, key=lambda place: (not entries[place].possible, -points[place], place))
    ]


class CommandPalette(QDialog):
    """A field, and below it the entries that fit what is typed; Enter runs the one that is marked.

    Args:
        entries: gives what can be chosen, anew each time the palette is opened.
        prompt: what the empty field says.
        parent: the window, in whose upper part it appears.
    """

    def __init__(self, entries: Callable[[], Sequence[Entry]], prompt: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("command_palette")
        self._window = parent
        self._make_entries = entries
        self.entries: Sequence[Entry] = ()
        self._shown: Sequence[Entry] = ()
        self.field = QLineEdit()
        self.field.setObjectName("command_field")
        self.field.setPlaceholderText(prompt)
        self.field.setAccessibleName(prompt)
        self.list = QListWidget()
        self.list.setItemDelegate(_Row(self.list))
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setIconSize(QSize(18, 18))
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(8, 8, 8, 8)
        self._rows.setSpacing(8)
        self._rows.addWidget(self.field)
        self._rows.addWidget(self.list)
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _item: self._run())

    def ask(self) -> None:
        """Shows the palette, with an empty field."""
        self.entries = self._make_entries()
        self.field.clear()
        self._filter("")
        parent = self._window
        self.setFixedWidth(min(_WIDTH_PX, parent.width() - 32))
        self.move(parent.mapToGlobal(QPoint((parent.width() - self.width()) // 2, 48)))
        self.show()
        self.field.setFocus()

    def add_below(self, row: QLayout) -> None:
        """Adds a row below the list."""
        self._rows.addLayout(row)

    def fitting(self, typed: str) -> Sequence[Entry]:
        """The entries that are shown for what was typed."""
        return ranked(typed, self.entries)

    def _filter(self, typed: str) -> None:
        self._shown = self.fitting(typed)
        blank = QPixmap(self.list.iconSize())
        blank.fill(Qt.GlobalColor.transparent)
        self.list.clear()
        for place, entry in enumerate(self._shown):
            item = QListWidgetItem(QIcon(blank) if entry.icon.isNull() else entry.icon, entry.text)
            item.setData(Qt.ItemDataRole.UserRole, place)
            item.setData(_KEYS, entry.keys)
            if not entry.possible:
                item.setForeground(self.palette().placeholderText())
                item.setToolTip(plain_tip(entry.keys))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setFixedHeight(min(_ROWS, max(1, self.list.count())) * _ROW_PX + 4)
        self.adjustSize()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {
                Qt.Key.Key_Down: 1,
                Qt.Key.Key_Up: -1,
                Qt.Key.Key_PageDown: _ROWS,
                Qt.Key.Key_PageUp: -_ROWS,
            }
            if event.key() in steps:
                row = self.list.currentRow() + steps[Qt.Key(event.key())]
                self.list.setCurrentRow(min(max(row, 0), self.list.count() - 1))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
        return super().eventFilter(watched, event)

    def _run(self) -> None:
        item = self.list.currentItem()
        self.hide()
        if item is not None:
            self._shown[int(item.data(Qt.ItemDataRole.UserRole))].run()


def entries_of(actions: ActionList) -> tuple[Entry, ...]:
    """Every action that is possible now, with its sentence where it has one; one of several that do the same."""
    found: dict[str, Entry] = {}
    for action in actions:
        if action.isEnabled() and action.objectName() != "view.palette":
            text, keys = plain_text(action), native_keys(action.shortcuts()[:1])
            words = action.statusTip() or text
            shown = text if words == text else f"{text} – {words}"
            found.setdefault(words, Entry(shown, action.trigger, words, keys, action.icon()))
    return tuple(found.values())
