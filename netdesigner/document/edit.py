"""Edits: functions that take a design and return a new one.

Each raises `EditError` where the edit does not fit and then nothing has changed. They know ids, ports and wires
but no kinds of layer: what a layer accepts is for the checks to say. Moving a node leaves its graph the same object.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from netdesigner.document.design import (
    AUGMENTATIONS,
    BLOCK_PREFIX,
    Block,
    Choice,
    Design,
    Edge,
    Graph,
    Network,
    Node,
    Phase,
    Point,
    Scope,
    Settings,
    Value,
    name_fault,
    number_in,
)
from netdesigner.document.phases import renamed
from netdesigner.document.routes import carried_routes, routes_of
from netdesigner.errors import EditError

__all__ = [
    "add_network",
    "add_node",
    "choose",
    "connect",
    "disconnect",
    "fresh_id",
    "insert_on_edge",
    "move_nodes",
    "remove_network",
    "remove_nodes",
    "rename_node",
    "rewired",
    "set_augmentations",
    "set_block",
    "set_bypassed",
    "set_data",
    "set_frozen",
    "set_loss",
    "set_note",
    "set_params",
    "set_phases",
    "set_rate",
    "set_repeat",
    "set_task",
    "set_tied",
    "set_training",
    "set_variables",
    "unset_params",
]


def _with_graph(
    design: Design, scope: Scope, graph: Graph, layout: Mapping[str, Point] | None = None
) -> Design:
    place = design.place(scope)
    kept = place.layout if layout is None else layout
    return design.with_place(
        scope, replace(place, graph=graph, layout=kept, annotations=routes_of(place.annotations, graph))
    )


def _node(design: Design, scope: Scope, node_id: str) -> Node:
    try:
        return design.graph(scope).nodes[node_id]
    except KeyError:
        raise EditError(f"'{scope}' has no node '{node_id}'") from None


def _with_node(design: Design, scope: Scope, node_id: str, node: Node) -> Design:
    graph = design.graph(scope)
    return _with_graph(design, scope, replace(graph, nodes={**graph.nodes, node_id: node}))


def fresh_id(kind: str, taken: Collection[str]) -> str:
    """An id for a new node of a kind that is not taken: `Conv2d` gives `conv2d_1`, `conv2d_2`, ...

    Input and Output go without a number as long as they can: there is mostly one.
    """
    stem = "".join(
        c if c.isalnum() and c.isascii() else "_" for c in kind.removeprefix(BLOCK_PREFIX).lower()
    ).strip("_")
    stem = stem if stem[:1].isalpha() else f"node_{stem}".rstrip("_")
    stem = stem[:48]
    if kind in ("Input", "Output") and stem not in taken:
        return stem
    number = 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def add_node(
    design: Design,
    scope: Scope,
    kind: str,
    at: Point = (0.0, 0.0),
    params: Mapping[str, Value] | None = None,
    node_id: str = "",
    repeat: int | str = 1,
) -> tuple[Design, str]:
    """Adds a node.

    Returns:
        The new design and the node's id.

    Raises:
        EditError: the id is taken or is not an identifier.
    """
    place = design.place(scope)
    node_id = node_id or fresh_id(kind, place.graph.nodes)
    _check_new_id(node_id, place.graph.nodes, "node")
    nodes = {**place.graph.nodes, node_id: Node(kind, dict(params or {}), repeat)}
    layout = {**place.layout, node_id: at}
    return _with_graph(design, scope, replace(place.graph, nodes=nodes), layout), node_id


def _check_new_id(name: str, taken: Collection[str], what: str) -> None:
    if fault := name_fault(name):
        raise EditError(f"'{name}' cannot name a {what}: {fault}")
    if name in taken:
        raise EditError(f"there is a {what} '{name}' already")


def remove_nodes(design: Design, scope: Scope, node_ids: Collection[str], reconnect: bool = False) -> Design:
    """Removes nodes with their wires.

    Args:
        reconnect: where a removed node has one wire in, its wires out are joined to that wire's source, and led
            through the points of both.
    """
    place = design.place(scope)
    for node_id in node_ids:
        _node(design, scope, node_id)
    edges = place.graph.edges
    if reconnect:
        routes = dict(place.annotations.routes)
        for node_id in node_ids:
            edges = _bridged(edges, node_id, routes)
        if routes != place.annotations.routes:
            place = replace(place, annotations=replace(place.annotations, routes=routes))
            design = design.with_place(scope, place)
    gone = set(node_ids)
    graph = Graph(
        {key: node for key, node in place.graph.nodes.items() if key not in gone},
        tuple(edge for edge in edges if edge.source not in gone and edge.target not in gone),
    )
    return _with_graph(design, scope, graph, {key: at for key, at in place.layout.items() if key not in gone})


def _bridged(
    edges: tuple[Edge, ...], node_id: str, routes: dict[Edge, tuple[Point, ...]]
) -> tuple[Edge, ...]:
    """The wires with a node's neighbours joined; what they are led through is added to `routes`."""
    incoming = [edge for edge in edges if edge.target == node_id]
    if len(incoming) != 1:
        return edges
    feed = incoming[0]
    for edge in edges:
        points = (*routes.get(feed, ()), *routes.get(edge, ()))
        if edge.source == node_id and points:
            routes[replace(edge, source=feed.source, source_port=feed.source_port)] = points
    return tuple(
        replace(edge, source=feed.source, source_port=feed.source_port) if edge.source == node_id else edge
        for edge in edges
        if edge is not feed
    )


