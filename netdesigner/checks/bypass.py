"""Nodes that are passed by: what comes in goes out unchanged, and the network is computed as if they were not there.

This is said here alone. A wire that leaves such a node brings what feeds the first of its inputs that has a wire; all
of its outputs bring the same. Compiler and exporters see the sources that the checks found, so they meet no such node.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from netdesigner.checks.codes import found
from netdesigner.checks.ports import Ports
from netdesigner.checks.report import Problem
from netdesigner.document.design import Edge, Graph, Node, Scope

__all__ = ["PORTS", "Slot", "bypass_problems", "is_bypassed", "passages"]

Slot = tuple[str, int] | None
"""Where an input comes from: node id and output index, -1 for a port that is not there; None where nothing is wired."""

PORTS = ("Input", "Output")
"""The kinds that cannot be bypassed: they are where a graph begins and ends."""


def is_bypassed(node: Node) -> bool:
    """Whether a node is left out of the network that is computed."""
    return node.bypassed and node.kind not in PORTS


def passages(graph: Graph, ports: Mapping[str, Ports | None]) -> dict[str, Slot]:
    """By bypassed node, what its outputs bring: never another bypassed node's; None where nothing feeds it."""
    passed = {node_id for node_id, node in graph.nodes.items() if is_bypassed(node)}
    if not passed:
        return {}
    feeds = _feeds(graph, ports, passed)
    return {node_id: _origin(node_id, feeds, ports) for node_id in passed}


def _feeds(graph: Graph, ports: Mapping[str, Ports | None], passed: Collection[str]) -> dict[str, Edge]:
    """By bypassed node, the wire that feeds it: the first in the order of its ports, then of the document."""
    feeds: dict[str, Edge] = {}
    for edge in graph.edges:
        own = ports.get(edge.target)
        if edge.target not in passed or edge.source not in graph.nodes:
            continue
        if own is None:
            feeds.setdefault(edge.target, edge)
        elif edge.target_port in own.input_at:
            held = feeds.get(edge.target)
            if held is None or own.input_at[edge.target_port] < own.input_at[held.target_port]:
                feeds[edge.target] = edge
    return feeds


def _origin(node_id: str, feeds: Mapping[str, Edge], ports: Mapping[str, Ports | None]) -> Slot:
    seen = {node_id}
    while node_id in feeds:
        edge = feeds[node_id]
        node_id = edge.source
        if node_id in seen:
            return None  # they feed each other, which is told as a loop
        seen.add(node_id)
        if node_id not in feeds:
            source = ports[node_id]
            return node_id, 0 if source is None else source.output_at.get(edge.source_port, -1)
    return None


def bypass_problems(
    scope: Scope, graph: Graph, ports: Mapping[str, Ports | None], passed: Mapping[str, Slot]
) -> Iterator[Problem]:
    """What is wrong with the bypassed nodes of a graph.

    Args:
        scope: where the graph stands.
        graph: it.
        ports: by node.
        passed: what the bypassed nodes bring.
    """
    for node_id, node in graph.nodes.items():
        if node.bypassed and node_id not in passed:
            text = f"`{node_id}` is an {node.kind}, which cannot be bypassed: switch its bypass off"
            yield found("ND121", text, scope, node_id)
    if not passed:
        return
    fed = {edge.target for edge in graph.edges}
    for node_id in sorted({edge.source for edge in graph.edges} & passed.keys() - fed):
        own = ports[node_id]
        port = own.inputs[0].name if own is not None and own.inputs else ""
        text = f"`{node_id}` is bypassed and nothing is wired to it, so what reads it gets nothing"
        yield found("ND120", text, scope, node_id, port=port)
