"""Norms, softmax and embeddings: what they refuse and what they propose."""

from __future__ import annotations

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.batch_norm import BatchNorm1d, BatchNorm2d
from netdesigner.layers.embedding import Embedding
from netdesigner.layers.group_norm import GroupNorm
from netdesigner.layers.instance_norm import InstanceNorm1d, InstanceNorm2d
from netdesigner.layers.layer_norm import LayerNorm
from netdesigner.layers.local_response_norm import CrossMapLRN2d, LocalResponseNorm
from netdesigner.layers.softmax import Softmax
from netdesigner.parts.tensor import TensorSpec

IMAGE = TensorSpec(("N", 12, 8, 8))


def test_batch_norm_keeps_two_means_a_channel_and_a_count() -> None:
    cost = BatchNorm2d().cost(IMAGE)
    assert (cost.parameters, cost.buffers, cost.macs) == (24, 25, 0)


def test_batch_norm_names_the_axes_it_takes() -> None:
    with pytest.raises(ShapeError, match=r"takes 2 or 3 axes \(N, C or N, C, L\), but gets \[N, 12, 8, 8\]"):
        BatchNorm1d().shape(IMAGE)


def test_instance_norm_learns_and_remembers_only_what_it_is_told_to() -> None:
    assert InstanceNorm2d().cost(IMAGE).parameters == InstanceNorm2d().cost(IMAGE).buffers == 0
    cost = InstanceNorm2d(affine=True, bias=False, track_running_stats=True).cost(IMAGE)
    assert (cost.parameters, cost.buffers) == (12, 25)


def test_one_element_alone_has_no_variance() -> None:
    with pytest.raises(ShapeError, match=r"more than one element in each channel, but gets \[N, 12, 1, 1\]"):
        InstanceNorm2d().shape(TensorSpec(("N", 12, 1, 1)))
    assert InstanceNorm1d().shape(TensorSpec(("N", 12, "T"))).shape == ("N", 12, "T")


def test_neighbouring_channels_are_there_in_images_and_longer_shapes() -> None:
    volume, features = TensorSpec(("N", "C", 2, 3, 4)), TensorSpec(("N", 12))
    assert LocalResponseNorm().shape(volume) == volume
    with pytest.raises(ShapeError, match=r"takes at least 3 axes \(N, C, L, ...\), but gets \[N, 12\]"):
        LocalResponseNorm().shape(features)
    with pytest.raises(ShapeError, match="needs a fixed number of channels"):
        CrossMapLRN2d().shape(TensorSpec(("N", "C", 8, 8)))


def test_group_norm_proposes_the_nearest_number_of_groups() -> None:
    with pytest.raises(ShapeError, match="cannot split 12 channels into 5 equal groups") as refused:
        GroupNorm(num_groups=5).shape(IMAGE)
    assert refused.value.changes == ({"num_groups": 4},)


def test_layer_norm_proposes_the_lengths_that_come() -> None:
    with pytest.raises(ShapeError, match=r"normalises axes of the lengths \[8, 9\], but gets") as refused:
        LayerNorm(normalized_shape=(8, 9)).shape(IMAGE)
    assert refused.value.changes == ({"normalized_shape": (8, 8)}, {"normalized_shape": ()})


def test_layer_norm_takes_the_last_axis_from_the_wire() -> None:
    assert LayerNorm().arguments(IMAGE)["normalized_shape"] == (8,)


def test_an_axis_that_is_not_there_is_refused() -> None:
    with pytest.raises(
        ShapeError, match=r"Softmax has dim 4, but \[N, 12, 8, 8\] has the axes 0 to 3"
    ) as refused:
        Softmax(dim=4).shape(IMAGE)
    assert refused.value.changes == ({"dim": -1},)


def test_embedding_takes_whole_numbers_and_gives_real_ones() -> None:
    assert Embedding(embedding_dim=8).shape(TensorSpec(("N", "T"), "int64")) == TensorSpec(("N", "T", 8))
    with pytest.raises(ShapeError, match=r"takes whole numbers \(int64\), but gets \[N, T\] of float32"):
        Embedding().shape(TensorSpec(("N", "T")))


def test_embedding_keeps_padding_inside_the_table() -> None:
    with pytest.raises(ShapeError, match="padding_idx 7, but only 5 vectors"):
        Embedding(num_embeddings=5, padding_idx=7).shape(TensorSpec(("N",), "int64"))
