"""How the nodes of one graph hang together: what feeds what, in which order, and where the wires run in circles.

Questions about the graph as a whole are asked of networkx; what is one pass over the wires is one pass here.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from netdesigner.checks.bypass import Slot, passages
from netdesigner.checks.loops import shortest_loop, tangles
from netdesigner.checks.ports import Ports
from netdesigner.document.design import Edge, Graph, Node

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Ends", "Slot", "Wiring", "web", "wire_up"]


class Ends(NamedTuple):
    """The wires that end at one node.

    Attributes:
        wires: by port, in the order of the document; ports that the node does not have included.
        slots: what feeds the node, in the order in which `Layer.shape` takes it, found behind bypassed nodes; of a
            bypassed node what it hands on.
        feeds: the nodes that it reads as drawn, once for each wire to a port that is there; a bypassed one reads one.
        lacking: the ports that have fewer wires than they need; a bypassed node needs none.
        odd: whether a port has several wires, or a wire ends at a port that is not there.
        astray: whether a wire begins at a port that is not there.
    """

    wires: Mapping[str, Sequence[Edge]]
    slots: tuple[Slot, ...]
    feeds: tuple[str, ...]
    lacking: tuple[str, ...]
    odd: bool
    astray: bool


class Wiring(NamedTuple):
    """One graph, read once.

    Attributes:
        graph: what was read.
        ports: by node; None where its kind is unknown.
        ends: by node, the wires that end there.
        order: node ids so that each comes after those it reads, as near to the document's order as that allows;
            without nodes on a loop.
        loops: for each tangle of nodes that feed each other, a shortest loop in it.
        looping: all nodes on loops.
        readers: the nodes that some wire begins at.
        lost: whether a wire has an end at a node that is not there.
        inputs, outputs: ids of the Input and Output nodes.
        passed: by bypassed node, what it hands on, as of `passages`.
    """

    graph: Graph
    ports: Mapping[str, Ports | None]
    ends: Mapping[str, Ends]
    order: tuple[str, ...]
    loops: tuple[tuple[str, ...], ...]
    looping: frozenset[str]
    readers: frozenset[str]
    lost: bool
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    passed: Mapping[str, Slot]

    def same(self, graph: Graph, ports: Mapping[str, Ports | None]) -> bool:
        """Whether another graph has the same nodes, kinds, ports and wires, so that only parameters may differ."""
        if graph is self.graph:
            return ports == self.ports  # mostly the same objects, so this is quick
        mine = self.graph
        return (
            (graph.edges is mine.edges or graph.edges == mine.edges)
            and ports == self.ports
            and len(graph.nodes) == len(mine.nodes)
            and all(
                a == b and (x is y or (x.kind == y.kind and x.bypassed is y.bypassed))
                for (a, x), (b, y) in zip(graph.nodes.items(), mine.nodes.items(), strict=True)
            )
        )


def web(graph: Graph) -> nx.DiGraph:
    """The graph for networkx: nodes in the order of the document, parallel wires as one."""
    import networkx as nx

    found = nx.DiGraph()
    found.add_nodes_from(graph.nodes)
    nodes = graph.nodes
    found.add_edges_from((e.source, e.target) for e in graph.edges if e.source in nodes and e.target in nodes)
    return found


def wire_up(graph: Graph, ports: Mapping[str, Ports | None], old: Wiring | None = None) -> Wiring:
    """Reads a graph's wires.

    Args:
        graph: the graph.
        ports: by node, its ports; None where its kind is unknown.
        old: the graph before an edit, read; what the edit did not touch is taken from there.
    """
    nodes = graph.nodes
    passed = passages(graph, ports)
    touched = nodes.keys() if old is None else _touched(old, graph, ports, passed)
    wires: dict[str, dict[str, list[Edge]]] = {node_id: {} for node_id in touched if node_id in nodes}
    lost = False
    for edge in graph.edges:
        if edge.source not in nodes or edge.target not in nodes:
            lost = True
        elif edge.target in wires:
            wires[edge.target].setdefault(edge.target_port, []).append(edge)
    kept = old.ends if old is not None else {}
    ends = {n: _ends(ports, n, wires[n], passed) if n in wires else kept[n] for n in nodes}
    order, loops, looping = _order(graph, ends)
    readers = frozenset([edge.source for edge in graph.edges])
    return Wiring(
        graph,
        ports,
        ends,
        order,
        loops,
        looping,
        readers,
        lost,
        graph.ids_of("Input"),
        graph.ids_of("Output"),
        passed,
    )


def _touched(
    old: Wiring, graph: Graph, ports: Mapping[str, Ports | None], passed: Mapping[str, Slot]
) -> set[str]:
    """The nodes at which other wires may end than before, or that have become something else."""
    before = old.graph.nodes
    changed = {
        node_id
        for node_id, node in graph.nodes.items()
        if ports[node_id] is not old.ports.get(node_id)
        or (before.get(node_id) is not node and _kind(before, node_id) != node.kind)
    }
    changed |= before.keys() - graph.nodes.keys()
    if passed or old.passed:
        both = passed.keys() & old.passed.keys()
        changed |= passed.keys() ^ old.passed.keys()
        changed |= {node_id for node_id in both if passed[node_id] != old.passed[node_id]}
    touched = changed | {edge.target for edge in _differing(old.graph.edges, graph.edges)}
    return touched | {edge.target for edge in graph.edges if edge.source in changed} if changed else touched


def _kind(nodes: Mapping[str, Node], node_id: str) -> str | None:
    node = nodes.get(node_id)
    return None if node is None else node.kind


def _differing(old: tuple[Edge, ...], new: tuple[Edge, ...]) -> Iterator[Edge]:
    """The edges between the first and the last place where two lists differ; an edit keeps the others as they are."""
    start, shorter = 0, min(len(old), len(new))
    while start < shorter and old[start] is new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] is new[-1 - end]:
        end += 1
    yield from old[start : len(old) - end]
    yield from new[start : len(new) - end]


def _ends(
    ports: Mapping[str, Ports | None],
    node_id: str,
    wires: Mapping[str, Sequence[Edge]],
    passed: Mapping[str, Slot],
) -> Ends:
    """Reads the wires that end at a node; of several into a port that takes one, the first feeds it."""
    own = ports[node_id]
    if own is None:
        return Ends(
            wires, (), tuple(edge.source for edges in wires.values() for edge in edges), (), False, False
        )
    slots: list[Slot] = []
    feeds: list[str] = []
    lacking: list[str] = []
    odd = not wires.keys() <= own.input_at.keys()
    for port in own.inputs:
        edges = wires.get(port.name, ())
        odd = odd or len(edges) > 1
        feeds += [edge.source for edge in edges]
        slots += [_slot(ports, edge, passed) for edge in (edges if port.variadic else edges[:1])]
        if not edges and not port.variadic:
            slots.append(None)
        if len(edges) < (port.least if port.variadic else 1) and (edges or not port.optional):
            lacking.append(port.name)
    astray = any([slot is not None and slot[1] < 0 for slot in slots])  # noqa: C419 - a list is faster here
    if node_id in passed:
        return _passing(Ends(wires, tuple(slots), tuple(feeds), (), odd, astray))
    return Ends(wires, tuple(slots), tuple(feeds), tuple(lacking), odd, astray)


def _passing(ends: Ends) -> Ends:
    """What a bypassed node reads: the first of what is wired to it, and nothing else."""
    return ends._replace(
        slots=tuple(slot for slot in ends.slots if slot is not None)[:1], feeds=ends.feeds[:1]
    )


def _slot(ports: Mapping[str, Ports | None], edge: Edge, passed: Mapping[str, Slot]) -> Slot:
    """Where a wire's values come from; of a bypassed node that hands on nothing, that node, which gives nothing."""
    source = ports[edge.source]
    output = 0 if source is None else source.output_at.get(edge.source_port, -1)
    if edge.source in passed and output >= 0:
        return passed[edge.source] or (edge.source, 0)
    return edge.source, output


