"""Nodes that use the weights of another node."""

from __future__ import annotations

from typing import Any

import pytest

from netdesigner.checks import WARNING, Problem, check, summary, with_fixes
from netdesigner.document import Design, Edge, Node, edit
from netdesigner.parts import Catalog
from tests.checks.toys import design

CATALOG = Catalog.discover()

ROW = "input > a > b > c > output"


def row(**nodes: Node) -> Design:
    """Eight features through three Linear layers, each of which a test may exchange."""
    linear = {name: nodes.get(name, Node("Linear", {"out_features": 8})) for name in ("a", "b", "c")}
    return design({"input": ("Input", {"shape": (8,)}), **linear, "output": "Output"}, ROW)


def words(head: dict[str, Any] | None = None) -> Design:
    """A language model without a middle: a table of 20 words of 8 features, and a head that uses it."""
    nodes = {
        "input": ("Input", {"shape": (5,), "dtype": "int64"}),
        "table": ("Embedding", {"num_embeddings": 20, "embedding_dim": 8}),
        "head": Node("Linear", {"out_features": 20, **(head or {})}, tied="table"),
        "output": "Output",
    }
    return design(nodes, "input > table > head > output")


def told(what: Design) -> list[Problem]:
    return [problem for problem in check(what, CATALOG).problems if problem.code not in ("ND401", "ND402")]


def only(what: Design) -> Problem:
    (problem,) = told(what)
    return problem


def fixes(what: Design) -> dict[str, Design]:
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    problem = next(p for p in report.problems if p.code not in ("ND401", "ND402"))
    return {fix.text: fix.design for fix in problem.fixes}


def parameters(what: Design) -> dict[str, int]:
    facts = summary(what, check(what, CATALOG))["networks"]["main"]
    return {node["id"]: node["parameters"] for node in facts["nodes"]} | {"": facts["parameters"]}


def linear(tied: str, **params: Any) -> Node:
    return Node("Linear", {"out_features": 8, **params}, tied=tied)


def test_nodes_of_one_kind_share_all_weights_which_are_counted_once() -> None:
    what = row(b=linear("a"), c=linear("b"))
    assert told(what) == []
    assert parameters(what) == {"input": 0, "a": 72, "b": 0, "c": 0, "output": 0, "": 72}


def test_a_linear_shares_the_table_of_an_embedding_and_keeps_its_bias() -> None:
    assert told(words()) == []
    assert parameters(words())["head"] == 20
    assert parameters(words({"bias": False}))["head"] == 0
    assert parameters(words())[""] == 20 * 8 + 20


def test_multiply_adds_are_counted_at_every_use() -> None:
    tied, own = (check(row(b=linear(t)), CATALOG).traces["main"].cost for t in ("a", ""))
    assert tied.macs == own.macs
    assert tied.parameters == own.parameters - 72


def test_the_owner_may_come_later_in_the_flow() -> None:
    what = row(a=linear("c"))
    assert told(what) == []
    assert parameters(what)["a"] == 0


def test_what_does_not_change_the_shape_of_weights_may_differ() -> None:
    nodes = {
        "input": ("Input", {"shape": (4, 16, 16)}),
        "near": ("Conv2d", {"out_channels": 4, "padding": 1}),
        "far": Node("Conv2d", {"out_channels": 4, "padding": 3, "dilation": 3}, tied="near"),
        "output": "Output",
    }
    assert told(design(nodes, "input > near > far > output")) == []


def test_a_node_that_is_not_there_is_told_with_one_that_is_like_it() -> None:
    problem = only(edit.set_tied(words(), "main", "head", "tables"))
    assert (problem.code, problem.node, problem.param) == ("ND116", "head", "tied")
    assert problem.message == "`head` uses the weights of `tables`, which is not there; did you mean table?"
    found = fixes(edit.set_tied(words(), "main", "head", "tables"))
    assert [*found] == ["Use the weights of table at head", "Give head weights of its own"]
    assert found["Use the weights of table at head"] == words()


def test_a_node_that_is_removed_leaves_its_user_to_be_told() -> None:
    what = edit.remove_nodes(row(c=linear("a")), "main", ["a"], reconnect=True)
    assert only(what).code == "ND116"


