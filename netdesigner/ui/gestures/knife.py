"""Cutting wires: a line drawn with the right button and Ctrl held removes all wires that it crosses."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from netdesigner.document.design import Point
from netdesigner.ui.canvas.diff import WireKey
from netdesigner.ui.canvas.wire_item import WireItem
from netdesigner.ui.gestures.stage import Gesture, Pointer, Stage

__all__ = ["Knife"]

_Z_LINE = 5.0


class Knife(Gesture):
    """Cuts the wires that it crosses on its way; they light up before the button is released."""

    cursor = Qt.CursorShape.CrossCursor
    pans_at_edge = True

    def __init__(self, stage: Stage, start: Pointer) -> None:
        super().__init__(stage, start)
        self._last = start.scene
        self._line: QGraphicsPathItem | None = None
        self._cut: dict[WireKey, WireItem] = {}

    def move(self, pointer: Pointer) -> None:
        if self._line is None:
            if not self.is_drag(pointer):
                return
            self._line = self._begun()
        path = self._line.path()
        path.lineTo(pointer.scene)
        self._line.setPath(path)
        self._cross(self._last, pointer.scene)
        self._last = pointer.scene
        count = len(self._cut)
        told = (
            f"Cut {count} wires" if count > 1 else "Cut 1 wire" if count else "Draw across the wires to cut"
        )
        self.stage.hint.say("warning", told, pointer.view)

    def _begun(self) -> QGraphicsPathItem:
        pen = QPen(self.stage.scene.style_.error, 1.5, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        line = QGraphicsPathItem(QPainterPath(self.start.scene))
        line.setPen(pen)
        line.setZValue(_Z_LINE)
        self.stage.scene.addItem(line)
        return line

    def _cross(self, a: QPointF, b: QPointF) -> None:
        wires = self.stage.scene.wires
        box = QRectF(a, b).normalized().adjusted(-1, -1, 1, 1)
        first, second = (a.x(), a.y()), (b.x(), b.y())
        for key, item in wires.items.items():
            if key in self._cut or not box.intersects(QRectF(*item.box()).adjusted(-1, -1, 1, 1)):
                continue
            if any(_meet(first, second, *leg) for leg in pairwise(item.points())):
                self._cut[key] = item
        wires.set_cut(self._cut.keys())

    def release(self, pointer: Pointer) -> None:
        if self._line is None:
            return
        self.move(pointer)
        edges = [item.edge for item in self._cut.values()]
        self._end()
        if edges:
            self.stage.editor.disconnect(edges)

    def cancel(self) -> None:
        self._end()

    def _end(self) -> None:
        self.stage.hint.hide()
        self.stage.scene.wires.set_cut(())
        self._cut = {}
        if self._line is not None:
            self.stage.scene.removeItem(self._line)
            self._line = None


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two segments cross."""
    return _side(a, b, c) * _side(a, b, d) <= 0 and _side(c, d, a) * _side(c, d, b) <= 0 and a != b


def _side(a: Point, b: Point, c: Point) -> float:
    """On which side of the line from a to b a point lies: positive, negative, or 0 on it."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
