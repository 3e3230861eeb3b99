"""The same elements in another form."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["Cast", "Detach", "OneHot"]


class Cast(nn.Module):
    """Elements of another type.

    Args:
        dtype: torch's name of it.
    """

    def __init__(self, dtype: str) -> None:
        super().__init__()
        self.dtype = dtype

    def forward(self, input: Tensor) -> Tensor:
        """Converts."""
        return input.to(getattr(torch, self.dtype))

    def extra_repr(self) -> str:
        """What `print` shows."""
        return self.dtype


class Detach(nn.Module):
    """What comes in, without its history."""

    def forward(self, input: Tensor) -> Tensor:
        """Lets no gradient back."""
        return input.detach()


class OneHot(nn.Module):
    """A row of zeros with a single one for each whole number."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.num_classes = num_classes

    def forward(self, input: Tensor) -> Tensor:
        """Spreads."""
        return F.one_hot(input, self.num_classes)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"{self.num_classes}"
