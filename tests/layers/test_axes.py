"""Layers on whole axes: what they give for free lengths, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.extend import Expand, ExpandAs, RepeatInterleave, Tile
from netdesigner.layers.gather import Gather, TakeAlongDim
from netdesigner.layers.indexing import IndexSelect, Select, Slice
from netdesigner.layers.stack import Stack, Unsqueeze
from netdesigner.layers.turn import Flip, Roll, Squeeze, Transpose
from netdesigner.parts.layer import Layer
from netdesigner.parts.tensor import Dim, TensorSpec

STEPS = TensorSpec(("N", "T", 8))
IMAGE = TensorSpec(("N", 3, 8, 8))
NUMBERS = TensorSpec(("N", "T", 1), "int64")


@pytest.mark.parametrize(
    ("length", "params", "expected"),
    [
        ("T", {}, "T"),
        ("T", {"start": 1}, "T-1"),
        ("T", {"end": -1}, "T-1"),
        ("T", {"start": 1, "end": -2}, "T-3"),
        ("T", {"step": 2}, "(T+1)//2"),
        ("T", {"start": -1}, 1),
        ("T", {"end": 1}, 1),
        ("T+4", {"end": 5}, 5),
        ("T+4", {"start": -5, "end": -1}, 4),
        ("2*T", {"start": -2}, 2),
        (8, {"end": 100}, 8),
        (8, {"start": -100, "end": 3}, 3),
    ],
)
def test_slice_gives_the_length_of_the_part(length: Dim, params: dict[str, Any], expected: Dim) -> None:
    assert Slice(**params).shape(TensorSpec(("N", length, 2))).shape[1] == expected


@pytest.mark.parametrize(
    "params", [{"end": 10}, {"start": -3}, {"start": -2, "end": 1}, {"start": 2, "end": 4}]
)
def test_slice_refuses_a_part_whose_length_depends_on_a_free_one(params: dict[str, Any]) -> None:
    with pytest.raises(ShapeError, match=r"has no certain length where \[N, T, 8\] has the free length T"):
        Slice(**params).shape(STEPS)


def test_slice_refuses_to_leave_nothing_and_says_how_to_go_on() -> None:
    with pytest.raises(
        ShapeError, match=r"Slice from 8 to the end leaves nothing of the length 8"
    ) as refused:
        Slice(dim=-1, start=8).shape(STEPS)
    assert {"start": 0} in refused.value.changes


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (Slice(dim=2, start=1, end=-1, step=2), "x[:, :, 1:-1:2]"),
        (Slice(dim=-2, end=4), "x[..., :4, :]"),
        (Slice(dim=1, start=3), "x[:, 3:]"),
        (Select(), "x[:, 0]"),
        (Select(dim=-1, index=-1), "x[..., -1]"),
        (IndexSelect(index=(2, 0)), "x[:, [2, 0]]"),
        (Squeeze(dim=(2, 3)), "x.squeeze((2, 3))"),
        (Squeeze(dim=(2,)), "x.squeeze(2)"),
        (Roll(shifts=(-3, -3), dims=(1, 2)), "torch.roll(x, (-3, -3), (1, 2))"),
        (Tile(repeats=(2,)), "torch.tile(x, (2,))"),
    ],
)
def test_the_source_is_what_a_person_would_write(layer: Layer, expected: str) -> None:
    assert layer.call("self.node", "x") == expected


@pytest.mark.parametrize(
    "layer",
    [
        Slice(dim=0),
        Select(dim=0),
        IndexSelect(dim=-3),
        Roll(dims=(0,)),
        Flip(dims=(0,)),
        RepeatInterleave(dim=0),
        Squeeze(dim=(0,)),
    ],
)
def test_the_batch_is_left_alone(layer: Layer) -> None:
    with pytest.raises(
        ShapeError, match=r"the batch of \[N, T, 8\], and samples would be mixed up"
    ) as refused:
        layer.shape(STEPS)
    assert refused.value.changes


def test_a_batch_in_the_second_place_is_left_alone_too() -> None:
    with pytest.raises(ShapeError, match="samples would be mixed up") as refused:
        Select().shape(TensorSpec(("T", "N", 8)))
    assert refused.value.changes == ({"dim": -1}, {"dim": 0})


def test_the_batch_is_not_repeated() -> None:
    assert Tile(repeats=(1, 2, 1)).shape(STEPS) == TensorSpec(("N", "2*T", 8))
    with pytest.raises(ShapeError, match=r"repeat the batch of \[N, T, 8\]") as refused:
        Tile(repeats=(3, 2, 1)).shape(STEPS)
    assert refused.value.changes == ({"repeats": (1, 2, 1)},)


def test_select_takes_an_axis_away() -> None:
    assert Select().shape(STEPS) == TensorSpec(("N", 8))
    with pytest.raises(
        ShapeError, match=r"has index 8, but axis 2 of .* has the positions 0 to 7"
    ) as refused:
        Select(dim=2, index=8).shape(STEPS)
    assert refused.value.changes[0] == {"index": 7}


def test_gather_takes_all_samples() -> None:
    assert Gather(dim=-1).shape(STEPS, NUMBERS) == TensorSpec(("N", "T", 1))
    with pytest.raises(ShapeError, match="may be no longer than 'input' along axis 0"):
        Gather(dim=-1).shape(STEPS, TensorSpec((1, "T", 1), "int64"))


def test_what_picks_must_be_whole_numbers() -> None:
    with pytest.raises(
        ShapeError, match=r"'index' of Gather takes whole numbers .* but gets \[N, T, 1\] of float32"
    ):
        Gather().shape(STEPS, TensorSpec(("N", "T", 1)))


def test_one_step_of_each_sample_is_taken_for_all_features() -> None:
    step = TensorSpec(("N", 1, 1), "int64")
    assert TakeAlongDim().shape(STEPS, step) == TensorSpec(("N", 1, 8))


def test_a_class_token_is_shown_to_every_sample() -> None:
    token = TensorSpec((1, 1, 8))
    layer = Expand(target=(-1, -1))
    assert layer.shape(token, STEPS) == TensorSpec(("N", 1, 8))
    assert layer.call("self.node", "token", "x") == "token.expand(x.shape[0], -1, -1)"
    with pytest.raises(ShapeError, match=r"cannot stretch the batch of \[2, 1, 8\]"):
        layer.shape(TensorSpec((2, 1, 8)), STEPS)


def test_expand_stretches_axes_of_one_only() -> None:
    with pytest.raises(ShapeError, match=r"cannot bring \[N, 3, 8, 8\] to \[N, 6, -1, -1\]") as refused:
        Expand(target=(6, -1, -1)).shape(IMAGE, None)
    assert refused.value.changes == ({"shape": (-1, -1, -1)},)


def test_a_vector_becomes_an_image() -> None:
    assert ExpandAs().shape(TensorSpec(("N", 3, 1, 1)), TensorSpec(("N", 3, "H", "W"))).shape[2:] == (
        "H",
        "W",
    )
    with pytest.raises(ShapeError, match="cannot bring"):
        ExpandAs().shape(STEPS, TensorSpec(("N", 5, 8)))


def test_squeeze_cannot_tell_whether_a_free_axis_is_one() -> None:
    with pytest.raises(ShapeError, match="cannot tell whether the free length T") as refused:
        Squeeze().shape(NUMBERS)
    assert refused.value.changes == ({"dim": (2,)},)


def test_a_new_axis_stands_where_it_is_asked_for() -> None:
    assert Unsqueeze(dim=-1).shape(STEPS).shape == ("N", "T", 8, 1)
    assert Stack(dim=2).shape(STEPS, STEPS).shape == ("N", "T", 2, 8)
    with pytest.raises(ShapeError, match=r"a new axis of \[N, T, 8\] can stand at 0 to 3"):
        Unsqueeze(dim=4).shape(STEPS)


def test_transpose_exchanges_two_axes() -> None:
    assert Transpose(dim0=0, dim1=-1).shape(STEPS) == TensorSpec((8, "T", "N"))


def test_roll_needs_a_shift_for_each_axis() -> None:
    with pytest.raises(
        ShapeError, match=r"as many shifts as dims, and at least one, but has \[1\] and \[1, 2\]"
    ) as refused:
        Roll(dims=(1, 2)).shape(IMAGE)
    assert refused.value.changes[0] == {"shifts": (1, 1)}
