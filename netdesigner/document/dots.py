"""The dots that wires are led through: which there are, and edits of them.

A dot belongs to an output: wires of one output that are led through the same point share it, and go with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from netdesigner.document.annotate import set_routes
from netdesigner.document.design import Design, Edge, Point, Scope
from netdesigner.document.edit import move_nodes
from netdesigner.document.routes import carried_routes

__all__ = ["Dot", "Routes", "add_dot", "clear_dots", "dots_of", "led", "leg_at", "move_dots", "remove_dots"]

Routes = Mapping[Edge, tuple[Point, ...]]


class Dot(NamedTuple):
    """A point that wires of an output are led through."""

    source: str
    source_port: str
    at: Point

    def moved(self, shift: Point) -> Dot:
        """The dot elsewhere."""
        return self._replace(at=(self.at[0] + shift[0], self.at[1] + shift[1]))


def dots_of(routes: Routes) -> dict[Dot, None]:
    """All dots, each once, in the order of the wires."""
    return {Dot(edge.source, edge.source_port, at): None for edge, points in routes.items() for at in points}


def leg_at(way: Sequence[Point], at: Point) -> int:
    """The number of the stretch of a way that is nearest to a point, from 0; a way has two points or more."""
    legs = list(pairwise(way))
    return min(range(len(legs)), key=lambda number: _distance(*legs[number], at))


def _distance(a: Point, b: Point, at: Point) -> float:
    """The square of how far a point is from a segment."""
    across, down = b[0] - a[0], b[1] - a[1]
    length = across * across + down * down
    share = ((at[0] - a[0]) * across + (at[1] - a[1]) * down) / length if length else 0.0
    share = min(1.0, max(0.0, share))
    return (a[0] + share * across - at[0]) ** 2 + (a[1] + share * down - at[1]) ** 2


def add_dot(design: Design, scope: Scope, edge: Edge, at: Point, leg: int) -> Design:
    """Leads a wire through one more point.

    Wires of the same output that run the same way up to the next dot are led through it too.

    Args:
        at: the point.
        leg: which stretch of the wire it lies on: how many dots come before it.

    Raises:
        EditError: there is no such wire.
    """
    routes = design.place(scope).annotations.routes
    points = routes.get(edge, ())
    changes = {edge: (*points[:leg], at, *points[leg:])}
    if leg < len(points):
        together = points[: leg + 1]
        for other, way in routes.items():
            same = (other.source, other.source_port) == (edge.source, edge.source_port)
            if same and way[: leg + 1] == together:
                changes[other] = (*way[:leg], at, *way[leg:])
    return set_routes(design, scope, changes)


def remove_dots(design: Design, scope: Scope, dots: Collection[Dot]) -> Design:
    """Takes dots away; wires without any find their own way."""
    routes = design.place(scope).annotations.routes
    changes = {
        edge: tuple(at for at in points if Dot(edge.source, edge.source_port, at) not in dots)
        for edge, points in routes.items()
    }
    return set_routes(design, scope, changes)


def clear_dots(design: Design, scope: Scope, node_ids: Collection[str]) -> Design:
    """Takes the dots of all wires between some nodes away."""
    routes = design.place(scope).annotations.routes
    between = [edge for edge in routes if edge.source in node_ids and edge.target in node_ids]
    return set_routes(design, scope, dict.fromkeys(between, ()))


def led(
    routes: Routes,
    layout: Mapping[str, Point],
    positions: Mapping[str, Point],
    dots: Collection[Dot],
    shift: Point,
) -> dict[Edge, tuple[Point, ...]]:
    """The routes that are other ones once nodes and dots were moved.

    Args:
        routes, layout: before.
        positions: where nodes go; the dots of wires of which both ends go the same way go with them.
        dots: dots that go too.
        shift: how far.
    """
    found: dict[Edge, tuple[Point, ...]] = {}
    for edge, points in routes.items():
        moved = tuple(_moved(edge, at, dots, shift) for at in points)
        if moved != points:
            found[edge] = moved
    return {**found, **carried_routes(routes, layout, positions)}


def _moved(edge: Edge, at: Point, dots: Collection[Dot], shift: Point) -> Point:
    dot = Dot(edge.source, edge.source_port, at)
    return dot.moved(shift).at if dot in dots else at


def move_dots(
    design: Design, scope: Scope, positions: Mapping[str, Point], dots: Collection[Dot], shift: Point
) -> Design:
    """Moves nodes and dots, see `led`."""
    place = design.place(scope)
    changes = led(place.annotations.routes, place.layout, positions, dots, shift)
    return set_routes(move_nodes(design, scope, positions), scope, changes)
