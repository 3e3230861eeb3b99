"""Products of matrices."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["MatMul"]


class MatMul(nn.Module):
    """The matrix product of the last two axes."""

    def forward(self, input: Tensor, other: Tensor) -> Tensor:
        """Multiplies; axes before the last two are stretched where one has length 1."""
        return torch.matmul(input, other)
