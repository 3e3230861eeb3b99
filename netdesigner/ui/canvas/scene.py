"""Keeps graphics items equal to what a scope of the design shows, touching only what differs.

One item a node and one a wire; an index of Qt's own would only cost here, and nothing is cached as a picture, so that
zooming stays smooth and a picture file keeps text as text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsScene

from netdesigner.checks import Report
from netdesigner.document import Design, Graph, Scope
from netdesigner.document.design import Point
from netdesigner.document.dots import Dot
from netdesigner.parts import Catalog
from netdesigner.session import arrange
from netdesigner.session.framing import Rect
from netdesigner.ui.canvas.card import CardMaker
from netdesigner.ui.canvas.card_style import CardStyle
from netdesigner.ui.canvas.diff import Difference, Shown, WireKey, difference, renamed
from netdesigner.ui.canvas.dots import Dots
from netdesigner.ui.canvas.foreground import Foreground
from netdesigner.ui.canvas.marks import Marks
from netdesigner.ui.canvas.node_item import NodeItem
from netdesigner.ui.canvas.route import hull
from netdesigner.ui.canvas.wire_item import WireItem
from netdesigner.ui.canvas.wires import Wires
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.parts import Cost

__all__ = ["CanvasScene"]


_MOST_EFFORT = 2000
"""Up to so much (see `arrange.effort`) a network is arranged at once: in some 50 ms."""


class CanvasScene(QGraphicsScene):
    """The items of one scope.

    Args:
        catalog: where kinds are found.
        theme: colours.
        full_detail: paint everything whatever the zoom, for pictures.

    Attributes:
        waits_for_arrangement: the nodes were never placed, and are too many to be arranged at once.

    Signals:
        selection_changed: other nodes, wires, frames or notes are selected than before.
        hover_changed: the pointer is on another node, or on none.
        rested: everything lies where the design has it again, after a preview.
    """

    selection_changed = Signal()
    hover_changed = Signal()
    rested = Signal()

    def __init__(self, catalog: Catalog, theme: Theme, full_detail: bool = False) -> None:
        super().__init__()
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._catalog = catalog
        self._full_detail = full_detail
        self._shown = Shown()
        self._arranged: tuple[Graph, dict[str, Point]] | None = None
        self.waits_for_arrangement = False
        self._hovered: NodeItem | None = None
        self.scope: Scope = ""
        self.style_ = CardStyle(theme)
        self.nodes: dict[str, NodeItem] = {}
        self.wires = Wires(self, theme, full_detail)
        self.dots = Dots(self)
        self.marks = Marks(self)
        self.selection: tuple[str, ...] = ()
        self.selected_wires: tuple[WireKey, ...] = ()
        self.selected_marks: tuple[str, ...] = ()
        self._wanted: tuple[str, ...] = ()
        self.foreground = Foreground(self)

    # ----------------------------------------------------------------------------------------------- the state

    def show_scope(self, design: Design, report: Report, scope: Scope) -> Difference:
        """Shows a scope of a state; what it has in common with what was shown stays as it is."""
        if scope != self.scope:
            self.clear_scope()
            self.scope = scope
        after = Shown.of(design, report, scope, self._layout(design, scope))
        changes = difference(self._shown, after)
        self._follow_renames(self._shown.graph, after.graph)
        self._shown = after
        self.foreground.follow(after.traced)
        if changes:
            new_cards = changes.added or changes.changed
            maker = CardMaker(design, report, self._catalog, scope) if new_cards else None
            self._apply(changes, maker)
        return changes

    def _layout(self, design: Design, scope: Scope) -> Mapping[str, Point]:
        """Where the nodes lie, or where they would if they had been arranged."""
        place = design.place(scope)
        if not arrange.unplaced(design, scope):
            self._arranged, self.waits_for_arrangement = None, False
            return place.layout
        if self._arranged is None or self._arranged[0] is not place.graph:
            self.waits_for_arrangement = arrange.effort(place.graph) > _MOST_EFFORT
            layout = (
                arrange.in_rows(place.graph)
                if self.waits_for_arrangement
                else arrange.arrange(place.graph, area=arrange.USUAL_AREA)
            )
            self._arranged = (place.graph, layout)
        return self._arranged[1]

    def take_arrangement(self, graph: Graph, layout: dict[str, Point]) -> bool:
        """Takes the places of a graph that lies in rows until they are found; returns whether it still does."""
        wanted = self.waits_for_arrangement and self._arranged is not None and self._arranged[0] is graph
        if wanted:
            self._arranged, self.waits_for_arrangement = (graph, layout), False
        return wanted

    @property
    def unplaced(self) -> bool:
        """Whether the nodes are drawn at places that the design does not hold."""
        return self._arranged is not None

    def clear_scope(self) -> None:
        """Takes all items away."""
        self.wires.clear()
        self.dots.follow({})
        self.marks.clear()
        self.update()
        for item in self.nodes.values():
            self.removeItem(item)
        self.nodes = {}
        self._hovered = None
        self._shown = Shown()
        self._arranged, self.waits_for_arrangement = None, False
        self.foreground.clear()
        self.selection, self.selected_wires, self.selected_marks = (), (), ()

    def _apply(self, changes: Difference, maker: CardMaker | None) -> None:
        self.foreground.cards.forget()
        if changes.marked:
            self.marks.follow(self._shown.annotations, self._full_detail)
        self.wires.remove(changes.wires_removed)
        for node_id in changes.removed:
            self._drop(node_id)
        touched = set(changes.added)
        if maker is not None:
            self._add(changes.added, maker)
            touched |= self._renew(changes.changed, maker)
        for node_id in changes.moved:
            self.nodes[node_id].setPos(QPointF(*self._shown.layout[node_id]))
            touched.add(node_id)
        self.wires.follow(changes, self._shown, touched)
        if changes.led:
            self.dots.follow(self._shown.routes)
        self._forget_gone()

    def _add(self, node_ids: Iterable[str], maker: CardMaker) -> None:
        for node_id in node_ids:
            item = NodeItem(maker.card(node_id), self.style_)
            item.full_detail = self._full_detail
            item.set_far(self.foreground.far)
            item.setPos(QPointF(*self._shown.layout.get(node_id, (0.0, 0.0))))
            self.addItem(item)
            self.nodes[node_id] = item

    def _renew(self, node_ids: Iterable[str], maker: CardMaker) -> set[str]:
        """Gives items their new cards; returns those of another size."""
        return {node_id for node_id in node_ids if self.nodes[node_id].set_card(maker.card(node_id))}

    def _drop(self, node_id: str) -> None:
        item = self.nodes.pop(node_id)
        if item is self._hovered:
            self._hovered = None
        item.update()
        self.removeItem(item)

    def _follow_renames(self, before: Graph, after: Graph) -> None:
        """A selected node that gets another name stays selected."""
        self._wanted = tuple(renamed(before, after, node_id) or node_id for node_id in self.selection)

    def _forget_gone(self) -> None:
        """Selects what is left of the selection."""
        nodes = tuple(node_id for node_id in self._wanted if node_id in self.nodes)
        wires = tuple(key for key in self.selected_wires if key in self.wires.items)
        marks = tuple(mark_id for mark_id in self.selected_marks if mark_id in self.marks.items)
        if (nodes, wires, marks) != (self.selection, self.selected_wires, self.selected_marks):
            self.selection, self.selected_wires, self.selected_marks = nodes, wires, marks
            for node_id in nodes:
                self.nodes[node_id].set_selected(True)
            self.selection_changed.emit()
        self.wires.highlight(self._lit_nodes(), wires)

    # ------------------------------------------------------------------------------------------------ selection

    def select(
        self, node_ids: Collection[str], wires: Collection[WireKey] = (), marks: Collection[str] = ()
    ) -> None:
        """Selects these nodes, wires, frames and notes and no others; the last node is the one that keys act on."""
        nodes = tuple(node_id for node_id in dict.fromkeys(node_ids) if node_id in self.nodes)
        keys = tuple(key for key in dict.fromkeys(wires) if key in self.wires.items)
        mark_ids = tuple(mark_id for mark_id in dict.fromkeys(marks) if mark_id in self.marks.items)
        self.dots.select(())
        if (nodes, keys, mark_ids) == (self.selection, self.selected_wires, self.selected_marks):
            return
        for node_id in self.selection:
            self.nodes[node_id].set_selected(node_id in nodes)
        for node_id in nodes:
            self.nodes[node_id].set_selected(True)
        for mark_id, item in self.marks.items.items():
            item.set_selected(mark_id in mark_ids)
        self.selection, self.selected_wires, self.selected_marks = nodes, keys, mark_ids
        self.wires.highlight(self._lit_nodes(), keys)
        self.selection_changed.emit()

    @property
    def has_selection(self) -> bool:
        """Whether anything is selected: a node, wire, dot, frame or note."""
        return bool(self.selection or self.selected_wires or self.dots.selected or self.selected_marks)

    def hover(self, item: NodeItem | None, wire: WireItem | None = None) -> None:
        """Marks what the pointer is on."""
        if item is not self._hovered:
            if self._hovered is not None:
                self._hovered.set_hovered(False)
                self._hovered.set_spot("")
            self._hovered = item
            if item is not None:
                item.set_hovered(True)
            self.hover_changed.emit()
        keys = set(self.selected_wires)
        self.wires.highlight(self._lit_nodes(), keys, wire)

    def mark_spot(self, name: str) -> None:
        """Marks a parameter of the node that the pointer is on as one that can be dragged; none for ""."""
        if self._hovered is not None:
            self._hovered.set_spot(name)

    @property
    def hovered(self) -> str:
        """The node that the pointer is on, or ""."""
        return self._hovered.card.name if self._hovered is not None else ""

    def _lit_nodes(self) -> set[str]:
        return {self.hovered, *self.selection} - {""}

    # -------------------------------------------------------------------------------------------------- queries

    def positions(self) -> dict[str, Point]:
        """Where the nodes are drawn now."""
        return {node_id: (item.pos().x(), item.pos().y()) for node_id, item in self.nodes.items()}

    def sizes(self) -> dict[str, tuple[float, float]]:
        """How large the nodes are."""
        return {node_id: (item.body().width(), item.body().height()) for node_id, item in self.nodes.items()}

    def boxes(self) -> dict[str, Rect]:
        """The rectangles of the nodes."""
        return {node_id: item.box() for node_id, item in self.nodes.items()}

    def bounds(self, node_ids: Iterable[str] | None = None) -> QRectF:
        """The rectangle around nodes; around all of them with frames and notes if None; empty without any."""
        chosen = self.nodes if node_ids is None else [key for key in node_ids if key in self.nodes]
        boxes = [self.nodes[node_id].box() for node_id in chosen]
        left, top, right, bottom = hull(boxes) if boxes else (0.0, 0.0, 0.0, 0.0)
        box = QRectF(left, top, right - left, bottom - top)
        return box.united(self.marks.bounds()) if node_ids is None else box

    def selected_bounds(self) -> QRectF:
        """The rectangle around the selected nodes, frames and notes; empty without any."""
        return self.bounds(self.selection).united(self.marks.bounds(self.selected_marks))

    # ------------------------------------------------------------------------------------------------ appearance

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self.style_ = CardStyle(theme)
        for item in self.nodes.values():
            item.set_style(self.style_)
        self.dots.set_style(self.style_)
        self.marks.set_style(self.style_)
        self.wires.set_theme(theme)
        self.update()

    def set_health(self, health: Mapping[str, str]) -> None:
        """Shows how nodes fare in training, one line each; nodes that are not named fare well."""
        for node_id, item in self.nodes.items():
            item.set_health(health.get(node_id, ""))

    def preview(
        self, positions: Mapping[str, Point], dots: Collection[Dot] = (), shift: Point = (0.0, 0.0)
    ) -> None:
        """Draws nodes elsewhere, with their wires, while they are dragged; the design knows nothing of it.

        Args:
            positions: where the nodes are drawn.
            dots, shift: dots that are dragged too, and how far.
        """
        self.foreground.cards.loosen(positions)
        for node_id, at in positions.items():
            self.nodes[node_id].setPos(QPointF(*at))
        if self.dots.routes:
            self.dots.preview(self.dots.led(self._shown.layout, positions, dots, shift))
        self.wires.reroute_at(positions.keys())
        self.foreground.refresh_blame()

    def settle(self, positions: Mapping[str, Point]) -> None:
        """Puts nodes back after a preview that came to nothing."""
        self.foreground.cards.forget()
        for node_id, at in positions.items():
            self.nodes[node_id].setPos(QPointF(*at))
        if self.dots.routes:
            self.dots.preview({})
        self.wires.settle_at(positions.keys())

    def rest(self) -> None:
        """Puts everything where the design has it, after a preview that was cut short."""
        self.settle({node_id: self._shown.layout.get(node_id, (0.0, 0.0)) for node_id in self.nodes})
        self.marks.follow(self._shown.annotations, self._full_detail)
        self.rested.emit()

    def set_zoom(self, scale: float) -> None:
        """Shows as much detail as can be seen at a zoom."""
        self.wires.set_zoom(scale)
        self.foreground.set_zoom(scale)

    def show_costs(self, measure: Callable[[Cost], int] | None) -> None:
        """Shows on each node its share of what all cost together; None for no such bars."""
        self.foreground.show_costs(measure, self._shown.traced)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        scale = 1.0 if self._full_detail else painter.worldTransform().m11()
        self.foreground.paint(painter, QRectF(rect), scale, self._full_detail)
