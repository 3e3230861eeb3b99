"""Setting a value of a design by a dotted name, as the command line's `--set NAME=VALUE` does.

`width=32` sets a variable; `training.epochs=5`, `training.optimizer=SGD`, `training.optimizer.momentum=0.9`,
`data.normalize=none` and `task.label_smoothing=0.1` set what their first word says.
"""

from __future__ import annotations

import difflib
import json
from dataclasses import replace

from netdesigner.document import Choice, Design, Value
from netdesigner.errors import ParameterError
from netdesigner.training import settings

__all__ = ["assign", "parse"]


def assign(design: Design, assignment: str) -> Design:
    """The design with one value set.

    Args:
        assignment: `NAME=VALUE`.

    Raises:
        ParameterError: it is not of that form, or the design has no such thing to set.
    """
    name, sign, text = assignment.partition("=")
    name = name.strip()
    if not sign or not name:
        raise ParameterError("--set", f"expected NAME=VALUE, got '{assignment}'")
    first, _, rest = name.partition(".")
    if first == "training" and rest:
        return replace(design, training=settings.assign(design.training, rest, text))
    if first == "data" and rest:
        return replace(design, data=_with_param(design.data, "data set", rest, text))
    if first == "task" and rest:
        return replace(design, task=_with_param(design.task, "task", rest, text))
    return _with_variable(design, name, text)


def _with_param(choice: Choice | None, what: str, name: str, text: str) -> Choice:
    if choice is None:
        raise ParameterError(name, f"the design has no {what} yet whose parameter could be set")
    return choice.with_params({name: parse(text)})


def _with_variable(design: Design, name: str, text: str) -> Design:
    if name not in design.variables:
        near = difflib.get_close_matches(name, design.variables, n=1)
        known = ", ".join(design.variables) or "none"
        hint = (
            f"did you mean '{near[0]}'?"
            if near
            else f"its variables: {known}; else training.NAME, data.NAME, task.NAME"
        )
        raise ParameterError(name, f"the design has no variable of this name; {hint}")
    value = parse(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ParameterError(name, f"a variable is a number, got '{text}'")
    return replace(design, variables={**design.variables, name: value})


def parse(text: str) -> Value:
    """A value as a person types it: JSON where it is JSON, else the text itself; `1,2` is a list."""
    text = text.strip()
    try:
        return _frozen(json.loads(text))
    except (ValueError, RecursionError):
        pass
    if "," in text and not text.startswith(("[", "{", '"')):
        return tuple(parse(part) for part in text.split(","))
    return {"True": True, "False": False, "None": None}.get(text, text)


def _frozen(value: object) -> Value:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError("not a value")
