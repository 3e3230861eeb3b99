"""A list of layers written as text, one a line, as people paste it from torch code, from a printout or from a note.

    Conv2d(64, 3, padding=1)
    nn.BatchNorm2d(64)
    self.act = nn.ReLU(inplace=True)
    Linear 10

The text is read as Python's syntax tree and never run: names are looked up in the catalog, values are literals or
expressions over the design's variables. What comes from the wires, such as `in_channels`, is dropped. What is not
understood is told by its line, and stands in the note of its node.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from netdesigner.checks.ports import PortBook
from netdesigner.document import BLOCK_PREFIX, Design, Edge, Node, Scope, Value, name_fault
from netdesigner.document import edit as edits
from netdesigner.document.design import Point
from netdesigner.document.spelling import nearest
from netdesigner.errors import EditError
from netdesigner.parts import Catalog, Layer
from netdesigner.parts.part import Param, resolve

__all__ = ["LayerList", "Listed", "chained", "read_layers"]

_LONGEST = 100_000
_MOST = 1000
_CONTAINERS = frozenset({"Sequential", "ModuleList", "ModuleDict", "OrderedDict"})
_NEEDED = frozenset(
    {"out_channels", "kernel_size", "out_features", "hidden_size", "num_heads", "nhead", "num_groups"}
)
"""Parameters that torch has no default for, of layers that also take something that here comes from the wire."""
_BY_NAME_ONLY = frozenset({"inplace", "device", "dtype", "return_indices", "kdim", "vdim"})
"""Arguments of torch that mean nothing here."""
_PREFIX = re.compile(r"^\(\w+\):\s*")
_ASSIGNED = re.compile(r"^(?:self\.)?(\w+)\s*=(?!=)\s*")
_SPACED = re.compile(r"^((?:nn\.)?[A-Za-z]\w*)[ \t]+([^\s=(].*)$")
_GAP = re.compile(r"[,\s]+")
_OPENED = re.compile(r"^(?:[\w.]*\.)?(\w+)\($|\b(?:Sequential|ModuleList|OrderedDict)\(\[?$")
_FUNCTION = re.compile(r"\s*(?:async\s+)?def\s+(\w+)")
_FRAME = re.compile(
    r"^(?:#|@|\"\"\"|'''|(?:class|def|import|from|return|super|if|for|else|pass)\b|[\])},;]+$)"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One layer of a list.

    Attributes:
        node: what it becomes.
        name: the id it wishes for, or "".
    """

    node: Node
    name: str = ""


@dataclass(slots=True)
class LayerList:
    """What a text said.

    Attributes:
        layers: in order.
        faults: what was not understood, by line.
    """

    layers: list[Listed] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_layers(text: str, catalog: Catalog, blocks: Collection[str] = ()) -> LayerList:
    """Reads a list of layers.

    Args:
        text: one layer a line, or Python that makes them.
        catalog: where kinds are found.
        blocks: names of the design's blocks, which may stand in the list too.

    Raises:
        EditError: the text holds no layer, or far too many.
    """
    if len(text) > _LONGEST:
        raise EditError("the text is too long to be a list of layers")
    reader = _Reader(catalog, blocks)
    for line, statement in _statements(text, catalog):
        reader.read(line, statement)
    if not reader.known:
        first = f": {reader.found.faults[0]}" if reader.found.faults else ""
        raise EditError(f"the text is neither copied nodes nor a list of layers{first}")
    if len(reader.found.layers) > _MOST:
        raise EditError(f"the list has more than {_MOST:,} layers")
    return reader.found


def _statements(text: str, catalog: Catalog) -> Iterator[tuple[int, str]]:
    """The calls in a text with the number of the line each begins in; lines that only frame them are left out."""
    waiting, start = "", 0
    for number, raw in _outside(text):
        line = _PREFIX.sub("", raw.strip())
        if not waiting:
            opened = _OPENED.search(line)
            if not line or _FRAME.match(line) or (opened and opened.group(1) not in catalog.layers):
                continue
            start = number
        waiting = f"{waiting}\n{line}".strip()
        if _depth(waiting) <= 0:
            yield start, waiting
            waiting = ""
    if waiting:
        yield start, waiting


def _outside(text: str) -> Iterator[tuple[int, str]]:
    """The numbered lines outside of documentation and of functions that use layers rather than make them."""
    quoted, used_at = False, -1
    for number, raw in enumerate(text.splitlines(), 1):
        depth = len(raw) - len(raw.lstrip())
        was_quoted = quoted
        quoted ^= (raw.count('"""') + raw.count("'''")) % 2 == 1
        if was_quoted or not raw.strip():
            continue
        if 0 <= used_at < depth:
            continue
        made = _FUNCTION.match(raw)
        used_at = depth if made and made.group(1) != "__init__" else -1
        if not quoted:
            yield number, raw


