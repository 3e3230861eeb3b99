"""The way through the design: from a network into blocks and back, with what was seen in each. No widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from netdesigner.document import BLOCK_PREFIX, Design, Scope

__all__ = ["Sight", "Way", "edited_elsewhere"]


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen of a scope when it was left.

    Attributes:
        zoom: 1 at 100 %.
        center: the middle of the view on the canvas.
    """

    zoom: float
    center: tuple[float, float]


@dataclass(slots=True)
class Way:
    """The scopes from a network to the one that is open.

    Attributes:
        scopes: never empty; the last one is open.
        sights: what was seen of scopes that were left.
    """

    scopes: list[Scope] = field(default_factory=lambda: ["main"])
    sights: dict[Scope, Sight] = field(default_factory=dict)

    @property
    def here(self) -> Scope:
        """The scope that is open."""
        return self.scopes[-1]

    def begin(self, design: Design) -> None:
        """To the first network of another design."""
        self.scopes = [next(iter(design.networks))]
        self.sights = {}

    def to(self, scope: Scope) -> None:
        """To a scope: back along the way where it lies on it, into it where it is a block, else to that network."""
        if scope in self.scopes:
            self.scopes = self.scopes[: self.scopes.index(scope) + 1]
        elif scope.startswith(BLOCK_PREFIX):
            self.scopes = [*self.scopes, scope]
        else:
            self.scopes = [scope]

    def back(self) -> bool:
        """Out of a block; returns whether it was in one."""
        if len(self.scopes) == 1:
            return False
        self.scopes = self.scopes[:-1]
        return True

    def keep_to(self, design: Design) -> None:
        """Leaves scopes that the design does not have any more."""
        known = set(design.scopes())
        kept: Sequence[Scope] = []
        for scope in self.scopes:
            if scope not in known:
                break
            kept = [*kept, scope]
        self.scopes = list(kept) or [next(iter(design.networks))]


def edited_elsewhere(before: Design, after: Design, here: Scope) -> Scope:
    """The first scope that an edit changed or added where it left the open one alone; else the open one.

    So what is undone, or mended from a list, is seen.
    """
    known = set(before.scopes())
    changed = [
        scope
        for scope in after.scopes()
        if scope not in known or before.place(scope) is not after.place(scope)
    ]
    return here if here in changed or not changed else changed[0]
