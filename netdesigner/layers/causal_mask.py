"""A mask that lets no step look ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.axes import sample_axis
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import at_least
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["CausalMask"]


class CausalMask(Layer):
    """Hides from each step of a sequence the steps that come after it, as where the next word is to be foretold.

    It goes to 'attn_mask' of an attention. An attention that has is_causal makes the same mask itself.

    Shape (L and S are the lengths of the axis dim):
        - Query: (N, L, ...). Key: (N, S, ...); the query again if it is not wired. With dim 0 the batch comes second.
        - Output: (N, L, S): bool (true: not looked at) or float32 (added to the scores: 0 or −∞).

    Source: torch.nn.Transformer.generate_square_subsequent_mask; Vaswani et al., "Attention is all you need" (2017).
    """

    kind: ClassVar[str] = "CausalMask"
    category: ClassVar[str] = "Attention"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("query", help="the steps that ask; only their number counts"),
        Port("key", optional=True, help="the steps that are looked at, where these are others"),
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 8)), None)),
        Example((TensorSpec(("N", "T"), "int64"), TensorSpec(("N", "S", 4))), {"dtype": "float32"}),
        Example((TensorSpec((5, "N", 4)), None), {"dim": 0}),
        Example((TensorSpec(("N", 2, "T", 8)), TensorSpec(("N", 2, 7, 8))), {"dim": -2}),
    )

    dim: int = param(1, help="the axis of the steps; 2 where heads stand before them")
    dtype: str = param(
        "bool",
        choices=("bool", "float32"),
        help="'bool' is true where hidden, 'float32' is −∞ there and else 0",
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """A mask for each sample."""
        query = at_least(self, specs[0], 2, "N, steps, ...", "query", floats=False)
        steps = 0 if query.shape[1] == BATCH else 1
        axis = sample_axis(self, query, self.dim, port="query", fitting=(steps,))
        batch = 1 if axis == 0 else 0
        if BATCH in query.shape and query.shape[batch] != BATCH:
            message = f"CausalMask with dim {self.dim} looks for the batch at axis {batch} of {query}"
            raise ShapeError(message, port="query", changes=({"dim": steps},) if steps != self.dim else ())
        key = query if specs[1] is None else specs[1]
        attended = key.shape[sample_axis(self, key, self.dim, port="key", fitting=(steps,))]
        return TensorSpec((query.shape[batch], query.shape[axis], attended), self.dtype)

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that makes the mask."""
        from netdesigner.compiler.operations.values import CausalMask as Module

        return Module(**self.arguments(*specs))
