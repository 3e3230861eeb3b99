"""A wire on the canvas. Qt draws it without calling Python; the scene draws its label."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from netdesigner.document import Edge
from netdesigner.ui.canvas.diff import WireKey
from netdesigner.ui.canvas.route import Point, Rect, Route
from netdesigner.ui.canvas.wire_label import Label, WireLabels
from netdesigner.ui.theme import Theme

__all__ = ["WireItem", "WirePens", "path_of"]

_Z = 0.0
_Z_ACTIVE = 1.0
_NORMAL_PX = 1.75
_STRONG_PX = 2.5
_NOWHERE = Route((0.0, 0.0), (), (0.0, 0.0))
"""Until a wire is led for the first time."""


class WirePens(NamedTuple):
    """The pens of wires in every state, near and far.

    Attributes:
        pens: by (state, far); the states are "", "active", "error", "target", "cut".
    """

    pens: dict[tuple[str, bool], QPen]

    @classmethod
    def of(cls, theme: Theme) -> WirePens:
        """The pens in a theme's colours."""
        colors = {
            "": theme.color("wire"),
            "active": theme.color("accent"),
            "error": theme.color("error"),
            "target": theme.color("accent"),
            "cut": theme.color("error"),
        }
        return cls(
            {
                (state, far): _pen(color, state, far)
                for state, color in colors.items()
                for far in (False, True)
            }
        )


def _pen(color: QColor, state: str, far: bool) -> QPen:
    widths = {"active": _STRONG_PX, "target": 4.0, "cut": 4.0}
    width = 1.0 if far else widths.get(state, _NORMAL_PX)
    pen = QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    pen.setCosmetic(far)
    if state in ("error", "cut"):
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 3])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def path_of(way: Route) -> QPainterPath:
    """A route as Qt draws it."""
    path = QPainterPath(QPointF(*way.start))
    for first, second, end in way.curves:
        path.cubicTo(*first, *second, *end)
    return path


class WireItem(QGraphicsPathItem):
    """Draws one wire.

    Args:
        key: which wire.
        labels: writes what it carries.

    Attributes:
        slot: which of the wires that end at its port it is, and how many there are.
        way: how it runs.
        loose: it was led without regard to nodes, as while it is dragged.
        bad, selected, lit, target, cut: why it is drawn other than usual.
    """

    def __init__(self, key: WireKey, labels: WireLabels) -> None:
        super().__init__()
        self.key = key
        self.edge: Edge = key[0]
        self.slot = (0, 1)
        self.way = _NOWHERE
        self.loose = False
        self.bad = False
        self.selected = False
        self.lit = False
        self.target = False
        self.cut = False
        self._labels = labels
        self._label: Label | None = None
        self._box: Rect | None = None
        self._points: list[Point] = []
        self._z = _Z

    @property
    def state(self) -> str:
        """Which pen it is drawn with."""
        if self.cut:
            return "cut"
        if self.target:
            return "target"
        if self.selected or self.lit:
            return "active"
        return "error" if self.bad else ""

    def set_way(self, way: Route, loose: bool = False) -> None:
        """Runs along another way."""
        self.way, self.loose = way, loose
        self._points = []
        self._label = self._box = None
        self.setPath(path_of(way))

    def box(self) -> Rect:
        """The rectangle around its way as numbers: left, top, width, height."""
        if self._box is None:
            around = self.path().boundingRect()
            self._box = around.x(), around.y(), around.width(), around.height()
        return self._box

    @property
    def label(self) -> Label:
        """What it carries and where that is written, found when it is first asked for."""
        if self._label is None:
            self._label = self._labels.placed(self)
        return self._label

    @property
    def known_label(self) -> Label | None:
        """The label, if it was asked for since the wire was led; it is nowhere to be seen otherwise."""
        return self._label

    def forget_label(self) -> None:
        """Looks anew what it carries, and for room for it."""
        self._label = None

    def show_state(self, pens: WirePens, far: bool) -> None:
        """Takes the pen of its state."""
        state = self.state
        self.setPen(pens.pens[state, far])
        z = _Z_ACTIVE if state in ("active", "target", "cut") else _Z
        if z != self._z:
            self._z = z
            self.setZValue(z)

    def points(self) -> list[Point]:
        """Points along its way, close enough together to tell what touches it."""
        if not self._points:
            self._points = self.way.points(12)
        return self._points

    def distance(self, at: QPointF) -> float:
        """How far a point is from the wire, in pixels at 100 %."""
        x, y = at.x(), at.y()
        pairs = pairwise(self.points())
        return min((_to_segment(x, y, a, b) for a, b in pairs), default=float("inf"))


def _to_segment(x: float, y: float, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else min(1.0, max(0.0, ((x - a[0]) * dx + (y - a[1]) * dy) / length))
    return float(((x - a[0] - t * dx) ** 2 + (y - a[1] - t * dy) ** 2) ** 0.5)
