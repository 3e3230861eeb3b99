"""What flows through every wire, and what is said where it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from netdesigner.checks import Report, check
from netdesigner.document import Design, Node
from netdesigner.parts import Cost, TensorSpec
from tests.checks.toys import CATALOG, chain, codes, design, found, only, plain, residual


def shape(report: Report, node_id: str, scope: str = "main") -> tuple[Any, ...] | None:
    outputs = report.outputs(scope, node_id)
    return outputs[0].shape if outputs else None


def test_shapes_are_known_at_every_node_of_a_sound_design() -> None:
    report = check(plain(), CATALOG)
    assert [shape(report, n) for n in ("input", "flat", "linear", "output")] == [
        ("N", 1, 8, 8),
        ("N", 64),
        ("N", 10),
        ("N", 10),
    ]


def test_a_traced_node_says_what_arrives_and_where_from() -> None:
    nodes = {"input": "Input", "split": "Split", "add": "Add", "output": "Output"}
    trace = check(design(nodes, "input > split > add > output, input > add"), CATALOG).traces["main"]
    spec = TensorSpec(("N", 1, 8, 8))
    assert trace.nodes["split"].inputs == (spec, None)
    assert trace.nodes["split"].sources == (("input", 0), None)
    assert trace.nodes["add"].sources == (("split", 0), ("input", 0))
    assert trace.nodes["add"].rounds == ((spec, spec),)


def test_wires_into_a_variadic_port_keep_the_order_of_the_document() -> None:
    nodes = {
        "a": ("Input", {"shape": (2,)}),
        "b": ("Input", {"shape": (3,)}),
        "join": "Concat",
        "output": "Output",
    }
    trace = check(design(nodes, "b > join, a > join > output"), CATALOG).traces["main"]
    assert trace.nodes["join"].sources == (("b", 0), ("a", 0))


def test_symbols_travel_through() -> None:
    nodes = {
        "input": ("Input", {"shape": (3, 0, 8), "axes": ("c", "T")}),
        "conv": "Conv2d",
        "output": "Output",
    }
    report = check(design(nodes, "input > conv > output"), CATALOG)
    assert shape(report, "conv") == ("N", 4, "T", 8)


def test_a_clash_names_both_sides_and_who_made_the_shape() -> None:
    nodes = {"input": "Input", "conv": "Conv2d", "relu": "ReLU", "linear": "Linear", "output": "Output"}
    problem = only(design(nodes, "input > conv > relu > linear > output"))
    assert (problem.code, problem.node, problem.port) == ("ND301", "linear", "input")
    assert problem.path == ("conv", "relu", "linear")
    assert problem.message == (
        "`linear` cannot take [N, 4, 8, 8] from `relu`, made by `conv`: "
        "Linear takes 2 axes (N, features), but gets [N, 4, 8, 8]"
    )


def test_one_clash_neither_hides_another_nor_brings_more() -> None:
    nodes = {"input": "Input", "a": "Linear", "b": "Linear", "c": "Linear", "d": "ReLU", "output": "Output"}
    problems = found(design(nodes, "input > a > b > output, input > c > d"))
    assert [(p.code, p.node) for p in problems] == [
        ("ND301", "a"),
        ("ND301", "c"),
        ("ND108", "c"),
        ("ND107", "d"),
    ]


JOIN = {
    "input": ("Input", {"shape": (3, 64, 64)}),
    "stem": ("Conv2d", {"out_channels": 64}),
    "pool_1": "MaxPool2d",
    "conv_2": ("Conv2d", {"out_channels": 64}),
    "add_1": "Add",
    "output": "Output",
}


def test_a_join_names_both_sides_and_where_they_part() -> None:
    problem = only(design(JOIN, "input > stem > pool_1 > conv_2 > add_1 > output, stem > add_1"))
    assert (problem.code, problem.node, problem.port) == ("ND302", "add_1", "inputs")
    assert problem.message.startswith(
        "`add_1` joins [N, 64, 32, 32] from `conv_2` and [N, 64, 64, 64] from `stem`; "
        "they part at `pool_1`, after `stem`"
    )
    assert problem.path == ("stem", "pool_1", "conv_2", "add_1")


def test_a_join_whose_branches_both_change_parts_where_the_first_does() -> None:
    nodes = {**JOIN, "conv_3": ("Conv2d", {"out_channels": 8}), "add_1": "Add"}
    problem = only(design(nodes, "input > stem > pool_1 > conv_2 > add_1 > output, stem > conv_3 > add_1"))
    assert "they part at `pool_1`, after `stem`" in problem.message


def test_the_nearest_common_ancestor_counts_and_not_an_earlier_one() -> None:
    nodes = {**JOIN, "before": "ReLU", "merge": "Add", "side": "ReLU"}
    wires = "input > before > stem, before > side, stem > pool_1 > conv_2 > add_1 > output, stem > add_1"
    problem = next(p for p in found(design(nodes, wires)) if p.code == "ND302")
    assert problem.path[0] == "stem"


def test_a_join_of_two_inputs_says_that_they_share_nothing() -> None:
    nodes = {
        "a": ("Input", {"shape": (2,)}),
        "b": ("Input", {"shape": (3,)}),
        "add": "Add",
        "output": "Output",
    }
    problem = only(design(nodes, "a > add > output, b > add"))
    assert "they share no node before" in problem.message


def test_two_outputs_of_one_node_part_at_that_node() -> None:
    nodes = {"input": "Input", "split": "Split", "add": "Add", "output": "Output"}
    problem = only(design(nodes, "input > split > add > output, split.rest > add"))
    assert "they part at `split`:" in problem.message


def test_of_many_sides_the_two_that_differ_are_named() -> None:
    nodes = {"input": "Input", "a": "ReLU", "b": "ReLU", "c": "MaxPool2d", "add": "Add", "output": "Output"}
    problem = only(design(nodes, "input > a > add > output, input > b > add, input > c > add"))
    assert (
        "[N, 1, 8, 8] from `a` and [N, 1, 4, 4] from `c`; they part at `c`, after `input`" in problem.message
    )


def test_what_an_optional_port_gets_is_judged_alone_and_joined_to_nothing() -> None:
    nodes = {"input": "Input", "pool": "MaxPool2d", "split": "Split", "output": "Output"}
    problem = only(design(nodes, "input > split > output, input > pool > split.state"))
    assert (problem.code, problem.port) == ("ND301", "state")
    assert problem.message.startswith("`split` cannot take [N, 1, 4, 4] from `pool`: the state is")


@pytest.mark.parametrize(
    ("nodes", "node"),
    [
        ({"input": ("Input", {"dtype": "int64"}), "x": "ReLU", "output": "Output"}, "x"),
        ({"input": "Input", "x": "Embedding", "output": "Output"}, "x"),
    ],
)
def test_a_clash_of_types_has_a_code_of_its_own(nodes: dict[str, Any], node: str) -> None:
    problem = only(design(nodes, "input > x > output"))
    assert (problem.code, problem.node) == ("ND303", node)


def test_a_join_of_different_types_is_a_clash_of_types() -> None:
    nodes = {"a": "Input", "b": ("Input", {"dtype": "int64"}), "add": "Add", "output": "Output"}
    assert only(design(nodes, "a > add > output, b > add")).code == "ND303"


def test_an_axis_without_elements_is_told_where_it_vanishes() -> None:
    nodes = {
        "input": ("Input", {"shape": (1, 1, 1)}),
        "pool": "MaxPool2d",
        "conv": "Conv2d",
        "output": "Output",
    }
    problem = only(design(nodes, "input > pool > conv > output"))
    assert (problem.code, problem.node) == ("ND305", "pool")
    assert "turns [N, 1, 1, 1] into [N, 1, 0, 0]" in problem.message


def test_a_rule_that_is_wrong_is_a_problem_and_not_an_exception() -> None:
    problem = only(design({"input": "Input", "x": "Buggy", "output": "Output"}, "input > x > output"))
    assert (problem.code, problem.node) == ("ND309", "x")
    assert "KeyError" in problem.message


# ---------------------------------------------------------------------------------------------------- repetition


def repeated(kind: str, params: dict[str, Any], repeat: int | str, **rest: Any) -> Design:
    nodes = {"input": ("Input", {"shape": (6,)}), "x": Node(kind, params, repeat), "output": "Output"}
    return design(nodes, "input > x > output", **rest)


def test_each_round_begins_with_what_the_one_before_gave() -> None:
    traced = check(repeated("Linear", {"out_features": 4}, 3), CATALOG).traces["main"].nodes["x"]
    assert traced.repeat == 3
    assert [str(round_[0]) for round_ in traced.rounds] == ["[N, 6]", "[N, 4]", "[N, 4]"]
    assert traced.cost == Cost(parameters=(6 + 1) * 4 + 2 * (4 + 1) * 4, macs=6 * 4 + 2 * 4 * 4)


def test_each_round_may_change_the_shape() -> None:
    report = check(repeated("Grow", {}, "2*n", variables={"n": 5}), CATALOG)
    assert shape(report, "x") == ("N", 16)
    assert len(report.traces["main"].nodes["x"].rounds) == 10


def test_a_node_that_cannot_take_what_it_gives_is_not_repeated() -> None:
    nodes = {
        "input": ("Input", {"shape": (6,), "dtype": "int64"}),
        "x": Node("Embedding", repeat=2),
        "output": "Output",
    }
    problem = only(design(nodes, "input > x > output"))
    assert (problem.code, problem.node, problem.param) == ("ND304", "x", "repeat")
    assert "`x` is applied 2 times, but gives [N, 6, 4], which it cannot take again" in problem.message


def test_other_inputs_stay_what_they_are_in_each_round() -> None:
    nodes = {"input": "Input", "x": Node("Split", repeat=3), "output": "Output"}
    traced = check(design(nodes, "input > x > output, input > x.state"), CATALOG).traces["main"].nodes["x"]
    assert [len(round_) for round_ in traced.rounds] == [2, 2, 2]
    assert traced.outputs is not None


# --------------------------------------------------------------------------------------------------------- size


def test_costs_are_summed_for_each_sample() -> None:
    trace = check(plain(), CATALOG).traces["main"]
    assert trace.cost == Cost(parameters=650, macs=640)


def test_a_chain_of_64_residual_blocks_is_walked_once() -> None:
    report = check(residual(64), CATALOG)
    assert found(report) == []
    assert len(report.traces["main"].order) == 64 * 4 + 2
    assert shape(report, "output") == ("N", 4, 8, 8)


def test_a_clash_at_the_end_of_a_long_residual_chain_finds_its_way_back() -> None:
    what = residual(64)
    nodes = dict(what.networks["main"].graph.nodes)
    nodes["conv_b_63"] = Node("Conv2d", {"out_channels": 5})
    changed = design(nodes, "")
    graph = type(what.networks["main"].graph)(
        changed.networks["main"].graph.nodes, what.networks["main"].graph.edges
    )
    problem = only(Design({"main": type(what.networks["main"])(graph)}))
    assert problem.path == ("add_62", "conv_a_63", "relu_63", "conv_b_63", "add_63")
    assert "they part at `conv_b_63`, after `add_62`" in problem.message


def test_a_thousand_nodes_in_a_row_are_no_matter_of_recursion() -> None:
    assert codes(chain(1000)) == []


def test_a_network_of_too_many_layers_is_told_where_it_becomes_too_large() -> None:
    nodes = {f"node_{at}": Node("ReLU", repeat=1000) for at in range(21)}
    what = design({"input": "Input", **nodes, "output": "Output"}, " > ".join(["input", *nodes, "output"]))
    problem = only(what)
    assert (problem.code, problem.node) == ("ND206", "node_20")
    assert "20,000" in problem.message
