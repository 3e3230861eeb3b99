"""Paints all cards of a scene at once where they are seen from afar, as each by itself would take too long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from netdesigner.ui.canvas.badge import paint_badge
from netdesigner.ui.canvas.card_paint import FARTHEST
from netdesigner.ui.canvas.card_style import CardStyle, mixed
from netdesigner.ui.canvas.node_item import NodeItem

__all__ = ["Blocks", "blocks_of", "paint_far", "paint_far_signs"]

_STRIPE_PX = 14.0
_RING_PX = 2.0
_BADGE_PX = 5.0
"""On the screen; a problem is seen however small its card is."""


Blocks = Mapping[tuple[str, bool], tuple[QPainterPath, QPainterPath]]
"""By category, and by whether nodes are passed by, the rectangles of the cards and of their stripes."""


def blocks_of(items: Iterable[NodeItem]) -> Blocks:
    """The rectangles of cards, to be painted again and again until a card comes, goes or moves."""
    found: defaultdict[tuple[str, bool], tuple[QPainterPath, QPainterPath]] = defaultdict(
        lambda: (QPainterPath(), QPainterPath())
    )
    for item in items:
        bodies, stripes = found[item.card.category, item.card.bypassed]
        body = item.body()
        bodies.addRect(body)
        body.setWidth(_STRIPE_PX)
        stripes.addRect(body)
    for paths in found.values():
        for path in paths:
            path.setFillRule(Qt.FillRule.WindingFill)
    return found


def paint_far(painter: QPainter, blocks: Blocks, style: CardStyle, scale: float) -> None:
    """Paints cards as blocks in the colours of their categories, with a stripe where that can be seen.

    Args:
        painter: in the canvas's coordinates.
        blocks: the cards.
        style: colours.
        scale: the zoom, 1 at 100 %.
    """
    striped = scale >= FARTHEST
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for (category, bypassed), (bodies, stripes) in blocks.items():
        color = style.stripe(category)
        share = 0.12 if bypassed else 0.3 if striped else 0.55
        painter.fillPath(bodies, mixed(color, style.surface, share))
        if striped:
            painter.fillPath(stripes, color)
    painter.restore()


def paint_far_signs(painter: QPainter, items: Iterable[NodeItem], style: CardStyle, scale: float) -> None:
    """Paints what is selected, under the pointer or wrong, with rings and signs as large at any zoom."""
    marked = [item for item in items if item.selected or item.hovered or item.card.severity]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for item in marked:
        body, severity = item.body(), item.card.severity
        if severity:
            color = style.error if severity == "error" else style.warning
            _paint_ring(painter, body, color, scale, inside=True)
            paint_badge(painter, severity, body.topRight(), _BADGE_PX / scale, color, style.on_badge)
        if item.selected or item.hovered:
            _paint_ring(painter, body, style.accent if item.selected else style.port_color, scale)
    painter.restore()


def _paint_ring(painter: QPainter, body: QRectF, color: QColor, scale: float, inside: bool = False) -> None:
    half = _RING_PX / scale / 2 * (-1 if inside else 1.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, _RING_PX / scale))
    painter.drawRect(body.adjusted(-half, -half, half, half))
