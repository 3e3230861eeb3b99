"""How the nodes of one graph hang together: what feeds what, in which order, and where the wires run in circles.

Questions about the graph as a whole are asked of networkx; what is one pass over the wires is one pass here.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from netdesigner.checks.loops import shortest_loop, tangles
from netdesigner.checks.ports import Ports
from netdesigner.document.design import Edge, Graph

__all__ = ["Slot", "Wiring", "web", "wire_up"]

Slot = tuple[str, int] | None
"""Where an input comes from: node id and output index, -1 for a port that is not there; None where nothing is wired."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """One graph, read once.

    Attributes:
        graph: what was read.
        ports: by the kinds in use; None for an unknown kind.
        order: node ids so that each comes after those it reads, as near to the document's order as that allows;
            without nodes on a loop.
        loops: for each tangle of nodes that feed each other, a shortest loop in it.
        looping: all nodes on loops.
        slots: by node, what feeds it, in the order in which `Layer.shape` takes it.
        arriving: by node and port, the wires that end there.
        feeds: by node, the nodes that it reads, once for each wire to a port that is there.
        short: by node, the ports that have fewer wires than they need.
        odd: nodes at which more wires end than their ports take, or wires that no port takes.
        adrift: whether a wire begins at a port, or has an end at a node, that is not there.
        readers: the nodes that some wire begins at.
        inputs, outputs: ids of the Input and Output nodes.
    """

    graph: Graph
    ports: Mapping[str, Ports | None]
    order: tuple[str, ...]
    loops: tuple[tuple[str, ...], ...]
    looping: frozenset[str]
    slots: Mapping[str, tuple[Slot, ...]]
    arriving: Mapping[str, Mapping[str, Sequence[Edge]]]
    feeds: Mapping[str, Sequence[str]]
    short: Mapping[str, tuple[str, ...]]
    odd: tuple[str, ...]
    adrift: bool
    readers: frozenset[str]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def same(self, graph: Graph, ports: Mapping[str, Ports | None]) -> bool:
        """Whether another graph has the same nodes, kinds, ports and wires, so that only parameters may differ."""
        if graph is self.graph:
            return ports == self.ports
        mine = self.graph
        return (
            (graph.edges is mine.edges or graph.edges == mine.edges)
            and ports == self.ports
            and len(graph.nodes) == len(mine.nodes)
            and all(
                a == b and (x is y or x.kind == y.kind)
                for (a, x), (b, y) in zip(graph.nodes.items(), mine.nodes.items(), strict=True)
            )
        )


def web(graph: Graph) -> nx.DiGraph:
    """The graph for networkx: nodes in the order of the document, parallel wires as one."""
    found = nx.DiGraph()
    found.add_nodes_from(graph.nodes)
    nodes = graph.nodes
    found.add_edges_from((e.source, e.target) for e in graph.edges if e.source in nodes and e.target in nodes)
    return found


def wire_up(graph: Graph, ports: Mapping[str, Ports | None]) -> Wiring:
    """Reads a graph's wires.

    Args:
        graph: the graph.
        ports: by each kind in it, the ports; None for an unknown kind.
    """
    arriving: dict[str, dict[str, list[Edge]]] = {node_id: {} for node_id in graph.nodes}
    feeds: dict[str, list[str]] = {node_id: [] for node_id in graph.nodes}
    adrift = False
    nodes = graph.nodes
    for edge in graph.edges:
        if edge.source in feeds and edge.target in feeds:
            arriving[edge.target].setdefault(edge.target_port, []).append(edge)
            own = ports[nodes[edge.target].kind]
            if own is None or edge.target_port in own.input_at:
                feeds[edge.target].append(edge.source)
        else:
            adrift = True
    slots: dict[str, tuple[Slot, ...]] = {}
    short: dict[str, tuple[str, ...]] = {}
    odd: list[str] = []
    for node_id, node in graph.nodes.items():
        own, wires = ports[node.kind], arriving[node_id]
        if own is None:
            slots[node_id] = ()
            continue
        slots[node_id] = _slots(graph, ports, own, wires)
        adrift = adrift or any(slot is not None and slot[1] < 0 for slot in slots[node_id])
        if lacking := _lacking(own, wires):
            short[node_id] = lacking
        if not wires.keys() <= own.input_at.keys() or any(len(edges) > 1 for edges in wires.values()):
            odd.append(node_id)
    order, loops, looping = _order(graph, feeds)
    return Wiring(
        graph, ports, order, loops, looping, slots, arriving, feeds, short, tuple(odd), adrift,
        frozenset(source for sources in feeds.values() for source in sources),
        graph.ids_of("Input"), graph.ids_of("Output"),
    )  # fmt: skip


def _slots(
    graph: Graph, ports: Mapping[str, Ports | None], own: Ports, wires: Mapping[str, Sequence[Edge]]
) -> tuple[Slot, ...]:
    """What feeds a node; of several wires into a port that takes one, the first."""
    slots: list[Slot] = []
    for port in own.inputs:
        edges = wires.get(port.name, ())
        for edge in edges if port.variadic else edges[:1]:
            source = ports[graph.nodes[edge.source].kind]
            slots.append((edge.source, 0 if source is None else source.output_at.get(edge.source_port, -1)))
        if not edges and not port.variadic:
            slots.append(None)
    return tuple(slots)


def _lacking(own: Ports, wires: Mapping[str, Sequence[Edge]]) -> tuple[str, ...]:
    """The ports with fewer wires than they need."""
    return tuple(
        [
            port.name
            for port in own.inputs
            if len(wires.get(port.name, ())) < (port.least if port.variadic else 1)
            and (port.name in wires or not port.optional)
        ]
    )


def _order(
    graph: Graph, feeds: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], frozenset[str]]:
    """The order of the flow, a loop for each tangle, and all nodes on loops.

    The order is that of networkx's `lexicographical_topological_sort` by the document; it is worked out here because
    it is needed after each edit, where that takes a third of a frame. What is left over is looked at by networkx.
    """
    at = {node_id: index for index, node_id in enumerate(graph.nodes)}
    if all(at.get(edge.source, -1) < at.get(edge.target, len(at)) for edge in graph.edges):
        return tuple(graph.nodes), (), frozenset()
    order = _sorted(at, feeds, ())
    if len(order) == len(at):
        return tuple(order), (), frozenset()
    left = at.keys() - order
    net = nx.DiGraph()
    net.add_nodes_from(node_id for node_id in at if node_id in left)
    net.add_edges_from((source, target) for target in net for source in feeds[target] if source in left)
    knots = tangles(net, at)
    loops = tuple(shortest_loop(net, knot, at) for knot in knots)
    looping: frozenset[str] = frozenset().union(*knots)
    return tuple(_sorted(at, feeds, looping)), loops, looping


def _sorted(at: Mapping[str, int], feeds: Mapping[str, Sequence[str]], without: Collection[str]) -> list[str]:
    """The nodes that do not wait for a loop, each after those it reads, else as in the document."""
    ids = [*at]
    waits = {node_id: len(sources) for node_id, sources in feeds.items() if node_id not in without}
    readers: dict[str, list[str]] = {}
    for target in waits:
        for source in feeds[target]:
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
