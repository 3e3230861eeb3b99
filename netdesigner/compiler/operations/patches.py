"""Images cut into patches and windows, and put together again."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Patchify", "Unpatchify", "WindowMerge", "WindowPartition"]


class Patchify(nn.Module):
    """Images (N, C, H, W) as rows of patches (N, patches, C·h·w)."""

    def __init__(self, patch_size: tuple[int, int]) -> None:
        super().__init__()
        self.patch_size = patch_size

    def forward(self, input: Tensor) -> Tensor:
        """Cuts; patches come row by row."""
        height, width = self.patch_size
        cut = torch.unflatten(torch.unflatten(input, 3, (-1, width)), 2, (-1, height))
        return cut.permute(0, 2, 4, 1, 3, 5).flatten(3).flatten(1, 2)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"patch_size={self.patch_size}"


class Unpatchify(nn.Module):
    """Rows of patches (N, patches, C·h·w) as images (N, C, H, W)."""

    def __init__(
        self, patch_size: tuple[int, int], output_size: tuple[int, int]
    ) -> None:
        super().__init__()
        self.patch_size = patch_size
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        """Puts each patch in its place."""
        height, width = self.patch_size
        rows, columns = self.output_size[0] // height, self.output_size[1] // width
        laid = torch.unflatten(
            torch.unflatten(input, 2, (-1, height, width)), 1, (rows, columns)
        )
        return laid.permute(0, 3, 1, 4, 2, 5).flatten(4).flatten(2, 3)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"patch_size={self.patch_size}, output_size={self.output_size}"


class WindowPartition(nn.Module):
    """Images (N, H, W, C) as windows (N, windows, h·w, C)."""

    def __init__(self, window_size: tuple[int, int]) -> None:
        super().__init__()
        self.window_size = window_size

    def forward(self, input: Tensor) -> Tensor:
        """Cuts; windows come row by row, and so do the positions in each."""
        height, width = self.window_size
        cut = torch.unflatten(torch.unflatten(input, 2, (-1, width)), 1, (-1, height))
        return cut.transpose(2, 3).flatten(3, 4).flatten(1, 2)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"window_size={self.window_size}"


class WindowMerge(nn.Module):
    """Windows (N, windows, h·w, C) as images (N, H, W, C)."""

    def __init__(
        self, window_size: tuple[int, int], output_size: tuple[int, int]
    ) -> None:
        super().__init__()
        self.window_size = window_size
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        """Puts each window in its place."""
        height, width = self.window_size
        rows, columns = self.output_size[0] // height, self.output_size[1] // width
        laid = torch.unflatten(
            torch.unflatten(input, 2, (height, width)), 1, (rows, columns)
        )
        return laid.transpose(2, 3).flatten(3, 4).flatten(1, 2)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"window_size={self.window_size}, output_size={self.output_size}"
