"""Layers that rearrange: flatten, reshape, permute, pad, scale, and what they refuse."""

from __future__ import annotations

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.flatten import Flatten, Unflatten
from netdesigner.layers.pad import CircularPad1d, ConstantPad1d, ReflectionPad2d, ReplicationPad1d, ZeroPad2d
from netdesigner.layers.permute import Permute
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
