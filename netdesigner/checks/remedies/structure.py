"""What may help against loops, missing and surplus wires, loose ends and unknown kinds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations, islice, pairwise

from netdesigner.checks.fit import answers
from netdesigner.checks.remedies.case import Case, Remedies, Remedy
from netdesigner.document import edit
from netdesigner.document.design import BLOCK_PREFIX, Design, Edge, Graph, Value
from netdesigner.document.spelling import nearest
from netdesigner.parts.layer import VaryingLayer
from netdesigner.parts.tensor import TensorSpec

__all__ = ["REMEDIES", "input_params"]


def _loop(case: Case) -> Iterator[Remedy]:
    """Wires of the loop taken away, the one drawn last first, or led from an earlier node."""
    around = set(pairwise((*case.problem.path, case.problem.path[0])))
    edges = [edge for edge in reversed(case.graph.edges) if (edge.source, edge.target) in around]
    for edge in edges[:6]:
        yield case.cut(edge)
    for edge in edges[:6]:
        for source in case.earlier(edge.target)[:2]:
            yield from case.wire(source, edge.target, edge.target_port, instead_of=edge)


def _missing(case: Case) -> Iterator[Remedy]:
    """A wire from a node nearby or from one that feeds another port of the node, or the node taken out."""
    node_id, port = case.problem.node, case.problem.port
    feeding = dict.fromkeys(edge.source for edge in case.wires_in(node_id) if edge.target_port != port)
    sources = [*case.earlier(node_id)[:8], *feeding]
    for source in sorted(sources, key=lambda source: not _called(case, source, port)):
        yield from case.wire(source, node_id, port)
    if not case.graph.ids_of("Input"):
        yield from _no_input(case)
    yield case.remove(case.problem.node)


def _called(case: Case, node_id: str, port: str) -> bool:
    """Whether a node has an output of that name."""
    ports = case.ports(node_id)
    return ports is not None and port in ports.output_at


def _doubled(case: Case) -> Iterator[Remedy]:
    """One wire kept, or all joined before the port."""
    edges = list(dict.fromkeys(case.wires_in(case.problem.node, case.problem.port)))
    for kept in edges[:4]:
        others = [edge for edge in edges if edge != kept]
        only = f"Remove the wire from {others[0].source} to {kept.target}"
        text = only if len(others) == 1 else f"Keep only the wire from {kept.source} to {kept.target}"
        yield Remedy(
            text,
            partial(_only, case, kept),
        )
    for kind in ("Add", "Concat"):
        if case.knows(kind):
            yield Remedy(
                f"Join the wires with {kind} before {case.problem.node}",
                partial(_joined, case, edges, kind),
            )


def _only(case: Case, kept: Edge) -> Design:
    """A design in which one wire alone ends at the problem's port."""
    others = [edge for edge in case.wires_in(kept.target, kept.target_port) if edge != kept]
    return _without_copies(case, edit.disconnect(case.design, case.scope, others))


def _joined(case: Case, edges: Sequence[Edge], kind: str) -> Design:
    target = case.problem.node
    design, new = edit.add_node(case.design, case.scope, kind, case.between(edges[-1]))
    layer = case.catalog.layers[kind]
    graph = design.graph(case.scope)
    ends = (target, case.problem.port)
    kept = [edge for edge in graph.edges if (edge.target, edge.target_port) != ends]
    into = [replace(edge, target=new, target_port=layer.inputs[-1].name) for edge in edges]
    out = Edge(new, layer.outputs[0].name, *ends)
    place = replace(design.place(case.scope), graph=replace(graph, edges=(*kept, *into, out)))
    return design.with_place(case.scope, place)


def _without_copies(case: Case, design: Design) -> Design:
    """A design whose wires at the problem's port are each there once."""
    graph = design.graph(case.scope)
    ends = (case.problem.node, case.problem.port)
    kept: list[Edge] = []
    for edge in graph.edges:
        if (edge.target, edge.target_port) != ends or edge not in kept:
            kept.append(edge)
    return design.with_place(
        case.scope, replace(design.place(case.scope), graph=replace(graph, edges=tuple(kept)))
    )


def _twice(case: Case) -> Iterator[Remedy]:
    """The copies taken away; where a single wire is too few, the node with them."""
    yield Remedy(
        f"Remove the doubled wire to {case.problem.node}", lambda: _without_copies(case, case.design)
    )
    yield Remedy(
        f"Remove {case.problem.node}",
        lambda: edit.remove_nodes(
            _without_copies(case, case.design), case.scope, [case.problem.node], reconnect=True
        ),
    )


