"""What a node shows, as values: its words, its ports, its look. No Qt.

A card is made from the node, what the checks found at it, its problems and its wires. Two equal cards look the same,
so a node is repainted only where its card differs from the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from netdesigner.checks import ERROR, Problem, Report, TracedNode
from netdesigner.checks.bypass import is_bypassed
from netdesigner.checks.ports import PortBook, Ports
from netdesigner.document import BLOCK_PREFIX, Design, Edge, Node, Scope, Value
from netdesigner.document.expression import evaluate
from netdesigner.errors import ExpressionError
from netdesigner.parts import Catalog, Layer, Port
from netdesigner.ui.canvas.words import BETWEEN, Parts, more_params_text, params_parts, shape_text, wire_text
from netdesigner.ui.formats import short_count

__all__ = ["BLOCK", "LAYER", "UNKNOWN", "Card", "CardMaker", "PortMark", "WiresAt"]

LAYER = "layer"
BLOCK = "block"
UNKNOWN = "unknown"


class PortMark(NamedTuple):
    """A port as it is drawn.

    Attributes:
        name: of the port.
        wires: how many wires touch it.
        optional: it may stay empty, or unread.
        variadic: it takes any number of wires.
        missing: the node has no such port, but a wire names it.
        help: what it is for, or "".
    """

    name: str
    wires: int = 0
    optional: bool = False
    variadic: bool = False
    missing: bool = False
    help: str = ""


class Card(NamedTuple):
    """What a node shows.

    Attributes:
        name: its id.
        kind: its kind for people.
        category: gives the stripe's colour.
        look: `LAYER`, `BLOCK` or `UNKNOWN`.
        parts: its main parameters in order, each with its name and its words; a line without a name is a remark.
        shape: what leaves its first output; of a block that changes it what comes in too.
        cost: its number of parameters, or "".
        more: its other parameters in one line, or "".
        macs: its multiply-adds for one sample, or "".
        repeat: "×3", or "" where it is applied once.
        severity: of its worst problem: "error", "warning" or "".
        note: the user's words.
        frozen: training does not change its weights.
        rate: what the learning rate of its weights is multiplied with.
        tied: the node whose weights it uses, or "".
        bypassed: it is drawn, but left out of the network.
        inputs, outputs: its ports in order.
    """

    name: str
    kind: str
    category: str
    look: str = LAYER
    parts: tuple[tuple[str, str], ...] = ()
    shape: str = ""
    cost: str = ""
    more: str = ""
    macs: str = ""
    repeat: str = ""
    severity: str = ""
    note: str = ""
    frozen: bool = False
    rate: float = 1.0
    tied: str = ""
    bypassed: bool = False
    inputs: tuple[PortMark, ...] = ()
    outputs: tuple[PortMark, ...] = ()

    @property
    def params(self) -> str:
        """Its main parameters in one line, or ""."""
        return BETWEEN.join(words for _, words in self.parts)

    def ports(self, side: str) -> tuple[PortMark, ...]:
        """The ports of a side, "input" or "output"."""
        return self.inputs if side == "input" else self.outputs


class WiresAt:
    """How many wires touch each port of a graph."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._inputs: dict[str, dict[str, int]] = {}
        self._outputs: dict[str, dict[str, int]] = {}
        for edge in edges:
            _count(self._outputs.setdefault(edge.source, {}), edge.source_port)
            _count(self._inputs.setdefault(edge.target, {}), edge.target_port)

    def inputs(self, node_id: str) -> Mapping[str, int]:
        """Wires by the name of the input port."""
        return self._inputs.get(node_id, {})

    def outputs(self, node_id: str) -> Mapping[str, int]:
        """Wires by the name of the output port."""
        return self._outputs.get(node_id, {})


def _count(wires: dict[str, int], port: str) -> None:
    wires[port] = wires.get(port, 0) + 1


