"""Products of tensors."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Einsum", "MatMul"]


class MatMul(nn.Module):
    """The matrix product of the last two axes."""

    def forward(self, input: Tensor, other: Tensor) -> Tensor:
        """Multiplies; axes before the last two are stretched where one has length 1."""
        return torch.matmul(input, other)


class Einsum(nn.Module):
    """Products and sums along axes that bear letters."""

    def __init__(self, equation: str) -> None:
        super().__init__()
        self.equation = equation

    def forward(self, *operands: Tensor) -> Tensor:
        """Computes the equation."""
        result: Tensor = torch.einsum(self.equation, *operands)
        return result

    def extra_repr(self) -> str:
        """What `print` shows."""
        return self.equation
