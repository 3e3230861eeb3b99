"""Where in a sequence something stands, as the angle that queries and keys are turned by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.axes import sample_axis
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.rules import at_least, fixed
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["RotaryEmbedding"]


class RotaryEmbedding(Layer):
    """Turns pairs of features by an angle that grows with the position (RoPE), for queries and keys alike.

    Shape:
        - Input: (N, heads, T, E), or (N, T, heads, E) with dim 1, or (N, T, E).
        - Output: the same.

    Source: Su et al., "RoFormer: enhanced transformer with rotary position embedding" (2021).
    """

    kind: ClassVar[str] = "RotaryEmbedding"
    title: ClassVar[str] = "Rotary embedding (RoPE)"
    category: ClassVar[str] = "Embedding"
    main: ClassVar[tuple[str, ...]] = ("dim", "interleaved")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 2, "T", 8)),)),
        Example((TensorSpec(("N", "T", 2, 8)),), {"dim": 1, "interleaved": False}),
        Example((TensorSpec(("N", 5, 6)),), {"rotary_dim": 4, "base": 100.0}),
        Example((TensorSpec(("N", 3, "T", 8)),), {"rotary_dim": 4, "interleaved": False}),
    )

    dim: int = param(-2, help="the axis of the steps; −2 is the one before the features")
    base: float = param(
        10000.0, above=0, help="the slowest pair turns once in about 2π times as many steps", advanced=True
    )
    rotary_dim: int | None = param(
        None, min=2, help="how many features are turned, the first ones; empty: all", advanced=True
    )
    interleaved: bool = param(
        True, help="pairs are neighbours, as in the paper; off: the first half with the second, as in Llama"
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = at_least(self, specs[0], 3, "N, ..., steps, features")
        if sample_axis(self, spec, self.dim) == spec.rank - 1:
            message = f"{self.label()} has dim {self.dim}, which are the features of {spec}, not its steps"
            others = [at - spec.rank for at in range(spec.rank - 2, -1, -1) if spec.shape[at] != BATCH]
            raise ShapeError(message, port="input", changes=tuple({"dim": at} for at in others[:2]))
        features = fixed(self, spec, -1, "features")
        turned = features if self.rotary_dim is None else self.rotary_dim
        if turned % 2 or turned > features:
            message = f"{self.label()} turns features in pairs, but cannot turn {turned} of the {features} in {spec}"
            most = min(turned, features) // 2 * 2
            changes = tuple(
                {"rotary_dim": n} for n in dict.fromkeys((most, None)) if n not in (self.rotary_dim, 0)
            )
            raise ShapeError(message, port="input", changes=changes)
        return spec

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with the number of features from the wire where it is empty."""
        features = fixed(self, self.wired(specs[0]), -1, "features")
        return {**self.values(), "rotary_dim": self.rotary_dim or features}

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that turns."""
        from netdesigner.compiler.operations.positions import RotaryEmbedding as Module

        return Module(**self.arguments(*specs))