def connect(
    design: Design, scope: Scope, edge: Edge, replacing: bool = True, index: int | None = None
) -> Design:
    """Adds a wire.

    Args:
        replacing: a wire that ends at the same port gives way; switch off for a variadic port.
        index: the wire's place in the order of all edges, which a variadic port receives; the end if None.

    Raises:
        EditError: an end is not there, or the same wire is there already.
    """
    _node(design, scope, edge.source)
    _node(design, scope, edge.target)
    graph = design.graph(scope)
    if edge in graph.edges and replacing:
        raise EditError(f"'{edge.source}' and '{edge.target}' are joined by this wire already")
    kept = [
        old
        for old in graph.edges
        if not (replacing and (old.target, old.target_port) == (edge.target, edge.target_port))
    ]
    kept.insert(len(kept) if index is None else index, edge)
    return _with_graph(design, scope, replace(graph, edges=tuple(kept)))


def disconnect(design: Design, scope: Scope, edges: Iterable[Edge]) -> Design:
    """Removes wires; of equal ones, one for each time it is named."""
    kept = list(design.graph(scope).edges)
    for edge in edges:
        if edge not in kept:
            raise EditError(f"there is no wire from '{edge.source}' to '{edge.target}'")
        kept.remove(edge)
    return _with_graph(design, scope, replace(design.graph(scope), edges=tuple(kept)))


def insert_on_edge(
    design: Design,
    scope: Scope,
    edge: Edge,
    node_id: str,
    input_port: str = "input",
    output_port: str = "output",
    dots_before: int = 0,
) -> Design:
    """Puts a node that is there into a wire, keeping the wire's place in the order.

    Args:
        edge: the wire.
        node_id: the node.
        input_port, output_port: its ports that are wired.
        dots_before: how many of the points that the wire is led through lie before the node; the others come after it.
    """
    _node(design, scope, node_id)
    graph = design.graph(scope)
    if edge not in graph.edges:
        raise EditError(f"there is no wire from '{edge.source}' to '{edge.target}'")
    at = graph.edges.index(edge)
    halves = (
        Edge(edge.source, edge.source_port, node_id, input_port),
        Edge(node_id, output_port, edge.target, edge.target_port),
    )
    points = design.place(scope).annotations.routes.get(edge, ())
    design = _with_graph(
        design, scope, replace(graph, edges=graph.edges[:at] + halves + graph.edges[at + 1 :])
    )
    return _led(design, scope, dict(zip(halves, (points[:dots_before], points[dots_before:]), strict=True)))


def _led(design: Design, scope: Scope, routes: Mapping[Edge, tuple[Point, ...]]) -> Design:
    """Leads new wires through points, where there are any."""
    place = design.place(scope)
    led = {edge: points for edge, points in routes.items() if points}
    if not led:
        return design
    annotations = replace(place.annotations, routes={**place.annotations.routes, **led})
    return design.with_place(scope, replace(place, annotations=annotations))


