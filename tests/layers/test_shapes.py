"""Layers that rearrange: flatten, reshape, permute, pad, scale, and what they refuse."""

from __future__ import annotations

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.flatten import Flatten, Unflatten
from netdesigner.layers.fold import Fold, Unfold
from netdesigner.layers.pad import CircularPad1d, ConstantPad1d, ReflectionPad2d, ReplicationPad1d, ZeroPad2d
from netdesigner.layers.permute import Permute
from netdesigner.layers.pixel_shuffle import ChannelShuffle, PixelShuffle, PixelUnshuffle
from netdesigner.layers.reshape import Reshape
from netdesigner.layers.upsample import Upsample, UpsamplingNearest2d
from netdesigner.parts.tensor import TensorSpec

IMAGE = TensorSpec(("N", 3, 8, 8))
STEPS = TensorSpec(("N", "T", 12))


def test_flatten_keeps_the_batch_and_multiplies_the_rest() -> None:
    assert Flatten().shape(IMAGE) == TensorSpec(("N", 192))
    assert Flatten().shape(STEPS) == TensorSpec(("N", "12*T"))


def test_flatten_refuses_to_merge_the_batch() -> None:
    with pytest.raises(ShapeError, match=r"merge the batch with other axes of \[N, 3, 8, 8\]") as refused:
        Flatten(start_dim=0).shape(IMAGE)
    assert refused.value.changes == ({"start_dim": 1},)


def test_unflatten_undoes_flatten() -> None:
    flat = Flatten().shape(STEPS)
    assert Unflatten(unflattened_size=(-1, 12)).shape(flat) == STEPS


@pytest.mark.parametrize(
    ("target", "spec", "expected"),
    [
        ((1, 8, 8), TensorSpec(("N", 64)), ("N", 1, 8, 8)),
        ((-1,), IMAGE, ("N", 192)),
        ((-1, 3, 4), STEPS, ("N", "T", 3, 4)),
        ((-1, 24), TensorSpec(("N", "2*T", 12)), ("N", "T", 24)),
        ((3, -1), TensorSpec(("N", 3, "H", "W")), ("N", 3, "H*W")),
    ],
)
def test_reshape_deals_the_elements_of_a_sample(
    target: tuple[int, ...], spec: TensorSpec, expected: tuple[int | str, ...]
) -> None:
    assert Reshape(target=target).shape(spec).shape == expected


@pytest.mark.parametrize(
    ("target", "spec", "message", "change"),
    [
        ((10, 10), TensorSpec(("N", 64)), r"the 64 elements of a sample in \[N, 64\] to \[10, 10\]", (-1,)),
        ((4, 10), TensorSpec(("N", 64)), r"to \[4, 10\]", (4, -1)),
        ((8, 8), STEPS, r"the 12\*T elements of a sample in \[N, T, 12\] to \[8, 8\]", (-1,)),
        ((-1, 8), STEPS, r"to \[-1, 8\]", (-1,)),
        ((-1, -1), TensorSpec(("N", 64)), "at most one -1", (-1,)),
    ],
)
def test_reshape_says_what_does_not_come_out_even(
    target: tuple[int, ...], spec: TensorSpec, message: str, change: tuple[int, ...]
) -> None:
    with pytest.raises(ShapeError, match=message) as refused:
        Reshape(target=target).shape(spec)
    assert refused.value.changes == ({"shape": change},)
    Reshape(target=change).shape(spec)


def test_permute_must_name_each_axis_once() -> None:
    assert Permute(dims=(0, 2, 3, 1)).shape(IMAGE) == TensorSpec(("N", 8, 8, 3))
    with pytest.raises(
        ShapeError, match=r"each of the 4 axes of \[N, 3, 8, 8\] once, but has dims \[0, 2, 1\]"
    ) as refused:
        Permute(dims=(0, 2, 1)).shape(IMAGE)
    assert refused.value.changes == ({"dims": (0, 1, 3, 2)},)


def test_padding_may_cut_but_not_everything() -> None:
    assert ZeroPad2d(padding=(1, 2, 0, -3)).shape(IMAGE) == TensorSpec(("N", 3, 5, 11))
    with pytest.raises(ShapeError, match=r"cut off all of the length 8 in \[N, 3, 8, 8\]"):
        ZeroPad2d(padding=-4).shape(IMAGE)


def test_a_mirror_shows_one_less_than_there_is() -> None:
    assert ReflectionPad2d(padding=(7, 0, 1, 2)).shape(IMAGE) == TensorSpec(("N", 3, 11, 15))
    with pytest.raises(
        ShapeError, match=r"can put up to 7 on each side along W of \[N, 3, 8, 8\], but has a padding of 9"
    ) as refused:
        ReflectionPad2d(padding=9).shape(IMAGE)
    assert refused.value.changes == ({"padding": (7, 7, 7, 7)},)


def test_what_goes_round_goes_round_once_and_what_is_repeated_as_often_as_one_likes() -> None:
    steps = TensorSpec(("N", 3, 4))
    assert CircularPad1d(padding=4).shape(steps).shape[2] == 12
    assert ReplicationPad1d(padding=40).shape(steps).shape[2] == 84
    with pytest.raises(ShapeError, match="can put up to 4 on each side along L") as refused:
        CircularPad1d(padding=(5, 1)).shape(steps)
    assert refused.value.changes == ({"padding": (4, 1)},)


