"""Python source as text: literals, comments and docstrings that cannot end early, and lines wrapped the usual way.

The form is that of the formatters in common use: at most 88 characters, double quotes, one argument a line where
arguments do not fit.
"""

from __future__ import annotations

import re
import textwrap
import tokenize
from collections.abc import Iterable, Iterator
from io import StringIO

__all__ = ["WIDTH", "argument_list", "comment", "docstring", "literal", "wrapped"]

WIDTH = 88
_STEP = "    "
_OPENING, _CLOSING = "([{", ")]}"
_VALUE = re.compile(r"(\s*(?:return |[\w, ]+ = ))(.+)")


def literal(value: object) -> str:
    """A value as Python writes it; texts in double quotes where that needs no escape."""
    if isinstance(value, tuple | list):
        items = [literal(item) for item in value]
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    written = repr(value)
    if isinstance(value, str) and written[0] == "'" and '"' not in value:
        return f'"{written[1:-1]}"'
    return written


def argument_list(positional: Iterable[str], named: Iterable[tuple[str, str]] = ()) -> str:
    """What stands between the brackets of a call."""
    return ", ".join([*positional, *(f"{name}={value}" for name, value in named)])


def _printable(text: str) -> str:
    """A line without anything that could end it, or make it look like another."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text.strip())


def _filled(text: str, width: int) -> Iterator[str]:
    """Text in lines of some width; its own line breaks are kept, those of any other kind are escaped."""
    for line in text.strip().split("\n"):
        clean = _printable(line.replace("\t", " "))
        yield from textwrap.wrap(clean, width, break_long_words=False, break_on_hyphens=False) or [""]


def comment(text: str, margin: int) -> list[str]:
    """Lines of comment that say a text, to be indented by `margin`; none where it is empty."""
    if not text.strip():
        return []
    return [f"# {line}".rstrip() for line in _filled(text, WIDTH - margin - 2)]


def docstring(text: str, indent: str) -> list[str]:
    """The lines of a docstring that says a text."""
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    lines = list(_filled(text, WIDTH - len(indent) - 6))
    first = f" {lines[0]}" if lines[0].startswith('"') else lines[0]
    if len(lines) == 1:
        return [f'{indent}"""{first} """' if first.endswith('"') else f'{indent}"""{first}"""']
    return [f'{indent}"""{first}', *((indent + line).rstrip() for line in lines[1:]), f'{indent}"""']


def wrapped(line: str) -> list[str]:
    """A logical line as one or several lines of source.

    A line that is too long is split inside the last brackets before which it is short enough; that of a function inside
    those of its arguments.
    """
    long = len(line) > WIDTH and not line.lstrip().startswith("#")
    if not long:
        return [line]
    pairs = _brackets(line)
    if not pairs:
        return _bracketed(line)
    fitting = [pair for pair in pairs if pair[0] < WIDTH and not line.lstrip().startswith("def ")]
    start, end = fitting[-1] if fitting else pairs[0]
    outer = line[: len(line) - len(line.lstrip())]
    body = line[start + 1 : end]
    if len(outer + _STEP + body) <= WIDTH:
        return [line[: start + 1], outer + _STEP + body, outer + line[end:]]
    lines = [part for piece in _pieces(body) for part in wrapped(outer + _STEP + piece)]
    return [line[: start + 1], *lines, outer + line[end:]]


def _bracketed(line: str) -> list[str]:
    """A long line without brackets, with some around what it assigns or returns."""
    match = _VALUE.match(line)
    pieces = _pieces(match[2]) if match else []
    if match is None or len(pieces) == 1:
        return [line]
    outer = line[: len(line) - len(line.lstrip())]
    if len(outer + _STEP + match[2]) <= WIDTH and "," not in match[2]:
        pieces = [match[2]]
    return [f"{match[1]}(", *(outer + _STEP + piece for piece in pieces), f"{outer})"]


def _pieces(body: str) -> list[str]:
    """What stands between brackets, one argument, one term or one part of a comprehension each."""
    commas, parts = [], []
    for depth, at, sign in _tokens(body):
        if depth == 0 and sign == ",":
            commas.append(at)
        if depth == 0 and sign in ("for", "+", "*", "@") and at > 0:
            parts.append(at)
    cuts = [at + 1 for at in commas] or parts
    ends = [*cuts, len(body)]
    found = [body[start:end].strip() for start, end in zip([0, *cuts], ends, strict=True)]
    return [f"{piece.rstrip(',')}," for piece in found if piece] if commas else found


def _brackets(line: str) -> list[tuple[int, int]]:
    """Where outermost brackets that hold something open and close."""
    found, start = [], 0
    for depth, at, sign in _tokens(line):
        if sign in _OPENING and depth == 0:
            start = at
        elif sign in _CLOSING and depth == 0 and at > start + 1:
            found.append((start, at))
    return found


def _tokens(line: str) -> Iterator[tuple[int, int, str]]:
    """Each token of a line with how many brackets stand around it and where it begins."""
    depth = 0
    for token in tokenize.generate_tokens(StringIO(line.strip()).readline):
        if token.string and token.string in _CLOSING:
            depth -= 1
        yield depth, token.start[1] + len(line) - len(line.lstrip()), token.string or "\n"
        if token.string and token.string in _OPENING:
            depth += 1