def move_nodes(design: Design, scope: Scope, positions: Mapping[str, Point]) -> Design:
    """Moves nodes to places, and what the wires between them are led through; the graph stays the same object."""
    place = design.place(scope)
    for node_id in positions:
        _node(design, scope, node_id)
    if all(place.layout.get(node_id) == at for node_id, at in positions.items()):
        return design
    led = carried_routes(place.annotations.routes, place.layout, positions)
    annotations = place.annotations
    if led:
        annotations = replace(annotations, routes={**annotations.routes, **led})
    layout = {**place.layout, **positions}
    return design.with_place(scope, replace(place, layout=layout, annotations=annotations))


def rename_node(design: Design, scope: Scope, node_id: str, new_id: str) -> Design:
    """Gives a node another id, keeping its place in the order, its wires, who uses its weights, when it learns.

    Renaming an Input or Output of a block renames the block's port, so wires at its instances follow.
    """
    if node_id == new_id:
        return design
    node = _node(design, scope, node_id)
    place = design.place(scope)
    _check_new_id(new_id, place.graph.nodes, "node")
    nodes = {
        new_id if key == node_id else key: replace(value, tied=new_id) if value.tied == node_id else value
        for key, value in place.graph.nodes.items()
    }

    def follow(edge: Edge) -> Edge:
        source = new_id if edge.source == node_id else edge.source
        return replace(edge, source=source, target=new_id if edge.target == node_id else edge.target)

    layout = {new_id if key == node_id else key: at for key, at in place.layout.items()}
    phases = renamed(design, scope, {node_id: new_id})
    design = rewired(design, scope, nodes, follow, layout)
    if scope.startswith(BLOCK_PREFIX) and node.kind in ("Input", "Output"):
        design = _rename_port(design, scope, node.kind, node_id, new_id)
    return design if phases is design.training.phases else set_phases(design, phases)


def rewired(
    design: Design,
    scope: Scope,
    nodes: Mapping[str, Node],
    follow: Callable[[Edge], Edge],
    layout: Mapping[str, Point] | None = None,
) -> Design:
    """The design with each wire of a scope as `follow` gives it, led where it was led."""
    place = design.place(scope)
    annotations = place.annotations
    if annotations.routes:
        routes = {follow(edge): points for edge, points in annotations.routes.items()}
        design = design.with_place(scope, replace(place, annotations=replace(annotations, routes=routes)))
    graph = Graph(nodes, tuple(follow(edge) for edge in place.graph.edges))
    return _with_graph(design, scope, graph, layout)


def _rename_port(design: Design, block_kind: str, side: str, old: str, new: str) -> Design:
    for scope in tuple(design.scopes()):
        graph = design.graph(scope)
        instances = {key for key, node in graph.nodes.items() if node.kind == block_kind}
        if not instances:
            continue

        def follow(edge: Edge, instances: set[str] = instances) -> Edge:
            return _with_port(edge, instances, side, old, new)

        design = rewired(design, scope, graph.nodes, follow)
    return design


def _with_port(edge: Edge, instances: set[str], side: str, old: str, new: str) -> Edge:
    if side == "Input" and edge.target in instances and edge.target_port == old:
        return replace(edge, target_port=new)
    if side == "Output" and edge.source in instances and edge.source_port == old:
        return replace(edge, source_port=new)
    return edge


def set_params(design: Design, scope: Scope, node_id: str, changes: Mapping[str, Value]) -> Design:
    """Sets parameters of a node."""
    node = _node(design, scope, node_id)
    if all(name in node.params and _same(node.params[name], value) for name, value in changes.items()):
        return design
    return _with_node(design, scope, node_id, replace(node, params={**node.params, **changes}))


def _same(a: Value, b: Value) -> bool:
    return a == b and type(a) is type(b)


def unset_params(design: Design, scope: Scope, node_id: str, names: Collection[str]) -> Design:
    """Gives parameters of a node their defaults again."""
    node = _node(design, scope, node_id)
    kept = {name: value for name, value in node.params.items() if name not in names}
    return (
        design
        if len(kept) == len(node.params)
        else _with_node(design, scope, node_id, replace(node, params=kept))
    )


def set_repeat(design: Design, scope: Scope, node_id: str, repeat: int | str) -> Design:
    """Sets how many times a node is applied in a row."""
    return _with_node(design, scope, node_id, replace(_node(design, scope, node_id), repeat=repeat))


def set_frozen(design: Design, scope: Scope, node_ids: Iterable[str], frozen: bool) -> Design:
    """Sets whether training leaves the weights of nodes as they are."""
    return _with_all(design, scope, node_ids, lambda node: replace(node, frozen=frozen))


