"""What tells a network where in a sequence, or when, something stands."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

__all__ = [
    "LearnedPositions",
    "RotaryEmbedding",
    "SinusoidalPositions",
    "TimestepEmbedding",
]


class SinusoidalPositions(nn.Module):
    """Sines and cosines of the position, each pair of features with a frequency of its own."""

    def __init__(self, base: float, add: bool) -> None:
        super().__init__()
        self.base = base
        self.add = add

    def forward(self, input: Tensor) -> Tensor:
        """Adds them to (..., T, E), or gives them as (T, E)."""
        steps, features = input.shape[-2:]
        pairs = torch.arange(0, features, 2, device=input.device, dtype=torch.float32)
        rates = torch.exp(pairs * (-math.log(self.base) / features))
        angles = (
            torch.arange(steps, device=input.device, dtype=torch.float32)[:, None]
            * rates
        )
        encoding = (
            torch.stack((angles.sin(), angles.cos()), dim=-1)
            .flatten(1)[:, :features]
            .to(input.dtype)
        )
        return input + encoding if self.add else encoding

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"base={self.base}, add={self.add}"


class LearnedPositions(nn.Module):
    """A learned vector for each position, added."""

    def __init__(self, max_length: int, features: int, std: float = 0.02) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_length, features))
        nn.init.normal_(self.weight, std=std)

    def forward(self, input: Tensor) -> Tensor:
        """Adds the first T vectors to (..., T, E)."""
        return input + self.weight.narrow(0, 0, input.shape[-2])

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"{self.weight.shape[0]}, {self.weight.shape[1]}"


class RotaryEmbedding(nn.Module):
    """Pairs of features turned by an angle that grows with the position."""

    def __init__(
        self, dim: int, base: float, rotary_dim: int, interleaved: bool
    ) -> None:
        super().__init__()
        self.dim = dim
        self.base = base
        self.rotary_dim = rotary_dim
        self.interleaved = interleaved

    def forward(self, input: Tensor) -> Tensor:
        """Turns the first features of each position; the others stay."""
        turned, kept = input[..., : self.rotary_dim], input[..., self.rotary_dim :]
        angles = self._angles(input)
        cos, sin = angles.cos(), angles.sin()
        if self.interleaved:
            first, second = turned[..., 0::2], turned[..., 1::2]
        else:
            first, second = turned.chunk(2, dim=-1)
        pair = (
            (first * cos - second * sin).to(input.dtype),
            (first * sin + second * cos).to(input.dtype),
        )
        done = (
            torch.stack(pair, dim=-1).flatten(-2)
            if self.interleaved
            else torch.cat(pair, dim=-1)
        )
        return torch.cat((done, kept), dim=-1)

    def _angles(self, input: Tensor) -> Tensor:
        """(T, 1, ..., rotary_dim / 2), so that T falls on its axis."""
        axis = self.dim % input.dim()
        pairs = torch.arange(
            0, self.rotary_dim, 2, device=input.device, dtype=torch.float32
        )
        rates = torch.exp(pairs * (-math.log(self.base) / self.rotary_dim))
        steps = torch.arange(
            input.shape[axis], device=input.device, dtype=torch.float32
        )
        for _ in range(input.dim() - 1 - axis):
            steps = steps.unsqueeze(-1)
        return steps * rates

    def extra_repr(self) -> str:
        """What `print` shows."""
        told = f"dim={self.dim}, base={self.base}, rotary_dim={self.rotary_dim}"
        return f"{told}, interleaved={self.interleaved}"


class TimestepEmbedding(nn.Module):
    """Sines and cosines of a number, at frequencies that fall step by step."""

    def __init__(
        self,
        embedding_dim: int,
        max_period: float,
        downscale_freq_shift: float,
        flip_sin_to_cos: bool,
    ) -> None:
        super().__init__()
        self.embedding_dim = embedding_dim
        self.max_period = max_period
        self.downscale_freq_shift = downscale_freq_shift
        self.flip_sin_to_cos = flip_sin_to_cos

    def forward(self, timesteps: Tensor) -> Tensor:
        """(N,) to (N, embedding_dim); an odd last feature is 0."""
        half = self.embedding_dim // 2
        places = torch.arange(half, device=timesteps.device, dtype=torch.float32)
        rates = torch.exp(
            places * (-math.log(self.max_period) / (half - self.downscale_freq_shift))
        )
        angles = timesteps[..., None].float() * rates
        waves = (
            (angles.cos(), angles.sin())
            if self.flip_sin_to_cos
            else (angles.sin(), angles.cos())
        )
        return nn.functional.pad(torch.cat(waves, dim=-1), (0, self.embedding_dim % 2))

    def extra_repr(self) -> str:
        """What `print` shows."""
        told = f"{self.embedding_dim}, max_period={self.max_period}"
        told = f"{told}, downscale_freq_shift={self.downscale_freq_shift}"
        return f"{told}, flip_sin_to_cos={self.flip_sin_to_cos}"
