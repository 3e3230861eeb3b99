"""Paints cards, in five degrees of detail.

From afar a card is a coloured block; closer, a block with its category's stripe; then its name alone; then its words;
close up, all its parameters and what it costs. Selection and problems are seen at all of them. The first two are
painted for all cards at once, by `far_paint`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from netdesigner.ui.canvas.badge import paint_badge
from netdesigner.ui.canvas.card import BLOCK, UNKNOWN, Card
from netdesigner.ui.canvas.card_style import RADIUS_PX, SIGN_PX, CardStyle, mixed
from netdesigner.ui.canvas.metrics import (
    CARD_WIDTH_PX,
    FOOTER_PX,
    GAP_PX,
    HEADER_PX,
    LINE_PX,
    CardMetrics,
    aside,
)
from netdesigner.ui.canvas.ports_paint import paint_ports
from netdesigner.ui.canvas.words import BETWEEN

__all__ = ["CLOSE", "FAR", "FARTHEST", "MARGIN_PX", "MIDDLE", "CardState", "paint_card", "param_spots"]

FARTHEST = 0.12
"""Below this zoom a card is a coloured block."""
FAR = 0.25
"""Below this zoom a card is a coloured block with a stripe."""
MIDDLE = 0.6
"""Below this zoom a card shows its name alone."""
CLOSE = 1.5
"""From this zoom on a card shows all there is to say."""
MARGIN_PX = 14
"""How far beyond its rectangle anything of a card is painted: rings, ports, shadows, the edges of a stack."""

_STRIPE_PX = 4
_LEFT_PX = 16
_RIGHT_PX = 12
_BADGE_PX = 7.5
_PASSED_OPACITY = 0.5
"""Of the words of a bypassed card: pale beside its neighbours, and still to be read."""


@dataclass(slots=True)
class CardState:
    """What a card shows that is not in the design.

    Attributes:
        selected: it is.
        hovered: the pointer is on it.
        ports: while a wire is drawn, by (side, index): "fits", "target" or "dim".
        health: one line on how it fares in training, or "".
        spot: the parameter that could be dragged from where the pointer is, or "".
    """

    selected: bool = False
    hovered: bool = False
    ports: Mapping[tuple[str, int], str] = field(default_factory=dict)
    health: str = ""
    spot: str = ""


def paint_card(
    painter: QPainter, card: Card, metrics: CardMetrics, state: CardState, style: CardStyle, scale: float
) -> None:
    """Paints a card with its upper left corner at the origin.

    Args:
        painter: to paint with.
        card, metrics, state: what to paint.
        style: fonts and colours.
        scale: the zoom, 1 at 100 %.
    """
    body = QRectF(0, 0, CARD_WIDTH_PX, metrics.height)
    _paint_body(painter, card, body, state, style, scale)
    if card.bypassed:
        painter.setOpacity(_PASSED_OPACITY)
    if scale < MIDDLE:
        _paint_name_alone(painter, card, body, style, scale)
    else:
        _paint_words(painter, card, metrics, state.spot, style, close=scale >= CLOSE)
        _paint_health(painter, body, state, style)
    if card.bypassed:
        painter.setOpacity(1.0)
        _paint_passing(painter, card, metrics, style)
    paint_ports(painter, card, metrics, state.ports, style, named=scale >= MIDDLE)


def _paint_body(
    painter: QPainter, card: Card, body: QRectF, state: CardState, style: CardStyle, scale: float
) -> None:
    outline = style.part(body.height(), body.width(), body.height())
    if card.repeat:
        _paint_stack(painter, body, style)
    if style.shadow is not None and scale >= MIDDLE:
        painter.translate(0, 1.5)
        painter.fillPath(outline, style.shadow)
        painter.translate(0, -1.5)
    painter.fillPath(outline, style.surface_brush)
    if not card.bypassed:
        _paint_stripe(painter, card, body, style)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = _outline_pen(card, state, style)
    painter.setPen(style.far_pen if pen is style.border_pen and scale < MIDDLE else pen)
    painter.drawPath(outline)
    if state.selected:
        painter.setPen(style.ring_pen if scale >= MIDDLE else QPen(style.accent, 2 / scale))
        painter.drawRoundedRect(body.adjusted(-3, -3, 3, 3), RADIUS_PX + 3, RADIUS_PX + 3)


def _paint_passing(painter: QPainter, card: Card, metrics: CardMetrics, style: CardStyle) -> None:
    """The wire that runs through a bypassed card, from the input that is handed on to every output."""
    begin = next((y for mark, y in zip(card.inputs, metrics.inputs, strict=True) if mark.wires), None)
    if begin is None:
        return
    painter.setPen(style.passing_pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for end in metrics.outputs:
        path = QPainterPath(QPointF(0, begin))
        path.cubicTo(CARD_WIDTH_PX / 2, begin, CARD_WIDTH_PX / 2, end, CARD_WIDTH_PX, end)
        painter.drawPath(path)


def _paint_stack(painter: QPainter, body: QRectF, style: CardStyle) -> None:
    """The edges of two cards behind this one."""
    painter.setPen(style.strong_pen)
    painter.setBrush(style.surface_brush)
    for inset, below in ((12, 8), (6, 4)):
        painter.drawRoundedRect(body.adjusted(inset, 24, -inset, below), RADIUS_PX, RADIUS_PX)


def _paint_stripe(painter: QPainter, card: Card, body: QRectF, style: CardStyle) -> None:
    color = style.stripe(card.category)
    if card.look == BLOCK:
        painter.fillPath(
            style.part(body.height(), body.width(), HEADER_PX), mixed(color, style.surface, 0.13)
        )
    painter.fillPath(style.part(body.height(), _STRIPE_PX, body.height()), color)


def _outline_pen(card: Card, state: CardState, style: CardStyle) -> QPen:
    if card.look == UNKNOWN:
        return style.dashed_pen
    if card.severity == "error":
        return style.error_pen
    if card.bypassed:
        return style.dashed_pen
    if state.hovered:
        return style.hover_pen
    if card.look == BLOCK:
        return QPen(mixed(style.stripe(card.category), style.surface, 0.6), 1.25)
    return style.border_pen


# ----------------------------------------------------------------------------------------------------------- words


def param_spots(card: Card, metrics: CardMetrics, style: CardStyle) -> dict[str, QRectF]:
    """Where the words of each parameter stand on a card; those that are cut off stand nowhere."""
    words = style.metrics["small"]
    edge, shown = _params_edge(card, style), {}
    line = ""
    for name, text in card.parts:
        left = _LEFT_PX + words.horizontalAdvance(line)
        right = min(left + words.horizontalAdvance(text), edge)
        if name and right - left > words.averageCharWidth():
            shown[name] = QRectF(left - 3, metrics.params_top, right - left + 6, LINE_PX)
        line += text + BETWEEN
    return shown


def _params_edge(card: Card, style: CardStyle) -> float:
    """How far to the right the line of parameters may reach."""
    beside = aside(card)
    taken = style.metrics["small"].horizontalAdvance(beside[0].name) + 8 if beside else 0.0
    return CARD_WIDTH_PX - _RIGHT_PX - taken


def _paint_words(
    painter: QPainter, card: Card, metrics: CardMetrics, spot: str, style: CardStyle, close: bool
) -> None:
    right = _paint_corner(painter, card, style)
    _line(painter, card.name, 8, style.name_font, style.metrics["name"], style.text, right)
    edge = float(CARD_WIDTH_PX - _RIGHT_PX)
    if card.look == BLOCK:
        _paint_block_sign(painter, style)
        edge -= 20
    _line(painter, card.kind, 24, style.small_font, style.metrics["small"], style.muted, edge)
    if card.params:
        color = style.error if card.look == UNKNOWN else style.text
        edge = _params_edge(card, style)
        if spot and (place := param_spots(card, metrics, style).get(spot)):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.chip)
            painter.drawRoundedRect(place, 4, 4)
        _line(painter, card.params, metrics.params_top, style.small_font, style.metrics["small"], color, edge)
        if close and not metrics.rows_top:
            below, close_metrics = metrics.params_top + LINE_PX - 1, style.metrics["close"]
            right = CARD_WIDTH_PX - _RIGHT_PX
            _line(painter, card.more, below, style.close_font, close_metrics, style.muted, right, GAP_PX)
    _paint_footer(painter, card, metrics, style, close)


def _line(
    painter: QPainter,
    text: str,
    top: float,
    font: QFont,
    metrics: QFontMetricsF,
    color: QColor,
    right: float,
    height: float = LINE_PX,
) -> None:
    """One line of text from the left margin, cut short where it is too long."""
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, right - _LEFT_PX)
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(QPointF(_LEFT_PX, _baseline(top, height, metrics)), shown)


def _baseline(top: float, height: float, metrics: QFontMetricsF) -> float:
    return top + (height + metrics.ascent() - metrics.descent()) / 2


def _paint_corner(painter: QPainter, card: Card, style: CardStyle) -> float:
    """The signs of a problem, repeats, bypass, frozen and shared weights, from the right; returns where they begin."""
    right = float(CARD_WIDTH_PX - _RIGHT_PX)
    if card.severity:
        color = style.error if card.severity == "error" else style.warning
        center = QPointF(right - _BADGE_PX + 2, 16)
        paint_badge(painter, card.severity, center, _BADGE_PX, color, style.on_badge)
        right -= 20
    if card.repeat:
        metrics = style.metrics["strong"]
        width = metrics.horizontalAdvance(card.repeat) + 10
        chip = QRectF(right - width, 8, width, LINE_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.chip)
        painter.drawRoundedRect(chip, 8, 8)
        painter.setFont(style.strong_font)
        painter.setPen(style.text)
        painter.drawText(QPointF(chip.left() + 5, _baseline(8, LINE_PX, metrics)), card.repeat)
        right -= width + 4
    signs = (
        (card.bypassed, style.bypassed_sign),
        (card.frozen, style.frozen_sign),
        (card.tied, style.tied_sign),
    )
    for shown, sign in signs:
        if shown:
            right -= SIGN_PX
            center = QRectF(right, 8, SIGN_PX, LINE_PX).center()
            painter.fillPath(sign.translated(center), style.muted)
            right -= 4
    return right


def _paint_block_sign(painter: QPainter, style: CardStyle) -> None:
    """Two sheets, which say that there is something inside."""
    left, top = CARD_WIDTH_PX - _RIGHT_PX - 11, 27
    painter.setPen(QPen(style.stripe("Block"), 1.25))
    painter.setBrush(style.surface_brush)
    painter.drawRoundedRect(QRectF(left + 3, top, 8, 8), 1.5, 1.5)
    painter.drawRoundedRect(QRectF(left, top + 3, 8, 8), 1.5, 1.5)


def _paint_footer(painter: QPainter, card: Card, metrics: CardMetrics, style: CardStyle, close: bool) -> None:
    top = metrics.height - FOOTER_PX
    painter.setPen(style.hairline_pen)
    painter.drawLine(QPointF(_STRIPE_PX, top + 0.5), QPointF(CARD_WIDTH_PX - 0.5, top + 0.5))
    words = style.metrics["number"]
    right = float(CARD_WIDTH_PX - _RIGHT_PX)
    painter.setPen(style.muted)
    costs = [(card.cost, "parameters"), (card.macs, "MACs")] if close else []
    lines = [f"{amount} {unit}" for amount, unit in costs if amount] or [card.cost] * bool(card.cost)
    font, used = (style.close_font, style.metrics["close"]) if close else (style.number_font, words)
    painter.setFont(font)
    step = FOOTER_PX / max(1, len(lines))
    for index, line in enumerate(lines):
        left = right - used.horizontalAdvance(line)
        inset = 2 if len(lines) > 1 else 0
        painter.drawText(
            QPointF(left, _baseline(top + inset + index * (step - inset), step - inset, used)), line
        )
    room = right - max(map(used.horizontalAdvance, lines), default=-8.0) - 8
    painter.setFont(style.number_font)
    is_long = words.horizontalAdvance(card.shape) > room - _LEFT_PX
    shape = card.shape.replace(" × ", "×") if is_long else card.shape
    shown = words.elidedText(shape, Qt.TextElideMode.ElideMiddle, room - _LEFT_PX)
    painter.drawText(QPointF(_LEFT_PX, _baseline(top, FOOTER_PX, words)), shown)


def _paint_name_alone(painter: QPainter, card: Card, body: QRectF, style: CardStyle, scale: float) -> None:
    font = style.far_font(scale)
    metrics = QFontMetricsF(font)
    right = body.width() - 8
    if card.severity:
        radius = 10.0
        color = style.error if card.severity == "error" else style.warning
        paint_badge(
            painter, card.severity, QPointF(right - radius, body.center().y()), radius, color, style.on_badge
        )
        right -= 2 * radius + 4
    name = f"{card.name} {card.repeat}".strip()
    shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, right - _LEFT_PX)
    painter.setFont(font)
    painter.setPen(style.text)
    painter.drawText(QPointF(_LEFT_PX, _baseline(0, body.height(), metrics)), shown)


def _paint_health(painter: QPainter, body: QRectF, state: CardState, style: CardStyle) -> None:
    """How the node fares in training, on a tab below the card."""
    if not state.health:
        return
    metrics = style.metrics["small"]
    shown = metrics.elidedText(state.health, Qt.TextElideMode.ElideRight, CARD_WIDTH_PX - 32)
    tab = QRectF(8, body.bottom() + 3, metrics.horizontalAdvance(shown) + 16, LINE_PX)
    painter.setPen(QPen(style.warning, 1))
    painter.setBrush(style.surface_brush)
    painter.drawRoundedRect(tab, 8, 8)
    painter.setFont(style.small_font)
    painter.setPen(style.warning)
    painter.drawText(QPointF(tab.left() + 8, _baseline(tab.top(), LINE_PX, metrics)), shown)
