"""Pools and their undoing: what they refuse, what they propose, and what happens along a free axis."""

from __future__ import annotations

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.avg_pool import AvgPool3d
from netdesigner.layers.fractional_max_pool import FractionalMaxPool2d, FractionalMaxPool3d
from netdesigner.layers.lp_pool import LPPool1d
from netdesigner.layers.max_pool import MaxPool1d, MaxPool2d
from netdesigner.layers.max_unpool import MaxUnpool1d, MaxUnpool2d
from netdesigner.parts.tensor import TensorSpec

IMAGE = TensorSpec(("N", 12, 8, 8))


def test_pooling_pads_half_a_window_at_most() -> None:
    with pytest.raises(
        ShapeError, match="may pad 1 at most, half of its kernel_size, but has a padding of 2"
    ) as refused:
        MaxPool2d(kernel_size=3, padding=2).shape(IMAGE)
    assert refused.value.changes == ({"padding": 1},)


@pytest.mark.parametrize(
    ("layer", "length"),
    [
        (MaxPool1d(kernel_size=2), "T//2"),
        (MaxPool1d(kernel_size=2, ceil_mode=True), "(T+1)//2"),
        (MaxPool1d(kernel_size=3, stride=1, padding=1), "T"),
        (MaxPool1d(kernel_size=1, stride=3, ceil_mode=True), "(T+2)//3"),
    ],
)
def test_pooling_a_free_length(layer: MaxPool1d, length: str) -> None:
    assert layer.shape(TensorSpec(("N", 4, "T")))[0].shape[2] == length


def test_indices_are_whole_numbers_in_the_shape_of_the_output() -> None:
    output, indices = MaxPool2d(kernel_size=2).shape(IMAGE)
    assert output == TensorSpec(("N", 12, 4, 4))
    assert indices == TensorSpec(("N", 12, 4, 4), "int64")


def test_padding_is_no_way_out_where_means_slide_through_volumes() -> None:
    volume = TensorSpec(("N", 1, 2, 8, 8))
    with pytest.raises(
        ShapeError, match=r"window of 3 along D, but \[N, 1, 2, 8, 8\] has 2 there"
    ) as refused:
        AvgPool3d(kernel_size=3, padding=1).shape(volume)
    assert refused.value.changes == ({"kernel_size": (2, 3, 3)},)


def test_a_norm_without_padding_proposes_none() -> None:
    with pytest.raises(ShapeError) as refused:
        LPPool1d(kernel_size=5).shape(TensorSpec(("N", 4, 3)))
    assert refused.value.changes == ({"kernel_size": 3},)


def test_unpooling_takes_the_indices_of_the_pool_it_undoes() -> None:
    pooled, indices = MaxPool2d(kernel_size=2).shape(IMAGE)
    assert MaxUnpool2d(kernel_size=2).shape(pooled, indices, None) == IMAGE
    with pytest.raises(ShapeError, match="from the port 'indices' of the pool it undoes, but gets"):
        MaxUnpool2d(kernel_size=2).shape(pooled, pooled, None)


def test_unpooling_to_the_size_of_what_the_pool_took() -> None:
    odd = TensorSpec(("N", 3, 9, 7))
    pooled, indices = MaxPool2d(kernel_size=2).shape(odd)
    assert MaxUnpool2d(kernel_size=2).shape(pooled, indices, None).shape == ("N", 3, 8, 6)
    assert MaxUnpool2d(kernel_size=2).shape(pooled, indices, odd) == odd


def test_unpooling_proposes_the_window_that_reaches_the_size() -> None:
    pooled, indices = MaxPool2d(kernel_size=4).shape(IMAGE)
    with pytest.raises(ShapeError, match="by less than its stride, but 'output_size' gets") as refused:
        MaxUnpool2d(kernel_size=2).shape(pooled, indices, IMAGE)
    assert {"kernel_size": (4, 4)} in refused.value.changes


@pytest.mark.parametrize(
    ("pooled", "wanted", "fits"), [("T//2", "T", True), ("T//2", "S", False), ("T", "T", False)]
)
def test_unpooling_along_a_free_axis_holds_for_every_length_or_is_refused(
    pooled: str, wanted: str, fits: bool
) -> None:
    spec, like = TensorSpec(("N", 4, pooled)), TensorSpec(("N", 4, wanted))
    layer = MaxUnpool1d(kernel_size=2)
    if fits:
        assert layer.shape(spec, spec.with_dtype("int64"), like) == like
    else:
        with pytest.raises(ShapeError, match="'output_size' gets"):
            layer.shape(spec, spec.with_dtype("int64"), like)


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({}, "needs either an output_size or an output_ratio, but has neither"),
        ({"output_size": 4, "output_ratio": 0.5}, "but has both"),
        ({"output_ratio": 1.0}, "must be less than 1"),
        ({"output_size": 8}, "cannot deal out 8 windows of 2 along H over the 8 elements"),
    ],
)
def test_a_fractional_pool_says_which_size_it_needs(params: dict[str, float], reason: str) -> None:
    with pytest.raises(ShapeError, match=reason) as refused:
        FractionalMaxPool2d(**params).shape(IMAGE)
    for change in refused.value.changes:
        FractionalMaxPool2d(**{**params, **change}).shape(IMAGE)


def test_a_fractional_pool_of_volumes_leaves_one_place_free_as_torch_demands() -> None:
    volume = TensorSpec(("N", 1, 6, 6, 6))
    assert FractionalMaxPool3d(output_size=4).shape(volume)[0].shape == ("N", 1, 4, 4, 4)
    with pytest.raises(ShapeError, match="cannot deal out 5 windows"):
        FractionalMaxPool3d(output_size=5).shape(volume)
