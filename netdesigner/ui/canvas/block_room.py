"""The part of the canvas that concerns blocks: opening and leaving them, and the bar above an open one."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout

from netdesigner.document import BLOCK_PREFIX, Scope
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.scopes import Way
from netdesigner.ui.canvas.verbs import Verbs
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.ui.canvas.block_bar import BlockBar
    from netdesigner.ui.canvas.block_verbs import BlockVerbs

__all__ = ["BlockRoom"]


class BlockRoom(Verbs):
    """A canvas that leads into blocks and out of them; `Canvas` makes the parts and knows how to show a scope.

    Attributes:
        bridge: to the session.
        way: the scopes from a network to the open one.
        blocks: what is done with blocks.
    """

    bridge: Bridge
    way: Way
    blocks: BlockVerbs
    _theme: Theme

    if TYPE_CHECKING:

        def open_scope(self, scope: Scope, through: str = "") -> None: ...

        def keep_sight(self) -> None: ...

        def refresh(self) -> None: ...

        def edit_param(self, name: str = "") -> None: ...

    @cached_property
    def block_bar(self) -> BlockBar:
        """What is known of the open block, made when the first one is opened."""
        from netdesigner.ui.canvas.block_bar import BlockBar

        bar = BlockBar(self._theme)
        bar.unique_wanted.connect(self.blocks.make_unique)
        bar.keep_wanted.connect(self.blocks.keep)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(1, bar)
        return bar

    def show_block_bar(self) -> None:
        """Shows the bar of the block that is open; none in a network."""
        if "block_bar" in vars(self) or self.way.here.startswith(BLOCK_PREFIX):
            self.block_bar.show_scope(self.bridge.session.design, self.way.here, self.door())

    def door(self) -> tuple[Scope, str] | None:
        """The instance through which the open block was opened, the scope around it and its id; None if it is gone."""
        door, design = self.way.door, self.bridge.session.design
        if door is None or door[0] not in set(design.scopes()):
            return None
        node = design.graph(door[0]).nodes.get(door[1])
        return door if node is not None and node.kind == self.way.here else None

    def block_selected(self) -> bool:
        """Whether the one selected node is an instance of a block that is there."""
        return bool(self._block_of(self.scene.selection[0])) if len(self.scene.selection) == 1 else False

    def _block_of(self, node_id: str) -> str:
        design = self.bridge.session.design
        name = design.graph(self.way.here).nodes[node_id].block
        return name if name in design.blocks else ""

    def open_selected(self) -> None:
        """Opens the block that the one selected node is an instance of; of a layer the first parameter."""
        if self.block_selected():
            through = self.scene.selection[0]
            self.open_scope(BLOCK_PREFIX + self._block_of(through), through)
        elif len(self.scene.selection) == 1:
            self.edit_param()
        else:
            self.editor.say("warning", "Select one block to open it, or one layer to edit it.")

    def delete_or_leave(self) -> None:
        """Removes what is selected; where nothing is, leaves the open block, as Backspace does in file managers."""
        if self.scene.has_selection:
            self.delete()
        else:
            self.leave_block()

    def leave_block(self) -> None:
        """Goes back to what is around the open block."""
        self.keep_sight()
        if self.way.back():
            self.refresh()
