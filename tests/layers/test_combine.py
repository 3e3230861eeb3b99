"""Layers that join wires."""

from __future__ import annotations

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.arithmetic import Add, Multiply
from netdesigner.layers.concat import Concat
from netdesigner.layers.matmul import MatMul
from netdesigner.layers.reduction import Mean
from netdesigner.layers.similarity import CosineSimilarity, PairwiseDistance
from netdesigner.parts.tensor import TensorSpec

IMAGE = TensorSpec(("N", 64, 32, 32))


def test_add_says_both_shapes() -> None:
    with pytest.raises(ShapeError, match=r"\[N, 64, 32, 32\] and \[N, 128, 16, 16\]") as refused:
        Add().shape(IMAGE, TensorSpec(("N", 128, 16, 16)))
    assert refused.value.port == "inputs"


def test_an_axis_of_one_is_stretched() -> None:
    assert Multiply().shape(IMAGE, TensorSpec(("N", 64, 1, 1))) == IMAGE


def test_a_free_axis_is_not_taken_for_a_number() -> None:
    with pytest.raises(ShapeError):
        Add().shape(TensorSpec(("N", "T", 8)), TensorSpec(("N", 5, 8)))


def test_whole_and_real_numbers_give_real_numbers() -> None:
    assert Add().shape(TensorSpec(("N", 2), "int64"), TensorSpec(("N", 2))).dtype == "float32"
    assert Multiply().shape(TensorSpec(("N", 2), "bool"), TensorSpec(("N", 2), "int64")).dtype == "int64"


def test_concat_adds_the_lengths_along_its_axis() -> None:
    joined = Concat(dim=1).shape(
        TensorSpec(("N", "T", 8)), TensorSpec(("N", "T", 8)), TensorSpec(("N", 1, 8))
    )
    assert joined == TensorSpec(("N", "2*T+1", 8))


def test_concat_proposes_the_one_axis_along_which_its_inputs_differ() -> None:
    with pytest.raises(ShapeError, match=r"along axis 1, but they differ along axis 2 too") as refused:
        Concat(dim=1).shape(TensorSpec(("N", 4, 8)), TensorSpec(("N", 4, 9)))
    assert refused.value.changes == ({"dim": 2},)


def test_concat_refuses_to_join_samples() -> None:
    with pytest.raises(ShapeError, match="along the batch, and samples would be mixed up"):
        Concat(dim=0).shape(IMAGE, IMAGE)


def test_matmul_names_rows_and_columns() -> None:
    message = r"as many rows in 'other' as columns in 'input', but gets \[N, 3, 4\] and \[N, 3, 4\]"
    with pytest.raises(ShapeError, match=message) as refused:
        MatMul().shape(TensorSpec(("N", 3, 4)), TensorSpec(("N", 3, 4)))
    assert refused.value.port == "other"


def test_mean_leaves_the_batch_alone() -> None:
    assert Mean(dim=(2, 3)).shape(IMAGE) == TensorSpec(("N", 64))
    with pytest.raises(ShapeError, match="includes the batch"):
        Mean(dim=(0,)).shape(IMAGE)


def test_vectors_are_compared_along_an_axis_that_is_gone_afterwards() -> None:
    steps, one = TensorSpec(("N", "T", 8)), TensorSpec(("N", 1, 8))
    assert CosineSimilarity(dim=-1).shape(steps, one) == TensorSpec(("N", "T"))
    assert PairwiseDistance(keepdim=True).shape(steps, one) == TensorSpec(("N", "T", 1))


def test_samples_are_not_compared_with_each_other() -> None:
    with pytest.raises(ShapeError, match=r"has dim 0, the batch of \[N, 8\]") as refused:
        CosineSimilarity(dim=0).shape(TensorSpec(("N", 8)), TensorSpec(("N", 8)))
    assert refused.value.changes == ({"dim": -1},)
    with pytest.raises(ShapeError, match=r"the last axis, which in \[N\] is the batch"):
        PairwiseDistance().shape(TensorSpec(("N",)), TensorSpec(("N",)))


def test_what_is_compared_must_fit() -> None:
    with pytest.raises(ShapeError, match=r"takes inputs of equal shape .* but gets \[N, 8\] and \[N, 9\]"):
        CosineSimilarity().shape(TensorSpec(("N", 8)), TensorSpec(("N", 9)))
    with pytest.raises(ShapeError, match="nothing is wired to 'x2'"):
        PairwiseDistance().shape(TensorSpec(("N", 8)), None)
