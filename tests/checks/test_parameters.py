"""Values out of range, misspelt parameters, expressions, repetitions, variables."""

from __future__ import annotations

import math
from typing import Any

import pytest

from netdesigner.checks import WARNING, check
from netdesigner.checks.parameters import computes
from netdesigner.document import Design, Node
from tests.checks.toys import CATALOG, DIGITS, codes, design, found, only, plain


def conv(params: dict[str, Any], repeat: int | str = 1, **rest: Any) -> Design:
    nodes = {"input": "Input", "conv": Node("Conv2d", params, repeat), "output": "Output"}
    return design(nodes, "input > conv > output", **rest)


@pytest.mark.parametrize(
    ("params", "code", "said"),
    [
        ({"stride": 0}, "ND201", "stride: expected at least 1, got 0"),
        ({"stride": 1.5}, "ND201", "stride: expected a whole number, got 1.5"),
        ({"stride": True}, "ND201", "stride: expected a whole number, got True"),
        ({"stride": None}, "ND201", "stride: expected a whole number, it is empty"),
        ({"stride": (1, 2)}, "ND201", "stride: expected a whole number, got [1, 2]"),
        ({"dropout": 2}, "ND201", "dropout: expected at most 1, got 2"),
        ({"padding_mode": "reflec"}, "ND201", "did you mean 'reflect'?"),
        ({"strid": 2}, "ND202", "did you mean 'stride'?"),
        ({"stride": "2*"}, "ND203", "it ends where a number or a name should follow"),
        ({"stride": "2/0"}, "ND203", "this divides by zero"),
        ({"stride": ""}, "ND203", "the field is empty"),
        ({"stride": "2*widht"}, "ND204", "'widht' is not a variable; did you mean 'width'?"),
        ({"stride": "width-8"}, "ND201", "expected at least 1"),
        ({"padding_mode": "reflect", "padding": 0}, "ND201", "'reflect' needs padding"),
    ],
)
def test_a_bad_parameter_is_told_at_its_node(params: dict[str, Any], code: str, said: str) -> None:
    problem = only(conv(params, variables={"width": 8}))
    assert (problem.code, problem.network, problem.node) == (code, "main", "conv")
    assert problem.param in params
    assert problem.message.startswith("`conv`: ")
    assert said in problem.message


def test_all_bad_parameters_of_a_node_are_told_at_once() -> None:
    problems = found(conv({"stride": 0, "padding": -1, "kernel": 3, "out_channels": "n"}))
    assert [(p.code, p.param) for p in problems] == [
        ("ND201", "stride"),
        ("ND201", "padding"),
        ("ND202", "kernel"),
        ("ND204", "out_channels"),
    ]


def test_a_node_with_bad_parameters_makes_no_further_trouble_behind_it() -> None:
    nodes = {"input": "Input", "conv": ("Conv2d", {"stride": 0}), "linear": "Linear", "output": "Output"}
    assert codes(design(nodes, "input > conv > linear > output")) == ["ND201"]


def test_a_node_without_a_wire_has_its_parameters_checked_all_the_same() -> None:
    nodes = {"input": "Input", "conv": ("Conv2d", {"stride": 0}), "output": "Output"}
    assert codes(design(nodes, "input > output")) == ["ND102", "ND201"]


def test_expressions_are_computed_from_the_variables() -> None:
    report = check(conv({"out_channels": "2*width+1"}, variables={"width": 8}), CATALOG)
    outputs = report.outputs("main", "conv")
    assert outputs is not None
    assert outputs[0].shape == ("N", 17, 8, 8)


@pytest.mark.parametrize("repeat", [0, -1, 1001, "2*500+1", "1/2", 10**400], ids=map(str, range(6)))
def test_repetitions_out_of_range_are_told(repeat: int | str) -> None:
    problem = only(conv({}, repeat))
    assert (problem.code, problem.param) in (("ND205", "repeat"), ("ND201", "repeat"))


@pytest.mark.parametrize(("repeat", "code"), [("depth", "ND204"), ("2*", "ND203")])
def test_repetitions_may_be_an_expression_that_has_to_make_sense(repeat: str, code: str) -> None:
    problem = only(conv({}, repeat))
    assert (problem.code, problem.param) == (code, "repeat")


