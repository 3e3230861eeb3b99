from __future__ import annotations

import math

import torch

from netdesigner.checks import check
from netdesigner.compiler.agreement import largest_difference, results_of, trials_of
from tests.compiler.designs import CATALOG, DESIGNS, Sketch

ONE = torch.tensor([1.0, 2.0])


def test_the_largest_difference_is_found() -> None:
    assert largest_difference([ONE, ONE], [ONE, ONE + torch.tensor([0.0, -0.5])]) == 0.5


def test_other_shapes_kinds_and_counts_differ_infinitely() -> None:
    assert largest_difference([ONE], [ONE[:1]]) == math.inf
    assert largest_difference([ONE], [ONE.double()]) == math.inf
    assert largest_difference([ONE], []) == math.inf


def test_what_is_not_finite_agrees_only_with_its_like() -> None:
    odd = torch.tensor([math.nan, math.inf])
    assert largest_difference([odd], [odd.clone()]) == 0
    assert largest_difference([odd], [torch.tensor([math.nan, -math.inf])]) == math.inf
    assert largest_difference([odd], [torch.tensor([0.0, math.inf])]) == math.inf
    assert largest_difference([torch.tensor([0.0, math.inf])], [odd]) == math.inf


def test_trials_have_batches_and_lengths_of_several_sizes() -> None:
    trace = check(DESIGNS["lstm"], CATALOG).traces["main"]
    assert [tuple(inputs[0].shape) for inputs in trials_of(trace)] == [(1, 16), (3, 32), (8, 48)]
    assert [tuple(inputs[0].shape) for inputs in trials_of(trace, fixed_lengths=True)] == [
        (1, 16),
        (3, 16),
        (8, 16),
    ]


def test_trials_are_shorter_where_no_layer_may_get_more() -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(0, 4), axes=("T", "E"))
    net("Output", net("LearnedPositions", x, max_length=20), name="y")
    trace = check(net.design(), CATALOG).traces["main"]
    assert [inputs[0].shape[1] for inputs in trials_of(trace)] == [16, 8, 5]


def test_results_are_those_of_evaluation_mode() -> None:
    module = torch.nn.Sequential(torch.nn.Dropout(0.5), torch.nn.BatchNorm1d(2))
    module[1].eval()
    (found,) = results_of(module, (torch.ones(3, 2),))
    assert torch.allclose(found, torch.ones(3, 2))
    assert [part.training for part in module.modules()] == [True, True, False]
