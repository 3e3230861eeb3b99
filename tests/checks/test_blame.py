"""The way from the node that caused a clash to where it shows."""

from __future__ import annotations

from typing import Any

from netdesigner.checks import Blame, Problem, blame_at, check
from netdesigner.document import Design
from tests.checks.toys import CATALOG, design, only

JOIN = {
    "input": ("Input", {"shape": (3, 64, 64)}),
    "stem": ("Conv2d", {"out_channels": 64}),
    "pool_1": "MaxPool2d",
    "conv_2": ("Conv2d", {"out_channels": 64}),
    "add_1": "Add",
    "output": "Output",
}
FLAT = {"x": "Input", "relu": "ReLU", "linear": "Linear", "y": "Output"}
"""A block that cannot take what comes in."""


def ends(blame: Blame | None) -> list[list[str]]:
    """Each way as the nodes it leads by."""
    assert blame is not None
    return [[way[0].source, *(edge.target for edge in way)] if way else [] for way in blame.ways]


def at(made: Design, scope: str) -> Blame | None:
    report = check(made, CATALOG)
    problem: Problem = next(p for p in report.errors if p.code.startswith("ND3"))
    return blame_at(made, report, problem, scope)


def inside(wires: str = "input > conv > relu > use.x, use.y > output", **more: Any) -> Design:
    nodes = {"input": "Input", "conv": "Conv2d", "relu": "ReLU", "use": "block:Flat", "output": "Output"}
    return design({**nodes, **more}, wires, blocks={"Flat": (FLAT, "x > relu > linear > y", {})})


def test_both_branches_of_a_join_lead_from_where_they_part() -> None:
    blame = only(design(JOIN, "input > stem > pool_1 > conv_2 > add_1 > output, stem > add_1")).blame
    assert blame is not None
    assert (blame.cause, blame.shows) == ("pool_1", "add_1")
    assert ends(blame) == [["stem", "pool_1", "conv_2", "add_1"], ["stem", "add_1"]]
    assert [str(spec) for spec in blame.sides] == ["[N, 64, 32, 32]", "[N, 64, 64, 64]"]


def test_a_shape_that_is_not_taken_leads_back_to_the_node_that_made_it() -> None:
    nodes = {"input": "Input", "conv": "Conv2d", "relu": "ReLU", "linear": "Linear", "output": "Output"}
    blame = only(design(nodes, "input > conv > relu > linear > output")).blame
    assert blame is not None
    assert blame.cause == "conv"
    assert ends(blame) == [["conv", "relu", "linear"]]


def test_branches_that_share_no_node_each_lead_back_to_their_own_beginning() -> None:
    nodes = {"a": ("Input", {"shape": (2,)}), "b": ("Input", {"shape": (3,)}), "c": "ReLU", "add": "Add"}
    blame = only(design({**nodes, "output": "Output"}, "a > c > add > output, b > add")).blame
    assert blame is not None
    assert blame.cause == ""
    assert ends(blame) == [["a", "c", "add"], ["b", "add"]]


def test_the_wire_of_the_output_that_is_meant_is_named_where_two_lead_to_one_node() -> None:
    nodes = {"input": "Input", "split": "Split", "add": "Add", "output": "Output"}
    blame = only(design(nodes, "input > split > add > output, split.rest > add")).blame
    assert blame is not None
    assert [way[-1].source_port for way in blame.ways] == ["output", "rest"]


def test_a_loop_leads_around() -> None:
    made = design({"input": "Input", "add": "Add", "relu": "ReLU"}, "input > add > relu > add")
    report = check(made, CATALOG)
    problem = next(p for p in report.problems if p.code == "ND101")
    nodes = ends(blame_at(made, report, problem, "main"))[0]
    assert nodes[0] == nodes[-1]
    assert set(nodes) == {"add", "relu"}


def test_from_outside_a_block_the_way_goes_on_to_the_node_that_made_what_came_in() -> None:
    made = inside()
    assert ends(at(made, "block:Flat")) == [["x", "relu", "linear"]]
    outer = at(made, "main")
    assert ends(outer) == [["conv", "relu", "use"]]
    assert outer is not None
    assert (outer.cause, outer.shows) == ("conv", "use")


def test_a_clash_that_began_inside_a_block_only_points_at_the_node_that_holds_it() -> None:
    body = {"x": "Input", "conv": "Conv2d", "linear": "Linear", "y": "Output"}
    made = design(
        {"input": "Input", "use": "block:Flat", "output": "Output"},
        "input > use.x, use.y > output",
        blocks={"Flat": (body, "x > conv > linear > y", {})},
    )
    outer = at(made, "main")
    assert outer == Blame("", "use")


def test_of_two_uses_the_one_that_goes_wrong_is_pointed_at() -> None:
    wires = "input > flat > fine.x, fine.y > output, input > conv > relu > use.x, use.y > end"
    more = {"flat": "Flatten", "fine": "block:Flat", "end": "Output"}
    blame = at(inside(wires, **more), "main")
    assert blame is not None
    assert blame.shows == "use"


def test_nothing_of_it_lies_in_another_network_or_in_a_scope_that_is_gone() -> None:
    made = inside()
    assert at(made, "other") is None
    report = check(made, CATALOG)
    empty = Problem("ND110", "error", "no input", "main")
    assert blame_at(made, report, empty, "main") is None
