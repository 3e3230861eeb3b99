"""Blocks: group, dissolve, open, leave, make unique, rename, keep in the library."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.canvas.canvas import Canvas

if TYPE_CHECKING:
    from netdesigner.ui.canvas.block_verbs import BlockVerbs

__all__ = ["BlockActions"]

_VERBS: dict[str, tuple[str, Callable[[BlockVerbs], object], str, str, str]] = {
    "block.group": (
        "&Group into Block…",
        lambda blocks: blocks.group(),
        "Ctrl+G",
        "group",
        "Make a block of the selected nodes, to be used and repeated as one",
    ),
    "block.dissolve": (
        "&Dissolve Block",
        lambda blocks: blocks.dissolve(),
        "Ctrl+Shift+G",
        "",
        "Put the nodes of the selected block in its place",
    ),
    "block.unique": (
        "Make &Unique",
        lambda blocks: blocks.make_unique(),
        "",
        "",
        "Give the selected or open block a definition of its own, so that its other uses stay as they are",
    ),
    "block.rename": (
        "&Rename Block…",
        lambda blocks: blocks.rename(),
        "",
        "",
        "Rename the selected or open block; all its uses follow",
    ),
    "block.keep": (
        "&Save Block to Library",
        lambda blocks: blocks.keep(),
        "",
        "",
        "Keep the selected or open block for use in every design",
    ),
    "block.clean": (
        "Remove U&nused Blocks",
        lambda blocks: blocks.remove_unused(),
        "",
        "",
        "Remove the blocks that no network uses",
    ),
}
"""By its name: text, what it does, keys, icon, tip."""


class BlockActions(QObject):
    """The Block menu. What is impossible just now is said when it is asked for.

    Args:
        actions: where its actions are added.
        canvas: what they concern; their keys work while it has the focus.
    """

    def __init__(self, actions: ActionList, canvas: Canvas) -> None:
        super().__init__(canvas)
        for name, (text, verb, keys, icon, tip) in _VERBS.items():

            def do(verb: Callable[[BlockVerbs], object] = verb) -> None:
                verb(canvas.blocks)

            action = actions.add(name, text, do, keys or (), icon, tip)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            canvas.addAction(action)
        tip = "Go back to what is around the open block"
        actions.add("block.leave", "&Leave Block", canvas.leave_block, (), "", tip)
