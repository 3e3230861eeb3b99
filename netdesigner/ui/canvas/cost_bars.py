"""Bars on the cards that say where the parameters or the multiply-adds of what is shown are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from netdesigner.checks import TracedNode
from netdesigner.parts import Cost
from netdesigner.ui.canvas.card_style import CardStyle
from netdesigner.ui.canvas.node_item import NodeItem

__all__ = ["CostBars"]

_HEIGHT_PX = 5.0
_LEAST_PX = 3.0
"""On the screen, so that bars are seen from afar too."""


class CostBars:
    """The share of each node in what all nodes of a scope cost together.

    Args:
        measure: what of a cost is counted.
        traced: what the checks found at each node.
    """

    def __init__(self, measure: Callable[[Cost], int], traced: Mapping[str, TracedNode]) -> None:
        self.measure = measure
        amounts = {node_id: measure(found.cost) for node_id, found in traced.items()}
        total = sum(amounts.values())
        self.shares = {node_id: amount / total for node_id, amount in amounts.items() if amount}

    def paint(self, painter: QPainter, nodes: Mapping[str, NodeItem], style: CardStyle, scale: float) -> None:
        """Paints a bar along the lower edge of each card that costs anything, as long as its share of the card."""
        height = max(_HEIGHT_PX, _LEAST_PX / scale)
        grounds, bars = [], []
        for node_id, share in self.shares.items():
            if node_id in nodes:
                body = nodes[node_id].body()
                ground = QRectF(body.x(), body.bottom() - height, body.width(), height)
                grounds.append(ground)
                bars.append(QRectF(ground.x(), ground.y(), max(height / 2, ground.width() * share), height))
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        for rects, color in ((grounds, style.chip), (bars, style.accent)):
            painter.setBrush(color)
            painter.drawRects(rects)
        painter.restore()
