"""Convolutions: lengths, counts, and what is proposed where they do not fit."""

from __future__ import annotations

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.conv import Conv1d, Conv2d, Conv3d
from netdesigner.layers.conv_transpose import ConvTranspose1d, ConvTranspose2d
from netdesigner.parts.layer import Layer
from netdesigner.parts.tensor import TensorSpec


def test_the_first_layer_of_resnet_counts_as_published() -> None:
    stem = Conv2d(out_channels=64, kernel_size=7, stride=2, padding=3, bias=False)
    image = TensorSpec(("N", 3, 224, 224))
    assert stem.shape(image) == TensorSpec(("N", 64, 112, 112))
    cost = stem.cost(image)
    assert (cost.parameters, cost.macs) == (9_408, 118_013_952)


@pytest.mark.parametrize(
    ("layer", "length"),
    [
        (Conv1d(kernel_size=3, padding=1), "T"),
        (Conv1d(kernel_size=5, padding="same", dilation=3), "T"),
        (Conv1d(kernel_size=3), "T-2"),
        (Conv1d(kernel_size=3, stride=2, padding=1), "(T+1)//2"),
        (Conv1d(kernel_size=2, stride=2), "T//2"),
        (ConvTranspose1d(kernel_size=2, stride=2), "2*T"),
        (ConvTranspose1d(kernel_size=4, stride=2, padding=1), "2*T"),
        (ConvTranspose1d(kernel_size=3), "T+2"),
    ],
)
def test_a_free_length_travels_through(layer: Layer, length: str) -> None:
    (spec,) = layer.outputs_of((TensorSpec(("N", 4, "T")),))
    assert spec == TensorSpec(("N", 16, length))


def test_down_and_up_again_gives_the_length_of_a_multiple_back() -> None:
    up = ConvTranspose1d(kernel_size=2, stride=2).shape(TensorSpec(("N", 4, "T")))
    down = Conv1d(kernel_size=2, stride=2).shape(up)
    assert down.shape[2] == "T"


@pytest.mark.parametrize(
    ("layer", "spec", "message"),
    [
        (Conv2d(), TensorSpec(("N", 64)), r"Conv2d takes 4 axes \(N, C, H, W\), but gets \[N, 64\]"),
        (
            Conv3d(),
            TensorSpec(("N", 1, 8, 8)),
            r"Conv3d takes 5 axes \(N, C, D, H, W\), but gets \[N, 1, 8, 8\]",
        ),
        (
            Conv1d(),
            TensorSpec(("N", "T", 8)),
            r"fixed number of channels, but in \[N, T, 8\] that axis has the free",
        ),
        (
            ConvTranspose2d(),
            TensorSpec(("N", 4)),
            r"ConvTranspose2d takes 4 axes \(N, C, H, W\), but gets \[N, 4\]",
        ),
    ],
)
def test_other_axes_are_refused_by_name(layer: Layer, spec: TensorSpec, message: str) -> None:
    with pytest.raises(ShapeError, match=message) as refused:
        layer.outputs_of((spec,))
    assert refused.value.port == "input"


def test_a_window_larger_than_the_image_names_the_axis_and_what_fits() -> None:
    message = r"Conv2d has a window of 5 along W, but \[N, 1, 8, 3\] has 3 there"
    with pytest.raises(ShapeError, match=message) as refused:
        Conv2d(kernel_size=5).shape(TensorSpec(("N", 1, 8, 3)))
    assert refused.value.changes == ({"kernel_size": (5, 3)}, {"padding": (0, 1)})


def test_a_padded_window_that_is_too_large_says_the_padding() -> None:
    with pytest.raises(
        ShapeError, match=r"window of 7 along L, but \[N, 1, 3\], padded by 1 on each side, has 3"
    ):
        Conv1d(kernel_size=4, dilation=2, padding=1).shape(TensorSpec(("N", 1, 3)))


def test_groups_must_divide_what_comes_in_and_what_goes_out() -> None:
    image = TensorSpec(("N", 6, 8, 8))
    with pytest.raises(
        ShapeError, match=r"cannot split the 6 channels that come in into 4 equal groups"
    ) as refused:
        Conv2d(out_channels=8, groups=4).shape(image)
    assert refused.value.changes == ({"groups": 2},)
    with pytest.raises(ShapeError, match=r"cannot split the 8 out_channels into 3 equal groups") as refused:
        Conv2d(out_channels=8, groups=3).shape(image)
    assert refused.value.changes == ({"groups": 2}, {"out_channels": 9})


def test_same_padding_refuses_a_stride() -> None:
    with pytest.raises(
        ShapeError, match=r"'same' padding with a stride of 1 only, but has a stride of 2"
    ) as refused:
        Conv2d(padding="same", stride=2).shape(TensorSpec(("N", 1, 8, 8)))
    assert {"stride": 1} in refused.value.changes


def test_output_padding_stays_below_the_stride() -> None:
    with pytest.raises(ShapeError, match=r"output_padding of ConvTranspose2d must be smaller") as refused:
        ConvTranspose2d(stride=2, output_padding=2).shape(TensorSpec(("N", 1, 8, 8)))
    assert refused.value.changes == ({"output_padding": 0},)
