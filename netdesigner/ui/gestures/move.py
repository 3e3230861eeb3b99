"""Dragging nodes, frames and notes: all that is selected moves together, as one step of the history."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from netdesigner.document import Edge
from netdesigner.document.design import Point
from netdesigner.session.framing import Rect
from netdesigner.ui.canvas.carry import Carried
from netdesigner.ui.canvas.guides import Guides
from netdesigner.ui.canvas.hit import wire_under
from netdesigner.ui.canvas.mark_item import MarkItem
from netdesigner.ui.canvas.node_item import NodeItem
from netdesigner.ui.canvas.snapping import Snap, Snapper
from netdesigner.ui.gestures.stage import Gesture, Pointer, Stage

__all__ = ["Move"]

_REACH_PX = 6.0


class Move(Gesture):
    """Moves what is selected; where it comes near, its wires become straight, or it lines up with others.

    Ctrl held while dragging lets it go anywhere. A frame takes along what lies in it, unless Alt is held. A node
    without wires that is dropped on a wire goes into it, unless Alt is held.

    Args:
        stage, start: as for every gesture.
        item: the node, frame or note that was pressed.
    """

    pans_at_edge = True

    def __init__(self, stage: Stage, start: Pointer, item: NodeItem | MarkItem) -> None:
        super().__init__(stage, start)
        scene = stage.scene
        self._item = item
        self._name = item.card.name if isinstance(item, NodeItem) else item.mark_id
        self._selection_before = (scene.selection, scene.selected_wires, scene.selected_marks)
        self._was_selected = self._is_selected()
        self._dots = scene.dots.selected
        self._carried: Carried | None = None
        self._snapper: Snapper | None = None
        self._guides: Guides | None = None
        self._edge: Edge | None = None
        if start.adding:
            self._toggle()
        elif not self._was_selected:
            self._select_alone()

    def _is_selected(self) -> bool:
        scene = self.stage.scene
        chosen = scene.selection if isinstance(self._item, NodeItem) else scene.selected_marks
        return self._name in chosen

    def _select_alone(self) -> None:
        if isinstance(self._item, NodeItem):
            self.stage.scene.select([self._name])
        else:
            self.stage.scene.select((), (), [self._name])

    def _toggle(self) -> None:
        scene = self.stage.scene
        chosen = {NodeItem: scene.selection, MarkItem: scene.selected_marks}
        others = tuple(name for name in chosen[type(self._item)] if name != self._name)
        chosen[type(self._item)] = others if self._was_selected else (*others, self._name)
        scene.select(chosen[NodeItem], (), chosen[MarkItem])
        scene.dots.select(self._dots)

    # ------------------------------------------------------------------------------------------------ on its way

    def move(self, pointer: Pointer) -> None:
        if self._carried is None:
            if not self.is_drag(pointer) or not self._is_selected():
                return
            self._begin(pointer)
        snap = self._snap(pointer)
        if self._carried is not None and self._guides is not None:
            self._carried.preview(*snap.shift)
            self._guides.show_lines(snap.lines)
            self._look_for_wire(pointer)

    def _begin(self, pointer: Pointer) -> None:
        scene = self.stage.scene
        carried = Carried.selected(scene, bool(pointer.modifiers & Qt.KeyboardModifier.AltModifier))
        box, corner = carried.box(), self._item.pos()
        moving = (box.x(), box.y(), box.width(), box.height())
        self._snapper = Snapper(moving, (corner.x(), corner.y()), carried.others(), carried.wire_ends())
        self._carried = carried
        self._guides = Guides(scene.style_.theme)
        scene.addItem(self._guides)

    def _snap(self, pointer: Pointer) -> Snap:
        shift = pointer.scene - self.start.scene
        if self._snapper is None or pointer.modifiers & Qt.KeyboardModifier.ControlModifier:
            return Snap((float(round(shift.x())), float(round(shift.y()))))
        return self._snapper.at(shift.x(), shift.y(), _REACH_PX / self.stage.scale, self._sight())

    def _sight(self) -> Rect:
        view = self.stage.view
        seen = view.mapToScene(view.viewport().rect()).boundingRect()
        return seen.x(), seen.y(), seen.width(), seen.height()

    def _look_for_wire(self, pointer: Pointer) -> None:
        scene = self.stage.scene
        wire = wire_under(scene, self._item.body()) if self._may_go_in(pointer) else None
        self._edge = wire.edge if wire is not None else None
        scene.wires.set_target(wire)

    def _may_go_in(self, pointer: Pointer) -> bool:
        """Whether it is a single node that fits into a wire."""
        carried, item = self._carried, self._item
        if carried is None or not isinstance(item, NodeItem) or len(carried) != 1:
            return False
        free = not self.stage.scene.wires.at(self._name) and item.card.inputs and item.card.outputs
        return bool(free) and not pointer.modifiers & Qt.KeyboardModifier.AltModifier

    # ---------------------------------------------------------------------------------------------------- its end

    def release(self, pointer: Pointer) -> None:
        scene = self.stage.scene
        if self._carried is None:
            several = len(scene.selection) + len(scene.selected_marks) > 1
            if not self.start.adding and several:
                self._select_alone()
            return
        self._clear()
        shift = self._snap(pointer).shift
        edge, self._edge = self._edge, None
        self._put_back()  # so that the edit sees where all came from
        if shift == (0.0, 0.0) or not self._done(shift, edge):
            self._carried.settle()

    def _put_back(self) -> None:
        assert self._carried is not None
        for node_id, at in self._carried.nodes.items():
            self.stage.scene.nodes[node_id].setPos(QPointF(*at))
        self.stage.scene.marks.preview(self._carried.marks)

    def _done(self, shift: Point, edge: Edge | None) -> bool:
        assert self._carried is not None
        nodes, marks = self._carried.moved(*shift)
        if edge is not None:
            return self.stage.editor.insert(self._name, edge, nodes)
        return self.stage.editor.move(nodes, "", self._carried.dots, shift, marks)

    def _clear(self) -> None:
        self.stage.scene.wires.set_target(None)
        if self._guides is not None:
            self.stage.scene.removeItem(self._guides)
            self._guides = None

    def cancel(self) -> None:
        self._clear()
        if self._carried is not None:
            self._carried.settle()
        self.stage.scene.select(*self._selection_before)
        self.stage.scene.dots.select(self._dots)
