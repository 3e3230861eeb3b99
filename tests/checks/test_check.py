"""What a check takes over from the one before, and that it makes no difference but time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from netdesigner.checks import Report, check, with_fixes
from netdesigner.document import Choice, Design, Edge, Settings, edit
from tests.checks.toys import CATALOG, DIGITS, PRICES, block, chain, codes, design, found, plain, residual


def edited(before: Design, after: Design) -> tuple[Report, Report]:
    """The reports before and after an edit; the second equals what a check from nothing finds."""
    first = check(before, CATALOG, DIGITS)
    second = check(after, CATALOG, DIGITS, first)
    assert second == check(after, CATALOG, DIGITS)
    return first, second


def test_an_unchanged_design_gives_the_same_report() -> None:
    what = plain()
    report = check(what, CATALOG)
    assert check(what, CATALOG, previous=report) is report


@pytest.mark.parametrize(
    "change",
    [
        lambda d: edit.move_nodes(d, "main", {"flat": (5.0, 5.0)}),
        lambda d: replace(d, title="other"),
        lambda d: edit.set_training(d, Settings(Choice("SGD"))),
        lambda d: edit.set_variables(d, {}),
    ],
)
def test_what_checks_do_not_look_at_costs_nothing(change: Callable[[Design], Design]) -> None:
    what = plain()
    report = check(what, CATALOG)
    later = check(change(what), CATALOG, previous=report)
    assert later.traces is report.traces
    assert later.problems == report.problems


def test_an_edit_of_the_training_is_checked_and_leaves_the_networks_alone() -> None:
    what = chain(3, "Conv2d")
    report = check(what, CATALOG)
    bad = edit.set_training(what, Settings(Choice("SDG"), values={"epochs": 0}))
    later = check(bad, CATALOG, previous=report)
    assert later.traces is report.traces
    assert repr(later) == repr(check(bad, CATALOG))
    assert {p.code for p in later.problems} >= {"ND601", "ND603"}
    assert repr(check(what, CATALOG, previous=later)) == repr(report)


def test_a_number_that_becomes_a_switch_is_another_setting() -> None:
    what = plain(training=Settings(values={"epochs": 1}))
    bad = plain(training=Settings(values={"epochs": True}))
    assert [p.code for p in check(bad, CATALOG, previous=check(what, CATALOG)).errors] == ["ND603"]


def test_fixes_do_not_outlive_the_design_they_were_made_for() -> None:
    what = chain(1, "Conv2d")
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    assert any(problem.fixes for problem in report.problems)
    moved = edit.move_nodes(what, "main", {"node_0": (50.0, 50.0)})
    assert not any(problem.fixes for problem in check(moved, CATALOG, previous=report).problems)


def test_an_edit_keeps_what_lies_upstream_and_computes_what_lies_downstream() -> None:
    what = chain(10)
    before, after = edited(what, edit.set_params(what, "main", "node_5", {"out_features": 9}))
    kept = [
        n
        for n in before.traces["main"].order
        if before.traces["main"].nodes[n] is after.traces["main"].nodes[n]
    ]
    assert kept == ["input", *(f"node_{at}" for at in range(5)), "node_7", "node_8", "node_9", "output"]


def test_an_edit_of_one_network_keeps_the_others() -> None:
    what = chain(3)
    both = replace(what, networks={**what.networks, "other": what.networks["main"]})
    before, after = edited(both, edit.set_params(both, "main", "node_1", {"out_features": 9}))
    assert after.traces["other"] is before.traces["other"]


EDITS: dict[str, Callable[[Design], Design]] = {
    "set": lambda d: edit.set_params(d, "main", "conv_a_2", {"out_channels": 5}),
    "break": lambda d: edit.set_params(d, "main", "conv_a_2", {"out_channels": 0}),
    "repeat": lambda d: edit.set_repeat(d, "main", "relu_1", 3),
    "rename": lambda d: edit.rename_node(d, "main", "add_1", "sum"),
    "remove": lambda d: edit.remove_nodes(d, "main", ["relu_2"]),
    "reconnect": lambda d: edit.remove_nodes(d, "main", ["relu_2"], reconnect=True),
    "add": lambda d: edit.add_node(d, "main", "ReLU")[0],
    "cut": lambda d: edit.disconnect(d, "main", [d.graph("main").edges[3]]),
    "loop": lambda d: edit.connect(d, "main", Edge("add_3", "output", "add_0", "inputs"), replacing=False),
    "kind": lambda d: edit.set_repeat(
        edit.remove_nodes(d, "main", ["add_1"], reconnect=True), "main", "add_2", 2
    ),
    "data": lambda d: edit.set_data(d, Choice("toy")),
    "task": lambda d: edit.set_task(d, Choice("classes")),
    "input": lambda d: edit.set_params(d, "main", "input", {"shape": (4, 6, 6)}),
    "variables": lambda d: edit.set_variables(d, {"width": 4}),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_check_after_an_edit_finds_what_a_check_from_nothing_finds(name: str) -> None:
    what = residual(4)
    edited(what, EDITS[name](what))
    broken = edit.set_params(what, "main", "conv_b_0", {"out_channels": 7})
    edited(broken, EDITS[name](broken))


def test_a_message_that_names_other_nodes_follows_their_names() -> None:
    what = edit.set_params(residual(2), "main", "conv_b_1", {"out_channels": 7})
    _, after = edited(what, edit.rename_node(what, "main", "add_0", "first"))
    (problem,) = [p for p in found(after) if p.code == "ND302"]
    assert "after `first`" in problem.message


def test_a_variable_touches_only_what_uses_it() -> None:
    nodes = {
        "input": "Input",
        "a": "Flatten",
        "b": ("Linear", {"out_features": "w"}),
        "c": "Linear",
        "output": "Output",
    }
    what = design(nodes, "input > a > b > c > output", variables={"w": 3})
    before, after = edited(what, edit.set_variables(what, {"w": 5}))
    pairs = zip(before.traces["main"].nodes.values(), after.traces["main"].nodes.values(), strict=True)
    assert [a is b for a, b in pairs] == [True, True, False, False, True]


# --------------------------------------------------------------------------------------------------------- blocks

INNER = {"x": "Input", "conv": ("Conv2d", {"out_channels": "w"}), "y": "Output"}
OUTER = {"x": "Input", "i": "block:Inner", "y": "Output"}


def nested() -> Design:
    blocks = {
        "Inner": block(INNER, "x > conv > y", {"w": 2}),
        "Outer": block(OUTER, "x > i.x, i.y > y"),
        "Other": block({"x": "Input", "r": "ReLU", "y": "Output"}, "x > r > y"),
        "Spare": block({"x": "Input", "r": "ReLU", "y": "Output"}, "x > r > y"),
    }
    nodes = {"input": "Input", "o": "block:Outer", "other": "block:Other", "output": "Output"}
    return design(nodes, "input > o.x, o.y > other.x, other.y > output", blocks=blocks, variables={"v": 3})


BLOCK_EDITS: dict[str, Callable[[Design], Design]] = {
    "inner": lambda d: edit.set_params(d, "block:Inner", "conv", {"out_channels": 5}),
    "broken": lambda d: edit.set_params(d, "block:Inner", "conv", {"out_channels": 0}),
    "default": lambda d: edit.set_block(d, "Inner", replace(d.blocks["Inner"], params={"w": 4})),
    "instance": lambda d: edit.set_params(d, "block:Outer", "i", {"w": "v+1"}),
    "port": lambda d: edit.rename_node(d, "block:Outer", "y", "result"),
    "new port": lambda d: edit.add_node(d, "block:Outer", "Output")[0],
    "spare": lambda d: edit.remove_nodes(d, "block:Spare", ["r"]),
    "removed": lambda d: replace(d, blocks={k: b for k, b in d.blocks.items() if k != "Inner"}),
    "recursive": lambda d: edit.add_node(d, "block:Inner", "block:Outer")[0],
    "unused": lambda d: edit.remove_nodes(d, "main", ["o"], reconnect=True),
    "repeat": lambda d: edit.set_repeat(d, "main", "o", 3),
    "doc": lambda d: edit.set_block(d, "Inner", replace(d.blocks["Inner"], doc="new")),
    "variables": lambda d: edit.set_variables(d, {"v": 4}),
    "clash": lambda d: edit.set_params(d, "main", "input", {"shape": (3,)}),
}


@pytest.mark.parametrize("name", BLOCK_EDITS)
def test_edits_of_blocks_find_what_a_check_from_nothing_finds(name: str) -> None:
    what = nested()
    _, after = edited(what, BLOCK_EDITS[name](what))
    again = check(what, CATALOG, DIGITS, after)
    assert again == check(what, CATALOG, DIGITS)


def test_an_edit_of_a_block_keeps_the_walks_through_other_blocks() -> None:
    what = nested()
    wider = edit.set_params(what, "block:Inner", "conv", {"padding": 1})
    before, after = edited(what, wider)
    assert after.traces["block:Other"] is before.traces["block:Other"]
    assert after.traces["block:Inner"] is not before.traces["block:Inner"]


def test_another_catalogue_starts_from_nothing() -> None:
    what = plain()
    other = replace(CATALOG)
    report = check(what, CATALOG)
    assert check(what, other, previous=report) is not report


def test_other_data_is_held_against_the_design_anew() -> None:
    what = plain(data=Choice("toy"), task=Choice("classes"))
    report = check(what, CATALOG, DIGITS)
    assert codes(what, DIGITS) == []
    assert {p.code for p in check(what, CATALOG, PRICES, report).problems} == {"ND410", "ND421"}
