"""Selective state spaces."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["SelectiveScan"]


class SelectiveScan(nn.Module):
    """The recurrence of Mamba: a state for each feature, decayed and fed by amounts that each step chooses itself.

    h_t = exp(d_t A) h_(t-1) + d_t B_t x_t and y_t = C_t h_t + D x_t, where d_t = softplus(delta_t). All steps are
    worked out together by doubling: after k rounds each place knows what the last 2^k steps did to it.
    """

    def __init__(self, features: int, d_state: int) -> None:
        super().__init__()
        decay = torch.arange(1, d_state + 1, dtype=torch.float32)
        self.A_log = nn.Parameter(torch.log(decay).repeat(features, 1))
        self.D = nn.Parameter(torch.ones(features))

    def forward(
        self, input: Tensor, delta: Tensor, feeds: Tensor, reads: Tensor
    ) -> Tensor:
        """Takes (N, T, features) twice, and B and C, (N, T, d_state); gives (N, T, features)."""
        step = F.softplus(delta)
        decay = torch.exp(step.unsqueeze(-1) * -torch.exp(self.A_log))
        state = (step * input).unsqueeze(-1) * feeds.unsqueeze(2)
        reach, steps = 1, input.shape[1]
        while reach < steps:
            before = F.pad(state[:, :-reach], (0, 0, 0, 0, reach, 0))
            state = state + decay * before
            decay = decay * F.pad(decay[:, :-reach], (0, 0, 0, 0, reach, 0), value=1.0)
            reach *= 2
        return (state * reads.unsqueeze(2)).sum(-1) + self.D * input
