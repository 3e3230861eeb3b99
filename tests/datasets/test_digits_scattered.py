from __future__ import annotations

import numpy as np
import pytest
from sklearn import datasets

from netdesigner.datasets import _scattered
from netdesigner.datasets._digits import enlarged
from netdesigner.datasets.digits_scattered import DigitsScattered
from netdesigner.parts import NO_CLASS, ImageGrid, Samples, Text
from netdesigner.training.data import split

COUNT = 200


def scattered(**params: int | float) -> DigitsScattered:
    return DigitsScattered(**{"count": COUNT, **params})


@pytest.fixture(scope="module")
def samples() -> Samples:
    return scattered().load()


def corners(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return boxes[..., 1:3] - boxes[..., 3:] / 2, boxes[..., 1:3] + boxes[..., 3:] / 2


def test_a_picture_has_one_digit_at_least_and_as_many_as_asked_for_at_most(samples: Samples) -> None:
    there = samples.target[..., 0] >= 0
    assert set(there.sum(axis=1)) == {1, 2, 3, 4}
    assert (samples.target[~there] == [NO_CLASS, 0, 0, 0, 0]).all()
    assert set(samples.target[there][:, 0]) == set(range(10))
    assert scattered(most=1).load().target.shape == (COUNT, 1, 5)


def test_boxes_lie_in_the_picture_and_apart(samples: Samples) -> None:
    for boxes in samples.target:
        low, high = corners(boxes[boxes[:, 0] >= 0])
        assert low.min() >= 0
        assert high.max() <= 1
        for at in range(len(low)):
            for other in range(at):
                assert (high[at] <= low[other]).any() or (high[other] <= low[at]).any()


def test_a_box_is_the_least_around_the_ink_of_its_digit() -> None:
    plain = scattered(noise=0, most=1).load()
    for picture, (box,) in zip(plain.input[:40, 0], plain.target[:40], strict=True):
        low, high = (np.round(corner * 64).astype(int) for corner in corners(box))
        assert ((high - low) >= 64 / 4 / 4).all()
        inside = picture[low[1] : high[1], low[0] : high[0]]
        # the ground is 0.3 at most and ink 0.65 at least, of which the least that counts is a quarter
        assert (inside.max(axis=0) > 0.16).all()
        assert (inside.max(axis=1) > 0.16).all()
        outside = picture.copy()
        outside[low[1] : high[1], low[0] : high[0]] = 0
        assert outside.max() < 0.3 + (1 - 0.3) / 4


@pytest.mark.parametrize("split_seed", range(3))
def test_no_digit_is_in_pictures_of_two_parts(split_seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[bytes] = []

    def noting(digit: np.ndarray, side: int) -> np.ndarray:
        drawn.append(digit.tobytes())
        return enlarged(digit, side)

    monkeypatch.setattr(_scattered, "enlarged", noting)
    dataset = scattered(split_seed=split_seed)
    samples = dataset.load()
    ends = (samples.target[..., 0] >= 0).sum(axis=1).cumsum()
    assert ends[-1] == len(drawn)
    digits = [set(drawn[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
    learned, validation, test = (
        set().union(*(digits[row] for row in rows)) for rows in split(samples, dataset).values()
    )
    assert min(len(learned), len(validation), len(test)) > 20
    assert not learned & validation
    assert not learned & test
    assert not validation & test


def test_a_box_bears_the_digit_that_is_drawn_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[bytes] = []

    def noting(digit: np.ndarray, side: int) -> np.ndarray:
        drawn.append(digit.tobytes())
        return enlarged(digit, side)

    monkeypatch.setattr(_scattered, "enlarged", noting)
    target = scattered().load().target
    found = datasets.load_digits()
    number_of = {
        (row.reshape(8, 8) / 16).tobytes(): number
        for row, number in zip(found.data, found.target, strict=True)
    }
    assert [number_of[digit] for digit in drawn] == target[target[..., 0] >= 0][:, 0].tolist()


def test_the_same_seed_gives_the_same_pictures_and_another_others(samples: Samples) -> None:
    np.testing.assert_array_equal(scattered().load().input, samples.input)
    assert (scattered(seed=1).load().target != samples.target).any()


@pytest.mark.parametrize(("count", "rows"), [(20, 20), (39, 20), (200, 200)])
def test_each_group_has_as_many_pictures(count: int, rows: int) -> None:
    assert scattered(count=count).describe().rows == len(scattered(count=count).load().input) == rows


def test_previews_show_the_boxes_and_tell_anchors_that_the_task_takes(samples: Samples) -> None:
    from netdesigner.tasks.detection import Detection

    grid, colours, *_ = previews = scattered().preview(samples)
    assert isinstance(grid, ImageGrid)
    assert {picture.channels for picture in grid.pictures} == {3}
    assert all(set(picture.caption.split(", ")) <= set("0123456789") for picture in grid.pictures)
    assert isinstance(colours, ImageGrid)
    assert [picture.caption for picture in colours.pictures] == list("0123456789")
    (text,) = (preview.text for preview in previews if isinstance(preview, Text))
    anchors = tuple(map(float, text.split(", ")))
    assert Detection(anchors=anchors).compares == 2
    assert all(0.1 < length < 0.55 for length in anchors)
