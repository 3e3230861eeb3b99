"""Functions of single elements, and tensors combined element by element."""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Clamp", "Divide", "Elementwise", "Function", "Scale", "Where"]


class Function(nn.Module):
    """A function of each element.

    Args:
        function: torch's name of it.
    """

    def __init__(self, function: str) -> None:
        super().__init__()
        self.function = function

    def forward(self, input: Tensor) -> Tensor:
        """Applies it."""
        result: Tensor = getattr(torch, self.function)(input)
        return result

    def extra_repr(self) -> str:
        """What `print` shows."""
        return self.function


class Elementwise(nn.Module):
    """A function of two tensors, applied to the first two, then to what came and the third.

    Args:
        function: torch's name of it.
        number: takes the place of an input that is None.
    """

    def __init__(self, function: str, number: float | None = None) -> None:
        super().__init__()
        self.function = function
        self.number = number

    def forward(self, first: Tensor, *others: Tensor | None) -> Tensor:
        """Combines from left to right."""
        for other in others:
            given = self.number if other is None else other
            first = getattr(torch, self.function)(first, given)
        return first

    def extra_repr(self) -> str:
        """What `print` shows."""
        more = "" if self.number is None else f", number={self.number}"
        return self.function + more


class Divide(nn.Module):
    """The quotient of two tensors, rounded where a way is given."""

    def __init__(self, rounding_mode: str | None = None) -> None:
        super().__init__()
        self.rounding_mode = rounding_mode

    def forward(self, input: Tensor, other: Tensor) -> Tensor:
        """Divides."""
        return torch.div(input, other, rounding_mode=self.rounding_mode)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"rounding_mode={self.rounding_mode}"


class Scale(nn.Module):
    """Each element times a number plus a number."""

    def __init__(self, scale: float, offset: float) -> None:
        super().__init__()
        self.scale = scale
        self.offset = offset

    def forward(self, input: Tensor) -> Tensor:
        """Multiplies, then adds."""
        return input * self.scale + self.offset

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"scale={self.scale}, offset={self.offset}"


class Clamp(nn.Module):
    """Each element, or the nearer of two limits."""

    def __init__(self, min: float | None = None, max: float | None = None) -> None:
        super().__init__()
        self.min = min
        self.max = max

    def forward(self, input: Tensor) -> Tensor:
        """Limits."""
        return torch.clamp(input, min=self.min, max=self.max)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"min={self.min}, max={self.max}"


class Where(nn.Module):
    """A choice between two tensors, or a tensor and a number, at each place."""

    def __init__(self, other: float) -> None:
        super().__init__()
        self.other = other

    def forward(
        self,
        condition: Tensor,
        input: Tensor,
        other: Tensor | None = None,
    ) -> Tensor:
        """Chooses; between true and false in a way that is known to ONNX too."""
        if other is not None and input.dtype == other.dtype == torch.bool:
            return (condition & input) | (~condition & other)
        return torch.where(condition, input, self.other if other is None else other)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"other={self.other}"