def _order(
    graph: Graph, ends: Mapping[str, Ends]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], frozenset[str]]:
    """The order of the flow, a loop for each tangle, and all nodes on loops.

    The order is that of networkx's `lexicographical_topological_sort` by the document; it is worked out here because
    it is needed after each edit, where that takes a third of a frame. What is left over is looked at by networkx.
    """
    at = {node_id: index for index, node_id in enumerate(graph.nodes)}
    if all(at.get(edge.source, -1) < at.get(edge.target, len(at)) for edge in graph.edges):
        return tuple(graph.nodes), (), frozenset()
    order = _sorted(at, ends, ())
    if len(order) == len(at):
        return tuple(order), (), frozenset()
    left = at.keys() - order
    import networkx as nx

    net = nx.DiGraph()
    net.add_nodes_from(node_id for node_id in at if node_id in left)
    net.add_edges_from((source, target) for target in net for source in ends[target].feeds if source in left)
    knots = tangles(net, at)
    loops = tuple(shortest_loop(net, knot, at) for knot in knots)
    looping: frozenset[str] = frozenset().union(*knots)
    return tuple(_sorted(at, ends, looping)), loops, looping


def _sorted(at: Mapping[str, int], ends: Mapping[str, Ends], without: Collection[str]) -> list[str]:
    """The nodes that do not wait for a loop, each after those it reads, else as in the document."""
    ids = [*at]
    waits = {node_id: len(end.feeds) for node_id, end in ends.items() if node_id not in without}
    readers: dict[str, list[str]] = {}
    for target in waits:
        for source in ends[target].feeds:
            if source in without:
                waits[target] -= 1
            else:
                readers.setdefault(source, []).append(target)
    ready = [at[node_id] for node_id, number in waits.items() if not number]
    heapq.heapify(ready)
    order: list[str] = []
    while ready:
        node_id = ids[heapq.heappop(ready)]
        order.append(node_id)
        for reader in readers.get(node_id, ()):
            waits[reader] -= 1
            if not waits[reader]:
                heapq.heappush(ready, at[reader])
    return order
