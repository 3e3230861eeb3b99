"""A node on the canvas: one graphics item, its ports painted rather than items of their own."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from netdesigner.ui.canvas.card import Card
from netdesigner.ui.canvas.card_paint import MARGIN_PX, CardState, paint_card, param_spots
from netdesigner.ui.canvas.card_style import CardStyle
from netdesigner.ui.canvas.metrics import CARD_WIDTH_PX, CardMetrics, metrics_of
from netdesigner.ui.canvas.route import Rect

__all__ = ["NodeItem"]

_Z = 2.0
_Z_SELECTED = 3.0
_FAR_REACH_PX = 200.0
"""How far rings and signs reach beyond a card that is seen from afar."""


class NodeItem(QGraphicsItem):
    """Draws a card.

    Args:
        card: what it shows.
        style: fonts and colours.
    """

    def __init__(self, card: Card, style: CardStyle) -> None:
        super().__init__()
        self.card = card
        self.metrics: CardMetrics = metrics_of(card)
        self._style = style
        self._state = CardState()
        self._bounds = self._measured()
        self.full_detail = False
        self._far = False
        self.setZValue(_Z)

    # ------------------------------------------------------------------------------------------------ geometry

    def boundingRect(self) -> QRectF:
        return self._bounds

    def _measured(self) -> QRectF:
        tab = 12 if self._state.health else 0
        return QRectF(
            -MARGIN_PX, -MARGIN_PX, CARD_WIDTH_PX + 2 * MARGIN_PX, self.metrics.height + tab + 2 * MARGIN_PX
        )

    def body(self) -> QRectF:
        """The card's rectangle on the canvas."""
        return QRectF(*self.box())

    def box(self) -> Rect:
        """The card's rectangle on the canvas as numbers: left, top, width, height."""
        return self.x(), self.y(), CARD_WIDTH_PX, self.metrics.height

    def port_count(self, side: str) -> int:
        """How many ports a side has."""
        return len(self.card.ports(side))

    def port_at(self, side: str, index: int) -> QPointF:
        """The centre of a port on the canvas."""
        heights = self.metrics.inputs if side == "input" else self.metrics.outputs
        return self.pos() + QPointF(0 if side == "input" else CARD_WIDTH_PX, heights[index])

    def port_index(self, side: str, name: str) -> int:
        """The place of a port among those of its side; -1 where there is none of that name."""
        for index, mark in enumerate(self.card.ports(side)):
            if mark.name == name:
                return index
        return -1

    def param_spots(self) -> dict[str, QRectF]:
        """Where the words of each parameter stand on the canvas, by its name."""
        found = param_spots(self.card, self.metrics, self._style) if self.card.parts else {}
        return {name: spot.translated(self.pos()) for name, spot in found.items()}

    # ------------------------------------------------------------------------------------------------- content

    def set_card(self, card: Card) -> bool:
        """Shows another card; returns whether its ports or its size are other ones."""
        if card == self.card:
            return False
        metrics = metrics_of(card)
        resized = metrics != self.metrics
        if resized:
            self.prepareGeometryChange()
        self.card, self.metrics = card, metrics
        self._bounds = self._measured()
        self.update()
        return resized

    def set_style(self, style: CardStyle) -> None:
        """Takes the colours of another theme."""
        self._style = style
        self.update()

    @property
    def selected(self) -> bool:
        """Whether it is selected."""
        return self._state.selected

    def set_selected(self, selected: bool) -> None:
        """Draws the ring of selection or takes it away."""
        if selected != self._state.selected:
            self._state.selected = selected
            self.setZValue(_Z_SELECTED if selected else _Z)
            self.update()

    def set_hovered(self, hovered: bool) -> None:
        """Draws the outline stronger while the pointer is on it."""
        if hovered != self._state.hovered:
            self._state.hovered = hovered
            self.update()

    def set_spot(self, spot: str) -> None:
        """Marks the parameter that could be dragged from where the pointer is, or none for ""."""
        if spot != self._state.spot:
            self._state.spot = spot
            self.update()

    def set_ports(self, states: Mapping[tuple[str, int], str]) -> None:
        """How the ports take the wire that is being drawn; empty where none is."""
        if states != self._state.ports:
            self._state.ports = states
            self.update()

    def set_far(self, far: bool) -> None:
        """Leaves its painting to the scene, which paints all cards at once where they are small."""
        if far != self._far:
            self._far = far
            self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents, far)

    def setPos(self, at: QPointF) -> None:
        self._refresh_far()
        super().setPos(at)
        self._refresh_far()

    def update(self) -> None:
        super().update()
        self._refresh_far()

    def _refresh_far(self) -> None:
        """Has the place painted again where the scene paints it; Qt does so only for items that paint themselves."""
        if self._far and self.scene() is not None:
            self.scene().update(
                self.body().adjusted(-_FAR_REACH_PX, -_FAR_REACH_PX, _FAR_REACH_PX, _FAR_REACH_PX)
            )

    @property
    def hovered(self) -> bool:
        """Whether the pointer is on it."""
        return self._state.hovered

    @property
    def port_states(self) -> Mapping[tuple[str, int], str]:
        """How the ports take the wire that is being drawn, by (side, index)."""
        return self._state.ports

    def set_health(self, health: str) -> None:
        """One line on how the node fares in training, or ""."""
        if health != self._state.health:
            self.prepareGeometryChange()
            self._state.health = health
            self._bounds = self._measured()
            self.update()

    # ------------------------------------------------------------------------------------------------ painting

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        scale = 1.0 if self.full_detail else option.levelOfDetailFromTransform(painter.worldTransform())
        paint_card(painter, self.card, self.metrics, self._state, self._style, scale)