def set_bypassed(design: Design, scope: Scope, node_ids: Iterable[str], bypassed: bool) -> Design:
    """Sets whether nodes are passed by."""
    return _with_all(design, scope, node_ids, lambda node: replace(node, bypassed=bypassed))


def _with_all(
    design: Design, scope: Scope, node_ids: Iterable[str], changed: Callable[[Node], Node]
) -> Design:
    """The design with nodes changed; the same object where that changes nothing."""
    for node_id in node_ids:
        node = _node(design, scope, node_id)
        if (new := changed(node)) != node:
            design = _with_node(design, scope, node_id, new)
    return design


def set_rate(design: Design, scope: Scope, node_ids: Iterable[str], rate: float) -> Design:
    """Sets what the learning rate of nodes' weights is multiplied with."""
    return _with_all(design, scope, node_ids, lambda node: replace(node, rate=rate))


def set_tied(design: Design, scope: Scope, node_id: str, tied: str) -> Design:
    """Lets a node use the weights of another one, or its own again where `tied` is empty."""
    node = _node(design, scope, node_id)
    return design if node.tied == tied else _with_node(design, scope, node_id, replace(node, tied=tied))


def set_note(design: Design, scope: Scope, node_id: str, note: str) -> Design:
    """Sets the user's words at a node."""
    return _with_node(design, scope, node_id, replace(_node(design, scope, node_id), note=note))


def add_network(design: Design, name: str, network: Network | None = None) -> Design:
    """Adds a network, empty if none is given."""
    _check_new_id(name, design.networks, "network")
    return replace(design, networks={**design.networks, name: network or Network()})


def remove_network(design: Design, name: str) -> Design:
    """Removes a network; a design keeps at least one."""
    design.place(name)
    if len(design.networks) == 1:
        raise EditError("a design needs at least one network; add another before removing this one")
    return replace(design, networks={key: value for key, value in design.networks.items() if key != name})


def set_block(design: Design, name: str, block: Block) -> Design:
    """Adds or replaces a block."""
    if name not in design.blocks:
        _check_new_id(name, design.blocks, "block")
    return replace(design, blocks={**design.blocks, name: block})


def set_data(design: Design, data: Choice | None) -> Design:
    """Chooses the data."""
    return replace(design, data=data)


def set_augmentations(design: Design, augmentations: Iterable[Choice]) -> Design:
    """Sets what is done to samples before the network learns from them, in this order."""
    return replace(design, augmentations=tuple(augmentations))


def set_task(design: Design, task: Choice | None) -> Design:
    """Chooses the task; the loss of another task goes."""
    same = task is not None and design.task is not None and task.kind == design.task.kind
    return replace(design, task=task, loss=design.loss if same else None)


def set_loss(design: Design, loss: Choice | None) -> Design:
    """Chooses the loss, None for what is usual for the task."""
    return replace(design, loss=loss)


def set_training(design: Design, training: Settings) -> Design:
    """Sets how the design is trained."""
    return replace(design, training=training)


def set_phases(design: Design, phases: Iterable[Phase]) -> Design:
    """Sets the phases that training goes through."""
    return set_training(design, replace(design.training, phases=tuple(phases)))


def choose(design: Design, section: str, choice: Choice | None) -> Design:
    """Chooses something else in a section of the design, as `Design.choice` gives it; no augmentation removes it.

    Raises:
        EditError: nothing was chosen where there must be something.
    """
    if section.startswith(AUGMENTATIONS):
        there, at = design.augmentations, number_in(section) - 1
        return set_augmentations(design, (*there[:at], *([choice] if choice else []), *there[at + 1 :]))
    if section in (setters := {"data": set_data, "task": set_task, "loss": set_loss}):
        return setters[section](design, choice)
    if choice is None:
        raise EditError(f"a design always has its {section}; choose another one")
    if section == "training":
        return set_training(design, replace(design.training, values=choice.params))
    if section == "optimizer":
        return set_training(design, replace(design.training, optimizer=choice))
    return set_training(design, replace(design.training, schedule=choice))


def set_variables(design: Design, variables: Mapping[str, int | float]) -> Design:
    """Replaces the design's variables.

    Raises:
        EditError: a name is not an identifier.
    """
    for name in variables:
        if fault := name_fault(name):
            raise EditError(f"'{name}' cannot name a variable: {fault}")
    return replace(design, variables=dict(variables))
