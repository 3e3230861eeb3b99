"""The scaling of raw inputs as a module, so that it can become part of an exported network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["Scaling"]


class Scaling(nn.Module):
    """Takes raw inputs and gives what a network was trained on: (raw - shift) / scale.

    Args:
        shift, scale: one number for each place along the axis, or a single one for all.
        axis: along which they run.
        rank: how many axes an input has, the batch included.
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, shift: Sequence[float], scale: Sequence[float], axis: int, rank: int) -> None:
        super().__init__()
        shape = [1] * rank
        if len(shift) > 1:
            shape[axis] = len(shift)
        self.register_buffer("shift", torch.tensor(shift, dtype=torch.float32).reshape(shape))
        self.register_buffer("scale", torch.tensor(scale, dtype=torch.float32).reshape(shape))

    @classmethod
    def of(cls, scaling: Mapping[str, Any], rank: int) -> Scaling:
        """From the mapping that a run keeps: "shift", "scale" and "axis"."""
        return cls(scaling["shift"], scaling["scale"], int(scaling["axis"]), rank)

    def forward(self, raw: Tensor) -> Tensor:
        """Scales."""
        return (raw - self.shift) / self.scale

    def undone(self, scaled: Tensor) -> Tensor:
        """The raw input that scaling turns into this one."""
        return scaled * self.scale + self.shift
