"""How wires run."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesigner.ui.canvas.route import Obstacles, Rect, Route, route, route_via


def crosses(way: Route, rect: Rect) -> bool:
    x, y, width, height = rect
    return any(x < px < x + width and y < py < y + height for px, py in way.points(40))


def test_a_level_wire_is_straight() -> None:
    way = route((0, 10), (100, 10))
    assert {y for _, y in way.points()} == {10}
    assert way.level


def test_a_wire_leaves_to_the_right_and_arrives_from_the_left() -> None:
    for end in ((300, 200), (-300, 200), (-300, 0), (10, -400)):
        way = route((0, 0), end)
        points = way.points(40)
        assert points[1][0] >= 0
        assert points[-2][0] <= end[0]
        assert points[-1] == end


def test_a_wire_runs_around_what_is_in_its_way() -> None:
    rect = (200.0, 0.0, 176.0, 88.0)
    way = route((100, 24), (500, 24), Obstacles([rect]))
    assert not crosses(way, rect)
    assert way.middle[1] < 0


def test_longer_detours_run_farther_out() -> None:
    rects = [(200.0 + 272 * index, 0.0, 176.0, 88.0) for index in range(4)]
    short = route((100, 24), (460, 24), Obstacles(rects))
    long = route((100, 24), (1200, 24), Obstacles(rects))
    assert long.middle[1] < short.middle[1] < 0


def test_a_lane_that_is_taken_is_passed_by() -> None:
    rects = [(200.0, 0.0, 176.0, 88.0), (200.0, -60.0, 176.0, 50.0)]
    way = route((100, 24), (500, 24), Obstacles(rects))
    assert not any(crosses(way, rect) for rect in rects)


def test_a_wire_back_to_the_next_line_runs_between_the_lines() -> None:
    rects = [(272.0 * index, top, 176.0, 88.0) for index in range(5) for top in (0.0, 184.0)]
    way = route((1264, 24), (0, 208), Obstacles(rects))
    assert 88 < way.middle[1] < 184
    assert not any(crosses(way, rect) for rect in rects)


def test_obstacles_are_found_by_their_place() -> None:
    obstacles = Obstacles([(0, 0, 10, 10), (20, 0, 10, 10)])
    assert obstacles.between(5, 15) == [(0, 0, 10, 10)]
    assert obstacles.hit((8, 8, 4, 4))
    assert not obstacles.hit((11, 0, 8, 8))


coordinates = st.integers(-2000, 2000)
sides = st.integers(1, 9000)


@given(
    st.tuples(coordinates, coordinates, sides, sides),
    st.lists(st.tuples(coordinates, coordinates, sides, sides), max_size=12),
)
def test_what_touches_an_area_is_found_however_large_it_is(area: Rect, rects: list[Rect]) -> None:
    def touch(one: Rect, other: Rect) -> bool:
        return all(max(one[i], other[i]) < min(one[i] + one[i + 2], other[i] + other[i + 2]) for i in (0, 1))

    found = Obstacles(rects).touching(area)
    assert set(found) == {rect for rect in rects if touch(area, rect)}
    changed = Obstacles(rects[::2])
    for rect in rects[1::2]:
        changed.add(rect)
    for rect in rects[::3]:
        changed.remove(rect)
    left = [rect for index, rect in enumerate(rects) if index % 3]
    assert set(changed.touching(area)) == {rect for rect in left if touch(area, rect)}


@given(
    coordinates,
    coordinates,
    coordinates,
    coordinates,
    st.lists(st.tuples(coordinates, coordinates), max_size=12),
)
def test_every_wire_joins_its_ends_whatever_lies_around(
    x1: int, y1: int, x2: int, y2: int, places: list
) -> None:
    rects = [(float(x), float(y), 176.0, 88.0) for x, y in places]
    way = route((x1, y1), (x2, y2), Obstacles(rects))
    points = way.points()
    assert points[0] == (x1, y1)
    assert points[-1] == (x2, y2)


def test_a_way_through_points_touches_them_and_leaves_and_arrives_level() -> None:
    points = [(40.0, 80.0), (120.0, -40.0)]
    way = route_via((0.0, 0.0), points, (200.0, 16.0))
    assert [curve[2] for curve in way.curves] == [*points, (200.0, 16.0)]
    assert way.curves[0][0][1] == 0.0
    assert way.curves[-1][1][1] == 16.0
    for before, after in pairwise(way.curves):
        (x, y), (nx, ny) = before[2], after[0]
        px, py = before[1]
        assert (x - px) * (ny - y) == pytest.approx((y - py) * (nx - x))  # no corner at the point
    assert min(math.dist(way.middle, at) for at in way.points(64)) < 1


def test_a_way_through_one_place_twice_is_a_way() -> None:
    way = route_via((0.0, 0.0), [(10.0, 10.0), (10.0, 10.0)], (0.0, 0.0))
    assert all(math.isfinite(c) for point in way.points() for c in point)
