"""Where something that is dragged comes to rest: so that its wires are straight, beside others, or on the grid. No Qt.

All that it could line up with is put in order once, when the drag begins; each step of the drag then looks at the few
that are near, so that a network of a thousand nodes is dragged as lightly as a small one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from netdesigner.document.design import Point
from netdesigner.session.framing import Rect
from netdesigner.session.lines import snapped

__all__ = ["Line", "Snap", "Snapper"]

Line = tuple[Point, Point]
_BEYOND_PX = 12.0
"""How far a line reaches beyond what it lines up."""


class Snap(NamedTuple):
    """How far something goes, and the lines that show why.

    Attributes:
        shift: across and down.
        lines: between what is lined up.
    """

    shift: Point
    lines: tuple[Line, ...] = ()


class _Match(NamedTuple):
    """A shift along one axis at which the edges or middles of two rectangles are in line."""

    shift: float
    place: float
    other: Rect


class Snapper:
    """Lines up one rectangle with others.

    Args:
        moving: the rectangle where the drag began.
        corner: the point that comes to lie on the grid where nothing else is near.
        others: the rectangles that stay.
        wires: of each wire between the two, the end that moves and the end that stays.
    """

    def __init__(
        self, moving: Rect, corner: Point, others: Iterable[Rect], wires: Iterable[tuple[Point, Point]]
    ) -> None:
        self._moving = moving
        self._corner = corner
        boxes = list(others)
        self._matches = tuple(_matches(moving, boxes, axis) for axis in (0, 1))
        self._keys = tuple([match.shift for match in matches] for matches in self._matches)
        self._levels = sorted((stays[1] - moves[1], moves, stays) for moves, stays in wires)

    def at(self, across: float, down: float, reach: float, sight: Rect) -> Snap:
        """Where it comes to rest.

        Args:
            across, down: how far the pointer went.
            reach: how far from there it may come to rest, on the canvas.
            sight: what is seen of the canvas; only what is in it is lined up with.
        """
        lines: list[Line] = []
        shift = [across, down]
        beside = self._nearest(0, across, down, reach, sight)
        shift[0] = beside.shift if beside is not None else self._on_grid(0, across)
        level = self._level(down, reach)
        above = None if level is not None else self._nearest(1, down, across, reach, sight)
        if level is not None:
            shift[1] = level[0]
            lines.append(((level[1][0] + shift[0], level[2][1]), level[2]))
        else:
            shift[1] = above.shift if above is not None else self._on_grid(1, down)
        box = (self._moving[0] + shift[0], self._moving[1] + shift[1], self._moving[2], self._moving[3])
        lines += [_line(box, found, axis) for axis, found in ((0, beside), (1, above)) if found is not None]
        return Snap((shift[0], shift[1]), tuple(lines))

    def _on_grid(self, axis: int, shift: float) -> float:
        return snapped(self._corner[axis] + shift) - self._corner[axis]

    def _level(self, down: float, reach: float) -> tuple[float, Point, Point] | None:
        """The wire that is most nearly straight."""
        near = [found for found in self._levels if abs(found[0] - down) <= reach]
        return min(near, key=lambda found: abs(found[0] - down), default=None)

    def _nearest(self, axis: int, shift: float, across: float, reach: float, sight: Rect) -> _Match | None:
        """What is most nearly in line; of several that are equally so, the one that is closest."""
        keys, matches = self._keys[axis], self._matches[axis]
        begin, end = bisect_left(keys, shift - reach), bisect_right(keys, shift + reach)
        place = self._moving[1 - axis] + across
        return min(
            (match for match in matches[begin:end] if _is_seen(match.other, sight)),
            key=lambda match: (abs(match.shift - shift), abs(match.other[1 - axis] - place)),
            default=None,
        )


def _matches(moving: Rect, others: Sequence[Rect], axis: int) -> list[_Match]:
    """Left with left, middle with middle, right with right; or the same from top to bottom; by their shifts."""
    found = []
    for other in others:
        for part in (0.0, 0.5, 1.0):
            place = other[axis] + part * other[axis + 2]
            found.append(_Match(place - moving[axis] - part * moving[axis + 2], place, other))
    return sorted(found, key=lambda match: match.shift)


def _is_seen(box: Rect, sight: Rect) -> bool:
    return (
        box[0] < sight[0] + sight[2]
        and sight[0] < box[0] + box[2]
        and box[1] < sight[1] + sight[3]
        and sight[1] < box[1] + box[3]
    )


def _line(box: Rect, match: _Match, axis: int) -> Line:
    """Along both rectangles, at the place where they are in line."""
    other, cross = match.other, 1 - axis
    first = min(box[cross], other[cross]) - _BEYOND_PX
    last = max(box[cross] + box[cross + 2], other[cross] + other[cross + 2]) + _BEYOND_PX
    if axis == 0:
        return (match.place, first), (match.place, last)
    return (first, match.place), (last, match.place)
