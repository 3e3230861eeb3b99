from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from netdesigner.evaluation.boxes import (
    THRESHOLDS,
    anchors_of,
    average_precision,
    complete_overlap,
    matched,
    overlap,
    surest,
)
from netdesigner.parts import NO_CLASS

NONE = [NO_CLASS, 0, 0, 0, 0]


def boxes(*rows: list[float]) -> torch.Tensor:
    return torch.tensor(rows)


# ---------------------------------------------------------------------------------------------------------- overlap


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([0.5, 0.5, 0.2, 0.4], [0.5, 0.5, 0.2, 0.4], 1.0),
        ([0.25, 0.5, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5], 1 / 3),  # half of each is shared
        ([0.5, 0.5, 0.4, 0.4], [0.5, 0.5, 0.2, 0.2], 1 / 4),  # one inside the other
        ([0.2, 0.5, 0.2, 0.2], [0.4, 0.5, 0.2, 0.2], 0.0),  # they touch
        ([0.1, 0.1, 0.1, 0.1], [0.9, 0.9, 0.1, 0.1], 0.0),
        ([0.5, 0.5, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0], 0.0),  # there is nothing to share
    ],
)
def test_overlap_by_hand(one: list[float], other: list[float], expected: float) -> None:
    assert float(overlap(boxes(one), boxes(other))) == pytest.approx(expected, abs=1e-6)


def test_every_box_is_held_against_every_other_where_the_shapes_say_so() -> None:
    few, many = torch.rand(3, 4), torch.rand(5, 4)
    table = overlap(few[:, None], many)
    assert table.shape == (3, 5)
    assert float(table[2, 4]) == float(overlap(few[2], many[4]))


def test_complete_overlap_takes_away_for_distance_and_form() -> None:
    square, aside = boxes([0.5, 0.5, 0.2, 0.2]), boxes([0.9, 0.5, 0.2, 0.2])
    # apart by 0.4 in a hull of 0.6 by 0.2, and of one form
    assert float(complete_overlap(square, aside)) == pytest.approx(-0.16 / 0.4)
    flat = boxes([0.5, 0.5, 0.4, 0.1])
    shared, form = 0.02 / 0.06, 4 / math.pi**2 * (math.atan(4) - math.atan(1)) ** 2
    assert float(complete_overlap(flat, square)) == pytest.approx(shared - form**2 / (1 - shared + form))
    assert float(complete_overlap(square, square)) == pytest.approx(1)


def test_complete_overlap_pulls_boxes_together_that_share_nothing() -> None:
    said = boxes([0.2, 0.2, 0.1, 0.1]).requires_grad_()
    (-complete_overlap(said, boxes([0.8, 0.8, 0.1, 0.1]))).sum().backward()
    assert said.grad is not None
    assert (said.grad[0, :2] < 0).all()
    assert torch.isfinite(said.grad).all()


# -------------------------------------------------------------------------------------------------- the surest ones


def one_by_one(said: np.ndarray, limit: float, least: float, most: int) -> np.ndarray:
    """Non-maximum suppression of one picture as it is told: the surest stays, what overlaps it goes, and so on."""
    left, kept = sorted(said.tolist(), key=lambda box: -box[1]), []
    while left:
        box = left.pop(0)
        kept.append(box)
        left = [
            other
            for other in left
            if other[0] != box[0] or float(overlap(boxes(box[2:]), boxes(other[2:]))) <= limit
        ]
    found = np.array([[NO_CLASS, 0, 0, 0, 0, 0]] * most, np.float32)
    stay = [box for box in kept if box[1] >= least][:most]
    found[: len(stay)] = np.array(stay, np.float32).reshape(-1, 6)
    return found


def test_all_pictures_at_once_give_what_going_through_each_gives() -> None:
    random = np.random.default_rng(0)
    said = np.concatenate(
        [
            random.integers(0, 3, (20, 40, 1)),
            random.random((20, 40, 1)),
            random.uniform(0.3, 0.7, (20, 40, 2)),
            random.uniform(0.1, 0.4, (20, 40, 2)),
        ],
        axis=2,
    ).astype(np.float32)
    for most in (5, 40, 100):
        found = surest(torch.from_numpy(said), 0.4, 0.2, most).numpy()
        np.testing.assert_array_equal(found, [one_by_one(one, 0.4, 0.2, most) for one in said])


def test_a_box_comes_back_whose_rival_went_before() -> None:
    # the first drives out the second, so the third, which only the second overlaps, stays
    row = [[0, 0.9, 0.30, 0.5, 0.2, 0.2], [0, 0.8, 0.38, 0.5, 0.2, 0.2], [0, 0.7, 0.46, 0.5, 0.2, 0.2]]
    found = surest(torch.tensor([row]), 0.4, 0.01, 3)[0]
    assert found[:, 1].tolist() == pytest.approx([0.9, 0.7, 0.0])
    assert found[2, 0] == NO_CLASS


def test_boxes_of_two_classes_may_lie_on_each_other() -> None:
    row = [[0, 0.8, 0.5, 0.5, 0.2, 0.2], [1, 0.9, 0.5, 0.5, 0.2, 0.2]]
    assert surest(torch.tensor([row]), 0.4, 0.01, 2)[0, :, 0].tolist() == [1, 0]


