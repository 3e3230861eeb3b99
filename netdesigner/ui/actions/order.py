"""Keeping a network in order: frames, notes, alignment, arranging."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.canvas.canvas import Canvas

if TYPE_CHECKING:
    from netdesigner.session.alignment import Side
    from netdesigner.ui.canvas.ordering import Ordering

__all__ = ["OrderActions"]

_ALIGNED: tuple[tuple[Side, str, str | tuple[()], str], ...] = (
    ("left", "Align &Left", "Ctrl+Shift+Left", "left edges"),
    ("centre", "Align &Centres", (), "centres, from left to right,"),
    ("right", "Align &Right", "Ctrl+Shift+Right", "right edges"),
    ("top", "Align &Top", "Ctrl+Shift+Up", "upper edges"),
    ("middle", "Align &Middles", (), "middles, from top to bottom,"),
    ("bottom", "Align &Bottom", "Ctrl+Shift+Down", "lower edges"),
)


class OrderActions(QObject):
    """The Order menu; its keys work while the canvas has the focus.

    Args:
        actions: where its actions are added.
        canvas: what is put in order.
    """

    def __init__(self, actions: ActionList, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._actions = actions
        self._canvas = canvas
        tip = "Arrange the selected nodes where they are"
        self._add("arrange_selected", "Arrange the &Selection", lambda _: canvas.arrange_selected(), (), tip)
        tip = "Find room for nodes that came since the last arrangement; all others stay"
        self._add("arrange_new", "Arrange Ne&w Nodes Only", lambda _: canvas.arranging.new(), (), tip)
        tip = "Put a frame with a title around what is selected"
        self._add("frame", "&Frame the Selection", lambda order: order.frame_selection(), "Shift+F", tip)
        tip = "Add a card with words of your own"
        self._add("note", "Add a &Note", lambda order: order.add_note(), "Shift+N", tip)
        for side, text, keys, what in _ALIGNED:
            self._add(side, text, self._align(side), keys, f"Bring the {what} of what is selected in line")
        tip = "Make the gaps between what is selected equal"
        self._add("across", "Distribute &Horizontally", lambda order: order.distribute(0), "Shift+H", tip)
        self._add("down", "Distribute &Vertically", lambda order: order.distribute(1), "Shift+V", tip)

    @staticmethod
    def _align(side: Side) -> Callable[[Ordering], None]:
        return lambda order: order.align(side)

    def _add(
        self, name: str, text: str, verb: Callable[[Ordering], object], keys: str | tuple[()], tip: str
    ) -> None:
        canvas = self._canvas
        action = self._actions.add(f"order.{name}", text, lambda: verb(canvas.ordering), keys, "", tip)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        canvas.addAction(action)