def test_whole_numbers_are_padded_with_whole_numbers() -> None:
    words, masks = TensorSpec(("N", 9), "int64"), TensorSpec(("N", 9), "bool")
    assert ConstantPad1d(value=3.0).shape(words) == TensorSpec(("N", 11), "int64")
    assert ConstantPad1d(value=1.0).shape(masks) == TensorSpec(("N", 11), "bool")
    with pytest.raises(ShapeError, match=r"cannot put 0.5 around \[N, 9\] int64, which holds whole numbers"):
        ConstantPad1d(value=0.5).shape(words)
    with pytest.raises(ShapeError, match=r"cannot put 3 around \[N, 9\] bool, which holds 0 and 1 only"):
        ConstantPad1d(value=3.0).shape(masks)


def test_scaling_a_free_length_needs_an_exact_factor() -> None:
    sequence = TensorSpec(("N", 4, "T"))
    assert Upsample(scale_factor=2.0).shape(sequence).shape[2] == "2*T"
    assert Upsample(scale_factor=1.5).shape(sequence).shape[2] == "(3*T)//2"
    with pytest.raises(ShapeError, match=r"cannot scale the free length T of \[N, 4, T\] by 0.3 exactly"):
        Upsample(scale_factor=0.3).shape(sequence)


def test_each_axis_may_have_its_own_factor_and_its_own_length() -> None:
    volume = TensorSpec(("N", 2, "T", 4, 5))
    assert Upsample(scale_factor=(2.0, 1.0, 1.5)).shape(volume).shape == ("N", 2, "2*T", 4, 7)
    assert Upsample(size=(3, 6, 6)).shape(volume).shape == ("N", 2, 3, 6, 6)
    with pytest.raises(
        ShapeError, match=r"has the scale_factor \[2.0, 3.0\] for the 3 axes behind"
    ) as refused:
        Upsample(scale_factor=(2.0, 3.0)).shape(volume)
    assert refused.value.changes == ({"scale_factor": 2.0},)


@pytest.mark.parametrize("height", [7, 49, 2000])
def test_a_factor_that_leaves_nothing_is_mended(height: int) -> None:
    image = TensorSpec(("N", 2, height, 60))
    with pytest.raises(ShapeError, match="leaves nothing of the length") as refused:
        UpsamplingNearest2d(scale_factor=0.0001).shape(image)
    UpsamplingNearest2d(**refused.value.changes[0]).shape(image)


def test_upsample_wants_one_of_size_and_factor() -> None:
    with pytest.raises(ShapeError, match="needs a size or a scale_factor"):
        Upsample().shape(IMAGE)
    with pytest.raises(ShapeError, match="not both"):
        Upsample(size=8, scale_factor=2.0).shape(IMAGE)


def test_upsample_proposes_the_modes_of_its_axes() -> None:
    with pytest.raises(
        ShapeError, match=r"mode 'linear' takes 3 axes \(with N and C\), but gets \[N, 3, 8, 8\]"
    ) as refused:
        Upsample(scale_factor=2.0, mode="linear").shape(IMAGE)
    assert [change["mode"] for change in refused.value.changes] == ["nearest", "bilinear", "bicubic"]


def test_channels_become_pixels_and_pixels_channels_again() -> None:
    picture = TensorSpec(("N", "T", 12, "H", 5))
    larger = PixelShuffle().shape(picture)
    assert larger == TensorSpec(("N", "T", 3, "2*H", 10))
    assert PixelUnshuffle().shape(larger) == picture


def test_the_largest_smaller_factor_that_fits_is_proposed() -> None:
    with pytest.raises(
        ShapeError, match=r"by 3 needs a multiple of 9 channels, but \[N, 12, 8, 8\] has 12"
    ) as refused:
        PixelShuffle(upscale_factor=3).shape(TensorSpec(("N", 12, 8, 8)))
    assert refused.value.changes == ({"upscale_factor": 2},)
    with pytest.raises(
        ShapeError, match=r"multiples of 3 as height and width, but gets \[N, 3, 8, 8\]"
    ) as refused:
        PixelUnshuffle(downscale_factor=3).shape(IMAGE)
    assert refused.value.changes == ({"downscale_factor": 2},)
    with pytest.raises(ShapeError, match=r"the 3 channels of \[N, 3, 8, 8\] into 2 equal groups") as refused:
        ChannelShuffle().shape(IMAGE)
    assert refused.value.changes == ({"groups": 1},)


@pytest.mark.parametrize("number", [10**9, 2**53])
def test_numbers_of_any_size_are_answered_at_once(number: int) -> None:
    for layer in (PixelShuffle(upscale_factor=number), ChannelShuffle(groups=number)):
        with pytest.raises(ShapeError):
            layer.shape(IMAGE)
    with pytest.raises(ShapeError, match="needs columns of a multiple of"):
        Fold(kernel_size=number).shape(TensorSpec(("N", 12, 9)))


def test_fold_undoes_unfold() -> None:
    numbers = {"kernel_size": (4, 2), "stride": (4, 2), "padding": (0, 1)}
    columns = Unfold(**numbers).shape(IMAGE)
    assert columns == TensorSpec(("N", 24, 10))
    assert Fold(output_size=8, **numbers).shape(columns) == IMAGE


def test_a_free_height_gives_as_many_columns_as_it_has_places() -> None:
    assert Unfold(kernel_size=3, padding=1).shape(TensorSpec(("N", 2, "H", 4))).shape == ("N", 18, "4*H")


def test_fold_proposes_an_image_for_the_columns_that_come() -> None:
    columns = TensorSpec(("N", 12, 30))
    with pytest.raises(ShapeError, match=r"has 7×7 places for windows in an image of 8, but gets") as refused:
        Fold(kernel_size=2).shape(columns)
    assert refused.value.changes == ({"output_size": (6, 7)},)
    with pytest.raises(
        ShapeError, match=r"a multiple of 9, the size of its window, but gets \[N, 12, 30\]"
    ) as refused:
        Fold().shape(columns)
    assert refused.value.changes == ({"kernel_size": 2, "output_size": (6, 7)},)
