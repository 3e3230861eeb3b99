"""One class for all uses of a block that differ in numbers only.

Numbers that are the same in every use stand in the class; the others become arguments of its constructor. An argument
takes the name of the block's declared parameter where it is that parameter, or computed from it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from netdesigner.checks.report import Trace
from netdesigner.document.design import BLOCK_PREFIX, Design, Graph, Value
from netdesigner.document.expression import names_in
from netdesigner.exporters.python.forward import MODULES, NOT_NAMES, SEQUENCE, Forward, fresh
from netdesigner.exporters.python.instances import Call, Instance, Member, Use, instance_of, uses_of
from netdesigner.exporters.python.text import argument_list, comment, literal

__all__ = ["ClassSource", "classes_of"]

_MODULE_NAMES = (
    "CLASSES",
    "F",
    "False",
    "None",
    "Path",
    "Tensor",
    "True",
    "WEIGHTS",
    "load",
    "load_file",
    "main",
    "nn",
    "prepare",
    "torch",
)
"""Names that the file uses for other things than classes, and those that Python keeps to itself."""

_OUTPUT_SIZES = frozenset({"embedding_dim", "hidden_size", "num_features", "out_channels", "out_features"})
"""Arguments that say how wide what a layer gives is, and so what comes from the wire further on."""

_COUNT = ""
"""Stands for the number of repetitions among a node's arguments."""


@dataclass(frozen=True, slots=True)
class ClassSource:
    """A class of the file.

    Attributes:
        name: what it is called.
        text: what it is for, in the user's words.
        arguments: of the constructor, each with its type.
        members: the statements of the constructor, indented from the left margin on.
        forward: the forward pass.
    """

    name: str
    text: str
    arguments: tuple[tuple[str, str], ...]
    members: tuple[str, ...]
    forward: Forward


def classes_of(
    design: Design, network: str, trace: Trace, reserved: Collection[str] = ()
) -> list[ClassSource]:
    """The classes of a network in the order in which the file declares them; the network's own comes last.

    Args:
        design: the design.
        network: the network's name in it.
        trace: what the checks found out about its graph.
        reserved: names that stand for something else in the file.

    Raises:
        ExportError: a layer cannot be written as source.
    """
    made: dict[int, Call] = {}
    found: list[ClassSource] = []
    arguments = (name for block in design.blocks.values() for name in block.params)
    taken = {*_MODULE_NAMES, *reserved, *arguments}
    for scope, uses in uses_of(design, network, trace).items():
        block_name = scope.removeprefix(BLOCK_PREFIX)
        for alike in _alike(instance_of(use, design, made) for use in uses):
            maker = _ClassMaker(design.blocks[block_name].graph, alike, is_block=True)
            name = _class_name(block_name, taken)
            found.append(maker.written(name, design.blocks[block_name].doc or f"The block {block_name}."))
            for instance, values in zip(alike, maker.calls(), strict=True):
                made[id(instance.use.trace)] = Call(name, 0, values)
    instance = instance_of(Use(network, trace, {}), design, made)
    name = _class_name("network" if network == "main" else network, taken)
    found.append(_ClassMaker(design.graph(network), [instance], is_block=False).written(name, ""))
    return found


def _class_name(wanted: str, taken: set[str]) -> str:
    words = [word for word in wanted.split("_") if word]
    stem = "".join(word[0].upper() + word[1:] for word in words)
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}{number}", number + 1
    taken.add(name)
    return name


def _alike(instances: Iterable[Instance]) -> list[list[Instance]]:
    """Groups of instances that differ in numbers only."""
    groups: dict[object, list[Instance]] = {}
    for instance in instances:
        skeleton = tuple((member.node_id, member.container, _calls(member)) for member in instance.members)
        groups.setdefault((skeleton, instance.forward.lines, instance.ties), []).append(instance)
    return list(groups.values())


def _calls(member: Member) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((call.name, tuple(name for name, _ in call.arguments)) for call, _ in member.runs)


Vector = tuple[object, ...]
"""One value for each instance of a class."""


