"""Axes cut, picked from, added, taken away, stretched and turned."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = [
    "Expand",
    "ExpandAs",
    "Flip",
    "Gather",
    "IndexSelect",
    "RepeatInterleave",
    "Roll",
    "Select",
    "Slice",
    "Squeeze",
    "Stack",
    "TakeAlongDim",
    "Tile",
    "Transpose",
    "Unsqueeze",
]


class _Along(nn.Module):
    """What is done along one axis, or along several."""

    def __init__(self, dim: int | tuple[int, ...]) -> None:
        super().__init__()
        self.dim = dim

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dim={self.dim}"


class Slice(nn.Module):
    """A part of an axis."""

    def __init__(self, dim: int, start: int, end: int | None, step: int) -> None:
        super().__init__()
        self.dim = dim
        self.part = slice(start, end, step)

    def forward(self, input: Tensor) -> Tensor:
        """Cuts; nothing is copied."""
        whole = slice(None)
        if self.dim >= 0:
            return input[(whole,) * self.dim + (self.part,)]
        return input[(..., self.part) + (whole,) * (-1 - self.dim)]

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dim={self.dim}, start={self.part.start}, end={self.part.stop}, step={self.part.step}"


class Select(nn.Module):
    """One position of an axis, which is gone then."""

    def __init__(self, dim: int, index: int) -> None:
        super().__init__()
        self.dim = dim
        self.index = index

    def forward(self, input: Tensor) -> Tensor:
        """Picks; nothing is copied."""
        return input.select(self.dim, self.index)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dim={self.dim}, index={self.index}"


class IndexSelect(nn.Module):
    """Some positions of an axis, in a given order."""

    def __init__(self, dim: int, index: tuple[int, ...]) -> None:
        super().__init__()
        self.dim = dim
        self.index = index

    def forward(self, input: Tensor) -> Tensor:
        """Picks."""
        return input.index_select(
            self.dim, torch.tensor(self.index, device=input.device)
        )

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dim={self.dim}, index={self.index}"


class Gather(_Along):
    """For each element of an index the element of the input that it names along an axis."""

    dim: int

    def forward(self, input: Tensor, index: Tensor) -> Tensor:
        """Picks."""
        return input.gather(self.dim, index)


class TakeAlongDim(_Along):
    """As `Gather`, after both are stretched to each other's shape in the other axes."""

    dim: int

    def forward(self, input: Tensor, indices: Tensor) -> Tensor:
        """Picks; written out, since torch's own function keeps the length that the batch has while it is exported."""
        pair = input.select(self.dim, 0), indices.select(self.dim, 0)
        lengths = [*torch.broadcast_tensors(*pair)[0].unsqueeze(self.dim).shape]  # type: ignore[no-untyped-call]
        lengths[self.dim] = -1
        return input.expand(lengths).gather(self.dim, indices.expand(lengths))


class Stack(_Along):
    """Inputs one after another along an axis of their own."""

    dim: int

    def forward(self, *tensors: Tensor) -> Tensor:
        """Joins; written out, since torch's exporter does not bring elements of several types to one."""
        return torch.cat(
            [tensor.unsqueeze(self.dim) for tensor in tensors], dim=self.dim
        )


class Squeeze(_Along):
    """Axes of length 1 taken away."""

    dim: tuple[int, ...]

    def forward(self, input: Tensor) -> Tensor:
        """Leaves longer axes where they are."""
        return input.squeeze(self.dim)


class Unsqueeze(_Along):
    """A new axis of length 1."""

    dim: int

    def forward(self, input: Tensor) -> Tensor:
        """Nothing is copied."""
        return input.unsqueeze(self.dim)


class Transpose(nn.Module):
    """Two axes in each other's place."""

    def __init__(self, dim0: int, dim1: int) -> None:
        super().__init__()
        self.dim0 = dim0
        self.dim1 = dim1

    def forward(self, input: Tensor) -> Tensor:
        """Exchanges; nothing is copied."""
        return input.transpose(self.dim0, self.dim1)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dim0={self.dim0}, dim1={self.dim1}"


class Expand(nn.Module):
    """Axes of length 1 made longer by showing the same element again."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, input: Tensor, like: Tensor | None = None) -> Tensor:
        """Stretches the axes of a sample, and the batch to that of `like`; nothing is copied."""
        return input.expand(-1 if like is None else like.shape[0], *self.shape)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"shape={self.shape}"


class ExpandAs(nn.Module):
    """Axes of length 1 made as long as those of another tensor."""

    def forward(self, input: Tensor, other: Tensor) -> Tensor:
        """Stretches; nothing is copied."""
        return input.expand_as(other)


class Tile(nn.Module):
    """The whole again and again along its last axes."""

    def __init__(self, repeats: tuple[int, ...]) -> None:
        super().__init__()
        self.repeats = repeats

    def forward(self, input: Tensor) -> Tensor:
        """Copies."""
        return torch.tile(input, self.repeats)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"repeats={self.repeats}"


class RepeatInterleave(nn.Module):
    """Each position of an axis several times in a row."""

    def __init__(self, repeats: int, dim: int) -> None:
        super().__init__()
        self.repeats = repeats
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """Copies."""
        return input.repeat_interleave(self.repeats, dim=self.dim)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"repeats={self.repeats}, dim={self.dim}"


class Roll(nn.Module):
    """Positions moved along axes; what leaves at one end comes back at the other."""

    def __init__(self, shifts: tuple[int, ...], dims: tuple[int, ...]) -> None:
        super().__init__()
        self.shifts = shifts
        self.dims = dims

    def forward(self, input: Tensor) -> Tensor:
        """Moves."""
        return input.roll(self.shifts, self.dims)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"shifts={self.shifts}, dims={self.dims}"


class Flip(nn.Module):
    """Axes read backwards."""

    def __init__(self, dims: tuple[int, ...]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, input: Tensor) -> Tensor:
        """Turns round."""
        return input.flip(self.dims)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dims={self.dims}"
