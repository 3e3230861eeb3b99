"""Neurons that speak in spikes."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

__all__ = ["LIF"]


class LIF(nn.Module):
    """Leaky integrate-and-fire neurons along the second axis, with a smooth stand-in for the gradient of a spike."""

    def __init__(
        self, features: tuple[int, ...], beta: float, threshold: float, learn_beta: bool, reset: str, surrogate: str,
        slope: float,
    ) -> None:  # fmt: skip
        super().__init__()
        self.threshold = threshold
        self.reset = reset
        self.surrogate = surrogate
        self.slope = slope
        decay = torch.full(features if learn_beta else (), beta)
        if learn_beta:
            self.beta = nn.Parameter(decay)
        else:
            self.register_buffer("beta", decay, persistent=False)

    def forward(self, input: Tensor) -> tuple[Tensor, Tensor]:
        """Takes (N, T, ...), gives the spikes, 0 or 1, and the potentials before them, both of that shape."""
        decay = self.beta.clamp(0, 1)
        potential = torch.zeros_like(input[:, 0])
        spikes, potentials = [], []
        for step in input.unbind(1):
            potential = decay * potential + step
            spike = self._spike(potential - self.threshold)
            spikes.append(spike)
            potentials.append(potential)
            fired = spike.detach()
            if self.reset == "subtract":
                potential = potential - fired * self.threshold
            elif self.reset == "zero":
                potential = potential * (1 - fired)
        return torch.stack(spikes, 1), torch.stack(potentials, 1)

    def _spike(self, above: Tensor) -> Tensor:
        """1 where the threshold is passed; the gradient is that of a smooth step."""
        fired = (above > 0).to(above.dtype)
        if self.surrogate == "arctan":
            smooth = torch.atan(math.pi / 2 * self.slope * above) / math.pi
        elif self.surrogate == "sigmoid":
            smooth = torch.sigmoid(self.slope * above)
        else:
            smooth = above / (1 + self.slope * above.abs())
        return fired + (smooth - smooth.detach())
