"""What is done to several wires at once, by the ports that the kinds have and by what flows: no Qt.

Each function takes a design and returns another one with what could not be done, in the user's words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from netdesigner.checks import Report, check, explain_refusal
from netdesigner.checks.ports import PortBook, Ports
from netdesigner.document import BLOCK_PREFIX, Design, Edge, Node, Scope, Value
from netdesigner.document import edit as edits
from netdesigner.document.rewire import move_wires, replace_node
from netdesigner.errors import EditError
from netdesigner.parts import Catalog, DataSpec
from netdesigner.parts.layer import Port
from netdesigner.parts.part import Param

__all__ = ["Told", "gathered", "in_sequence", "joined", "port_that_fits", "replaced"]

End = tuple[str, str]
"""A node's id and the name of one of its ports."""


@dataclass(frozen=True, slots=True)
class Told:
    """A design after an edit.

    Attributes:
        design: it.
        node_id: the node that was edited, by its present id.
        refused: what could not be done, one sentence each.
    """

    design: Design
    node_id: str = ""
    refused: tuple[str, ...] = ()


def replaced(design: Design, catalog: Catalog, scope: Scope, node_id: str, kind: str) -> Told:
    """A node made one of another kind.

    Wires at ports of the same name stay, the others go to the ports at the same place in the order; where the new kind
    has none, they go. Parameters of the same name and type stay. The id stays too, unless it is one that the program
    gave: `conv2d_1` becomes `linear_1`.

    Raises:
        EditError: the node is not there or of that kind already, or a block would contain itself.
    """
    nodes = design.graph(scope).nodes
    if node_id not in nodes:
        raise EditError(f"'{scope}' has no node '{node_id}'")
    node = nodes[node_id]
    if node.kind == kind:
        raise EditError(f"'{node_id}' is of this kind already")
    if kind == scope:
        raise EditError(f"block '{kind.removeprefix(BLOCK_PREFIX)}' cannot contain itself")
    params = _kept_params(design, catalog, node, kind)
    book = PortBook(catalog, design)
    before, after = book.of(scope, node), book.of(scope, Node(kind, params))
    if after is None:
        raise EditError(f"there is no layer or block '{kind.removeprefix(BLOCK_PREFIX)}'")
    inputs, outputs = _matches(before, after, "inputs"), _matches(before, after, "outputs")
    new_id = edits.fresh_id(kind, nodes) if _is_given(node_id, node.kind) else ""
    after_edit = replace_node(design, scope, node_id, kind, params, inputs, outputs, new_id)
    kept = {"inputs": inputs, "outputs": outputs}
    return Told(after_edit, new_id or node_id, tuple(_lost(design, scope, node_id, kind, kept)))


def _is_given(node_id: str, kind: str) -> bool:
    """Whether an id is one that a node of a kind gets by itself."""
    stem = edits.fresh_id(kind, ()).rpartition("_")[0] or edits.fresh_id(kind, ())
    rest = node_id.removeprefix(stem)
    return rest != node_id and (not rest or (rest[0] == "_" and rest[1:].isdecimal()))


def _kept_params(design: Design, catalog: Catalog, node: Node, kind: str) -> dict[str, Value]:
    """What a new node starts with, and what the old one's parameters of the same name and type are set to."""
    layer = catalog.layers.get(kind)
    if layer is None:
        block = design.blocks.get(kind.removeprefix(BLOCK_PREFIX))
        names = block.params if block is not None else {}
        return {name: value for name, value in node.params.items() if name in names}
    old = catalog.layers.get(node.kind)
    types = {param.name: param.type for param in old.params()} if old is not None else {}
    kept = {
        param.name: node.params[param.name]
        for param in layer.params()
        if param.name in node.params
        and types.get(param.name, param.type) == param.type
        and _may_be(param, node.params[param.name])
    }
    return {**layer.initial, **kept}


def _may_be(param: Param, value: Value) -> bool:
    """Whether a choice of the old kind is one of the new kind too."""
    return not param.choices or not isinstance(value, str) or value in param.choices


def _matches(before: Ports | None, after: Ports, side: str) -> dict[str, str]:
    """By port of the old kind, the port of the new one: of the same name, else the next one that is left."""
    old: Sequence[Port] = getattr(before, side) if before is not None else ()
    new: Sequence[Port] = getattr(after, side)
    names = {port.name for port in new}
    found = {port.name: port.name for port in old if port.name in names}
    free = iter([port for port in new if port.name not in found])
    for port in old:
        if port.name not in found and (other := next(free, None)) is not None:
            found[port.name] = other.name
    return found


