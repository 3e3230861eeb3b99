"""Arithmetic in number fields: what it computes, and that it can do nothing else."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesigner.document.expression import evaluate, names_in
from netdesigner.errors import ExpressionError

NAMES = {"width": 16, "rate": 0.5}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4*width", 64),
        ("2 + 3 * 4", 14),
        ("(2+3)*4", 20),
        ("10 - 2 - 3", 5),
        ("-width", -16),
        ("--2", 2),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("7 % 4", 3),
        ("8 / 2", 4),
        ("7 / 2", 3.5),
        ("rate * 3", 1.5),
        ("1e3", 1000.0),
        (" 5 ", 5),
    ],
)
def test_arithmetic_is_as_on_paper(text: str, value: float) -> None:
    result = evaluate(text, NAMES)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("2 +", "it ends where"),
        ("(2", r"a '\)' is missing"),
        ("2 3", "'3' does not fit"),
        ("1 / 0", "divides by zero"),
        ("1 % 0", "divides by zero"),
        ("widht", "did you mean 'width'"),
        ("9**9**9", "does not fit"),
        ("__import__('os')", "has no meaning here"),
        ("width.real", "has no meaning here"),
        ("[1]", "has no meaning here"),
        ("1e400", "larger than"),
        ("9" * 150 + "*2", "larger than"),
        ("1" * 201, "at most 200 characters"),
        ("(" * 60 + "1" + ")" * 60, "levels of brackets"),
        ("-" * 150 + "1", "levels of brackets"),
        ("²", "has no meaning here"),
    ],
)
def test_what_is_not_arithmetic_is_refused_with_a_reason(text: str, sentence: str) -> None:
    with pytest.raises(ExpressionError, match=sentence):
        evaluate(text, NAMES)


@given(st.text(max_size=300) | st.text(alphabet="0123456789+-*/%() widthe.", max_size=200))
def test_any_text_gives_a_finite_number_or_a_refusal(text: str) -> None:
    try:
        value = evaluate(text, NAMES)
    except ExpressionError:
        return
    assert math.isfinite(value)


def test_names_in_an_expression_are_found() -> None:
    assert names_in("4*width + depth//2") == {"width", "depth"}
    assert names_in("not ! arithmetic") == frozenset()
