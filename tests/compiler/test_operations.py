"""Modules of our own where torch.nn has none: what they compute, not only its shape."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch

from netdesigner.compiler.operations import (
    activation,
    attention,
    embedding,
    normalisation,
    pooling,
    recurrent,
    reduction,
    shape,
)

WIDTH = 8


@pytest.fixture
def steps() -> torch.Tensor:
    return torch.randn(3, 5, WIDTH)


@pytest.mark.parametrize("training", [True, False])
def test_a_causal_layer_does_not_look_ahead(steps: torch.Tensor, training: bool) -> None:
    layer = attention.TransformerEncoderLayer(
        is_causal=True, d_model=WIDTH, nhead=2, dim_feedforward=16, dropout=0.0, batch_first=True
    ).train(training)
    other = steps.clone()
    other[:, 3:] = 0
    with torch.no_grad():
        same = torch.isclose(layer(steps), layer(other), atol=1e-6).all(dim=-1)
    assert same[:, :3].all()
    assert not same[:, 3:].any()


@pytest.mark.parametrize("batch_first", [True, False])
def test_causal_attention_gives_no_weight_to_later_steps(steps: torch.Tensor, batch_first: bool) -> None:
    layer = attention.MultiheadAttention(
        is_causal=True, embed_dim=WIDTH, num_heads=2, batch_first=batch_first
    )
    given = steps if batch_first else steps.transpose(0, 1)
    _, weights = layer(given, given, given)
    assert torch.equal(weights, weights.tril())


@pytest.mark.parametrize("added", [False, True])
def test_causal_attention_without_weights_gives_the_same(steps: torch.Tensor, added: bool) -> None:
    told = {
        "embed_dim": WIDTH,
        "num_heads": 2,
        "batch_first": True,
        "add_bias_kv": added,
        "add_zero_attn": added,
    }
    full = attention.MultiheadAttention(is_causal=True, **told)
    alone = attention.MultiheadAttention(is_causal=True, need_weights=False, **told)
    alone.load_state_dict(full.state_dict())
    longer = torch.randn(3, 7, WIDTH)
    torch.testing.assert_close(alone(steps, longer, longer), full(steps, longer, longer)[0])


def test_each_sample_has_its_own_mask_in_every_head(steps: torch.Tensor) -> None:
    layer = attention.MultiheadAttention(embed_dim=WIDTH, num_heads=4, batch_first=True)
    mask = torch.zeros(3, 5, 5, dtype=torch.bool)
    mask[1, :, 2] = True
    _, weights = layer(steps, steps, steps, None, mask)
    assert (weights[1, :, 2] == 0).all()
    assert (weights[0, :, 2] > 0).all()
    assert (weights[2, :, 2] > 0).all()


@pytest.mark.parametrize(
    ("bidirectional", "batch_first", "bias", "stateful"), list(itertools.product((False, True), repeat=4))
)
@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
def test_the_lstm_that_is_exported_equals_the_one_that_is_trained(
    bidirectional: bool, batch_first: bool, bias: bool, stateful: bool
) -> None:
    lstm = recurrent.LSTM(
        input_size=3,
        hidden_size=5,
        num_layers=2,
        proj_size=2,
        bidirectional=bidirectional,
        batch_first=batch_first,
        bias=bias,
    )
    given, samples = torch.randn(4, 6, 3), 4 if batch_first else 6
    layers = 4 if bidirectional else 2
    states = (torch.randn(layers, samples, 2), torch.randn(layers, samples, 5)) if stateful else (None, None)
    for written_out, trained in zip(lstm._written_out(given, *states), lstm(given, *states), strict=True):
        torch.testing.assert_close(written_out, trained)


def test_rrelu_in_use_is_that_of_torch_and_leaves_nothing_to_chance() -> None:
    given = torch.randn(4, 50)
    ours, theirs = activation.RReLU(0.1, 0.5).eval(), torch.nn.RReLU(0.1, 0.5).eval()
    assert torch.equal(ours(given), theirs(given))
    assert not torch.equal(ours.train()(given), theirs(given))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 9])
def test_lrn_across_maps_gives_the_numbers_of_torch_and_their_gradient(size: int) -> None:
    given = torch.randn(2, 7, 2, 3, dtype=torch.float64, requires_grad=True)
    numbers = {"size": size, "alpha": 1.0, "beta": 0.7, "k": 2.0}
    ours = normalisation.CrossMapLRN2d(**numbers)
    torch.testing.assert_close(ours(given), torch.nn.CrossMapLRN2d(**numbers)(given))
    assert torch.autograd.gradcheck(ours, given)


@pytest.mark.parametrize("axes", [2, 3])
@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(2, 2, 0), (3, 2, 1), (1, 3, 0), (3, 1, 1)])
def test_windows_are_divided_in_an_export_as_in_training(
    axes: int, ceil_mode: bool, kernel: int, stride: int, padding: int
) -> None:
    pool = {2: pooling.AvgPool2d, 3: pooling.AvgPool3d}[axes](kernel, stride, padding, ceil_mode, True, 5)
    given = torch.randn(2, 3, *(8, 5, 6)[:axes])
    torch.testing.assert_close(pooling._divided_sums(given, pool, axes), pool(given))


@pytest.mark.parametrize("counts", [(1, 1, 1), (2, 3, 4), (5, 1, 7), (6, 5, 8)])
def test_bins_hold_in_an_export_what_they_hold_in_training(counts: tuple[int, int, int]) -> None:
    given = torch.randint(5, (2, 3, 5, 7, 6)).float()  # many are equal: the first of them counts
    expected = torch.nn.functional.adaptive_max_pool3d(given, counts, return_indices=True)
    for found, same in zip(pooling._max_of_bins(given, counts), expected, strict=True):
        assert torch.equal(found, same)


@pytest.mark.parametrize("axes", [2, 3])
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_a_fractional_pool_lies_evenly_in_evaluation(axes: int, count: int) -> None:
    kind = {2: pooling.FractionalMaxPool2d, 3: pooling.FractionalMaxPool3d}[axes]
    ours = kind(2, output_size=count, return_indices=True).eval()
    given = torch.randint(9, (2, 3, *(9, 8, 7)[:axes])).float()
    theirs = getattr(torch.nn, kind.__name__)(
        2, output_size=count, return_indices=True, _random_samples=torch.full((2, 3, axes), 0.5)
    )
    for found, same in zip(ours(given), theirs(given), strict=True):
        assert torch.equal(found, same)


def test_a_fractional_pool_is_dealt_out_anew_while_training() -> None:
    pool = pooling.FractionalMaxPool2d(2, output_ratio=0.6)
    given = torch.randn(1, 1, 30, 30)
    assert not torch.equal(pool(given), pool(given))
    pool.eval()
    assert torch.equal(pool(given), pool(given))


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_unpooling_puts_back_what_a_pool_kept(axes: int) -> None:
    given = torch.rand(2, 3, *(7, 5, 9)[:axes]) + 1
    pool = getattr(torch.nn, f"MaxPool{axes}d")(2, return_indices=True)
    unpool = getattr(pooling, f"MaxUnpool{axes}d")(2)
    kept, indices = pool(given)
    back = unpool(kept, indices, given)
    assert back.shape == given.shape
    assert torch.equal(back[back > 0].sort().values, kept.flatten().sort().values)
    assert torch.equal(back[back > 0], given[back > 0])


def test_weights_have_the_names_of_torch() -> None:
    ours = attention.MultiheadAttention(embed_dim=WIDTH, num_heads=2).state_dict()
    theirs = torch.nn.MultiheadAttention(embed_dim=WIDTH, num_heads=2).state_dict()
    assert ours.keys() == theirs.keys()


OF_A_LAYER: dict[str, Any] = {
    "d_model": WIDTH,
    "nhead": 2,
    "dim_feedforward": 16,
    "dropout": 0.0,
    "activation": "gelu",
    "layer_norm_eps": 1e-5,
    "batch_first": True,
    "norm_first": True,
    "bias": False,
}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("norm", [True, False])
def test_stacks_give_the_numbers_of_torch_with_its_weights(
    steps: torch.Tensor, training: bool, norm: bool
) -> None:
    memory, hidden = torch.randn(3, 4, WIDTH), torch.zeros(3, 4, dtype=torch.bool)
    hidden[1, 2:] = True
    causal = torch.ones(5, 5, dtype=torch.bool).triu(1)
    last = torch.nn.LayerNorm(WIDTH, bias=False) if norm else None
    layer = torch.nn.TransformerEncoderLayer(**OF_A_LAYER)
    encoder = attention.TransformerEncoder(num_layers=2, norm=norm, is_causal=True, **OF_A_LAYER)
    theirs = torch.nn.TransformerEncoder(layer, 2, last, enable_nested_tensor=False)
    theirs.load_state_dict(encoder.state_dict())
    found, expected = encoder.train(training)(steps), theirs.train(training)(steps, causal)
    torch.testing.assert_close(found, expected)

    layer = torch.nn.TransformerDecoderLayer(**OF_A_LAYER)
    decoder = attention.TransformerDecoder(
        num_layers=2, norm=norm, tgt_is_causal=True, memory_is_causal=False, **OF_A_LAYER
    )
    theirs = torch.nn.TransformerDecoder(layer, 2, last)
    theirs.load_state_dict(decoder.state_dict())
    found = decoder.train(training)(steps, memory, None, None, None, hidden)
    expected = theirs.train(training)(steps, memory, causal, memory_key_padding_mask=hidden)
    torch.testing.assert_close(found, expected)


def test_a_transformer_gives_the_numbers_of_torch_with_its_weights(steps: torch.Tensor) -> None:
    told = {**OF_A_LAYER, "norm_first": False, "bias": True, "num_encoder_layers": 2, "num_decoder_layers": 1}
    ours = attention.Transformer(src_is_causal=False, tgt_is_causal=True, memory_is_causal=False, **told)
    theirs = torch.nn.Transformer(**told)
    theirs.load_state_dict(ours.state_dict())
    causal = torch.ones(5, 5, dtype=torch.bool).triu(1)
    source = torch.randn(3, 4, WIDTH)
    torch.testing.assert_close(ours(source, steps), theirs(source, steps, tgt_mask=causal))


def test_the_layers_of_a_stack_begin_with_weights_of_their_own() -> None:
    encoder = attention.TransformerEncoder(num_layers=2, norm=False, is_causal=False, **OF_A_LAYER)
    first, second = (layer.linear1.weight for layer in encoder.layers)
    assert not torch.equal(first, second)


def test_a_stack_gives_the_same_in_evaluation_where_steps_are_filling(steps: torch.Tensor) -> None:
    encoder = attention.TransformerEncoder(
        num_layers=2, norm=False, is_causal=False, **{**OF_A_LAYER, "norm_first": False, "bias": True}
    )
    filling = torch.zeros(3, 5, dtype=torch.bool)
    filling[:, 4] = True
    with torch.no_grad():
        trained = encoder(steps, None, filling)
        torch.testing.assert_close(encoder.eval()(steps, None, filling), trained)


@pytest.mark.parametrize("mode", ["mean", "sum", "max"])
@pytest.mark.parametrize("padding_idx", [None, 0])
def test_a_bag_that_is_exported_equals_the_one_that_is_trained(mode: str, padding_idx: int | None) -> None:
    bag = embedding.EmbeddingBag(6, 3, mode=mode, padding_idx=padding_idx)
    numbers = torch.tensor([[0, 1, 2, 2], [0, 0, 0, 0], [5, 0, 4, 3]])
    weights = torch.randn(3, 4) if mode == "sum" else None
    torch.testing.assert_close(bag._written_out(numbers, weights), bag(numbers, weights))


def test_modules_show_what_they_do() -> None:
    assert repr(shape.Concat(1)) == "Concat(dim=1)"
    assert repr(shape.Reshape((1, 8, 8))) == "Reshape(shape=(1, 8, 8))"
    assert repr(shape.Permute((0, 2, 1))) == "Permute(dims=(0, 2, 1))"
    assert repr(reduction.Reduction("mean", (2, 3), True, {})) == "Reduction(mean, dim=(2, 3), keepdim=True)"
