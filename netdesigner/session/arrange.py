"""Where the nodes of a graph go so that it reads from left to right: a layered layout, without Qt.

The longest chain of layers becomes a straight spine; what runs beside it lies above or below. The steps are those of
K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of hierarchical system structures", IEEE Trans.
Systems, Man and Cybernetics 11 (1981): cycles are broken, nodes get columns, long wires get a place in each column they
cross, the order within columns is chosen against crossings, and then coordinates are given. Every walk over the graph
visits a node once, so a chain of residual blocks, whose paths double with each block, costs no more than any other.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from netdesigner.document import Design, Edge, Graph, Scope
from netdesigner.document.design import Point
from netdesigner.document.edit import move_nodes
from netdesigner.session.lines import Key, Size, Wires, broken, snapped

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "COLUMN_GAP_PX",
    "ROW_GAP_PX",
    "USUAL_AREA",
    "Ends",
    "Pulse",
    "Size",
    "arrange",
    "arranged",
    "effort",
    "in_rows",
    "overlaps",
    "part_of",
    "unplaced",
]

Ends = Callable[[Edge], tuple[float, float]]
"""How far below its node's upper edge a wire leaves its source and enters its target."""

Pulse = Callable[[float], object]

COLUMN_GAP_PX = 96
ROW_GAP_PX = 40
USUAL_SIZE: Size = (176.0, 88.0)

USUAL_AREA: Size = (1000.0, 640.0)
"""How much of the canvas a window of usual size shows."""

_LANE_GAP_PX = 16
_PART_GAP_PX = 80
_LONERS_A_ROW = 6
_SWEEPS = 6
_PASSES = 4


def arrange(
    graph: Graph,
    sizes: Mapping[str, Size] | None = None,
    ends: Ends | None = None,
    area: Size | None = None,
    pulse: Pulse | None = None,
) -> dict[str, Point]:
    """A place for every node, on a grid, the first at (0, 0) or beside it.

    Args:
        graph: nodes and wires; wires to nodes that are not there, loops and cycles are allowed.
        sizes: the nodes' sizes; a usual one for those that are missing.
        ends: where wires touch their nodes, so that the spine can be straight; all at one height if None.
        area: what is seen of the canvas at 100 %; a network too long to be read there is broken into lines, as text
            is, where a single wire goes from one to the next. One line if None.
        pulse: called now and then with the share that is done, 0 to 1; what it raises ends the work.

    Returns:
        Upper left corners by node id. No two nodes overlap.
    """
    known = {node_id: (sizes or {}).get(node_id, USUAL_SIZE) for node_id in graph.nodes}
    import networkx as nx

    whole: nx.DiGraph = nx.DiGraph()
    whole.add_nodes_from(graph.nodes)
    for edge in graph.edges:
        joins_two = edge.source != edge.target and edge.source in known and edge.target in known
        if joins_two and not whole.has_edge(edge.source, edge.target):
            start, end = ends(edge) if ends is not None else (0.0, 0.0)
            whole.add_edge(edge.source, edge.target, drop=start - end)
    return _stacked(whole, known, area, _Share(len(known), pulse))


def arranged(
    design: Design,
    scope: Scope,
    sizes: Mapping[str, Size] | None = None,
    ends: Ends | None = None,
    area: Size | None = USUAL_AREA,
) -> Design:
    """The design with the nodes of a scope arranged; the arguments are those of `arrange`."""
    return move_nodes(design, scope, arrange(design.graph(scope), sizes, ends, area))


def part_of(graph: Graph, node_ids: Iterable[str]) -> Graph:
    """Some nodes of a graph with the wires between them."""
    nodes = {node_id: graph.nodes[node_id] for node_id in node_ids}
    return Graph(nodes, tuple(edge for edge in graph.edges if edge.source in nodes and edge.target in nodes))


def unplaced(design: Design, scope: Scope) -> bool:
    """Whether a scope's nodes were never placed: there are several and all lie on one point."""
    place = design.place(scope)
    points = {place.layout.get(node_id, (0.0, 0.0)) for node_id in place.graph.nodes}
    return len(place.graph.nodes) > 1 and len(points) == 1


