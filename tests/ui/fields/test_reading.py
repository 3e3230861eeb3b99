"""From what a person types to a value, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesigner.ui.fields.reading import dragged, evaluated_text, read, step, text_of, why_refused
from tests.ui.fields.conftest import param

COUNT = param("count", "int", 1, min=1, max=100)
RATE = param("rate", "float", 0.5, min=0, max=1)
SIZE = param("size", "size", 3, min=1, axes=2)
SCALE = param("scale", "scale", 2.0, above=0, axes=2)
PADDING = param("padding", "size", 0, min=0, axes=2, choices=("same", "valid"))
SHAPE = param("shape", "ints", (1, 8, 8), min=0)
NAMES = param("columns", "names", ())
WORD = param("word", "str", "a")
MAYBE = param("maybe", "int", None, optional=True)


@pytest.mark.parametrize(
    ("declared", "text", "value"),
    [
        (COUNT, "16", 16),
        (COUNT, " 16 ", 16),
        (COUNT, "3.0", 3),
        (COUNT, "4*width", "4*width"),
        (RATE, "0.25", 0.25),
        (RATE, "1e-3", 0.001),
        (SIZE, "3", 3),
        (SIZE, "3, 5", (3, 5)),
        (SIZE, "3×5", (3, 5)),
        (SIZE, "(3, 5)", (3, 5)),
        (SIZE, "width, 5", ("width", 5)),
        (SCALE, "1.5", 1.5),
        (SCALE, "1.5, 2", (1.5, 2)),
        (PADDING, "same", "same"),
        (SHAPE, "1, 28, 28", (1, 28, 28)),
        (SHAPE, "7", (7,)),
        (SHAPE, "", ()),
        (NAMES, "a, b c,d", ("a", "b c", "d")),
        (WORD, "hello", "hello"),
        (MAYBE, "", None),
    ],
)
def test_what_is_typed_is_understood(declared: object, text: str, value: object) -> None:
    reading = read(declared, text, {"width": 8})
    assert (reading.value, type(reading.value), reading.usable) == (value, type(value), True)
    assert reading.error == ""


@pytest.mark.parametrize(
    ("declared", "text", "part", "usable"),
    [
        (COUNT, "0", "at least 1", True),
        (COUNT, "2.5", "whole number", True),
        (COUNT, "widht", "did you mean 'width'", True),
        (COUNT, "4*", "ends", True),
        (COUNT, "", "enter a number", False),
        (COUNT, "9" * 3000, "longer", False),
        (RATE, "inf", "not a variable", True),
        (SIZE, "1, 2, 3", "one number or 2", True),
        (SCALE, "1.5, 2, 3", "one number or 2", True),
        (PADDING, "sane", "not a variable", True),
    ],
)
def test_what_is_wrong_is_told(declared: object, text: str, part: str, usable: bool) -> None:
    reading = read(declared, text, {"width": 8})
    assert part in reading.error
    assert reading.usable is usable


@given(
    st.one_of(st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 6)))
)
def test_numbers_survive_being_shown_and_read(value: float) -> None:
    kind = "int" if isinstance(value, int) else "float"
    assert read(param("x", kind, 0), text_of(value), {}).value == value


@given(st.text(max_size=60))
def test_nothing_typed_ever_raises(text: str) -> None:
    for declared in (COUNT, RATE, SIZE, SCALE, PADDING, SHAPE, NAMES, WORD, MAYBE):
        read(declared, text, {"width": 8})


def test_an_expression_shows_what_it_comes_to() -> None:
    names = {"width": 30}
    assert evaluated_text(COUNT, "4*width", names) == "= 120"
    assert evaluated_text(SIZE, ("width", 5), names) == "= 30, 5"
    assert evaluated_text(COUNT, 16, names) == ""
    assert evaluated_text(COUNT, "4*nothing", names) == ""
    assert evaluated_text(PADDING, "same", names) == ""


def test_steps_stay_within_the_limits() -> None:
    assert step(COUNT, 5, 1) == 6
    assert step(COUNT, 1, -1) == 1
    assert step(COUNT, 95, 10) == 100
    assert step(COUNT, "4*width", 1) is None
    assert step(RATE, 0.5, 1) == 0.6
    assert step(RATE, 0.1, -1) == 0.09
    assert step(RATE, 0.001, 1) == 0.0011
    assert step(SCALE, 1.5, 1) == 1.6
    assert step(SCALE, (1.5, 2), 1) is None
    assert step(param("lr", "float", 0.1, above=0), 0.1, -100) is None


def test_a_drag_goes_by_steps_of_the_numbers_size() -> None:
    assert dragged(COUNT, 64, 3) == 67
    assert dragged(COUNT, 64, 3.4) == 67
    assert dragged(param("wide", "int", 1), 512, 3) == 542
    assert dragged(RATE, 0.5, 3) == 0.53
    assert dragged(RATE, 0.5, 0.3) == 0.503
    assert dragged(param("rate", "float", 0.001), 0.001, -3) == 0.00097
    assert dragged(param("shift", "float", 0.0), 0.0, -2) == -0.02


def test_a_rough_drag_rounds_to_eights_and_to_tens_of_steps() -> None:
    assert dragged(COUNT, 20, 1, rough=True) == 24
    assert dragged(COUNT, 3, 1, rough=True) == 4
    assert dragged(RATE, 0.52, 1, rough=True) == 0.5


def test_a_drag_stays_within_the_limits() -> None:
    assert (dragged(COUNT, 5, -50), dragged(COUNT, 95, 50), dragged(RATE, 0.5, 80)) == (1, 100, 1.0)
    assert dragged(param("lr", "float", 0.1, above=0), 0.1, -100) is None


def test_a_value_that_is_not_allowed_is_refused_without_the_parameters_name() -> None:
    assert why_refused(COUNT, 0, {}) == "expected at least 1, got 0"
    assert why_refused(COUNT, 5, {}) == ""
