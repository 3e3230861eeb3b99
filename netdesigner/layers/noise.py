"""Layers that add something random while training."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import Same
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["DropPath", "GaussianNoise", "ReparameterizedSample"]


class GaussianNoise(Same):
    """Adds normally distributed noise while training; evaluation and export leave it out.

    Shape:
        - Input: any.
        - Output: the same.

    Source: Bishop, "Training with noise is equivalent to Tikhonov regularization" (1995).
    """

    kind: ClassVar[str] = "GaussianNoise"
    category: ClassVar[str] = "Random"
    main: ClassVar[tuple[str, ...]] = ("std",)
    stochastic: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 16)),)),
        Example((TensorSpec(("N", 3, "H", "W")),), {"std": 0.5}),
    )

    std: float = param(0.1, min=0, help="how far the noise reaches: its standard deviation")

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that adds noise."""
        from netdesigner.compiler.operations.noise import GaussianNoise as Module

        return Module(**self.arguments(*specs))


class DropPath(Layer):
    """Sets whole samples to zero by chance while training, so that a residual branch is skipped for them.

    What is left is divided by 1 − p, so that the mean stays; evaluation and export leave it out.

    Shape:
        - Input: (N, ...).
        - Output: the same.

    Source: Huang et al., "Deep networks with stochastic depth" (2016).
    """

    kind: ClassVar[str] = "DropPath"
    category: ClassVar[str] = "Dropout"
    main: ClassVar[tuple[str, ...]] = ("p",)
    stochastic: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 8)),)),
        Example((TensorSpec(("N", 3, 4, 4)),), {"p": 0.5}),
    )

    p: float = param(0.1, min=0, max=1, help="chance of a sample to be set to zero")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = self.need(specs[0])
        if BATCH in spec.shape[1:]:
            message = f"DropPath must have the batch as its first axis, but gets {spec}"
            raise ShapeError(message, port="input")
        return spec

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that drops samples."""
        from netdesigner.compiler.operations.noise import DropPath as Module

        return Module(**self.arguments(*specs))


class ReparameterizedSample(Layer):
    """Draws from a normal distribution in such a way that its mean and variance can be learned.

    While training it gives mean + ε·exp(log_variance / 2) with a random ε, as between the halves of a variational
    autoencoder; evaluation and export give the mean.

    Shape:
        - Mean, log_variance: any, equal.
        - Output: the same.

    Source: Kingma and Welling, "Auto-encoding variational Bayes" (2013).
    """

    kind: ClassVar[str] = "ReparameterizedSample"
    category: ClassVar[str] = "Random"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("mean", help="the middle of the distribution"),
        Port("log_variance", help="the logarithm of its variance"),
    )
    stochastic: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 16)), TensorSpec(("N", 16)))),
        Example((TensorSpec(("N", 4, "H", "W")), TensorSpec(("N", 4, "H", "W")))),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The shape of the mean."""
        mean = self.need(specs[0], port="mean")
        log_variance = self.need(specs[1], port="log_variance")
        if mean != log_variance:
            sides = f"{mean} and {log_variance}"
            message = (
                f"ReparameterizedSample takes a mean and a log_variance of equal shape, but gets {sides}"
            )
            raise ShapeError(message, port="log_variance")
        return mean

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that draws."""
        from netdesigner.compiler.operations.noise import ReparameterizedSample as Module

        return Module()
