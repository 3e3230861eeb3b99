"""The way through the design: from a network into blocks and back, with what was seen in each. No widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from netdesigner.document import BLOCK_PREFIX, Design, Scope

__all__ = ["Sight", "Way", "edited_elsewhere"]


class Sight(NamedTuple):
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
        doors: by scope, the instance through which it was opened: the scope around and the node; none where it was
            opened by its name.
    """

    scopes: list[Scope] = field(default_factory=lambda: ["main"])
    sights: dict[Scope, Sight] = field(default_factory=dict)
    doors: dict[Scope, tuple[Scope, str]] = field(default_factory=dict)

    @property
    def here(self) -> Scope:
        """The scope that is open."""
        return self.scopes[-1]

    def begin(
        self, design: Design, scopes: Sequence[Scope] = (), sights: Mapping[Scope, Sight] | None = None
    ) -> None:
        """To another design.

        Args:
            design: the design.
            scopes: the way into it, as far as it has them; to its first network if none is given.
            sights: what was seen of its scopes.
        """
        self.scopes = list(scopes if scopes and scopes[0] in design.networks else ())
        self.sights = dict(sights or {})
        self.doors = {}
        self.keep_to(design)

    def to(self, scope: Scope, through: str = "") -> None:
        """To a scope: back along the way where it lies on it, into it where it is a block, else to that network.

        Args:
            scope: where to go.
            through: the instance in the open scope that was opened, or "".
        """
        if through:
            self.doors[scope] = (self.here, through)
        elif scope not in self.scopes:
            self.doors.pop(scope, None)
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

    @property
    def door(self) -> tuple[Scope, str] | None:
        """The instance through which the open scope was opened, where that is known."""
        return self.doors.get(self.here)

    def follow(self, before: Design, after: Design) -> bool:
        """Keeps to a block that has another name now, and to an instance that has another block.

        Returns:
            Whether the open scope is called otherwise now.
        """
        here = self.here
        now = {
            scope: _renamed_block(before, after, scope) or self._other_block(before, after, scope) or scope
            for scope in self.scopes
        }
        self.scopes = [now[scope] for scope in self.scopes]
        self.sights = {now.get(scope, scope): sight for scope, sight in self.sights.items()}
        self.doors = {
            now.get(scope, scope): (now.get(around, around), node_id)
            for scope, (around, node_id) in self.doors.items()
        }
        return self.here != here

    def _other_block(self, before: Design, after: Design, scope: Scope) -> Scope:
        """The scope that an instance leads to now; "" where that is no other one or no block."""
        around, node_id = self.doors.get(scope, ("", ""))
        nodes = [
            design.graph(around).nodes.get(node_id)
            for design in (before, after)
            if around in set(design.scopes())
        ]
        if len(nodes) < 2 or nodes[0] is None or nodes[1] is None or nodes[0].kind != scope:
            return ""
        return nodes[1].kind if nodes[1].kind != scope and nodes[1].block in after.blocks else ""

    def keep_to(self, design: Design) -> None:
        """Leaves scopes that the design does not have any more."""
        known = set(design.scopes())
        kept: Sequence[Scope] = []
        for scope in self.scopes:
            if scope not in known:
                break
            kept = [*kept, scope]
        self.scopes = list(kept) or [next(iter(design.networks))]


def _renamed_block(before: Design, after: Design, scope: Scope) -> Scope:
    """What a block is called after an edit that took its name; "" where it kept it or is gone."""
    name = scope.removeprefix(BLOCK_PREFIX)
    if not scope.startswith(BLOCK_PREFIX) or name in after.blocks or name not in before.blocks:
        return ""
    block = before.blocks[name]
    new = next(
        (key for key, other in after.blocks.items() if other is block and key not in before.blocks), ""
    )
    return BLOCK_PREFIX + new if new else ""


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
