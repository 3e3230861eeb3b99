from __future__ import annotations

import numpy as np
import pytest
from sklearn import datasets

from netdesigner.datasets.digits_pairs import DigitsPairs
from netdesigner.parts import ImageGrid, Samples
from netdesigner.training.data import split


def found_in_scikit(samples: Samples) -> np.ndarray:
    """Which of scikit-learn's pictures each pair is made of, [N, 2]; no two of these are alike."""
    pictures = (datasets.load_digits().data / 16).astype(np.float32)
    row_of = {picture.tobytes(): row for row, picture in enumerate(pictures)}
    assert len(row_of) == len(pictures)
    return np.array([[row_of[picture.tobytes()] for picture in pair] for pair in samples.input])


@pytest.fixture(scope="module")
def samples() -> Samples:
    return DigitsPairs().load()


@pytest.fixture(scope="module")
def pairs(samples: Samples) -> np.ndarray:
    return found_in_scikit(samples)


def test_labels_tell_whether_both_pictures_show_one_digit(samples: Samples, pairs: np.ndarray) -> None:
    one, other = datasets.load_digits().target[pairs].T
    assert samples.spec.classes == ("different", "same")
    np.testing.assert_array_equal(samples.target, one == other)


@pytest.mark.parametrize(("count", "rows"), [(58, 58), (100, 58), (2900, 2900), (8700, 8700)])
def test_half_are_the_same_and_no_pair_is_there_twice(count: int, rows: int) -> None:
    samples = DigitsPairs(count=count).load()
    assert len(samples.target) == rows
    assert samples.target.sum() * 2 == rows
    pairs = np.sort(found_in_scikit(samples), axis=1)
    assert (pairs[:, 0] != pairs[:, 1]).all()
    assert len(np.unique(pairs, axis=0)) == rows


@pytest.mark.parametrize("split_seed", range(3))
@pytest.mark.parametrize("count", [58, 2900])
def test_no_picture_is_in_pairs_of_two_parts(split_seed: int, count: int) -> None:
    dataset = DigitsPairs(count=count, split_seed=split_seed)
    samples = dataset.load()
    pairs = found_in_scikit(samples)
    learned, validation, test = (set(pairs[rows].flat) for rows in split(samples, dataset).values())
    assert learned
    assert validation
    assert test
    assert not learned & validation
    assert not learned & test
    assert not validation & test


def test_each_picture_comes_first_and_second(pairs: np.ndarray) -> None:
    assert (pairs[:, 0] < pairs[:, 1]).mean() == pytest.approx(0.5, abs=0.05)


def test_the_same_seed_gives_the_same_pairs_and_another_others(pairs: np.ndarray) -> None:
    np.testing.assert_array_equal(found_in_scikit(DigitsPairs().load()), pairs)
    assert (found_in_scikit(DigitsPairs(seed=1).load()) != pairs).any()


def test_each_pixel_becomes_a_square(samples: Samples) -> None:
    larger = DigitsPairs(scale=3).load()
    assert larger.input.shape[1:] == (2, 24, 24)
    np.testing.assert_array_equal(larger.input[:, :, 1::3, 1::3], samples.input)


def test_both_pictures_of_a_pair_are_shown_side_by_side(samples: Samples) -> None:
    grid = DigitsPairs().preview(samples)[0]
    assert isinstance(grid, ImageGrid)
    assert {picture.caption for picture in grid.pictures} == {"different", "same"}
    assert {(picture.width, picture.height, picture.channels) for picture in grid.pictures} == {(17, 8, 2)}
