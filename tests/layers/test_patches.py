"""Patches and windows: how many there are, what they are made of, and what cannot be cut."""

from __future__ import annotations

from typing import Any

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.attention_bias import RelativePositionBias, ShiftedWindowMask
from netdesigner.layers.patches import Patchify, Unpatchify, WindowMerge, WindowPartition
from netdesigner.parts.tensor import TensorSpec

IMAGE = TensorSpec(("N", 3, 224, 224))
MAP = TensorSpec(("N", 56, 56, 96))


def test_an_image_is_196_words_of_16_times_16() -> None:
    words = Patchify().shape(IMAGE)
    assert words == TensorSpec(("N", 196, 768))
    assert Unpatchify().shape(words) == IMAGE


def test_windows_have_an_axis_of_their_own_behind_the_batch() -> None:
    windows = WindowPartition().shape(MAP)
    assert windows == TensorSpec(("N", 64, 49, 96))
    assert WindowMerge().shape(windows) == MAP


def test_multiples_of_a_free_length_can_be_cut() -> None:
    assert WindowPartition().shape(TensorSpec(("N", "7*H", "7*W", 5))).shape == ("N", "H*W", 49, 5)
    with pytest.raises(
        ShapeError, match=r"cannot cut H x W positions of \[N, H, W, 5\] into windows of 7 x 7"
    ):
        WindowPartition().shape(TensorSpec(("N", "H", "W", 5)))


def test_the_nearest_size_that_leaves_no_rest_is_proposed() -> None:
    with pytest.raises(
        ShapeError, match=r"cannot cut 56 x 56 positions .* into windows of 6 x 6 without"
    ) as refused:
        WindowPartition(window_size=6).shape(MAP)
    assert refused.value.changes == ({"window_size": (7, 7)},)


@pytest.mark.parametrize(
    ("params", "message", "change"),
    [
        ({"patch_size": 2}, "cannot lay the 6 patches of .* into a square", {"output_size": (4, 6)}),
        (
            {"patch_size": 2, "output_size": 8},
            "cannot make 8 x 8 positions of the 6 patches of 2 x 2",
            {"output_size": (4, 6)},
        ),
        ({"patch_size": 4}, "patches of 4 x 4 of the 12 numbers", {"patch_size": 2, "output_size": (4, 6)}),
    ],
)
def test_unpatchify_says_which_image_the_patches_make(
    params: dict[str, Any], message: str, change: dict[str, object]
) -> None:
    spec = TensorSpec(("N", 6, 12))
    with pytest.raises(ShapeError, match=message) as refused:
        Unpatchify(**params).shape(spec)
    assert change in refused.value.changes
    assert Unpatchify(**{**params, **change}).shape(spec) == TensorSpec(("N", 3, 4, 6))


def test_windows_of_another_size_are_not_put_together() -> None:
    with pytest.raises(
        ShapeError, match=r"has windows of 4 x 4, but the windows in .* have 49 positions"
    ) as refused:
        WindowMerge(window_size=4).shape(TensorSpec(("N", 64, 49, 96)))
    assert refused.value.changes[0] == {"window_size": (7, 7)}


def test_mask_and_bias_are_added_to_the_scores_of_all_images() -> None:
    assert ShiftedWindowMask().shape(MAP) == TensorSpec((64, 1, 49, 49))
    assert RelativePositionBias(num_heads=3).shape() == TensorSpec((3, 49, 49))
    assert RelativePositionBias(num_heads=3).cost().parameters == 13 * 13 * 3


def test_a_window_is_not_shifted_by_all_of_itself() -> None:
    with pytest.raises(ShapeError, match=r"by less than its window of 7 x 7, not by 7 x 7") as refused:
        ShiftedWindowMask(shift_size=7).shape(MAP)
    assert refused.value.changes[0] == {"shift_size": (6, 6)}
