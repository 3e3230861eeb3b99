"""Whole axes brought to one number, or searched."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

__all__ = ["BatchMean", "CumulativeSum", "Norm", "Product", "Reduction", "TopK"]


class Reduction(nn.Module):
    """A function that brings axes to one number.

    Args:
        function: torch's name of it.
        dim: the axes, or the only one.
        keepdim: leave an axis of length 1 in their place.
        options: what else the function is told.
    """

    def __init__(
        self,
        function: str,
        dim: int | tuple[int, ...],
        keepdim: bool,
        options: Mapping[str, float],
    ) -> None:
        super().__init__()
        self.function = function
        self.dim = dim
        self.keepdim = keepdim
        self.options = dict(options)

    def forward(self, input: Tensor) -> Tensor:
        """Reduces."""
        told = {"dim": self.dim, "keepdim": self.keepdim, **self.options}
        result: Tensor = getattr(torch, self.function)(input, **told)
        return result

    def extra_repr(self) -> str:
        """What `print` shows."""
        more = "".join(f", {name}={value}" for name, value in self.options.items())
        return f"{self.function}, dim={self.dim}, keepdim={self.keepdim}{more}"


class Norm(nn.Module):
    """The length of vectors along some axes."""

    def __init__(self, p: float, dim: tuple[int, ...], keepdim: bool) -> None:
        super().__init__()
        self.p = p
        self.dim = dim
        self.keepdim = keepdim

    def forward(self, input: Tensor) -> Tensor:
        """Measures."""
        length: Tensor = torch.linalg.vector_norm(input, self.p, self.dim, self.keepdim)
        return length

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"p={self.p}, dim={self.dim}, keepdim={self.keepdim}"


class Product(nn.Module):
    """The product along some axes."""

    def __init__(self, dim: tuple[int, ...], keepdim: bool) -> None:
        super().__init__()
        self.dim = dim
        self.keepdim = keepdim

    def forward(self, input: Tensor) -> Tensor:
        """Multiplies along one axis after another."""
        for dim in self.dim:
            input = input.prod(dim, keepdim=True)
        return input if self.keepdim else input.squeeze(self.dim)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dim={self.dim}, keepdim={self.keepdim}"


class BatchMean(nn.Module):
    """The mean of all elements, those of all samples together."""

    def forward(self, input: Tensor) -> Tensor:
        """Takes the mean."""
        return input.mean()


class CumulativeSum(nn.Module):
    """The sum of all elements so far along an axis."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Adds up."""
        return input.cumsum(self.dim)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dim={self.dim}"


class TopK(nn.Module):
    """The largest elements along an axis, and where they stand."""

    def __init__(self, k: int, dim: int, largest: bool) -> None:
        super().__init__()
        self.k = k
        self.dim = dim
        self.largest = largest

    def forward(self, input: Tensor) -> tuple[Tensor, Tensor]:
        """Selects, the best first."""
        values, indices = input.topk(self.k, self.dim, self.largest)
        return values, indices

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"k={self.k}, dim={self.dim}, largest={self.largest}"