def _no_port(case: Case) -> Iterator[Remedy]:
    """The port given back by parameters, the wires led to a port that is there, or taken away, with who reads them."""
    node_id, port = case.problem.node, case.problem.port
    ports = case.ports(node_id)
    if ports is None:
        return
    layer = case.layer(node_id)
    if isinstance(layer, VaryingLayer):
        for changes in layer.gaining(port, *case.trace.nodes[node_id].inputs):
            yield case.set_params(node_id, changes)
    sides = ((ports.input_at, "target", "target_port"), (ports.output_at, "source", "source_port"))
    for known, end, end_port in sides:
        wrong = [e for e in case.graph.edges if getattr(e, end) == node_id and getattr(e, end_port) == port]
        if not wrong or port in known:
            continue
        near = nearest(port, known, alike=0.3)
        taken = {e.target_port for e in case.wires_in(node_id)} if end == "target" else set()
        for name in dict.fromkeys([*near, *(name for name in known if name not in taken)]):
            moved = tuple(replace(e, **{end_port: name}) if e in wrong else e for e in case.graph.edges)
            yield Remedy(
                f"Wire to {name} of {node_id}",
                partial(case.with_graph, replace(case.graph, edges=moved)),
            )
        yield Remedy(
            f"Remove the {'wire' if len(wrong) == 1 else 'wires'} to {port} of {node_id}",
            partial(edit.disconnect, case.design, case.scope, wrong),
        )
        if end == "source":
            readers = list(dict.fromkeys(edge.target for edge in wrong))
            text = (
                f"{_removing(readers)}, which {'reads' if len(readers) == 1 else 'read'} {port} of {node_id}"
            )
            yield Remedy(text, partial(edit.remove_nodes, case.design, case.scope, readers))


def _lost(case: Case) -> Iterator[Remedy]:
    """Wires without an end taken away."""
    nodes = case.graph.nodes
    kept = tuple(e for e in case.graph.edges if e.source in nodes and e.target in nodes)
    yield Remedy("Remove the wires without an end", lambda: case.with_graph(replace(case.graph, edges=kept)))


# -------------------------------------------------------------------------------------------------- loose ends


def _unread(case: Case) -> Iterator[Remedy]:
    """Wired to what waits for a wire, given an Output, or removed with what leads only there."""
    node_id = case.problem.node
    upstream = case.upstream(node_id)
    waiting = [
        (name, port.name)
        for name in case.graph.nodes
        if name not in upstream and (ports := case.ports(name)) is not None
        for port in ports.inputs
        if not port.optional and len(case.wires_in(name, port.name)) < port.least
    ]
    for name, port_name in sorted(waiting, key=lambda end: case.graph.nodes[end[0]].kind != "Output")[:4]:
        yield from case.wire(node_id, name, port_name)
    yield from _output_after(case, node_id)
    yield Remedy(f"Remove {node_id}", lambda: edit.remove_nodes(case.design, case.scope, [node_id]))
    branch = _only_leading_to(case, node_id)
    if len(branch) > 1:
        text = f"Remove {node_id} and {len(branch) - 1} before it"
        yield Remedy(text, lambda: edit.remove_nodes(case.design, case.scope, branch))


def _only_leading_to(case: Case, node_id: str) -> list[str]:
    """The nodes whose every reader is among them, ending with a node; Inputs stay."""
    branch, inside = [node_id], {node_id}
    for name in branch:  # grows while it is walked
        for source in dict.fromkeys(edge.source for edge in case.wires_in(name)):
            readers = {edge.target for edge in case.wires_out(source)}
            if case.graph.nodes[source].kind != "Input" and source not in inside and readers <= inside:
                branch.append(source)
                inside.add(source)
    return branch


def _astray(case: Case) -> Iterator[Remedy]:
    """The whole branch removed, with what it leads to."""
    gone = case.downstream(*case.problem.path)
    names = [name for name in case.graph.nodes if name in gone]
    yield Remedy(_removing(names), lambda: edit.remove_nodes(case.design, case.scope, names))


