"""The points that wires are led through, as nodes come, go and move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from netdesigner.document.design import Annotations, Edge, Graph, Point

__all__ = ["carried_routes", "routes_of"]


def routes_of(annotations: Annotations, graph: Graph) -> Annotations:
    """Annotations without the routes of wires that a graph does not have."""
    if not annotations.routes:
        return annotations
    wires = set(graph.edges)
    routes = {edge: points for edge, points in annotations.routes.items() if edge in wires}
    return annotations if len(routes) == len(annotations.routes) else replace(annotations, routes=routes)


def carried_routes(
    routes: Mapping[Edge, tuple[Point, ...]], layout: Mapping[str, Point], positions: Mapping[str, Point]
) -> dict[Edge, tuple[Point, ...]]:
    """The routes of wires that move as a whole, both ends by the same way, as they are then.

    Args:
        routes, layout: before.
        positions: where nodes go.
    """
    found: dict[Edge, tuple[Point, ...]] = {}
    for edge, points in routes.items():
        ends = [(layout.get(end), positions.get(end)) for end in (edge.source, edge.target)]
        ways = {(new[0] - old[0], new[1] - old[1]) if old and new else None for old, new in ends}
        way = ways.pop()
        if way is not None and not ways:
            found[edge] = tuple((x + way[0], y + way[1]) for x, y in points)
    return found