def _depth(text: str) -> int:
    return sum(text.count(sign) for sign in "([{") - sum(text.count(sign) for sign in ")]}")


class _Reader:
    """Turns statements into nodes."""

    def __init__(self, catalog: Catalog, blocks: Collection[str]) -> None:
        self._catalog = catalog
        self._blocks = blocks
        self.found = LayerList()
        self.known = 0

    @functools.cached_property
    def _by_small_letters(self) -> Mapping[str, str]:
        return {kind.lower(): kind for kind in self._catalog.layers}

    def read(self, line: int, statement: str) -> None:
        """Reads one statement."""
        source = statement.rstrip(",; ")
        assigned = _ASSIGNED.match(source)
        name = assigned.group(1) if assigned else ""
        source = source[assigned.end() :] if assigned else source
        if spaced := _SPACED.match(source):
            source = f"{spaced.group(1)}({', '.join(_GAP.split(spaced.group(2).strip()))})"
        try:
            tree = ast.parse(source, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self._fault(line, f"‘{_short(statement)}’ is not a layer")
            return
        self._collect(tree, line, name)

    def _fault(self, line: int, what: str) -> None:
        self.found.faults.append(f"line {line}: {what}")

    def _collect(self, tree: ast.expr, line: int, name: str) -> None:
        """Adds the layers that an expression makes."""
        if isinstance(tree, ast.List | ast.Tuple):
            named = len(tree.elts) == 2 and isinstance(tree.elts[0], ast.Constant)
            if named and isinstance(tree.elts[0], ast.Constant):
                self._collect(tree.elts[1], line, str(tree.elts[0].value))
            else:
                for part in tree.elts:
                    self._collect(part, line, "")
            return
        function = tree.func if isinstance(tree, ast.Call) else tree
        words = _dotted(function)
        if words[:1] == ["self"]:
            return  # a use of a layer, not a layer
        if not words or (words[0] in ("F", "torch") and words[-1][:1].islower()):
            self._fault(line, f"‘{_short(ast.unparse(tree))}’ is not a layer")
        elif isinstance(tree, ast.Call) and words[-1] in _CONTAINERS:
            for part in tree.args:
                self._collect(part, line, "")
        else:
            self._add(words[-1], tree if isinstance(tree, ast.Call) else None, line, name)

    def _add(self, word: str, call: ast.Call | None, line: int, name: str) -> None:
        kind = word if word in self._catalog.layers else self._by_small_letters.get(word.lower(), word)
        layer = self._catalog.layers.get(kind)
        if layer is not None:
            node = _Arguments(layer, call).node()
        elif word in self._blocks:
            node = _of_block(word, call)
        else:
            near = nearest(word, [*self._blocks, *self._catalog.layers])
            hint = f"; did you mean {near[0]}?" if near else ""
            self._fault(line, f"no layer is called {word}{hint}")
            self.found.layers.append(Listed(Node(word, note=ast.unparse(call) if call else ""), name))
            return
        self.known += 1
        params, lost = node
        for what in lost:
            self._fault(line, f"{word} has no use for {what} here")
        note = ast.unparse(call) if lost and call is not None else ""
        named = BLOCK_PREFIX + word if layer is None else kind
        self.found.layers.append(Listed(Node(named, params, note=note), name))


def _dotted(tree: ast.expr) -> list[str]:
    """The words of a name with dots; none for anything else."""
    if isinstance(tree, ast.Name):
        return [tree.id]
    if isinstance(tree, ast.Attribute):
        before = _dotted(tree.value)
        return [*before, tree.attr] if before else []
    return []


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "…"


Given = tuple[dict[str, Value], list[str]]
"""Parameters, and the arguments that no parameter takes."""


class _Arguments:
    """The arguments of one call of a layer's class, in torch's full form or without what comes from the wire."""

    def __init__(self, layer: type[Layer], call: ast.Call | None) -> None:
        self._layer = layer
        self._params = {param.name: param for param in layer.params()}
        self._bare = (
            call is None
        )  # a name alone is a fresh layer; with arguments the others have torch's defaults
        self._given = list(call.args) if call is not None else []
        self._named = {
            word.arg: word.value for word in (call.keywords if call is not None else ()) if word.arg
        }

    def node(self) -> Given:
        """The parameters that were set."""
        wired = _from_wires(self._layer)  # type: ignore[arg-type]  # a class is hashed by what it is
        order = _order(self._layer, wired)
        full = bool(wired) and self._is_full(order, wired)
        names = order if full else list(self._params)
        lost = [ast.unparse(value) for value in self._given[len(names) :]]
        pairs = [*zip(names, self._given, strict=False), *self._named.items()]
        params: dict[str, Value] = dict(self._layer.initial) if self._bare else {}
        for name, tree in pairs:
            if name in wired or (name not in self._params and name in _BY_NAME_ONLY):
                continue
            param = self._params.get(name)
            if param is None or not _is_value(tree, param):
                lost.append(f"{name}={ast.unparse(tree)}")
            else:
                params[name] = _value(tree, param)
        kept = {
            name: value
            for name, value in params.items()
            if name in self._layer.initial or value != self._params[name].default
        }
        return kept, lost

    def _is_full(self, order: list[str], wired: Collection[str]) -> bool:
        """Whether nothing is missing that torch needs, so that the first arguments are what comes from the wires."""
        if wired & self._named.keys():
            return True
        covered = {*order[: len(self._given)], *self._named}
        heads = [name for name in order[: len(self._params) + len(wired)] if name in wired]
        return all(name in covered for name in order if name in _NEEDED or name in heads)


@functools.cache
def _from_wires(layer: type[Layer]) -> frozenset[str]:
    """The arguments of torch's class that here come from the wires."""
    own = {param.name for param in layer.params()}
    found: set[str] = set()
    for example in layer.examples[:1]:
        made = layer(**resolve(layer, example.params, {}))
        found |= made.arguments(*example.inputs).keys() - own - _BY_NAME_ONLY
    return frozenset(found)


def _order(layer: type[Layer], wired: frozenset[str]) -> list[str]:
    """The arguments in torch's order: what comes from the wires first; only GroupNorm has it second."""
    own = [param.name for param in layer.params()]
    if layer.kind == "GroupNorm":
        return [own[0], *wired, *own[1:]]
    return [*sorted(wired), *own]


def _is_value(tree: ast.expr, param: Param) -> bool:
    """Whether an argument is a literal, or an expression that a number field takes."""
    try:
        ast.literal_eval(tree)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        allowed = (
            ast.Name,
            ast.BinOp,
            ast.UnaryOp,
            ast.Constant,
            ast.operator,
            ast.unaryop,
            ast.expr_context,
        )
        return param.numeric and all(isinstance(part, allowed) for part in ast.walk(tree))
    return True


def _value(tree: ast.expr, param: Param) -> Value:
    try:
        found = ast.literal_eval(tree)
    except ValueError:
        return ast.unparse(tree)
    if isinstance(found, tuple | list):
        items = tuple(item if isinstance(item, int | float | str) else str(item) for item in found)
        alike = param.type in ("size", "scale") and len(set(items)) == 1 and len(items) == param.axes
        return items[0] if alike else items
    return found if found is None or isinstance(found, bool | int | float | str) else str(found)


def _of_block(word: str, call: ast.Call | None) -> Given:
    """The numbers that a block is given by name."""
    params: dict[str, Value] = {}
    lost = [ast.unparse(value) for value in (call.args if call is not None else ())]
    for given in call.keywords if call is not None else ():
        number = ast.unparse(given.value)
        value = given.value.value if isinstance(given.value, ast.Constant) else number
        params[given.arg or word] = value if isinstance(value, int | float) else number
    return params, lost


def chained(
    design: Design, scope: Scope, layers: Collection[Listed], catalog: Catalog, places: Collection[Point]
) -> tuple[Design, tuple[str, ...]]:
    """Adds layers wired in a row: the first output of each to all inputs of the next that must be wired.

    Args:
        design, scope: where.
        layers: in order.
        catalog: knows their ports.
        places: where each lies.

    Returns:
        The new design and the ids in order.
    """
    ids: list[str] = []
    for listed, at in zip(layers, places, strict=True):
        taken = design.graph(scope).nodes
        name = listed.name if not name_fault(listed.name) and listed.name not in taken else ""
        design, node_id = edits.add_node(design, scope, listed.node.kind, at, listed.node.params, name)
        if listed.node.note:
            design = edits.set_note(design, scope, node_id, listed.node.note)
        if ids:
            design = joined(design, scope, ids[-1], node_id, catalog)
        ids.append(node_id)
    return design, tuple(ids)


def joined(design: Design, scope: Scope, source: str, target: str, catalog: Catalog) -> Design:
    """Wires the first output of a node to all inputs of another that must be wired, where there are any."""
    nodes = design.graph(scope).nodes
    book = PortBook(catalog, design)
    leaving, entering = book.of(scope, nodes[source]), book.of(scope, nodes[target])
    outputs = ["output"] if leaving is None else [port.name for port in leaving.outputs]
    inputs = ["input"] if entering is None else [port.name for port in entering.inputs if not port.optional]
    for name in inputs if outputs else ():
        design = edits.connect(design, scope, Edge(source, outputs[0], target, name), replacing=False)
    return design
