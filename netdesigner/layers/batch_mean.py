"""One number for a whole batch, to be added to the loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["BatchMean"]


class BatchMean(Layer):
    """Takes the mean over the whole batch and all else, for an Output of one number, which is added to the loss.

    With it any cost of what flows through a network becomes a term of the loss: the Kullback-Leibler divergence of a
    variational autoencoder, or a price on large activations. What it gives is of no use to single samples.

    Shape:
        - Input: (N, ...).
        - Output: one number, without any axis.

    Source: torch.mean; Goodfellow et al., "Deep learning" (2016), section 7.7, for penalties on what is represented.
    """

    kind: ClassVar[str] = "BatchMean"
    title: ClassVar[str] = "Mean over the batch"
    category: ClassVar[str] = "Reduction"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N",)),)),
        Example((TensorSpec(("N", 3, "H", "W")),)),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """No axes."""
        return self.need(specs[0]).with_shape()

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that takes the mean."""
        from netdesigner.compiler.operations.reduction import BatchMean as Module

        return Module()

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        return f"{arguments[0]}.mean()"
