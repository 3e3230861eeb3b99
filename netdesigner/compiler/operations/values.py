"""Tensors that a network brings itself."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

__all__ = ["CausalMask", "Constant", "Parameter", "Positions"]


class Constant(nn.Module):
    """Fixed numbers, which are no part of the weights that are saved.

    Args:
        value: one number for all elements, or one for each.
        shape: one sample's axes.
        dtype: torch's name of the element type.
    """

    value: Tensor

    def __init__(
        self,
        value: tuple[float, ...] = (0.0,),
        shape: tuple[int, ...] = (1,),
        dtype: str = "float32",
    ) -> None:
        super().__init__()
        self.shape = shape
        held = torch.tensor(value, dtype=getattr(torch, dtype))
        axes = shape if len(value) > 1 else (1,) * len(shape)
        self.register_buffer("value", held.reshape(1, *axes), persistent=False)

    def forward(self, like: Tensor | None = None) -> Tensor:
        """The numbers for one sample, or for as many as `like` has."""
        return self.value.expand(1 if like is None else like.shape[0], *self.shape)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"shape={self.shape}"


class Parameter(nn.Module):
    """Learned numbers.

    Args:
        shape: one sample's axes.
        init: what they are before training.
        std: the standard deviation of random ones.
    """

    def __init__(
        self,
        shape: tuple[int, ...] = (1, 64),
        init: str = "normal",
        std: float = 0.02,
    ) -> None:
        super().__init__()
        self.shape = shape
        self.weight = nn.Parameter(torch.zeros(1, *shape))
        if init == "normal":
            nn.init.normal_(self.weight, std=std)
        elif init == "trunc_normal":
            nn.init.trunc_normal_(self.weight, std=std, a=-2 * std, b=2 * std)
        elif init == "uniform":
            reach = math.sqrt(3) * std
            nn.init.uniform_(self.weight, -reach, reach)
        elif init == "ones":
            nn.init.ones_(self.weight)

    def forward(self, like: Tensor | None = None) -> Tensor:
        """The numbers for one sample, or for as many as `like` has."""
        return self.weight.expand(1 if like is None else like.shape[0], *self.shape)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"shape={self.shape}"


class Positions(nn.Module):
    """0, 1, 2 and so on along an axis."""

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Counts."""
        return torch.arange(input.shape[self.dim], device=input.device).unsqueeze(0)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dim={self.dim}"


class CausalMask(nn.Module):
    """For each step of a sequence the steps that come after it.

    Args:
        dim: the axis of the steps; the batch is the first of the others.
        dtype: "bool" for true where a step is hidden, "float32" for −∞ there and 0 else.
    """

    def __init__(self, dim: int = 1, dtype: str = "bool") -> None:
        super().__init__()
        self.dim = dim
        self.dtype = dtype

    def forward(self, query: Tensor, key: Tensor | None = None) -> Tensor:
        """Hides, for each sample alike."""
        batch = query.shape[1 if self.dim % query.dim() == 0 else 0]
        asking = query.shape[self.dim]
        attended = asking if key is None else key.shape[self.dim]
        hidden = torch.ones(asking, attended, dtype=torch.bool, device=query.device)
        hidden = hidden.triu(1)
        if self.dtype != "bool":
            added = torch.zeros(asking, attended, device=query.device)
            hidden = added.masked_fill(hidden, -torch.inf)
        return hidden.expand(batch, asking, attended)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dim={self.dim}, dtype={self.dtype}"
