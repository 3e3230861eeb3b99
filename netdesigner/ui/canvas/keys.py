"""What keys do on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from netdesigner.document.design import Point
from netdesigner.ui.canvas.scene import CanvasScene
from netdesigner.ui.theme import GRID_PX

if TYPE_CHECKING:
    from netdesigner.ui.canvas.canvas import Canvas

__all__ = ["Keys", "neighbour"]

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_Key = Qt.Key
_Modifier = Qt.KeyboardModifier


class Keys:
    """Turns a key press into one of the canvas's verbs."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._plain: dict[int, Callable[[], object]] = {
            _Key.Key_Delete: canvas.delete,
            _Key.Key_Backspace: canvas.delete,
            _Key.Key_F: canvas.fit_selection,
            _Key.Key_Home: canvas.fit,
            _Key.Key_Return: canvas.open_selected,
            _Key.Key_Enter: canvas.open_selected,
            _Key.Key_Escape: canvas.step_back,
            _Key.Key_Tab: canvas.search_here,
            _Key.Key_F2: canvas.rename_selected,
            _Key.Key_Menu: canvas.open_menu_here,
            _Key.Key_Plus: canvas.zoom_in,
            _Key.Key_Minus: canvas.zoom_out,
        }
        self._control: dict[int, Callable[[], object]] = {
            _Key.Key_Delete: lambda: canvas.delete(reconnect=True),
            _Key.Key_Backspace: lambda: canvas.delete(reconnect=True),
            _Key.Key_D: canvas.duplicate,
            _Key.Key_0: canvas.zoom_reset,
            _Key.Key_Plus: canvas.zoom_in,
            _Key.Key_Equal: canvas.zoom_in,
            _Key.Key_Minus: canvas.zoom_out,
        }
        self._standard: tuple[tuple[QKeySequence.StandardKey, Callable[[], object]], ...] = (
            (QKeySequence.StandardKey.Copy, canvas.copy),
            (QKeySequence.StandardKey.Cut, canvas.cut),
            (QKeySequence.StandardKey.Paste, canvas.paste),
            (QKeySequence.StandardKey.SelectAll, canvas.select_all),
            (QKeySequence.StandardKey.Undo, canvas.undo),
            (QKeySequence.StandardKey.Redo, canvas.redo),
        )

    def press(self, event: QKeyEvent) -> bool:
        """Does what a key stands for; returns whether it stands for anything."""
        for standard, verb in self._standard:
            if event.matches(standard):
                verb()
                return True
        held = event.modifiers() & ~_Modifier.KeypadModifier
        if event.key() in _ARROWS:
            return self._arrow(_ARROWS[Qt.Key(event.key())], held)
        if held == _Modifier.ShiftModifier and event.key() == _Key.Key_A:
            self._canvas.search_here()
            return True
        table = self._control if held == _Modifier.ControlModifier else {} if held else self._plain
        action = table.get(event.key())
        if action is None:
            return False
        action()
        return True

    def _arrow(self, way: tuple[int, int], held: _Modifier) -> bool:
        if held == _Modifier.ShiftModifier:
            self._canvas.nudge(way[0] * GRID_PX, way[1] * GRID_PX)
            return True
        if held:
            return False
        self._canvas.walk(way)
        return True


def neighbour(scene: CanvasScene, node_id: str, way: tuple[int, int]) -> str:
    """The node that an arrow key leads to: along a wire to the left or right, else the next one up or down; or ""."""
    here = scene.nodes[node_id].body().center()
    if way[0]:
        edges = [edge for edge, _ in scene.wires.at(node_id)]
        ends = (
            [e.target for e in edges if e.source == node_id]
            if way[0] > 0
            else [e.source for e in edges if e.target == node_id]
        )
        ends = [other for other in ends if other != node_id]
        return min(
            ends,
            key=lambda other: abs(scene.nodes[other].pos().y() - scene.nodes[node_id].pos().y()),
            default="",
        )
    beyond = {
        other: item.body().center() - here
        for other, item in scene.nodes.items()
        if other != node_id and (item.body().center().y() - here.y()) * way[1] > GRID_PX
    }
    return min(beyond, key=lambda other: abs(beyond[other].y()) + 2 * abs(beyond[other].x()), default="")


def nudged(scene: CanvasScene, node_ids: tuple[str, ...], across: float, down: float) -> dict[str, Point]:
    """Nodes moved by some pixels."""
    at = scene.positions()
    return {node_id: (at[node_id][0] + across, at[node_id][1] + down) for node_id in node_ids}
