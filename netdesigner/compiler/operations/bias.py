"""What is added to the scores of an attention: masks, and numbers that depend on how far apart two positions are."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

__all__ = [
    "AlibiBias",
    "RelativePositionBias",
    "ShiftedWindowMask",
    "T5RelativePositionBias",
]

_HIDDEN = -100.0
"""What is added to a score that shall not count, as in the network that the mask was made for."""
_BIAS_SPREAD = 0.02
"""The standard deviation of a learned bias at the start."""


class ShiftedWindowMask(nn.Module):
    """Keeps positions apart that lie in one window only because an image was rolled.

    Shape:
        Takes images (N, H, W, C) for their lengths; gives (windows, 1, h·w, h·w).
    """

    def __init__(
        self, window_size: tuple[int, int], shift_size: tuple[int, int]
    ) -> None:
        super().__init__()
        self.window_size = window_size
        self.shift_size = shift_size

    def forward(self, input: Tensor) -> Tensor:
        """0 for pairs that were neighbours before, a large negative number for the others."""
        came_round = []
        for axis in (0, 1):
            length, size = input.shape[1 + axis], self.window_size[axis]
            moved = (
                torch.arange(length, device=input.device)
                >= length - self.shift_size[axis]
            )
            came_round.append(torch.unflatten(moved, 0, (-1, size)))
        rows, columns = came_round
        part = 2 * rows.long()[:, None, :, None] + columns.long()[None, :, None, :]
        part = part.flatten(2).flatten(0, 1)
        apart = part[:, None, :, None] != part[:, None, None, :]
        return apart * torch.tensor(_HIDDEN, device=input.device)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"window_size={self.window_size}, shift_size={self.shift_size}"


class RelativePositionBias(nn.Module):
    """A learned number for each head and each way from one position of a window to another.

    Shape:
        Gives (heads, h·w, h·w).
    """

    relative_position_index: Tensor

    def __init__(self, window_size: tuple[int, int], num_heads: int) -> None:
        super().__init__()
        self.window_size = window_size
        self.num_heads = num_heads
        height, width = window_size
        ways = (2 * height - 1) * (2 * width - 1)
        self.relative_position_bias_table = nn.Parameter(torch.empty(ways, num_heads))
        nn.init.trunc_normal_(self.relative_position_bias_table, std=_BIAS_SPREAD)
        position = torch.arange(height * width)
        row, column = position // width, position % width
        down = row[:, None] - row[None, :] + height - 1
        right = column[:, None] - column[None, :] + width - 1
        self.register_buffer("relative_position_index", down * (2 * width - 1) + right)

    def forward(self) -> Tensor:
        """Looks up the way between each pair of positions."""
        return self.relative_position_bias_table[self.relative_position_index].permute(
            2, 0, 1
        )

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"window_size={self.window_size}, num_heads={self.num_heads}"


def _ways(query: Tensor, key: Tensor | None) -> Tensor:
    """How many steps each key lies after each query: (L, S)."""
    attended = query if key is None else key
    asking = torch.arange(query.shape[1], device=query.device)
    return (
        torch.arange(attended.shape[1], device=query.device)[None, :] - asking[:, None]
    )


class T5RelativePositionBias(nn.Module):
    """A learned number for each head and each distance between steps, far distances in common.

    Shape:
        Takes (N, L, ...) and (N, S, ...) for their lengths; gives (heads, L, S).
    """

    def __init__(
        self, num_heads: int, num_buckets: int, max_distance: int, bidirectional: bool
    ) -> None:
        super().__init__()
        self.num_buckets = num_buckets
        self.max_distance = max_distance
        self.bidirectional = bidirectional
        self.relative_attention_bias = nn.Embedding(num_buckets, num_heads)
        nn.init.normal_(self.relative_attention_bias.weight, std=_BIAS_SPREAD)

    def forward(self, query: Tensor, key: Tensor | None = None) -> Tensor:
        """Looks up the bucket of each distance."""
        ways = _ways(query, key)
        if self.bidirectional:
            buckets = self.num_buckets // 2
            found = self._buckets(ways.abs(), buckets) + (ways > 0) * buckets
        else:
            found = self._buckets((-ways).clamp(min=0), self.num_buckets)
        bias: Tensor = self.relative_attention_bias(found)
        return bias.permute(2, 0, 1)

    def _buckets(self, distance: Tensor, buckets: int) -> Tensor:
        """The first half of the buckets is for one distance each; the others grow with the logarithm."""
        near = buckets // 2
        growth = torch.log(distance.clamp(min=1).float() / near) / math.log(
            self.max_distance / near
        )
        far = near + (growth * (buckets - near)).long()
        return torch.where(distance < near, distance, far.clamp(max=buckets - 1))

    def extra_repr(self) -> str:
        """What `print` shows."""
        told = f"num_buckets={self.num_buckets}, max_distance={self.max_distance}"
        return f"{told}, bidirectional={self.bidirectional}"


class AlibiBias(nn.Module):
    """A number that falls with the distance between steps, in each head at another rate.

    Shape:
        Takes (N, L, ...) and (N, S, ...) for their lengths; gives (heads, L, S).
    """

    def __init__(self, num_heads: int, is_causal: bool) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.is_causal = is_causal

    def forward(self, query: Tensor, key: Tensor | None = None) -> Tensor:
        """Nothing is learned."""
        ways = _ways(query, key)
        slopes = torch.tensor(_slopes(self.num_heads), device=query.device)
        bias = -slopes[:, None, None] * ways.abs()
        return bias.masked_fill(ways > 0, -math.inf) if self.is_causal else bias

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"num_heads={self.num_heads}, is_causal={self.is_causal}"


def _slopes(heads: int) -> list[float]:
    """A geometric row from 2^(-8/n) to 2^-8 for a power of two; else some of the row twice as long are put in."""
    power = 2 ** (heads.bit_length() - 1)
    slopes = [2 ** (-8 * (at + 1) / power) for at in range(power)]
    return slopes + [2 ** (-8 * (at + 0.5) / power) for at in range(heads - power)]
