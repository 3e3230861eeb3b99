from __future__ import annotations

import numpy as np
import pytest
from sklearn import datasets

from netdesigner.datasets.digits_textured import DigitsTextured


@pytest.fixture(scope="module")
def apart() -> tuple[np.ndarray, np.ndarray]:
    samples = DigitsTextured(digits="apart").load()
    assert samples.spec.classes == ("ground", *"0123456789")
    return samples.input[:, 0], samples.target


def test_each_picture_holds_its_digit_and_ground(apart: tuple[np.ndarray, np.ndarray]) -> None:
    numbers = datasets.load_digits().target
    assert [set(np.unique(mask).tolist()) for mask in apart[1]] == [{0, number + 1} for number in numbers]


def test_digits_alike_are_the_same_pictures_with_one_class(apart: tuple[np.ndarray, np.ndarray]) -> None:
    samples = DigitsTextured().load()
    assert samples.spec.classes == ("ground", "digit")
    np.testing.assert_array_equal(samples.input[:, 0], apart[0])
    np.testing.assert_array_equal(samples.target, apart[1] > 0)


def test_ink_is_lighter_than_ground_on_the_whole_but_no_level_of_grey_tells_them_apart(
    apart: tuple[np.ndarray, np.ndarray],
) -> None:
    seen, ink = apart[0], apart[1] > 0
    assert seen[ink].mean() > seen[~ink].mean() + 0.3

    def mean_iou(level: float) -> float:
        said = seen > level
        return sum((said == k)[ink == k].sum() / ((said == k) | (ink == k)).sum() for k in (False, True)) / 2

    assert max(mean_iou(level) for level in np.linspace(0.3, 0.9, 25)) == pytest.approx(0.756, abs=0.005)


def test_digits_lie_at_many_places_in_several_sizes(apart: tuple[np.ndarray, np.ndarray]) -> None:
    inked = apart[1] > 0
    tops = inked.any(axis=2).argmax(axis=1)
    heights = inked.any(axis=2).sum(axis=1)
    assert len(np.unique(tops)) > 8
    assert heights.max() > 1.4 * heights.min()


def test_another_seed_draws_others_and_the_size_is_a_choice() -> None:
    one, other = DigitsTextured(size=16), DigitsTextured(size=16, seed=1)
    assert one.load().input.shape == (1797, 1, 16, 16)
    assert (one.load().input != other.load().input).any()
