from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from netdesigner.datasets import _source as source
from netdesigner.errors import DataError


@pytest.mark.parametrize(
    ("values", "names", "numbers"),
    [
        (np.array([2.0, 1.0, 2.0]), ("1", "2"), [1, 0, 1]),
        (np.array([0.5, 1.0, 0.5]), ("0.5", "1"), [0, 1, 0]),
        (np.array([-1, 1, -1]), ("-1", "1"), [0, 1, 0]),
        (np.array(["b", "a"]), ("a", "b"), [1, 0]),
        (np.array([True, False]), ("False", "True"), [1, 0]),
    ],
)
def test_classes_bear_the_values_as_a_person_writes_them(
    values: np.ndarray, names: tuple[str, ...], numbers: list[int]
) -> None:
    found, classes = source.classes_of(Path("f"), values, "y")
    assert classes == names
    assert found.tolist() == numbers
    assert found.dtype == np.int64


def test_as_many_classes_as_rows_are_refused_only_where_they_are_many() -> None:
    source.classes_of(Path("f"), np.arange(20), "y")
    with pytest.raises(DataError, match="'y' holds 21 different values in 21 rows, too many for classes"):
        source.classes_of(Path("f"), np.arange(21), "y")


@pytest.mark.parametrize(
    ("distinct", "rows", "expected"),
    [(2, 2, True), (1, 9, False), (3, 6, True), (4, 6, False), (20, 99, True), (21, 999, False)],
)
def test_few_whole_numbers_met_several_times_are_classes(distinct: int, rows: int, expected: bool) -> None:
    assert source.looks_like_classes(distinct, rows) is expected


def test_limit_is_at_most_a_quarter_of_the_memory() -> None:
    limit = source.memory_limit()
    assert 0 < limit <= 8 * 2**30
    if hasattr(os, "sysconf"):
        assert limit <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4
