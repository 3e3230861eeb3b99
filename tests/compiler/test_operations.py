"""Modules of our own where torch.nn has none: what they compute, not only its shape."""

from __future__ import annotations

import itertools

import pytest
import torch

from netdesigner.compiler.operations import attention, recurrent, reduction, shape

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


def test_weights_have_the_names_of_torch() -> None:
    ours = attention.MultiheadAttention(embed_dim=WIDTH, num_heads=2).state_dict()
    theirs = torch.nn.MultiheadAttention(embed_dim=WIDTH, num_heads=2).state_dict()
    assert ours.keys() == theirs.keys()


def test_modules_show_what_they_do() -> None:
    assert repr(shape.Concat(1)) == "Concat(dim=1)"
    assert repr(shape.Reshape((1, 8, 8))) == "Reshape(shape=(1, 8, 8))"
    assert repr(shape.Permute((0, 2, 1))) == "Permute(dims=(0, 2, 1))"
    assert repr(reduction.Reduction("mean", (2, 3), True, {})) == "Reduction(mean, dim=(2, 3), keepdim=True)"
