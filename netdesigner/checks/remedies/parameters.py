"""What may help against values out of range, misspelt parameters and expressions that cannot be computed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from netdesigner.checks.parameters import MOST_REPEATS, finite, tolerant
from netdesigner.checks.remedies.case import Case, Remedies, Remedy, said_value
from netdesigner.document import edit
from netdesigner.document.design import Block, Value
from netdesigner.document.expression import evaluate, names_in
from netdesigner.document.spelling import nearest
from netdesigner.errors import ExpressionError, ShapeError
from netdesigner.parts.part import Param

__all__ = ["REMEDIES", "allowed", "names_of", "with_name"]


def _declared(case: Case) -> Mapping[str, Param]:
    """The parameters of the node's layer."""
    part = case.catalog.layers.get(case.node.kind)
    return {param.name: param for param in part.params()} if part is not None else {}


def _set(case: Case, value: Value) -> Remedy:
    """The parameter at fault set to a value."""
    if case.problem.param == "repeat":
        text = f"Set repeat to {value} at {case.problem.node}"
        repeat = value if isinstance(value, int | str) else 1
        return Remedy(text, lambda: edit.set_repeat(case.design, case.scope, case.problem.node, repeat))
    return case.set_params(case.problem.node, {case.problem.param: value})


def _given(case: Case) -> Value:
    """What the parameter at fault is set to."""
    return case.node.repeat if case.problem.param == "repeat" else case.node.params.get(case.problem.param)


def _unset(case: Case) -> Iterator[Remedy]:
    """The parameter at fault left at its default."""
    name, node_id = case.problem.param, case.problem.node
    if name == "repeat":
        yield _set(case, 1)
        return
    if name not in case.node.params:
        return
    declared = _declared(case).get(name)
    block = case.design.blocks.get(case.node.block)
    default = (
        declared.default if declared is not None else block.params.get(name) if block is not None else None
    )
    text = (
        f"Set {name} to its default, {said_value(default)}, at {node_id}"
        if declared or block
        else f"Remove {name} from {node_id}"
    )
    yield Remedy(text, lambda: edit.unset_params(case.design, case.scope, node_id, [name]))


# ------------------------------------------------------------------------------------------------ out of range


def _out_of_range(case: Case) -> Iterator[Remedy]:
    """The nearest allowed value, what the layer itself proposes, or the default."""
    declared = _declared(case).get(case.problem.param)
    if declared is not None:
        for value in allowed(declared, _given(case), case.names):
            if value != declared.default:
                yield _set(case, value)
    layer, traced = case.layer(case.problem.node), case.trace.nodes.get(case.problem.node)
    if layer is not None and traced is not None:
        try:
            layer.outputs_of(traced.inputs)
        except ShapeError as error:
            for changes in error.changes:
                yield case.set_params(case.problem.node, changes)
    yield from _unset(case)


def allowed(declared: Param, value: Value, names: Mapping[str, int | float]) -> Iterator[Value]:
    """Values that are allowed and near the one that was given."""
    if isinstance(value, tuple):
        if declared.axes and len(value) > declared.axes:
            yield value[: declared.axes]
        if value and all(isinstance(item, int | float) for item in value):
            yield tuple(_limited(declared, item) for item in value if isinstance(item, int | float))
        return
    if isinstance(value, str) and declared.choices:
        yield from nearest(value, declared.choices, most=2, alike=0.4)
    number = _number(value, names)
    if number is not None and declared.numeric:
        yield _limited(declared, number)


def _number(value: Value, names: Mapping[str, int | float]) -> int | float | None:
    if isinstance(value, str):
        try:
            return evaluate(value, finite(names))
        except ExpressionError:
            return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _limited(declared: Param, number: int | float) -> int | float:
    """The number inside the limits, and whole where the parameter is."""
    if declared.type in ("int", "ints", "size") and abs(number) < 2**53:
        number = round(number)
    if declared.min is not None and number < declared.min:
        number = declared.min
    if declared.max is not None and number > declared.max:
        number = declared.max
    return int(number) if declared.type in ("int", "ints", "size") and number == int(number) else number


def _unknown_parameter(case: Case) -> Iterator[Remedy]:
    """The nearest name, or the parameter removed."""
    name, node_id = case.problem.param, case.problem.node
    block = case.design.blocks.get(case.node.block)
    known = list(block.params) if block is not None else list(_declared(case))
    kept = {key: value for key, value in case.node.params.items() if key != name}
    for near in nearest(name, [key for key in known if key not in kept], most=2):
        params = {**kept, near: case.node.params[name]}
        yield Remedy(
            f"Change {name} to {near} at {node_id}",
            partial(case.with_node, replace(case.node, params=params)),
        )
    yield Remedy(f"Remove {name} from {node_id}", lambda: case.with_node(replace(case.node, params=kept)))


