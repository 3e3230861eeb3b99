"""What of a scope looks different after a change, found by comparing objects by identity. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from netdesigner.checks import ERROR, Report, TracedNode
from netdesigner.document import Block, Design, Edge, Graph, Scope
from netdesigner.document.design import Annotations, Point

__all__ = ["Difference", "Shown", "WireKey", "difference", "renamed", "wire_keys"]

WireKey = tuple[Edge, int]
"""A wire and how many equal ones come before it."""


class Shown(NamedTuple):
    """What a scope shows in one state.

    Attributes:
        graph: its nodes and wires.
        layout: where the nodes lie.
        traced: what the checks found at each node.
        blocks: the blocks that nodes may be instances of.
        severities: the worst problem of each node.
        bad_ports: the input ports at which a wire brings what the node cannot take, as (node, port).
        routes: the points that wires are led through.
        annotations: frames and notes.
    """

    graph: Graph = Graph()
    layout: Mapping[str, Point] = MappingProxyType({})
    traced: Mapping[str, TracedNode] = MappingProxyType({})
    blocks: Mapping[str, Block] = MappingProxyType({})
    severities: Mapping[str, str] = MappingProxyType({})
    bad_ports: frozenset[tuple[str, str]] = frozenset()
    routes: Mapping[Edge, tuple[Point, ...]] = MappingProxyType({})
    annotations: Annotations = Annotations()

    @classmethod
    def of(cls, design: Design, report: Report, scope: Scope, layout: Mapping[str, Point]) -> Shown:
        """What a scope shows.

        Args:
            design, report: the state.
            scope: the place.
            layout: where the nodes are drawn.
        """
        graph = design.graph(scope)
        trace = report.traces.get(scope)
        severities: dict[str, str] = {}
        bad: set[tuple[str, str]] = set()
        for problem in report.problems:
            if problem.network != scope or not problem.node:
                continue
            if severities.get(problem.node) != ERROR:
                severities[problem.node] = problem.severity
            if problem.severity == ERROR and (problem.port or problem.code.startswith("ND3")):
                bad.add((problem.node, problem.port))
        nodes = trace.nodes if trace else {}
        annotations = design.place(scope).annotations
        return cls(
            graph,
            layout,
            nodes,
            design.blocks,
            severities,
            frozenset(bad),
            annotations.routes,
            annotations,
        )

    def is_bad(self, edge: Edge) -> bool:
        """Whether a wire ends where what it brings cannot be taken."""
        return (edge.target, edge.target_port) in self.bad_ports or (edge.target, "") in self.bad_ports


class Difference(NamedTuple):
    """What to do to a scene so that it shows the state after.

    Attributes:
        removed: ids of nodes that are gone.
        added: ids of new nodes.
        changed: ids of nodes whose card may differ.
        moved: ids of nodes that lie elsewhere.
        wires_removed, wires_added: wires.
        rewired: whether the order of the wires may be another one.
        bad_changed: whether wires that ended well end badly now, or the other way round.
        led: wires that are led through other points.
        marked: whether frames or notes are other ones.
    """

    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    wires_removed: tuple[WireKey, ...] = ()
    wires_added: tuple[WireKey, ...] = ()
    rewired: bool = False
    bad_changed: bool = False
    led: frozenset[Edge] = frozenset()
    marked: bool = False

    def __bool__(self) -> bool:
        nodes = self.removed or self.added or self.changed or self.moved
        wires = self.wires_removed or self.wires_added or self.rewired or self.bad_changed or self.led
        return bool(nodes or wires or self.marked)


def wire_keys(edges: tuple[Edge, ...]) -> Iterator[WireKey]:
    """The wires in order, each with the number of equal ones before it."""
    seen: Counter[Edge] = Counter()
    for edge in edges:
        yield edge, seen[edge]
        seen[edge] += 1


def difference(before: Shown, after: Shown) -> Difference:
    """What differs between two states of one scope."""
    old, new = before.graph.nodes, after.graph.nodes
    wires_removed: tuple[WireKey, ...] = ()
    wires_added: tuple[WireKey, ...] = ()
    rewired: set[str] = set()
    if before.graph.edges is not after.graph.edges:
        keys_before = dict.fromkeys(wire_keys(before.graph.edges))
        keys_after = dict.fromkeys(wire_keys(after.graph.edges))
        wires_removed = tuple(key for key in keys_before if key not in keys_after)
        wires_added = tuple(key for key in keys_after if key not in keys_before)
        for edge, _ in (*wires_removed, *wires_added):
            rewired |= {edge.source, edge.target}
    changed = (
        ()
        if _same_looks(before, after)
        else tuple(
            node_id
            for node_id in new
            if node_id in old and (node_id in rewired or _looks_different(node_id, before, after))
        )
    )
    return Difference(
        removed=tuple(node_id for node_id in old if node_id not in new),
        added=tuple(node_id for node_id in new if node_id not in old),
        changed=changed,
        moved=_moved(before, after),
        wires_removed=wires_removed,
        wires_added=wires_added,
        rewired=before.graph.edges is not after.graph.edges,
        bad_changed=before.bad_ports != after.bad_ports,
        led=_led(before, after),
        marked=before.annotations is not after.annotations,
    )


def _led(before: Shown, after: Shown) -> frozenset[Edge]:
    old, new = before.routes, after.routes
    if old is new or not (old or new):
        return frozenset()
    return frozenset(edge for edge in {**old, **new} if old.get(edge) != new.get(edge))


def _same_looks(before: Shown, after: Shown) -> bool:
    """Whether no card can differ, as where nodes were only moved."""
    return (
        before.graph is after.graph
        and before.traced is after.traced
        and before.blocks is after.blocks
        and before.severities == after.severities
    )


def _looks_different(node_id: str, before: Shown, after: Shown) -> bool:
    old, new = before.graph.nodes[node_id], after.graph.nodes[node_id]
    return (
        old is not new
        or before.traced.get(node_id) is not after.traced.get(node_id)
        or before.severities.get(node_id) != after.severities.get(node_id)
        or (
            before.blocks is not after.blocks
            and before.blocks.get(new.block) is not after.blocks.get(new.block)
        )
    )


def _moved(before: Shown, after: Shown) -> tuple[str, ...]:
    if before.layout is after.layout:
        return ()
    old = before.layout
    return tuple(
        node_id
        for node_id, at in after.layout.items()
        if node_id in before.graph.nodes and old.get(node_id) != at
    )


def renamed(before: Graph, after: Graph, node_id: str) -> str:
    """The new id of a node that has one; "" for a node that kept its id or is gone."""
    if node_id in after.nodes or node_id not in before.nodes:
        return ""
    node = before.nodes[node_id]
    return next((key for key, other in after.nodes.items() if other is node and key not in before.nodes), "")
