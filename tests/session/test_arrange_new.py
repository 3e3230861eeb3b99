"""Room for new nodes while the others stay."""

from __future__ import annotations

from netdesigner.document.design import Point
from netdesigner.session.arrange import USUAL_SIZE, overlaps
from netdesigner.session.arrange_new import arrange_new, lying_on_others
from tests.session.test_arrange import graph_of, sizes_of

_ROW: dict[str, Point] = {"a": (0.0, 0.0), "b": (272.0, 0.0), "c": (544.0, 0.0)}


def _placed(text: str, layout: dict[str, Point], *new: str) -> dict[str, Point]:
    graph = graph_of(text)
    found = arrange_new(graph, layout, sizes_of(graph), lambda _: (24.0, 24.0), new)
    assert set(found) == set(new)
    assert not overlaps({**layout, **found}, sizes_of(graph))
    return found


def test_a_node_goes_level_with_what_feeds_it() -> None:
    assert _placed("a-b-c-d", _ROW, "d") == {"d": (816.0, 0.0)}


def test_a_node_goes_left_of_what_it_feeds_where_nothing_feeds_it() -> None:
    found = _placed("b-c d-b", {"b": (272.0, 0.0), "c": (544.0, 0.0)}, "d")
    assert found["d"] == (0.0, 0.0)


def test_a_branch_finds_room_beside_the_chain() -> None:
    found = _placed("a-b-c a-x-y-c", _ROW, "x", "y")
    assert found["x"][0] == 272.0
    assert abs(found["x"][1]) >= USUAL_SIZE[1]
    assert found["x"][1] == found["y"][1]


def test_a_node_that_is_wired_to_nothing_goes_below_all() -> None:
    found = _placed("a-b-c loose", _ROW, "loose")
    assert found["loose"][0] == 0.0
    assert found["loose"][1] > USUAL_SIZE[1]


def test_the_later_of_two_nodes_on_one_place_and_those_without_a_place_are_found() -> None:
    graph = graph_of("a-b-c-d")
    layout = {**_ROW, "c": (280.0, 8.0)}
    assert lying_on_others(graph, layout, sizes_of(graph)) == {"c", "d"}
