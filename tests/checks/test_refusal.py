"""Why a wire may not be made, while it is drawn."""

from __future__ import annotations

import pytest

from netdesigner.checks import check, explain_refusal
from netdesigner.document import Design, Edge
from tests.checks.toys import CATALOG, PLAIN, PLAIN_WIRES, design, plain

NODES = {**PLAIN, "conv": "Conv2d", "line": "Linear", "add": "Add", "split": "Split", "mystery": "Ghost"}
WIRES = f"{PLAIN_WIRES}, input > add"


def refusal(source: str, target: str, what: Design | None = None) -> str:
    what = what or design(NODES, WIRES)
    a, _, output = source.partition(".")
    b, _, port = target.partition(".")
    edge = Edge(a, output or "output", b, port or "input")
    found = explain_refusal(what, CATALOG, "main", edge, report=check(what, CATALOG))
    assert found == explain_refusal(what, CATALOG, "main", edge)
    return found


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("input", "conv"),
        ("flat", "line"),
        ("flat", "output"),  # replaces the wire that is there
        ("conv", "line"),  # what `conv` gives is not known yet
        ("input", "add.inputs"),
        ("mystery.anything", "line"),
        ("input", "mystery.anything"),
        ("split.rest", "output"),
    ],
)
def test_a_wire_that_may_be_made_has_no_refusal(source: str, target: str) -> None:
    assert refusal(source, target) == ""


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("ghost", "line", "network `main` has no node `ghost`"),
        ("input", "ghost", "network `main` has no node `ghost`"),
        ("input.left", "line", "`input` has no output `left`; it has `output`"),
        ("flat", "line.x", "`line` has no input `x`; it has `input`"),
        ("flat", "input", "`input` has no inputs"),
        ("conv", "conv", "`conv` cannot feed itself"),
        ("linear", "flat", "this would close a loop: `flat` → `linear` → `flat`"),
        ("input", "flat", "`input` is wired to `flat` like this already"),
        (
            "flat",
            "conv",
            "`conv` cannot take [N, 64] from `flat`: Conv2d takes 4 axes (N, C, H, W), but gets [N, 64]",
        ),
        (
            "flat",
            "add.inputs",
            (
                "`add` cannot join [N, 1, 8, 8] from `input` and [N, 64] from `flat`: "
                "Add takes equal shapes, but gets [N, 1, 8, 8] and [N, 64]"
            ),
        ),
    ],
)
def test_a_wrong_wire_is_refused_in_the_users_words(source: str, target: str, said: str) -> None:
    assert refusal(source, target) == said


def test_a_scope_that_is_not_there_is_said() -> None:
    edge = Edge("a", "output", "b", "input")
    assert "no 'other'" in explain_refusal(plain(), CATALOG, "other", edge)


def test_a_wire_into_a_block_is_refused_for_what_it_would_break_inside() -> None:
    inner = {"x": "Input", "line": "Linear", "y": "Output"}
    nodes = {**PLAIN, "a": "block:Rows", "b": "block:Rows"}
    what = design(nodes, PLAIN_WIRES, blocks={"Rows": (inner, "x > line > y")})
    assert refusal("flat", "a.x", what) == ""
    said = refusal("input", "a.x", what)
    assert said.startswith("`a` cannot take what `input` gives: `line` cannot take [N, 1, 8, 8] from `x`")


def test_a_wire_inside_a_block_is_judged_by_the_blocks_first_use() -> None:
    inner = {"x": "Input", "line": "Linear", "y": "Output"}
    nodes = {"input": "Input", "a": "block:Rows", "output": "Output"}
    what = design(nodes, "input > a.x, a.y > output", blocks={"Rows": (inner, "line > y")})
    edge = Edge("x", "output", "line", "input")
    assert "cannot take [N, 1, 8, 8]" in explain_refusal(what, CATALOG, "block:Rows", edge)