def _unfed(case: Case) -> Iterator[Remedy]:
    """Its beginning wired to an Input, or all of it removed."""
    for name in case.problem.path:
        ports = case.ports(name)
        for port in ports.inputs if ports else ():
            if not port.optional and not case.wires_in(name, port.name):
                for source in case.graph.ids_of("Input")[:2]:
                    yield from case.wire(source, name, port.name)
    names = list(case.problem.path)
    yield Remedy(_removing(names), lambda: edit.remove_nodes(case.design, case.scope, names))


def _removing(names: Collection[str]) -> str:
    first = next(iter(names))
    return f"Remove {first}" if len(names) == 1 else f"Remove {first} and {len(names) - 1} more"


# -------------------------------------------------------------------------------------------- Input and Output


def input_params(spec: TensorSpec) -> dict[str, Value]:
    """The parameters of an Input that gives a spec; free axes are 0 and carry names."""
    lengths = spec.shape[1:]
    params: dict[str, Value] = {"shape": tuple(dim if isinstance(dim, int) else 0 for dim in lengths)}
    free = [at for at, dim in enumerate(lengths) if isinstance(dim, str)]
    if free:
        named = lengths[: free[-1] + 1]
        params["axes"] = tuple(dim if isinstance(dim, str) else f"axis_{at}" for at, dim in enumerate(named))
    if spec.dtype != "float32":
        params["dtype"] = spec.dtype
    return params


def _input_choices(case: Case) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Parameters for a new Input: the data's, else some usual ones."""
    if case.data is not None:
        yield f"Input {case.data.input}", input_params(case.data.input)
        return
    yield "Input", dict(case.catalog.layers["Input"].initial)
    for shape in ((16,), (16, 16), (3, 32, 32)):
        yield f"Input {TensorSpec(('N', *shape))}", {"shape": shape}


def _no_input(case: Case) -> Iterator[Remedy]:
    """An Input before the first node that waits for a wire."""
    if not case.knows("Input"):
        return
    ids = [*case.trace.order] or [*case.graph.nodes]
    ends = [
        (name, port.name)
        for name in ids
        if (ports := case.ports(name)) is not None
        for port in ports.inputs
        if not port.optional and not case.wires_in(name, port.name)
    ]
    for name, port in ends[:2]:
        for what, params in _input_choices(case):
            yield Remedy(
                f"Add {what} before {name}",
                partial(_with_input, case, name, port, params),
            )
    what, params = next(_input_choices(case))
    yield Remedy(
        f"Add {what}", lambda: edit.add_node(case.design, case.scope, "Input", _corner(case), params)[0]
    )


def _with_input(case: Case, name: str, port: str, params: Mapping[str, Value]) -> Design:
    design, new = edit.add_node(case.design, case.scope, "Input", case.beside(name, -1), params)
    output = case.catalog.layers["Input"].outputs[0].name
    return edit.connect(design, case.scope, Edge(new, output, name, port), replacing=False)


def _corner(case: Case) -> tuple[float, float]:
    """A place left of everything."""
    places = [case.at(name) for name in case.graph.nodes] or [(0.0, 0.0)]
    return (min(x for x, _ in places) - 220.0, min(y for _, y in places))


def _no_output(case: Case) -> Iterator[Remedy]:
    """An Output after the last node that nobody reads."""
    read = {edge.source for edge in case.graph.edges}
    ends = [name for name in reversed(case.trace.order or tuple(case.graph.nodes)) if name not in read]
    for name in ends[:3]:
        yield from _output_after(case, name)


def _output_after(case: Case, name: str) -> Iterator[Remedy]:
    ports = case.ports(name)
    if (
        not case.knows("Output")
        or ports is None
        or not ports.outputs
        or case.graph.nodes[name].kind == "Output"
    ):
        return
    port = ports.outputs[0].name

    def make() -> Design:
        design, new = edit.add_node(case.design, case.scope, "Output", case.beside(name))
        return edit.connect(
            design, case.scope, Edge(name, port, new, case.catalog.layers["Output"].inputs[0].name)
        )

    yield Remedy(f"Add Output after {name}", make)


def _several_outputs(case: Case) -> Iterator[Remedy]:
    """All Outputs but as many as the task compares removed, of those that could be compared with a target."""
    ids = answers(case.trace)
    count = case.task.compares if case.task is not None and case.problem.code == "ND413" else 1
    for kept in islice(combinations(ids, count), 4):
        gone = [name for name in ids if name not in kept]
        text = f"Remove {gone[0]}" if len(gone) == 1 else f"Keep only {' and '.join(kept)}"
        yield Remedy(text, partial(edit.remove_nodes, case.design, case.scope, gone))


