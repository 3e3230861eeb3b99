"""Whole axes brought to one number."""

from __future__ import annotations

from torch import Tensor, nn

__all__ = ["Mean"]


class Mean(nn.Module):
    """The mean over some axes."""

    def __init__(self, dim: tuple[int, ...], keepdim: bool) -> None:
        super().__init__()
        self.dim = dim
        self.keepdim = keepdim

    def forward(self, input: Tensor) -> Tensor:
        """Averages."""
        return input.mean(dim=self.dim, keepdim=self.keepdim)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dim={self.dim}, keepdim={self.keepdim}"
