"""What gestures that draw wires have in common: the line that is drawn, the port it would end at, and why it cannot."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsPathItem

from netdesigner.ui.canvas.editor import PortRef
from netdesigner.ui.gestures.stage import Gesture, Pointer, Stage

__all__ = ["DrawnWire"]

_Z_WIRE = 5.0


class DrawnWire(Gesture):
    """Draws one wire or several from or to a port; nothing is drawn before the pointer was dragged.

    Args:
        stage, start: as for every gesture.
        port: where it begins.
    """

    cursor = Qt.CursorShape.CrossCursor
    pans_at_edge = True

    def __init__(self, stage: Stage, start: Pointer, port: PortRef) -> None:
        super().__init__(stage, start)
        self._port = port
        self._drawn: QGraphicsPathItem | None = None
        self._refusals: dict[PortRef, str] = {}
        self._target: PortRef | None = None
        self._reason = ""

    def _begin(self) -> None:
        pen = QPen(self.stage.scene.style_.accent, 2.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self._drawn = QGraphicsPathItem()
        self._drawn.setPen(pen)
        self._drawn.setZValue(_Z_WIRE)
        self.stage.scene.addItem(self._drawn)

    def _refusal(self, port: PortRef) -> str:
        """Why it cannot end at a port, asked once for each; "" where it can."""
        if port not in self._refusals:
            self._refusals[port] = self._asked(port)
        return self._refusals[port]

    def _asked(self, port: PortRef) -> str:
        raise NotImplementedError

    def _show_target(self, before: PortRef | None) -> None:
        """Marks the port that it would end at now, in place of the one before."""
        if before != self._target:
            self._mark(before, "fits")
            self._mark(self._target, "target")

    def _mark(self, port: PortRef | None, state: str) -> None:
        item = self.stage.scene.nodes.get(port.node) if port is not None else None
        if item is not None and port is not None:
            index = max(0, item.port_index(port.side, port.name))
            item.set_ports({**item.port_states, (port.side, index): state})

    def _center(self, port: PortRef) -> QPointF:
        item = self.stage.scene.nodes[port.node]
        return item.port_at(port.side, max(0, item.port_index(port.side, port.name)))

    def _refuse(self, reason: str, pointer: Pointer) -> None:
        """Says why nothing was done, at the pointer and in the window."""
        self.stage.hint.say("error", reason, pointer.view, stay=True)
        self.stage.editor.say("warning", reason)

    def cancel(self) -> None:
        self._end()

    def _end(self) -> None:
        self.stage.hint.hide()
        if self._drawn is not None:
            self.stage.scene.removeItem(self._drawn)
            self._drawn = None
        for item in self.stage.scene.nodes.values():
            item.set_ports({})
