"""The user's own keys: which action has which, what may not be taken, and what is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.settings import Settings

__all__ = ["KeyMap"]

_PORTABLE = QKeySequence.SequenceFormat.PortableText
_SPACE = QKeySequence("Space")
_FIRST_FUNCTION_KEY, _LAST_FUNCTION_KEY = Qt.Key.Key_F1, Qt.Key.Key_F35


class KeyMap(QObject):
    """Changes keys of actions and keeps what differs from the defaults in the settings.

    No two actions have the same keys, wherever they work: with the keyboard on the canvas those of the window work too.

    Args:
        actions: whose keys they are.
        settings: where the user's own are remembered.
        window: whose keys they are; elsewhere than on the canvas, keys that write or walk are left to what has the
            keyboard.
        canvas: of the window.
    """

    def __init__(self, actions: ActionList, settings: Settings, window: QWidget, canvas: QWidget) -> None:
        super().__init__(window)
        self._actions = actions
        self._settings = settings
        self._canvas = canvas
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            focus = QApplication.focusWidget()
            on_canvas = focus is not None and self._canvas.isAncestorOf(focus)
            if _is_typed(event.keyCombination()) and not on_canvas:
                event.accept()
                return True
        return False

    def begin(self) -> None:
        """Gives the actions the remembered keys, once all actions are there; what is no key means the default."""
        chosen: dict[str, Sequence[QKeySequence]] = {}
        for name, texts in self._settings.value.keys.items():
            keys = [QKeySequence.fromString(text, _PORTABLE) for text in texts]
            if name in self._actions.names() and not any(self.why_not(name, key) for key in keys):
                chosen[name] = keys
        if chosen:
            self._take(chosen)

    # --------------------------------------------------------------------------------------------------- asking

    def keys(self, name: str) -> list[QKeySequence]:
        """The present keys of an action."""
        return [key for key in self._actions[name].shortcuts() if not key.isEmpty()]

    def is_own(self, name: str) -> bool:
        """Whether the keys of an action are other than its defaults."""
        return self.keys(name) != [key for key in self._actions.default_keys(name) if not key.isEmpty()]

    def holder(self, key: QKeySequence, besides: str) -> str:
        """The name of another action that has some keys, or ""."""
        others = (name for name in self._actions.names() if name != besides)
        return next((name for name in others if key in self.keys(name)), "")

    def why_not(self, name: str, key: QKeySequence) -> str:
        """Why an action cannot have some keys whoever has them now; "" where it can."""
        first: QKeyCombination = key[0]  # type: ignore[index]  # which its stub does not know
        if key.isEmpty() or first.key() == Qt.Key.Key_unknown:
            return "These are no keys that can be used"
        if key == _SPACE:
            return "The space bar pans and searches on the canvas, which cannot be changed"
        return ""

    # ------------------------------------------------------------------------------------------------- changing

    def set_keys(self, name: str, keys: Sequence[QKeySequence]) -> None:
        """Gives an action keys that it can have, and takes them from whoever has them."""
        self._take({name: keys})
        self._remember()

    def reset(self, names: Iterable[str] = ()) -> None:
        """Gives actions their first keys again, and takes these from whoever has them; all actions if none is named."""
        chosen = tuple(names) or self._actions.names()
        self._take({name: self._actions.default_keys(name) for name in chosen})
        self._remember()

    def _take(self, chosen: dict[str, Sequence[QKeySequence]]) -> None:
        taken = [key for keys in chosen.values() for key in keys]
        left = {
            name: [key for key in self.keys(name) if key not in taken]
            for name in self._actions.names()
            if name not in chosen and any(key in taken for key in self.keys(name))
        }
        self._actions.set_keys({**chosen, **left})

    def _remember(self) -> None:
        known = self._actions.names()
        elsewhere = {name: keys for name, keys in self._settings.value.keys.items() if name not in known}
        own = {
            name: tuple(k.toString(_PORTABLE) for k in self.keys(name)) for name in known if self.is_own(name)
        }
        self._settings.change(keys={**elsewhere, **own})

    def called(self, name: str) -> str:
        """What an action is called for people."""
        return self._actions.title(name)


def _is_typed(pressed: QKeyCombination) -> bool:
    """Whether a key is one that fields, lists and buttons know themselves, such as a letter, Home or an arrow."""
    ignored = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    held = pressed.keyboardModifiers() & ~ignored
    function_key = _FIRST_FUNCTION_KEY <= pressed.key() <= _LAST_FUNCTION_KEY
    return held == Qt.KeyboardModifier.NoModifier and not function_key
