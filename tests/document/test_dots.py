"""The dots of wires: added, moved with nodes, taken away."""

from __future__ import annotations

from netdesigner.document import Design, Edge, Graph, Network, Node, annotate, edit
from netdesigner.document.dots import Dot, add_dot, clear_dots, dots_of, leg_at, move_dots, remove_dots

AB, AC, BC = Edge("a", "o", "b", "i"), Edge("a", "o", "c", "i"), Edge("b", "o", "c", "j")
Ways = dict[Edge, tuple[tuple[float, float], ...]]


def design(ways: Ways) -> Design:
    nodes = {key: Node("ReLU") for key in "abc"}
    layout = {"a": (0.0, 0.0), "b": (100.0, 0.0), "c": (200.0, 0.0)}
    return annotate.set_routes(
        Design(networks={"main": Network(Graph(nodes, (AB, AC, BC)), layout)}), "main", ways
    )


def ways(what: Design) -> Ways:
    return dict(what.place("main").annotations.routes)


def test_a_dot_comes_into_the_stretch_it_was_set_on() -> None:
    what = add_dot(design({AB: ((10.0, 8.0), (30.0, 8.0))}), "main", AB, (20.0, 0.0), 1)
    assert ways(what) == {AB: ((10.0, 8.0), (20.0, 0.0), (30.0, 8.0))}


def test_wires_that_run_together_get_it_together() -> None:
    what = design({AB: ((10.0, 8.0),), AC: ((10.0, 8.0), (50.0, 8.0)), BC: ((10.0, 8.0),)})
    what = add_dot(what, "main", AB, (5.0, 5.0), 0)
    assert ways(what) == {
        AB: ((5.0, 5.0), (10.0, 8.0)),
        AC: ((5.0, 5.0), (10.0, 8.0), (50.0, 8.0)),
        BC: ((10.0, 8.0),),
    }
    assert len(dots_of(ways(what))) == 4
    assert ways(add_dot(what, "main", AB, (9.0, 9.0), 2))[AC] == ways(what)[AC]


def test_a_shared_dot_moves_and_goes_for_all_its_wires() -> None:
    what = design({AB: ((10.0, 8.0),), AC: ((10.0, 8.0), (50.0, 8.0)), BC: ((10.0, 8.0),)})
    shared = Dot("a", "o", (10.0, 8.0))
    moved = move_dots(what, "main", {}, [shared], (2.0, 4.0))
    assert ways(moved) == {AB: ((12.0, 12.0),), AC: ((12.0, 12.0), (50.0, 8.0)), BC: ((10.0, 8.0),)}
    assert ways(remove_dots(what, "main", [shared])) == {AC: ((50.0, 8.0),), BC: ((10.0, 8.0),)}


def test_dots_between_nodes_that_move_together_move_with_them() -> None:
    what = design({AB: ((10.0, 8.0),), BC: ((150.0, 8.0),)})
    moved = edit.move_nodes(what, "main", {"a": (8.0, 16.0), "b": (108.0, 16.0)})
    assert ways(moved) == {AB: ((18.0, 24.0),), BC: ((150.0, 8.0),)}
    assert moved.graph("main") is what.graph("main")
    apart = edit.move_nodes(what, "main", {"a": (8.0, 16.0), "b": (100.0, 16.0)})
    assert ways(apart) == ways(what)


def test_a_dot_that_is_picked_and_carried_moves_once() -> None:
    what = design({AB: ((10.0, 8.0),)})
    moved = move_dots(
        what, "main", {"a": (8.0, 0.0), "b": (108.0, 0.0)}, [Dot("a", "o", (10.0, 8.0))], (8.0, 0.0)
    )
    assert ways(moved) == {AB: ((18.0, 8.0),)}


def test_only_wires_between_the_nodes_lose_their_dots() -> None:
    what = design({AB: ((10.0, 8.0),), BC: ((150.0, 8.0),)})
    assert ways(clear_dots(what, "main", {"a", "b"})) == {BC: ((150.0, 8.0),)}


def test_a_node_in_a_wire_leaves_the_dots_on_their_side() -> None:
    what = design({AB: ((10.0, 8.0), (20.0, 8.0), (30.0, 8.0))})
    what = edit.insert_on_edge(what, "main", AB, "c", "i", "o", dots_before=1)
    assert ways(what) == {
        Edge("a", "o", "c", "i"): ((10.0, 8.0),),
        Edge("c", "o", "b", "i"): ((20.0, 8.0), (30.0, 8.0)),
    }


def test_the_nearest_stretch_is_found() -> None:
    way = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (10.0, 10.0)]
    assert [leg_at(way, at) for at in ((4.0, 3.0), (9.0, 5.0), (40.0, 10.0))] == [0, 1, 1]


def test_a_node_that_goes_leaves_the_dots_on_both_of_its_sides() -> None:
    what = design({AB: ((10.0, 8.0),), BC: ((150.0, 8.0),)})
    what = edit.remove_nodes(what, "main", ["b"], reconnect=True)
    assert ways(what) == {Edge("a", "o", "c", "j"): ((10.0, 8.0), (150.0, 8.0))}
