from __future__ import annotations

import torch

from netdesigner.checks import check
from netdesigner.checks.report import Trace
from netdesigner.compiler.trial import fits, index_limits, lengths_of, trial_inputs
from netdesigner.document import Design
from tests.compiler.designs import CATALOG, DESIGNS, Sketch


def trace_of(design: Design) -> Trace:
    return check(design, CATALOG).traces["main"]


def test_indices_lie_within_the_smallest_table_they_reach() -> None:
    net = Sketch()
    words = net("Input", name="words", shape=(6,), dtype="int64")
    flat = net("Reshape", words, name="pairs", shape=(3, 2))
    small = net("Embedding", flat, name="small", num_embeddings=5, embedding_dim=2)
    large = net("Embedding", flat, name="large", num_embeddings=90, embedding_dim=2)
    net("Output", net("Add", small, large, name="sum"), name="y")
    trace = trace_of(net.design())
    assert index_limits(trace) == {0: 5}
    (inputs,) = trial_inputs(trace, 200)
    assert set(inputs.unique().tolist()) == {0, 1, 2, 3, 4}


def test_indices_lie_within_the_classes_that_are_spread() -> None:
    net = Sketch()
    words = net("Input", name="words", shape=(6,), dtype="int64")
    net("Output", net("OneHot", words, num_classes=3), name="y")
    assert index_limits(trace_of(net.design())) == {0: 3}


def test_axes_without_a_length_get_one_that_every_layer_can_take() -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(3, 0), axes=("C", "T"))
    for _ in range(7):
        x = net("MaxPool1d", x, kernel_size=2)
    net("Output", x, name="y")
    trace = trace_of(net.design())
    assert lengths_of(trace)["T"] == 128
    assert trial_inputs(trace, 2)[0].shape == (2, 3, 128)


def test_axes_without_a_length_are_no_longer_than_a_layer_allows() -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(0, 4), axes=("T", "E"))
    y = net("LearnedPositions", net("LearnedPositions", x, max_length=40), max_length=11)
    net("Output", y, name="y")
    trace = trace_of(net.design())
    assert lengths_of(trace) == {"T": 8}
    assert fits(trace, {"T": 11})
    assert not fits(trace, {"T": 12})


def test_a_mask_hides_something_but_not_all() -> None:
    _, mask = trial_inputs(trace_of(DESIGNS["attention"]), 2)
    assert mask.dtype == torch.bool
    assert mask.any(dim=1).all()
    assert not mask.all(dim=1).any()


def test_the_same_seed_gives_the_same_inputs_and_leaves_torchs_generator_alone() -> None:
    trace = trace_of(DESIGNS["residual"])
    before = torch.get_rng_state()
    assert torch.equal(*(trial_inputs(trace, 2, seed=5)[0] for _ in range(2)))
    assert torch.equal(before, torch.get_rng_state())
