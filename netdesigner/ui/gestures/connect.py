"""Drawing a wire from a port to another, or taking the end of a wire elsewhere.

Ports that can take the wire light up and the others dim. Dropped on a card, the wire ends at the first port that can
take it; dropped on the empty canvas, a new wire asks which layer to add, and the end of an old one lets go. A wire that
may not be made says why at the pointer, and everything stays as it was.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QPointF

from netdesigner.document import Edge
from netdesigner.ui.canvas.editor import PortRef
from netdesigner.ui.canvas.hit import hit
from netdesigner.ui.canvas.node_item import NodeItem
from netdesigner.ui.canvas.route import route
from netdesigner.ui.canvas.wire_item import WireItem, path_of
from netdesigner.ui.gestures.drawn_wire import DrawnWire
from netdesigner.ui.gestures.stage import Pointer, SearchRequest, Stage

__all__ = ["Connect"]

_BUDGET_S = 0.03
"""How long asking about all ports may take when a wire is begun; the rest is asked about when the pointer comes."""


class Connect(DrawnWire):
    """Draws a wire.

    Args:
        stage, start: as for every gesture.
        port: where the wire begins, which stays.
        old: the wire whose other end is being moved, or None for a new wire.
    """

    def __init__(self, stage: Stage, start: Pointer, port: PortRef, old: WireItem | None = None) -> None:
        super().__init__(stage, start, port)
        self._old = old

    @property
    def _side(self) -> str:
        """The side of the ports that the wire may end at."""
        return "input" if self._port.side == "output" else "output"

    @property
    def _without(self) -> Edge | None:
        return self._old.edge if self._old is not None else None

    # ------------------------------------------------------------------------------------------------- beginning

    def _begin(self) -> None:
        super()._begin()
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

    def _asked(self, port: PortRef) -> str:
        return self.stage.editor.refusal(self._port.edge_to(port), self._without)

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
        self._show_target(before)

    def _draw_to(self, at: QPointF) -> None:
        if self._drawn is None:
            return
        end = self._center(self._target) if self._target is not None else at
        begin = self._center(self._port)
        if self._port.side == "input":
            begin, end = end, begin
        self._drawn.setPath(path_of(route((begin.x(), begin.y()), (end.x(), end.y()))))

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
            self._refuse(reason, pointer)
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

    def _end(self) -> None:
        super()._end()
        if self._old is not None:
            self._old.setVisible(True)
