"""Where a dragged rectangle comes to rest."""

from __future__ import annotations

from netdesigner.ui.canvas.snapping import Snapper

_SIGHT = (-2000.0, -2000.0, 4000.0, 4000.0)
_CARD = (176.0, 88.0)


def _snapper(others=(), wires=()) -> Snapper:
    return Snapper((0.0, 0.0, *_CARD), (0.0, 0.0), others, wires)


def test_a_wire_that_is_nearly_straight_becomes_so_before_an_edge_lines_up() -> None:
    snapper = _snapper([(300.0, 103.0, *_CARD)], [((176.0, 24.0), (300.0, 129.0))])
    snap = snapper.at(40.0, 104.0, 6.0, _SIGHT)
    assert snap.shift == (40.0, 105.0)
    assert snap.lines[0] == ((216.0, 129.0), (300.0, 129.0))


def test_an_edge_lines_up_with_that_of_the_nearest_other() -> None:
    snapper = _snapper([(301.0, 400.0, *_CARD), (301.0, 900.0, *_CARD)])
    snap = snapper.at(299.0, 203.0, 6.0, _SIGHT)
    assert snap.shift == (301.0, 200.0)
    (start, end) = snap.lines[0]
    assert start[0] == end[0] == 301.0
    assert (start[1], end[1]) == (188.0, 500.0)


def test_middles_line_up() -> None:
    snap = _snapper([(500.0, 0.0, 100.0, 40.0)]).at(460.0, 400.0, 6.0, _SIGHT)
    assert snap.shift[0] == 462.0


def test_where_nothing_is_near_it_comes_to_the_grid() -> None:
    snap = _snapper([(301.0, 400.0, *_CARD)], [((176.0, 24.0), (300.0, 129.0))]).at(43.0, 61.0, 3.0, _SIGHT)
    assert snap.shift == (40.0, 64.0)
    assert snap.lines == ()


def test_what_is_out_of_sight_does_not_count() -> None:
    snap = _snapper([(301.0, 400.0, *_CARD)]).at(299.0, 200.0, 6.0, (0.0, 0.0, 290.0, 300.0))
    assert snap.shift == (296.0, 200.0)
