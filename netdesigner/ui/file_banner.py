"""The strip above the canvas that says that another window has the file open, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from netdesigner.errors import FileInUseError, NetDesignerError
from netdesigner.session import State
from netdesigner.ui.banner import Banner
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.theme import Theme

__all__ = ["FileBanner"]

_LOOK_MS = 1000


class FileBanner(Banner):
    """Shown while the design may only be read; looks now and then whether it may be written by now.

    Args:
        bridge: the session.
        theme: its colours.
    """

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._bridge = bridge
        self._free = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        bridge.changed.connect(self._on_changed)
        if bridge.state.read_only:
            self._begin()

    def _on_changed(self, before: State, after: State) -> None:
        if not after.read_only:
            self._timer.stop()
            self.hide()
        elif not before.read_only or after.is_another_than(before):
            self._begin()

    def _begin(self) -> None:
        self._free = False
        self._say()
        self._timer.start()

    def _say(self) -> None:
        name = self._bridge.state.name
        copy = ("Open a Copy", self._bridge.session.copy)
        if self._free:
            title = f"{name} is not open in another window any more."
            more = "It can be edited and saved here now."
            self.say("success", title, more, (("Edit Here", self._take_over), copy))
        else:
            title = f"{name} is open in another window, so it is read-only here."
            self.say("warning", title, "What you change here can be saved under another name.", (copy,))

    def look(self) -> None:
        """Looks whether the other window has left the file, or has it again."""
        free = self._bridge.session.may_take_over()
        if free != self._free:
            self._free = free
            self._say()

    def _take_over(self) -> None:
        try:
            self._bridge.session.take_over()
        except FileInUseError:
            self.look()
        except NetDesignerError as error:
            self._bridge.said.emit("error", str(error))
