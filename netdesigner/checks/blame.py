"""The way of a clash, from the node that caused it to where it shows, as it is seen from any scope.

From outside a block the way ends at the node that stands for the block; where what clashes inside came in through an
input, it goes on from there to the node that made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from netdesigner.checks.report import Blame, Problem, Report, Trace, TracedNode
from netdesigner.document.design import BLOCK_PREFIX, Design, Edge, Graph, Scope
from netdesigner.parts.tensor import TensorSpec

__all__ = ["blame_at", "made", "wires_along"]


def blame_at(design: Design, report: Report, problem: Problem, scope: Scope) -> Blame | None:
    """How a problem came about, as far as that lies in a scope.

    Args:
        design, report: the state.
        problem: one of the report's.
        scope: a network or block that is looked at, perhaps one around the problem's.

    Returns:
        None where nothing of it lies in the scope.
    """
    if scope not in set(design.scopes()) or not problem.node:
        return None
    if problem.network == scope:
        return problem.blame or _around_loop(design.graph(scope), problem)
    if not problem.network.startswith(BLOCK_PREFIX):
        return None
    return next(_around(design, report, problem, scope), None)


def _around_loop(graph: Graph, problem: Problem) -> Blame | None:
    """The wires of a loop."""
    if problem.code != "ND101":
        return None
    return Blame("", problem.node, (wires_along(_into(graph), (*problem.path, problem.path[0])),))


def _around(design: Design, report: Report, problem: Problem, scope: Scope) -> Iterator[Blame]:
    """The ways to the nodes of a scope in whose block a problem lies; those first that show it."""
    graph = design.graph(scope)
    trace = report.traces.get(scope) or Trace()
    inside = {problem.network[len(BLOCK_PREFIX) :], *_holders(design, problem.network)}
    nodes = [node_id for node_id, node in graph.nodes.items() if node.block in inside]
    nodes.sort(key=lambda node_id: not _shows(trace.nodes.get(node_id)))
    for node_id in nodes:
        block = graph.nodes[node_id].block
        inner = blame_at(design, report, problem, BLOCK_PREFIX + block)
        yield _from_outside(graph, trace, node_id, inner, design.blocks[block].inputs)


def _holders(design: Design, scope: Scope) -> set[str]:
    """The blocks that contain a block, directly or through others."""
    found: set[str] = set()
    waiting = [scope]
    while waiting:
        kind = waiting.pop()
        for name, block in design.blocks.items():
            if name not in found and any(node.kind == kind for node in block.graph.nodes.values()):
                found.add(name)
                waiting.append(BLOCK_PREFIX + name)
    return found


def _shows(traced: TracedNode | None) -> bool:
    """Whether all that comes in is known and what goes out is not, so that it went wrong inside."""
    return traced is not None and traced.outputs is None and None not in traced.inputs


def _from_outside(
    graph: Graph, trace: Trace, node_id: str, inner: Blame | None, ports: tuple[str, ...]
) -> Blame:
    """The ways on from the inputs at which those inside a block begin."""
    traced, into = trace.nodes.get(node_id), _into(graph)
    ways, sides, causes = [], [], []
    for way, side in zip(inner.ways, inner.sides, strict=False) if inner is not None else ():
        first = way[0].source if way else ""
        port = ports.index(first) if first in ports else -1
        slot = traced.sources[port] if traced is not None and 0 <= port < len(traced.sources) else None
        spec = traced.inputs[port] if traced is not None and slot is not None else None
        if slot is None or spec is None:
            continue
        nodes = made(trace.nodes.__getitem__, slot, spec)
        last = [edge for edge in into(node_id) if edge.target_port == first]
        ways.append((*wires_along(into, nodes), *last[:1]))
        sides.append(side)
        causes.append(nodes[0])
    cause = causes[0] if causes and len(set(causes)) == 1 and inner and inner.cause in ports else ""
    return Blame(cause, node_id, tuple(dict.fromkeys(ways)), tuple(sides))


def made(traced: Callable[[str], TracedNode], slot: tuple[str, int], spec: TensorSpec) -> tuple[str, ...]:
    """The nodes from the one that made a shape to the one that hands it on.

    Args:
        traced: what was found at a node.
        slot: the node that hands it on, and by which output.
        spec: the shape.
    """
    path = [slot[0]]
    while True:
        found = traced(path[-1])
        if len(found.sources) != 1 or found.sources[0] is None or found.inputs[0] != spec:
            return tuple(reversed(path))
        path.append(found.sources[0][0])


def wires_along(into: Callable[[str], Iterable[Edge]], nodes: Sequence[str]) -> tuple[Edge, ...]:
    """The first wire between each two nodes of a row.

    Args:
        into: the wires that end at a node.
        nodes: their ids.
    """
    firsts = (next((e for e in into(b) if e.source == a), None) for a, b in pairwise(nodes))
    return tuple(edge for edge in firsts if edge is not None)


def _into(graph: Graph) -> Callable[[str], Iterable[Edge]]:
    """The wires of a graph by the node they end at."""
    ends: dict[str, list[Edge]] = {}
    for edge in graph.edges:
        ends.setdefault(edge.target, []).append(edge)
    return lambda node_id: ends.get(node_id, ())
