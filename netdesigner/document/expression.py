"""Arithmetic in number fields: `4*width`, `(size - 1) // 2`.

A small parser over + - * / // % ( ), names, and numbers. Nothing is ever handed to Python's own evaluator, there
is no power operator, and length, nesting and magnitude are bounded, so a text from a stranger's file can only
become a number or an `ExpressionError`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from netdesigner.document.spelling import meant
from netdesigner.errors import ExpressionError

__all__ = ["LONGEST", "evaluate", "names_in", "with_names"]

LONGEST = 200
_DEEPEST = 32
_LARGEST = 2**53

_TOKEN = re.compile(
    r"\s*(?:(\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+(?:[eE][+-]?\d+)?)|([A-Za-z]\w*)|(//|[-+*/%()]))"
)


def evaluate(text: str, names: Mapping[str, int | float]) -> int | float:
    """The number an expression stands for.

    Args:
        text: the expression.
        names: the values that names in it may have.

    Returns:
        An integer where the result is whole and no decimal number took part, else a float. `/` of two integers
        that divides evenly is whole.

    Raises:
        ExpressionError: the text is not an expression, a name is unknown, a division is by zero, or the result
            is not finite or larger than 2**53.
    """
    return _Parser(text, names).run()


def names_in(text: str) -> frozenset[str]:
    """The names an expression uses; empty where the text is not one."""
    try:
        return frozenset(token for kind, token in _tokens(text) if kind == "name")
    except ExpressionError:
        return frozenset()


def with_names(text: str, others: Mapping[str, str]) -> str:
    """The expression with other texts in place of names, its blanks kept; as it is where it is no expression."""
    found, at, stripped = [], 0, text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            return text
        name = match.group(2)
        found.append(stripped[at : match.start(2)] + others[name] if name in others else match.group())
        at = match.end()
    return "".join(found) + text[len(stripped) :]


def _tokens(text: str) -> list[tuple[str, str]]:
    if len(text) > LONGEST:
        raise ExpressionError(f"an expression has at most {LONGEST} characters, this one has {len(text)}")
    found, at, stripped = [], 0, text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            raise ExpressionError(
                f"'{_short(text)}': '{stripped[at:].strip()[0]}' has no meaning here; "
                "use numbers, names, + - * / // % and ( )"
            )
        number, name, sign = match.groups()
        found.append(("number", number) if number else ("name", name) if name else ("sign", sign))
        at = match.end()
    if not found:
        raise ExpressionError("the field is empty; enter a number or an expression")
    return found


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


class _Parser:
    """Recursive descent, one method a rule of precedence."""

    def __init__(self, text: str, names: Mapping[str, int | float]) -> None:
        self.text = text
        self.names = names
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    def run(self) -> int | float:
        result = self.sum()
        if self.at < len(self.tokens):
            raise self.error(f"'{self.tokens[self.at][1]}' does not fit there")
        return result

    def error(self, reason: str) -> ExpressionError:
        return ExpressionError(f"'{_short(self.text)}': {reason}")

    def next_sign(self, signs: tuple[str, ...]) -> str:
        if self.at < len(self.tokens):
            kind, token = self.tokens[self.at]
            if kind == "sign" and token in signs:
                self.at += 1
                return token
        return ""

    def sum(self) -> int | float:
        left = self.product()
        while sign := self.next_sign(("+", "-")):
            right = self.product()
            left = self.bounded(left + right if sign == "+" else left - right)
        return left

    def product(self) -> int | float:
        left = self.factor()
        while sign := self.next_sign(("*", "//", "/", "%")):
            left = self.bounded(self.apply(sign, left, self.factor()))
        return left

    def apply(self, sign: str, left: int | float, right: int | float) -> int | float:
        if sign == "*":
            return left * right
        if right == 0:
            raise self.error("this divides by zero")
        if sign == "//":
            return left // right
        if sign == "%":
            return left % right
        whole = isinstance(left, int) and isinstance(right, int) and left % right == 0
        return left // right if whole else left / right

    def factor(self) -> int | float:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.error(f"more than {_DEEPEST} levels of brackets or signs")
        try:
            if sign := self.next_sign(("+", "-")):
                value = self.factor()
                return -value if sign == "-" else value
            if self.next_sign(("(",)):
                value = self.sum()
                if not self.next_sign((")",)):
                    raise self.error("a ')' is missing")
                return value
            return self.operand()
        finally:
            self.depth -= 1

    def operand(self) -> int | float:
        if self.at >= len(self.tokens):
            raise self.error("it ends where a number or a name should follow")
        kind, token = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return self.bounded(int(token) if token.isdigit() else float(token))
        if kind == "name":
            if token in self.names:
                return self.names[token]
            near = meant(token, self.names)
            known = ", ".join(sorted(self.names)) or "none are declared"
            raise self.error(
                f"'{_short(token)}' is not a variable; "
                + (f"did you mean '{near}'?" if near else f"known names: {known}")
            )
        raise self.error(f"'{token}' does not fit there")

    def bounded(self, value: int | float) -> int | float:
        if (isinstance(value, float) and not math.isfinite(value)) or abs(value) > _LARGEST:
            raise self.error(f"the result is larger than {_LARGEST}")
        return value
