"""Paints all cards of a scene at once where they are seen from afar, as each by itself would take too long."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from netdesigner.ui.canvas.badge import paint_badge
from netdesigner.ui.canvas.card_paint import FARTHEST
from netdesigner.ui.canvas.card_style import CardStyle, mixed
from netdesigner.ui.canvas.node_item import NodeItem

if TYPE_CHECKING:
    from netdesigner.ui.canvas.scene import CanvasScene

__all__ = ["FarCards"]

_STRIPE_PX = 14.0
_RING_PX = 2.0
_BADGE_PX = 5.0
"""On the screen; a problem is seen however small its card is."""


_Blocks = Mapping[tuple[str, bool], tuple[QPainterPath, QPainterPath]]
"""By category, and by whether nodes are passed by, the rectangles of the cards and of their stripes."""


class FarCards:
    """Paints the cards of a scene.

    The rectangles of all cards are kept until one comes, goes or changes. Those that are dragged are painted by
    themselves, so that the others need not be gathered again at each step.

    Args:
        scene: whose nodes they are.
    """

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._blocks: _Blocks | None = None
        self._wrong: list[NodeItem] | None = None
        self._loose: set[str] = set()

    def forget(self) -> None:
        """Gathers all cards again before the next time."""
        self._blocks = None
        self._wrong = None
        self._loose = set()

    def loosen(self, node_ids: Iterable[str]) -> None:
        """Paints some cards by themselves from now on, until all are gathered again."""
        new = self._loose.union(node_ids)
        if len(new) > len(self._loose):
            self._loose = new
            self._blocks = None

    def paint(self, painter: QPainter, style: CardStyle, scale: float) -> None:
        """Paints all cards, and over them rings and signs.

        Args:
            painter: in the canvas's coordinates.
            style: colours.
            scale: the zoom, 1 at 100 %.
        """
        nodes = self._scene.nodes
        if self._blocks is None:
            self._blocks = _blocks_of(item for node_id, item in nodes.items() if node_id not in self._loose)
        _paint_blocks(painter, self._blocks, style, scale)
        if self._loose:
            loose = (nodes[node_id] for node_id in self._loose if node_id in nodes)
            _paint_blocks(painter, _blocks_of(loose), style, scale)
        _paint_signs(painter, self._signed(), style, scale)

    def _signed(self) -> Iterable[NodeItem]:
        """The cards that are selected, under the pointer or wrong, each once."""
        if self._wrong is None:
            self._wrong = [item for item in self._scene.nodes.values() if item.card.severity]
        nodes, chosen = self._scene.nodes, (*self._scene.selection, self._scene.hovered)
        return dict.fromkeys([*self._wrong, *(nodes[node_id] for node_id in chosen if node_id in nodes)])


def _blocks_of(items: Iterable[NodeItem]) -> _Blocks:
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


def _paint_blocks(painter: QPainter, blocks: _Blocks, style: CardStyle, scale: float) -> None:
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


def _paint_signs(painter: QPainter, items: Iterable[NodeItem], style: CardStyle, scale: float) -> None:
    """Paints cards that are selected, under the pointer or wrong, with rings and signs as large at any zoom."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for item in items:
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
