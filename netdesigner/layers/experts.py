"""Feed-forward networks with gates: SwiGLU and mixtures of experts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import at_least, count, fixed
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["MixtureOfExperts", "SwiGLU"]


class SwiGLU(Layer):
    """A feed-forward network whose hidden features are gated by others: down(silu(gate(x)) · up(x)).

    Shape:
        - Input: (N, ..., features); their number comes from the wire.
        - Output: the same.

    Source: Shazeer, "GLU variants improve transformer" (2020), arXiv 2002.05202.
    """

    kind: ClassVar[str] = "SwiGLU"
    category: ClassVar[str] = "Linear"
    main: ClassVar[tuple[str, ...]] = ("hidden_features",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 8)),), {"hidden_features": 12}),
        Example((TensorSpec(("N", "T", 6)),), {"hidden_features": 5, "bias": True}),
    )

    hidden_features: int = param(256, min=1, help="length between the layers; 8/3 of the features is usual")
    bias: bool = param(False, help="add a learned number to each feature", advanced=True)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """As the input."""
        spec = at_least(self, specs[0], 2, "N, ..., features")
        fixed(self, spec, spec.rank - 1, "features")
        return spec

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with in_features from the wire."""
        return {"in_features": self.wired(specs[0]).shape[-1], **self.values()}

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module of three linear layers."""
        from netdesigner.compiler.operations.experts import SwiGLU as Module

        return Module(**self.arguments(*specs))

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """Three products at each place."""
        spec = self.wired(specs[0])
        features, hidden = count(spec.shape[-1:]), self.hidden_features
        weights = 3 * features * hidden
        biases = (2 * hidden + features) * self.bias
        return Cost(weights + biases, weights * count(spec.shape[1:-1]))


class MixtureOfExperts(Layer):
    """Feed-forward networks of which each place uses only the few that a router chooses for it.

    Every expert is worked out and those not chosen count nothing, so this costs as much as one network of the length
    num_experts · hidden_features. `balance` is 1 where all experts are used alike and more where not: wire it to an
    Output of its own, and training keeps it small.

    Shape:
        - Input: (N, ..., features); their number comes from the wire.
        - Output: the same.
        - Balance: one number for the whole batch.

    Source: Shazeer et al., "Outrageously large neural networks" (2017), arXiv 1701.06538; the balance loss of Fedus,
    Zoph and Shazeer, "Switch transformers" (2021), arXiv 2101.03961; gated experts as in Jiang et al., "Mixtral of
    experts" (2024), arXiv 2401.04088.
    """

    kind: ClassVar[str] = "MixtureOfExperts"
    title: ClassVar[str] = "Mixture of experts"
    category: ClassVar[str] = "Linear"
    main: ClassVar[tuple[str, ...]] = ("num_experts", "top_k", "hidden_features")
    outputs: ClassVar[tuple[Port, ...]] = (
        Port("output", help="what the chosen experts say, weighed"),
        Port("balance", help="how unevenly the experts are used; 1 is best"),
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 8)),), {"num_experts": 4, "hidden_features": 6}),
        Example((TensorSpec(("N", 5, 6)),), {"num_experts": 3, "top_k": 1, "hidden_features": 4}),
        Example((TensorSpec(("N", "T", 4)),), {"num_experts": 3, "hidden_features": 6, "gated": True}),
    )

    num_experts: int = param(8, min=1, max=4096, help="how many networks there are")
    top_k: int = param(2, min=1, help="how many of them each place uses")
    hidden_features: int = param(256, min=1, help="length inside each expert")
    gated: bool = param(
        False, help="each expert is a SwiGLU, which has three weights, in place of two with a GELU"
    )

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        """As the input, and a number."""
        spec = at_least(self, specs[0], 2, "N, ..., features")
        fixed(self, spec, spec.rank - 1, "features")
        if self.top_k > self.num_experts:
            message = f"Mixture of experts cannot use {self.top_k} of {self.num_experts} experts"
            raise ShapeError(message, changes=({"top_k": self.num_experts}, {"num_experts": self.top_k}))
        return spec, spec.with_shape()

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with in_features from the wire."""
        return {"in_features": self.wired(specs[0]).shape[-1], **self.values()}

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module of a router and the experts' weights."""
        from netdesigner.compiler.operations.experts import MixtureOfExperts as Module

        return Module(**self.arguments(*specs))

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """The router, and the two or three products of every expert, at each place."""
        spec = self.wired(specs[0])
        features = count(spec.shape[-1:])
        weights = self.num_experts * features * (1 + (2 + self.gated) * self.hidden_features)
        return Cost(weights, weights * count(spec.shape[1:-1]))
