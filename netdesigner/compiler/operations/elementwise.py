"""Tensors combined element by element."""

from __future__ import annotations

from torch import Tensor, nn

__all__ = ["Add", "Multiply"]


class Add(nn.Module):
    """The sum of all inputs."""

    def forward(self, first: Tensor, *others: Tensor) -> Tensor:
        """Adds from left to right."""
        for other in others:
            first = first + other
        return first


class Multiply(nn.Module):
    """The product of all inputs, element by element."""

    def forward(self, first: Tensor, *others: Tensor) -> Tensor:
        """Multiplies from left to right."""
        for other in others:
            first = first * other
        return first
