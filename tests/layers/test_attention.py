"""Attention: widths, heads, masks and counts."""

from __future__ import annotations

import inspect

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.multihead_attention import MultiheadAttention
from netdesigner.layers.scaled_dot_product_attention import ScaledDotProductAttention
from netdesigner.layers.transformer import (
    Transformer,
    TransformerDecoder,
    TransformerDecoderLayer,
    TransformerEncoder,
    TransformerEncoderLayer,
)
from netdesigner.parts.tensor import TensorSpec

STEPS = TensorSpec(("N", "T", 768))


def test_a_layer_of_bert_counts_as_published() -> None:
    layer = TransformerEncoderLayer(nhead=12, dim_feedforward=3072, batch_first=True)
    assert layer.cost(STEPS, None, None).parameters == 7_087_872


def test_attention_counts_projections_and_pairs_of_steps() -> None:
    steps = TensorSpec(("N", 10, 64))
    cost = MultiheadAttention(num_heads=8, batch_first=True).cost(steps, steps, steps, None, None)
    assert cost.parameters == 4 * (64 * 64 + 64)
    assert cost.macs == 10 * 4 * 64 * 64 + 2 * 10 * 10 * 64


def test_keys_of_another_width_are_told_to_torch() -> None:
    layer = MultiheadAttention(batch_first=True)
    arguments = layer.arguments(STEPS, TensorSpec(("N", "S", 32)), TensorSpec(("N", "S", 768)), None, None)
    assert arguments["embed_dim"] == 768
    assert arguments["kdim"] == 32
    assert "vdim" not in arguments


def test_heads_must_share_the_features_equally() -> None:
    with pytest.raises(ShapeError, match=r"cannot share 768 features among 5 heads equally") as refused:
        TransformerEncoderLayer(nhead=5, batch_first=True).shape(STEPS, None, None)
    assert refused.value.changes == ({"nhead": 4},)
    assert refused.value.port == "src"


@pytest.mark.parametrize(
    ("port", "specs", "message"),
    [
        ("value", (STEPS, STEPS, TensorSpec(("N", "S", 768)), None, None), "needs a value for each key"),
        (
            "key",
            (STEPS, TensorSpec((4, "T", 768)), STEPS, None, None),
            "'key' .* has another batch than 'query'",
        ),
        (
            "attn_mask",
            (STEPS, STEPS, STEPS, None, TensorSpec(("T", "T"))),
            r"takes \[N, T, T\], but gets \[T, T\]",
        ),
        (
            "attn_mask",
            (STEPS,) * 3 + (None, TensorSpec(("N", "T", "T"), "int64")),
            "takes bool or real numbers",
        ),
        (
            "key_padding_mask",
            (STEPS,) * 3 + (TensorSpec(("N", "S"), "bool"), None),
            r"takes \[N, T\], but gets",
        ),
        (
            "key_padding_mask",
            (STEPS, STEPS, STEPS, TensorSpec(("N", "T"), "bool"), TensorSpec(("N", "T", "T"))),
            "must be float32 as 'attn_mask' is",
        ),
    ],
)
def test_what_does_not_fit_is_named(port: str, specs: tuple[TensorSpec | None, ...], message: str) -> None:
    with pytest.raises(ShapeError, match=message) as refused:
        MultiheadAttention(batch_first=True).shape(*specs)
    assert refused.value.port == port


def test_a_causal_layer_makes_its_mask_itself() -> None:
    layer = TransformerEncoderLayer(batch_first=True, is_causal=True)
    with pytest.raises(ShapeError, match="makes the mask itself while is_causal is on") as refused:
        layer.shape(STEPS, TensorSpec(("N", "T", "T")), None)
    assert refused.value.changes == ({"is_causal": False},)
    source = layer.call("self.layer", "x", "None", "None")
    assert source.startswith("self.layer(x, src_mask=torch.ones(x.shape[1], x.shape[1]")
    assert source.endswith("is_causal=True)")


def test_the_transformer_of_the_paper_counts_as_published() -> None:
    steps = TensorSpec(("N", "T", 512))
    cost = Transformer(nhead=8).cost(steps, steps, *[None] * 6)
    assert cost.parameters == 6 * 3_152_384 + 6 * 4_204_032 + 2 * 2 * 512


