"""The dots that wires of a scene are led through, as they are drawn, hit and picked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsEllipseItem

from netdesigner.document import Edge
from netdesigner.document.design import Point
from netdesigner.document.dots import Dot, Routes, dots_of, led, leg_at
from netdesigner.ui.canvas.card_style import CardStyle

if TYPE_CHECKING:
    from netdesigner.ui.canvas.scene import CanvasScene

__all__ = ["Dots", "leg_near"]

_RADIUS_PX = 4.5
_PICKED_PX = 6.0
_REACH_PX = 9.0
_LARGEST_REACH_PX = 20.0
_Z = 1.5


class DotItem(QGraphicsEllipseItem):
    """Draws one dot; Qt paints it without calling Python."""

    def __init__(self, dot: Dot, style: CardStyle) -> None:
        super().__init__()
        self.setPos(QPointF(*dot.at))
        self.setZValue(_Z)
        self.show_state(False, style)

    def show_state(self, selected: bool, style: CardStyle) -> None:
        """Draws it picked, larger and with a ring, or as usual."""
        radius = _PICKED_PX if selected else _RADIUS_PX
        self.setRect(QRectF(-radius, -radius, 2 * radius, 2 * radius))
        self.setPen(QPen(style.accent if selected else style.surface, 2.0 if selected else 1.5))
        self.setBrush(style.surface if selected else style.port_color)


class Dots:
    """The dots of a scene.

    Args:
        scene: where they are drawn.

    Attributes:
        routes: the points that wires are led through.
        items: by dot, what draws it.
        selected: the dots that are picked.
    """

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.routes: Routes = {}
        self.items: dict[Dot, DotItem] = {}
        self.selected: tuple[Dot, ...] = ()

    def follow(self, routes: Routes) -> None:
        """Draws the dots of other routes; those that are still there stay picked."""
        self.routes = routes
        wanted = dots_of(routes)
        for dot in [dot for dot in self.items if dot not in wanted]:
            self._scene.removeItem(self.items.pop(dot))
        for dot in wanted:
            if dot not in self.items:
                self.items[dot] = DotItem(dot, self._scene.style_)
                self._scene.addItem(self.items[dot])
            self.items[dot].setPos(QPointF(*dot.at))
        self.select(self.selected)

    def at(self, at: QPointF, scale: float) -> Dot | None:
        """The nearest dot in reach of a point; from afar what is small is hit from farther away."""
        reach = min(_REACH_PX / min(scale, 1.0), _LARGEST_REACH_PX)
        distances = {dot: (item.pos() - at).manhattanLength() for dot, item in self.items.items()}
        best = min(distances, key=distances.__getitem__, default=None)
        return best if best is not None and distances[best] <= reach else None

    def touched(self, area: QRectF) -> tuple[Dot, ...]:
        """The dots in a rectangle."""
        return tuple(dot for dot, item in self.items.items() if area.contains(item.pos()))

    def select(self, dots: Collection[Dot]) -> None:
        """Picks these dots and no others."""
        self.selected = tuple(dot for dot in dict.fromkeys(dots) if dot in self.items)
        for dot, item in self.items.items():
            item.show_state(dot in self.selected, self._scene.style_)

    def led(
        self, layout: Mapping[str, Point], positions: Mapping[str, Point], dots: Collection[Dot], shift: Point
    ) -> dict[Edge, tuple[Point, ...]]:
        """The routes after a move of nodes and dots, see `document.dots.led`."""
        return led(self.routes, layout, positions, dots, shift) if self.routes else {}

    def preview(self, routes: Routes) -> None:
        """Draws the dots of some routes elsewhere while they are dragged, the others where they are."""
        for dot, item in self.items.items():
            item.setPos(QPointF(*dot.at))
        for edge, points in routes.items():
            for old, new in zip(self.routes.get(edge, ()), points, strict=False):
                self.items[Dot(edge.source, edge.source_port, old)].setPos(QPointF(*new))
        self._scene.wires.lead(routes)

    def set_style(self, style: CardStyle) -> None:
        """Takes other colours."""
        for dot, item in self.items.items():
            item.show_state(dot in self.selected, style)


def leg_near(scene: CanvasScene, edge: Edge, at: Point) -> int:
    """Which stretch of a wire is nearest to a point: how many of its dots come before it."""
    points = scene.dots.routes.get(edge, ())
    item = scene.wires.items.get((edge, 0))
    if not points or item is None:
        return 0
    start, end = scene.wires.ends_of(item)
    return leg_at([start, *points, end], at)
