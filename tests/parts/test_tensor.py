"""Dimensions are numbers or named symbols, and arithmetic on them keeps one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesigner.parts.tensor import (
    Dim,
    TensorSpec,
    add,
    bind,
    floor_divide,
    multiply,
    product,
    shortest,
    symbols,
    total,
)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (add("T", 0), "T"),
        (add("T", 2), "T+2"),
        (add(add("T", 2), -2), "T"),
        (add(add("T", 2), -5), "T-3"),
        (add(4, 2), 6),
        (floor_divide("T", 1), "T"),
        (floor_divide("T", 2), "T//2"),
        (floor_divide(add("T", 1), 2), "(T+1)//2"),
        (floor_divide(9, 2), 4),
        (floor_divide(floor_divide("T", 2), 3), "T//6"),
        (floor_divide(multiply("T", 6), 4), "(3*T)//2"),
        (floor_divide(multiply("T", 4), 4), "T"),
        (multiply("T", 1), "T"),
        (multiply("T", 4), "4*T"),
        (multiply("T", "S"), "S*T"),
        (product(()), 1),
        (product((2, 3, 4)), 24),
        (product(("T", 2, "S", 3)), "6*S*T"),
        (product((add("T", 1),)), "T+1"),
        (product(("2*T", 8)), "16*T"),
        (total(()), 0),
        (total((2, 3)), 5),
        (total(("T", "T")), "2*T"),
        (total(("T", 3, "S", 4)), "S+T+7"),
        (total(("T+1", "T-1")), "2*T"),
        (total((floor_divide("T", 2), 1)), "T//2+1"),
        (product((add("T", 1), 2)), "2*(T+1)"),
    ],
)
def test_arithmetic_has_one_spelling(found: Dim, expected: Dim) -> None:
    assert found == expected


operations = st.lists(
    st.tuples(st.sampled_from(["add", "divide", "multiply"]), st.integers(1, 7)), max_size=5
)


@pytest.mark.parametrize(
    ("dim", "expected"), [(7, 7), ("T", 1), ("T+4", 5), ("2*T", 2), ("H*W+1", 2), ("T-3", 1), ("T//2", 1)]
)
def test_a_free_length_is_at_least_what_its_formula_gives_for_ones(dim: Dim, expected: int) -> None:
    assert shortest(dim) == expected


@given(operations, st.integers(1, 50))
def test_a_formula_gives_what_the_numbers_give(steps: list[tuple[str, int]], length: int) -> None:
    functions = {"add": add, "divide": floor_divide, "multiply": multiply}
    symbol: Dim = "T"
    number: Dim = length
    for name, operand in steps:
        symbol, number = functions[name](symbol, operand), functions[name](number, operand)
    assert bind(symbol, {"T": length}) == number


def test_symbols_without_a_value_stay() -> None:
    assert bind("T//2", {"N": 1}) == "T//2"
    assert symbols("2*(T+1)*S") == {"S", "T"}


def test_a_spec_reads_like_a_shape() -> None:
    spec = TensorSpec(("N", 16, "T"))
    assert str(spec) == "[N, 16, T]"
    assert str(spec.with_dtype("int64")) == "[N, 16, T] int64"
    assert spec.bind(N=2, T=5).shape == (2, 16, 5)
    assert spec.bind(N=2).elements() == "32*T"
