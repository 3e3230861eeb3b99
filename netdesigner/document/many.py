"""Changing many nodes in one go: the graph is copied once, however many they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from netdesigner.document.design import Design, Node, Scope
from netdesigner.errors import EditError

__all__ = ["replace_nodes"]


def replace_nodes(design: Design, scope: Scope, nodes: Mapping[str, Node]) -> Design:
    """The design with other nodes under ids that are there; the same design where each is the one it was.

    Raises:
        EditError: a node is not there.
    """
    place = design.place(scope)
    missing = [node_id for node_id in nodes if node_id not in place.graph.nodes]
    if missing:
        raise EditError(f"'{scope}' has no node '{missing[0]}'")
    if all(place.graph.nodes[node_id] is node for node_id, node in nodes.items()):
        return design
    graph = replace(place.graph, nodes={**place.graph.nodes, **nodes})
    return design.with_place(scope, replace(place, graph=graph))
