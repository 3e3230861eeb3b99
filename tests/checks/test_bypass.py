"""Nodes that are passed by: what flows past them, what they cost, what is wrong with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netdesigner.checks import Problem, check, explain_refusal, summary, with_fixes
from netdesigner.document import Block, Design, Edge, Graph, Node, edit
from netdesigner.parts import Catalog
from tests.checks.toys import design

CATALOG = Catalog.discover()

NODES = {
    "input": ("Input", {"shape": (4, 8, 8)}),
    "a": ("Conv2d", {"out_channels": 4, "padding": 1, "kernel_size": 3}),
    "b": ("Conv2d", {"out_channels": 6, "kernel_size": 3}),
    "c": ("Conv2d", {"out_channels": 5, "kernel_size": 1}),
    "output": "Output",
}
ROW = "input > a > b > c > output"


def row(*passed: str) -> Design:
    return edit.set_bypassed(design(NODES, ROW), "main", passed, bypassed=True)


def told(what: Design) -> list[Problem]:
    return [problem for problem in check(what, CATALOG).problems if problem.code not in ("ND401", "ND402")]


def codes(what: Design) -> list[tuple[str, str]]:
    return [(problem.code, problem.node) for problem in told(what)]


def fixes(what: Design) -> dict[str, Design]:
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    problem = next(p for p in report.problems if p.code not in ("ND401", "ND402"))
    return {fix.text: fix.design for fix in problem.fixes}


@pytest.mark.parametrize("passed", [("b",), ("a", "b"), ("c", "a"), ("a", "b", "c")])
def test_the_network_is_that_without_the_node(passed: tuple[str, ...]) -> None:
    there, gone = row(*passed), edit.remove_nodes(row(), "main", passed, reconnect=True)
    assert told(there) == []
    assert summary(there, check(there, CATALOG)) == summary(gone, check(gone, CATALOG))
    trace, other = check(there, CATALOG).traces["main"], check(gone, CATALOG).traces["main"]
    assert {node_id: trace.nodes[node_id] for node_id in other.nodes} == other.nodes


def test_a_wire_behind_a_bypassed_node_carries_what_came_in() -> None:
    report = check(row("a", "b"), CATALOG)
    assert report.outputs("main", "b") == report.outputs("main", "input")
    assert report.traces["main"].nodes["b"].cost.parameters == 0


def test_of_several_inputs_the_first_that_has_a_wire_counts_and_all_outputs_bring_it() -> None:
    nodes = {
        "input": ("Input", {"shape": (5, 6)}),
        "state": ("Input", {"shape": (7,)}),
        "reader": Node("GRU", {"hidden_size": 3}, bypassed=True),
        "output": "Output",
        "last": "Output",
    }
    edges = (
        Edge("state", "output", "reader", "h_0"),
        Edge("input", "output", "reader", "input"),
        Edge("reader", "output", "output", "input"),
        Edge("reader", "h_n", "last", "input"),
    )
    what = design(nodes, "")
    graph = replace(what.graph("main"), edges=edges)
    what = what.with_place("main", replace(what.place("main"), graph=graph))
    outputs = check(what, CATALOG).traces["main"].nodes
    assert outputs["output"].sources == outputs["last"].sources == (("input", 0),)
    alone = edit.disconnect(what, "main", [edges[1]])
    assert check(alone, CATALOG).traces["main"].nodes["last"].sources == (("state", 0),)


def test_what_is_wrong_with_its_parameters_does_not_count() -> None:
    what = edit.set_params(row(), "main", "b", {"kernel_size": 99})
    assert [code for code, _ in codes(what)] == ["ND301"]
    assert codes(edit.set_bypassed(what, "main", ["b"], bypassed=True)) == []


def test_without_an_input_it_leaves_its_readers_without_one_and_says_so_once() -> None:
    what = edit.disconnect(row("a", "b"), "main", [Edge("input", "output", "a", "input")])
    problems = [problem for problem in told(what) if problem.severity == "error"]
    assert [(problem.code, problem.node, problem.port) for problem in problems] == [("ND120", "a", "input")]
    assert "nothing is wired to it" in problems[0].message
    assert check(what, CATALOG).outputs("main", "output") is None
    assert "Wire input to a" in fixes(what)


def test_one_that_nobody_reads_and_nothing_feeds_disturbs_nobody() -> None:
    what, _ = edit.add_node(row(), "main", "Linear", node_id="loose")
    assert codes(what) != []
    assert codes(edit.set_bypassed(what, "main", ["loose"], bypassed=True)) == []


def test_what_leads_only_to_its_other_inputs_is_thrown_away() -> None:
    nodes = {
        "input": ("Input", {"shape": (8,)}),
        "main": ("Linear", {"out_features": 8}),
        "side": ("Linear", {"out_features": 8}),
        "add": Node("Add", bypassed=True),
        "output": "Output",
    }
    what = design(nodes, "input > main > add > output, input > side > add")
    assert codes(what) == [("ND108", "side")]


def test_input_and_output_cannot_be_bypassed() -> None:
    what = row("input", "output")
    assert codes(what) == [("ND121", "input"), ("ND121", "output")]
    assert check(what, CATALOG).outputs("main", "output") == check(row(), CATALOG).outputs("main", "output")
    assert codes(fixes(what)["Switch the bypass of input off"]) == [("ND121", "output")]


def test_weights_of_a_bypassed_node_are_not_there() -> None:
    what = edit.set_tied(edit.set_params(row(), "main", "b", NODES["a"][1]), "main", "b", "a")
    assert codes(what) == []
    what = edit.set_bypassed(what, "main", ["a"], bypassed=True)
    assert codes(what) == [("ND122", "b")]
    found = fixes(what)
    assert set(found) == {"Switch the bypass of a off", "Give b weights of its own"}
    assert all(codes(mended) == [] for mended in found.values())


def test_a_bypassed_node_uses_nobodys_weights() -> None:
    what = edit.set_tied(row(), "main", "b", "a")
    assert codes(what) == [("ND306", "b")]
    assert codes(edit.set_bypassed(what, "main", ["b"], bypassed=True)) == []


def test_bypassed_nodes_that_feed_each_other_are_a_loop() -> None:
    what = edit.connect(row("a", "b"), "main", Edge("b", "output", "a", "input"))
    assert [code for code, _ in codes(what) if code == "ND101"] == ["ND101"]


def test_a_block_that_only_bypassed_nodes_use_is_not_used() -> None:
    broken = Block(Graph({"x": Node("Input"), "line": Node("Linear"), "y": Node("Output")}))
    what = edit.set_block(row(), "Broken", broken)
    what, _ = edit.add_node(what, "main", "block:Broken", node_id="broken")
    what = edit.insert_on_edge(what, "main", Edge("a", "output", "b", "input"), "broken", "x", "y")
    assert check(what, CATALOG).network_errors
    what = edit.set_bypassed(what, "main", ["broken"], bypassed=True)
    assert check(what, CATALOG).network_errors == ()


def test_a_check_after_a_switch_finds_what_a_check_from_nothing_finds() -> None:
    what = row()
    report = check(what, CATALOG)
    for passed in (("b",), ("a", "b"), ("a",), ("a", "b", "c"), ()):
        before = row(*passed)
        for node_id in ("a", "b", "c"):
            what = edit.set_bypassed(what, "main", [node_id], node_id in passed)
            report = check(what, CATALOG, previous=report)
        assert report == check(before, CATALOG)


def test_any_wire_may_lead_to_a_bypassed_node() -> None:
    what = edit.disconnect(row("b"), "main", [Edge("a", "output", "b", "input")])
    what, _ = edit.add_node(what, "main", "Flatten", node_id="flat")
    what = edit.connect(what, "main", Edge("input", "output", "flat", "input"))
    edge = Edge("flat", "output", "b", "input")
    assert explain_refusal(what, CATALOG, "main", edge) == ""
    assert explain_refusal(edit.set_bypassed(what, "main", ["b"], False), CATALOG, "main", edge) != ""
