"""How checks spell names, loops and shapes, so that every message reads alike."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from netdesigner.document.design import BLOCK_PREFIX, Scope

__all__ = ["count", "listed", "loop", "one_line", "place", "quoted"]

_MOST = 6
"""How many names a message lists before it counts the rest."""


def one_line(text: str) -> str:
    """The text with what cannot be printed, such as a line break in a name from a file, as spaces."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def quoted(names: Collection[str], joiner: str = "and") -> str:
    """The names in backticks, as a sentence lists them; many are cut short."""
    shown = [f"`{name}`" for name in list(names)[:_MOST]]
    more = [f"{len(names) - _MOST} more"] if len(names) > _MOST else []
    return listed([*shown, *more], joiner)


def listed(words: Sequence[str], joiner: str = "and") -> str:
    """The words as a sentence lists them."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joiner} {words[-1]}"


def loop(path: Sequence[str]) -> str:
    """A loop from its first node back to it, with the middle of a long one left out."""
    shown = [f"`{name}`" for name in (*path, path[0])]
    if len(shown) > 2 * _MOST:
        left_out = len(shown) - 2 * _MOST + 1
        shown = [*shown[: _MOST - 1], f"({left_out} more)", *shown[1 - _MOST :]]
    return " → ".join(shown)


def count(number: int, noun: str) -> str:
    """`1 wire`, `2 wires`, `1,000 wires`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def place(scope: Scope) -> str:
    """A network or block as a message names it."""
    if scope.startswith(BLOCK_PREFIX):
        return f"block `{scope[len(BLOCK_PREFIX) :]}`"
    return f"network `{scope}`"
