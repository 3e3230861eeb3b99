"""How a wire runs from port to port: a smooth curve, led around the nodes in its way. No Qt.

A wire to the next column is one cubic curve. Where that would run through other nodes, as a skip connection's does,
the wire leaves in a curve, runs along a free lane above or below them, and comes back in a curve. Lanes of longer wires
lie farther out, so that nested ones stay apart. A wire that runs back, as from the end of a row to the start of the
next, turns around, runs along a free lane between the two, and turns again.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

__all__ = ["Obstacles", "Point", "Rect", "Route", "bezier_points", "hull", "route", "route_via"]

Point = tuple[float, float]
Rect = tuple[float, float, float, float]
"""Left, top, width, height."""

Cubic = tuple[Point, Point, Point]
"""Two control points and the end."""

_CLEARANCE_PX = 16.0
_NEST_PX = 8.0
_DEEPEST_NEST = 6
_TURN_PX = 40.0
_STEEP_TURN_PX = 24.0
_LEVEL_PX = 4.0
_RETURN_BELOW_PX = 96.0
_LEAST_ACROSS_PX = 16.0
_MOST_OBSTACLES = 400
_TRIES = 8
_CELL_PX = 512.0
_MOST_CELLS = 64
"""So many squares of the canvas, of this side, are looked through one by one."""
_VIA_REACH = 0.36
"""How far a control point lies from the end of a stretch between dots, as a share of its length."""


class Route(NamedTuple):
    """A wire's way: cubic curves one after the other, and where its label goes."""

    start: Point
    curves: tuple[Cubic, ...]
    middle: Point

    @property
    def level(self) -> bool:
        """Whether the wire runs level at its middle."""
        if len(self.curves) > 1:
            return True
        return abs(self.curves[0][2][1] - self.start[1]) < _LEVEL_PX

    def points(self, steps: int = 16) -> list[Point]:
        """Points along the way, close enough together to tell what lies on it."""
        found, at = [self.start], self.start
        for first, second, end in self.curves:
            found += bezier_points(at, first, second, end, steps)
            at = end
        return found


def bezier_points(start: Point, first: Point, second: Point, end: Point, steps: int) -> Iterator[Point]:
    """Points along a cubic curve, without its start."""
    for a, b, c, d in _weights(steps):
        yield (
            a * start[0] + b * first[0] + c * second[0] + d * end[0],
            a * start[1] + b * first[1] + c * second[1] + d * end[1],
        )


