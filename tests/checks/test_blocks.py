"""Blocks: entered once for each distinct use, told once, never endlessly."""

from __future__ import annotations

from typing import Any

import pytest

from netdesigner.checks import WARNING, check
from netdesigner.document import Block, Design, Node
from tests.checks.toys import CATALOG, block, codes, design, found, only, plain

BODY = {"x": "Input", "conv": ("Conv2d", {"out_channels": "width"}), "relu": "ReLU", "y": "Output"}
BODY_WIRES = "x > conv > relu > y"
CONV = (BODY, BODY_WIRES, {"width": 4})


def uses(kinds: dict[str, Any], wires: str, **blocks: Any) -> Design:
    return design({"input": "Input", **kinds, "output": "Output"}, wires, blocks=blocks)


def test_a_block_is_entered_with_what_its_instance_gets() -> None:
    report = check(uses({"a": "block:Conv"}, "input > a.x, a.y > output", Conv=CONV), CATALOG)
    assert found(report) == []
    traced = report.traces["main"].nodes["a"]
    assert traced.layer is None
    assert str(traced.inner[0].nodes["conv"].inputs[0]) == "[N, 1, 8, 8]"
    assert report.traces["block:Conv"] is traced.inner[0]
    assert traced.cost.parameters == 4


def test_the_parameters_of_an_input_inside_a_block_do_not_count() -> None:
    inner = {**BODY, "x": ("Input", {"shape": "nonsense", "whatever": 3})}
    report = check(
        uses({"a": "block:Conv"}, "input > a.x, a.y > output", Conv=(inner, BODY_WIRES, {"width": 4})),
        CATALOG,
    )
    assert found(report) == []


def test_equal_uses_share_one_walk() -> None:
    kinds = {f"a{at}": "block:Conv" for at in range(4)}
    report = check(
        uses(kinds, "input > a0.x, a0.y > a1.x, a1.y > a2.x, a2.y > a3.x, a3.y > output", Conv=CONV), CATALOG
    )
    inner = [report.traces["main"].nodes[f"a{at}"].inner[0] for at in range(4)]
    assert inner[0] is not inner[1]
    assert inner[1] is inner[2]
    assert inner[2] is inner[3]


def test_a_repeated_instance_has_a_trace_for_each_round() -> None:
    report = check(uses({"a": Node("block:Conv", repeat=3)}, "input > a.x, a.y > output", Conv=CONV), CATALOG)
    traced = report.traces["main"].nodes["a"]
    assert len(traced.inner) == len(traced.rounds) == traced.repeat == 3
    assert traced.cost.parameters == 12
    assert [str(round_[0]) for round_ in traced.rounds] == ["[N, 1, 8, 8]", "[N, 4, 8, 8]", "[N, 4, 8, 8]"]


def test_a_repeated_instance_that_cannot_take_what_it_gives_is_refused_with_the_reason() -> None:
    flat = ({"x": "Input", "conv": "Conv2d", "flat": "Flatten", "y": "Output"}, "x > conv > flat > y")
    problem = only(uses({"a": Node("block:Flat", repeat=2)}, "input > a.x, a.y > output", Flat=flat))
    assert (problem.code, problem.network, problem.node) == ("ND304", "main", "a")
    assert "gives [N, 256], which it cannot take again" in problem.message
    assert "`conv` cannot take" in problem.message


def test_blocks_in_blocks_hand_their_parameters_on() -> None:
    outer = (
        {"x": "Input", "in1": ("block:Conv", {"width": "2*w"}), "y": "Output"},
        "x > in1.x, in1.y > y",
        {"w": 3},
    )
    what = uses({"a": ("block:Outer", {"w": 5})}, "input > a.x, a.y > output", Conv=CONV, Outer=outer)
    outputs = check(what, CATALOG).outputs("main", "output")
    assert found(what) == []
    assert outputs is not None
    assert outputs[0].shape == ("N", 10, 8, 8)


def test_a_block_with_several_ports_is_wired_by_their_names() -> None:
    two = (
        {"a": "Input", "b": "Input", "add": "Add", "sum": "Output", "same": "Output"},
        "a > add > sum, b > add, a > same",
    )
    report = check(uses({"t": "block:Two"}, "input > t.a, input > t.b, t.same > output", Two=two), CATALOG)
    assert found(report) == []
    assert report.traces["main"].nodes["t"].outputs is not None
    problem = only(uses({"t": "block:Two"}, "input > t.a, t.same > output", Two=two))
    assert (problem.code, problem.port) == ("ND102", "b")


def test_a_problem_inside_a_block_is_told_once_for_all_instances() -> None:
    broken = ({**BODY, "relu": "Linear"}, BODY_WIRES, {"width": 4})
    wires = "input > a.x, input > b.x, a.y > add, b.y > add > output"
    problem = only(uses({"a": "block:B", "b": "block:B", "add": "Add"}, wires, B=broken))
    assert (problem.code, problem.network, problem.node) == ("ND301", "block:B", "relu")
    assert "(in " not in problem.message


