"""From what a person types to a parameter's value, and back. No Qt."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from netdesigner.document import Value
from netdesigner.document.expression import evaluate
from netdesigner.errors import ExpressionError, ParameterError
from netdesigner.parts.part import Param

__all__ = [
    "Reading",
    "dragged",
    "evaluated_text",
    "read",
    "step",
    "text_of",
    "why_refused",
    "within",
]

_PER_AXIS = ("size", "scale")
_REAL = ("float", "scale")
_SEPARATOR = re.compile(r"\s*[,;×]\s*")
_LONGEST = 2000


class Reading(NamedTuple):
    """What was typed, understood.

    Attributes:
        value: the value.
        error: why there is none, or what the parameter holds against it; "" where all is well.
        usable: whether there is a value at all, allowed or not.
    """

    value: Value = None
    error: str = ""
    usable: bool = True


def text_of(value: Value) -> str:
    """A value as it stands in a field."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(text_of(item) for item in value)
    if isinstance(value, float):
        return _float_text(value)
    return str(value)


def _float_text(value: float) -> str:
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return repr(value).replace("e-0", "e-")


def read(param: Param, text: str, names: Mapping[str, int | float]) -> Reading:
    """What was typed into the field of a parameter.

    Args:
        param: the parameter.
        text: what was typed.
        names: the variables that expressions may use.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return Reading(error=f"longer than {_LONGEST} characters", usable=False)
    if not text:
        return _nothing(param)
    value = _value(param, text)
    return Reading(value, why_refused(param, value, names))


def _nothing(param: Param) -> Reading:
    if param.type in ("ints", "floats", "names") and not param.optional:
        return Reading((), why_refused(param, (), {}))
    if param.type == "str":
        return Reading(None if param.optional else "", "" if param.optional else why_refused(param, "", {}))
    if param.optional:
        return Reading(None)
    return Reading(error="enter a number" if param.numeric else "enter a value", usable=False)


def _value(param: Param, text: str) -> Value:
    if param.type in ("str", "bool"):
        return text
    if param.type == "names":
        return tuple(part for part in re.split(r"\s*,\s*", text) if part)
    if param.type == "size" and text in param.choices:
        return text
    if param.type in ("ints", "floats") or (param.type in _PER_AXIS and _SEPARATOR.search(text)):
        parts = [part for part in _SEPARATOR.split(text.strip("()[] ")) if part]
        return tuple(_number(param, part) for part in parts)
    return _number(param, text)


def _number(param: Param, text: str) -> int | float | str:
    """A number where it is one, else the text, which is an expression."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    whole = param.type in ("int", "ints", "size") and number == int(number)
    return int(number) if whole else number


def why_refused(param: Param, value: Value, names: Mapping[str, int | float]) -> str:
    """Why a parameter may not have a value, without its name; "" where it may."""
    try:
        param.check(_resolved(param, value, names))
    except ExpressionError as error:
        return str(error)
    except ParameterError as error:
        return str(error).removeprefix(f"{param.name}: ")
    return ""


def _resolved(param: Param, value: Value, names: Mapping[str, int | float]) -> Value:
    if not param.numeric or (isinstance(value, str) and value in param.choices):
        return value
    if isinstance(value, tuple):
        return tuple(_resolved(param, item, names) for item in value)
    return evaluate(value, names) if isinstance(value, str) else value


def evaluated_text(param: Param, value: Value, names: Mapping[str, int | float]) -> str:
    """What an expression comes to, as "= 120"; "" for anything else."""
    items = value if isinstance(value, tuple) else (value,)
    if not param.numeric or not any(isinstance(item, str) and item not in param.choices for item in items):
        return ""
    try:
        return f"= {text_of(_resolved(param, value, names))}"
    except ExpressionError:
        return ""


def step(param: Param, value: Value, steps: int) -> int | float | None:
    """The number some steps up or down from another one, within the limits; None where there is nothing to step."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    size = _float_step(value) if param.type in _REAL else 1.0
    return within(param, value + steps * size)


def dragged(param: Param, start: float, steps: float, rough: bool = False) -> int | float | None:
    """The number that a drag leads to, within the limits; None where that is none.

    Args:
        param: the parameter.
        start: where the drag began.
        steps: how far it went, in the small steps of a number of this size; parts of one count for real numbers.
        rough: round to large steps: eights for whole numbers from 8 on, ten small steps for real ones.
    """
    size = _float_step(start) / 10
    if param.type not in _REAL:
        size = max(1.0, float(int(size)))
    large = (8.0 if abs(start) >= 8 else 1.0) if param.type not in _REAL else 10 * size
    least = large if rough else size / 10 if param.type in _REAL else 1.0
    return within(param, round((start + steps * size) / least) * least)


def within(param: Param, number: float) -> int | float | None:
    """A number held within a parameter's limits and of its type; None where an excluded limit leaves none."""
    if param.max is not None:
        number = min(number, param.max)
    if param.min is not None:
        number = max(number, param.min)
    if param.above is not None and number <= param.above:
        return None
    return float(f"{number:.10g}") if param.type in _REAL else int(number)


def _float_step(value: float) -> float:
    """A tenth of the number's size, as a power of ten."""
    if value == 0:
        return 0.1
    size = 10.0 ** math.floor(math.log10(abs(value)) + 1e-9)
    return size if abs(value) >= 2 * size else size / 10
