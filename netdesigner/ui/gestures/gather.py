"""Taking all wires of an output to another output: Ctrl held, from the port they leave.

The wires hang on the pointer; dropped on an output, or on a card with one, they leave from there. Dropped elsewhere, or
where one of them cannot begin, they stay where they were, and why is said at the pointer.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from netdesigner.document.rewire import move_wires
from netdesigner.session.rewiring import gathered
from netdesigner.ui.canvas.editor import PortRef
from netdesigner.ui.canvas.hit import hit
from netdesigner.ui.canvas.route import route
from netdesigner.ui.canvas.wire_item import WireItem, path_of
from netdesigner.ui.canvas.words import plain_message
from netdesigner.ui.gestures.drawn_wire import DrawnWire
from netdesigner.ui.gestures.stage import Pointer, Stage

__all__ = ["Gather"]

_PALE = 0.3
"""How the wires are drawn where they were, meanwhile."""


class Gather(DrawnWire):
    """Moves all wires of an output.

    Args:
        stage, start: as for every gesture.
        port: the output they leave.
        wires: the wires.
    """

    def __init__(self, stage: Stage, start: Pointer, port: PortRef, wires: list[WireItem]) -> None:
        super().__init__(stage, start, port)
        self._wires = wires

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
        super()._begin()
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
                self._reason = f"‘{found.node.card.name}’ has no output"
            elif port != self._port:
                self._reason = self._refusal(port)
                self._target = None if self._reason else port
        self._show_target(before)

    def _asked(self, port: PortRef) -> str:
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
        return plain_message(next(iter(told.refused), ""))

    def _draw_to(self, at: QPointF) -> None:
        if self._drawn is None:
            return
        at = self._center(self._target) if self._target is not None else at
        path = QPainterPath()
        for wire in self._wires:
            end = self.stage.scene.wires.ends_of(wire)[1]
            path.addPath(path_of(route((at.x(), at.y()), end)))
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
            self._refuse(reason, pointer)

    def _make(self, target: PortRef) -> None:
        source, to = (self._port.node, self._port.name), (target.node, target.name)
        editor = self.stage.editor
        editor.apply(
            lambda design: move_wires(design, editor.scope, source, to),
            f"move the wires of {source[0]} to {to[0]}",
        )

    def _end(self) -> None:
        super()._end()
        for item in self._wires:
            item.setOpacity(1.0)
