from __future__ import annotations

import math

import pytest

from netdesigner.parts.figures import in_column


@pytest.mark.parametrize(
    ("values", "cells"),
    [
        ((1.0, 0.871, 0.9963), ["1.0000", "0.8710", "0.9963"]),
        ((59.0, 48.0), ["59", "48"]),
        ((101.0, 87.5), ["101.0", "87.5"]),
        ((48.52, 189.114, 0.0), ["48.52", "189.11", "0.00"]),
        ((0.0, 0.0), ["0", "0"]),
        ((1_234_567.0, 8.0), ["1,234,567", "8"]),
        (("", 0.25, 1), ["", "0.25", "1"]),
        (("a", math.nan, 0.5), ["a", "not finite", "0.5"]),
        ((), []),
    ],
)
def test_the_numbers_of_a_column_have_the_same_decimals(
    values: tuple[str | float, ...], cells: list[str]
) -> None:
    assert in_column(values) == cells


def test_numbers_that_lie_far_apart_are_written_each_for_itself() -> None:
    assert in_column((0.0012, 3000.0)) == ["0.0012", "3,000"]
    assert in_column((1e-6, 1.0)) == ["1.00e-6", "1.000"]
    assert in_column((1e6, 1.5)) == ["1.00e6", "1.500"]
