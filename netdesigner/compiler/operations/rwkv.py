"""Time mixing without attention."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["RWKVTimeMix"]


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
        """Worked out step by step; exponents are taken relative to the largest so far, so that none overflows."""
        decay = -torch.exp(self.time_decay)
        total, weight = torch.zeros_like(value[:, 0]), torch.zeros_like(value[:, 0])
        highest = torch.full_like(total, -1e30)
        found = []
        for now, what in zip(key.unbind(1), value.unbind(1), strict=True):
            first = now + self.time_first
            top = torch.maximum(highest, first)
            past, present = torch.exp(highest - top), torch.exp(first - top)
            found.append((past * total + present * what) / (past * weight + present))
            faded = highest + decay
            top = torch.maximum(faded, now)
            past, present = torch.exp(faded - top), torch.exp(now - top)
            total, weight, highest = (
                past * total + present * what,
                past * weight + present,
                top,
            )
        return torch.stack(found, 1)
