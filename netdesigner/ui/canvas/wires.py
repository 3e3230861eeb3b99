"""All wires of a scene: which there are, which way they run, how they look, what their labels say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from netdesigner.document import Edge
from netdesigner.ui.canvas.card_paint import MIDDLE
from netdesigner.ui.canvas.card_style import CardStyle
from netdesigner.ui.canvas.diff import Difference, Shown, WireKey, wire_keys
from netdesigner.ui.canvas.route import Obstacles, Point, Rect, route, route_via
from netdesigner.ui.canvas.wire_item import WireItem, WirePens
from netdesigner.ui.canvas.wire_label import LABEL_FORMS, label_box, paint_label
from netdesigner.ui.canvas.words import wire_text
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.ui.canvas.scene import CanvasScene

__all__ = ["Wires"]

_LABEL_ZOOM = 0.6
_CLEAR_PX = 4
"""How far a label stays away from nodes beside it."""
_CROWD_PX = 24.0
"""How far around a wire a node may come before the wire looks for another way."""


class Wires:
    """The wires of a scene.

    Args:
        scene: where they are drawn.
        theme: colours.
    """

    def __init__(self, scene: CanvasScene, theme: Theme) -> None:
        self._scene = scene
        self._pens = WirePens.of(theme)
        self._theme = theme
        self._far = False
        self._at: dict[str, set[WireKey]] = {}
        self._states: dict[WireKey, tuple[bool, bool]] = {}
        self._obstacles = Obstacles(())
        self._routes: Mapping[Edge, tuple[Point, ...]] = {}
        self._led: Mapping[Edge, tuple[Point, ...]] = {}
        self.items: dict[WireKey, WireItem] = {}

    # ---------------------------------------------------------------------------------------------- which there are

    def clear(self) -> None:
        """Takes all wires away."""
        self.remove(tuple(self.items))

    def remove(self, keys: Iterable[WireKey]) -> None:
        """Takes wires away."""
        for key in keys:
            item = self.items.pop(key)
            for node_id in (item.edge.source, item.edge.target):
                self._at.get(node_id, set()).discard(key)
            self._refresh_label_area(item)
            self._scene.removeItem(item)

    def at(self, node_id: str) -> set[WireKey]:
        """The wires that touch a node."""
        return self._at.get(node_id, set())

    def follow(self, changes: Difference, shown: Shown, touched: set[str], stale: Collection[QRectF]) -> None:
        """Adds new wires and leads those another way that have to.

        Args:
            changes: between what was shown and what is.
            shown: what is shown now.
            touched: nodes that are new, lie elsewhere or have other ports.
            stale: rectangles that nodes left or came to.
        """
        self._routes, self._led = shown.routes, {}
        for key in changes.wires_added:
            self._add(key)
        reslotted = self._reslot(shown) if changes.rewired else set()
        if stale:
            self._obstacles = self._all_obstacles()
        if len(changes.wires_added) == len(self.items):
            waiting: Collection[WireKey] = self.items
            relabelled: Collection[WireKey] = self.items
        else:
            waiting = self._waiting(changes, touched, stale) | reslotted
            relabelled = {*changes.wires_added, *(key for node in changes.changed for key in self.at(node))}
        for key in waiting:
            self._reroute(self.items[key], self._obstacles)
        for key in relabelled:
            self._relabel(self.items[key], shown)
        if changes.bad_changed or changes.wires_added:
            self._mark_bad(shown)

    def _waiting(self, changes: Difference, touched: set[str], stale: Collection[QRectF]) -> set[WireKey]:
        """The wires that have to be led anew; arguments as of `follow`."""
        found = set(changes.wires_added) | {key for node_id in touched for key in self.at(node_id)}
        if changes.led:
            found |= {key for key in self.items if key[0] in changes.led}
        return found | self._crowded(stale) if stale else found

    def _add(self, key: WireKey) -> None:
        item = WireItem(key)
        self.items[key] = item
        for node_id in (key[0].source, key[0].target):
            self._at.setdefault(node_id, set()).add(key)
        item.show_state(self._pens, self._far)
        self._scene.addItem(item)

    def _reslot(self, shown: Shown) -> set[WireKey]:
        """Tells each wire its place among those that end at its port; returns those whose place is another one."""
        groups: dict[tuple[str, str], list[WireKey]] = {}
        for key in wire_keys(shown.graph.edges):
            groups.setdefault((key[0].target, key[0].target_port), []).append(key)
        moved = set()
        for keys in groups.values():
            for index, key in enumerate(keys):
                if self.items[key].slot != (index, len(keys)):
                    self.items[key].slot = (index, len(keys))
                    moved.add(key)
        return moved

    # ------------------------------------------------------------------------------------------------ which way

    def _all_obstacles(self) -> Obstacles:
        return Obstacles(_sides(item.body()) for item in self._scene.nodes.values())

    def _crowded(self, stale: Collection[QRectF]) -> set[WireKey]:
        """The wires that run, or ran, near places that nodes left or came to."""
        if len(stale) > len(self.items) / 2:
            return set(self.items)
        boxes = [box.adjusted(-_CROWD_PX, -_CROWD_PX, _CROWD_PX, _CROWD_PX) for box in stale]
        near = Obstacles(map(_sides, boxes))
        return {key for key, item in self.items.items() if near.hit(_sides(item.box))}

    def lead(self, routes: Mapping[Edge, tuple[Point, ...]]) -> None:
        """Leads some wires through other points while these are dragged; the others as the design says."""
        changed = self._led.keys() | routes.keys()
        self._led = dict(routes)
        for key in [key for key in self.items if key[0] in changed]:
            self._reroute(self.items[key], None if key[0] in routes else self._obstacles)

    def reroute_at(self, node_ids: Iterable[str]) -> None:
        """Leads the wires of nodes that are being dragged along."""
        for key in {key for node_id in node_ids for key in self.at(node_id)}:
            self._reroute(self.items[key], None)

    def settle_at(self, node_ids: Iterable[str]) -> None:
        """Leads the wires of nodes around others again, once the nodes rest."""
        for key in {key for node_id in node_ids for key in self.at(node_id)}:
            self._reroute(self.items[key], self._obstacles)

    def ends_of(self, item: WireItem) -> tuple[QPointF, QPointF]:
        """Where a wire begins and ends on the canvas."""
        edge = item.edge
        source, target = self._scene.nodes[edge.source], self._scene.nodes[edge.target]
        output = max(0, source.port_index("output", edge.source_port))
        port = max(0, target.port_index("input", edge.target_port))
        start = source.port_at("output", output)
        end = QPointF(target.pos().x(), target.pos().y() + target.metrics.wire_end(port, *item.slot))
        return start, end

    def heights_of(self, edge: Edge) -> tuple[float, float]:
        """How far below its node's upper edge a wire leaves its source and enters its target."""
        item = self.items.get((edge, 0))
        if item is None:
            return 0.0, 0.0
        start, end = self.ends_of(item)
        nodes = self._scene.nodes
        return start.y() - nodes[edge.source].pos().y(), end.y() - nodes[edge.target].pos().y()

    def _reroute(self, item: WireItem, obstacles: Obstacles | None) -> None:
        start, end = self.ends_of(item)
        self._refresh_label_area(item)
        begin, stop = (start.x(), start.y()), (end.x(), end.y())
        points = self._led.get(item.edge, self._routes.get(item.edge, ()))
        item.set_way(route_via(begin, points, stop) if points else route(begin, stop, obstacles))
        self._place_label(item, obstacles)
        self._refresh_label_area(item)

    # --------------------------------------------------------------------------------------------------- labels

    def _relabel(self, item: WireItem, shown: Shown) -> None:
        traced = shown.traced.get(item.edge.source)
        index = self._scene.nodes[item.edge.source].port_index("output", item.edge.source_port)
        outputs = traced.outputs if traced and traced.outputs else ()
        label = wire_text(outputs[index]) if 0 <= index < len(outputs) else ""
        if label != item.label:
            self._refresh_label_area(item)
            item.label = label
            self._place_label(item, self._obstacles)
            self._refresh_label_area(item)

    def _mark_bad(self, shown: Shown) -> None:
        for item in self.items.values():
            bad = shown.is_bad(item.edge)
            if bad != item.bad:
                item.bad = bad
                item.show_state(self._pens, self._far)
                self._refresh_label_area(item)

    def _place_label(self, item: WireItem, obstacles: Obstacles | None) -> None:
        """Finds room for a label: in one line, in small letters, in two lines above and below the wire; or none."""
        item.label_rect, item.label_free = None, False
        if not item.label or item.way is None:
            return
        for form in LABEL_FORMS:
            box = label_box(item.label, form, item.way, self._scene.style_)
            free = obstacles is not None and not obstacles.hit(
                (box.x() - _CLEAR_PX, box.y(), box.width() + 2 * _CLEAR_PX, box.height())
            )
            if item.label_rect is None or free:
                item.label_rect, item.label_form, item.label_free = box, form, free
            if free or obstacles is None:
                return

    def _refresh_label_area(self, item: WireItem) -> None:
        if item.label_rect is not None:
            self._scene.update(item.label_rect.adjusted(-2, -2, 2, 2))

    def paint_labels(self, painter: QPainter, area: QRectF, style: CardStyle, full_detail: bool) -> None:
        """Writes on each wire what flows through it, where the zoom lets one read it and no node is in the way."""
        if not full_detail and painter.worldTransform().m11() < _LABEL_ZOOM:
            return
        ground = self._theme.color("canvas")
        colors = {"active": style.accent, "error": style.error, "": style.muted}
        for item in self.items.values():
            box = item.label_rect
            shown = (item.label_free or item.selected) and item.isVisible()
            if box is None or not shown or not box.intersects(area):
                continue
            painter.setPen(colors["active" if item.state == "active" else "error" if item.bad else ""])
            paint_label(painter, item.label, item.label_form, box, style, ground)

    # ------------------------------------------------------------------------------------------------------ looks

    def highlight(
        self, node_ids: Collection[str], keys: Collection[WireKey], hovered: WireItem | None = None
    ) -> None:
        """Draws the wires of some nodes, some wires and the one under the pointer stronger than the others."""
        states = dict.fromkeys((key for node_id in node_ids for key in self.at(node_id)), (False, True))
        if hovered is not None and hovered.key in self.items:
            states[hovered.key] = (False, True)
        states |= {key: (True, states.get(key, (False, False))[1]) for key in keys}
        before, self._states = self._states, states
        for key in before.keys() | states.keys():
            state = states.get(key, (False, False))
            item = self.items.get(key)
            if item is not None and state != (item.selected, item.lit):
                item.selected, item.lit = state
                item.show_state(self._pens, self._far)
                self._refresh_label_area(item)

    def set_target(self, target: WireItem | None) -> None:
        """Lights up the wire that a node would be inserted into."""
        for item in self.items.values():
            if item.target != (item is target):
                item.target = item is target
                item.show_state(self._pens, self._far)

    def set_cut(self, keys: Collection[WireKey]) -> None:
        """Marks the wires that a knife would cut."""
        for key, item in self.items.items():
            if item.cut != (key in keys):
                item.cut = key in keys
                item.show_state(self._pens, self._far)

    def set_zoom(self, scale: float) -> None:
        """Draws wires as hairlines where the zoom is far."""
        far = scale < MIDDLE
        if far != self._far:
            self._far = far
            for item in self.items.values():
                item.show_state(self._pens, far)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self._pens = WirePens.of(theme)
        for item in self.items.values():
            item.show_state(self._pens, self._far)


def _sides(box: QRectF) -> Rect:
    return box.x(), box.y(), box.width(), box.height()