class CardMaker:
    """Makes the cards of one scope in one state.

    Args:
        design, report: the state.
        catalog: where kinds are found.
        scope: the place.
    """

    def __init__(self, design: Design, report: Report, catalog: Catalog, scope: Scope) -> None:
        self._graph = design.graph(scope)
        self._catalog = catalog
        self._scope = scope
        self._ports = PortBook(catalog, design)
        self._blocks = design.blocks
        # Inside a block each use may have other values, so expressions are shown there as they stand.
        self._names = None if scope.startswith(BLOCK_PREFIX) else design.variables
        trace = report.traces.get(scope)
        self._traced: Mapping[str, TracedNode] = trace.nodes if trace else {}
        self._severities = _severities(report.problems, scope)
        self._wires = WiresAt(self._graph.edges)
        self._known_marks: dict[tuple[object, ...], tuple[PortMark, ...]] = {}
        self._layers: dict[str, type[Layer] | None] = {}

    def card(self, node_id: str) -> Card:
        """The card of a node."""
        node = self._graph.nodes[node_id]
        traced = self._traced.get(node_id)
        if node.kind not in self._layers:
            self._layers[node.kind] = self._catalog.layers.get(node.kind)
        layer = self._layers[node.kind]
        kind, category, look, parts = self._look(node, layer, traced)
        ports = self._ports.of(self._scope, node)
        cost, macs = (traced.cost.parameters, traced.cost.macs) if traced else (0, 0)
        return Card(
            name=node_id,
            kind=kind,
            category=category,
            look=look,
            parts=parts,
            shape=_shape(traced, look),
            cost=short_count(cost) if cost else "",
            more=more_params_text(layer, node.params) if layer is not None else "",
            macs=short_count(macs) if macs else "",
            repeat=self._repeat(node),
            severity=self._severities.get(node_id, ""),
            note=node.note,
            frozen=node.frozen,
            rate=node.rate,
            tied=node.tied,
            bypassed=is_bypassed(node),
            inputs=self._marks(ports, "input", self._wires.inputs(node_id)),
            outputs=self._marks(ports, "output", self._wires.outputs(node_id)),
        )

    def _look(
        self, node: Node, layer: type[Layer] | None, traced: TracedNode | None
    ) -> tuple[str, str, str, Parts]:
        if layer is not None:
            known = traced.layer if traced is not None and self._names is not None else None
            params = known.values() if known is not None else node.params
            of_block = self._names is None and node.kind == "Input"  # a block takes what its uses give it
            return layer.label(), layer.category, LAYER, () if of_block else params_parts(layer, params)
        if node.block and node.block in self._blocks:
            given = {**self._blocks[node.block].params, **node.params}
            told = ((name, str(self._computed(value))) for name, value in given.items())
            parts = tuple((name, name if value == name else f"{name} {value}") for name, value in told)
            return node.block, "Block", BLOCK, parts
        if node.block:
            return node.block, "", UNKNOWN, (("", "unknown block"),)
        return node.kind, "", UNKNOWN, (("", "unknown kind"),)

    def _repeat(self, node: Node) -> str:
        times = self._computed(node.repeat)
        return "" if times == 1 else f"×{times}"

    def _computed(self, value: Value) -> Value:
        """The number an expression stands for, where that is the same everywhere."""
        if isinstance(value, str) and self._names is not None:
            with suppress(ExpressionError):
                return evaluate(value, self._names)
        return value

    def _marks(self, ports: Ports | None, side: str, wired: Mapping[str, int]) -> tuple[PortMark, ...]:
        key = (id(ports), side, *wired.items())
        if key not in self._known_marks:
            self._known_marks[key] = self._new_marks(ports, side, wired)
        return self._known_marks[key]

    def _new_marks(self, ports: Ports | None, side: str, wired: Mapping[str, int]) -> tuple[PortMark, ...]:
        declared: Sequence[Port] = ()
        if ports is not None:
            declared = ports.inputs if side == "input" else ports.outputs
        known = {port.name for port in declared}
        marks = [
            PortMark(port.name, wired.get(port.name, 0), port.optional, port.variadic, help=port.help)
            for port in declared
        ]
        others = [(name, count) for name, count in wired.items() if name not in known]
        return (*marks, *(PortMark(name, count, missing=ports is not None) for name, count in others))


def _shape(traced: TracedNode | None, look: str) -> str:
    """What leaves the first output; of a block what it makes of what."""
    if traced is None or not traced.outputs:
        return "–"
    comes, leaves = traced.inputs[0] if traced.inputs else None, traced.outputs[0]
    if look != BLOCK or comes is None or comes.shape == leaves.shape:
        return shape_text(leaves)
    return " → ".join(wire_text(spec).removeprefix("N×") for spec in (comes, leaves))


def _severities(problems: Iterable[Problem], scope: Scope) -> dict[str, str]:
    found: dict[str, str] = {}
    for problem in problems:
        if problem.network == scope and problem.node and found.get(problem.node) != ERROR:
            found[problem.node] = problem.severity
    return found