@dataclass(slots=True)
class _ClassMaker:
    """Writes the constructor of one class.

    Attributes:
        graph: the block's or network's.
        instances: all that the class has to make.
        is_block: whether the class may take arguments.
        widths: expressions for what the layers inside give.
        chosen: the constructor's arguments so far, with their values.
    """

    graph: Graph
    instances: Sequence[Instance]
    is_block: bool
    widths: dict[Vector, str] = field(default_factory=dict)
    chosen: dict[str, Vector] = field(default_factory=dict)

    def written(self, name: str, text: str) -> ClassSource:
        """The class."""
        self._find_widths()
        lines: list[str] = []
        ties = self.instances[0].ties
        same = {tie.node_id for tie in ties if not tie.names}
        for number, member in enumerate(self.instances[0].members):
            if member.node_id in same:
                continue
            node = self.graph.nodes[member.node_id]
            lines += comment(node.note, margin=8)
            lines += comment(
                "frozen: training left these weights as they were" if node.frozen else "", margin=8
            )
            lines.append(f"self.{member.node_id} = {self._member(number, member)}")
        lines += [line for tie in ties for line in tie.lines()]
        order = {key: at for at, key in enumerate(self.instances[0].use.values)}
        self.chosen = dict(sorted(self.chosen.items(), key=lambda item: order.get(item[0], -1)))
        arguments = tuple((key, _type_of(values)) for key, values in self.chosen.items())
        return ClassSource(name, text, arguments, tuple(lines), self.instances[0].forward)

    def calls(self) -> Iterator[tuple[tuple[str, object], ...]]:
        """The constructor's arguments for each instance."""
        for number in range(len(self.instances)):
            yield tuple((key, values[number]) for key, values in self.chosen.items())

    def _declared(self, name: str) -> Vector:
        return tuple(instance.use.values[name] for instance in self.instances)

    # ------------------------------------------------------------------------------------- what the author wrote

    def _find_widths(self) -> None:
        for number, member in enumerate(self.instances[0].members):
            inside = bool(self.graph.nodes[member.node_id].block)
            for run, (call, _) in enumerate(member.runs):
                for at, (argument, _) in enumerate(call.arguments):
                    values = self._vector(number, run, at)
                    source = self._expression(member.node_id, argument, values)
                    if source and (inside or argument in _OUTPUT_SIZES):
                        self.widths.setdefault(values, source)

    def _vector(self, member: int, run: int, argument: int) -> Vector:
        """One argument of one call over all instances."""
        calls = [instance.members[member].runs[run][0] for instance in self.instances]
        return tuple(call.arguments[argument][1] for call in calls)

    def _expression(self, node_id: str, argument: str, values: Vector) -> str:
        """What the block's author wrote for a number, as Python; "" where it is no expression over its parameters."""
        node = self.graph.nodes[node_id]
        given: Value = node.repeat if argument == _COUNT else node.params.get(argument)
        if not isinstance(given, str) or not self._takes_numbers(node_id, argument, given):
            return ""
        used = names_in(given)
        known = self.instances[0].use.values.keys() - NOT_NAMES
        if not used or not used <= known:
            return ""
        try:
            tree = ast.parse(given.strip(), mode="eval")
        except SyntaxError:
            return ""
        numbers: list[object] = [part.value for part in ast.walk(tree) if isinstance(part, ast.Constant)]
        numbers += [number for name in used for number in self._declared(name)]
        divides = any(isinstance(part, ast.Div) for part in ast.walk(tree))
        rounds = any(isinstance(number, float) for number in numbers) and all(
            isinstance(v, int) for v in values
        )
        return "" if divides or rounds else ast.unparse(tree)

    def _takes_numbers(self, node_id: str, argument: str, given: str) -> bool:
        """Whether a text is an expression, and not one of the words the parameter may also be."""
        layer = self.instances[0].use.trace.nodes[node_id].layer
        known = {param.name: param for param in layer.params()} if layer else {}
        return argument not in known or (known[argument].numeric and given not in known[argument].choices)

    # ------------------------------------------------------------------------------------------------ the source

    def _member(self, number: int, member: Member) -> str:
        if not member.container:
            return self._call(number, 0)
        parts = []
        for run in range(len(member.runs)):
            counts = tuple(instance.members[number].runs[run][1] for instance in self.instances)
            if set(counts) == {1}:
                parts.append(self._call(number, run))
            else:
                count = self._count(member, counts)
                parts.append(f"*({self._call(number, run)} for _ in range({count}))")
        if member.container == SEQUENCE:
            return f"{SEQUENCE}({', '.join(parts)})"
        if len(parts) == 1 and parts[0].startswith("*"):
            return MODULES + parts[0][1:]
        return f"{MODULES}([{', '.join(parts)}])"

    def _count(self, member: Member, counts: Vector) -> str:
        source = self._expression(member.node_id, _COUNT, counts) if len(member.runs) == 1 else ""
        return self._chosen(source) or self._number(counts, "count", member.node_id)

    def _call(self, number: int, run: int) -> str:
        call = self.instances[0].members[number].runs[run][0]
        defaults = dict(call.defaults)
        positional, named = [], []
        for at, (argument, _) in enumerate(call.arguments):
            values = self._vector(number, run, at)
            if at < call.positional:
                positional.append(self._argument(number, argument, values))
            elif argument not in defaults or any(not _same(defaults[argument], value) for value in values):
                named.append((argument, self._argument(number, argument, values)))
        return f"{call.name}({argument_list(positional, named)})"

    def _argument(self, number: int, argument: str, values: Vector) -> str:
        node_id = self.instances[0].members[number].node_id
        source = self._expression(node_id, argument, values)
        if not source and self._from_wire(node_id, argument, values):
            source = self._width(values) or self._entering(node_id, argument, values)
        return self._chosen(source) or self._number(values, argument, node_id)

    def _from_wire(self, node_id: str, argument: str, values: Vector) -> bool:
        """Whether a number is not the author's but follows from what is wired to the node."""
        if isinstance(values[0], bool):
            return False  # it says whether, not how much, though True equals 1
        layer = self.instances[0].use.trace.nodes[node_id].layer
        own = layer.values() if layer else {}
        said = argument in own and own[argument] == values[0]
        return not said and argument not in self.graph.nodes[node_id].params

    def _width(self, values: Vector) -> str:
        """The expression for a width, also where it stands alone in a tuple."""
        if all(isinstance(value, tuple) and len(value) == 1 for value in values):
            source = self.widths.get(tuple(value[0] for value in values if isinstance(value, tuple)), "")
            return f"({source},)" if source else ""
        return self.widths.get(values, "")

    def _entering(self, node_id: str, argument: str, values: Vector) -> str:
        """An argument for the width of what enters the block, even where all of its uses have the same."""
        trace = self.instances[0].use.trace
        enters = any(source and source[0] in trace.inputs for source in trace.nodes[node_id].sources)
        if not self.is_block or not enters or not all(type(value) is int for value in values):
            return ""
        self.widths[values] = self._new(values, argument, node_id)
        return self.widths[values]

    def _chosen(self, source: str) -> str:
        """An expression, whose names become arguments of the constructor."""
        for name in names_in(source) & self.instances[0].use.values.keys() if source else ():
            self.chosen.setdefault(name, self._declared(name))
        return source

    def _number(self, values: Vector, argument: str, node_id: str) -> str:
        """The number itself, or, where the instances differ, a new argument of the constructor."""
        if all(_same(values[0], value) for value in values):
            return literal(values[0])
        return self._new(values, argument, node_id)

    def _new(self, values: Vector, argument: str, node_id: str) -> str:
        """An argument of the constructor for a number that the block does not declare."""
        declared = self.instances[0].use.values.keys()
        for name, known in self.chosen.items():
            if known == values and name not in declared:
                return name
        taken = {*self.chosen, *declared, *NOT_NAMES}
        name = argument if argument not in taken else fresh(f"{node_id}_{argument}", taken)
        self.chosen[name] = values
        return name


def _same(first: object, second: object) -> bool:
    """Whether two values are written the same way."""
    return type(first) is type(second) and first == second


def _type_of(values: Vector) -> str:
    kinds = {type(value) for value in values}
    if kinds == {int, float}:
        return "float"
    if len(kinds) > 1:
        return "object"
    if kinds == {tuple}:
        real = any(isinstance(item, float) for value in values if isinstance(value, tuple) for item in value)
        return "tuple[float, ...]" if real else "tuple[int, ...]"
    return kinds.pop().__name__
