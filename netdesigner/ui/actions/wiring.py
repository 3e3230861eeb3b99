"""What is done to nodes and their wires at once: another kind, a bypass, wires by the keyboard, a row of wires."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.canvas.canvas import Canvas

if TYPE_CHECKING:
    from netdesigner.ui.command_palette import CommandPalette, Entry

__all__ = ["WiringActions"]


class WiringActions(QObject):
    """Actions on the selected nodes; what cannot be done is said.

    Args:
        actions: where its actions are added.
        canvas: what is edited; its keys work while it has the focus, so that a text field keeps its own.
    """

    def __init__(self, actions: ActionList, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        table = (
            ("replace", "Replace &With…", canvas.search_replacement, "Ctrl+R", "replace", _REPLACE),
            ("bypass", "&Bypass", canvas.toggle_bypass, "B", "bypass", _BYPASS),
            ("connect", "C&onnect To…", self.connect_to, "C", "link", _CONNECT),
            ("sequence", "Connect in &Sequence", canvas.connect_in_sequence, "L", "reconnect", _SEQUENCE),
        )
        for name, text, slot, keys, icon_name, tip in table:
            action = actions.add(f"wiring.{name}", text, slot, keys, icon_name, tip)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            canvas.addAction(action)

    @cached_property
    def reaching(self) -> CommandPalette:
        """Finds a port for a wire."""
        from netdesigner.ui.canvas.reaching import entries_of_ports
        from netdesigner.ui.command_palette import CommandPalette

        def entries() -> tuple[Entry, ...]:
            return entries_of_ports(self._canvas.editor, self._canvas.selected()[0])

        return CommandPalette(entries, "Connect to which port?", self._canvas.window())

    def connect_to(self) -> None:
        """Asks where a wire from the one selected node goes."""
        if len(self._canvas.selected()) == 1:
            self.reaching.ask()
        else:
            self._canvas.editor.say("warning", "Select the one node that is to be connected first")


_REPLACE = "Make the selected node another kind of layer; its wires and the parameters both have stay"
_BYPASS = "Leave the selected nodes out of the network: what comes in goes out unchanged; once more takes them in again"
_CONNECT = "Wire the selected node to a port that is picked from a list"
_SEQUENCE = "Wire the selected nodes one after the other, from left to right"
