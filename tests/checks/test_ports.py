"""Ports that depend on a node's parameters."""

from __future__ import annotations

from typing import Any

import pytest

from netdesigner.checks import check, explain_refusal, with_fixes
from netdesigner.checks.ports import PortBook
from netdesigner.document import Design, Edge, edit
from tests.checks.toys import CATALOG, design, found, only

WIRES = "input > cut, cut.part_1 > first, cut.part_2 > second, cut.part_3 > third"


def cut(cuts: Any, **rest: Any) -> Design:
    """Three parts, each with an Output."""
    outputs = dict.fromkeys(("first", "second", "third"), "Output")
    return design({"input": "Input", "cut": ("Cut", {"cuts": cuts}), **outputs}, WIRES, **rest)


def quiet(what: Design) -> list[str]:
    """The codes of a design's problems, but for that of several Outputs."""
    return [problem.code for problem in found(what) if problem.code != "ND112"]


def test_a_node_has_the_ports_that_its_parameters_say() -> None:
    assert quiet(cut(3)) == []
    traced = check(cut(3), CATALOG).traces["main"].nodes
    assert [str(traced[name].inputs[0]) for name in ("first", "third")] == ["[N, 1, 8, 8]"] * 2


def test_a_wire_to_a_port_that_is_gone_is_kept_and_told() -> None:
    after = edit.set_params(cut(3), "main", "cut", {"cuts": 2})
    assert after.graph("main").edges == cut(3).graph("main").edges
    problem = next(problem for problem in found(after) if problem.code == "ND104")
    assert problem.message == "`cut` has no output `part_3`; it has `part_1` and `part_2`"
    assert (problem.node, problem.port) == ("cut", "part_3")
    assert check(after, CATALOG).traces["main"].nodes["third"].outputs is None


def test_the_port_can_be_given_back_or_the_wire_removed() -> None:
    report = with_fixes(cut(2), check(cut(2), CATALOG), CATALOG)
    fixes = next(problem for problem in report.problems if problem.code == "ND104").fixes
    assert fixes[0].text == "Set cuts to 3 at cut"
    assert quiet(fixes[0].design) == []
    assert "Remove third, which reads part_3 of cut" in [fix.text for fix in fixes]
    joined = design(
        {"input": "Input", "cut": "Cut", "add": "Add", "output": "Output"},
        "input > cut, cut.part_1 > add, cut.part_2 > add, cut.part_3 > add, add > output",
    )
    report = with_fixes(joined, check(joined, CATALOG), CATALOG)
    assert "Remove the wire to part_3 of cut" in [fix.text for fix in report.problems[0].fixes]


@pytest.mark.parametrize(("cuts", "codes"), [("parts", []), ("parts-1", ["ND104"])])
def test_the_number_may_be_an_expression_over_variables(cuts: str, codes: list[str]) -> None:
    assert quiet(cut(cuts, variables={"parts": 3})) == codes


def test_ports_follow_a_variable_that_is_set_to_something_else() -> None:
    what = cut("parts", variables={"parts": 3})
    report = check(what, CATALOG)
    for parts, codes in ((2, ["ND104"]), (4, []), (3, [])):
        what = edit.set_variables(what, {"parts": parts})
        report = check(what, CATALOG, previous=report)
        assert report.problems == check(what, CATALOG).problems
        assert [p.code for p in found(report) if p.code != "ND112"] == codes


def test_a_number_that_is_not_allowed_is_told_once() -> None:
    assert quiet(cut(9)) == ["ND104", "ND201"]
    with_two = design(
        {"input": "Input", "cut": ("Cut", {"cuts": 9}), "output": "Output"},
        "input > cut, cut.part_2 > output",
    )
    assert only(with_two).code == "ND201"


def in_block(used_with: int, **rest: Any) -> Design:
    """A Cut inside a block, whose number of parts is a parameter of the block, 2 by default."""
    inner = {"x": "Input", "cut": ("Cut", {"cuts": "parts"}), "add": "Add", "y": "Output"}
    block = (inner, "x > cut, cut.part_1 > add, cut.part_2 > add > y", {"parts": 2})
    nodes = {"input": "Input", "use": ("block:Half", {"parts": used_with}), "output": "Output"}
    return design(nodes, "input > use.x, use.y > output", blocks={"Half": block}, **rest)


def test_ports_inside_a_block_are_those_of_its_defaults() -> None:
    assert found(in_block(2)) == []


def test_a_use_of_a_block_with_other_ports_inside_is_told_and_mended() -> None:
    problem = only(in_block(3))
    assert problem.code == "ND208"
    assert problem.message.startswith("`cut`: has 1 inputs and 3 outputs here, and 1 and 2 by the defaults")
    report = with_fixes(in_block(3), check(in_block(3), CATALOG), CATALOG)
    fix = report.problems[0].fixes[0]
    assert fix.text == "Set cuts to 2 at cut"
    assert found(fix.design) == []


def test_a_wire_may_begin_at_a_port_that_the_parameters_give() -> None:
    for cuts, said in ((3, ""), (2, "`cut` has no output `part_3`; it has `part_1` and `part_2`")):
        what = design({"input": "Input", "cut": ("Cut", {"cuts": cuts}), "y": "Output"}, "input > cut")
        assert explain_refusal(what, CATALOG, "main", Edge("cut", "part_3", "y", "input")) == said


def test_equal_ports_are_one_object_also_after_an_edit() -> None:
    what = cut(3)
    before = PortBook(CATALOG, what)
    after = PortBook(CATALOG, edit.set_params(what, "main", "cut", {"cuts": 2}), before)
    first, second = before.of_graph("main"), after.of_graph("main")
    assert first["first"] is second["first"] is second["third"]
    assert first["cut"] is not second["cut"]
