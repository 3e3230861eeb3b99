"""Room for nodes that are new, while all others stay where they are. No Qt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from netdesigner.document import Edge, Graph
from netdesigner.document.design import GRID_PX, Point
from netdesigner.session.arrange import (
    COLUMN_GAP_PX,
    ROW_GAP_PX,
    Ends,
    Pulse,
    arrange,
    overlaps,
    part_of,
)
from netdesigner.session.framing import Rect
from netdesigner.session.lines import Size, snapped, snapped_up

__all__ = ["arrange_new", "lying_on_others"]


def lying_on_others(graph: Graph, layout: Mapping[str, Point], sizes: Mapping[str, Size]) -> set[str]:
    """The nodes without a place, and of any two that lie on each other the later one."""
    order = {node_id: index for index, node_id in enumerate(graph.nodes)}
    placed = {node_id: at for node_id, at in layout.items() if node_id in order}
    pairs = overlaps(placed, sizes)
    return {max(pair, key=order.__getitem__) for pair in pairs} | (order.keys() - placed.keys())


def arrange_new(
    graph: Graph,
    layout: Mapping[str, Point],
    sizes: Mapping[str, Size],
    ends: Ends,
    new: Collection[str],
    pulse: Pulse | None = None,
) -> dict[str, Point]:
    """Places for new nodes: those that are wired together side by side, level with what they are wired to, on no other.

    Args:
        graph: all nodes and wires.
        layout: where the others lie.
        sizes, ends, pulse: as for `arrange`.
        new: the nodes to place.

    Returns:
        Upper left corners of the new nodes.
    """
    taken = [(*at, *sizes[node_id]) for node_id, at in layout.items() if node_id not in new]
    kept = {node_id: at for node_id, at in layout.items() if node_id not in new}
    found: dict[str, Point] = {}
    for piece in _pieces(graph, new):
        inside = arrange(part_of(graph, piece), sizes, ends, pulse=pulse)
        left, top = _corner(graph, _Piece(inside, sizes), kept, taken, ends)
        placed = {node_id: (x + left, y + top) for node_id, (x, y) in inside.items()}
        kept |= placed
        found |= placed
        taken += [(*at, *sizes[node_id]) for node_id, at in placed.items()]
    return found


@dataclass(frozen=True, slots=True)
class _Piece:
    """New nodes that are wired together, as they lie beside each other."""

    layout: Mapping[str, Point]
    sizes: Mapping[str, Size]

    def boxes(self, left: float, top: float) -> list[Rect]:
        """Their rectangles where the piece lies at a point, with the gaps that they keep from others."""
        across, down = COLUMN_GAP_PX / 4, ROW_GAP_PX / 2
        return [
            (
                x + left - across,
                y + top - down,
                self.sizes[node_id][0] + 2 * across,
                self.sizes[node_id][1] + 2 * down,
            )
            for node_id, (x, y) in self.layout.items()
        ]

    @property
    def width(self) -> float:
        """From its left edge to its right one."""
        return max(x + self.sizes[node_id][0] for node_id, (x, _) in self.layout.items())


def _pieces(graph: Graph, new: Collection[str]) -> list[list[str]]:
    """The new nodes, those that are wired together in one piece, in the order of the document."""
    beside: dict[str, set[str]] = {node_id: set() for node_id in graph.nodes if node_id in new}
    for edge in graph.edges:
        if edge.source in beside and edge.target in beside:
            beside[edge.source].add(edge.target)
            beside[edge.target].add(edge.source)
    found: list[list[str]] = []
    seen: set[str] = set()
    for root in beside:
        if root in seen:
            continue
        waiting, piece = [root], {root}
        while waiting:
            reached = beside[waiting.pop()] - piece
            piece |= reached
            waiting += reached
        seen |= piece
        found.append([node_id for node_id in beside if node_id in piece])
    return found


def _corner(
    graph: Graph, piece: _Piece, kept: Mapping[str, Point], taken: Collection[Rect], ends: Ends
) -> Point:
    """Where a piece goes: right of what feeds it, else left of what it feeds, else below all, where it is free."""
    feeding = [edge for edge in graph.edges if edge.source in kept and edge.target in piece.layout]
    fed = [edge for edge in graph.edges if edge.source in piece.layout and edge.target in kept]
    wires = feeding or fed
    if not wires:
        return 0.0, snapped(max((box[1] + box[3] for box in taken), default=-ROW_GAP_PX) + ROW_GAP_PX)
    if feeding:
        rights = (
            kept[edge.source][0] + piece.sizes[edge.source][0] - piece.layout[edge.target][0]
            for edge in feeding
        )
        left = max(rights) + COLUMN_GAP_PX
    else:
        left = min(kept[edge.target][0] for edge in fed) - COLUMN_GAP_PX - piece.width
    level = _level(wires[0], piece, kept, ends)
    left = snapped(left)
    return left, _free(piece, left, snapped(level), taken)


def _level(edge: Edge, piece: _Piece, kept: Mapping[str, Point], ends: Ends) -> float:
    """The height at which a wire to or from a piece is straight."""
    start, end = ends(edge)
    if edge.source in kept:
        return kept[edge.source][1] + start - end - piece.layout[edge.target][1]
    return kept[edge.target][1] + end - start - piece.layout[edge.source][1]


def _free(piece: _Piece, left: float, level: float, taken: Iterable[Rect]) -> float:
    """The height nearest to a level at which a piece lies on nothing that is there."""
    near = [box for box in taken if any(_beside(box, own) for own in piece.boxes(left, level))]
    tops = {level}
    for box in near:
        for own in piece.boxes(left, 0.0):
            tops |= {snapped_up(box[1] + box[3] - own[1]), _down(box[1] - own[1] - own[3])}
    for top in sorted(tops, key=lambda top: (abs(top - level), -top)):
        boxes = piece.boxes(left, top)
        if not any(_meet(box, own) for box in near for own in boxes):
            return top
    return level


def _beside(one: Rect, other: Rect) -> bool:
    """Whether two rectangles share a piece of the way across."""
    return one[0] < other[0] + other[2] and other[0] < one[0] + one[2]


def _meet(one: Rect, other: Rect) -> bool:
    return _beside(one, other) and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]


def _down(value: float) -> float:
    return float(value // GRID_PX * GRID_PX)
