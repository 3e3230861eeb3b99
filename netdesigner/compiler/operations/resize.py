"""Tensors brought to other lengths: padded, and interpolated."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["Interpolate", "Pad"]


class Pad(nn.Module):
    """Axes made longer at their ends, or shorter."""

    def __init__(self, pad: tuple[int, ...], mode: str, value: float) -> None:
        super().__init__()
        self.pad = pad
        self.mode = mode
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """Pads the last axes, the very last first."""
        return F.pad(input, self.pad, self.mode, self.value)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"pad={self.pad}, mode={self.mode!r}, value={self.value}"


class Interpolate(nn.Module):
    """Images brought to the height and width of others."""

    def __init__(self, mode: str, align_corners: bool | None, antialias: bool) -> None:
        super().__init__()
        self.mode = mode
        self.align_corners = align_corners
        self.antialias = antialias

    def forward(self, input: Tensor, like: Tensor) -> Tensor:
        """Keeps samples and channels."""
        return F.interpolate(
            input,
            like.shape[2:],
            mode=self.mode,
            align_corners=self.align_corners,
            antialias=self.antialias,
        )

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"mode={self.mode!r}, align_corners={self.align_corners}, antialias={self.antialias}"
