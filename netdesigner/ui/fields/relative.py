"""Changes of a number by itself, typed where several nodes have different ones: `+8`, `*2`, `/2`. No Qt."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from netdesigner.document import Value
from netdesigner.parts.part import Param
from netdesigner.ui.fields.reading import text_of, within

__all__ = ["Relative", "is_begun", "relative_of"]

_FORM = re.compile(r"([-+*/])(=?)\s*(\d+(?:\.\d+)?)\Z")
_SIGN = re.compile(r"[-+*/]=?\Z")
_WORDS = {"+": "+", "-": "-", "*": "×", "/": "÷"}
_TYPES = frozenset({"int", "float", "size", "scale"})


class Relative(NamedTuple):
    """A change of a number by itself.

    Attributes:
        sign: "+", "-", "*" or "/".
        amount: by how much.
    """

    sign: str
    amount: int | float

    def __str__(self) -> str:
        return f"each {_WORDS[self.sign]} {text_of(self.amount)}"

    def of(self, param: Param, value: Value) -> Value:
        """What becomes of a value: each number of a list by itself, an expression as a longer one.

        Numbers stay whole where the parameter's are, and within its limits.
        """
        if isinstance(value, tuple):
            return tuple(self._number(param, item) for item in value)
        return self._number(param, value)

    def _number(self, param: Param, value: Any) -> Any:
        if isinstance(value, str):
            if value in param.choices:
                return value
            inner = value if value.isidentifier() else f"({value})"
            sign = "//" if self.sign == "/" and param.type in ("int", "size") else self.sign
            return f"{inner}{sign}{text_of(self.amount)}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        result = self._computed(float(value))
        limited = within(param, result if param.type in ("float", "scale") else round(result))
        return value if limited is None else limited

    def _computed(self, number: float) -> float:
        if self.sign == "+":
            return number + self.amount
        if self.sign == "-":
            return number - self.amount
        return number * self.amount if self.sign == "*" else number / self.amount


def relative_of(param: Param, text: str) -> Relative | None:
    """The change that a text means for a parameter; None where it is no change.

    `-8` is one where the parameter may not be negative; elsewhere it is a number, and the change is written `-=8`.
    """
    form = _FORM.match(text.strip())
    if form is None or param.type not in _TYPES:
        return None
    sign, marked, digits = form.groups()
    amount = float(digits) if "." in digits else int(digits)
    if sign == "-" and not marked and not _is_never_negative(param):
        return None
    return None if sign == "/" and not amount else Relative(sign, amount)


def is_begun(text: str) -> bool:
    """Whether a text is the sign of a change that still lacks its number."""
    return _SIGN.match(text.strip()) is not None


def _is_never_negative(param: Param) -> bool:
    return (param.min is not None and param.min >= 0) or (param.above is not None and param.above >= 0)