def _lost(
    design: Design, scope: Scope, node_id: str, kind: str, kept: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """Which wires went, one sentence each."""
    name = kind.removeprefix(BLOCK_PREFIX)
    for edge in design.graph(scope).edges:
        if edge.target == node_id and edge.target_port not in kept["inputs"]:
            yield f"the wire from {edge.source} went: {name} has no further input"
        if edge.source == node_id and edge.source_port not in kept["outputs"]:
            yield f"the wire to {edge.target} went: {name} has no further output"


# ------------------------------------------------------------------------------------------------------- joining


def port_that_fits(
    design: Design,
    catalog: Catalog,
    scope: Scope,
    fixed: End,
    side: str,
    node_id: str,
    data: DataSpec | None = None,
    report: Report | None = None,
) -> tuple[Port | None, str]:
    """The first port of a node that a wire from a port may end at: free ones first, then those it would take over.

    Args:
        fixed: the port that the wire has already.
        side: on which side of the node its other end is, "input" or "output".
        node_id: the node.
        data, report: as for `explain_refusal`.

    Returns:
        The port and "", or None and why the first one does not fit.
    """
    graph = design.graph(scope)
    ports = PortBook(catalog, design).of(scope, graph.nodes[node_id])
    if side == "input":
        taken = {edge.target_port for edge in graph.edges if edge.target == node_id}
        declared = ports.inputs if ports is not None else ()
    else:
        taken = {edge.source_port for edge in graph.edges if edge.source == node_id}
        declared = ports.outputs if ports is not None else ()
    first = "" if declared else f"`{node_id}` has no {side}"
    for port in sorted(declared, key=lambda port: port.name in taken and not port.variadic):
        end = (node_id, port.name)
        edge = Edge(*fixed, *end) if side == "input" else Edge(*end, *fixed)
        refused = explain_refusal(design, catalog, scope, edge, data, report)
        if not refused:
            return port, ""
        first = first or refused
    return None, first


def joined(
    design: Design,
    catalog: Catalog,
    scope: Scope,
    pair: tuple[str, str],
    data: DataSpec | None = None,
    report: Report | None = None,
) -> tuple[Design | None, str]:
    """Wires a node to another through the first ports that fit: free ones first, then those whose wire gives way.

    Returns:
        The design and "", or None and why the first ports do not fit.
    """
    source = PortBook(catalog, design).of(scope, design.graph(scope).nodes[pair[0]])
    outputs = source.outputs if source is not None else ()
    first = "" if outputs else f"`{pair[0]}` has no output"
    for output in outputs:
        end = (pair[0], output.name)
        port, refused = port_that_fits(design, catalog, scope, end, "input", pair[1], data, report)
        if port is not None:
            edge = Edge(*end, pair[1], port.name)
            return edits.connect(design, scope, edge, replacing=not port.variadic), ""
        first = first or refused
    return None, first


def in_sequence(
    design: Design,
    catalog: Catalog,
    scope: Scope,
    node_ids: Sequence[str],
    data: DataSpec | None = None,
    report: Report | None = None,
) -> Told:
    """Wires nodes one after the other; those that are joined already stay so.

    Args:
        node_ids: in the order of the sequence.
        data, report: as for `explain_refusal`.
    """
    refused: list[str] = []
    for pair in pairwise(node_ids):
        if any((edge.source, edge.target) == pair for edge in design.graph(scope).edges):
            continue
        after, reason = joined(design, catalog, scope, pair, data, report)
        if after is None:
            refused.append(f"`{pair[0]}` and `{pair[1]}` were not joined: {reason}")
        else:
            design, report = after, check(after, catalog, data, report)
    return Told(design, "", tuple(refused))


def gathered(
    design: Design,
    catalog: Catalog,
    scope: Scope,
    source: End,
    to: End,
    data: DataSpec | None = None,
    report: Report | None = None,
) -> Told:
    """All wires of an output led away from another one, or none of them where one cannot be.

    Args:
        source, to: the outputs, as the node's id and the port's name.
        data, report: as for `explain_refusal`.
    """
    graph = design.graph(scope)
    wires = [edge for edge in graph.edges if (edge.source, edge.source_port) == source]
    loose = edits.disconnect(design, scope, wires)
    report = check(loose, catalog, data, report)
    reasons = (
        explain_refusal(loose, catalog, scope, Edge(*to, edge.target, edge.target_port), data, report)
        for edge in wires
    )
    refused = next(filter(None, reasons), "")
    return Told(design, "", (refused,)) if refused else Told(move_wires(design, scope, source, to))