@cache
def _weights(steps: int) -> list[tuple[float, float, float, float]]:
    """How much the start, the two control points and the end count at each step."""
    along = [step / steps for step in range(1, steps + 1)]
    return [((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3) for t in along]


class Obstacles:
    """The rectangles that wires should not cross, found by where they lie.

    Args:
        rects: all of them.
    """

    def __init__(self, rects: Iterable[Rect]) -> None:
        self._sorted = sorted(rects)
        self._widest = max((rect[2] for rect in self._sorted), default=0.0)
        self._cells: defaultdict[tuple[int, int], list[Rect]] = defaultdict(list)
        for rect in self._sorted:
            for cell in _cells_of(rect):
                self._cells[cell].append(rect)

    def add(self, rect: Rect) -> None:
        """Takes in one more."""
        insort(self._sorted, rect)
        self._widest = max(self._widest, rect[2])
        for cell in _cells_of(rect):
            self._cells[cell].append(rect)

    def remove(self, rect: Rect) -> None:
        """Forgets one of them."""
        del self._sorted[bisect_left(self._sorted, rect)]
        for cell in _cells_of(rect):
            self._cells[cell].remove(rect)

    def between(self, left: float, right: float) -> list[Rect]:
        """Those that reach into a range of x."""
        first = bisect_left(self._sorted, left - self._widest, key=_left)
        last = bisect_left(self._sorted, right, key=_left)
        return [rect for rect in self._sorted[first:last] if rect[0] + rect[2] > left]

    def touching(self, area: Rect) -> list[Rect]:
        """Those that share more than an edge with a rectangle."""
        left, top, width, height = area
        right, bottom = left + width, top + height
        if width * height > _MOST_CELLS * _CELL_PX**2:
            near = [self.between(left, right)]
        else:
            near = [self._cells[cell] for cell in _cells_of(area) if cell in self._cells]
        found = [
            rect
            for some in near
            for rect in some
            if rect[0] < right and left < rect[0] + rect[2] and rect[1] < bottom and top < rect[1] + rect[3]
        ]
        return found if len(near) < 2 else [*dict.fromkeys(found)]

    def hit(self, area: Rect) -> bool:
        """Whether a rectangle shares more than an edge with any of them."""
        return bool(self.touching(area))


def hull(rects: Collection[Rect]) -> tuple[float, float, float, float]:
    """The left, top, right and bottom of all rectangles together; there is at least one."""
    return (
        min(rect[0] for rect in rects),
        min(rect[1] for rect in rects),
        max(rect[0] + rect[2] for rect in rects),
        max(rect[1] + rect[3] for rect in rects),
    )


def _left(rect: Rect) -> float:
    return rect[0]


def _cells_of(rect: Rect) -> list[tuple[int, int]]:
    """The squares of the canvas that a rectangle reaches into."""
    left, top, width, height = rect
    across = range(int(left // _CELL_PX), int((left + width) // _CELL_PX) + 1)
    down = range(int(top // _CELL_PX), int((top + height) // _CELL_PX) + 1)
    return [(x, y) for x in across for y in down]


def route(start: Point, end: Point, obstacles: Obstacles | None = None) -> Route:
    """The way from an output port to an input port.

    Args:
        start, end: the centres of the ports.
        obstacles: what to run around; the way is direct if None.
    """
    if end[0] < start[0] + _LEAST_ACROSS_PX:
        return _return(start, end, obstacles)
    blocking = _blocking(start, end, obstacles) if obstacles is not None else []
    if not blocking or obstacles is None:
        return _direct(start, end)
    return _detour(start, end, _lane(start, end, blocking, obstacles))


def route_via(start: Point, points: Sequence[Point], end: Point) -> Route:
    """The way through points: level where it leaves and arrives, smooth at each of them.

    Source: Catmull and Rom 1974, "A class of local interpolating splines", for the direction at each point.
    """
    way = [start, *points, end]
    aims = [(1.0, 0.0), *(_aim(a, b) for a, b in zip(way, way[2:], strict=False)), (1.0, 0.0)]
    legs: list[Cubic] = []
    longest, middle = -1.0, start
    for a, b, leaving, arriving in zip(way, way[1:], aims, aims[1:], strict=False):
        length = math.dist(a, b)
        reach = _VIA_REACH * length
        first = (a[0] + reach * leaving[0], a[1] + reach * leaving[1])
        second = (b[0] - reach * arriving[0], b[1] - reach * arriving[1])
        legs.append((first, second, b))
        if length > longest:
            longest, middle = length, next(bezier_points(a, first, second, b, 2))
    return Route(start, tuple(legs), middle)


def _aim(before: Point, after: Point) -> Point:
    """The direction from one point to another, of length 1."""
    length = math.dist(before, after)
    return ((after[0] - before[0]) / length, (after[1] - before[1]) / length) if length else (1.0, 0.0)


def _direct(start: Point, end: Point) -> Route:
    across, down = end[0] - start[0], end[1] - start[1]
    reach = min(across, max(min(across * 0.5, 160.0), min(abs(down) * 0.25, 48.0), 24.0))
    first, second = (start[0] + reach, start[1]), (end[0] - reach, end[1])
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    return Route(start, ((first, second, end),), middle)


def _return(start: Point, end: Point, obstacles: Obstacles | None) -> Route:
    """Around to the right, back along a lane, and around to the left."""
    lane = (start[1] + end[1]) / 2
    if abs(end[1] - start[1]) < 2 * _CLEARANCE_PX:
        lane = max(start[1], end[1]) + _RETURN_BELOW_PX
    if obstacles is not None:
        left, right = end[0] - _TURN_PX, start[0] + _TURN_PX
        up, down = _free(lane, left, right, obstacles, -1), _free(lane, left, right, obstacles, +1)
        lane = up if abs(up - lane) < abs(down - lane) else down
    right, left = start[0] + _TURN_PX, end[0] - _TURN_PX
    third = (start[0] - end[0]) / 3
    curves: tuple[Cubic, ...] = (
        ((right, start[1]), (right, lane), (start[0], lane)),
        ((start[0] - third, lane), (end[0] + third, lane), (end[0], lane)),
        ((left, lane), (left, end[1]), end),
    )
    return Route(start, curves, ((start[0] + end[0]) / 2, lane))


def _blocking(start: Point, end: Point, obstacles: Obstacles) -> list[Rect]:
    """The nodes that the direct way would cross."""
    top, bottom = min(start[1], end[1]) - 4, max(start[1], end[1]) + 4
    near = obstacles.touching((start[0] + 1, top, end[0] - start[0] - 2, bottom - top))
    if not near or len(near) > _MOST_OBSTACLES:
        return []
    points = _direct(start, end).points(24)
    across = [x for x, _ in points]  # rising: a direct way never turns back
    found = []
    for rect in near:
        x, y, width, height = rect
        beside = points[bisect_right(across, x - 2) : bisect_left(across, x + width + 2)]
        if any(y - 4 < py < y + height + 4 for _, py in beside):
            found.append(rect)
    return found


def _lane(start: Point, end: Point, blocking: list[Rect], obstacles: Obstacles) -> float:
    """The height of the nearer of the free lanes above and below what is in the way."""
    nest = _NEST_PX * min(len(blocking) - 1, _DEEPEST_NEST)
    left, right = start[0] + 1, end[0] - 1
    above = min(rect[1] for rect in blocking) - _CLEARANCE_PX - nest
    below = max(rect[1] + rect[3] for rect in blocking) + _CLEARANCE_PX + nest
    above, below = _free(above, left, right, obstacles, -1), _free(below, left, right, obstacles, +1)
    middle = (start[1] + end[1]) / 2
    return above if middle - above <= below - middle else below


def _free(lane: float, left: float, right: float, obstacles: Obstacles, step: int) -> float:
    """The lane between two ends moved outward until no node lies on it, as far as a few tries reach."""
    for _ in range(_TRIES):
        on_it = obstacles.touching((left, lane - _CLEARANCE_PX, right - left, 2 * _CLEARANCE_PX))
        if not on_it:
            return lane
        if step > 0:
            lane = max(rect[1] + rect[3] for rect in on_it) + _CLEARANCE_PX
        else:
            lane = min(rect[1] for rect in on_it) - _CLEARANCE_PX
    return lane


def _detour(start: Point, end: Point, lane: float) -> Route:
    turn = min(_STEEP_TURN_PX, (end[0] - start[0]) / 2)
    up, down = (start[0] + turn, lane), (end[0] - turn, lane)
    bend = turn * 0.7
    curves: list[Cubic] = [((start[0] + bend, start[1]), (up[0] - bend, lane), up)]
    if down[0] > up[0]:
        third = (down[0] - up[0]) / 3
        curves.append(((up[0] + third, lane), (down[0] - third, lane), down))
    curves.append(((down[0] + bend, lane), (end[0] - bend, end[1]), end))
    return Route(start, tuple(curves), ((start[0] + end[0]) / 2, lane))