def _empty(case: Case) -> Iterator[Remedy]:
    """An Input wired to an Output, to put layers between, or the network removed."""
    if len(case.design.networks) > 1:
        yield Remedy(f"Remove network {case.scope}", lambda: edit.remove_network(case.design, case.scope))
    if case.knows("Input", "Output"):
        what, params = next(_input_choices(case))
        yield Remedy(f"Add {what} and Output", lambda: _begun(case, params))


def _begun(case: Case, params: Mapping[str, Value]) -> Design:
    design, first = edit.add_node(case.design, case.scope, "Input", (0.0, 0.0), params)
    design, last = edit.add_node(design, case.scope, "Output", (440.0, 0.0))
    layers = case.catalog.layers
    return edit.connect(
        design,
        case.scope,
        Edge(first, layers["Input"].outputs[0].name, last, layers["Output"].inputs[0].name),
    )


# ------------------------------------------------------------------------------------------------------- kinds


def _unknown_kind(case: Case) -> Iterator[Remedy]:
    """The nearest kinds there are, or the node taken out."""
    prefix = BLOCK_PREFIX if case.node.block else ""
    known = case.design.blocks if prefix else case.catalog.layers
    given = case.node.block or case.node.kind
    for name in nearest(given, known):
        yield Remedy(f"Change {case.problem.node} to {name}", partial(_of_kind, case, prefix + name))
    yield case.remove(case.problem.node)


def _of_kind(case: Case, kind: str) -> Design:
    """The node as another kind: parameters that it has are kept, wires go to its ports where it has one a side."""
    node_id, node = case.problem.node, case.node
    block = case.design.blocks.get(kind[len(BLOCK_PREFIX) :]) if kind.startswith(BLOCK_PREFIX) else None
    layer = case.catalog.layers.get(kind)
    params = set(block.params) if block else {p.name for p in layer.params()} if layer else set()
    kept = {key: value for key, value in node.params.items() if key in params}
    changed = replace(node, kind=kind, params=kept)
    inputs = block.inputs if block else tuple(port.name for port in layer.inputs) if layer else ()
    outputs = block.outputs if block else tuple(port.name for port in layer.outputs) if layer else ()
    edges = tuple(_to_ports(edge, node_id, inputs, outputs) for edge in case.graph.edges)
    return case.with_graph(Graph({**case.graph.nodes, node_id: changed}, edges))


def _to_ports(edge: Edge, node_id: str, inputs: Sequence[str], outputs: Sequence[str]) -> Edge:
    if edge.target == node_id and len(inputs) == 1:
        edge = replace(edge, target_port=inputs[0])
    if edge.source == node_id and len(outputs) == 1:
        edge = replace(edge, source_port=outputs[0])
    return edge


def _remove(case: Case) -> Iterator[Remedy]:
    yield case.remove(case.problem.node)
    yield Remedy(
        f"Remove {case.problem.node} and its wires",
        lambda: edit.remove_nodes(case.design, case.scope, [case.problem.node]),
    )


def _hands_on_nothing(case: Case) -> Iterator[Remedy]:
    """Something wired to it, or it removed."""
    if case.problem.port:
        yield from _missing(case)
    yield case.remove(case.problem.node)


def _no_bypass(case: Case) -> Iterator[Remedy]:
    node_id = case.problem.node
    yield Remedy(
        f"Switch the bypass of {node_id} off",
        lambda: edit.set_bypassed(case.design, case.scope, [node_id], bypassed=False),
    )


REMEDIES: dict[str, Remedies] = {
    "ND101": _loop,
    "ND102": _missing,
    "ND103": _doubled,
    "ND104": _no_port,
    "ND105": _twice,
    "ND106": _missing,
    "ND107": _unread,
    "ND108": _astray,
    "ND109": _unfed,
    "ND110": _no_input,
    "ND111": _no_output,
    "ND112": _several_outputs,
    "ND113": _empty,
    "ND114": _unknown_kind,
    "ND115": _lost,
    "ND120": _hands_on_nothing,
    "ND121": _no_bypass,
    "ND413": _several_outputs,
    "ND501": _unknown_kind,
    "ND502": _remove,
    "ND503": _no_input,
    "ND504": _no_output,
}
