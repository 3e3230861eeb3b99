"""Dragging nodes: all that are selected move together, on the grid, as one step of the history."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from netdesigner.document import Edge
from netdesigner.document.design import Point
from netdesigner.ui.canvas.hit import wire_under
from netdesigner.ui.canvas.node_item import NodeItem
from netdesigner.ui.canvas.placing import snapped
from netdesigner.ui.gestures.stage import Gesture, Pointer, Stage

__all__ = ["Move"]


class Move(Gesture):
    """Moves the selected nodes; a node without wires that is dropped on a wire goes into it, unless Alt is held.

    Args:
        stage, start: as for every gesture.
        item: the node that was pressed.
    """

    pans_at_edge = True

    def __init__(self, stage: Stage, start: Pointer, item: NodeItem) -> None:
        super().__init__(stage, start)
        self._item = item
        self._name = item.card.name
        self._was_selected = self._name in stage.scene.selection
        self._selection_before = stage.scene.selection
        self._moving = False
        self._places: dict[str, Point] = {}
        self._dots = stage.scene.dots.selected
        self._edge: Edge | None = None
        if start.adding:
            self._toggle()
        elif not self._was_selected:
            stage.scene.select([self._name])
            self._dots = ()

    def _toggle(self) -> None:
        chosen = [node_id for node_id in self.stage.scene.selection if node_id != self._name]
        self.stage.scene.select(chosen if self._was_selected else [*chosen, self._name])
        self.stage.scene.dots.select(self._dots)

    def move(self, pointer: Pointer) -> None:
        if not self._moving:
            if not self.is_drag(pointer) or self._name not in self.stage.scene.selection:
                return
            self._moving = True
            places = self.stage.scene.positions()
            self._places = {node_id: places[node_id] for node_id in self.stage.scene.selection}
        self.stage.scene.preview(self._moved(pointer), self._dots, self._shift(pointer))
        self._look_for_wire(pointer)

    def _moved(self, pointer: Pointer) -> dict[str, Point]:
        shift = pointer.scene - self.start.scene
        x, y = self._places[self._name]
        to = snapped((x + shift.x(), y + shift.y()))
        return {node_id: (at[0] + to[0] - x, at[1] + to[1] - y) for node_id, at in self._places.items()}

    def _shift(self, pointer: Pointer) -> Point:
        to, start = self._moved(pointer)[self._name], self._places[self._name]
        return to[0] - start[0], to[1] - start[1]

    def _look_for_wire(self, pointer: Pointer) -> None:
        scene = self.stage.scene
        free = len(self._places) == 1 and not self._dots and not scene.wires.at(self._name)
        both_sides = bool(self._item.card.inputs) and bool(self._item.card.outputs)
        allowed = free and both_sides and not pointer.modifiers & Qt.KeyboardModifier.AltModifier
        wire = wire_under(scene, self._item.body()) if allowed else None
        self._edge = wire.edge if wire is not None else None
        scene.wires.set_target(wire)

    def release(self, pointer: Pointer) -> None:
        scene = self.stage.scene
        if not self._moving:
            if not self.start.adding and len(scene.selection) > 1:
                scene.select([self._name])
            return
        scene.wires.set_target(None)
        places = self._moved(pointer)
        edge, self._edge = self._edge, None
        if places == self._places:
            scene.settle(self._places)
            return
        for node_id, at in self._places.items():  # so that the edit sees where they came from
            scene.nodes[node_id].setPos(QPointF(*at))
        editor, shift = self.stage.editor, self._shift(pointer)
        if edge is not None:
            done = editor.insert(self._name, edge, places)
        else:
            done = editor.move(places, dots=self._dots, shift=shift)
        if not done:
            scene.settle(self._places)

    def cancel(self) -> None:
        self.stage.scene.wires.set_target(None)
        if self._moving:
            self.stage.scene.settle(self._places)
        self.stage.scene.select(self._selection_before)
        self.stage.scene.dots.select(self._dots)
