"""What finds things by a few letters: commands and nodes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.canvas import Canvas

if TYPE_CHECKING:
    from netdesigner.ui.command_palette import CommandPalette
    from netdesigner.ui.node_finder import NodeFinder

__all__ = ["FindActions"]


class FindActions(QObject):
    """The command palette and the search for nodes, each made when it is first asked for.

    Args:
        actions: where its actions are added, and what the command palette lists.
        bridge: to the session.
        canvas: shows the node that was found.
        window: in whose upper part they appear.
    """

    def __init__(self, actions: ActionList, bridge: Bridge, canvas: Canvas, window: QMainWindow) -> None:
        super().__init__(window)
        self._actions = actions
        self._bridge = bridge
        self._canvas = canvas
        self._window = window
        tip = "Find nodes by name, kind, parameter or shape"
        actions.add("edit.find", "&Find Node…", self._ask_node, "Ctrl+F", "jump", tip)
        keys, tip = "Ctrl+Shift+P", "Find any command"
        actions.add("view.palette", "&Command Palette…", self._ask_command, keys, "search", tip)

    @cached_property
    def commands(self) -> CommandPalette:
        """Finds a command."""
        from netdesigner.ui.command_palette import CommandPalette, entries_of

        return CommandPalette(lambda: entries_of(self._actions), "What do you want to do?", self._window)

    @cached_property
    def nodes(self) -> NodeFinder:
        """Finds nodes."""
        from netdesigner.ui.node_finder import NodeFinder

        return NodeFinder(self._bridge, self._canvas, self._window)

    def _ask_command(self) -> None:
        self.commands.ask()

    def _ask_node(self) -> None:
        self.nodes.ask()
