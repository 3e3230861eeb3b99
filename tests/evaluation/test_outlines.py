from __future__ import annotations

import numpy as np

from netdesigner.evaluation.masks import color_of
from netdesigner.evaluation.outlines import outlined, thinned
from netdesigner.evaluation.pictures import LARGEST_PX
from netdesigner.parts import NO_CLASS


def test_a_frame_lies_around_the_box_in_the_colour_of_its_class() -> None:
    images = np.full((1, 1, 10, 20), 0.5, np.float32)
    drawn = outlined(images, np.array([[[2, 0.5, 0.5, 0.5, 0.6], [NO_CLASS, 0, 0, 0, 0]]]))
    assert drawn.shape == (1, 3, 10, 20)
    frame = np.zeros((10, 20), bool)
    frame[2:9, 5:16] = True  # from 0.2 to 0.8 of 10 rows, from 0.25 to 0.75 of 20 columns
    frame[3:8, 6:15] = False
    np.testing.assert_array_equal((drawn[0] != 0.5).any(axis=0), frame)
    np.testing.assert_allclose(
        drawn[0][:, frame], np.array(color_of(3))[:, None].repeat(frame.sum(), 1), rtol=1e-6
    )
    assert (images == 0.5).all()


def test_a_box_that_reaches_out_of_the_picture_is_drawn_along_its_edge() -> None:
    drawn = outlined(np.zeros((1, 3, 6, 6), np.float32), np.array([[[0, 0.5, 0.5, 3, 3]]]))
    inked = drawn[0].any(axis=0)
    assert inked[[0, -1]].all()
    assert inked[:, [0, -1]].all()
    assert not inked[1:-1, 1:-1].any()


def test_large_pictures_are_thinned_before_lines_are_drawn_into_them() -> None:
    images = np.zeros((1, 1, 416, 416), np.float32)
    assert max(thinned(images).shape) <= LARGEST_PX
    assert 2 * thinned(images, views=2).shape[3] + 2 <= LARGEST_PX
    small = images[:, :, :64, :64]
    assert thinned(small, views=2).shape == small.shape