def test_input_and_output_are_not_repeated() -> None:
    nodes = {"input": Node("Input", repeat=2), "output": Node("Output", repeat=3)}
    assert [(p.code, p.node) for p in found(design(nodes, "input > output"))] == [
        ("ND205", "input"),
        ("ND205", "output"),
    ]


@pytest.mark.parametrize("value", [math.nan, math.inf, True, "8", 10**400], ids=map(str, range(5)))
def test_a_variable_that_is_no_number_is_told_and_not_used(value: Any) -> None:
    problems = found(conv({"out_channels": "width"}, variables={"width": value}))
    assert [(p.code, p.network, p.param) for p in problems] == [
        ("ND204", "main", "out_channels"),
        ("ND207", "", "width"),
    ]


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, 10**5000, ((((1,),),),), "(" * 150], ids=map(str, range(6))
)
def test_a_value_that_no_file_can_hold_is_a_problem_and_not_an_exception(value: Any) -> None:
    for name in ("stride", "dropout", "padding_mode"):
        (code,) = codes(conv({name: value}))
        assert code.startswith("ND2")


def test_what_an_input_itself_refuses_is_a_matter_of_its_parameters() -> None:
    problem = only(
        design(
            {"input": ("Input", {"shape": (4,), "axes": ("a", "b")}), "output": "Output"}, "input > output"
        )
    )
    assert (problem.code, problem.node) == ("ND201", "input")


def test_an_instance_sets_the_parameters_of_its_block() -> None:
    blocks = {
        "Wide": (
            {"x": "Input", "conv": ("Conv2d", {"out_channels": "2*width"}), "y": "Output"},
            "x > conv > y",
            {"width": 3},
        )
    }
    nodes = {
        "input": "Input",
        "a": "block:Wide",
        "b": ("block:Wide", {"width": "base+1"}),
        "output": "Output",
    }
    report = check(
        design(nodes, "input > a.x, a.y > b.x, b.y > output", blocks=blocks, variables={"base": 6}), CATALOG
    )
    assert found(report) == []
    shapes = [report.outputs("main", node_id) for node_id in ("a", "b")]
    assert [shape[0].shape[1] for shape in shapes if shape] == [6, 14]


@pytest.mark.parametrize(
    ("params", "code", "said"),
    [
        ({"with": 4}, "ND202", "block `Wide` has no such parameter; it has `width`"),
        ({"width": "2*bas"}, "ND204", "did you mean 'base'?"),
        ({"width": "2*"}, "ND203", "it ends where"),
        ({"width": True}, "ND201", "expected a number or an expression, got True"),
        ({"width": (1, 2)}, "ND201", "expected a number or an expression, got (1, 2)"),
        ({"width": "inner"}, "ND204", "'inner' is not a variable"),
    ],
)
def test_a_bad_parameter_of_an_instance_is_told_at_the_instance(
    params: dict[str, Any], code: str, said: str
) -> None:
    inner = {"x": "Input", "conv": ("Conv2d", {"out_channels": "width"}), "y": "Output"}
    blocks = {"Wide": (inner, "x > conv > y", {"width": 3})}
    nodes = {"input": "Input", "a": ("block:Wide", params), "output": "Output"}
    problem = only(design(nodes, "input > a.x, a.y > output", blocks=blocks, variables={"base": 2}))
    assert (problem.code, problem.network, problem.node) == (code, "main", "a")
    assert said in problem.message


def test_parameters_in_a_block_that_nothing_uses_are_checked_with_its_defaults_as_warnings() -> None:
    inner = {"x": "Input", "conv": ("Conv2d", {"out_channels": "width-3"}), "y": "Output"}
    what = plain(blocks={"Spare": (inner, "x > conv > y", {"width": 3})})
    problem = only(what)
    assert (problem.code, problem.network, problem.node, problem.severity) == (
        "ND201",
        "block:Spare",
        "conv",
        WARNING,
    )
    assert check(what, CATALOG, DIGITS).traces["block:Spare"].nodes == {}


def test_a_choice_is_no_expression_and_a_number_field_holds_one() -> None:
    known = computes(CATALOG)
    node = Node("Conv2d")
    assert known(node, "stride", "reflect")
    assert not known(node, "padding_mode", "reflect")
    assert known(Node("block:Stage"), "width", "2*n")
    assert known(Node("Nobody knows"), "units", "n")
