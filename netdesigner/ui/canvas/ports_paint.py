"""Paints the ports of a card: circles on its edges, with their names where there are several."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from netdesigner.ui.canvas.card import Card, PortMark
from netdesigner.ui.canvas.card_style import CardStyle
from netdesigner.ui.canvas.metrics import CARD_WIDTH_PX, LINE_PX, PORT_RADIUS_PX, CardMetrics, aside

__all__ = ["paint_ports"]

_NAME_PX = 12


def paint_ports(
    painter: QPainter,
    card: Card,
    metrics: CardMetrics,
    states: Mapping[tuple[str, int], str],
    style: CardStyle,
    named: bool,
) -> None:
    """Paints all ports.

    Args:
        painter, card, metrics, style: as for the card.
        states: while a wire is drawn, how each port takes it, by (side, index).
        named: whether names are shown.
    """
    for side, marks, heights in (
        ("input", card.inputs, metrics.inputs),
        ("output", card.outputs, metrics.outputs),
    ):
        x = 0.0 if side == "input" else float(CARD_WIDTH_PX)
        for index, (mark, y) in enumerate(zip(marks, heights, strict=True)):
            spread = metrics.slots[index] if side == "input" else 0.0
            _paint_port(painter, mark, QPointF(x, y), spread, states.get((side, index), ""), style)
            beside = side == "output" and index == 0 and aside(card)
            if named and len(marks) > 1 and not beside:
                across = metrics.outputs if side == "input" else metrics.inputs
                room = CARD_WIDTH_PX / 2 - 16 if len(across) > 1 and y in across else CARD_WIDTH_PX - 32
                _paint_name(painter, mark, y, side, style, room)


def _paint_port(
    painter: QPainter, mark: PortMark, center: QPointF, spread: float, state: str, style: CardStyle
) -> None:
    radius = PORT_RADIUS_PX - (1.0 if mark.optional and not mark.wires else 0.0)
    color = style.error if mark.missing else style.port_color
    width = 1.25 if mark.optional else 1.75
    if state in ("fits", "target"):
        color, radius, width = style.accent, PORT_RADIUS_PX + (2.5 if state == "target" else 1.0), 2.0
    if state == "dim":
        painter.setOpacity(0.35)
    painter.setPen(QPen(color, width))
    filled = (mark.wires and not mark.missing) or state == "target"
    painter.setBrush(color if filled else style.surface)
    if spread:
        painter.drawRoundedRect(
            QRectF(center.x() - radius, center.y() - radius, 2 * radius, spread + 2 * radius), radius, radius
        )
    else:
        painter.drawEllipse(center, radius, radius)
    if state == "dim":
        painter.setOpacity(1.0)


def _paint_name(
    painter: QPainter, mark: PortMark, y: float, side: str, style: CardStyle, room: float
) -> None:
    metrics = style.metrics["small"]
    shown = metrics.elidedText(mark.name, Qt.TextElideMode.ElideRight, room)
    painter.setFont(style.small_font)
    painter.setPen(style.error if mark.missing else style.muted)
    baseline = y - LINE_PX / 2 + (LINE_PX + metrics.ascent() - metrics.descent()) / 2
    left = _NAME_PX if side == "input" else CARD_WIDTH_PX - _NAME_PX - metrics.horizontalAdvance(shown)
    painter.drawText(QPointF(left, baseline), shown)
