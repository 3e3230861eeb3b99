"""A design in numbers: shapes, parameters and work of every node, as plain values for JSON."""

from __future__ import annotations

from typing import Any

from netdesigner.checks.bypass import is_bypassed
from netdesigner.checks.report import Report, Trace, TracedNode
from netdesigner.document.design import Design, Graph
from netdesigner.parts.layer import Cost

__all__ = ["summary"]


def summary(design: Design, report: Report) -> dict[str, Any]:
    """What `netdesigner summary --json` prints.

    Nodes stand in the order of the flow, those on a loop at the end, bypassed ones not at all. A symbolic dimension is
    its name; an output that is not known because of a problem is left out.

    Args:
        design: the design.
        report: what checking it found.

    Returns:
        `{"networks": {NAME: {"nodes": [{"id", "kind", "outputs": [[dim…]…], "parameters", "trainable", "macs"}…],
        "parameters", "trainable", "macs"}}, "parameters", "trainable", "macs"}`, all of them whole numbers: of the
        parameters those are trainable that are not frozen; multiply-adds are of one sample.
    """
    networks = {
        name: _network(network.graph, report.traces.get(name, Trace()))
        for name, network in design.networks.items()
    }
    return {
        "networks": networks,
        "parameters": sum(network["parameters"] for network in networks.values()),
        "trainable": sum(network["trainable"] for network in networks.values()),
        "macs": sum(network["macs"] for network in networks.values()),
    }


def _network(graph: Graph, trace: Trace) -> dict[str, Any]:
    ids = [*trace.order, *(node_id for node_id in graph.nodes if node_id not in trace.nodes)]
    ids = [node_id for node_id in ids if not is_bypassed(graph.nodes[node_id])]
    cost = trace.cost
    return {
        "nodes": [_node(node_id, graph.nodes[node_id].kind, trace.nodes.get(node_id)) for node_id in ids],
        "parameters": cost.parameters,
        "trainable": cost.trainable,
        "macs": cost.macs,
    }


def _node(node_id: str, kind: str, traced: TracedNode | None) -> dict[str, Any]:
    outputs = traced.outputs or () if traced is not None else ()
    cost = traced.cost if traced is not None else Cost()
    return {
        "id": node_id,
        "kind": kind,
        "outputs": [list(spec.shape) for spec in outputs],
        "parameters": cost.parameters,
        "trainable": cost.trainable,
        "macs": cost.macs,
    }
