"""Pad and Interpolate: which axes they mean, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.interpolate import Interpolate
from netdesigner.layers.pad_axes import Pad
from netdesigner.parts.tensor import TensorSpec

STEPS = TensorSpec(("N", "T", 8))
IMAGE = TensorSpec(("N", 3, 6, 6))


def test_pad_begins_with_the_last_axis() -> None:
    assert Pad(pad=(0, 0, 2, 1)).shape(STEPS) == TensorSpec(("N", "T+3", 8))
    assert Pad(pad=(1, 2)).shape(IMAGE) == TensorSpec(("N", 3, 6, 9))
    assert Pad(pad=(0, 0, -1, -2)).shape(STEPS) == TensorSpec(("N", "T-3", 8))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"pad": (1,)}, "two numbers for each axis"),
        ({"pad": (0, 0) * 5}, "10 numbers for the 4 axes"),
        ({"pad": (0,) * 7 + (1,)}, "add to the batch"),
        ({"pad": (-3, -3)}, "cut off all of the length 6"),
        ({"pad": (1, 1), "mode": "reflect"}, "takes 2, 4 or 6 numbers"),
        ({"pad": (6, 0, 0, 0), "mode": "reflect"}, "can add at most 5"),
        ({"pad": (7, 0, 0, 0), "mode": "circular"}, "can add at most 6"),
        ({"pad": (1, 1, 1, 1), "mode": "replicate", "value": 2.0}, "fills in 2 in mode 'constant' only"),
    ],
)
def test_pad_says_what_it_cannot_do_and_what_it_could(params: dict[str, Any], message: str) -> None:
    with pytest.raises(ShapeError, match=message) as refused:
        Pad(**params).shape(IMAGE)
    mended = [Pad(**{**params, **change}) for change in refused.value.changes]
    assert any(layer.shape(IMAGE).rank == 4 for layer in mended)


def test_pad_repeats_the_border_as_far_as_it_is_told() -> None:
    assert Pad(pad=(9, 9, 0, 0), mode="replicate").shape(IMAGE) == TensorSpec(("N", 3, 6, 24))


def test_interpolate_takes_on_height_and_width_but_not_the_channels() -> None:
    like = TensorSpec(("N", 64, "H", "W"))
    assert Interpolate().shape(IMAGE, like) == TensorSpec(("N", 3, "H", "W"))


def test_interpolate_forgets_what_another_mode_does_not_know() -> None:
    layer = Interpolate(mode="bicubic", align_corners=True, antialias=True)
    with pytest.raises(
        ShapeError, match=r"in mode 'bicubic' takes 4 axes .* but gets \[N, T, 8\]"
    ) as refused:
        layer.shape(STEPS, STEPS)
    assert {"mode": "linear", "antialias": False} in refused.value.changes
    assert {"mode": "nearest", "align_corners": None, "antialias": False} in refused.value.changes


def test_the_source_names_only_what_is_set() -> None:
    assert Pad(pad=(1, 1)).call("self.node", "x") == "F.pad(x, (1, 1))"
    assert Pad(pad=(1, 1), mode="reflect").call("self.node", "x") == "F.pad(x, (1, 1), mode='reflect')"
    assert Interpolate().call("self.node", "x", "y") == "F.interpolate(x, y.shape[2:])"
