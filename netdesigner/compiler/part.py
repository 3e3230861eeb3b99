"""A part of a network as a network of its own, such as the decoder of an autoencoder."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import NamedTuple

from netdesigner.checks.report import Trace
from netdesigner.compiler.checked import checked_trace
from netdesigner.document.design import Design, Edge, Graph, Network, Node
from netdesigner.document.spelling import meant
from netdesigner.errors import ExportError
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.tensor import TensorSpec

__all__ = ["WHOLE", "Ends", "part_of"]

_PORT = "output"
"""What the only port of an Input is called."""


class Ends(NamedTuple):
    """Which part of a network is meant.

    Attributes:
        start: the node whose output becomes what the part is given, under its id; "" begins where the network does.
        end: the node whose output becomes what the part gives; "" ends where the network does.
    """

    start: str = ""
    end: str = ""


WHOLE = Ends()


def part_of(design: Design, catalog: Catalog, network: str, ends: Ends) -> Design:
    """A design with a part of one of its networks, whose nodes keep their ids, in that network's place.

    Args:
        design: without errors.
        catalog: where its layers are found.
        network: which network.
        ends: which part of it.

    Raises:
        ExportError: there is no such node, or what lies behind the first also needs something that goes past it.
    """
    start, end = ends
    name, trace = checked_trace(design, catalog, network)
    graph = design.networks[name].graph
    nodes, edges = {**graph.nodes}, [edge for edge in graph.edges if edge.target != start]
    outputs = [node_id for node_id, node in graph.nodes.items() if node.kind == "Output"]
    if start:
        nodes[start] = _input(_only_output(trace, start, name))
        edges = [replace(edge, source_port=_PORT) if edge.source == start else edge for edge in edges]
        outputs = [node_id for node_id in outputs if start in _before(edges, [node_id])]
    if end:
        _only_output(trace, end, name)
        port = next(edge.source_port for edge in graph.edges if edge.source == end)
        node_id = next(new for new in (f"{end}_output", f"{end}_output_") if new not in nodes)
        nodes[node_id], outputs = Node("Output"), [node_id]
        edges.append(Edge(end, port if end != start else _PORT, node_id, "input"))
    needed = _before(edges, outputs)
    _refuse_passers_by(nodes, needed, start, outputs, name)
    kept = {
        node_id: node if node.tied in needed else replace(node, tied="")
        for node_id, node in nodes.items()
        if node_id in needed
    }
    wires = tuple(edge for edge in edges if edge.source in needed and edge.target in needed)
    return replace(design, networks={**design.networks, name: Network(Graph(kept, wires))})


def _only_output(trace: Trace, node_id: str, network: str) -> TensorSpec:
    """What leaves a node, which gives one tensor.

    Raises:
        ExportError: there is no such node, or it gives none or several.
    """
    if node_id not in trace.nodes:
        near = meant(node_id, trace.nodes)
        hint = f"did you mean '{near}'?" if near else f"it has {', '.join(trace.nodes)}"
        raise ExportError(f"network '{network}' has no node '{node_id}' that it needs; {hint}")
    specs = trace.nodes[node_id].outputs or ()
    if len(specs) != 1:
        raise ExportError(
            f"`{node_id}` gives {len(specs)} tensors; a part begins or ends where one leaves a node"
        )
    return specs[0]


def _input(spec: TensorSpec) -> Node:
    """An Input for what leaves a node."""
    lengths = tuple(dim if isinstance(dim, int) else 0 for dim in spec.shape[1:])
    axes = tuple(dim if isinstance(dim, str) else f"axis_{at}" for at, dim in enumerate(spec.shape[1:], 1))
    return Node("Input", {"shape": lengths, "axes": axes, "dtype": spec.dtype})


def _before(edges: Collection[Edge], node_ids: Collection[str]) -> set[str]:
    """Some nodes and all that they need."""
    found, waiting = set(node_ids), [*node_ids]
    while waiting:
        node_id = waiting.pop()
        new = {edge.source for edge in edges if edge.target == node_id} - found
        found |= new
        waiting += new
    return found


def _refuse_passers_by(
    nodes: Mapping[str, Node], needed: Collection[str], start: str, outputs: Collection[str], network: str
) -> None:
    """Raises where a part needs more than it is given."""
    if not start:
        return
    if not outputs or start not in needed:
        raise ExportError(f"nothing that network '{network}' gives is computed from `{start}`")
    others = [node_id for node_id in needed if nodes[node_id].kind == "Input" and node_id != start]
    if others:
        raise ExportError(
            f"what lies behind `{start}` also needs `{min(others)}`, which goes past it; begin with a node that all "
            "goes through"
        )
