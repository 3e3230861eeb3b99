"""All actions of the window by name: one list for menus, tool bar, shortcuts and the command palette."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from netdesigner.ui.icons import icon
from netdesigner.ui.labels import plain_tip
from netdesigner.ui.theme import Theme

__all__ = ["ActionList", "Shortcut", "native_keys", "plain_text"]

Shortcut = QKeySequence.StandardKey | str


class ActionList(QObject):
    """Holds the actions, keeps their icons in the theme's colours and their tips at their keys.

    Signals:
        keys_changed: some action has other keys now.

    Args:
        theme: colours of the icons.
    """

    keys_changed = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._actions: dict[str, QAction] = {}
        self._icons: dict[str, str] = {}
        self._tips: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        self._defaults: dict[str, tuple[QKeySequence, ...]] = {}

    def add(
        self,
        name: str,
        text: str,
        slot: Callable[[], object] | Callable[[bool], object],
        shortcut: Shortcut | tuple[Shortcut, ...] = (),
        icon_name: str = "",
        tip: str = "",
        checkable: bool = False,
        on: QWidget | None = None,
    ) -> QAction:
        """Adds an action.

        Args:
            name: its family and itself, as in "file.save".
            text: in menus; "Save &As…" marks the letter that chooses it.
            slot: what it does; a checkable one is told whether it is checked.
            shortcut: keys at first, or the platform's own for such an action.
            icon_name: see `icons.GLYPHS`.
            tip: one sentence where the text does not say it all.
            checkable: whether it is a switch.
            on: where its keys work, the canvas for instance; everywhere in the window if None.
        """
        if name in self._actions:
            raise ValueError(f"there is an action '{name}' already")
        action = QAction(text, self)
        action.setObjectName(name)
        action.setCheckable(checkable)
        self._defaults[name] = tuple(QKeySequence(keys) for keys in _several(shortcut))
        action.setShortcuts(list(self._defaults[name]))
        action.setIconVisibleInMenu(False)
        if on is not None:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            on.addAction(action)
        if checkable:
            action.toggled.connect(slot)
        else:
            action.triggered.connect(lambda _checked=False: slot())  # type: ignore[call-arg]
        self._actions[name] = action
        self._titles[name] = plain_text(action)
        self._icons[name] = icon_name
        action.setStatusTip(tip)
        self.set_tip(name, tip)
        self._set_icon(name)
        return action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def names(self) -> tuple[str, ...]:
        """The names of all actions, in the order they were added."""
        return tuple(self._actions)

    def title(self, name: str) -> str:
        """What an action is called, whatever its text says of what it would do now, such as "Undo"."""
        return self._titles[name]

    def set_icon(self, name: str, icon_name: str) -> None:
        """Gives an action another icon."""
        if self._icons[name] != icon_name:
            self._icons[name] = icon_name
            self._set_icon(name)

    def set_theme(self, theme: Theme) -> None:
        """Draws the icons in other colours."""
        self._theme = theme
        for name in self._actions:
            self._set_icon(name)

    def _set_icon(self, name: str) -> None:
        if self._icons[name]:
            self._actions[name].setIcon(icon(self._icons[name], self._theme))

    def set_tip(self, name: str, tip: str) -> None:
        """Says in an action's tool tip what it does now; its keys are added, and its text stands for ""."""
        self._tips[name] = tip
        self._show_tip(name)

    def _show_tip(self, name: str) -> None:
        action = self._actions[name]
        words = self._tips[name] or plain_text(action)
        keys = native_keys(action.shortcuts()[:1])
        action.setToolTip(plain_tip(f"{words} ({keys})" if keys else words))

    # ----------------------------------------------------------------------------------------------------- keys

    def default_keys(self, name: str) -> tuple[QKeySequence, ...]:
        """The keys that an action has where the user chose no others."""
        return self._defaults[name]

    def set_keys(self, keys: Mapping[str, Sequence[QKeySequence]]) -> None:
        """Gives actions, by name, other keys."""
        for name, chosen in keys.items():
            self._actions[name].setShortcuts(list(chosen))
            self._show_tip(name)
        self.keys_changed.emit()


def plain_text(action: QAction) -> str:
    """What an action is called, without the mark of the letter that chooses it in a menu."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")


def native_keys(keys: Sequence[QKeySequence]) -> str:
    """Keys as this platform writes them, separated by commas."""
    return ", ".join(k.toString(QKeySequence.SequenceFormat.NativeText) for k in keys if not k.isEmpty())


def _several(shortcut: Shortcut | tuple[Shortcut, ...]) -> tuple[Shortcut, ...]:
    return shortcut if isinstance(shortcut, tuple) else (shortcut,)
