"""Loops in a directed graph: which nodes lie on one, and a shortest loop to name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["shortest_loop", "tangles"]


def tangles(net: nx.DiGraph, at: Mapping[str, int]) -> list[set[str]]:
    """The sets of nodes that lead to each other, the earliest first.

    Args:
        net: the graph.
        at: the place of each node in the document.
    """
    import networkx as nx

    selfish = set(nx.nodes_with_selfloops(net))
    parts = [
        part
        for part in nx.strongly_connected_components(net)
        if len(part) > 1 or not selfish.isdisjoint(part)
    ]
    return sorted(parts, key=lambda part: min(at[name] for name in part))


def shortest_loop(net: nx.DiGraph, tangle: set[str], at: Mapping[str, int]) -> tuple[str, ...]:
    """A shortest loop through the earliest node of a tangle, beginning there."""
    start = min(tangle, key=at.__getitem__)
    if net.has_edge(start, start):
        return (start,)
    import networkx as nx

    before = {start: start}
    for source, target in nx.bfs_edges(net, start):
        before[target] = source
        if net.has_edge(target, start):
            return tuple(reversed([*_back(before, target, start)]))
    return (start,)


def _back(before: Mapping[str, str], name: str, start: str) -> Iterator[str]:
    while name != start:
        yield name
        name = before[name]
    yield start
