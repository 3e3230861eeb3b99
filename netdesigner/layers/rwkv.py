"""Time mixing as RWKV has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.parts.layer import Cost, Example, Layer
from netdesigner.parts.rules import count, sequence
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["RWKVTimeMix"]


class RWKVTimeMix(Layer):
    """Gathers from the past by a mean that fades with time and weighs each step by its key.

    Each feature fades at a speed of its own, which is learned; the present step has a weight of its own too. What goes
    into key, value and gate is mixed of the step and the one before it. No step sees a later one. All steps are
    worked out together, in rounds that double how far each looks back.

    Shape:
        - Input: (N, T, features); their number comes from the wire.
        - Output: the same.

    Source: Peng et al., "RWKV: reinventing RNNs for the transformer era" (2023), arXiv 2305.13048.
    """

    kind: ClassVar[str] = "RWKVTimeMix"
    title: ClassVar[str] = "RWKV time mixing"
    category: ClassVar[str] = "Recurrent"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 5, 8)),)),
        Example((TensorSpec(("N", "T", 6)),)),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """As the input."""
        return sequence(self, specs[0], batch_first=True)[0]

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The number of features from the wire."""
        return {"features": self.wired(specs[0]).shape[2]}

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that mixes."""
        from netdesigner.compiler.operations.rwkv import RWKVTimeMix as Module

        return Module(**self.arguments(*specs))

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """Four products at each step; the fading mean is element by element."""
        spec = self.wired(specs[0])
        features = count(spec.shape[2:])
        return Cost(4 * features**2 + 5 * features, 4 * features**2 * count(spec.shape[1:2]))
