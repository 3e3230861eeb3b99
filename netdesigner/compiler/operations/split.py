"""One tensor as several."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Chunk", "Split"]


class Split(nn.Module):
    """Pieces of given lengths along an axis."""

    def __init__(self, split_size_or_sections: tuple[int, ...], dim: int) -> None:
        super().__init__()
        self.split_size_or_sections = split_size_or_sections
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Cuts; nothing is copied."""
        pieces = torch.split(input, list(self.split_size_or_sections), dim=self.dim)
        return pieces if len(pieces) > 1 else pieces[0]

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"{self.split_size_or_sections}, dim={self.dim}"


class Chunk(nn.Module):
    """Pieces of equal length along an axis."""

    def __init__(self, chunks: int, dim: int) -> None:
        super().__init__()
        self.chunks = chunks
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Cuts; nothing is copied."""
        pieces = torch.chunk(input, self.chunks, dim=self.dim)
        return pieces if len(pieces) > 1 else pieces[0]

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"{self.chunks}, dim={self.dim}"