def test_a_stack_counts_its_layers_and_its_norm() -> None:
    one = TransformerDecoderLayer(batch_first=True).cost(STEPS, STEPS, *[None] * 4)
    stack = TransformerDecoder(batch_first=True, num_layers=3, norm=True)
    found = stack.cost(STEPS, STEPS, *[None] * 4)
    assert (found.parameters, found.macs) == (3 * one.parameters + 2 * 768, 3 * one.macs)
    assert TransformerEncoder(batch_first=True).cost(STEPS, None, None).parameters == 2 * 5_513_984


@pytest.mark.parametrize(
    ("port", "specs", "message"),
    [
        (
            "memory",
            (STEPS, TensorSpec(("N", "S", 64))),
            "the same samples and features in 'memory' and 'tgt'",
        ),
        ("memory", (STEPS, TensorSpec((4, "S", 768))), "the same samples and features in 'memory' and 'tgt'"),
        ("memory_mask", (STEPS, STEPS, None, TensorSpec(("N", "T", "S"))), r"takes \[N, T, T\], but gets"),
        ("tgt_mask", (STEPS, STEPS, TensorSpec(("N", "T", "T"))), "while tgt_is_causal is on"),
    ],
)
def test_what_does_not_fit_a_decoder_is_named(
    port: str, specs: tuple[TensorSpec | None, ...], message: str
) -> None:
    layer = TransformerDecoder(batch_first=True, tgt_is_causal=True)
    with pytest.raises(ShapeError, match=message) as refused:
        layer.shape(*specs, *[None] * (6 - len(specs)))
    assert refused.value.port == port


def test_a_transformer_looks_at_the_source_for_the_mask_of_its_memory() -> None:
    layer = Transformer(batch_first=True)
    source, target = TensorSpec(("N", "S", 64)), TensorSpec(("N", "T", 64))
    masks = (None, None, TensorSpec(("N", "T", "S"), "bool"), TensorSpec(("N", "S"), "bool"))
    assert layer.shape(source, target, *masks, None, TensorSpec(("N", "S"), "bool")) == target


def test_the_parameters_of_a_transformer_are_those_of_torch() -> None:
    from torch import nn

    theirs = inspect.signature(nn.Transformer.__init__).parameters
    ours = {name: value for name, value in Transformer().values().items() if not name.endswith("is_causal")}
    assert {name for name in theirs if name not in ours} == {
        "self", "d_model", "custom_encoder", "custom_decoder", "device", "dtype"
    }  # fmt: skip
    assert {name: theirs[name].default for name in ours if name != "activation"} == {
        name: value for name, value in ours.items() if name != "activation"
    }


def test_attention_without_its_weights_does_not_ask_for_them() -> None:
    layer = MultiheadAttention(batch_first=True).alone()
    assert layer.call("self.heads", "q", "k", "v") == "self.heads(q, k, v, need_weights=False)"
    assert layer.targets("y") == "y, _"


def test_fewer_heads_of_keys_are_a_matter_of_grouped_queries() -> None:
    query, key = TensorSpec(("N", 8, "T", 16)), TensorSpec(("N", 2, "T", 16))
    three = TensorSpec(("N", 3, "T", 16))
    with pytest.raises(ShapeError, match="equal before their last two axes") as refused:
        ScaledDotProductAttention().shape(query, key, key, None, None)
    assert refused.value.changes == ({"enable_gqa": True},)
    assert ScaledDotProductAttention(enable_gqa=True).shape(query, key, key, None, None) == query
    with pytest.raises(
        ShapeError, match=r"cannot share the heads of \[N, 3, T, 16\] among the 8 of the query"
    ):
        ScaledDotProductAttention(enable_gqa=True).shape(query, three, three, None, None)


def test_a_mask_has_to_suit_the_steps() -> None:
    heads = TensorSpec(("N", 2, "T", 4))
    attention = ScaledDotProductAttention()
    with pytest.raises(ShapeError, match=r"'attn_mask' of .* takes \[N, T, T\] or \[N, 2, T, T\]") as refused:
        attention.shape(heads, heads, heads, None, TensorSpec(("N", "T"), "bool"))
    assert refused.value.port == "attn_mask"
    with pytest.raises(ShapeError, match=r"'key_padding_mask' of .* must be float32 as 'attn_mask' is"):
        attention.shape(heads, heads, heads, TensorSpec(("N", "T"), "bool"), TensorSpec(("N", "T", "T")))
    with pytest.raises(ShapeError, match=r"takes bool or float32, but gets \[N, T\] int64"):
        attention.shape(heads, heads, heads, TensorSpec(("N", "T"), "int64"), None)
