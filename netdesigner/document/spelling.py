"""Which of the known names somebody meant who wrote another one."""

from __future__ import annotations

import functools
from collections.abc import Iterable

__all__ = ["meant", "nearest"]

_LONGEST = 100
"""How many letters of a name are compared: the time grows with their square, and a file may hold longer ones."""


def nearest(name: str, known: Iterable[str], most: int = 3, alike: float = 0.5) -> list[str]:
    """The known names most like another, the best first; one in other capitals is the best.

    Args:
        name: as it was written.
        known: what may have been meant.
        most: how many are given at most.
        alike: how much a name must have in common with the written one, 0 to 1.

    Source: J. W. Ratcliff and D. Metzener, "Pattern matching: the gestalt approach" (1988), as difflib has it.
    """
    return [*_nearest(name[:_LONGEST], tuple(known), most, alike)]


def meant(name: str, known: Iterable[str]) -> str:
    """The known name that is most like another, "" where none is."""
    return next(iter(nearest(name, known, most=1)), "")


@functools.lru_cache(maxsize=256)
def _nearest(name: str, known: tuple[str, ...], most: int, alike: float) -> tuple[str, ...]:
    """As `nearest`, and kept: among hundreds of names it takes milliseconds, and every check of a design asks again."""
    import difflib  # which a design without mistakes does not need

    same = [other for other in known if other.lower() == name.lower()]
    return tuple(dict.fromkeys([*same, *difflib.get_close_matches(name, known, n=most, cutoff=alike)]))[:most]
