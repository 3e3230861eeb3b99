"""Between what numbers lie."""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["ANY", "Span"]


class Span(NamedTuple):
    """All numbers between two, which belong to it."""

    low: float = -math.inf
    high: float = math.inf

    def holds(self, other: Span) -> bool:
        """Whether another span lies in this one."""
        return self.low <= other.low and other.high <= self.high

    @property
    def text(self) -> str:
        """For people, behind a noun."""
        low, high = self
        return f"between {low:g} and {high:g}" if high < math.inf else f"of {low:g} and more"


ANY = Span()
"""All numbers."""
