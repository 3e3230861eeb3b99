"""Feed-forward networks with gates."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["MixtureOfExperts", "SwiGLU"]


class SwiGLU(nn.Module):
    """A feed-forward network whose hidden features are gated by others."""

    def __init__(self, in_features: int, hidden_features: int, bias: bool) -> None:
        super().__init__()
        self.gate = nn.Linear(in_features, hidden_features, bias)
        self.up = nn.Linear(in_features, hidden_features, bias)
        self.down = nn.Linear(hidden_features, in_features, bias)

    def forward(self, input: Tensor) -> Tensor:
        """Takes and gives (..., in_features)."""
        hidden: Tensor = F.silu(self.gate(input)) * self.up(input)
        output: Tensor = self.down(hidden)
        return output


class MixtureOfExperts(nn.Module):
    """Feed-forward networks of which each place uses the few that a router chooses for it.

    Every expert is worked out for every place and those that were not chosen count nothing, so that shapes do not
    depend on values and the network can be compiled and exported.
    """

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        num_experts: int,
        top_k: int,
        gated: bool = False,
    ) -> None:
        super().__init__()
        self.top_k = top_k
        self.router = nn.Linear(in_features, num_experts, bias=False)
        self.gated = gated
        inner = (num_experts, in_features, hidden_features)
        if gated:
            self.gate = nn.Parameter(torch.empty(inner))
        self.up = nn.Parameter(torch.empty(inner))
        self.down = nn.Parameter(torch.empty(num_experts, hidden_features, in_features))
        for weight in self.parameters(recurse=False):
            bound = weight.shape[1] ** -0.5
            nn.init.uniform_(weight, -bound, bound)

    def forward(self, input: Tensor) -> tuple[Tensor, Tensor]:
        """Takes (..., in_features), gives the same and the balance loss, a number."""
        places = input.reshape(-1, input.shape[-1])
        chances = torch.softmax(self.router(places), -1)
        best, chosen = chances.topk(self.top_k, -1)
        share = best / best.sum(-1, keepdim=True)
        picked = F.one_hot(chosen, chances.shape[-1]).to(places.dtype)
        weights = (picked * share.unsqueeze(-1)).sum(1)
        results = torch.matmul(self._hidden(places), self.down)
        output = (results * weights.t().unsqueeze(-1)).sum(0)
        used = picked.sum(1).mean(0) / self.top_k
        balance = chances.shape[-1] * (used * chances.mean(0)).sum()
        return output.reshape(input.shape), balance

    def _hidden(self, places: Tensor) -> Tensor:
        """The features inside each expert, (num_experts, places, hidden_features)."""
        up = torch.matmul(places, self.up)
        if not self.gated:
            return F.gelu(up)
        gates: Tensor = F.silu(torch.matmul(places, self.gate))
        return gates * up
