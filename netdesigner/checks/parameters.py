"""What is wrong with the parameters of a node, all of them at once, and how often a node is applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from netdesigner.checks.wording import quoted
from netdesigner.document.design import Block, Node, Value
from netdesigner.document.expression import evaluate, names_in
from netdesigner.document.names import Computes
from netdesigner.document.variables import ChoiceComputes
from netdesigner.errors import ExpressionError, ParameterError
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.part import Param, Part, resolve

__all__ = [
    "MOST_REPEATS",
    "RATE",
    "Fault",
    "block_params",
    "choice_computes",
    "computes",
    "finite",
    "part_faults",
    "rate_faults",
    "repeat_of",
    "tolerant",
    "uses_names",
]

MOST_REPEATS = 1000
_LARGEST = 2**53

RATE = Param(
    name="rate",
    field="rate",
    type="float",
    optional=False,
    default=1.0,
    above=0,
    max=1000,
    label="Learning rate ×",
    help="what the learning rate is multiplied with for its weights; below 1 they learn more slowly than the others",
)
"""How fast a node learns; of a phase of the training the same."""

Names = Mapping[str, int | float]


class Fault(NamedTuple):
    """One thing that is wrong with a parameter: its code, its name and what to say."""

    code: str
    param: str
    message: str


def finite(variables: Names) -> dict[str, int | float]:
    """The variables that are numbers expressions can compute with."""
    return {name: value for name, value in variables.items() if _is_number(value)}


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= _LARGEST


def uses_names(params: Mapping[str, Value], repeat: int | str) -> bool:
    """Whether what a node says may depend on variables."""
    return isinstance(repeat, str) or any(_holds_text(value) for value in params.values())


def _holds_text(value: Value) -> bool:
    return isinstance(value, str) or (isinstance(value, tuple) and any(_holds_text(item) for item in value))


def computes(catalog: Catalog) -> Computes:
    """Which texts of nodes are expressions: those of number fields, and all of layers that are not known."""

    def is_expression(node: Node, param: str, text: str) -> bool:
        declared = _declared(catalog.layers, node.kind, param)
        return declared is None or _may_compute(declared, text)

    return is_expression


def choice_computes(catalog: Catalog) -> ChoiceComputes:
    """Which texts of choices are expressions: those of number fields; a part that is not known may name a file."""

    def is_expression(section: str, kind: str, param: str, text: str) -> bool:
        declared = _declared(catalog.parts(section), kind, param)
        return declared is not None and _may_compute(declared, text)

    return is_expression


def _declared(parts: Mapping[str, type[Part]], kind: str, param: str) -> Param | None:
    part = parts.get(kind)
    return next((each for each in part.params() if each.name == param), None) if part else None


def _may_compute(declared: Param, text: str) -> bool:
    return declared.numeric and text not in declared.choices


def part_faults(part: type[Part], params: Mapping[str, Value], names: Names) -> list[Fault]:
    """Every parameter that keeps a part from being made; none where it can be.

    Args:
        part: the part.
        params: the parameters that were set.
        names: the variables that expressions may use.
    """
    try:
        part(**resolve(part, params, names))
    except ParameterError as error:
        return [*_single_faults(part, params, names)] or [Fault("ND201", error.name, str(error))]
    return []


def _single_faults(part: type[Part], params: Mapping[str, Value], names: Names) -> Iterator[Fault]:
    """The parameters that are wrong whatever the others are."""
    declared = {param.name: param for param in part.params()}
    for name, value in params.items():
        try:
            resolved = resolve(part, {name: value}, names)
            declared[name].check(resolved[declared[name].field])
        except ParameterError as error:
            yield Fault(_code(declared.get(name), value, names), name, str(error))


def _code(declared: Any, value: Value, names: Names) -> str:
    if declared is None:
        return "ND202"
    if declared.numeric:
        for text in _expressions(value, declared.choices):
            try:
                evaluate(text, names)
            except ExpressionError:
                return "ND204" if names_in(text) - names.keys() else "ND203"
    return "ND201"


def _expressions(value: Value, choices: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, tuple):
        for item in value:
            yield from _expressions(item, choices)
    elif isinstance(value, str) and value not in choices:
        yield value


def tolerant(part: type[Part], params: Mapping[str, Value], names: Names) -> dict[str, Any]:
    """All parameters of a part, whatever is wrong with those that were set.

    One that is not allowed has its default; a list that is not allowed is as long as it was set, of default items.
    """
    return {
        declared.name: _tolerated(part, declared, params[declared.name], names)
        if declared.name in params
        else declared.default
        for declared in part.params()
    }


def _tolerated(part: type[Part], declared: Param, value: Value, names: Names) -> Any:
    try:
        return declared.check(resolve(part, {declared.name: value}, names)[declared.field])
    except ParameterError:
        if isinstance(value, tuple) and isinstance(declared.default, tuple):
            return declared.default[:1] * len(value)
        return declared.default


def block_params(
    name: str, block: Block, params: Mapping[str, Value], names: Names
) -> tuple[dict[str, int | float], list[Fault]]:
    """The parameters that an instance of a block works with, and what is wrong with those that were set.

    Args:
        name: the block's name.
        block: the block.
        params: what the instance sets; expressions are over the names around the instance.
        names: those names.
    """
    found = finite(block.params)
    faults: list[Fault] = []
    for key, value in params.items():
        if key not in block.params:
            has = f"it has {quoted(list(block.params))}" if block.params else "it has none"
            faults.append(Fault("ND202", key, f"{key}: block `{name}` has no such parameter; {has}"))
            continue
        try:
            found[key] = _number(value, names)
        except ExpressionError as error:
            faults.append(Fault(_number_code(value, names), key, f"{key}: {error}"))
    return found, faults


def _number(value: Value, names: Names) -> int | float:
    if isinstance(value, str):
        return evaluate(value, names)
    if not _is_number(value):
        raise ExpressionError(f"expected a number or an expression, got {_short(value)}")
    assert isinstance(value, int | float)
    return value


def _short(value: object) -> str:
    return "a number beyond 2**53" if isinstance(value, int) and abs(value) > _LARGEST else repr(value)[:60]


def _number_code(value: Value, names: Names) -> str:
    if not isinstance(value, str):
        return "ND201"
    return "ND204" if names_in(value) - names.keys() else "ND203"


def repeat_of(repeat: int | str, names: Names) -> tuple[int, Fault | None]:
    """How many times a node is applied, 1 where that cannot be told."""
    try:
        number = _number(repeat, names)
    except ExpressionError as error:
        return 1, Fault(_number_code(repeat, names), "repeat", f"repeat: {error}")
    if number != int(number) or not 1 <= number <= MOST_REPEATS:
        return 1, Fault(
            "ND205", "repeat", f"repeat: expected a whole number from 1 to {MOST_REPEATS:,}, got {number}"
        )
    return int(number), None


def rate_faults(rate: float) -> list[Fault]:
    """What is wrong with the rate of a node."""
    try:
        RATE.check(rate)
    except ParameterError as error:
        return [Fault("ND201", error.name, f"{error}; to keep its weights as they are, freeze it")]
    return []
