"""What keys alone do on the canvas: walking from node to node, moving nodes by steps, opening and leaving."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from netdesigner.document.design import GRID_PX
from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.canvas.canvas import Canvas

__all__ = ["CanvasActions"]

_WAYS = {
    "left": ((-1, 0), "back along a wire"),
    "right": ((1, 0), "on along a wire"),
    "up": ((0, -1), "to the next node above"),
    "down": ((0, 1), "to the next node below"),
}


class CanvasActions(QObject):
    """Actions that stand in no menu of the window but are in the command palette and on the sheet of keys.

    Args:
        actions: where they are added.
        canvas: what they act on, while it has the keyboard.
    """

    def __init__(self, actions: ActionList, canvas: Canvas) -> None:
        super().__init__(canvas)
        add = partial(actions.add, on=canvas)
        tip = "Open the selected block, or edit the parameters of the selected layer"
        add("canvas.open", "&Open or Edit", canvas.open_selected, ("Return", "Enter"), tip=tip)
        tip = "Edit the parameters of the selected node where it stands"
        add("canvas.edit", "Edit Para&meters…", canvas.edit_param, "Shift+F2", tip=tip)
        tip = "End a gesture, give up the selection, leave the block"
        add("canvas.back", "Back", canvas.step_back, "Esc", tip=tip)
        tip = "Delete what is selected; where nothing is, leave the block"
        add("canvas.delete_or_leave", "Delete or Leave", canvas.delete_or_leave, "Backspace", tip=tip)
        add("canvas.menu", "Context Menu", canvas.open_menu_here, ("Menu", "Shift+F10"))
        tip = "Show the selected nodes closely"
        add("canvas.fit_selection", "Zoom to &Selection", canvas.fit_selection, "F", "fit", tip)
        for name, (way, words) in _WAYS.items():
            walk = partial(canvas.walk, way)
            add(f"canvas.walk_{name}", f"Go {name.title()}", walk, name.title(), tip=f"Go {words}")
        for name, ((across, down), _words) in _WAYS.items():
            nudge = partial(canvas.nudge, across * GRID_PX, down * GRID_PX)
            tip = f"Move the selected nodes {name} by a step"
            add(f"canvas.move_{name}", f"Move {name.title()}", nudge, f"Shift+{name.title()}", tip=tip)
