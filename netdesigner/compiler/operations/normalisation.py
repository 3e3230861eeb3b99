"""Normalisation that torch computes in a way of its own."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["CrossMapLRN2d"]


class CrossMapLRN2d(nn.CrossMapLRN2d):
    """torch's CrossMapLRN2d in operations that can be differentiated and exported.

    It gives the numbers of torch's class. The gradient that torch's class gives is that of another function, since its
    forward pass keeps the first channel in the sum and its backward pass does not; and it fails for a size of 1.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Divides each element by what its neighbours in other channels add up to."""
        reach = (self.size - 1) // 2
        squares = input * input
        window = 2 * reach + 1
        padded = F.pad(squares.unsqueeze(1), (0, 0, 0, 0, reach, reach))
        total = F.avg_pool3d(padded, (window, 1, 1), stride=1).squeeze(1) * window
        left = input.shape[1] - reach - 1
        if left > 0:  # the channels whose window begins behind the first
            total = total + F.pad(
                squares[:, :1].expand(-1, left, -1, -1), (0, 0, 0, 0, reach + 1, 0)
            )
        return input * (total * (self.alpha / self.size) + self.k) ** -self.beta
