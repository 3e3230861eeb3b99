"""Features brought to another size."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["LayerScale"]


class LayerScale(nn.Module):
    """Multiplies each feature by a learned factor.

    Args:
        features: how many there are.
        dim: the axis they lie along.
        init_value: every factor at the start.
    """

    def __init__(self, features: int, dim: int = -1, init_value: float = 1e-6) -> None:
        super().__init__()
        self.dim = dim
        self.weight = nn.Parameter(torch.full((features,), init_value))

    def forward(self, input: Tensor) -> Tensor:
        """Scales."""
        shape = [1] * input.dim()
        shape[self.dim] = -1
        return input * self.weight.view(shape)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"{len(self.weight)}, dim={self.dim}"