@pytest.mark.parametrize(
    ("ties", "said"),
    [
        ({"a": "a"}, "`a` → `a`"),
        ({"a": "b", "b": "a"}, "`a` → `b` → `a`"),
        ({"a": "b", "b": "c", "c": "b"}, "`b` → `c` → `b`"),
    ],
)
def test_weights_in_a_circle_are_told_once(ties: dict[str, str], said: str) -> None:
    what = row(**{name: linear(tied) for name, tied in ties.items()})
    problem = only(what)
    assert problem.code == "ND117"
    assert problem.message == f"weights are used in a circle: {said}"
    for fixed in fixes(what).values():
        assert told(fixed) == []


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (row(b=Node("ReLU", tied="a")), "a node without weights has none to share"),
        (row(b=Node("LayerNorm", tied="output")), "a node without weights has none to share"),
        (row(b=Node("LayerNorm", tied="a")), "nodes of these two kinds have no weights in common"),
        (edit.set_tied(words(), "main", "head", "input"), "a node without weights has none to share"),
    ],
)
def test_kinds_that_cannot_share_are_told(what: Design, said: str) -> None:
    problem = only(what)
    assert problem.code == "ND118"
    assert problem.message.endswith(said)
    assert [told(fixed) for fixed in fixes(what).values()] == [[]]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (row(c=linear("a", out_features=6)), "its out_features is 6, the other's 8"),
        (row(c=linear("a", bias=False)), "its bias is False, the other's True"),
        (
            row(b=Node("Linear", {"out_features": 8}, repeat=2), c=linear("b")),
            "it is applied 1 times, the other 2",
        ),
        (words({"out_features": 21}), "its weight is [21, 8], the other [20, 8]"),
    ],
)
def test_weights_of_other_shapes_are_told_and_mended(what: Design, said: str) -> None:
    problem = only(what)
    assert problem.code == "ND306"
    assert problem.message.endswith(said)
    found = fixes(what)
    assert any(text.startswith("Give ") for text in found)
    assert all(told(fixed) == [] for fixed in found.values())


def test_the_shape_of_shared_weights_is_taken_over_by_a_click() -> None:
    assert "Set out_features to 20 at head" in fixes(words({"out_features": 21}))
    assert "Set out_features to 8 at c" in fixes(row(c=linear("a", out_features=6)))


def test_what_is_not_known_yet_is_not_judged() -> None:
    broken = edit.set_params(row(c=linear("a")), "main", "a", {"out_features": -1})
    assert [problem.code for problem in told(broken)] == ["ND201"]


def blocks(**second: Any) -> Design:
    """A block that is used twice, the second time with the weights of the first."""
    inner = {"x": "Input", "line": ("Linear", {"out_features": "width"}), "act": "ReLU", "y": "Output"}
    nodes = {
        "input": ("Input", {"shape": (8,)}),
        "one": ("block:Row", {"width": 8}),
        "two": Node("block:Row", {"width": 8, **second}, tied="one"),
        "output": "Output",
    }
    wires = "input > one.x, one.y > two.x, two.y > output"
    return design(nodes, wires, blocks={"Row": (inner, "x > line > act > y", {"width": 4})})


def test_a_block_shares_the_weights_of_another_use() -> None:
    assert told(blocks()) == []
    assert parameters(blocks())[""] == 72
    problem = only(blocks(width=6))
    assert problem.code == "ND306"
    assert problem.message.endswith("inside, at line, its out_features is 6, the other's 8")


def test_a_tie_inside_a_block_is_one_in_each_use() -> None:
    inner = {"x": "Input", "one": ("Linear", {"out_features": 8}), "two": linear("one"), "y": "Output"}
    nodes = {"input": ("Input", {"shape": (8,)}), "a": "block:Row", "b": "block:Row", "output": "Output"}
    what = design(nodes, "input > a.x, a.y > b.x, b.y > output", blocks={"Row": (inner, "x > one > two > y")})
    assert told(what) == []
    assert parameters(what) == {"input": 0, "a": 72, "b": 72, "output": 0, "": 144}


def test_a_frozen_node_whose_weights_are_trained_is_a_warning() -> None:
    what = edit.set_frozen(row(c=linear("a")), "main", ["c"], frozen=True)
    problem = only(what)
    assert (problem.code, problem.severity) == ("ND119", WARNING)
    assert [*fixes(what)] == ["Freeze a", "Let training change c", "Give c weights of its own"]
    assert all(told(fixed) == [] for fixed in fixes(what).values())


def test_the_owner_decides_whether_shared_weights_are_trained() -> None:
    cost = check(edit.set_frozen(row(c=linear("a")), "main", ["a"], frozen=True), CATALOG).traces["main"].cost
    assert (cost.parameters, cost.trainable) == (144, 72)


def test_a_check_after_an_edit_follows_ties() -> None:
    what = row(b=linear("a"))
    report = check(what, CATALOG)
    edits = (
        lambda d: edit.set_tied(d, "main", "c", "b"),
        lambda d: edit.set_params(d, "main", "a", {"bias": False}),
        lambda d: edit.set_params(d, "main", "b", {"bias": False}),
        lambda d: edit.rename_node(d, "main", "a", "owner"),
        lambda d: edit.set_tied(d, "main", "b", ""),
        lambda d: edit.disconnect(d, "main", [Edge("c", "output", "output", "input")]),
    )
    for change in edits:
        what = change(what)
        report = check(what, CATALOG, previous=report)
        assert repr(report) == repr(check(what, CATALOG))


def test_renaming_a_node_takes_its_users_along() -> None:
    renamed = edit.rename_node(row(b=linear("a")), "main", "a", "owner")
    assert renamed.graph("main").nodes["b"].tied == "owner"
