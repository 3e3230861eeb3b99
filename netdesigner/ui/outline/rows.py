"""What the outline lists, as values: a row for each network and node, those inside a block once it is opened. No Qt."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from netdesigner.checks import ERROR, Trace
from netdesigner.document import BLOCK_PREFIX, Design, Node, Scope
from netdesigner.parts import Catalog, Cost
from netdesigner.session import State
from netdesigner.ui.canvas.words import shape_text

__all__ = ["MEASURES", "Facts", "Listing", "Row"]

MEASURES: Mapping[str, Callable[[Cost], int]] = {
    "Parameters": lambda cost: cost.parameters,
    "Multiply-adds": lambda cost: cost.macs,
}
"""What the bars may measure."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row shows.

    Attributes:
        name: the network's or the node's id.
        kind: for people; "Network" for one.
        category: gives the colour.
        shape: what leaves the first output, or "".
        repeat: "×3", or "".
        cost: of all repetitions, in all repetitions of the blocks around.
        severity: of the worst problem, or "".
        problems: how many there are.
        opens: the scope of the block that the node stands for, or "".
    """

    name: str
    kind: str
    category: str = ""
    shape: str = ""
    repeat: str = ""
    cost: Cost = field(default_factory=Cost)
    severity: str = ""
    problems: int = 0
    opens: Scope = ""


@dataclass(slots=True, eq=False)
class Row:
    """One row.

    Attributes:
        number: tells it from all others, those that are gone included.
        scope: the graph that the node lies in; of a network its name.
        node_id: "" for a network.
        parent: the row around it; None for a network.
        facts: what it shows.
        traces: of the graph inside, one a repetition.
        children: the rows inside, None until they are asked for.
        source: the values that `facts` were made of.
    """

    number: int
    scope: Scope
    node_id: str
    parent: Row | None
    facts: Facts
    traces: tuple[Trace, ...] = ()
    children: list[Row] | None = None
    source: tuple[object, ...] = ()

    @property
    def inside(self) -> Scope:
        """The scope of what stands inside; "" where nothing does."""
        return self.facts.opens if self.node_id else self.scope

    def around(self) -> Iterator[Row]:
        """The row itself and those around it, outward."""
        row: Row | None = self
        while row is not None:
            yield row
            row = row.parent


class Listing:
    """Says which rows there are in a state, in an order, for a text that is searched.

    Args:
        state: the open design.
        catalog: where kinds are found.
        measure: one of `MEASURES`.
        largest_first: by the measure rather than in the order of the flow.
        wanted: what is searched; "" for all.
    """

    _numbers = itertools.count(1)

    def __init__(
        self,
        state: State,
        catalog: Catalog,
        measure: str = "Parameters",
        largest_first: bool = False,
        wanted: str = "",
    ) -> None:
        self._design: Design = state.design
        self._nodes = {scope: state.design.graph(scope).nodes for scope in state.design.scopes()}
        self._traces = state.report.traces
        self._catalog = catalog
        self._measure = MEASURES[measure]
        self._largest_first = largest_first
        self._wanted = wanted.strip().casefold()
        self._problems: dict[tuple[Scope, str], tuple[str, int]] = {}
        for problem in state.report.problems:
            severity, count = self._problems.get((problem.network, problem.node), (problem.severity, 0))
            worst = ERROR if ERROR in (severity, problem.severity) else severity
            self._problems[problem.network, problem.node] = worst, count + 1
        self._holding = self._scopes_with_matches() if self._wanted else frozenset()
        costs = [trace.cost for name, trace in self._traces.items() if name in state.design.networks]
        self.total = self._measure(Cost.total(costs))

    def amount(self, row: Row) -> int:
        """How much of the measure a row has."""
        return self._measure(row.facts.cost)

    def share(self, row: Row) -> float:
        """How much of the whole design's that is, 0 to 1."""
        return self.amount(row) / self.total if self.total else 0.0

    def node(self, scope: Scope, node_id: str) -> Node:
        """The node of an id."""
        return self._nodes[scope][node_id]

    # ---------------------------------------------------------------------------------------------- which rows

    def names(self, row: Row | None) -> list[str]:
        """The names of the rows that stand inside a row; of the networks if None."""
        if row is None:
            return [*self._design.networks]
        scope = row.inside
        nodes, traces = self._nodes_in(row), row.traces
        order = [node_id for node_id in traces[0].order if node_id in nodes] if traces else []
        order += [node_id for node_id in nodes if not traces or node_id not in traces[0].nodes]
        if self._wanted:
            order = [node_id for node_id in order if self._is_listed(scope, node_id)]
        if self._largest_first:
            order.sort(key=lambda node_id: -self._measure(_cost(traces, node_id)))
        return order

    def has_more(self, row: Row | None) -> bool:
        """Whether anything stands inside a row."""
        if row is None or self._wanted:
            return bool(self.names(row))
        return bool(self._nodes_in(row))

    def _nodes_in(self, row: Row) -> Mapping[str, Node]:
        """The nodes inside a row; none in a block that stands inside itself, and none of a row that is about to go."""
        scope = row.inside
        around = itertools.islice(row.around(), 1, None)
        is_around = any(outer.inside == scope for outer in around)
        return {} if is_around else self._nodes.get(scope, {})

    def _is_listed(self, scope: Scope, node_id: str) -> bool:
        node = self.node(scope, node_id)
        return self._matches(node_id, node.kind) or node.kind in self._holding

    def _matches(self, node_id: str, kind: str) -> bool:
        layer = self._catalog.layers.get(kind)
        label = layer.label() if layer is not None else kind.removeprefix(BLOCK_PREFIX)
        return self._wanted in node_id.casefold() or self._wanted in label.casefold()

    def _scopes_with_matches(self) -> frozenset[Scope]:
        """The blocks in which something matches, directly or in a block inside."""
        blocks = {BLOCK_PREFIX + name: block.graph.nodes for name, block in self._design.blocks.items()}
        found = {
            scope
            for scope, nodes in blocks.items()
            if any(self._matches(node_id, node.kind) for node_id, node in nodes.items())
        }
        while more := {
            scope
            for scope, nodes in blocks.items()
            if scope not in found and any(node.kind in found for node in nodes.values())
        }:
            found |= more
        return frozenset(found)

    # ---------------------------------------------------------------------------------------------- what they show

    def new_row(self, parent: Row | None, name: str) -> Row:
        """A row for a network or node."""
        scope, node_id = (name, "") if parent is None else (parent.inside, name)
        row = Row(next(self._numbers), scope, node_id, parent, Facts(name, ""))
        self.refresh(row)
        return row

    def refresh(self, row: Row) -> bool:
        """Brings a row to the present state; returns whether it looks different."""
        if not row.node_id:
            trace = self._traces.get(row.scope)
            row.traces = (trace,) if trace is not None else ()
            severity, count = self._problems.get((row.scope, ""), ("", 0))
            cost = trace.cost if trace is not None else Cost()
            facts = Facts(row.scope, "Network", cost=cost, severity=severity, problems=count)
        else:
            assert row.parent is not None
            node = self.node(row.scope, row.node_id)
            traced = [trace.nodes.get(row.node_id) for trace in row.parent.traces]
            problems = self._problems.get((row.scope, row.node_id))
            source = (row.node_id, node, problems, node.block in self._design.blocks, *traced)
            if len(source) == len(row.source) and all(map(_is_same, source, row.source)):
                return False
            row.source = source
            facts = self._facts(row, problems)
        changed, row.facts = facts != row.facts, facts
        return changed

    def _facts(self, row: Row, problems: tuple[str, int] | None) -> Facts:
        assert row.parent is not None
        node = self.node(row.scope, row.node_id)
        layer = self._catalog.layers.get(node.kind)
        known = node.block in self._design.blocks
        traced = [found for trace in row.parent.traces if (found := trace.nodes.get(row.node_id)) is not None]
        row.traces = tuple(trace for found in traced for trace in found.inner)
        outputs = traced[0].outputs if traced else None
        severity, count = problems or ("", 0)
        return Facts(
            row.node_id,
            layer.label() if layer is not None else node.block or node.kind,
            layer.category if layer is not None else "Block" if known else "",
            shape_text(outputs[0]) if outputs else "",
            "" if node.repeat == 1 else f"×{traced[0].repeat if traced else node.repeat}",
            _cost(row.parent.traces, row.node_id),
            severity,
            count,
            node.kind if known else "",
        )


def _cost(traces: tuple[Trace, ...], node_id: str) -> Cost:
    """What a node costs in all repetitions of what is around it."""
    return Cost.total(trace.nodes[node_id].cost for trace in traces if node_id in trace.nodes)


def _is_same(a: object, b: object) -> bool:
    return a is b or (isinstance(a, tuple | str | bool) and a == b)
