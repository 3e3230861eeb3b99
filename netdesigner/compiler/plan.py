"""In which order a network computes, and how long it keeps each tensor.

A plan is worked out once from a checked graph and holds names and numbers only, so that a module that walks it can be
copied and pickled. Values live in numbered slots; a slot is used again as soon as its value had its last reader. Nodes
that follow one another with nothing branching off are one step.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from netdesigner.checks.report import Trace

__all__ = ["Plan", "Step", "Value", "needed_nodes", "origins", "plan_of"]

Value = tuple[str, int]
"""What flows through a wire: the node that gives it and the number of that node's output."""

Step = tuple[tuple[str, ...], int | tuple[int | None, ...], int | tuple[int | None, ...], tuple[int, ...]]
"""Calls in a row: (submodules, slots the first reads, slots the last writes, slots to empty before).

A number instead of a tuple stands for a single tensor, which most nodes read and write; only those form rows. None
among the slots read is an optional port without a wire; among those written, an output that nobody reads. This is a
plain tuple because unpacking one is all that a step costs.
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls of one network or block.

    Attributes:
        inputs: how many tensors it takes; they start in the first slots.
        spare: how many slots there are beyond those.
        steps: the calls in order.
        outputs: the slots that hold the results at the end, in the order of the Output nodes.
        output_ids: the ids of the Output nodes.
    """

    inputs: int
    spare: int
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]
    output_ids: tuple[str, ...]


def needed_nodes(trace: Trace) -> tuple[str, ...]:
    """The nodes that some output depends on, in the order they run; Input and Output nodes are not among them."""
    ports = {*trace.inputs, *trace.outputs}
    waiting, needed = list(trace.outputs), set(trace.outputs)
    while waiting:
        for source in trace.nodes[waiting.pop()].sources:
            if source is not None and source[0] not in needed:
                needed.add(source[0])
                waiting.append(source[0])
    return tuple(node_id for node_id in trace.order if node_id in needed and node_id not in ports)


def origins(trace: Trace, node_id: str) -> tuple[Value | None, ...]:
    """The values a node reads. An Output in the middle of a graph hands on what it gets, so it is looked through."""
    return tuple(_origin(trace, source) for source in trace.nodes[node_id].sources)


def _origin(trace: Trace, source: Value | None) -> Value | None:
    while source is not None and source[0] in trace.outputs:
        source = trace.nodes[source[0]].sources[0]
    return source


def plan_of(trace: Trace) -> Plan:
    """The plan of a graph in which the checks found no error."""
    reads = {node_id: origins(trace, node_id) for node_id in needed_nodes(trace)}
    results = [value for node_id in trace.outputs for value in origins(trace, node_id) if value is not None]
    readers = Counter(value for values in [*reads.values(), results] for value in values if value is not None)
    rows = _rows(trace, reads, readers)
    return _with_slots(trace, rows, reads, readers, results)


Reads = Mapping[str, tuple[Value | None, ...]]


def _rows(trace: Trace, reads: Reads, readers: Mapping[Value, int]) -> list[tuple[str, ...]]:
    """The nodes in order, those in one row that take a single tensor and pass one to their neighbour alone.

    A node whose only port is empty takes none, such as learned numbers that need no batch: it stands alone.
    """
    rows: list[tuple[str, ...]] = []
    for node_id, values in reads.items():
        before = rows[-1][-1] if rows else ""
        alone = values == ((before, 0),) and readers[before, 0] == 1
        if alone and _is_plain(trace, before) and reads[before] != (None,) and _is_plain(trace, node_id):
            rows[-1] += (node_id,)
        else:
            rows.append((node_id,))
    return rows


def _is_plain(trace: Trace, node_id: str) -> bool:
    """Whether a node takes one tensor and gives one."""
    node = trace.nodes[node_id]
    return len(node.sources) == 1 and len(node.outputs or ()) == 1


def _with_slots(
    trace: Trace,
    rows: list[tuple[str, ...]],
    reads: Reads,
    readers: Mapping[Value, int],
    results: Iterable[Value],
) -> Plan:
    left = dict(readers)
    place: dict[Value, int] = {(node_id, 0): slot for slot, node_id in enumerate(trace.inputs)}
    slots = _Slots(len(place))
    steps = []
    for row in rows:
        values = reads[row[0]]
        sources = tuple(None if value is None else place[value] for value in values)
        for value in values:
            if value is not None:
                left[value] -= 1
        ended = [value for value in dict.fromkeys(values) if value is not None and left[value] == 0]
        dead = tuple(place.pop(value) for value in ended)
        slots.release(dead)
        written = [(row[-1], output) for output in range(len(trace.nodes[row[-1]].outputs or ()))]
        place |= {value: slots.take() for value in written if value in left}
        targets = tuple(place.get(value) for value in written)
        steps.append((row, _single(sources), _single(targets), dead))
    spare = slots.count - len(trace.inputs)
    return Plan(
        len(trace.inputs), spare, tuple(steps), tuple(place[value] for value in results), trace.outputs
    )


def _single(slots: tuple[int | None, ...]) -> int | tuple[int | None, ...]:
    """A lone slot without its tuple."""
    lone = slots[0] if len(slots) == 1 else None
    return slots if lone is None else lone


class _Slots:
    """Hands out the numbers of slots, the one given back last first."""

    def __init__(self, taken: int) -> None:
        self.count = taken
        self._free: list[int] = []

    def take(self) -> int:
        """A slot that holds nothing."""
        if self._free:
            return self._free.pop()
        self.count += 1
        return self.count - 1

    def release(self, slots: Iterable[int]) -> None:
        """Takes slots back."""
        self._free += slots
