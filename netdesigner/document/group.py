"""Grouping: some nodes of a graph become a block of which one instance stands in their place.

The nodes keep their ids and places, so that `dissolve` is the exact inverse. The new block remembers the place that it
was made from; where that memory is gone, as after loading a file, the order of nodes and of wires to different nodes
is all that may come back otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from netdesigner.document.annotate import mark
from netdesigner.document.blocks import refuse_name
from netdesigner.document.design import (
    BLOCK_PREFIX,
    GRID_PX,
    Annotations,
    Block,
    Design,
    Edge,
    Graph,
    Network,
    Node,
    Point,
    Scope,
)
from netdesigner.document.edit import fresh_id, set_block, set_phases
from netdesigner.document.names import Computes, any_text, free_name, names_of
from netdesigner.document.phases import renamed
from netdesigner.errors import EditError

__all__ = ["COLUMN_PX", "group", "middle_of", "refuse_grouping"]

COLUMN_PX = 272.0
"""From one node to the next beside it: a card and the gap after it."""

_ROW_PX = 96.0
_TELLING_NOTHING = ("input", "inputs", "output")
_LONGEST_STEM = 56
Place = Network | Block


def middle_of(layout: Collection[Point]) -> Point:
    """Where the instance of a block goes that is made of nodes at some places: their middle, on the grid."""
    if not layout:
        return 0.0, 0.0
    xs, ys = [x for x, _ in layout], [y for _, y in layout]
    x, y = (round((min(values) + max(values)) / 2 / GRID_PX) * GRID_PX for values in (xs, ys))
    return x, y


def group(
    design: Design,
    scope: Scope,
    node_ids: Collection[str],
    name: str,
    mark_ids: Collection[str] = (),
    computes: Computes = any_text,
) -> tuple[Design, str]:
    """Makes a block of some nodes, and puts an instance of it in their place.

    A wire that comes in or leaves goes through an Input or Output of the block, one for each thing that is carried,
    named after it. What the nodes use of the parameters of the block around becomes a parameter of the new block, which
    the instance passes on.

    Args:
        node_ids: the nodes; neither Inputs nor Outputs.
        name: what the block is called.
        mark_ids: frames and notes that go into it.
        computes: which texts of nodes are expressions.

    Returns:
        The new design and the id of the instance.

    Raises:
        EditError: there is nothing to group, the name is taken or is no identifier, a node is not there or has to stay
            outside, weights are shared across the border, or a node outside lies between two inside.
    """
    place = design.place(scope)
    refuse_grouping(design, scope, node_ids)
    inside = _inside(place.graph, node_ids)
    refuse_name(design, name)
    for mark_id in mark_ids:
        mark(design, scope, mark_id)
    kind = BLOCK_PREFIX + name
    outside = {key: node for key, node in place.graph.nodes.items() if key not in inside}
    instance = fresh_id(kind, outside)
    cut = _Cut.of(place.graph, inside, instance)
    declared = place.params if isinstance(place, Block) else {}
    used = names_of(inside.values(), computes)
    params = {param: value for param, value in declared.items() if param in used}
    node = Node(kind, {param: param for param in params})
    block = _block(place, inside, cut, mark_ids)
    block = replace(block, params=params, origin=_without_origin(place))
    phases = renamed(design, scope, {key: f"{instance}.{key}" for key in inside})
    design = design.with_place(scope, _around(place, inside, cut, (instance, node), mark_ids))
    return set_phases(set_block(design, name, block), phases), instance


def refuse_grouping(design: Design, scope: Scope, node_ids: Collection[str]) -> None:
    """Refuses nodes that cannot become a block, whatever it is called.

    Raises:
        EditError: as `group` has it.
    """
    graph = design.graph(scope)
    _refuse_ends(scope, graph, node_ids)
    inside = _inside(graph, node_ids)
    _refuse_ties(graph, inside)
    _refuse_between(graph, inside)


def _inside(graph: Graph, node_ids: Collection[str]) -> dict[str, Node]:
    chosen = set(node_ids)
    return {key: node for key, node in graph.nodes.items() if key in chosen}


def _without_origin(place: Place) -> Place:
    return replace(place, origin=None) if isinstance(place, Block) else place


# -------------------------------------------------------------------------------------------------------- refusals


def _refuse_ends(scope: Scope, graph: Graph, node_ids: Collection[str]) -> None:
    if not node_ids:
        raise EditError("no nodes are selected; select those that are to become a block")
    for node_id in node_ids:
        if node_id not in graph.nodes:
            raise EditError(f"'{scope}' has no node '{node_id}'")
        if graph.nodes[node_id].kind in ("Input", "Output"):
            kind = graph.nodes[node_id].kind
            raise EditError(
                f"'{node_id}' is an {kind} of '{scope}' and has to stay; take it out of the selection"
            )


def _refuse_ties(graph: Graph, inside: Mapping[str, Node]) -> None:
    for node_id, node in graph.nodes.items():
        if node.tied in graph.nodes and (node_id in inside) is not (node.tied in inside):
            raise EditError(
                f"'{node_id}' uses the weights of '{node.tied}', which works in one graph only; "
                "select both or give it weights of its own"
            )


def _refuse_between(graph: Graph, inside: Mapping[str, Node]) -> None:
    """Refuses nodes that what is inside feeds and that feed what is inside: the block would feed itself."""
    after = _beyond(inside, [(edge.source, edge.target) for edge in graph.edges])
    before = _beyond(inside, [(edge.target, edge.source) for edge in graph.edges])
    between = [node_id for node_id in graph.nodes if node_id in after and node_id in before]
    if between:
        raise EditError(
            f"'{between[0]}' lies between the selected nodes, and a block is computed as a whole; select it too"
        )


def _beyond(inside: Mapping[str, Node], ways: Collection[tuple[str, str]]) -> set[str]:
    """The nodes outside that ways lead to from inside."""
    follow: dict[str, list[str]] = {}
    for start, end in ways:
        follow.setdefault(start, []).append(end)
    seen: set[str] = set()
    waiting = [*inside]
    while waiting:
        for end in follow.get(waiting.pop(), ()):
            if end not in inside and end not in seen:
                seen.add(end)
                waiting.append(end)
    return seen


# ------------------------------------------------------------------------------------------------------- the wires


@dataclass
class _Cut:
    """The wires of a graph, cut at the border of what is grouped.

    Attributes:
        inner, outer: the wires in the block and around it.
        inputs, outputs: the names of the block's ports, by what they carry.
        inner_routes, outer_routes: the wires that take over the way of a wire that was cut, and that wire.
    """

    inner: list[Edge] = field(default_factory=list)
    outer: list[Edge] = field(default_factory=list)
    inputs: dict[tuple[str, str], str] = field(default_factory=dict)
    outputs: dict[tuple[str, str], str] = field(default_factory=dict)
    inner_routes: dict[Edge, Edge] = field(default_factory=dict)
    outer_routes: dict[Edge, Edge] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: Graph, inside: Mapping[str, Node], instance: str) -> _Cut:
        """Cuts the wires of a graph."""
        cut = cls()
        cut._name_ports(graph, inside)
        coming = [edge for edge in graph.edges if edge.source not in inside and edge.target in inside]
        fans = Counter((edge.source, edge.source_port) for edge in coming)
        started: set[str] = set()
        for edge in graph.edges:
            carried = (edge.source, edge.source_port)
            if edge.source in inside and edge.target in inside:
                cut.inner.append(edge)
                cut.inner_routes[edge] = edge
            elif edge.target in inside:
                port = cut.inputs[carried]
                half, lead = replace(edge, source=port, source_port="output"), Edge(*carried, instance, port)
                cut.inner.append(half)
                if port not in started:
                    cut.outer.append(lead)
                if fans[carried] == 1:
                    cut.outer_routes[lead] = edge
                else:
                    cut.inner_routes[half] = edge
                started.add(port)
            elif edge.source in inside:
                port = cut.outputs[carried]
                if port not in started:
                    cut.inner.append(Edge(*carried, port, "input"))
                started.add(port)
                rest = replace(edge, source=instance, source_port=port)
                cut.outer.append(rest)
                cut.outer_routes[rest] = edge
            else:
                cut.outer.append(edge)
                cut.outer_routes[edge] = edge
        return cut

    def _name_ports(self, graph: Graph, inside: Mapping[str, Node]) -> None:
        ins: dict[tuple[str, str], list[str]] = {}
        outs: dict[tuple[str, str], None] = {}
        for edge in graph.edges:
            if edge.source not in inside and edge.target in inside:
                ins.setdefault((edge.source, edge.source_port), []).append(edge.target_port)
            elif edge.source in inside and edge.target not in inside:
                outs[edge.source, edge.source_port] = None
        taken = set(inside)
        for carried, ports in ins.items():
            self.inputs[carried] = free_name(_input_name(carried, ports, len(ins) == 1), taken)
            taken.add(self.inputs[carried])
        for carried in outs:
            self.outputs[carried] = free_name(_output_name(carried, len(outs) == 1), taken)
            taken.add(self.outputs[carried])


def _input_name(carried: tuple[str, str], ports: list[str], only: bool) -> str:
    """What an Input is called: as the port it feeds where that says something, else as what it comes from."""
    if len(set(ports)) == 1 and ports[0] not in _TELLING_NOTHING:
        return ports[0]
    return "input" if only else _of(carried)


def _output_name(carried: tuple[str, str], only: bool) -> str:
    """What an Output is called: as the port it comes from where that says something, else as its node."""
    if carried[1] not in _TELLING_NOTHING:
        return carried[1]
    return "output" if only else f"{carried[0][:_LONGEST_STEM]}_out"


def _of(carried: tuple[str, str]) -> str:
    node_id, port = carried
    return node_id if port in _TELLING_NOTHING else f"{node_id[:_LONGEST_STEM]}_{port}"[: _LONGEST_STEM + 4]


# -------------------------------------------------------------------------------------------------- inside, around


def _block(place: Place, inside: Mapping[str, Node], cut: _Cut, mark_ids: Collection[str]) -> Block:
    nodes = {
        **{port: Node("Input") for port in cut.inputs.values()},
        **inside,
        **{port: Node("Output") for port in cut.outputs.values()},
    }
    layout = {key: at for key, at in place.layout.items() if key in inside}
    routes = _routes(place.annotations, cut.inner_routes)
    marks = _marks(place.annotations, routes, lambda mark_id: mark_id in mark_ids)
    return Block(Graph(nodes, tuple(cut.inner)), {**layout, **_port_places(cut, layout)}, annotations=marks)


def _around(
    place: Place,
    inside: Mapping[str, Node],
    cut: _Cut,
    instance: tuple[str, Node],
    mark_ids: Collection[str],
) -> Place:
    """The place with the instance where the first of the grouped nodes stood in the order of the document."""
    nodes: dict[str, Node] = {}
    for key, node in place.graph.nodes.items():
        if key not in inside:
            nodes[key] = node
        elif instance[0] not in nodes:
            nodes[instance[0]] = instance[1]
    layout = {key: at for key, at in place.layout.items() if key not in inside}
    layout[instance[0]] = middle_of([at for key, at in place.layout.items() if key in inside])
    routes = _routes(place.annotations, cut.outer_routes)
    marks = _marks(place.annotations, routes, lambda mark_id: mark_id not in mark_ids)
    return replace(place, graph=Graph(nodes, tuple(cut.outer)), layout=layout, annotations=marks)


def _routes(annotations: Annotations, follows: Mapping[Edge, Edge]) -> dict[Edge, tuple[Point, ...]]:
    found = annotations.routes
    return {edge: found[old] for edge, old in follows.items() if old in found}


def _marks(
    annotations: Annotations, routes: Mapping[Edge, tuple[Point, ...]], kept: Callable[[str], bool]
) -> Annotations:
    return Annotations(
        {key: frame for key, frame in annotations.frames.items() if kept(key)},
        {key: note for key, note in annotations.notes.items() if kept(key)},
        routes,
    )


def _port_places(cut: _Cut, layout: Mapping[str, Point]) -> dict[str, Point]:
    """Inputs left of the nodes and Outputs right of them, each level with what it is wired to where there is room."""
    if not layout:
        return {}
    left, right = min(x for x, _ in layout.values()), max(x for x, _ in layout.values())
    places: dict[str, Point] = {}
    for ports, x in ((cut.inputs, left - COLUMN_PX), (cut.outputs, right + COLUMN_PX)):
        beside = {edge.source: edge.target for edge in reversed(cut.inner)}
        beside |= {edge.target: edge.source for edge in reversed(cut.inner) if edge.target in ports.values()}
        lowest = -float("inf")
        wanted = {port: layout.get(beside[port], (x, 0.0))[1] for port in ports.values()}
        for port in sorted(wanted, key=wanted.__getitem__):
            lowest = max(wanted[port], lowest + _ROW_PX)
            places[port] = (x, lowest)
    return places
