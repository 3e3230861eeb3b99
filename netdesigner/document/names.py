"""Names in what nodes say: which ones their expressions use, and putting something else in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from netdesigner.document.design import BLOCK_PREFIX, Design, Node, Scope, Value
from netdesigner.document.expression import LONGEST, evaluate, names_in, with_names
from netdesigner.errors import EditError, ExpressionError

__all__ = [
    "Computes",
    "CopyNames",
    "any_text",
    "free_name",
    "names_at",
    "names_of",
    "one_renamed",
    "with_values",
]

Computes = Callable[[Node, str, str], bool]
"""Whether a text in a parameter of a node is an expression: (node, name of the parameter, text).

This floor knows no layers, so who knows them says it: "reflect" may be a choice of a layer and a variable's name.
"""

_LONGEST_STEM = 58
_NUMBERED = re.compile(r"(.+)_(\d{1,9})")
"""What a name is made of that ends in a number: `conv2d` and `1`."""


def any_text(node: Node, param: str, text: str) -> bool:  # noqa: ARG001
    """Takes every text for an expression, for want of a catalog of layers."""
    return True


def free_name(name: str, taken: Collection[str]) -> str:
    """The name where it is not taken, else with the first number from 2 on that is free: `stage_2`."""
    if name not in taken:
        return name
    number, stem = 2, name[:_LONGEST_STEM]
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


class CopyNames:
    """Names of copies, from those of what is copied: `stem` gives `stem_1`, `conv2d_1` gives `conv2d_2`.

    Args:
        taken: names that are not free.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._last: dict[str, int] = {}

    def of(self, name: str) -> str:
        """The name itself where it is free, else the next number that is; it is taken from then on."""
        if name in self._taken:
            found = _NUMBERED.fullmatch(name)
            stem, number = (found[1], int(found[2])) if found else (name[:_LONGEST_STEM], 0)
            number = max(number, self._last.get(stem, 0)) + 1
            while f"{stem}_{number}" in self._taken:
                number += 1
            self._last[stem] = number
            name = f"{stem}_{number}"
        self._taken.add(name)
        return name


def names_at(design: Design, scope: Scope) -> dict[str, int | float]:
    """What names mean in a scope: the design's variables, and in a block its parameters."""
    block = design.blocks.get(scope.removeprefix(BLOCK_PREFIX)) if scope.startswith(BLOCK_PREFIX) else None
    return {**design.variables, **(block.params if block is not None else {})}


def names_of(nodes: Iterable[Node], computes: Computes = any_text) -> set[str]:
    """The names that expressions of nodes use."""
    used: set[str] = set()
    for node in nodes:
        if isinstance(node.repeat, str):
            used |= names_in(node.repeat)
        for param, value in node.params.items():
            used |= _names_in_value(node, param, value, computes)
    return used


def _names_in_value(node: Node, param: str, value: Value, computes: Computes) -> frozenset[str]:
    if isinstance(value, tuple):
        return frozenset().union(*(_names_in_value(node, param, item, computes) for item in value))
    if isinstance(value, str) and computes(node, param, value):
        return names_in(value)
    return frozenset()


def one_renamed(before: Collection[str], after: Collection[str]) -> tuple[str, str] | None:
    """The old and the new name where one name stands in place of another and all else is as it was; else None."""
    gone = [name for name in before if name not in after]
    new = [name for name in after if name not in before]
    if len(gone) == len(new) == 1 and [*before].index(gone[0]) == [*after].index(new[0]):
        return gone[0], new[0]
    return None


def with_values(node: Node, values: Mapping[str, int | float | str], computes: Computes = any_text) -> Node:
    """A node whose expressions have numbers, names or other expressions in place of some names.

    What is a plain number then becomes one. A node that uses none of the names stays the same object.

    Raises:
        EditError: an expression would become too long.
    """
    if not values.keys() & names_of([node], computes):
        return node

    def put(param: str, value: Value) -> Value:
        if isinstance(value, tuple):
            return tuple(put(param, item) for item in value)
        return _put(value, values) if isinstance(value, str) and computes(node, param, value) else value

    repeat = _put(node.repeat, values) if isinstance(node.repeat, str) else node.repeat
    return replace(
        node,
        params={param: put(param, value) for param, value in node.params.items()},
        repeat=str(repeat) if isinstance(repeat, float) else repeat,
    )


def _put(text: str, values: Mapping[str, int | float | str]) -> int | float | str:
    if not names_in(text) & values.keys():
        return text
    if text.strip() in values:
        return values[text.strip()]
    new = with_names(text, {name: _as_operand(value) for name, value in values.items()})
    if len(new) > LONGEST:
        raise EditError(
            f"the expression '{text[:40]}' would have {len(new)} characters, more than the {LONGEST} allowed; "
            "give the block a shorter value first"
        )
    if not names_in(new):
        with suppress(ExpressionError):
            return evaluate(new, {})
    return new


def _as_operand(value: float | str) -> str:
    text = str(value)
    return text if text.replace("_", "").isalnum() or _is_plain_number(value) else f"({text})"


def _is_plain_number(value: float | str) -> bool:
    return not isinstance(value, str) and value >= 0
