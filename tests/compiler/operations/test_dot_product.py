"""Attention without weights: its masks, and what is random in it."""

from __future__ import annotations

import pytest
import torch

from netdesigner.compiler.operations.attention import MultiheadAttention
from netdesigner.compiler.operations.dot_product import ScaledDotProductAttention
from netdesigner.compiler.operations.values import CausalMask


@pytest.fixture
def heads() -> torch.Tensor:
    torch.manual_seed(0)
    return torch.randn(3, 2, 5, 4)


def test_a_mask_means_what_it_means_to_multihead_attention(heads: torch.Tensor) -> None:
    both = MultiheadAttention(embed_dim=8, num_heads=2, bias=False, batch_first=True)
    with torch.no_grad():
        both.in_proj_weight.copy_(torch.eye(8).repeat(3, 1))
        both.out_proj.weight.copy_(torch.eye(8))
    steps = heads.transpose(1, 2).flatten(2)
    mask = CausalMask()(steps)
    padding = torch.zeros(3, 5, dtype=torch.bool)
    padding[1, 3:] = True
    expected, _ = both(steps, steps, steps, padding, mask)
    found = ScaledDotProductAttention()(heads, heads, heads, padding, mask)
    torch.testing.assert_close(found.transpose(1, 2).flatten(2), expected)


def test_a_causal_mask_from_a_wire_is_that_of_is_causal(heads: torch.Tensor) -> None:
    causal = ScaledDotProductAttention(is_causal=True)(heads, heads, heads)
    for dtype in ("bool", "float32"):
        mask = CausalMask(dim=2, dtype=dtype)(heads)
        found = ScaledDotProductAttention()(heads, heads, heads, None, mask)
        torch.testing.assert_close(found, causal)
    nobody = torch.zeros(3, 5, dtype=torch.bool)
    torch.testing.assert_close(ScaledDotProductAttention(is_causal=True)(heads, heads, heads, nobody), causal)


def test_windows_of_a_sample_attend_each_by_itself(heads: torch.Tensor) -> None:
    windows = torch.stack([heads, heads.flip(2)], dim=1)
    bias = torch.randn(1, 1, 2, 5, 5)
    found = ScaledDotProductAttention()(windows, windows, windows, None, bias)
    for at in range(2):
        one = windows[:, at]
        torch.testing.assert_close(found[:, at], ScaledDotProductAttention()(one, one, one, None, bias[:, 0]))


def test_weights_are_dropped_while_training_only(heads: torch.Tensor) -> None:
    module = ScaledDotProductAttention(dropout_p=0.5)
    plain = ScaledDotProductAttention()(heads, heads, heads)
    assert not torch.equal(module(heads, heads, heads), plain)
    assert torch.equal(module.eval()(heads, heads, heads), plain)
