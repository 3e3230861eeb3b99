"""Drawing a wire from a port to another, or taking the end of a wire elsewhere.

Ports that can take the wire light up and the others dim. Dropped on a card, the wire ends at the first port that can
take it; dropped on the empty canvas, a new wire asks which layer to add, and the end of an old one lets go. A wire that
may not be made says why at the pointer, and everything stays as it was.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsPathItem

from netdesigner.document import Edge
from netdesigner.ui.canvas.editor import PortRef
from netdesigner.ui.canvas.hit import hit
from netdesigner.ui.canvas.node_item import NodeItem
from netdesigner.ui.canvas.route import route
from netdesigner.ui.canvas.wire_item import WireItem, path_of
from netdesigner.ui.gestures.stage import Gesture, Pointer, SearchRequest, Stage

__all__ = ["Connect"]

_BUDGET_S = 0.03
"""How long asking about all ports may take when a wire is begun; the rest is asked about when the pointer comes."""

_Z_WIRE = 5.0


class Connect(Gesture):
    """Draws a wire.

    Args:
        stage, start: as for every gesture.
        port: where the wire begins, which stays.
        old: the wire whose other end is being moved, or None for a new wire.
    """

    cursor = Qt.CursorShape.CrossCursor
    pans_at_edge = True

    def __init__(self, stage: Stage, start: Pointer, port: PortRef, old: WireItem | None = None) -> None:
        super().__init__(stage, start)
        self._port = port
        self._old = old
        self._drawn: QGraphicsPathItem | None = None
        self._refusals: dict[PortRef, str] = {}
        self._target: PortRef | None = None
        self._reason = ""

    @property
    def _side(self) -> str:
        """The side of the ports that the wire may end at."""
        return "input" if self._port.side == "output" else "output"

    @property
    def _without(self) -> Edge | None:
        return self._old.edge if self._old is not None else None

    # ------------------------------------------------------------------------------------------------- beginning

    def _begin(self) -> None:
        pen = QPen(self.stage.scene.style_.accent, 2.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self._drawn = QGraphicsPathItem()
        self._drawn.setPen(pen)
        self._drawn.setZValue(_Z_WIRE)
        self.stage.scene.addItem(self._drawn)
        if self._old is not None:
            self._old.setVisible(False)
        self._light_up()

    def _light_up(self) -> None:
        """Asks which ports can take the wire, those in sight first, as long as it takes no noticeable time."""
        until = time.perf_counter() + _BUDGET_S
        in_loop = self._closing_a_loop()
        sight = self.stage.view.mapToScene(self.stage.view.viewport().rect()).boundingRect()
        items = list(self.stage.scene.nodes.values())
        for item in sorted(items, key=lambda item: not item.body().intersects(sight)):
            states = {("input", index): "dim" for index in range(item.port_count("input"))}
            states |= {("output", index): "dim" for index in range(item.port_count("output"))}
            for index, mark in enumerate(item.card.ports(self._side)):
                port = PortRef(item.card.name, self._side, mark.name)
                if port.node not in in_loop and (time.perf_counter() > until or not self._refusal(port)):
                    states[self._side, index] = "fits"
            if item.card.name == self._port.node:
                del states[self._port.side, max(0, item.port_index(self._port.side, self._port.name))]
            item.set_ports(states)

    def _closing_a_loop(self) -> set[str]:
        """The nodes to which the wire would close a loop: all before the node it leaves, or after the one it enters."""
        forward = self._port.side == "input"
        seen, waiting = {self._port.node}, [self._port.node]
        while waiting:
            node_id = waiting.pop()
            for key in self.stage.scene.wires.at(node_id):
                near, far = (key[0].source, key[0].target) if forward else (key[0].target, key[0].source)
                if near == node_id and far not in seen and key[0] != self._without:
                    seen.add(far)
                    waiting.append(far)
        return seen

    def _refusal(self, port: PortRef) -> str:
        if port not in self._refusals:
            self._refusals[port] = self.stage.editor.refusal(self._port.edge_to(port), self._without)
        return self._refusals[port]

    # --------------------------------------------------------------------------------------------------- dragging

    def move(self, pointer: Pointer) -> None:
        if self._drawn is None:
            if not self.is_drag(pointer):
                return
            self._begin()
        found = hit(self.stage.scene, pointer.scene, self.stage.scale, wires=False)
        self._aim(found.node, found.port)
        self._draw_to(pointer.scene)
        severity = "error" if self._reason else "success"
        self.stage.hint.say(severity, self._reason, pointer.view)

    def _aim(self, item: NodeItem | None, port: PortRef | None) -> None:
        """Finds the port that the wire would end at now, or why there is none."""
        before = self._target
        self._target, self._reason = None, ""
        if item is None or item.card.name == self._port.node:
            pass
        elif port is not None and port.side == self._side:
            self._reason = self._refusal(port)
            self._target = None if self._reason else port
        else:
            self._target, self._reason = self.stage.editor.port_that_fits(
                self._port, item.card.name, self._without
            )
        if before != self._target:
            self._mark(before, "fits")
            self._mark(self._target, "target")

    def _mark(self, port: PortRef | None, state: str) -> None:
        item = self.stage.scene.nodes.get(port.node) if port is not None else None
        if item is not None and port is not None:
            index = max(0, item.port_index(port.side, port.name))
            item.set_ports({**item.port_states, (port.side, index): state})

    def _draw_to(self, at: QPointF) -> None:
        if self._drawn is None:
            return
        end = self._center(self._target) if self._target is not None else at
        begin = self._center(self._port)
        if self._port.side == "input":
            begin, end = end, begin
        self._drawn.setPath(path_of(route((begin.x(), begin.y()), (end.x(), end.y()))))

    def _center(self, port: PortRef) -> QPointF:
        item = self.stage.scene.nodes[port.node]
        return item.port_at(port.side, max(0, item.port_index(port.side, port.name)))

    # ----------------------------------------------------------------------------------------------------- ending

    def release(self, pointer: Pointer) -> None:
        if self._drawn is None:
            self._select_clicked()
            return
        self.move(pointer)
        on_node = hit(self.stage.scene, pointer.scene, self.stage.scale, wires=False).node
        target, reason = self._target, self._reason
        self._end()
        if target is not None:
            self._make(self._port.edge_to(target))
        elif reason:
            self.stage.hint.say("error", reason, pointer.view, stay=True)
            self.stage.editor.say("warning", reason)
        elif on_node is None and self._old is not None:
            self.stage.editor.disconnect([self._old.edge])
        elif on_node is None:
            self.stage.search(SearchRequest(pointer.view, pointer.point, port=self._port))

    def _select_clicked(self) -> None:
        """A click without a drag picks the card, or the wire whose end was clicked."""
        if self._old is not None and self.start.view is not None:
            self.stage.scene.select((), [self._old.key])
        else:
            self.stage.scene.select([self._port.node])

    def _make(self, edge: Edge) -> None:
        if self._old is None:
            self.stage.editor.connect(edge)
        elif edge != self._old.edge:
            self.stage.editor.connect(edge, instead_of=self._old.edge)

    def cancel(self) -> None:
        self._end()

    def _end(self) -> None:
        self.stage.hint.hide()
        if self._drawn is not None:
            self.stage.scene.removeItem(self._drawn)
            self._drawn = None
        if self._old is not None:
            self._old.setVisible(True)
        for item in self.stage.scene.nodes.values():
            item.set_ports({})
