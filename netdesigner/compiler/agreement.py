"""Whether two forms of a network give the same numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from netdesigner.checks.report import Trace
from netdesigner.compiler.trial import fits, lengths_of, trial_inputs
from netdesigner.parts.modes import evaluating

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = [
    "TOLERANCE",
    "Tensors",
    "largest_difference",
    "results_of",
    "trials_of",
]

Tensors = tuple["Tensor", ...]

TOLERANCE = 1e-4
"""The largest difference between two numbers with which a file still counts as verified, whatever their size."""
_BATCH_SIZES = (1, 3, 8)


def trials_of(trace: Trace, *, fixed_lengths: bool = False) -> tuple[Tensors, ...]:
    """Random inputs for a few batches of different sizes.

    Args:
        trace: of the graph.
        fixed_lengths: keep axes with a name other than the batch's at one length; else they change from batch to batch.
    """
    first = lengths_of(trace)
    found = []
    for number, batch_size in enumerate(_BATCH_SIZES):
        lengths = first if fixed_lengths else _other_lengths(trace, first, number + 1)
        found.append(trial_inputs(trace, batch_size, lengths=lengths, seed=number))
    return tuple(found)


def _other_lengths(trace: Trace, lengths: Mapping[str, int], factor: int) -> Mapping[str, int]:
    """Lengths so many times as large, or as small where no layer may get more; the same where neither is possible."""
    longer = {name: length * factor for name, length in lengths.items()}
    shorter = {name: max(1, length // factor) for name, length in lengths.items()}
    return next((other for other in (longer, shorter) if fits(trace, other)), lengths)


def results_of(module: nn.Module, inputs: Tensors) -> Tensors:
    """What a network gives in evaluation mode, as a tuple also where it is one tensor."""
    import torch

    with evaluating(module), torch.no_grad():
        found = module(*inputs)
    return found if isinstance(found, tuple) else (found,)


def largest_difference(expected: Sequence[Tensor], found: Sequence[Tensor]) -> float:
    """The largest difference between any two numbers in the same place; infinite where shapes or kinds differ.

    Two numbers that are both not finite do not differ where they are the same.
    """
    if len(expected) != len(found):
        return math.inf
    return max((_difference(a, b) for a, b in zip(expected, found, strict=True)), default=0.0)


def _difference(expected: Tensor, found: Tensor) -> float:
    if expected.shape != found.shape or expected.dtype != found.dtype:
        return math.inf
    if expected.numel() == 0:
        return 0.0
    first, second = expected.detach().double(), found.detach().double()
    same = (first == second) | (first.isnan() & second.isnan())
    apart = (first - second).abs().masked_fill(same, 0.0).nan_to_num(math.inf, math.inf)
    return float(apart.max())