def test_a_problem_of_one_instance_alone_names_it() -> None:
    inner = ({"x": "Input", "linear": "Linear", "y": "Output"}, "x > linear > y")
    kinds = {"flat": "Flatten", "good": "block:L", "bad": "block:L"}
    problems = found(uses(kinds, "input > flat > good.x, good.y > output, input > bad.x", L=inner))
    problem = next(p for p in problems if p.code == "ND301")
    assert (problem.network, problem.node) == ("block:L", "linear")
    assert problem.message.endswith("(in `main.bad`)")


def test_the_trace_of_a_block_is_rather_one_whose_inputs_are_known() -> None:
    kinds = {"broken": ("Conv2d", {"stride": 0}), "first": "block:Conv", "second": "block:Conv", "add": "Add"}
    wires = "input > broken > first.x, input > second.x, first.y > add > output, second.y > add"
    report = check(uses(kinds, wires, Conv=CONV), CATALOG)
    assert str(report.traces["block:Conv"].nodes["conv"].inputs[0]) == "[N, 1, 8, 8]"


def test_a_problem_inside_shows_up_no_second_time_behind_the_instance() -> None:
    broken = ({**BODY, "relu": "Linear"}, BODY_WIRES, {"width": 4})
    assert codes(uses({"a": "block:B", "l": "Linear"}, "input > a.x, a.y > l > output", B=broken)) == [
        "ND301"
    ]


def test_an_unknown_block_names_the_nearest() -> None:
    problem = only(uses({"a": "block:Cnv"}, "input > a.x, a.y > output", Conv=CONV, Unused=CONV))
    assert (problem.code, problem.node) == ("ND501", "a")
    assert "did you mean Conv?" in problem.message


def test_a_block_that_contains_itself_is_told_and_not_entered() -> None:
    own = ({"x": "Input", "again": "block:Own", "y": "Output"}, "x > again.x, again.y > y")
    problem = only(uses({"a": "block:Own"}, "input > a.x, a.y > output", Own=own))
    assert (problem.code, problem.network, problem.node) == ("ND502", "block:Own", "again")


def test_blocks_that_contain_each_other_are_told_once() -> None:
    a = ({"x": "Input", "b": "block:B", "y": "Output"}, "x > b.x, b.y > y")
    b = ({"x": "Input", "a": "block:A", "y": "Output"}, "x > a.x, a.y > y")
    problem = only(uses({"n": "block:A"}, "input > n.x, n.y > output", A=a, B=b))
    assert (problem.code, problem.network, problem.node) == ("ND502", "block:B", "a")
    assert "`A` → `B` → `A`" in problem.message


@pytest.mark.parametrize(
    ("inner", "wires", "code"),
    [({"y": "Output"}, "", "ND503"), ({"x": "Input"}, "", "ND504")],
)
def test_a_block_without_a_port_is_told(inner: dict[str, Any], wires: str, code: str) -> None:
    assert code in codes(plain(blocks={"B": (inner, wires)}))


def test_problems_of_a_block_that_no_network_uses_are_warnings() -> None:
    inner = {"x": "Input", "relu": "ReLU", "y": "Output"}
    problems = found(plain(blocks={"B": (inner, "x > y")}))
    assert [(p.code, p.severity, p.network) for p in problems] == [("ND102", WARNING, "block:B")]


def test_a_block_used_by_unused_blocks_only_is_not_used() -> None:
    inner = ({"x": "Input", "relu": "ReLU", "y": "Output"}, "x > y")
    outer = ({"x": "Input", "i": "block:Inner", "y": "Output"}, "x > i.x, i.y > y")
    problems = found(plain(blocks={"Inner": inner, "Outer": outer}))
    assert [(p.code, p.severity) for p in problems] == [("ND102", WARNING)]


def nested(levels: int, repeat: int = 1, leaf: str = "Grow") -> Design:
    """Blocks so deep, each holding the next one, repeated."""
    blocks: dict[str, Block] = {
        "B0": block({"x": "Input", "n": Node(leaf, repeat=repeat), "y": "Output"}, "x > n > y")
    }
    for level in range(1, levels):
        kind = f"block:B{level - 1}"
        blocks[f"B{level}"] = block(
            {"x": "Input", "n": Node(kind, repeat=repeat), "y": "Output"}, "x > n.x, n.y > y"
        )
    nodes = {"input": "Input", "a": Node(f"block:B{levels - 1}", repeat=repeat), "output": "Output"}
    return design(nodes, "input > a.x, a.y > output", blocks=blocks)


def test_blocks_may_stand_32_deep() -> None:
    assert codes(nested(32)) == []


@pytest.mark.parametrize("levels", [33, 300])
def test_blocks_deeper_than_that_are_not_entered(levels: int) -> None:
    problem = only(nested(levels))
    assert (problem.code, problem.network, problem.node) == ("ND505", "main", "a")


@pytest.mark.parametrize("leaf", ["Grow", "ReLU"])
def test_repetitions_in_repetitions_are_counted_and_not_walked(leaf: str) -> None:
    problems = found(nested(4, repeat=1000, leaf=leaf))
    assert {p.code for p in problems} == {"ND206"}
    assert len(problems) == 1
