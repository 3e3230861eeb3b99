"""The body of a `forward` as a person would write it.

A value that the next line alone reads is called `x`; one that is needed longer bears the id of its node.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netdesigner.checks.report import Trace, TracedNode
from netdesigner.compiler.plan import Value, needed_nodes, origins
from netdesigner.document.design import Block, Design, Graph
from netdesigner.exporters.python.text import comment

__all__ = ["MODULES", "NOT_NAMES", "SEQUENCE", "Forward", "forward_of", "fresh"]

NOT_NAMES = frozenset({"F", "Tensor", "nn", "range", "self", "super", "torch"})
"""Names that a method's body needs for other things."""
_RUNNING = ("x", "h", "out", "running")

SEQUENCE = "nn.Sequential"
MODULES = "nn.ModuleList"


@dataclass(frozen=True, slots=True)
class Forward:
    """A `forward` as text.

    Attributes:
        inputs: the names of its arguments.
        outputs: how many tensors it returns.
        lines: its statements, indented from the left margin on.
        containers: by node that has modules, what holds them: SEQUENCE or MODULES where it is repeated, else "".
    """

    inputs: tuple[str, ...]
    outputs: int
    lines: tuple[str, ...]
    containers: dict[str, str]


def fresh(name: str, taken: Iterable[str]) -> str:
    """The name, with underscores after it until nothing else is called so."""
    while name in NOT_NAMES or name in taken:
        name += "_"
    return name


def forward_of(trace: Trace, graph: Graph, design: Design) -> Forward:
    """Writes the forward pass of a graph without errors."""
    return _Writer(trace, graph, design).written()


class _Writer:
    """Goes through a graph in the order of its plan, one statement a node."""

    def __init__(self, trace: Trace, graph: Graph, design: Design) -> None:
        self.trace = trace
        self.graph = graph
        self.design = design
        self.order = needed_nodes(trace)
        self.results = [
            value for node_id in trace.outputs for value in origins(trace, node_id) if value is not None
        ]
        self.reads = {node_id: origins(trace, node_id) for node_id in self.order}
        self.readers = Counter(
            value for values in [*self.reads.values(), self.results] for value in values if value
        )
        self.taken = {*graph.nodes}
        self.running = next((name for name in _RUNNING if name not in self.taken), fresh("x", self.taken))
        self.taken.add(self.running)
        self.names: dict[Value, str] = {}
        self.lines: list[str] = []
        self.containers: dict[str, str] = {}

    def written(self) -> Forward:
        inputs = tuple(self._name(node_id, (node_id, 0)) for node_id in self.trace.inputs)
        for number, node_id in enumerate(self.order):
            self._statement(node_id, number)
        if self.results:
            self.lines.append(f"return {', '.join(self.names[value] for value in self.results)}")
        self._return_directly()
        return Forward(inputs, len(self.results), tuple(self.lines), self.containers)

    def _return_directly(self) -> None:
        """Makes `x = f(x)` and `return x` one line."""
        if len(self.lines) > 1 and self.lines[-1] == f"return {self.running}":
            before = self.lines[-2].removeprefix(f"{self.running} = ")
            if before != self.lines[-2]:
                self.lines[-2:] = [f"return {before}"]

    def _name(self, wanted: str, value: Value) -> str:
        """Gives a value its name; a node's id is free for the node's own value."""
        name = wanted if wanted in self.graph.nodes and wanted not in NOT_NAMES else fresh(wanted, self.taken)
        self.taken.add(name)
        self.names[value] = name
        return name

    def _statement(self, node_id: str, number: int) -> None:
        node = self.trace.nodes[node_id]
        arguments = [self.names[value] if value else "None" for value in self.reads[node_id]]
        targets = [self._target(node_id, output, number) for output in range(len(node.outputs or ()))]
        module = f"self.{node_id}"
        text = self._call(node, module, arguments)
        if module in text:
            self.containers[node_id] = ""
        else:
            self.lines += comment(self.graph.nodes[node_id].note, margin=8)
        if node.repeat == 1:
            self.lines.append(f"{self._left(node_id, targets)} = {text}")
        elif len(targets) == 1 and text == f"{module}({arguments[0]})":
            self.containers[node_id] = SEQUENCE
            self.lines.append(f"{targets[0]} = {text}")
        else:
            self._loop(node_id, node, arguments, targets)

    def _target(self, node_id: str, output: int, number: int) -> str:
        """The variable for one output of a node."""
        value = (node_id, output)
        ports = self._output_ports(node_id)
        if self.readers[value] == 0:
            return "_"
        following = self.order[number + 1] if number + 1 < len(self.order) else ""
        reads = self.reads[following][:1] if following else tuple(self.results)
        if self.readers[value] == 1 and output == 0 and reads == (value,):
            self.names[value] = self.running
            return self.running
        alone = all(self.readers[node_id, other] == 0 for other in range(len(ports)) if other != output)
        return self._name(node_id if alone else f"{node_id}_{ports[output]}", value)

    def _output_ports(self, node_id: str) -> Sequence[str]:
        node = self.graph.nodes[node_id]
        layer = self.trace.nodes[node_id].layer
        if node.block:
            return self._block(node_id).outputs
        return [port.name for port in layer.outputs] if layer else []

    def _block(self, node_id: str) -> Block:
        return self.design.blocks[self.graph.nodes[node_id].block]

    def _call(self, node: TracedNode, module: str, arguments: Sequence[str]) -> str:
        if node.layer is None or node.inner:
            return f"{module}({', '.join(arguments)})"
        return node.layer.call(module, *arguments)

    def _left(self, node_id: str, targets: Sequence[str]) -> str:
        layer = self.trace.nodes[node_id].layer
        if layer is None or self.graph.nodes[node_id].block:
            return ", ".join(targets)
        return layer.targets(*targets).replace("(_, _)", "_")

    def _loop(self, node_id: str, node: TracedNode, arguments: list[str], targets: list[str]) -> None:
        """A repeated node whose modules take or give more than one tensor, or that has none."""
        first = targets[0]
        if first == "_" or first in arguments[1:]:
            first = self._name(fresh(f"{node_id}_value", self.taken), (node_id, 0))
        if first != arguments[0]:
            self.lines.append(f"{first} = {arguments[0]}")
        if node_id in self.containers:
            self.containers[node_id] = MODULES
            module = fresh("layer", self.taken)
            self.lines.append(f"for {module} in self.{node_id}:")
        else:
            module = ""
            self.lines.append(f"for _ in range({node.repeat}):")
        text = self._call(node, module, [first, *arguments[1:]])
        self.lines.append(f"    {self._left(node_id, [first, *targets[1:]])} = {text}")
