"""The same elements in other axes."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Concat", "Permute", "Reshape"]


class Concat(nn.Module):
    """Inputs one after another along an axis."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        """Joins."""
        return torch.cat(inputs, dim=self.dim)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dim={self.dim}"


class Permute(nn.Module):
    """Axes in another order."""

    def __init__(self, dims: tuple[int, ...]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, input: Tensor) -> Tensor:
        """Reorders; nothing is copied."""
        return input.permute(self.dims)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dims={self.dims}"


class Reshape(nn.Module):
    """Each sample's elements in another shape."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, input: Tensor) -> Tensor:
        """Keeps the first axis and the order of the elements."""
        return input.reshape(input.shape[0], *self.shape)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"shape={self.shape}"
