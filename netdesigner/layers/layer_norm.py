"""Normalisation over the last axes of each sample."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer
from netdesigner.parts.part import Ints, param
from netdesigner.parts.rules import at_least, fixed
from netdesigner.parts.tensor import TensorSpec

__all__ = ["LayerNorm", "RMSNorm"]

_SHAPE_HELP = "lengths of the last axes that are normalised together; empty: the last axis alone"


class _LastAxes(Layer):
    """What the two have in common."""

    category: ClassVar[str] = "Normalisation"

    normalized_shape: Ints = param((), min=1, help=_SHAPE_HELP)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        wanted = self.normalized_shape
        spec = at_least(self, specs[0], 2, "N, ..., features")
        if len(wanted) >= spec.rank:
            message = f"{self.label()} takes at least {len(wanted) + 1} axes (N, *normalized_shape), but gets {spec}"
            raise ShapeError(message, port="input", changes=({"normalized_shape": ()},))
        if not wanted:
            fixed(self, spec, -1, "features")
        elif spec.shape[-len(wanted) :] != wanted:
            last = spec.shape[-len(wanted) :]
            changes: tuple[Mapping[str, object], ...] = ({"normalized_shape": ()},)
            if all(isinstance(dim, int) for dim in last):
                changes = ({"normalized_shape": last}, *changes)
            message = f"{self.label()} normalises axes of the lengths {list(wanted)}, but gets {spec}"
            raise ShapeError(message, port="input", changes=changes)
        return spec

    def _normalized(self, specs: tuple[TensorSpec | None, ...]) -> tuple[int, ...]:
        return self.normalized_shape or (fixed(self, self.wired(specs[0]), -1, "features"),)

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with normalized_shape from the wire where it is empty."""
        return {**self.values(), "normalized_shape": self._normalized(specs)}


class LayerNorm(_LastAxes):
    """Brings the features of each position to mean 0 and variance 1.

    Shape:
        - Input: (N, ..., *normalized_shape); the last axis comes from the wire.
        - Output: the same.

    Source: torch.nn.LayerNorm; Ba, Kiros and Hinton, "Layer normalization" (2016).
    """

    kind: ClassVar[str] = "LayerNorm"
    torch_class: ClassVar[str] = "LayerNorm"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 16)),)),
        Example((TensorSpec(("N", 3, 4, 5)),), {"normalized_shape": (3, 4, 5)}),
        Example((TensorSpec(("N", 16)),), {"bias": False}),
        Example((TensorSpec(("N", 6)),), {"elementwise_affine": False}),
    )

    eps: float = param(
        1e-5, above=0, help="added to the variance, so that nothing is divided by zero", advanced=True
    )
    elementwise_affine: bool = param(True, help="learn a factor and an offset for each feature")
    bias: bool = param(True, help="learn the offset too", advanced=True)

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """A factor and an offset a feature."""
        features = math.prod(self._normalized(specs))
        return Cost(features * (1 + self.bias) if self.elementwise_affine else 0)


class RMSNorm(_LastAxes):
    """Divides the features of each position by the root of their mean square.

    Shape:
        - Input: (N, ..., *normalized_shape); the last axis comes from the wire.
        - Output: the same.

    Source: torch.nn.RMSNorm; Zhang and Sennrich, "Root mean square layer normalization" (2019).
    """

    kind: ClassVar[str] = "RMSNorm"
    torch_class: ClassVar[str] = "RMSNorm"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 16)),)),
        Example((TensorSpec(("N", 3, 4)),), {"normalized_shape": (3, 4), "eps": 1e-6}),
        Example((TensorSpec(("N", 6)),), {"elementwise_affine": False}),
    )

    eps: float | None = param(
        None,
        above=0,
        help="added to the mean square, so that nothing is divided by zero; empty: the smallest step of the type",
        advanced=True,
    )
    elementwise_affine: bool = param(True, help="learn a factor for each feature")

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """A factor a feature."""
        return Cost(math.prod(self._normalized(specs)) if self.elementwise_affine else 0)
