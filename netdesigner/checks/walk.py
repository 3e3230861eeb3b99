"""What one walk through a graph leaves behind, so that the next need not go there again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from netdesigner.checks.report import Problem, Trace, TracedNode
from netdesigner.checks.wiring import Slot, Wiring
from netdesigner.document.design import Scope
from netdesigner.parts.layer import Cost
from netdesigner.parts.tensor import TensorSpec

__all__ = ["Found", "Given", "Key", "Walk", "all_walks", "spec_at"]

Given = tuple[TensorSpec | None, ...] | None
"""What a block's inputs get, None in it for what is unknown; None for a network, whose Inputs say it themselves."""

Key = tuple[Scope, tuple[tuple[str, int | float], ...], Given]
"""What tells one walk from another: the graph's scope, the block's parameters and what comes in."""


class Found(NamedTuple):
    """What was found at one node.

    Attributes:
        traced: what flows in and out.
        problems: what is wrong there.
        inner: for a block instance, the walks through the block, each once.
        size: how many layers the node is, with repetitions and blocks written out.
    """

    traced: TracedNode
    problems: tuple[Problem, ...] = ()
    inner: tuple[Walk, ...] = ()
    size: int = 1


class Walk(NamedTuple):
    """A walk through one graph.

    Attributes:
        key: what the walk depends on beside the graph.
        wiring: the graph, read.
        found: by node, what was found there.
        trace: the same for those who read a report.
        problems: what is wrong at the nodes, in the order of the flow.
        instances: the nodes that are block instances, as far as they were entered.
        size: how many layers the graph is, written out.
        cost: of all its nodes.
    """

    key: Key
    wiring: Wiring
    found: Mapping[str, Found]
    trace: Trace
    problems: tuple[Problem, ...]
    instances: tuple[str, ...]
    size: int
    cost: Cost

    @property
    def known(self) -> bool:
        """Whether all that comes in is known, so that shapes inside could be judged."""
        return self.key[2] is None or None not in self.key[2]

    def results(self) -> tuple[TensorSpec, ...] | None:
        """What the Output nodes hand on, None where one of them is unknown."""
        specs = [
            self.trace.nodes[node_id].outputs if node_id in self.trace.nodes else None
            for node_id in self.trace.outputs
        ]
        known = [spec[0] for spec in specs if spec]
        return tuple(known) if specs and len(known) == len(specs) else None


def spec_at(found: Mapping[str, Found], slot: Slot) -> TensorSpec | None:
    """What flows through a wire, None where nothing is wired or it is unknown."""
    if slot is None:
        return None
    source = found.get(slot[0])
    outputs = source.traced.outputs if source is not None else None
    return outputs[slot[1]] if outputs is not None and 0 <= slot[1] < len(outputs) else None


def all_walks(starts: Mapping[str, Walk]) -> Iterator[tuple[str, Walk]]:
    """Every walk, each once, with the place that first led there (`main.encoder.res_2`); outer ones first."""
    seen: set[int] = set()
    waiting = [*reversed([*starts.items()])]
    while waiting:
        name, walk = waiting.pop()
        if id(walk) in seen:
            continue
        seen.add(id(walk))
        yield name, walk
        for node_id in reversed(walk.instances):
            waiting.extend((f"{name}.{node_id}", inner) for inner in reversed(walk.found[node_id].inner))
