"""Self-attention as recent language models have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.rules import count, nearest_divisor, sequence
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["GroupedQueryAttention"]

_MOST_HEADS = 4096
"""How many heads are proposed at most; a file may hold numbers of any size."""


class GroupedQueryAttention(Layer):
    """Self-attention in which groups of heads share keys and values, as recent language models have it.

    With as many num_kv_heads as num_heads it is plain multi-head attention, with 1 multi-query attention. Places are
    told by turning queries and keys (rotary); a gate may weigh what was gathered.

    Shape:
        - Input: (N, T, features); their number comes from the wire and is divided by num_heads.
        - Output: the same.

    Source: Ainslie et al., "GQA: training generalized multi-query transformer models" (2023), arXiv 2305.13245; Su et
    al., "RoFormer" (2021), arXiv 2104.09864; the gate after Qiu et al., "Gated attention for large language models"
    (2025), arXiv 2505.06708.
    """

    kind: ClassVar[str] = "GroupedQueryAttention"
    title: ClassVar[str] = "Grouped-query attention"
    category: ClassVar[str] = "Attention"
    main: ClassVar[tuple[str, ...]] = ("num_heads", "num_kv_heads", "is_causal")
    stochastic: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 6, 16)),), {"num_heads": 4, "num_kv_heads": 2}),
        Example((TensorSpec(("N", "T", 12)),), {"num_heads": 2, "num_kv_heads": 1, "is_causal": False, "bias": True}),
        Example((TensorSpec(("N", 5, 8)),), {"num_heads": 2, "num_kv_heads": 2, "rotary": False, "gated": True}),
    )  # fmt: skip

    num_heads: int = param(8, min=1, help="how many attentions run side by side")
    num_kv_heads: int = param(2, min=1, help="how many keys and values they have between them")
    is_causal: bool = param(True, help="no step looks at a later one, as for predicting what comes next")
    rotary: bool = param(True, help="turn queries and keys by their place, so that attention knows distances")
    base: float = param(10000.0, min=2, help="how slowly the slowest pair turns", advanced=True)
    gated: bool = param(False, help="weigh each gathered feature by a learned gate of the input")
    bias: bool = param(False, help="add a learned number to each feature", advanced=True)
    dropout: float = param(0.0, min=0, max=1, help="chance of a weight to be zeroed while training")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """As the input."""
        spec, _, _, features = sequence(self, specs[0], batch_first=True)
        head = features // self.num_heads
        if features % self.num_heads:
            message = f"{self.label()} cannot share {features} features among {self.num_heads} heads equally"
            raise ShapeError(message, port="input", changes=self._other_heads(features))
        if self.num_heads % self.num_kv_heads:
            message = f"{self.label()} cannot share {self.num_kv_heads} keys and values among {self.num_heads} heads"
            fitting = nearest_divisor(self.num_heads, self.num_kv_heads)
            raise ShapeError(message, changes=({"num_kv_heads": fitting}, *self._other_heads(features)))
        if self.rotary and head % 2:
            message = f"{self.label()} turns pairs of features, but each head has {head}"
            changes = ({"rotary": False}, *self._other_heads(features))
            raise ShapeError(message, port="input", changes=changes)
        return spec

    def _other_heads(self, features: int) -> tuple[Mapping[str, object], ...]:
        """The nearest number of heads that fits all the rest; failing that, one that fits without the rest."""
        even = 2 if self.rotary else 1
        fitting = [
            heads
            for heads in range(1, min(features, _MOST_HEADS) + 1)
            if features % (heads * even) == 0 and heads % self.num_kv_heads == 0
        ]
        if fitting:
            return ({"num_heads": min(fitting, key=lambda heads: abs(heads - self.num_heads))},)
        plain: dict[str, object] = {"num_heads": 1, "num_kv_heads": 1, "rotary": features % 2 == 0}
        return ({name: value for name, value in plain.items() if value != getattr(self, name)},)

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with embed_dim from the wire."""
        return {"embed_dim": self.wired(specs[0]).shape[2], **self.values()}

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that attends."""
        from netdesigner.compiler.operations.grouped_attention import GroupedQueryAttention as Module

        return Module(**self.arguments(*specs))

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """The projections at each step, and scores and means over all pairs of steps."""
        spec = self.wired(specs[0])
        features, steps = count(spec.shape[2:]), count(spec.shape[1:2])
        width = features // self.num_heads * self.num_kv_heads
        weights = features * ((2 + self.gated) * features + 2 * width)
        biases = ((2 + self.gated) * features + 2 * width) * self.bias
        return Cost(weights + biases, weights * steps + 2 * steps * steps * features)
