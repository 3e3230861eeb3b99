"""A layout in which what lies in a frame stays together and nothing else comes between. No Qt.

Each frame is arranged by itself and then takes part in the layout around it as one large node, whose wires touch it
where they touch the nodes in it; frames in frames likewise, from the inside out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from netdesigner.document import Edge, Graph, Node
from netdesigner.document.design import Frame, Point
from netdesigner.session.arrange import Ends, Pulse, arrange, part_of
from netdesigner.session.framing import Rect, around, box_of, held
from netdesigner.session.lines import Size, snapped_up

__all__ = ["Group", "arrange_framed", "groups_of"]


@dataclass(frozen=True, slots=True)
class Group:
    """What lies in one frame.

    Attributes:
        nodes: those that lie in no frame within it.
        groups: of the frames within it.
        margins: how far the frame reaches beyond all nodes in it, left, above, right and below.
    """

    nodes: frozenset[str]
    groups: tuple[Group, ...] = ()
    margins: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)

    def all_nodes(self) -> frozenset[str]:
        """Those of the frames within it as well."""
        return self.nodes.union(*(group.all_nodes() for group in self.groups))


def groups_of(frames: Iterable[Frame], boxes: Mapping[str, Rect]) -> tuple[Group, ...]:
    """The nodes by the frames they lie in, of several the smallest; frames without nodes are left out.

    Args:
        frames: of one scope.
        boxes: the rectangles of its nodes.
    """
    ordered = sorted(frames, key=lambda frame: frame.size[0] * frame.size[1])
    rects = {str(index): box_of(frame) for index, frame in enumerate(ordered)}
    free, made = dict(boxes), dict[str, Group]()
    for index, frame in enumerate(ordered):
        inside = held(frame, free)
        inner = [key for key in held(frame, rects) if key in made]
        group = Group(frozenset(inside), tuple(made.pop(key) for key in inner))
        if group.all_nodes():
            margins = _margins(box_of(frame), around(boxes[name] for name in group.all_nodes()))
            made[str(index)] = replace(group, margins=margins)
        free = {name: box for name, box in free.items() if name not in inside}
    return tuple(made.values())


def _margins(outer: Rect, inner: Rect) -> tuple[float, float, float, float]:
    """On the grid, so that wires that lead into the frame can be straight."""
    left, top = inner[0] - outer[0], inner[1] - outer[1]
    return (
        snapped_up(left),
        snapped_up(top),
        snapped_up(outer[2] - inner[2] - left),
        snapped_up(outer[3] - inner[3] - top),
    )


def arrange_framed(
    graph: Graph,
    groups: Sequence[Group],
    sizes: Mapping[str, Size],
    ends: Ends,
    area: Size | None = None,
    pulse: Pulse | None = None,
) -> dict[str, Point]:
    """A place for every node, those of a group beside each other; the other arguments are those of `arrange`."""
    owner: dict[str, str] = {}
    inside: dict[str, dict[str, Point]] = {}
    all_sizes = dict(sizes)
    begun: Pulse | None = None if pulse is None else lambda _: pulse(0.0)
    for index, group in enumerate(groups):
        name = f"group {index}"  # no id of a node has a space
        nodes = group.all_nodes()
        part = part_of(graph, [node_id for node_id in graph.nodes if node_id in nodes])
        layout = arrange_framed(part, group.groups, sizes, ends, area, begun)
        left, top, right, bottom = group.margins
        x, y, width, height = around((*at, *sizes[node_id]) for node_id, at in layout.items())
        inside[name] = {node_id: (at[0] - x + left, at[1] - y + top) for node_id, at in layout.items()}
        all_sizes[name] = (left + width + right, snapped_up(top + height + bottom))
        owner |= dict.fromkeys(nodes, name)
    outer, real = _outer(graph, owner)

    def outer_ends(edge: Edge) -> tuple[float, float]:
        wire = real[edge]
        start, end = ends(wire)
        above = inside.get(edge.source, {}).get(wire.source, (0.0, 0.0))[1]
        return start + above, end + inside.get(edge.target, {}).get(wire.target, (0.0, 0.0))[1]

    places = arrange(outer, all_sizes, outer_ends, area, pulse)
    return {
        node_id: _sum(places[name], at)
        for name in places
        for node_id, at in inside.get(name, {name: (0.0, 0.0)}).items()
    }


def _outer(graph: Graph, owner: Mapping[str, str]) -> tuple[Graph, dict[Edge, Edge]]:
    """The graph with one node for each group, and the first of the wires that each of its wires stands for."""
    nodes = {owner.get(node_id, node_id): Node("") for node_id in graph.nodes}
    real: dict[Edge, Edge] = {}
    for edge in graph.edges:
        source, target = owner.get(edge.source, edge.source), owner.get(edge.target, edge.target)
        if source != target:
            real.setdefault(Edge(source, "", target, ""), edge)
    return Graph(nodes, tuple(real)), real


def _sum(one: Point, other: Point) -> Point:
    return one[0] + other[0], one[1] + other[1]
