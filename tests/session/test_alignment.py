"""Lining up and spacing evenly."""

from __future__ import annotations

import itertools

import pytest

from netdesigner.session.alignment import SIDES, aligned, distributed

_BOXES = {"a": (0.0, 0.0, 100.0, 40.0), "b": (130.0, 80.0, 60.0, 20.0), "c": (400.0, 30.0, 100.0, 50.0)}


def _moved(shifts):
    return {
        name: (box[0] + shifts[name][0], box[1] + shifts[name][1], *box[2:]) for name, box in _BOXES.items()
    }


@pytest.mark.parametrize("side", SIDES)
def test_all_have_the_side_in_common_and_move_along_one_axis_only(side) -> None:
    axis, part = SIDES[side]
    after = _moved(aligned(_BOXES, side))
    assert len({box[axis] + part * box[axis + 2] for box in after.values()}) == 1
    assert all(after[name][1 - axis] == _BOXES[name][1 - axis] for name in after)


@pytest.mark.parametrize("axis", [0, 1])
def test_gaps_become_equal_and_the_outer_two_stay(axis: int) -> None:
    after = _moved(distributed(_BOXES, axis))
    order = sorted(after.values(), key=lambda box: box[axis])
    gaps = {right[axis] - left[axis] - left[axis + 2] for left, right in itertools.pairwise(order)}
    assert max(gaps) - min(gaps) <= 1
    stays = {"a", "c"} if axis == 0 else {"a", "b"}
    assert all(after[name] == _BOXES[name] for name in stays)
