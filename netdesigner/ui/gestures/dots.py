"""The dots that wires are led through: adding one, and moving them on the grid with the nodes that are selected."""

from __future__ import annotations

from netdesigner.document import Edge
from netdesigner.document.design import Point
from netdesigner.document.dots import Dot
from netdesigner.ui.canvas.dots import leg_near
from netdesigner.ui.canvas.placing import snapped
from netdesigner.ui.gestures.stage import Gesture, Pointer, Stage

__all__ = ["AddDot", "MoveDots"]


class MoveDots(Gesture):
    """Moves the picked dots and the selected nodes, one step of the history.

    Args:
        stage, start: as for every gesture.
        dot: the dot that was pressed.
    """

    pans_at_edge = True

    def __init__(self, stage: Stage, start: Pointer, dot: Dot) -> None:
        super().__init__(stage, start)
        scene = stage.scene
        self._dot = dot
        self._before = (scene.selection, scene.selected_wires, scene.dots.selected)
        self._was_picked = dot in scene.dots.selected
        if start.adding:
            others = [other for other in scene.dots.selected if other != dot]
            scene.dots.select(others if self._was_picked else [*others, dot])
        elif not self._was_picked:
            self._pick_alone()
        self._dots = scene.dots.selected
        places = scene.positions()
        self._places = {node_id: places[node_id] for node_id in scene.selection}
        self._shift: Point = (0.0, 0.0)
        self._moving = False

    def _pick_alone(self) -> None:
        self.stage.scene.select(())
        self.stage.scene.dots.select([self._dot])

    def move(self, pointer: Pointer) -> None:
        if not self._moving and (not self.is_drag(pointer) or self._dot not in self._dots):
            return
        self._moving = True
        way = pointer.scene - self.start.scene
        x, y = self._dot.at
        to = snapped((x + way.x(), y + way.y()))
        self._shift = (to[0] - x, to[1] - y)
        self.stage.scene.preview(self._moved(), self._dots, self._shift)

    def _moved(self) -> dict[str, Point]:
        across, down = self._shift
        return {node_id: (x + across, y + down) for node_id, (x, y) in self._places.items()}

    def release(self, pointer: Pointer) -> None:
        if not self._moving:
            if not self.start.adding and len(self._dots) + len(self._places) > 1:
                self._pick_alone()
            return
        self.move(pointer)
        positions, shift = self._moved(), self._shift
        self.stage.scene.settle(self._places)
        if shift != (0.0, 0.0):
            self.stage.editor.move(positions, dots=self._dots, shift=shift)

    def cancel(self) -> None:
        self.stage.scene.settle(self._places)
        self.stage.scene.select(*self._before[:2])
        self.stage.scene.dots.select(self._before[2])


class AddDot(Gesture):
    """Leads a wire through a point: where the pointer is when the button is released.

    Args:
        stage, start: as for every gesture.
        edge: the wire.
    """

    def __init__(self, stage: Stage, start: Pointer, edge: Edge) -> None:
        super().__init__(stage, start)
        self._edge = edge
        self._points = stage.scene.dots.routes.get(edge, ())
        self._leg = leg_near(stage.scene, edge, start.point)

    def move(self, pointer: Pointer) -> None:
        points = (*self._points[: self._leg], snapped(pointer.point), *self._points[self._leg :])
        self.stage.scene.wires.lead({self._edge: points})

    def release(self, pointer: Pointer) -> None:
        self.stage.scene.wires.lead({})
        from netdesigner.ui.canvas.rewiring import add_dot

        add_dot(self.stage.editor, self._edge, pointer.point, self._leg)

    def cancel(self) -> None:
        self.stage.scene.wires.lead({})
