"""Where new nodes go, and how others make room for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import QRectF

from netdesigner.document import Block, Design, Edge, Graph, Network, Scope, annotate
from netdesigner.document import edit as edits
from netdesigner.document.design import Point
from netdesigner.session import lines
from netdesigner.session.arrange import COLUMN_GAP_PX, ROW_GAP_PX, overlaps
from netdesigner.session.framing import carried
from netdesigner.ui.canvas.metrics import CARD_WIDTH_PX
from netdesigner.ui.canvas.node_item import NodeItem
from netdesigner.ui.canvas.scene import CanvasScene

__all__ = [
    "USUAL_HEIGHT_PX",
    "below_others",
    "beside",
    "downstream",
    "given_way",
    "inside_wire",
    "make_room",
    "snapped",
    "spread",
]

USUAL_HEIGHT_PX = 88
_STRAIGHT_PX = 40
_LEAST_GAP_PX = 40


def snapped(at: Point) -> Point:
    """The nearest point of the grid."""
    return lines.snapped(at[0]), lines.snapped(at[1])


def beside(item: NodeItem) -> Point:
    """The place right of a node, at its height."""
    return snapped((item.body().right() + COLUMN_GAP_PX, item.pos().y()))


def below_others(scene: CanvasScene, at: Point, width: float = CARD_WIDTH_PX) -> Point:
    """The place of a node, or of a row of them that is wider, or the next one below it that no node takes."""
    x, y = at
    for _ in range(len(scene.nodes) + 1):
        wanted = QRectF(x - 8, y - 8, width + 16, USUAL_HEIGHT_PX + 16)
        taken = [item.body() for item in scene.nodes.values() if item.body().intersects(wanted)]
        if not taken:
            break
        y = max(body.bottom() for body in taken) + ROW_GAP_PX
    return snapped((x, y))


def inside_wire(scene: CanvasScene, edge: Edge, at: Point) -> Point:
    """The place of a node that goes into a wire: right of the source, and level with it where it nearly is."""
    source = scene.nodes.get(edge.source)
    if source is None:
        return snapped(at)
    x, y = max(at[0], source.body().right() + _LEAST_GAP_PX), at[1]
    if abs(y - source.pos().y()) <= _STRAIGHT_PX:
        y = source.pos().y()
    return snapped((x, y))


def make_room(place: Network | Block, at: Point, fed: Collection[str]) -> dict[str, Point]:
    """The new places of all that follows a node, so that it does not lie on or close before what it feeds.

    Args:
        place: the graph and where its nodes lie.
        at: where the node goes.
        fed: what it feeds.
    """
    lefts = {node_id: place.layout.get(node_id, (0.0, 0.0))[0] for node_id in place.graph.nodes}
    left = min((lefts[node_id] for node_id in fed), default=at[0] - CARD_WIDTH_PX)
    right = at[0] + CARD_WIDTH_PX
    if left <= at[0] - CARD_WIDTH_PX or left >= right + _LEAST_GAP_PX:
        return {}
    shift = right + COLUMN_GAP_PX - left
    return {
        node_id: snapped((lefts[node_id] + shift, place.layout.get(node_id, (0.0, 0.0))[1]))
        for node_id in downstream(place.graph, fed)
        if lefts[node_id] >= left
    }


def given_way(
    design: Design,
    scope: Scope,
    room: Mapping[str, Point],
    sizes: Mapping[str, tuple[float, float]],
    newcomer: str = "",
) -> Design:
    """The design whose nodes went elsewhere to make room: frames stay around them, and notes beside them.

    Args:
        design: as it is before.
        scope: where they lie.
        room: the new places of those that give way.
        sizes: of the nodes, as far as they are known.
        newcomer: the node for which room is made, if no frame holds it yet.
    """
    place = design.place(scope)
    design = edits.move_nodes(design, scope, room)
    if not room or not place.annotations.marks:
        return design
    others = place.layout.keys() - {newcomer}
    usual = (float(CARD_WIDTH_PX), float(USUAL_HEIGHT_PX))
    before, after = (
        {node_id: (*layout[node_id], *sizes.get(node_id, usual)) for node_id in others}
        for layout in (place.layout, design.place(scope).layout)
    )
    return annotate.set_marks(design, scope, carried(place.annotations, before, after))


def spread(
    layout: Mapping[str, Point], came: Collection[str], at: Point, sizes: Mapping[str, tuple[float, float]]
) -> dict[str, Point]:
    """New places where nodes that took the place of one lie on others: they begin there, and what follows gives way.

    Args:
        layout: where all nodes lie.
        came: the nodes that came in.
        at: where the node was whose place they take.
        sizes: of the nodes, as far as they are known.
    """
    usual = (float(CARD_WIDTH_PX), float(USUAL_HEIGHT_PX))
    known = {node_id: sizes.get(node_id, usual) for node_id in layout}
    inside = {node_id: layout[node_id] for node_id in came if node_id in layout}
    if not any((a in inside) is not (b in inside) for a, b in overlaps(layout, known)):
        return {}
    shift = at[0] - min(x for x, _ in inside.values())
    moved = {node_id: (x + shift, y) for node_id, (x, y) in inside.items()}
    tops = [y for _, y in moved.values()]
    bottoms = [y + known[node_id][1] for node_id, (_, y) in moved.items()]
    beyond = {key: (x, y) for key, (x, y) in layout.items() if key not in inside and x >= at[0]}
    level = {
        key: (x, y)
        for key, (x, y) in beyond.items()
        if y < max(bottoms) + ROW_GAP_PX and y + known[key][1] > min(tops) - ROW_GAP_PX
    }
    right = max(x + known[key][0] for key, (x, _) in moved.items()) + COLUMN_GAP_PX
    for following in (level, beyond):  # what lies in other rows stays where it is, unless the rows then meet
        way = max(0.0, right - min((x for x, _ in following.values()), default=right))
        shifted = {key: (x + way, y) for key, (x, y) in following.items()}
        if not set(overlaps({**layout, **moved, **shifted}, known)) - set(overlaps(layout, known)):
            break
    return {key: snapped(place) for key, place in (moved | shifted).items()}


def downstream(graph: Graph, starts: Collection[str]) -> set[str]:
    """Some nodes and all that wires lead to from them."""
    follows: dict[str, list[str]] = {}
    for edge in graph.edges:
        follows.setdefault(edge.source, []).append(edge.target)
    seen, waiting = set(starts), list(starts)
    while waiting:
        for target in follows.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen
