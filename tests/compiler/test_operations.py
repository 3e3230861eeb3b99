"""Modules of our own where torch.nn has none: what they compute, not only its shape."""

from __future__ import annotations

import itertools

import pytest
import torch

from netdesigner.compiler.operations import (
    activation,
    attention,
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


def test_modules_show_what_they_do() -> None:
    assert repr(shape.Concat(1)) == "Concat(dim=1)"
    assert repr(shape.Reshape((1, 8, 8))) == "Reshape(shape=(1, 8, 8))"
    assert repr(shape.Permute((0, 2, 1))) == "Permute(dims=(0, 2, 1))"
    assert repr(reduction.Mean((2, 3), True)) == "Mean(dim=(2, 3), keepdim=True)"
