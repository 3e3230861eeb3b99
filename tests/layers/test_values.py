"""Tensors that the network brings itself, and how they meet those of the samples."""

from __future__ import annotations

import pytest

from netdesigner.checks import check
from netdesigner.errors import ShapeError
from netdesigner.layers.causal_mask import CausalMask
from netdesigner.layers.multihead_attention import MultiheadAttention
from netdesigner.layers.scaled_dot_product_attention import ScaledDotProductAttention
from netdesigner.layers.values import Constant, Parameter, Positions
from netdesigner.parts.tensor import TensorSpec
from tests.compiler.designs import CATALOG, Sketch

STEPS = TensorSpec(("N", "T", 8))


def test_a_class_token_and_positions_join_a_sequence() -> None:
    net = Sketch()
    x = net("Input", name="patches", shape=(16, 8))
    token = net("Parameter", x, name="token", shape=(1, 8))
    x = net("Concat", token, x, name="joined")
    positions = net("Parameter", name="positions", shape=(17, 8))
    net("Output", net("Add", x, positions, name="placed"), name="y")
    report = check(net.design(), CATALOG)
    assert not report.network_errors
    assert not [problem for problem in report.problems if problem.code == "ND109"]
    assert report.traces["main"].nodes["placed"].outputs == (TensorSpec(("N", 17, 8)),)


def test_as_many_samples_come_as_another_tensor_has() -> None:
    assert Parameter(lengths=(1, 8)).shape(None) == TensorSpec((1, 1, 8))
    assert Parameter(lengths=(1, 8)).shape(TensorSpec(("N", "T"), "int64")) == TensorSpec(("N", 1, 8))


def test_the_batch_of_like_stands_first() -> None:
    with pytest.raises(
        ShapeError, match=r"'like' of Constant must have the batch as its first axis"
    ) as refused:
        Constant().shape(TensorSpec(("T", "N", 8)))
    assert refused.value.port == "like"


def test_whole_numbers_are_asked_for_where_the_type_is_whole() -> None:
    with pytest.raises(ShapeError, match=r"holds whole numbers \(int64\), and 0\.5 is none") as refused:
        Constant(value=(0.5,), dtype="int64").shape(None)
    assert refused.value.changes == ({"dtype": "float32"}, {"value": (0.0,)})


def test_positions_are_counted_once_for_all_samples() -> None:
    assert Positions().shape(STEPS) == TensorSpec((1, "T"), "int64")
    with pytest.raises(ShapeError, match="samples would be mixed up"):
        Positions(dim=0).shape(STEPS)
    with pytest.raises(ShapeError, match=r"has dim 2, the batch of \[T, 8, N\]") as refused:
        Positions(dim=2).shape(TensorSpec(("T", 8, "N")))
    assert refused.value.changes == ({"dim": 1}, {"dim": 0})


def test_a_causal_mask_suits_both_attentions() -> None:
    mask = CausalMask().shape(STEPS, None)
    assert mask == TensorSpec(("N", "T", "T"), "bool")
    MultiheadAttention(num_heads=2, batch_first=True).shape(STEPS, STEPS, STEPS, None, mask)
    heads = TensorSpec(("N", 2, "T", 4))
    assert ScaledDotProductAttention().shape(heads, heads, heads, None, mask) == heads


def test_a_causal_mask_for_sequences_whose_batch_comes_second() -> None:
    steps = TensorSpec(("T", "N", 8))
    mask = CausalMask(dim=0).shape(steps, None)
    assert mask == TensorSpec(("N", "T", "T"), "bool")
    MultiheadAttention(num_heads=2).shape(steps, steps, steps, None, mask)
    with pytest.raises(ShapeError, match="samples would be mixed up") as refused:
        CausalMask().shape(steps, None)
    assert refused.value.changes == ({"dim": 0},)
