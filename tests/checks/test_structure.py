"""Loops, missing and surplus wires, loose ends, unknown kinds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from netdesigner.checks import ERROR, WARNING, check
from netdesigner.document import Design, Edge, Graph, Network
from tests.checks.toys import CATALOG, PLAIN, PLAIN_WIRES, codes, design, found, only, plain


def with_edges(what: Design, *more: Edge) -> Design:
    net = what.networks["main"]
    return replace(
        what, networks={"main": replace(net, graph=replace(net.graph, edges=net.graph.edges + more))}
    )


def test_a_sound_design_has_no_problems() -> None:
    assert found(plain()) == []


def test_a_loop_is_named_from_its_first_node_and_told_once() -> None:
    nodes: dict[str, Any] = {
        "input": ("Input", {"shape": (4,)}),
        "a": "Add",
        "b": "ReLU",
        "c": "ReLU",
        "output": "Output",
    }
    problem = only(design(nodes, "input > a > b > output, b > c > a"))
    assert problem.code == "ND101"
    assert problem.severity == ERROR
    assert problem.node == "a"
    assert problem.path == ("a", "b", "c")
    assert "`a` → `b` → `c` → `a`" in problem.message


def test_a_node_that_feeds_itself_is_a_loop_of_one() -> None:
    nodes = {"input": ("Input", {"shape": (4,)}), "a": "Add", "output": "Output"}
    problem = only(design(nodes, "input > a > output, a > a"))
    assert problem.path == ("a",)
    assert "feeds itself" in problem.message


def test_two_separate_loops_are_two_problems() -> None:
    nodes = {"input": "Input", "a": "Add", "b": "ReLU", "c": "Add", "d": "ReLU", "output": "Output"}
    wires = "input > a > b > a, b > c > d > c, d > output"
    assert [p.path for p in found(design(nodes, wires))] == [("a", "b"), ("c", "d")]


def test_the_shortest_of_several_loops_is_named() -> None:
    nodes = {"input": "Input", "a": "Add", "b": "ReLU", "c": "ReLU", "d": "ReLU", "output": "Output"}
    problem = only(design(nodes, "input > a > b > c > d > a, b > a, d > output"))
    assert problem.path == ("a", "b")


def test_a_long_loop_is_cut_in_the_message_and_whole_in_the_path() -> None:
    ids = [f"n{at}" for at in range(40)]
    nodes = {"input": "Input", "n0": "Add", **dict.fromkeys(ids[1:], "ReLU"), "output": "Output"}
    problem = only(design(nodes, f"input > {' > '.join(ids)} > n0, n39 > output"))
    assert problem.path == tuple(ids)
    assert "more) →" in problem.message
    assert len(problem.message) < 250


def test_the_trace_leaves_out_what_is_on_a_loop_and_keeps_what_is_behind_it() -> None:
    nodes = {"input": "Input", "a": "Add", "b": "ReLU", "output": "Output"}
    trace = check(design(nodes, "input > a > b > a, b > output"), CATALOG).traces["main"]
    assert trace.order == ("input", "output")
    assert trace.nodes["output"].outputs is None


def test_an_input_without_a_wire_is_an_error_at_its_port() -> None:
    nodes = {"input": "Input", "relu": "ReLU", "output": "Output"}
    problem = only(design(nodes, "input > output"))
    assert (problem.code, problem.node, problem.port) == ("ND102", "relu", "input")
    assert problem.message == "nothing is wired to `input` of `relu`"


def test_an_optional_input_may_stay_empty() -> None:
    assert (
        found(design({"input": "Input", "split": "Split", "output": "Output"}, "input > split > output"))
        == []
    )


def test_a_second_output_that_nobody_reads_is_no_problem() -> None:
    report = check(
        design(
            {"input": "Input", "split": "Split", "output": "Output"},
            "input > split.input, split.rest > output",
        ),
        CATALOG,
    )
    assert found(report) == []
    outputs = report.outputs("main", "output")
    assert outputs is not None
    assert str(outputs[0]) == "[N, 1, 8, 8, 2]"


def test_two_wires_into_one_port_name_both_senders_and_the_first_counts() -> None:
    nodes = {
        "a": ("Input", {"shape": (4,)}),
        "b": ("Input", {"shape": (5,)}),
        "relu": "ReLU",
        "output": "Output",
    }
    report = check(design(nodes, "a > relu > output, b > relu"), CATALOG)
    (problem,) = found(report)
    assert (problem.code, problem.node, problem.port) == ("ND103", "relu", "input")
    assert "from `a` and `b`" in problem.message
    assert report.outputs("main", "relu") == report.outputs("main", "a")


def test_a_wire_to_a_port_that_is_not_there_names_those_that_are() -> None:
    nodes = {"input": "Input", "split": "Split", "output": "Output"}
    problem = only(design(nodes, "input > split > output, input > split.stat"))
    assert (problem.code, problem.node, problem.port) == ("ND104", "split", "stat")
    assert problem.message == "`split` has no input `stat`; it has `input` and `state`"


def test_a_wire_from_a_port_that_is_not_there_makes_its_end_unknown() -> None:
    nodes = {"input": "Input", "split": "Split", "output": "Output"}
    what = design(nodes, "input > split, split.left > output")
    problem = only(what)
    assert (problem.code, problem.node, problem.port) == ("ND104", "split", "left")
    assert check(what, CATALOG).outputs("main", "output") is None


def test_a_wire_to_a_node_without_inputs_says_so() -> None:
    nodes = {"a": "Input", "b": "Input", "add": "Add", "output": "Output"}
    problem = only(design(nodes, "a > add, b > add > output, a > b"))
    assert problem.message == "`b` has no input `input`; it has none"


@pytest.mark.parametrize(("kind", "severity"), [("ReLU", ERROR), ("Add", WARNING)])
def test_the_same_wire_twice_is_an_error_only_where_one_is_taken(kind: str, severity: str) -> None:
    nodes = {"input": "Input", "node": kind, "output": "Output"}
    problem = only(design(nodes, "input > node > output, input > node"))
    assert (problem.code, problem.severity) == ("ND105", severity)


def test_too_few_wires_into_a_join_says_how_many_it_needs() -> None:
    nodes = {"input": "Input", "add": "Add", "output": "Output"}
    problem = only(design(nodes, "input > add > output"))
    assert (problem.code, problem.port) == ("ND106", "inputs")
    assert "needs 2 wires and has 1" in problem.message


def test_a_join_without_any_wire_has_an_input_without_a_wire() -> None:
    assert codes(design({**PLAIN, "add": "Add"}, PLAIN_WIRES)) == ["ND102"]


def test_an_output_that_nobody_reads_is_a_warning() -> None:
    problem = only(design({**PLAIN, "relu": "ReLU"}, f"{PLAIN_WIRES}, input > relu"))
    assert (problem.code, problem.severity, problem.node) == ("ND107", WARNING, "relu")


def test_a_branch_that_leads_nowhere_is_told_once_beside_its_end() -> None:
    nodes = {**PLAIN, "a": "ReLU", "b": "ReLU", "c": "ReLU"}
    problems = found(design(nodes, f"{PLAIN_WIRES}, input > a > b > c"))
    assert [(p.code, p.node, p.severity) for p in problems] == [
        ("ND108", "a", WARNING),
        ("ND107", "c", WARNING),
    ]
    assert problems[0].path == ("a", "b")


def test_a_branch_that_no_input_reaches_is_told_beside_its_missing_wire() -> None:
    nodes = {"input": "Input", "a": "ReLU", "b": "ReLU", "add": "Add", "output": "Output"}
    problems = found(design(nodes, "input > add > output, a > b > add"))
    assert [(p.code, p.node) for p in problems] == [("ND102", "a"), ("ND109", "a")]
    assert problems[1].path == ("a", "b")


def test_what_the_network_brings_itself_needs_no_input() -> None:
    nodes = {"input": "Input", "own": "Brought", "a": "ReLU", "add": "Add", "output": "Output"}
    assert codes(design(nodes, "input > add > output, own > a > add")) == []
    assert codes(design(nodes, "input > own.like, own > a > add > output, input > add")) == []


def test_a_network_without_input_and_output_says_both_and_no_more_of_the_ends() -> None:
    assert codes(design({"a": "ReLU", "b": "ReLU"}, "a > b")) == ["ND110", "ND111", "ND102"]


def test_an_empty_network_says_only_that() -> None:
    problem = only(Design())
    assert (problem.code, problem.network) == ("ND113", "main")


def test_an_unknown_kind_names_the_nearest_and_hides_what_is_behind_it() -> None:
    problem = only(design({"input": "Input", "a": "Relu", "output": "Output"}, "input > a > output"))
    assert (problem.code, problem.node) == ("ND114", "a")
    assert "did you mean ReLU?" in problem.message


def test_a_wire_to_a_node_that_is_not_there_is_told() -> None:
    problem = only(with_edges(plain(), Edge("flat", "output", "ghost", "input")))
    assert (problem.code, problem.node) == ("ND115", "flat")
    assert "`ghost`" in problem.message


def test_a_wire_between_nodes_that_are_not_there_is_told() -> None:
    assert codes(with_edges(plain(), Edge("ghost", "output", "phantom", "input"))) == ["ND115"]


def test_a_graph_of_wires_alone_does_not_raise() -> None:
    empty = Design({"main": Network(Graph({}, (Edge("a", "output", "b", "input"),)))})
    assert codes(empty) == ["ND113"]


def test_the_order_follows_the_document_where_the_wires_allow() -> None:
    nodes = {"output": "Output", "b": "ReLU", "a": "ReLU", "input": "Input", "c": "ReLU", "add": "Add"}
    trace = check(
        design(nodes, "input > a > add > output, input > b > add, input > c > add"), CATALOG
    ).traces["main"]
    assert trace.order == ("input", "b", "a", "c", "add", "output")
    assert (trace.inputs, trace.outputs) == (("input",), ("output",))


def test_problems_come_errors_first_and_then_in_the_order_of_the_document() -> None:
    nodes = {"spare": "Input", **PLAIN, "z": "ReLU", "a": "ReLU"}
    problems = check(design(nodes, PLAIN_WIRES), CATALOG).problems
    assert [(p.severity, p.code, p.node) for p in problems] == [
        (ERROR, "ND102", "z"),
        (ERROR, "ND102", "a"),
        (WARNING, "ND107", "spare"),
        (WARNING, "ND401", ""),
        (WARNING, "ND402", ""),
    ]
