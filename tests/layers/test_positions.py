"""Positions: which axis they are read from, how long a sequence may be."""

from __future__ import annotations

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.attention_bias import AlibiBias, T5RelativePositionBias
from netdesigner.layers.positions import LearnedPositions, SinusoidalPositions
from netdesigner.layers.rotary_embedding import RotaryEmbedding
from netdesigner.layers.timestep_embedding import TimestepEmbedding
from netdesigner.parts.tensor import TensorSpec

STEPS = TensorSpec(("N", "T", 768))
STEPS_FIRST = TensorSpec(("T", "N", 768))
HEADS = TensorSpec(("N", 12, "T", 64))


def test_gpt2_learns_1024_positions() -> None:
    assert LearnedPositions(max_length=1024).cost(STEPS).parameters == 1024 * 768
    assert LearnedPositions().cost(TensorSpec(("N", 197, 768))).parameters == 197 * 768


def test_a_free_number_of_steps_needs_a_limit() -> None:
    with pytest.raises(ShapeError, match=r"needs a max_length where the number of steps is free") as refused:
        LearnedPositions().shape(STEPS)
    assert refused.value.changes == ({"max_length": 512},)


def test_more_steps_than_positions_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"learns 16 positions, but \[N, 20, 8\] has 20 steps") as refused:
        LearnedPositions(max_length=16).shape(TensorSpec(("N", 20, 8)))
    assert refused.value.changes[0] == {"max_length": 20}


@pytest.mark.parametrize("layer", [SinusoidalPositions(), LearnedPositions(max_length=9)])
def test_the_batch_is_not_taken_for_the_steps(layer: SinusoidalPositions | LearnedPositions) -> None:
    with pytest.raises(ShapeError, match=r"reads the steps before the features .* but gets \[T, N, 768\]"):
        layer.shape(STEPS_FIRST)


def test_an_encoding_that_is_not_added_has_no_batch() -> None:
    assert SinusoidalPositions(add=False).shape(STEPS) == TensorSpec(("T", 768))


def test_rotation_works_on_both_orders_of_heads_and_steps() -> None:
    assert RotaryEmbedding().shape(HEADS) == HEADS
    other = TensorSpec(("N", "T", 12, 64))
    assert RotaryEmbedding(dim=1).shape(other) == other


def test_rotation_turns_pairs() -> None:
    with pytest.raises(ShapeError, match=r"in pairs, but cannot turn 7 of the 7 in \[N, T, 7\]") as refused:
        RotaryEmbedding().shape(TensorSpec(("N", "T", 7)))
    assert refused.value.changes == ({"rotary_dim": 6},)


def test_rotation_reads_the_axis_of_the_steps() -> None:
    with pytest.raises(ShapeError, match="has dim -1, which are the features") as refused:
        RotaryEmbedding(dim=-1).shape(HEADS)
    assert refused.value.changes[0] == {"dim": -2}


def test_a_bias_is_for_all_samples() -> None:
    other = TensorSpec(("N", "S", 5))
    assert T5RelativePositionBias().shape(STEPS, None) == TensorSpec((8, "T", "T"))
    assert AlibiBias(num_heads=4).shape(STEPS, other) == TensorSpec((4, "T", "S"))
    with pytest.raises(ShapeError, match="reads the steps behind the batch"):
        AlibiBias().shape(STEPS_FIRST, None)


def test_t5_small_learns_a_number_for_each_head_and_bucket() -> None:
    assert T5RelativePositionBias().cost(STEPS, None).parameters == 32 * 8
    with pytest.raises(
        ShapeError, match="for each distance up to 8, so max_distance must be more"
    ) as refused:
        T5RelativePositionBias(max_distance=8).shape(STEPS, None)
    assert refused.value.changes[0] == {"max_distance": 9}


def test_a_time_step_becomes_a_row_of_features() -> None:
    assert TimestepEmbedding().shape(TensorSpec(("N",), "int64")) == TensorSpec(("N", 128))
    with pytest.raises(ShapeError, match="needs a downscale_freq_shift below half of embedding_dim, 1"):
        TimestepEmbedding(embedding_dim=2).shape(TensorSpec(("N",)))
