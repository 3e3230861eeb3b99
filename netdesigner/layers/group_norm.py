"""Normalisation over groups of channels of each sample."""

from __future__ import annotations

from typing import Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.rules import at_least, fixed, nearest_divisor
from netdesigner.parts.tensor import TensorSpec

__all__ = ["GroupNorm"]


class GroupNorm(Layer):
    """Brings each group of channels of each sample to mean 0 and variance 1, whatever the batch.

    Shape:
        - Input: (N, C, ...); C comes from the wire and is a multiple of num_groups.
        - Output: the same.

    Source: torch.nn.GroupNorm; Wu and He, "Group normalization" (2018).
    """

    kind: ClassVar[str] = "GroupNorm"
    category: ClassVar[str] = "Normalisation"
    torch_class: ClassVar[str] = "GroupNorm"
    main: ClassVar[tuple[str, ...]] = ("num_groups",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 8, 5, 5)),), {"num_groups": 4}),
        Example((TensorSpec(("N", 6, "T")),), {"num_groups": 6}),
        Example((TensorSpec(("N", 6, 3)),), {"num_groups": 1, "affine": False}),
        Example((TensorSpec(("N", 6, 3)),), {"num_groups": 2, "bias": False}),
    )

    num_groups: int = param(
        1, min=1, help="1 normalises all channels together, as many as channels each by itself"
    )
    eps: float = param(
        1e-5, above=0, help="added to the variance, so that nothing is divided by zero", advanced=True
    )
    affine: bool = param(True, help="learn a factor and an offset for each channel")
    bias: bool = param(True, help="learn the offset too", advanced=True)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = at_least(self, specs[0], 2, "N, C, ...")
        channels = fixed(self, spec, 1, "channels")
        if channels % self.num_groups:
            message = f"GroupNorm cannot split {channels} channels into {self.num_groups} equal groups"
            fitting = nearest_divisor(channels, self.num_groups)
            raise ShapeError(message, port="input", changes=({"num_groups": fitting},))
        return spec

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with num_channels from the wire; `bias` is left out if on, as older torch has none."""
        values = self.values()
        if self.bias:
            del values["bias"]
        return {**values, "num_channels": fixed(self, self.wired(specs[0]), 1, "channels")}

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """A factor and an offset a channel."""
        channels = fixed(self, self.wired(specs[0]), 1, "channels")
        return Cost(channels * (1 + self.bias) if self.affine else 0)
