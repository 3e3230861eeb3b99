"""Which name was meant."""

from __future__ import annotations

import pytest

from netdesigner.document.spelling import meant, nearest


@pytest.mark.parametrize(
    ("name", "expected"), [("Conv2D", "Conv2d"), ("Con2d", "Conv2d"), ("linear", "Linear"), ("qqq", "")]
)
def test_the_likest_name_is_meant(name: str, expected: str) -> None:
    assert meant(name, ("Conv1d", "Conv2d", "Linear")) == expected


def test_the_best_comes_first_and_none_twice() -> None:
    assert nearest("conv2d", ("Conv1d", "Conv2d", "Conv3d", "Linear"), most=2)[0] == "Conv2d"
    assert len(set(nearest("conv2d", ("conv2d", "Conv2d", "Conv2d_")))) == 3


def test_a_name_of_a_million_letters_is_compared_at_once() -> None:
    assert meant("width" * 200_000, ["width" * 20]) == "width" * 20
