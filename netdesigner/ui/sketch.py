"""A small picture of a network: its nodes in their colours and its wires, without words."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from netdesigner.document import Design, Network
from netdesigner.parts import Catalog
from netdesigner.ui.theme import Theme

__all__ = ["Sketch"]

_MARGIN_PX = 16
_WIDEST_PX = 32.0
_TALLEST_PX = 36.0
_LEAST_PX = 4.0
_FILLED = 0.6
_LOOSEST = 3.0
_TURN_PX = 12.0


class Sketch(QWidget):
    """Draws the first network of a design as large as it fits.

    Args:
        design: whose network is drawn.
        catalog: knows the category of each kind, and so its colour.
        theme: its colours.
    """

    def __init__(self, design: Design, catalog: Catalog, theme: Theme) -> None:
        super().__init__()
        self._network: Network = next(iter(design.networks.values()))
        self._catalog = catalog
        self._theme = theme
        self.setFixedHeight(104)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._theme.canvas))
        places = self._places()
        painter.setPen(QPen(QColor(self._theme.wire), 1.2))
        for edge in self._network.graph.edges:
            if edge.source in places and edge.target in places:
                painter.drawPath(_wire(places[edge.source], places[edge.target]))
        painter.setPen(Qt.PenStyle.NoPen)
        for node_id, place in places.items():
            painter.setBrush(self._color(node_id))
            painter.drawRoundedRect(place, 2, 2)

    def _color(self, node_id: str) -> QColor:
        node = self._network.graph.nodes[node_id]
        if node.block:
            return self._theme.category("Block")
        layer = self._catalog.layers.get(node.kind)
        return self._theme.category(layer.category if layer else "")

    def _places(self) -> dict[str, QRectF]:
        """Where nodes are drawn: in the columns and rows of the layout, which fill the picture."""
        layout = {key: at for key, at in self._network.layout.items() if key in self._network.graph.nodes}
        if not layout:
            return {}
        room = QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        columns, width = _spread([x for x, _ in layout.values()], room.width(), _WIDEST_PX)
        rows, height = _spread([y for _, y in layout.values()], room.height(), _TALLEST_PX)
        return {
            key: QRectF(room.left() + columns[x], room.top() + rows[y], width, height)
            for key, (x, y) in layout.items()
        }


def _spread(values: list[float], room_px: float, largest_px: float) -> tuple[dict[float, float], float]:
    """Distinct places spread over some pixels in proportion to their distances.

    Returns:
        Where each begins, and the size that leaves a gap between the two nearest.
    """
    places = sorted(set(values))
    if len(places) == 1:
        size = min(largest_px, room_px)
        return {places[0]: (room_px - size) / 2}, size
    whole = places[-1] - places[0]
    nearest = min(after - before for before, after in itertools.pairwise(places)) / whole
    size = min(largest_px, max(_LEAST_PX, _FILLED * nearest * room_px / (1 + _FILLED * nearest)))
    step = min((room_px - size) / whole, size * _LOOSEST / (nearest * whole))
    start = (room_px - size - step * whole) / 2
    return {place: start + (place - places[0]) * step for place in places}, size


def _wire(source: QRectF, target: QRectF) -> QPainterPath:
    begin = QPointF(source.right(), source.center().y())
    end = QPointF(target.left(), target.center().y())
    path = QPainterPath(begin)
    if end.x() >= begin.x():
        bend = (end.x() - begin.x()) / 2
        path.cubicTo(begin + QPointF(bend, 0), end - QPointF(bend, 0), end)
        return path
    middle = (source.bottom() + target.top()) / 2
    out, back = QPointF(_TURN_PX, 0), QPointF(-_TURN_PX, 0)
    path.cubicTo(begin + out, QPointF(begin.x() + _TURN_PX, middle), QPointF(begin.x(), middle))
    path.lineTo(end.x(), middle)
    path.cubicTo(QPointF(end.x() - _TURN_PX, middle), end + back, end)
    return path
