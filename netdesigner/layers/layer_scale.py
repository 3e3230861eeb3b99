"""A learned factor for each feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.rules import at_least, axis_of
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["LayerScale"]


class LayerScale(Layer):
    """Multiplies each feature by a learned factor, a small one at the start, so that a deep residual path opens slowly.

    Shape:
        - Input: (N, ..., features) along dim; the number of features comes from the wire.
        - Output: the same.

    Source: Touvron et al., "Going deeper with image transformers" (2021); Liu et al., "A ConvNet for the 2020s" (2022),
    for its use on images.
    """

    kind: ClassVar[str] = "LayerScale"
    category: ClassVar[str] = "Normalisation"
    main: ClassVar[tuple[str, ...]] = ("init_value",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 16)),)),
        Example((TensorSpec(("N", 8, "H", "W")),), {"dim": 1}),
        Example((TensorSpec(("N", 6)),), {"init_value": 0.1}),
    )

    init_value: float = param(1e-6, help="every factor before training")
    dim: int = param(-1, help="the axis of the features; −1 is the last, 1 are the channels of an image")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = at_least(self, specs[0], 2, "N, ..., features")
        self._features(spec)
        return spec

    def _features(self, spec: TensorSpec) -> int:
        axis = axis_of(self, spec, self.dim)
        length = spec.shape[axis]
        if isinstance(length, int):
            return length
        fitting = [at for at in (-1, 1) if isinstance(spec.shape[at], int)]
        message = f"LayerScale needs a fixed number of features, but in {spec} axis {axis} has the free length {length}"
        raise ShapeError(message, port="input", changes=tuple({"dim": at} for at in fitting))

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with the number of features from the wire."""
        return {"features": self._features(self.wired(specs[0])), **self.values()}

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module with a weight for each feature."""
        from netdesigner.compiler.operations.scale import LayerScale as Module

        return Module(**self.arguments(*specs))

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """A factor a feature."""
        return Cost(self._features(self.wired(specs[0])))