# ---------------------------------------------------------------------------------------------------------- judging

LEFT, MIDDLE, RIGHT = ([x, 0.5, 0.2, 0.4] for x in (0.2, 0.5, 0.8))
TRUE = np.array([[[0, *LEFT], [0, *RIGHT]], [[0, *MIDDLE], NONE]], np.float32)


def said(*pictures: list[list[float]]) -> np.ndarray:
    most = max(map(len, pictures))
    rows = [[*picture, *[[NO_CLASS, 0, 0, 0, 0, 0]] * (most - len(picture))] for picture in pictures]
    return np.array(rows, np.float32)


def precision(output: np.ndarray, true: np.ndarray = TRUE, classes: int = 1) -> np.ndarray:
    return average_precision(output, true, classes, matched(output, true))


def test_all_that_is_true_and_nothing_else_is_a_precision_of_one() -> None:
    right = said([[0, 0.9, *LEFT], [0, 0.8, *RIGHT]], [[0, 0.7, *MIDDLE]])
    np.testing.assert_allclose(precision(right), 1.0)


def test_average_precision_by_hand() -> None:
    # from the surest on: right, wrong, right; one of three is never found. Recall goes 1/3, 1/3, 2/3 and precision
    # 1, 1/2, 2/3: of the 101 recalls 34 are up to 1/3 and have 1, 33 up to 2/3 and have 2/3, the rest have 0
    output = said([[0, 0.9, *LEFT], [0, 0.8, *MIDDLE]], [[0, 0.7, *MIDDLE]])
    np.testing.assert_allclose(precision(output), (34 + 33 * 2 / 3) / 101)


def test_a_box_is_right_up_to_the_overlap_that_it_has() -> None:
    shifted = [0.2 + 0.2 / 7, *LEFT[1:]]  # an overlap of (6/7) / (8/7) = 0.75, but for rounding
    assert float(overlap(boxes(shifted), boxes(LEFT))) == pytest.approx(0.75, abs=1e-6)
    shifted[0] -= 0.001
    found = precision(said([[0, 0.9, *shifted]]), TRUE[:1, :1])
    assert found[0].tolist() == [1.0] * 6 + [0.0] * 4
    assert THRESHOLDS == (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


def test_a_true_box_is_found_once_and_by_the_surest() -> None:
    output = said([[0, 0.9, *LEFT], [0, 0.8, *LEFT]])
    true = TRUE[:1]
    assert matched(output, true, (0.5,)).true.tolist() == [[[0, -1]]]
    # right, wrong: half of the true boxes are found, with a precision of 1
    np.testing.assert_allclose(precision(output, true), 51 / 101)


def test_a_box_takes_the_true_one_that_it_overlaps_most_and_that_is_free() -> None:
    near = [0.24, 0.5, 0.2, 0.4]
    true = np.array([[[0, *LEFT], [0, *near]]], np.float32)
    output = said([[0, 0.9, *near], [0, 0.8, *near]])
    found = matched(output, true, (0.5,))
    assert found.true.tolist() == [[[1, 0]]]
    assert found.overlap[0, 0].tolist() == pytest.approx([1.0, 0.16 / 0.24])


def test_another_class_does_not_count() -> None:
    output = said([[1, 0.9, *LEFT], [0, 0.8, *RIGHT]], [])
    found = precision(output, TRUE, 3)
    np.testing.assert_allclose(found[0], 34 / 101)
    assert np.isnan(found[1:]).all()


def test_pictures_are_held_apart() -> None:
    """A box in the second picture finds nothing in the first."""
    found = matched(said([], [[0, 0.9, *LEFT]]), TRUE, (0.5,))
    assert (found.true == -1).all()


def test_nothing_said_and_nothing_true_are_let_pass() -> None:
    np.testing.assert_array_equal(precision(said([[0, 0.9, *LEFT]], [])[1:], TRUE[:1]), 0.0)
    empty = np.array([[NONE]], np.float32)
    assert np.isnan(precision(said([[0, 0.9, *LEFT]]), empty)).all()


# ---------------------------------------------------------------------------------------------------------- anchors


def test_anchors_are_the_means_of_sizes_that_lie_together() -> None:
    random = np.random.default_rng(0)
    centres = np.array([[0.1, 0.2], [0.3, 0.3], [0.8, 0.6]])
    sizes = (centres[:, None] * random.uniform(0.95, 1.05, (3, 50, 2))).reshape(-1, 2)
    found = anchors_of(random.permutation(sizes), 3)
    np.testing.assert_allclose(found, sizes.reshape(3, 50, 2).mean(axis=1))


def test_anchors_do_not_depend_on_the_order_and_are_no_more_than_there_are_sizes() -> None:
    sizes = np.random.default_rng(0).uniform(0.1, 0.9, (200, 2))
    np.testing.assert_allclose(anchors_of(sizes, 6), anchors_of(sizes[::-1], 6))
    np.testing.assert_allclose(anchors_of(sizes[:1].repeat(9, axis=0), 6), sizes[:1])
