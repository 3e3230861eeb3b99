"""Steps that bring a file of an older format to the present one.

`FORMAT` rises by one with each change of the file; each step takes the JSON of one format and returns that of the
next. A saved design of every format stays among the tests for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

__all__ = ["FORMAT", "migrate"]

FORMAT = 2


def _as_it_is(raw: dict[str, Any]) -> dict[str, Any]:
    """For a format that says more than the one before and nothing in another way."""
    return raw


_STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: _as_it_is,  # nodes may be frozen, and may use the weights of others
}
"""From format n to n + 1, keyed by n, without gaps."""


def migrate(raw: Any, refuse: Callable[[str], NoReturn]) -> dict[str, Any]:
    """The JSON of a design file in the present format.

    Args:
        raw: what the file holds.
        refuse: called with a reason where it cannot be brought up.
    """
    if not isinstance(raw, dict) or "format" not in raw:
        refuse("not a design file: it has no 'format' number")
    number = raw["format"]
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        refuse(f"'format' should be a whole number from 1 to {FORMAT}")
    if number > FORMAT:
        refuse(
            f"made by a newer version of the program (format {number}, this one reads up to {FORMAT}); "
            "update it to open the file"
        )
    while number < FORMAT:
        raw = _STEPS[number](raw)
        number += 1
    return {**raw, "format": FORMAT}