def effort(graph: Graph) -> int:
    """How much work `arrange` will be: the columns that all wires cross together, on which its time depends."""
    follow: dict[str, list[str]] = {node_id: [] for node_id in graph.nodes}
    waits = dict.fromkeys(graph.nodes, 0)
    for edge in graph.edges:
        if edge.source in follow and edge.target in follow:
            follow[edge.source].append(edge.target)
            waits[edge.target] += 1
    depth = dict.fromkeys(graph.nodes, 0)
    ready = [node_id for node_id, count in waits.items() if not count]
    crossed = 0
    while ready:
        node_id = ready.pop()
        for target in follow[node_id]:
            depth[target] = max(depth[target], depth[node_id] + 1)
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    for node_id, targets in follow.items():
        crossed += sum(max(1, depth[target] - depth[node_id]) for target in targets)
    return crossed


def in_rows(graph: Graph) -> dict[str, Point]:
    """A place for every node at no cost: in their order, row by row, until they are arranged."""
    a_row = max(1, round(len(graph.nodes) ** 0.5))
    across, down = USUAL_SIZE[0] + COLUMN_GAP_PX, USUAL_SIZE[1] + COLUMN_GAP_PX
    return {
        node_id: (index % a_row * across, index // a_row * down) for index, node_id in enumerate(graph.nodes)
    }


def overlaps(layout: Mapping[str, Point], sizes: Mapping[str, Size]) -> list[tuple[str, str]]:
    """The pairs of nodes that lie on each other, in the order of their left edges."""
    found: list[tuple[str, str]] = []
    waiting: list[str] = []
    for node_id in sorted(layout, key=lambda key: layout[key]):
        (x, y), height = layout[node_id], sizes[node_id][1]
        waiting = [key for key in waiting if layout[key][0] + sizes[key][0] > x]
        found += [
            (key, node_id)
            for key in waiting
            if layout[key][1] < y + height and y < layout[key][1] + sizes[key][1]
        ]
        waiting.append(node_id)
    return found


# ------------------------------------------------------------------------------------------------------ components


class _Share:
    """How much of all nodes has its place; the steps of a piece count the same.

    Args:
        count: of all nodes.
        pulse: what is told.
    """

    def __init__(self, count: int, pulse: Pulse | None) -> None:
        self._of = count * (_SWEEPS + _PASSES)
        self._done = 0
        self._pulse = pulse

    def step(self, nodes: int) -> None:
        """One sweep over a piece of so many nodes is done."""
        self._done += nodes
        if self._pulse is not None:
            self._pulse(min(1.0, self._done / self._of))


def _stacked(
    whole: nx.DiGraph, sizes: Mapping[str, Size], area: Size | None, share: _Share
) -> dict[str, Point]:
    """Unconnected pieces below each other, in the order of the document; single nodes last, in rows."""
    import networkx as nx

    order = {node: index for index, node in enumerate(whole.nodes)}
    pieces = sorted(
        nx.weakly_connected_components(whole), key=lambda piece: min(order[node] for node in piece)
    )
    found: dict[str, Point] = {}
    top = 0.0
    for piece in pieces:
        if len(piece) > 1:
            nodes = sorted(piece, key=order.__getitem__)
            placed = _piece(nodes, whole, sizes, area, share)
            found |= {node: (x, y + top) for node, (x, y) in placed.items()}
            top = max(found[node][1] + sizes[node][1] for node in nodes) + _PART_GAP_PX
            top = snapped(top)
    found |= _rows([node for piece in pieces if len(piece) == 1 for node in piece], sizes, top)
    return found


def _rows(nodes: Sequence[str], sizes: Mapping[str, Size], top: float) -> dict[str, Point]:
    found: dict[str, Point] = {}
    for first in range(0, len(nodes), _LONERS_A_ROW):
        row = nodes[first : first + _LONERS_A_ROW]
        left = 0.0
        for node in row:
            found[node] = (left, top)
            left = snapped(left + sizes[node][0] + COLUMN_GAP_PX)
        top = snapped(top + max(sizes[node][1] for node in row) + ROW_GAP_PX)
    return found


# ------------------------------------------------------------------------------------------------------- one piece


def _piece(
    nodes: Sequence[str],
    whole: nx.DiGraph,
    sizes: Mapping[str, Size],
    area: Size | None,
    share: _Share,
) -> dict[str, Point]:
    graph = _acyclic(nodes, whole)
    column = _columns(graph, nodes)
    spine = _spine(graph, nodes, column)
    wires: Wires = {}
    columns: list[list[Key]] = [[] for _ in range(max(column.values()) + 1)]
    for node in nodes:
        columns[column[node]].append(node)
    for source, target, drop in graph.edges(data="drop"):
        _thread(source, target, drop, column, columns, wires)
    _order(columns, wires, lambda: share.step(len(nodes)))
    tops = _Rows(columns, wires, spine, sizes).placed(lambda: share.step(len(nodes)))
    lefts = _lefts(columns, sizes)
    highest = min(tops[node] for node in nodes)
    placed = {node: (lefts[column[node]], snapped(tops[node] - highest)) for node in nodes}
    return placed if area is None else broken(placed, column, wires, sizes, area)


def _acyclic(nodes: Sequence[str], whole: nx.DiGraph) -> nx.DiGraph:
    """The piece without the wires that close a cycle, found by one depth-first walk in the document's order."""
    import networkx as nx

    graph: nx.DiGraph = nx.DiGraph()
    graph.add_nodes_from(nodes)
    begun: set[str] = set()
    open_nodes: set[str] = set()
    for root in sorted(nodes, key=lambda node: whole.in_degree(node) > 0):
        if root in begun:
            continue
        begun.add(root)
        open_nodes.add(root)
        path = [(root, iter(list(whole.successors(root))))]
        while path:
            node, successors = path[-1]
            for target in successors:
                if target in open_nodes:
                    continue
                graph.add_edge(node, target, drop=whole.edges[node, target]["drop"])
                if target not in begun:
                    begun.add(target)
                    open_nodes.add(target)
                    path.append((target, iter(list(whole.successors(target)))))
                    break
            else:
                open_nodes.discard(node)
                path.pop()
    return graph


def _columns(graph: nx.DiGraph, nodes: Sequence[str]) -> dict[str, int]:
    """Each node one column right of the last that feeds it; what is fed by nothing just left of what it feeds."""
    import networkx as nx

    column: dict[str, int] = {}
    for node in nx.topological_sort(graph):
        column[node] = max((column[source] + 1 for source in graph.predecessors(node)), default=0)
    for node in nodes:
        if graph.in_degree(node) == 0 and graph.out_degree(node) > 0:
            column[node] = min(column[target] for target in graph.successors(node)) - 1
    return column


def _spine(graph: nx.DiGraph, nodes: Sequence[str], column: Mapping[str, int]) -> list[str]:
    """A longest chain; it holds one node of every column.

    What is fed by nothing may have been moved next to what it feeds: a chain through it would end there.
    """
    node = max(nodes, key=column.__getitem__)
    chain = [node]
    while column[node] > 0:
        feeds = [source for source in graph.predecessors(node) if column[source] == column[node] - 1]
        node = next((source for source in feeds if graph.in_degree(source)), feeds[0])
        chain.append(node)
    return chain[::-1]


def _thread(
    source: str, target: str, drop: float, column: Mapping[str, int], columns: list[list[Key]], wires: Wires
) -> None:
    """Cuts a wire into pieces from column to column, through a stand-in in each column that it crosses."""
    previous: Key = source
    for index in range(column[source] + 1, column[target]):
        stand_in: Key = (source, target, index)
        columns[index].append(stand_in)
        wires[previous, stand_in] = drop if previous == source else 0.0
        previous = stand_in
    wires[previous, target] = drop if previous == source else 0.0


def _neighbours(wires: Iterable[tuple[Key, Key]]) -> tuple[dict[Key, list[Key]], dict[Key, list[Key]]]:
    before: dict[Key, list[Key]] = {}
    after: dict[Key, list[Key]] = {}
    for source, target in wires:
        after.setdefault(source, []).append(target)
        before.setdefault(target, []).append(source)
    return before, after


def _order(columns: list[list[Key]], wires: Wires, step: Callable[[], object]) -> None:
    """Orders every column by the median place of its neighbours, there and back, and keeps the best order seen."""
    before, after = _neighbours(wires)
    best, fewest = [list(nodes) for nodes in columns], _crossings(columns, after)
    for sweep in range(_SWEEPS):
        step()
        if fewest == 0:
            continue
        forward = sweep % 2 == 0
        indexes = range(1, len(columns)) if forward else range(len(columns) - 2, -1, -1)
        for index in indexes:
            beside = columns[index - 1 if forward else index + 1]
            places = {node: place for place, node in enumerate(beside)}
            _sort_by_median(columns[index], before if forward else after, places)
        crossings = _crossings(columns, after)
        if crossings < fewest:
            best, fewest = [list(nodes) for nodes in columns], crossings
    columns[:] = best


def _sort_by_median(nodes: list[Key], neighbours: Mapping[Key, list[Key]], places: Mapping[Key, int]) -> None:
    wanted: dict[Key, float] = {}
    for index, node in enumerate(nodes):
        found = [places[other] for other in neighbours.get(node, ()) if other in places]
        wanted[node] = _median(found) if found else float(index)
    nodes.sort(key=wanted.__getitem__)


def _crossings(columns: Sequence[Sequence[Key]], after: Mapping[Key, list[Key]]) -> int:
    total = 0
    for index in range(len(columns) - 1):
        places = {node: place for place, node in enumerate(columns[index + 1])}
        ends: list[int] = []
        for node in columns[index]:
            targets = after.get(node, ())
            ends += [places[targets[0]]] if len(targets) == 1 else sorted(map(places.__getitem__, targets))
        total += _inversions(ends)
    return total


def _inversions(values: Sequence[int]) -> int:
    """How many pairs stand in the wrong order."""
    total = 0
    before: list[int] = []
    for count, value in enumerate(values):
        place = bisect_right(before, value)
        total += count - place
        before.insert(place, value)
    return total


def _median(values: Sequence[float]) -> float:
    """The middle value; most nodes have one neighbour, and asking `statistics` for it takes ten times as long."""
    middle = len(values) // 2
    ordered = values if len(values) == 1 else sorted(values)
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _lefts(columns: Sequence[Sequence[Key]], sizes: Mapping[str, Size]) -> list[float]:
    lefts, left = [], 0.0
    for nodes in columns:
        lefts.append(left)
        widest = max(sizes[node][0] for node in nodes if isinstance(node, str))
        left = snapped(left + widest + COLUMN_GAP_PX)
    return lefts


class _Rows:
    """Gives heights: the spine first, then everything else outward from it, close to what it is wired to."""

    def __init__(
        self, columns: Sequence[Sequence[Key]], wires: Wires, spine: Sequence[str], sizes: Mapping[str, Size]
    ) -> None:
        self._columns = columns
        self._drops = wires
        self._spine = set(spine)
        self._chain = spine
        self._sizes = sizes
        self._before, self._after = _neighbours(wires)
        self._tops: dict[Key, float] = {}

    def placed(self, step: Callable[[], object]) -> dict[Key, float]:
        """The upper edges; `step` is called for each pass."""
        top = 0.0
        for index, node in enumerate(self._chain):
            if index:
                top += self._drops.get((self._chain[index - 1], node), 0.0)
            self._tops[node] = top
        for sweep in range(_PASSES):
            step()
            forward = sweep % 2 == 0
            for nodes in self._columns if forward else reversed(self._columns):
                self._place(nodes, both=sweep > 0)
        return self._tops

    def _place(self, nodes: Sequence[Key], both: bool) -> None:
        middle = next(index for index, node in enumerate(nodes) if node in self._spine)
        for step, side in ((1, nodes[middle + 1 :]), (-1, nodes[:middle][::-1])):
            inner = nodes[middle]
            for node in side:
                self._tops[node] = self._outside(node, inner, step, both)
                inner = node

    def _outside(self, node: Key, inner: Key, step: int, both: bool) -> float:
        """The height nearest to where a node's wires are straight that leaves room for its inner neighbour."""
        gap = ROW_GAP_PX if isinstance(node, str) and isinstance(inner, str) else _LANE_GAP_PX
        if step > 0:
            limit = self._tops[inner] + self._height(inner) + gap
            return max(limit, self._wanted(node, both, limit))
        limit = self._tops[inner] - gap - self._height(node)
        return min(limit, self._wanted(node, both, limit))

    def _wanted(self, node: Key, both: bool, otherwise: float) -> float:
        found = [
            self._tops[source] + self._drops[source, node]
            for source in self._before.get(node, ())
            if source in self._tops
        ]
        if both or not found:
            found += [
                self._tops[target] - self._drops[node, target]
                for target in self._after.get(node, ())
                if target in self._tops
            ]
        return _median(found) if found else otherwise

    def _height(self, node: Key) -> float:
        return self._sizes[node][1] if isinstance(node, str) else 0.0
