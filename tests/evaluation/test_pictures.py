from __future__ import annotations

import numpy as np
import pytest

from netdesigner.evaluation.pictures import is_image, picture, side_by_side, to_unit


def test_bytes_go_row_by_row_with_colours_together() -> None:
    values = np.zeros((3, 1, 2))
    values[0, 0, 0] = 1.0  # left: red
    values[2, 0, 1] = 0.5  # right: half blue
    found = picture(values, "c")
    assert (found.width, found.height, found.channels, found.caption) == (2, 1, 3, "c")
    assert found.pixels == bytes([255, 0, 0, 0, 0, 128])


@pytest.mark.parametrize(("channels", "shown"), [(1, 1), (2, 2), (3, 3), (4, 3), (7, 1)])
def test_any_number_of_channels_is_shown(channels: int, shown: int) -> None:
    assert picture(np.ones((channels, 2, 2))).channels == shown


def test_what_is_no_brightness_is_clipped() -> None:
    values = np.array([[[np.nan, -1.0, 2.0, np.inf], [0.0] * 4]])
    assert picture(values).pixels == bytes([0, 0, 255, 255]) + bytes(4)


def test_large_images_are_thinned_out() -> None:
    found = picture(np.zeros((1, 600, 300)))
    assert (found.width, found.height) == (100, 200)
    assert len(found.pixels) == 100 * 200


def test_unit_values_stay_and_others_are_scaled_together() -> None:
    inside = np.array([0.25, 0.5])
    assert to_unit(inside) is inside
    assert to_unit(np.array([-2.0, 0.0, 2.0])).tolist() == [0.0, 0.5, 1.0]
    assert to_unit(np.array([5.0, 5.0])).tolist() == [0.0, 0.0]
    assert to_unit(np.array([np.nan])).tolist() == [0.0]


def test_two_channels_are_two_grey_pictures_side_by_side() -> None:
    found = picture(np.stack([np.zeros((1, 2)), np.full((1, 2), 0.2)]))
    assert (found.width, found.height, found.channels) == (5, 1, 2)
    assert found.pixels == bytes([0, 255, 0, 255, 0, 0, 51, 255, 51, 255])


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((2, 3, 4, 4), True),
        ((2, 2, 4, 4), True),
        ((2, 5, 4, 4), False),
        ((2, 3), False),
        ((0, 1, 2, 2), False),
    ],
)
def test_form_of_images(shape: tuple[int, ...], expected: bool) -> None:
    assert is_image(np.zeros(shape)) is expected


def test_views_lie_side_by_side_with_nothing_between_them() -> None:
    views = [np.full((2, 3, 4, 48), level, np.float32) for level in (0.1, 0.2, 0.3)]
    row = side_by_side(views)[1, 0, 0]
    expected = [0.1] * 48 + [np.nan] * 2 + [0.2] * 48 + [np.nan] * 2 + [0.3] * 48
    np.testing.assert_array_equal(row, np.array(expected, np.float32))


def test_what_lies_between_coloured_views_is_transparent() -> None:
    found = picture(side_by_side([np.ones((1, 3, 1, 1))] * 2)[0])
    assert found.channels == 4
    assert found.pixels == bytes([255] * 4) + bytes(4) + bytes([255] * 4)
