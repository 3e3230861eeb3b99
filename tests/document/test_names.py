"""Names in the expressions of nodes, and what is put in their place."""

from __future__ import annotations

import pytest

from netdesigner.document import Node
from netdesigner.document.expression import with_names
from netdesigner.document.names import CopyNames, free_name, names_of, with_values
from netdesigner.errors import EditError


@pytest.mark.parametrize(
    ("text", "others", "expected"),
    [
        ("2 * width", {"width": "n"}, "2 * n"),
        (" width+width ", {"width": "(a+b)"}, " (a+b)+(a+b) "),
        ("1e5+e5", {"e5": "x"}, "1e5+x"),
        ("width_2", {"width": "n"}, "width_2"),
        ("no ! expression width", {"width": "n"}, "no ! expression width"),
    ],
)
def test_names_are_replaced_and_nothing_else(text: str, others: dict[str, str], expected: str) -> None:
    assert with_names(text, others) == expected


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("width", 3, 3),
        ("width", "2*n", "2*n"),
        ("width", "n", "n"),
        ("4*width", 3, 12),
        ("4*width", 2.5, 10.0),
        ("4-width", -3, 7),
        ("4*width", "n+1", "4*(n+1)"),
        ("4*width", "n", "4*n"),
        ("depth*width", 3, "depth*3"),
        ("4//width", 0, "4//0"),
    ],
)
def test_a_value_takes_the_place_of_a_name(text: str, value: float | str, expected: float | str) -> None:
    node = with_values(Node("Linear", {"out_features": text, "bias": True}), {"width": value})
    assert node.params == {"out_features": expected, "bias": True}
    assert type(node.params["out_features"]) is type(expected)


def test_repeats_and_lists_are_reached_too() -> None:
    node = Node("Conv2d", {"stride": ("width", 1, "2*width")}, repeat="width-1")
    assert names_of([node]) == {"width"}
    changed = with_values(node, {"width": 4})
    assert (changed.params["stride"], changed.repeat) == ((4, 1, 8), 3)
    assert with_values(node, {"width": 2.5}).repeat == "1.5"


def test_what_uses_none_of_the_names_stays_the_same_object() -> None:
    node = Node("Linear", {"out_features": "depth"})
    assert with_values(node, {"width": 3}) is node
    choice = Node("Pad", {"mode": "width"})
    assert with_values(choice, {"width": 3}, lambda *_: False) is choice


def test_an_expression_that_would_be_too_long_is_refused() -> None:
    with pytest.raises(EditError, match="more than the 200 allowed"):
        with_values(Node("Linear", {"out_features": "+".join(["width"] * 30)}), {"width": "n+" * 8 + "1"})


def test_a_free_name_is_an_identifier_however_long_it_was() -> None:
    assert free_name("stage", ()) == "stage"
    assert free_name("stage", ("stage", "stage_2")) == "stage_3"
    assert len(free_name("s" * 64, ("s" * 64,))) <= 64


def test_a_copy_is_named_after_what_was_copied() -> None:
    free = CopyNames(["conv", "conv2d_1", "conv2d_2", "a_07", "n_1_2", "fc"])
    assert [free.of(name) for name in ("conv", "conv", "conv2d_1", "new", "new", "a_07", "n_1_2")] == [
        "conv_1",
        "conv_2",
        "conv2d_3",
        "new",
        "new_1",
        "a_8",
        "n_1_3",
    ]
