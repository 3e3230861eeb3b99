"""Edits of what wires join: another kind of node between them, another output that they leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from netdesigner.document.design import Design, Edge, Node, Scope, Value
from netdesigner.document.edit import disconnect, rename_node, rewired
from netdesigner.errors import EditError

__all__ = ["move_wires", "replace_node"]

Port = tuple[str, str]
"""A node's id and the name of one of its ports."""


def move_wires(design: Design, scope: Scope, source: Port, to: Port) -> Design:
    """Lets all wires of an output leave another output; each keeps its place in the order.

    Raises:
        EditError: a node is not there, or a wire would lead from a node to itself.
    """
    nodes = design.graph(scope).nodes
    for node_id, _ in (source, to):
        if node_id not in nodes:
            raise EditError(f"'{scope}' has no node '{node_id}'")

    def follow(edge: Edge) -> Edge:
        if (edge.source, edge.source_port) != source:
            return edge
        if edge.target == to[0]:
            raise EditError(f"'{to[0]}' cannot feed itself")
        return replace(edge, source=to[0], source_port=to[1])

    return rewired(design, scope, nodes, follow)


def replace_node(
    design: Design,
    scope: Scope,
    node_id: str,
    kind: str,
    params: Mapping[str, Value],
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    new_id: str = "",
) -> Design:
    """Makes a node one of another kind, at its place, with its note, repeats, freezing, tie and bypass.

    Args:
        params: what the new node is given.
        inputs, outputs: by port, the port of the new kind that takes its wires; wires at other ports go.
        new_id: the node's id afterwards; as it was if empty.

    Raises:
        EditError: there is no such node, or the new id cannot be had.
    """
    graph = design.graph(scope)
    if node_id not in graph.nodes:
        raise EditError(f"'{scope}' has no node '{node_id}'")
    lost = [
        edge
        for edge in graph.edges
        if (edge.target == node_id and edge.target_port not in inputs)
        or (edge.source == node_id and edge.source_port not in outputs)
    ]
    design = disconnect(design, scope, lost) if lost else design

    def follow(edge: Edge) -> Edge:
        if edge.target == node_id:
            edge = replace(edge, target_port=inputs[edge.target_port])
        return replace(edge, source_port=outputs[edge.source_port]) if edge.source == node_id else edge

    old = graph.nodes[node_id]
    node = Node(kind, dict(params), old.repeat, old.note, old.frozen, old.tied, old.bypassed, old.rate)
    design = rewired(design, scope, {**graph.nodes, node_id: node}, follow)
    return rename_node(design, scope, node_id, new_id) if new_id else design
