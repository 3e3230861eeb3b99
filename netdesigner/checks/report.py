"""What checking a design finds: problems, and what flows where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from netdesigner.document.design import Design, Edge, Scope
from netdesigner.parts.layer import Cost, Layer
from netdesigner.parts.tensor import TensorSpec

__all__ = ["ERROR", "WARNING", "Blame", "Fix", "Problem", "Report", "Trace", "TracedNode"]

ERROR = "error"
WARNING = "warning"


class Fix(NamedTuple):
    """An edit that was tried on a copy and does clear its problem.

    Attributes:
        text: what it does, as a button would say it ("Insert Flatten before linear_1").
        design: the design after the edit.
    """

    text: str
    design: Design


class Blame(NamedTuple):
    """How what clashes came to where it clashes, within one scope.

    Attributes:
        cause: the node that began it: it made the shape that is not taken, or made one of two branches another than the
            other; "" where there is no such node.
        shows: the node where it shows.
        ways: the wires to that node, each way from where it begins; two for a join, which begin at the node where its
            branches part.
        sides: what arrives by each way.
    """

    cause: str
    shows: str
    ways: tuple[tuple[Edge, ...], ...] = ()
    sides: tuple[TensorSpec, ...] = ()


class Problem(NamedTuple):
    """Something a user can mend.

    Attributes:
        code: stable and documented, such as "ND101".
        severity: "error" (it cannot be trained) or "warning".
        message: both sides, in the user's words, one line.
        network: the scope it lies in: a network's name or `block:NAME`; "" for the design as a whole.
        node: the node's id, or "".
        port: the port's name, or "".
        param: the parameter's name where one is at fault ("repeat" for the number of repetitions), or "".
        path: ids of the nodes from where the trouble begins to where it shows, in the same scope.
        blame: of a clash of shapes, the wires by which it came about.
        section: which choice of the design is at fault, where one is: "data", "augmentations.2" (the second of them),
            "task", "loss", "training", "optimizer" or "schedule"; else "".
        malformed: what stands there can never be right, whatever is set elsewhere: a kind of layer that nobody knows, a
            text that is no arithmetic. A file with such a problem is one that cannot be used.
        fixes: edits that clear it; filled by `with_fixes`.
    """

    code: str
    severity: str
    message: str
    network: str = ""
    node: str = ""
    port: str = ""
    param: str = ""
    path: tuple[str, ...] = ()
    section: str = ""
    malformed: bool = False
    blame: Blame | None = None
    fixes: tuple[Fix, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """What stays the same while other things are mended: code and place, and of a loop the way round."""
        way = self.path if self.code == "ND101" else ()
        return (self.code, self.network, self.node, self.port, self.param, self.section, *way)


class TracedNode(NamedTuple):
    """One node as the checks walked through it.

    Attributes:
        layer: the layer with its parameters resolved; None for a block instance or a node that cannot be made.
        inputs: what arrives, in the order `Layer.shape` takes it; for a block in the order of its input ports.
        sources: where each of `inputs` comes from as (node id, output index); None for an empty optional port.
        outputs: what leaves, one spec an output port; None where it is unknown because of a problem.
        repeat: how many times it is applied in a row; 1 where that is unknown.
        rounds: `inputs` of each repetition: the first is `inputs`, each later one begins with what the one before
            gave. Same length as `repeat`.
        inner: for a block instance, the trace of the block for each repetition.
        cost: of all repetitions together.
        frozen: training does not change its weights.
        tied: the node whose weights it uses, or ""; then `cost` counts what is left of its own.
        tied_weights: which of them, by torch's names; empty where it is all.
        bypassed: what comes in goes out; it is drawn, and no other node has it among its `sources`.
    """

    layer: Layer | None
    inputs: tuple[TensorSpec | None, ...]
    sources: tuple[tuple[str, int] | None, ...]
    outputs: tuple[TensorSpec, ...] | None
    repeat: int = 1
    rounds: tuple[tuple[TensorSpec | None, ...], ...] = ()
    inner: tuple[Trace, ...] = ()
    cost: Cost = Cost()
    frozen: bool = False
    tied: str = ""
    tied_weights: tuple[str, ...] = ()
    bypassed: bool = False


class Trace(NamedTuple):
    """One graph as the checks walked through it.

    Attributes:
        order: node ids so that each comes after those it reads; without nodes on a cycle.
        nodes: what was found at each node, cyclic ones excepted.
        inputs, outputs: the ids of its Input and Output nodes in the order of the document.
    """

    order: tuple[str, ...] = ()
    nodes: Mapping[str, TracedNode] = MappingProxyType({})
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()

    @property
    def cost(self) -> Cost:
        """What all nodes cost together."""
        return Cost.total(node.cost for node in self.nodes.values())


@dataclass(frozen=True, slots=True)
class Report:
    """All that checking found.

    Attributes:
        problems: errors first, then warnings; within them in the order of the document.
        traces: by scope; a block's is that of its first use, or, if it is not used, empty.
        memo: what the next check takes over; nothing else may look into it.
    """

    problems: tuple[Problem, ...] = ()
    traces: Mapping[Scope, Trace] = field(default_factory=dict)
    memo: object = field(default=None, repr=False, compare=False)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the design from being trained."""
        return tuple(problem for problem in self.problems if problem.severity == ERROR)

    @property
    def network_errors(self) -> tuple[Problem, ...]:
        """The errors but for those of data, task, loss and training, which keep no network from being computed."""
        return tuple(problem for problem in self.errors if not problem.section)

    def outputs(self, scope: Scope, node_id: str) -> tuple[TensorSpec, ...] | None:
        """What leaves a node, or None where that is unknown."""
        trace = self.traces.get(scope)
        node = trace.nodes.get(node_id) if trace else None
        return node.outputs if node else None
