from __future__ import annotations

import numpy as np

from netdesigner.evaluation.masks import legend, overlaid


def test_the_first_class_leaves_the_picture_as_it_is_and_others_colour_it() -> None:
    images = np.random.default_rng(0).random((1, 1, 2, 2), np.float32)
    classes = np.array([[[0, 1], [1, 2]]])
    shown = overlaid(images, classes)
    assert shown.shape == (1, 3, 2, 2)
    np.testing.assert_array_equal(shown[0, :, 0, 0], images[0, 0, 0, 0].repeat(3))
    grey = np.ptp(shown, axis=1)[0] < 0.1
    np.testing.assert_array_equal(grey, classes[0] == 0)
    assert 0 <= shown.min() <= shown.max() <= 1


def test_what_has_no_class_is_lightened() -> None:
    shown = overlaid(np.zeros((1, 3, 1, 2), np.float32), np.array([[[-100, 0]]]))
    assert np.ptp(shown[0, :, 0, 0]) == 0
    assert shown[0, 0, 0, 0] > 0.5
    assert shown[0, 0, 0, 1] == 0


def test_a_colour_does_not_depend_on_the_other_classes_and_is_that_of_the_legend() -> None:
    images = np.zeros((1, 1, 1, 1), np.float32)
    alone = overlaid(images, np.array([[[3]]]))
    beside = overlaid(images.repeat(9, axis=3), np.array([[[*range(9)]]]))
    np.testing.assert_array_equal(alone[..., 0], beside[..., 3])
    swatch = legend(tuple("abcdefghi")).pictures[3]
    strength = alone[0, :, 0, 0].max() / 0.95
    np.testing.assert_allclose(
        np.frombuffer(swatch.pixels, np.uint8)[:3] / 255, alone[0, :, 0, 0] / strength, atol=0.01
    )


def test_each_of_ten_classes_has_a_colour_of_its_own() -> None:
    colours = [picture.pixels[:3] for picture in legend(tuple("0123456789")).pictures]
    apart = [
        max(abs(a - b) for a, b in zip(one, other, strict=True))
        for index, one in enumerate(colours)
        for other in colours[:index]
    ]
    assert min(apart) > 40
