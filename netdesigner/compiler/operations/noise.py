"""What is random while training and absent else."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["DropPath", "GaussianNoise", "ReparameterizedSample"]


class GaussianNoise(nn.Module):
    """Normally distributed noise on top of each element.

    Args:
        std: its standard deviation.
    """

    def __init__(self, std: float = 0.1) -> None:
        super().__init__()
        self.std = std

    def forward(self, input: Tensor) -> Tensor:
        """Adds noise while training."""
        if not self.training:
            return input
        return input + self.std * torch.randn_like(input)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"std={self.std}"


class DropPath(nn.Module):
    """Whole samples set to zero.

    Args:
        p: the chance of each.
    """

    def __init__(self, p: float = 0.1) -> None:
        super().__init__()
        self.p = p

    def forward(self, input: Tensor) -> Tensor:
        """Drops while training, and makes up for it with those that stay."""
        if not self.training or self.p == 0:
            return input
        stays = input.new_empty(input.shape[0], *(1,) * (input.dim() - 1))
        stays = stays.bernoulli_(1 - self.p)
        return input * (stays / (1 - self.p) if self.p < 1 else stays)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"p={self.p}"


class ReparameterizedSample(nn.Module):
    """A draw from a normal distribution that gradients pass through."""

    def forward(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """Draws while training, else gives the mean."""
        if not self.training:
            return mean
        return mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
