"""What a graph has to compute, which may be less than it could.

An optional output, such as the indices of a pool, is worked out only where somebody reads it. The checks know it all
the same: on the canvas a wire may begin there.
"""

from __future__ import annotations

from netdesigner.checks.report import Trace, TracedNode

__all__ = ["lean"]


def lean(trace: Trace) -> Trace:
    """The trace without optional outputs that nobody reads, also in its blocks; itself where it has none.

    Blocks that were walked through once are one trace afterwards too.
    """
    return _lean(trace, {})


def _lean(trace: Trace, known: dict[int, Trace]) -> Trace:
    if id(trace) not in known:
        readers = [node for node in trace.nodes.values() if not node.bypassed]
        read = {source for node in readers for source in node.sources if source is not None}
        nodes = {node_id: _lean_node(node_id, node, read, known) for node_id, node in trace.nodes.items()}
        same = all(nodes[node_id] is node for node_id, node in trace.nodes.items())
        known[id(trace)] = trace if same else trace._replace(nodes=nodes)
    return known[id(trace)]


def _lean_node(
    node_id: str, node: TracedNode, read: set[tuple[str, int]], known: dict[int, Trace]
) -> TracedNode:
    if node.inner:
        inner = tuple(_lean(trace, known) for trace in node.inner)
        same = all(new is old for new, old in zip(inner, node.inner, strict=True))
        return node if same else node._replace(inner=inner)
    if node.layer is None:
        return node
    alone = node.layer.alone()
    firm, ports = len(alone.given), len(node.layer.outputs)
    if firm == ports or any((node_id, number) in read for number in range(firm, ports)):
        return node
    return node._replace(layer=alone, outputs=None if node.outputs is None else node.outputs[:firm])