# ------------------------------------------------------------------------------------------------- expressions


def _expression(case: Case) -> Iterator[Remedy]:
    yield from _unset(case)


def _unknown_variable(case: Case) -> Iterator[Remedy]:
    """The nearest variable, the variable declared, or the default."""
    given, declared = _given(case), _declared(case).get(case.problem.param)
    unknown = sorted(names_of(given) - case.names.keys())
    if isinstance(given, str) and declared is not None:
        for choice in nearest(given, declared.choices, most=1):
            yield _set(case, choice)
    for name in unknown[:2]:
        for near in nearest(name, case.names, most=2):
            remedy = _set(case, with_name(given, name, near))
            yield Remedy(f"Change {name} to {near} at {case.problem.node}", remedy.make)
    if unknown:
        start = _start(case)
        said = " and ".join(f"{name} = {start}" for name in unknown)
        new = dict.fromkeys(unknown, start)
        place = case.place
        if isinstance(place, Block):
            params = {**place.params, **new}
            yield Remedy(
                f"Declare {said} in block {case.in_block}",
                lambda: edit.set_block(case.design, case.in_block, replace(place, params=params)),
            )
        variables = {**case.design.variables, **new}
        yield Remedy(f"Declare {said}", lambda: edit.set_variables(case.design, variables))
    yield from _unset(case)


def names_of(value: Value) -> frozenset[str]:
    """The names that a value's expressions use."""
    if isinstance(value, tuple):
        return frozenset().union(*(names_of(item) for item in value))
    return names_in(value) if isinstance(value, str) else frozenset()


def with_name(value: Value, old: str, new: str) -> Value:
    """The value with a name in its expressions replaced by another."""
    if isinstance(value, tuple):
        return tuple(with_name(item, old, new) for item in value)
    return re.sub(rf"\b{re.escape(old)}\b", new, value) if isinstance(value, str) else value


def _start(case: Case) -> int | float:
    """A value to begin with: the parameter's default where that is a number, else 1."""
    declared = _declared(case).get(case.problem.param)
    default = declared.default if declared is not None else 1
    return default if isinstance(default, int | float) and not isinstance(default, bool) else 1


# -------------------------------------------------------------------------------------------------- repetition


def _repeat(case: Case) -> Iterator[Remedy]:
    """The nearest number of repetitions that is possible."""
    number = _number(case.node.repeat, case.names)
    if number is not None and case.node.kind not in ("Input", "Output"):
        yield _repeated(case, max(1, min(MOST_REPEATS, round(number))))
    yield _repeated(case, 1)


def _repeated(case: Case, number: int) -> Remedy:
    text = f"Set repeat to {number} at {case.problem.node}"
    return Remedy(text, lambda: edit.set_repeat(case.design, case.scope, case.problem.node, number))


def _once(case: Case) -> Iterator[Remedy]:
    """Fewer repetitions."""
    number = _number(case.node.repeat, case.names)
    if number is not None and number > 20:
        yield _repeated(case, 10)
    yield _repeated(case, 1)
    yield case.remove(case.problem.node)


def _variable(case: Case) -> Iterator[Remedy]:
    """A number for the variable, or the variable removed."""
    name = case.problem.param
    others = {key: value for key, value in case.design.variables.items() if key != name}
    yield Remedy(f"Remove variable {name}", lambda: replace(case.design, variables=others))
    yield Remedy(
        f"Set {name} to 1", lambda: replace(case.design, variables={**case.design.variables, name: 1})
    )


def _same_ports(case: Case) -> Iterator[Remedy]:
    """Numbers in the place of expressions over the block's parameters."""
    part = case.catalog.layers[case.node.kind]
    values = tolerant(part, case.node.params, case.names)
    for name, given in case.node.params.items():
        if names_of(given) - case.design.variables.keys():
            yield case.set_params(case.problem.node, {name: values[name]})


REMEDIES: dict[str, Remedies] = {
    "ND201": _out_of_range,
    "ND202": _unknown_parameter,
    "ND203": _expression,
    "ND204": _unknown_variable,
    "ND205": _repeat,
    "ND206": _once,
    "ND207": _variable,
    "ND208": _same_ports,
    "ND304": _once,
}
