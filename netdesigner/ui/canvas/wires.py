"""All wires of a scene: which there are, which way they run, how they look."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from netdesigner.document import Edge
from netdesigner.ui.canvas.card_paint import MIDDLE
from netdesigner.ui.canvas.diff import Difference, Shown, WireKey, wire_keys
from netdesigner.ui.canvas.metrics import CARD_WIDTH_PX
from netdesigner.ui.canvas.route import Obstacles, Point, Rect, hull, route, route_via
from netdesigner.ui.canvas.wire_item import WireItem, WirePens
from netdesigner.ui.canvas.wire_label import WireLabels
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.ui.canvas.scene import CanvasScene

__all__ = ["Wires"]

_CROWD_PX = 24.0
"""How far around a wire a node may come before the wire looks for another way."""


class Wires:
    """The wires of a scene.

    Args:
        scene: where they are drawn.
        theme: colours.
        full_detail: write what they carry whatever the zoom.
    """

    def __init__(self, scene: CanvasScene, theme: Theme, full_detail: bool) -> None:
        self._scene = scene
        self._pens = WirePens.of(theme)
        self.labels = WireLabels(scene, theme, full_detail)
        self._far = False
        self._at: dict[str, set[WireKey]] = {}
        self._states: dict[WireKey, tuple[bool, bool]] = {}
        self._obstacles = Obstacles(())
        self._boxes: dict[str, Rect] = {}
        self._routes: Mapping[Edge, tuple[Point, ...]] = {}
        self._led: Mapping[Edge, tuple[Point, ...]] = {}
        self.items: dict[WireKey, WireItem] = {}

    # ---------------------------------------------------------------------------------------------- which there are

    def clear(self) -> None:
        """Takes all wires away."""
        self.remove(tuple(self.items))
        self._obstacles, self._boxes = Obstacles(()), {}

    def remove(self, keys: Iterable[WireKey]) -> None:
        """Takes wires away."""
        for key in keys:
            item = self.items.pop(key)
            for node_id in (item.edge.source, item.edge.target):
                self._at.get(node_id, set()).discard(key)
            self.labels.erase(item)
            self._scene.removeItem(item)

    def at(self, node_id: str) -> set[WireKey]:
        """The wires that touch a node."""
        return self._at.get(node_id, set())

    def follow(self, changes: Difference, shown: Shown, touched: Collection[str]) -> None:
        """Adds new wires and leads those another way that have to.

        Args:
            changes: between what was shown and what is.
            shown: what is shown now.
            touched: nodes that are new, lie elsewhere or have other ports.
        """
        self._routes, self._led = shown.routes, {}
        new = [self._add(key) for key in changes.wires_added]
        reslotted = self._reslot(shown) if changes.rewired else set()
        stale = self._follow_boxes(changes.removed, touched)
        self.labels.follow(shown.traced, self._obstacles)
        if len(new) == len(self.items):
            for item in new:
                self._lead_item(item, self._obstacles)
            self._scene.update()
        else:
            for key in self._waiting(changes, touched) | self._crowded(stale) | reslotted:
                self._reroute(self.items[key], self._obstacles)
            for key in {key for node in changes.changed for key in self.at(node)}:
                self._relabel(self.items[key])
        if changes.bad_changed or changes.wires_added:
            self._mark_bad(shown)

    def _waiting(self, changes: Difference, touched: Collection[str]) -> set[WireKey]:
        """The wires that have to be led anew for themselves or their ends; arguments as of `follow`."""
        found = set(changes.wires_added) | {key for node_id in touched for key in self.at(node_id)}
        if changes.led:
            found |= {key for key in self.items if key[0] in changes.led}
        return found

    def _add(self, key: WireKey) -> WireItem:
        item = WireItem(key, self.labels)
        self.items[key] = item
        for node_id in (key[0].source, key[0].target):
            self._at.setdefault(node_id, set()).add(key)
        item.show_state(self._pens, self._far)
        self._scene.addItem(item)
        return item

    def _reslot(self, shown: Shown) -> set[WireKey]:
        """Tells each wire its place among those that end at its port; returns those whose place is another one."""
        groups: dict[tuple[str, str], list[WireKey]] = {}
        for key in wire_keys(shown.graph.edges):
            groups.setdefault((key[0].target, key[0].target_port), []).append(key)
        moved = set()
        for keys in groups.values():
            for index, key in enumerate(keys):
                item, slot = self.items[key], (index, len(keys))
                if item.slot != slot:
                    item.slot = slot
                    moved.add(key)
        return moved

    # ------------------------------------------------------------------------------------------------ which way

    def _follow_boxes(self, removed: Collection[str], touched: Collection[str]) -> list[Rect]:
        """Takes in where nodes lie now; returns the rectangles that they left or came to."""
        nodes = self._scene.nodes
        if len(touched) == len(nodes):
            self._boxes = {node_id: item.box() for node_id, item in nodes.items()}
            self._obstacles = Obstacles(self._boxes.values())
            return list(self._boxes.values())
        left = [self._boxes.pop(node_id) for node_id in (*removed, *touched) if node_id in self._boxes]
        new = {node_id: nodes[node_id].box() for node_id in touched}
        self._boxes |= new
        for rect in left:
            self._obstacles.remove(rect)
        for rect in new.values():
            self._obstacles.add(rect)
        return [*left, *new.values()]

    def _crowded(self, stale: Collection[Rect]) -> set[WireKey]:
        """The wires that run, or ran, near places that nodes left or came to."""
        if not stale:
            return set()
        if len(stale) > len(self.items) / 2:
            return set(self.items)
        grown = [
            (x - _CROWD_PX, y - _CROWD_PX, width + 2 * _CROWD_PX, height + 2 * _CROWD_PX)
            for x, y, width, height in stale
        ]
        near, (left, top, right, bottom) = Obstacles(grown), hull(grown)
        found = set()
        for key, item in self.items.items():
            x, y, width, height = item.box()
            beside = x > right or x + width < left or y > bottom or y + height < top  # as most wires are
            if not beside and near.hit(item.box()):
                found.add(key)
        return found

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

    def ends_of(self, item: WireItem) -> tuple[Point, Point]:
        """Where a wire begins and ends on the canvas."""
        edge = item.edge
        source, target = self._scene.nodes[edge.source], self._scene.nodes[edge.target]
        output = max(0, source.port_index("output", edge.source_port))
        port = max(0, target.port_index("input", edge.target_port))
        start = (source.x() + CARD_WIDTH_PX, source.y() + source.metrics.outputs[output])
        return start, (target.x(), target.y() + target.metrics.wire_end(port, *item.slot))

    def heights_of(self, edge: Edge) -> tuple[float, float]:
        """How far below its node's upper edge a wire leaves its source and enters its target."""
        item = self.items.get((edge, 0))
        if item is None:
            return 0.0, 0.0
        start, end = self.ends_of(item)
        nodes = self._scene.nodes
        return start[1] - nodes[edge.source].y(), end[1] - nodes[edge.target].y()

    def _reroute(self, item: WireItem, obstacles: Obstacles | None) -> None:
        self.labels.erase(item)
        self._lead_item(item, obstacles)
        self.labels.write(item)

    def _lead_item(self, item: WireItem, obstacles: Obstacles | None) -> None:
        start, end = self.ends_of(item)
        points: Sequence[Point] = ()
        if self._led or self._routes:
            points = self._led.get(item.edge, self._routes.get(item.edge, ()))
        way = route_via(start, points, end) if points else route(start, end, obstacles)
        item.set_way(way, loose=obstacles is None)

    def _relabel(self, item: WireItem) -> None:
        self.labels.erase(item)
        item.forget_label()
        self.labels.write(item)

    # ------------------------------------------------------------------------------------------------------ looks

    def _mark_bad(self, shown: Shown) -> None:
        for item in self.items.values():
            bad = shown.is_bad(item.edge)
            if bad != item.bad:
                item.bad = bad
                item.show_state(self._pens, self._far)
                self.labels.write(item)

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
                self.labels.write(item)

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
        self.labels.set_zoom(scale)
        far = scale < MIDDLE
        if far != self._far:
            self._far = far
            for item in self.items.values():
                item.show_state(self._pens, far)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self.labels.set_theme(theme)
        self._pens = WirePens.of(theme)
        for item in self.items.values():
            item.show_state(self._pens, self._far)
