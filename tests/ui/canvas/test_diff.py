"""What differs between two states, found by identity."""

from __future__ import annotations

from netdesigner.checks import Report, check
from netdesigner.document import Design, edit
from netdesigner.parts import Catalog
from netdesigner.ui.canvas.diff import Difference, Shown, difference, renamed, wire_keys
from tests.ui.hand import chain, wire


def shown(design: Design, report: Report) -> Shown:
    return Shown.of(design, report, "main", design.place("main").layout)


def step(before: Design, after: Design, catalog: Catalog) -> Difference:
    old = check(before, catalog)
    return difference(shown(before, old), shown(after, check(after, catalog, previous=old)))


def test_nothing_differs_from_itself(catalog: Catalog) -> None:
    design = chain()
    state = shown(design, check(design, catalog))
    assert not difference(state, state)


def test_a_move_touches_nothing_but_the_node(catalog: Catalog) -> None:
    changes = step(chain(), edit.move_nodes(chain(), "main", {}), catalog)
    assert not changes.moved
    design = chain()
    changes = step(design, edit.move_nodes(design, "main", {"relu": (8.0, 8.0)}), catalog)
    assert changes == Difference(moved=("relu",))


def test_a_parameter_touches_the_node_and_what_its_shape_reaches(catalog: Catalog) -> None:
    design = chain()
    changes = step(design, edit.set_params(design, "main", "conv", {"bias": False}), catalog)
    assert changes.changed == ("conv",)
    changes = step(design, edit.set_params(design, "main", "conv", {"out_channels": 8}), catalog)
    assert set(changes.changed) == {"conv", "relu", "flatten", "head"}
    assert not changes.rewired


def test_wires_and_their_ends_are_told(catalog: Catalog) -> None:
    design = chain()
    changes = step(design, edit.connect(design, "main", wire("relu", "loose")), catalog)
    assert changes.wires_added == ((wire("relu", "loose"), 0),)
    assert {"relu", "loose"} <= set(changes.changed)
    assert changes.rewired


def test_equal_wires_are_told_apart() -> None:
    edge = wire("a", "b")
    assert list(wire_keys((edge, edge))) == [(edge, 0), (edge, 1)]


def test_a_renamed_node_is_found_again() -> None:
    design = chain()
    before, after = design.graph("main"), edit.rename_node(design, "main", "conv", "stem").graph("main")
    assert renamed(before, after, "conv") == "stem"
    assert renamed(before, after, "relu") == ""
    gone = edit.remove_nodes(design, "main", ["conv"]).graph("main")
    assert renamed(before, gone, "conv") == ""
