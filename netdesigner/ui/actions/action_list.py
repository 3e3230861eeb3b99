"""All actions of the window by name: one list for menus, tool bar, shortcuts and the command palette."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from netdesigner.ui.icons import icon
from netdesigner.ui.theme import Theme

__all__ = ["ActionList", "Shortcut"]

Shortcut = QKeySequence.StandardKey | str


class ActionList(QObject):
    """Holds the actions and keeps their icons in the theme's colours.

    Args:
        theme: colours of the icons.
    """

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._actions: dict[str, QAction] = {}
        self._icons: dict[str, str] = {}

    def add(
        self,
        name: str,
        text: str,
        slot: Callable[[], object] | Callable[[bool], object],
        shortcut: Shortcut | tuple[Shortcut, ...] = (),
        icon_name: str = "",
        tip: str = "",
        checkable: bool = False,
    ) -> QAction:
        """Adds an action.

        Args:
            name: its family and itself, as in "file.save".
            text: in menus; "Save &As…" marks the letter that chooses it.
            slot: what it does; a checkable one is told whether it is checked.
            shortcut: keys, or the platform's own for such an action.
            icon_name: see `icons.GLYPHS`.
            tip: one sentence where the text does not say it all.
            checkable: whether it is a switch.
        """
        if name in self._actions:
            raise ValueError(f"there is an action '{name}' already")
        action = QAction(text, self)
        action.setObjectName(name)
        action.setCheckable(checkable)
        action.setShortcuts([QKeySequence(keys) for keys in _several(shortcut)])
        action.setIconVisibleInMenu(False)
        if checkable:
            action.toggled.connect(slot)
        else:
            action.triggered.connect(lambda _checked=False: slot())  # type: ignore[call-arg]
        self._actions[name] = action
        self._icons[name] = icon_name
        self._set_tip(action, tip)
        self._set_icon(name)
        return action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def names(self) -> tuple[str, ...]:
        """The names of all actions, in the order they were added."""
        return tuple(self._actions)

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

    @staticmethod
    def _set_tip(action: QAction, tip: str) -> None:
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        words = tip or action.text().replace("&", "").rstrip("…")
        action.setToolTip(f"{words} ({keys})" if keys else words)
        action.setStatusTip(tip)


def _several(shortcut: Shortcut | tuple[Shortcut, ...]) -> tuple[Shortcut, ...]:
    return shortcut if isinstance(shortcut, tuple) else (shortcut,)
