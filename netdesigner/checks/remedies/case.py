"""A problem with everything that a remedy needs to know about its surroundings, and the edits that remedies share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from netdesigner.checks.ports import PortBook, Ports
from netdesigner.checks.report import Problem, Trace
from netdesigner.document import edit
from netdesigner.document.design import (
    BLOCK_PREFIX,
    Block,
    Design,
    Edge,
    Graph,
    Network,
    Node,
    Point,
    Scope,
    Value,
)
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.layer import Layer
from netdesigner.parts.task import Task
from netdesigner.parts.tensor import TensorSpec

__all__ = ["Case", "Remedies", "Remedy"]

_STEP_PX = 220.0
"""How far right of a node the next one is put."""


class Remedy(NamedTuple):
    """An edit that may help."""

    text: str
    make: Callable[[], Design]


@dataclass(frozen=True)
class Case:
    """One problem in its surroundings.

    Attributes:
        design: the design that was checked.
        catalog: where parts are found.
        data: what samples look like, where known.
        problem: what is to be mended.
        trace: what flows through the graph the problem lies in; of a block, in an instance that shows it.
        traces: by scope, what flows through the graphs of the design.
    """

    design: Design
    catalog: Catalog
    data: DataSpec | None
    problem: Problem
    trace: Trace
    traces: Mapping[Scope, Trace]

    # ------------------------------------------------------------------------------------------------ what is there

    @property
    def scope(self) -> Scope:
        """Where the problem lies."""
        return self.problem.network

    @property
    def place(self) -> Network | Block:
        """The network or block it lies in."""
        return self.design.place(self.scope)

    @property
    def graph(self) -> Graph:
        """The graph it lies in."""
        return self.place.graph

    @property
    def node(self) -> Node:
        """The node it lies at."""
        return self.graph.nodes[self.problem.node]

    @cached_property
    def names(self) -> Mapping[str, int | float]:
        """What expressions at the problem may use, with the values of a block's defaults."""
        inner = self.place.params if self.scope and isinstance(self.place, Block) else {}
        return {**self.design.variables, **inner}

    @cached_property
    def task(self) -> Task | None:
        """The design's task with its loss; None where there is none or it cannot be made."""
        return self.catalog.task_of(self.design)

    @cached_property
    def _book(self) -> PortBook:
        return PortBook(self.catalog, self.design)

    def ports(self, node_id: str) -> Ports | None:
        """A node's ports, None where its kind is unknown."""
        return self._book.of(self.scope, self.graph.nodes[node_id])

    @cached_property
    def _ends(self) -> tuple[dict[str, list[Edge]], dict[str, list[Edge]]]:
        """By node, the wires that end and that begin there; those without an end are left out."""
        into: dict[str, list[Edge]] = {node_id: [] for node_id in self.graph.nodes}
        out: dict[str, list[Edge]] = {node_id: [] for node_id in self.graph.nodes}
        for edge in self.graph.edges:
            if edge.source in out and edge.target in into:
                into[edge.target].append(edge)
                out[edge.source].append(edge)
        return into, out

    def wires_in(self, node_id: str, port: str = "") -> tuple[Edge, ...]:
        """The wires that end at a node, or at one of its ports."""
        return tuple(edge for edge in self._ends[0][node_id] if port in ("", edge.target_port))

    def wires_out(self, node_id: str) -> tuple[Edge, ...]:
        """The wires that begin at a node."""
        return tuple(self._ends[1][node_id])

    def spec(self, edge: Edge) -> TensorSpec | None:
        """What flows through a wire, where known."""
        ports, traced = self.ports(edge.source), self.trace.nodes.get(edge.source)
        at = ports.output_at.get(edge.source_port) if ports is not None else None
        outputs = traced.outputs if traced is not None else None
        return outputs[at] if at is not None and outputs is not None and at < len(outputs) else None

    def knows(self, *kinds: str) -> bool:
        """Whether there are layers of these kinds."""
        return all(kind in self.catalog.layers for kind in kinds)

    def layer(self, node_id: str) -> Layer | None:
        """A node's layer as it was made, where it could be."""
        traced = self.trace.nodes.get(node_id)
        return traced.layer if traced is not None else None

    def downstream(self, *node_ids: str) -> set[str]:
        """The nodes that some nodes lead to, and those themselves."""
        seen = set(node_ids)
        waiting = [*node_ids]
        while waiting:
            new = {edge.target for edge in self.wires_out(waiting.pop())} - seen
            seen |= new
            waiting += new
        return seen

    def upstream(self, node_id: str) -> set[str]:
        """The nodes that lead to a node, and itself."""
        seen, waiting = {node_id}, [node_id]
        while waiting:
            new = {edge.source for edge in self.wires_in(waiting.pop())} - seen
            seen |= new
            waiting += new
        return seen

    def earlier(self, node_id: str) -> list[str]:
        """The nodes that may feed a node, those that nobody reads first, then the nearest."""
        not_from = self.downstream(node_id)
        read = {edge.source for edge in self.graph.edges}
        already = {edge.source for edge in self.wires_in(node_id)}
        late = {name: -index for index, name in enumerate(self.trace.order)}
        names = [
            name
            for name, node in self.graph.nodes.items()
            if name not in not_from and name not in already and node.kind != "Output" and name in late
        ]
        return sorted(names, key=lambda name: (name in read, self._distance(name, node_id), late[name]))

    def _distance(self, a: str, b: str) -> float:
        (x, y), (u, v) = self.at(a), self.at(b)
        return round(math.hypot(x - u, y - v))

    def at(self, node_id: str) -> Point:
        """Where a node lies."""
        return self.place.layout.get(node_id, (0.0, 0.0))

    # ------------------------------------------------------------------------------------------------------- edits

    def beside(self, node_id: str, steps: int = 1) -> Point:
        """A place right of a node, or left of it with negative steps."""
        x, y = self.at(node_id)
        return (x + steps * _STEP_PX, y)

    def between(self, edge: Edge) -> Point:
        """The middle of a wire."""
        (x, y), (u, v) = self.at(edge.source), self.at(edge.target)
        return (round((x + u) / 2), round((y + v) / 2))

    def inserted(
        self, design: Design, edge: Edge, kind: str, params: Mapping[str, Value]
    ) -> tuple[Design, Edge]:
        """A design with a new node in a wire, and the wire that leads on from that node."""
        design, new = edit.add_node(design, self.scope, kind, self.between(edge), params)
        layer = self.catalog.layers[kind]
        ports = (layer.inputs[0].name, layer.outputs[0].name)
        return edit.insert_on_edge(design, self.scope, edge, new, *ports), Edge(
            new, ports[1], edge.target, edge.target_port
        )

    def insert(
        self, edge: Edge, kind: str, params: Mapping[str, Value] | None = None, what: str = ""
    ) -> Iterator[Remedy]:
        """A new node in a wire, if there is such a kind."""
        if self.knows(kind):
            one = len(self.wires_in(edge.target)) == 1
            where = f"before {edge.target}" if one else f"between {edge.source} and {edge.target}"
            text = f"Insert {what or kind} {where}"
            yield Remedy(text, lambda: self.inserted(self.design, edge, kind, params or {})[0])

    def set_params(self, node_id: str, changes: Mapping[str, Any]) -> Remedy:
        """Parameters of a node set to other values."""
        said = " and ".join(f"{name} to {said_value(value)}" for name, value in changes.items())
        return Remedy(
            f"Set {said} at {node_id}", lambda: edit.set_params(self.design, self.scope, node_id, changes)
        )

    def remove(self, node_id: str) -> Remedy:
        """A node taken out, its neighbours joined."""
        return Remedy(
            f"Remove {node_id}", lambda: edit.remove_nodes(self.design, self.scope, [node_id], reconnect=True)
        )

    def cut(self, edge: Edge) -> Remedy:
        """A wire taken away; its ports are named where it is not the only one between its nodes."""
        beside = [wire for wire in self.wires_in(edge.target) if wire.source == edge.source]
        begin, end = edge.source, edge.target
        if len(beside) > 1:
            begin, end = f"{edge.source_port} of {begin}", f"{edge.target_port} of {end}"
        return Remedy(
            f"Remove the wire from {begin} to {end}",
            lambda: edit.disconnect(self.design, self.scope, [edge]),
        )

    def wire(self, source: str, target: str, port: str, instead_of: Edge | None = None) -> Iterator[Remedy]:
        """A wire from a node's output, alone at the port or beside others where it takes several.

        It begins at the output that is called as the port (`indices`), else at the first.
        """
        ports, ends = self.ports(source), self.ports(target)
        if ports is None or not ports.outputs or ends is None or port not in ends.input_at:
            return
        output = ports.outputs[ports.output_at.get(port, 0)].name
        edge = Edge(source, output, target, port)
        variadic = ends.inputs[ends.input_at[port]].variadic
        begin = source if output == ports.outputs[0].name else f"{output} of {source}"
        where = target if len(ends.inputs) == 1 else f"{port} of {target}"
        text = f"Wire {begin} to {where}" + (f" instead of {instead_of.source}" if instead_of else "")

        def make() -> Design:
            kept = edit.disconnect(self.design, self.scope, [instead_of]) if instead_of else self.design
            return edit.connect(kept, self.scope, edge, replacing=not variadic)

        yield Remedy(text, make)

    def with_graph(self, graph: Graph) -> Design:
        """The design with another graph where the problem lies."""
        return self.design.with_place(self.scope, replace(self.place, graph=graph))

    def with_node(self, node: Node) -> Design:
        """The design with another node where the problem lies, under the same id."""
        return self.with_graph(replace(self.graph, nodes={**self.graph.nodes, self.problem.node: node}))

    @property
    def in_block(self) -> str:
        """The name of the block the problem lies in, or ""."""
        return self.scope[len(BLOCK_PREFIX) :] if self.scope.startswith(BLOCK_PREFIX) else ""


Remedies = Callable[[Case], Iterator[Remedy]]
"""What may help in a case, the best first."""


def said_value(value: object) -> str:
    """A parameter's value as a button says it."""
    if isinstance(value, tuple | list):
        return f"({', '.join(map(said_value, value))})"
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else str(value)
