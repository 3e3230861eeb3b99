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
from netdesigner.ui.canvas.card import CardMaker
from netdesigner.ui.canvas.card_paint import FAR
from netdesigner.ui.canvas.card_style import CardStyle
from netdesigner.ui.canvas.diff import Difference, Shown, WireKey, difference, renamed
from netdesigner.ui.canvas.dots import Dots
from netdesigner.ui.canvas.far_paint import Blocks, blocks_of, paint_far, paint_far_signs
from netdesigner.ui.canvas.node_item import NodeItem
from netdesigner.ui.canvas.wire_item import WireItem
from netdesigner.ui.canvas.wires import Wires
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.parts import Cost
    from netdesigner.ui.canvas.blame_marks import BlameMarks
    from netdesigner.ui.canvas.cost_bars import CostBars

__all__ = ["CanvasScene"]


class CanvasScene(QGraphicsScene):
    """The items of one scope.

    Args:
        catalog: where kinds are found.
        theme: colours.
        full_detail: paint everything whatever the zoom, for pictures.

    Signals:
        selection_changed: other nodes or wires are selected than before.
        hover_changed: the pointer is on another node, or on none.
    """

    selection_changed = Signal()
    hover_changed = Signal()

    def __init__(self, catalog: Catalog, theme: Theme, full_detail: bool = False) -> None:
        super().__init__()
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._catalog = catalog
        self._full_detail = full_detail
        self._far = False
        self._blocks: Blocks | None = None
        self._shown = Shown()
        self._arranged: tuple[object, dict[str, Point]] | None = None
        self._hovered: NodeItem | None = None
        self.scope: Scope = ""
        self.style_ = CardStyle(theme)
        self.nodes: dict[str, NodeItem] = {}
        self.wires = Wires(self, theme)
        self.dots = Dots(self)
        self.selection: tuple[str, ...] = ()
        self.selected_wires: tuple[WireKey, ...] = ()
        self._wanted: tuple[str, ...] = ()
        self.blame: BlameMarks | None = None
        self._costs: CostBars | None = None

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
        if self._costs is not None:
            self.show_costs(self._costs.measure)
        if changes:
            new_cards = changes.added or changes.changed
            maker = CardMaker(design, report, self._catalog, scope) if new_cards else None
            self._apply(changes, maker)
        return changes

    def _layout(self, design: Design, scope: Scope) -> Mapping[str, Point]:
        """Where the nodes lie, or where they would if they had been arranged."""
        place = design.place(scope)
        if not arrange.unplaced(design, scope):
            self._arranged = None
            return place.layout
        if self._arranged is None or self._arranged[0] is not place.graph:
            self._arranged = (place.graph, arrange.arrange(place.graph, area=arrange.USUAL_AREA))
        return self._arranged[1]

    @property
    def unplaced(self) -> bool:
        """Whether the nodes are drawn at places that the design does not hold."""
        return self._arranged is not None

    def clear_scope(self) -> None:
        """Takes all items away."""
        self._blocks = None
        self.wires.clear()
        self.dots.follow({})
        self.update()
        for item in self.nodes.values():
            self.removeItem(item)
        self.nodes = {}
        self._hovered = None
        self._shown = Shown()
        self._arranged = None
        self.set_blame(None)
        self.selection, self.selected_wires = (), ()

    def _apply(self, changes: Difference, maker: CardMaker | None) -> None:
        self._blocks = None
        self.wires.remove(changes.wires_removed)
        stale = [self._drop(node_id) for node_id in changes.removed]
        touched = set(changes.added)
        if maker is not None:
            stale += self._add(changes.added, maker)
            stale += self._renew(changes.changed, maker, touched)
        for node_id in changes.moved:
            stale.append(self.nodes[node_id].body())
            self.nodes[node_id].setPos(QPointF(*self._shown.layout[node_id]))
            stale.append(self.nodes[node_id].body())
            touched.add(node_id)
        self.wires.follow(changes, self._shown, touched, stale)
        if changes.led:
            self.dots.follow(self._shown.routes)
        self._forget_gone()

    def _add(self, node_ids: Iterable[str], maker: CardMaker) -> list[QRectF]:
        """Makes items; returns where they lie."""
        for node_id in node_ids:
            item = NodeItem(maker.card(node_id), self.style_)
            item.full_detail = self._full_detail
            item.set_far(self._far)
            item.setPos(QPointF(*self._shown.layout.get(node_id, (0.0, 0.0))))
            self.addItem(item)
            self.nodes[node_id] = item
        return [self.nodes[node_id].body() for node_id in node_ids]

    def _renew(self, node_ids: Iterable[str], maker: CardMaker, touched: set[str]) -> list[QRectF]:
        """Gives items their new cards; returns where those of another size lay and lie, and adds them to `touched`."""
        stale = []
        for node_id in node_ids:
            before = self.nodes[node_id].body()
            if self.nodes[node_id].set_card(maker.card(node_id)):
                stale += [before, self.nodes[node_id].body()]
                touched.add(node_id)
        return stale

    def _drop(self, node_id: str) -> QRectF:
        item = self.nodes.pop(node_id)
        if item is self._hovered:
            self._hovered = None
        body = item.body()
        item.update()
        self.removeItem(item)
        return body

    def _follow_renames(self, before: Graph, after: Graph) -> None:
        """A selected node that gets another name stays selected."""
        self._wanted = tuple(renamed(before, after, node_id) or node_id for node_id in self.selection)

    def _forget_gone(self) -> None:
        """Selects what is left of the selection."""
        nodes = tuple(node_id for node_id in self._wanted if node_id in self.nodes)
        wires = tuple(key for key in self.selected_wires if key in self.wires.items)
        if (nodes, wires) != (self.selection, self.selected_wires):
            self.selection, self.selected_wires = nodes, wires
            for node_id in nodes:
                self.nodes[node_id].set_selected(True)
            self.selection_changed.emit()
        self.wires.highlight(self._lit_nodes(), wires)

    # ------------------------------------------------------------------------------------------------ selection

    def select(self, node_ids: Collection[str], wires: Collection[WireKey] = ()) -> None:
        """Selects these nodes and wires and no others; the last node is the one that keys act on."""
        nodes = tuple(node_id for node_id in dict.fromkeys(node_ids) if node_id in self.nodes)
        keys = tuple(key for key in dict.fromkeys(wires) if key in self.wires.items)
        self.dots.select(())
        if (nodes, keys) == (self.selection, self.selected_wires):
            return
        for node_id in self.selection:
            self.nodes[node_id].set_selected(node_id in nodes)
        for node_id in nodes:
            self.nodes[node_id].set_selected(True)
        self.selection, self.selected_wires = nodes, keys
        self.wires.highlight(self._lit_nodes(), keys)
        self.selection_changed.emit()

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

    def bounds(self, node_ids: Iterable[str] | None = None) -> QRectF:
        """The rectangle around nodes; around all of them if None; empty without any."""
        chosen = self.nodes if node_ids is None else [key for key in node_ids if key in self.nodes]
        box = QRectF()
        for node_id in chosen:
            box = box.united(self.nodes[node_id].body())
        return box

    # ------------------------------------------------------------------------------------------------ appearance

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self.style_ = CardStyle(theme)
        for item in self.nodes.values():
            item.set_style(self.style_)
        self.dots.set_style(self.style_)
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
        self._blocks = None
        for node_id, at in positions.items():
            self.nodes[node_id].setPos(QPointF(*at))
        if self.dots.routes:
            self.dots.preview(self.dots.led(self._shown.layout, positions, dots, shift))
        self.wires.reroute_at(positions.keys())
        self._refresh_blame()

    def settle(self, positions: Mapping[str, Point]) -> None:
        """Puts nodes back after a preview that came to nothing."""
        self._blocks = None
        for node_id, at in positions.items():
            self.nodes[node_id].setPos(QPointF(*at))
        if self.dots.routes:
            self.dots.preview({})
        self.wires.settle_at(positions.keys())

    def show_only(self, node_ids: Collection[str]) -> None:
        """Hides all nodes but some, and the wires of those that are hidden."""
        for node_id, item in self.nodes.items():
            item.setVisible(node_id in node_ids)
        for wire in self.wires.items.values():
            wire.setVisible(wire.edge.source in node_ids and wire.edge.target in node_ids)

    def set_zoom(self, scale: float) -> None:
        """Shows as much detail as can be seen at a zoom."""
        self.wires.set_zoom(scale)
        if (scale < FAR) != self._far:
            self._far = scale < FAR
            for item in self.nodes.values():
                item.set_far(self._far)

    def show_costs(self, measure: Callable[[Cost], int] | None) -> None:
        """Shows on each node its share of what all cost together; None for no such bars."""
        from netdesigner.ui.canvas.cost_bars import CostBars

        self._costs = None if measure is None else CostBars(measure, self._shown.traced)
        self.update()

    def set_blame(self, marks: BlameMarks | None) -> None:
        """Shows how a clash came about; None for nothing."""
        if marks != self.blame:
            self._refresh_blame()
            self.blame = marks
            self._refresh_blame()

    def _refresh_blame(self) -> None:
        if self.blame is not None:
            scale = min((view.transform().m11() for view in self.views()), default=1.0)
            self.update(self.blame.area(self.nodes, self.wires.items, scale))

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:
        scale = 1.0 if self._full_detail else painter.worldTransform().m11()
        if self._far:
            if self._blocks is None:
                self._blocks = blocks_of(self.nodes.values())
            paint_far(painter, self._blocks, self.style_, scale)
            paint_far_signs(painter, self.nodes.values(), self.style_, scale)
        if self._costs is not None:
            self._costs.paint(painter, self.nodes, self.style_, scale)
        self.wires.paint_labels(painter, QRectF(rect), self.style_, self._full_detail)
        if self.blame is not None:
            self.blame.paint(painter, self.nodes, self.wires.items, self.style_, scale)
