"""Finding nodes of a design by name, kind, parameter or shape.

    conv            a name, a kind or a note that holds the word
    kernel 3        a parameter by the beginning or an end of its name, with its value
    dropout>0.2     the same compared; the name of a kind stands for its first parameter
    28, 28          neighbouring lengths of axes in what leaves the node
    [N, 64          the same at the beginning; with a closing bracket at the end
    512             a number among its parameters or the axes of what leaves it

Several of these in a row must all hold.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from netdesigner.checks import Report
from netdesigner.document import BLOCK_PREFIX, Design, Node, Scope, Value
from netdesigner.parts import Catalog

__all__ = ["Match", "find", "is_structured"]

_COMPARED = r"(?P<name>[A-Za-z_]\w*)\s*(?P<sign>>=|<=|!=|==|=|:|>|<)\s*(?P<value>[^\s,\]]+)"
_AXIS = r"[A-Za-z]\w*|\d+"
_AXES = rf"(?P<open>\[)\s*(?P<first>{_AXIS})(?P<rest>(?:\s*[,×]\s*(?:{_AXIS}))*)\s*,?\s*(?P<close>\])?"
_LENGTHS = r"(?P<lengths>\d+(?:\s*[,×x]\s*\d+)+)(?P<end>\])?"
_PAIR = r"(?P<word>[A-Za-z_]\w*)\s+(?P<number>-?\d+(?:\.\d+)?)(?![\w.,×])(?!\s*[,×])"
_ALONE = r"(?P<alone>-?\d+(?:\.\d+)?)(?=\s|$)"
_TOKEN = re.compile(rf"{_COMPARED}|{_AXES}|{_LENGTHS}|{_PAIR}|{_ALONE}|(?P<text>\S+)")
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
_SAID = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}


@dataclass(frozen=True, slots=True)
class Match:
    """A node that was found.

    Attributes:
        scope, node_id: which.
        why: the parameter or the shape by which it was found, or "".
    """

    scope: Scope
    node_id: str
    why: str = ""


@dataclass(frozen=True)
class _Facts:
    """What is known of a node: its words, its parameters, what leaves it."""

    words: str
    kind: str
    params: Mapping[str, Value]
    main: str
    shapes: tuple[tuple[str, ...], ...]


Term = Callable[[_Facts], str | None]
"""Gives why a node fits, "" where that is plain, None where it does not."""


def is_structured(query: str) -> bool:
    """Whether a query asks for more than words."""
    return any(token.lastgroup != "text" for token in _TOKEN.finditer(query))


def find(design: Design, report: Report, catalog: Catalog, query: str) -> tuple[Match, ...]:
    """The nodes of all networks and blocks that a query fits, in the design's order; none for an empty query.

    Args:
        design, report: the state.
        catalog: where kinds are found.
        query: see above.
    """
    terms = [_term(token) for token in _TOKEN.finditer(query)]
    found = []
    for scope in design.scopes() if terms else ():
        for node_id, node in design.graph(scope).nodes.items():
            facts = _facts(design, report, catalog, (scope, node_id), node)
            reasons = [term(facts) for term in terms]
            if None not in reasons:
                why = ", ".join(dict.fromkeys(reason for reason in reasons if reason))
                found.append(Match(scope, node_id, why))
    return tuple(found)


def _facts(design: Design, report: Report, catalog: Catalog, at: tuple[Scope, str], node: Node) -> _Facts:
    scope, node_id = at
    layer = catalog.layers.get(node.kind)
    trace = report.traces.get(scope)
    traced = trace.nodes.get(node_id) if trace is not None else None
    params: dict[str, Value] = {}
    if layer is not None:
        params = {param.name: param.default for param in layer.params()}
    elif node.block in design.blocks:
        params = dict(design.blocks[node.block].params)
    params |= node.params
    if traced is not None and traced.layer is not None:
        params |= traced.layer.values()
    kind = layer.label() if layer is not None else node.kind.removeprefix(BLOCK_PREFIX)
    specs = (traced.outputs or ()) if traced is not None else ()
    main = layer.main[0] if layer is not None and layer.main else ""
    words = f"{node_id} {node.kind.removeprefix(BLOCK_PREFIX)} {kind} {node.note}".lower()
    shapes = tuple(tuple(str(dim) for dim in spec.shape) for spec in specs)
    return _Facts(words, node.kind.removeprefix(BLOCK_PREFIX).lower(), params, main, shapes)


def _term(token: re.Match[str]) -> Term:
    part = token.groupdict()
    if part["name"]:
        return _compared(part["name"], part["sign"], part["value"])
    if part["first"]:
        dims = re.findall(_AXIS, part["first"] + part["rest"])
        return _shaped(dims, at_start=True, at_end=bool(part["close"]))
    if part["lengths"]:
        return _shaped(re.findall(r"\d+", part["lengths"]), at_start=False, at_end=bool(part["end"]))
    if part["word"]:
        return _named_number(part["word"], part["number"])
    if part["alone"]:
        return _number(part["alone"])
    word = part["text"].lower()
    return lambda facts: "" if word in facts.words else None


def _compared(name: str, sign: str, text: str) -> Term:
    def term(facts: _Facts) -> str | None:
        for param, value in _called(name, facts):
            same = any(_is_same(item, text) for item in _items(value))
            fits = _holds(value, sign, text) if sign in _SIGNS else same != (sign == "!=")
            if fits:
                return _why(param, value)
        return None

    return term


def _named_number(word: str, number: str) -> Term:
    """A parameter with its value; else a word beside a number."""
    value, alone = _compared(word, "=", number), _number(number)

    def term(facts: _Facts) -> str | None:
        found = value(facts)
        return found if found is not None or word.lower() not in facts.words else alone(facts)

    return term


def _number(text: str) -> Term:
    shaped = _shaped([text], at_start=False, at_end=False)

    def term(facts: _Facts) -> str | None:
        for param, value in facts.params.items():
            if not isinstance(value, bool) and any(_is_same(item, text) for item in _items(value)):
                return _why(param, value)
        return shaped(facts)

    return term


def _shaped(dims: list[str], at_start: bool, at_end: bool) -> Term:
    wanted = [dim.lower() for dim in dims]

    def term(facts: _Facts) -> str | None:
        for shape in facts.shapes:
            last = len(shape) - len(wanted)
            starts = [0] if at_start else range(last + 1)
            for start in starts:
                here = [dim.lower() for dim in shape[start : start + len(wanted)]]
                if here == wanted and (not at_end or start == last):
                    return " × ".join(shape)
        return None

    return term


def _called(name: str, facts: _Facts) -> Iterator[tuple[str, Value]]:
    """The parameters that a name may mean, the likeliest first."""
    name = name.lower()
    if name in facts.params:
        yield name, facts.params[name]
        return
    yield from ((param, value) for param, value in facts.params.items() if _is_part(name, param))
    if facts.kind.startswith(name) and facts.main:
        yield facts.main, facts.params[facts.main]


def _is_part(name: str, param: str) -> bool:
    return param.startswith(name) or param.endswith("_" + name)


def _items(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)


def _is_same(value: Value, text: str) -> bool:
    if isinstance(value, bool):
        return _SAID.get(text.lower()) is value
    if isinstance(value, int | float):
        return _as_number(text) == value
    return str("none" if value is None else value).lower() == text.lower()


def _holds(value: Value, sign: str, text: str) -> bool:
    limit = _as_number(text)
    numbers = [i for i in _items(value) if isinstance(i, int | float) and not isinstance(i, bool)]
    return limit is not None and any(_SIGNS[sign](number, limit) for number in numbers)


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _why(param: str, value: Value) -> str:
    text = ", ".join(str(item) for item in _items(value))
    return f"{param} {text}"
