"""Which blocks stand inside which: blocks that contain themselves, how deep they nest, which are used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from netdesigner.checks.codes import found
from netdesigner.checks.loops import shortest_loop, tangles
from netdesigner.checks.report import Problem
from netdesigner.checks.wording import loop
from netdesigner.document.design import BLOCK_PREFIX, Block, Design, Graph

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["DEEPEST", "Nesting", "changed_blocks", "nesting", "recursion"]

DEEPEST = 32
"""How deep blocks may stand inside blocks."""


class Nesting(NamedTuple):
    """How the blocks of a design contain each other.

    Attributes:
        loops: for each set of blocks that contain each other, a shortest loop.
        recursive: all blocks of such sets.
        depth: by block, how many levels it has, itself included; of those that do not contain themselves.
        used: the blocks that a network uses, directly or through others.
        users: wires from each block to the blocks that contain it directly; None where there are no blocks.
    """

    loops: tuple[tuple[str, ...], ...]
    recursive: frozenset[str]
    depth: Mapping[str, int]
    used: frozenset[str]
    users: nx.DiGraph | None

    def affected(self, changed: Iterable[str]) -> frozenset[str]:
        """The blocks that contain one of some blocks, and those themselves."""
        return _within(self.users, changed) if self.users is not None else frozenset()


def _instances(graph: Graph, blocks: Mapping[str, Block]) -> Iterator[str]:
    """The blocks that a graph uses; a bypassed instance uses none."""
    for kind in dict.fromkeys(node.kind for node in graph.nodes.values() if not node.bypassed):
        if kind.startswith(BLOCK_PREFIX) and kind[len(BLOCK_PREFIX) :] in blocks:
            yield kind[len(BLOCK_PREFIX) :]


def nesting(design: Design) -> Nesting:
    """Reads which blocks use which."""
    if not design.blocks:
        return Nesting((), frozenset(), {}, frozenset(), None)
    import networkx as nx

    net = nx.DiGraph()
    net.add_nodes_from(design.blocks)
    net.add_edges_from(
        (name, inner)
        for name, block in design.blocks.items()
        for inner in _instances(block.graph, design.blocks)
    )
    used = _within(
        net,
        (name for network in design.networks.values() for name in _instances(network.graph, design.blocks)),
    )
    at = {name: index for index, name in enumerate(design.blocks)}
    knots = tangles(net, at)
    loops = tuple(shortest_loop(net, knot, at) for knot in knots)
    recursive = frozenset().union(*knots)
    depth: dict[str, int] = {}
    for name in reversed(tuple(nx.topological_sort(net.subgraph(set(design.blocks) - recursive)))):
        depth[name] = 1 + max((depth.get(inner, 0) for inner in net.successors(name)), default=0)
    return Nesting(loops, recursive, depth, used, net.reverse(copy=False))


def _within(net: nx.DiGraph, names: Iterable[str]) -> frozenset[str]:
    """Some blocks and all that stand inside them."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in seen and name in net:
            seen.add(name)
            waiting.extend(net.successors(name))
    return frozenset(seen)


def recursion(design: Design, blocks: Nesting) -> Iterator[Problem]:
    """Blocks that contain themselves, each told where the loop closes."""
    for path in blocks.loops:
        last, kind = path[-1], BLOCK_PREFIX + path[0]
        node_id = next(
            key
            for key, node in design.blocks[last].graph.nodes.items()
            if node.kind == kind and not node.bypassed
        )
        text = f"block `{path[0]}` contains itself: {loop(path)}"
        yield found("ND502", text, BLOCK_PREFIX + last, node_id)


def changed_blocks(before: Design, after: Design) -> Iterator[str]:
    """The blocks whose content, ports or parameters are not what they were; new ones and removed ones too."""
    for name in {**before.blocks, **after.blocks}:
        old, new = before.blocks.get(name), after.blocks.get(name)
        if old is None or new is None or old.graph is not new.graph or old.params != new.params:
            yield name
