"""What flows into and out of a node and what it costs, as rows of text; no Qt."""

from __future__ import annotations

from collections.abc import Sequence

from netdesigner.checks import Trace, TracedNode
from netdesigner.checks.ports import PortBook
from netdesigner.document import Design, Node, Scope
from netdesigner.parts import Catalog, Port, TensorSpec
from netdesigner.ui import formats
from netdesigner.ui.canvas.words import shape_text, value_text

__all__ = ["facts_of"]

Row = tuple[str, str, str]
"""A name, its value, and what the tool tip says."""


def facts_of(design: Design, catalog: Catalog, place: tuple[Scope, str], trace: Trace) -> list[Row]:
    """The ports with what they carry, and the counts.

    Args:
        design: the design.
        catalog: where layers are found.
        place: the scope and the id of the node.
        trace: what the checks found out about the scope.
    """
    scope, node_id = place
    node, traced = design.graph(scope).nodes[node_id], trace.nodes.get(node_id)
    if traced is None:
        return [("Output", "not known yet", "")]
    ports = _Ports(design, catalog, scope)
    given, taken = ports.of(node)
    outputs = traced.outputs if traced.outputs is not None else (None,) * len(taken)
    rows = _inputs(ports, traced, given)
    rows += [(port.name, _shape(spec), port.help) for port, spec in zip(taken, outputs, strict=False)]
    if traced.outputs is not None:
        rows += _costs(traced)
    if node.kind not in catalog.layers and not node.block:
        rows += [(name, value_text(value), "") for name, value in node.params.items()]
    return rows


class _Ports:
    """The ports of the nodes in one scope."""

    def __init__(self, design: Design, catalog: Catalog, scope: Scope) -> None:
        self._scope = scope
        self._nodes = design.graph(scope).nodes
        self._book = PortBook(catalog, design)

    def of(self, node: Node) -> tuple[Sequence[Port], Sequence[Port]]:
        """The inputs and outputs of a node; none of one of an unknown kind."""
        found = self._book.of(self._scope, node)
        return (found.inputs, found.outputs) if found is not None else ((), ())

    def sender(self, source: tuple[str, int]) -> str:
        """The node that a wire comes from, and which of its outputs where it is not the first."""
        node_id, output = source
        outputs = self.of(self._nodes[node_id])[1]
        return f"{outputs[output].name} of {node_id}" if 0 < output < len(outputs) else node_id


def _inputs(ports: _Ports, traced: TracedNode, given: Sequence[Port]) -> list[Row]:
    rows = []
    for index, (spec, source) in enumerate(zip(traced.inputs, traced.sources, strict=True)):
        if given and not (spec is None and source is None):
            port = given[min(index, len(given) - 1)]
            came = f"{_shape(spec)}\nfrom {ports.sender(source)}" if source else _shape(spec)
            rows.append((port.name, came, port.help))
    return rows


def _costs(traced: TracedNode) -> list[Row]:
    cost = traced.cost
    rows = [("Parameters", formats.count(cost.parameters), "")]
    if traced.tied:
        rows.append(("Weights", f"those of {traced.tied}", "They are counted there"))
    if 0 < cost.frozen < cost.parameters:
        rows.append(("Trainable", formats.count(cost.trainable), "The others are frozen"))
    if cost.buffers:
        rows.append(("Buffers", formats.count(cost.buffers), "Numbers kept beside the parameters"))
    return [*rows, ("Multiply-adds", formats.short_count(cost.macs), f"{cost.macs:,} for one sample")]


def _shape(spec: TensorSpec | None) -> str:
    return "not known yet" if spec is None else shape_text(spec)
