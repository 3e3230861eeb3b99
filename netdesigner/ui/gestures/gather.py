"""Taking all wires of an output to another output: Ctrl held, from the port they leave.

The wires hang on the pointer; dropped on an output, or on a card with one, they leave from there. Dropped elsewhere, or
where one of them cannot begin, they stay where they were, and why is said at the pointer.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from netdesigner.document.rewire import move_wires
from netdesigner.session.rewiring import gathered
from netdesigner.ui.canvas.editor import PortRef
from netdesigner.ui.canvas.hit import hit
from netdesigner.ui.canvas.route import route
from netdesigner.ui.canvas.wire_item import WireItem, path_of
from netdesigner.ui.canvas.words import plain_message
from netdesigner.ui.gestures.stage import Gesture, Pointer, Stage

__all__ = ["Gather"]

_Z_WIRES = 5.0
_PALE = 0.3
"""How the wires are drawn where they were, meanwhile."""


class Gather(Gesture):
    """Moves all wires of an output.

    Args:
        stage, start: as for every gesture.
        port: the output they leave.
        wires: the wires.
    """

    cursor = Qt.CursorShape.CrossCursor
    pans_at_edge = True

    def __init__(self, stage: Stage, start: Pointer, port: PortRef, wires: list[WireItem]) -> None:
        super().__init__(stage, start)
        self._port = port
        self._wires = wires
        self._drawn: QGraphicsPathItem | None = None
        self._refusals: dict[PortRef, str] = {}
        self._target: PortRef | None = None
        self._reason = ""

    def move(self, pointer: Pointer) -> None:
        if self._drawn is None:
            if not self.is_drag(pointer):
                return
            self._begin()
        self._aim(pointer)
        self._draw_to(pointer.scene)
        count = f"{len(self._wires)} wires" if len(self._wires) > 1 else "1 wire"
        told = self._reason or f"{count} of {self._port.node}"
        self.stage.hint.say("error" if self._reason else "success", told, pointer.view)

    def _begin(self) -> None:
        pen = QPen(self.stage.scene.style_.accent, 2.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self._drawn = QGraphicsPathItem()
        self._drawn.setPen(pen)
        self._drawn.setZValue(_Z_WIRES)
        self.stage.scene.addItem(self._drawn)
        for item in self._wires:
            item.setOpacity(_PALE)
        for node in self.stage.scene.nodes.values():
            states = {("input", index): "dim" for index in range(node.port_count("input"))}
            states |= {("output", index): "fits" for index in range(node.port_count("output"))}
            node.set_ports(states)

    def _aim(self, pointer: Pointer) -> None:
        before = self._target
        self._target, self._reason = None, ""
        found = hit(self.stage.scene, pointer.scene, self.stage.scale, wires=False)
        if found.node is not None:
            outputs = found.node.card.outputs
            port = found.port if found.port is not None and found.port.side == "output" else None
            if port is None and outputs:
                port = PortRef(found.node.card.name, "output", outputs[0].name)
            if port is None:
                self._reason = f"{found.node.card.name} has no output"
            elif port != self._port:
                self._reason = self._refusal(port)
                self._target = None if self._reason else port
        if before != self._target:
            self._mark(before, "fits")
            self._mark(self._target, "target")

    def _refusal(self, port: PortRef) -> str:
        if port not in self._refusals:
            editor = self.stage.editor
            session = editor.bridge.session
            told = gathered(
                editor.design,
                session.catalog,
                editor.scope,
                (self._port.node, self._port.name),
                (port.node, port.name),
                session.state.data,
                session.report,
            )
            self._refusals[port] = plain_message(next(iter(told.refused), ""))
        return self._refusals[port]

    def _mark(self, port: PortRef | None, state: str) -> None:
        item = self.stage.scene.nodes.get(port.node) if port is not None else None
        if item is not None and port is not None:
            index = max(0, item.port_index(port.side, port.name))
            item.set_ports({**item.port_states, (port.side, index): state})

    def _draw_to(self, at: QPointF) -> None:
        if self._drawn is None:
            return
        if self._target is not None:
            item = self.stage.scene.nodes[self._target.node]
            at = item.port_at("output", max(0, item.port_index("output", self._target.name)))
        path = QPainterPath()
        for wire in self._wires:
            end = self.stage.scene.wires.ends_of(wire)[1]
            path.addPath(path_of(route((at.x(), at.y()), (end.x(), end.y()))))
        self._drawn.setPath(path)

    def release(self, pointer: Pointer) -> None:
        if self._drawn is None:
            self.stage.scene.select([self._port.node])
            return
        self.move(pointer)
        target, reason = self._target, self._reason
        self._end()
        if target is not None:
            self._make(target)
        elif reason:
            self.stage.hint.say("error", reason, pointer.view, stay=True)
            self.stage.editor.say("warning", reason)

    def _make(self, target: PortRef) -> None:
        source, to = (self._port.node, self._port.name), (target.node, target.name)
        editor = self.stage.editor
        editor.apply(
            lambda design: move_wires(design, editor.scope, source, to),
            f"move the wires of {source[0]} to {to[0]}",
        )

    def cancel(self) -> None:
        self._end()

    def _end(self) -> None:
        self.stage.hint.hide()
        if self._drawn is not None:
            self.stage.scene.removeItem(self._drawn)
            self._drawn = None
        for item in self._wires:
            item.setOpacity(1.0)
        for node in self.stage.scene.nodes.values():
            node.set_ports({})
