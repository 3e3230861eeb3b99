"""Functions applied to each element."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["RReLU"]


class RReLU(nn.RReLU):
    """torch's RReLU, which ONNX can hold: torch's exporter does not know that nothing is left to chance in use."""

    def forward(self, input: Tensor) -> Tensor:
        """Scales what is negative by chance while training, else by the middle factor."""
        if self.training:
            return super().forward(input)
        return F.leaky_relu(input, (self.lower + self.upper) / 2)
