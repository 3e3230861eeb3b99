from __future__ import annotations

import numpy as np
from sklearn import datasets

from netdesigner.datasets.embedded import DigitsNamed
from netdesigner.parts import ImageGrid

NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def test_each_picture_has_the_name_of_its_digit_and_the_mark_behind_it() -> None:
    samples = DigitsNamed().load()
    classes = samples.spec.classes
    for tokens, digit in zip(samples.target, datasets.load_digits().target, strict=True):
        words = [classes[token] for token in tokens]
        end = words.index("end")
        assert "".join(words[:end]) == NAMES[digit]
        assert set(words[end + 1 :]) <= {"fill"}


def test_the_mark_behind_a_name_has_the_highest_number() -> None:
    samples = DigitsNamed().load()
    ends = samples.target.argmax(axis=1)
    np.testing.assert_array_equal(ends, [len(NAMES[digit]) for digit in datasets.load_digits().target])


def test_names_stand_under_the_pictures() -> None:
    dataset = DigitsNamed(scale=2)
    samples = dataset.load()
    assert samples.input.shape == (1797, 1, 16, 16)
    (grid,) = dataset.preview(samples)
    assert isinstance(grid, ImageGrid)
    assert [picture.caption for picture in grid.pictures[:3]] == ["zero", "one", "two"]
