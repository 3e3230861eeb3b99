"""Time mixing without attention."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["RWKVTimeMix"]

Sums = tuple[Tensor, Tensor, Tensor]
"""Weighed values, weights, and the largest exponent, which both are relative to."""

_NOTHING = -1e30
"""The exponent of what was not there."""


class RWKVTimeMix(nn.Module):
    """The time mixing of RWKV-4: a mean over the past that fades, and that each step weighs by its key."""

    def __init__(self, features: int) -> None:
        super().__init__()
        place = torch.arange(features, dtype=torch.float32) / max(1, features - 1)
        self.time_decay = nn.Parameter(-5 + 8 * place**0.7)
        self.time_first = nn.Parameter(torch.full((features,), 0.3).log())
        self.time_mix_k = nn.Parameter(place.clone())
        self.time_mix_v = nn.Parameter(place.clone())
        self.time_mix_r = nn.Parameter(place * 0.5)
        self.key = nn.Linear(features, features, bias=False)
        self.value = nn.Linear(features, features, bias=False)
        self.receptance = nn.Linear(features, features, bias=False)
        self.output = nn.Linear(features, features, bias=False)

    def forward(self, input: Tensor) -> Tensor:
        """Takes and gives (N, T, features)."""
        before = F.pad(input[:, :-1], (0, 0, 1, 0))
        key = self.key(torch.lerp(before, input, self.time_mix_k))
        value = self.value(torch.lerp(before, input, self.time_mix_v))
        gate = torch.sigmoid(
            self.receptance(torch.lerp(before, input, self.time_mix_r))
        )
        output: Tensor = self.output(gate * self._faded_mean(key, value))
        return output

    def _faded_mean(self, key: Tensor, value: Tensor) -> Tensor:
        """The mean of the values so far, weighed by the exponentials of their keys, which fade.

        All steps are worked out together by doubling: after k rounds each place knows what the last 2^k steps left to
        it. Exponents are taken relative to the largest so far, so that none overflows.
        """
        decay = -torch.exp(self.time_decay)
        total, weight, highest = value, torch.ones_like(key), key
        reach, steps = 1, key.shape[1]
        while reach < steps:
            earlier = (
                _later(total, reach),
                _later(weight, reach),
                _later(highest, reach, _NOTHING),
            )
            faded = (*earlier[:2], earlier[2] + reach * decay)
            total, weight, highest = _together((total, weight, highest), faded)
            reach *= 2
        past = _later(total, 1), _later(weight, 1), _later(highest, 1, _NOTHING)
        now = value, torch.ones_like(key), key + self.time_first
        total, weight, _ = _together(past, now)
        return total / weight


def _later(values: Tensor, steps: int, before: float = 0.0) -> Tensor:
    """Moved so many steps on, along the second axis."""
    return F.pad(values[:, :-steps], (0, 0, steps, 0), value=before)


def _together(one: Sums, other: Sums) -> Sums:
    """The sums of two stretches of time."""
    top = torch.maximum(one[2], other[2])
    left, right = torch.exp(one[2] - top), torch.exp(other[2] - top)
    return left * one[0] + right * other[0], left * one[1] + right * other[1], top
