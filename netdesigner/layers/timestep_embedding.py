"""How far along something is, as a row of features."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["TimestepEmbedding"]


class TimestepEmbedding(Layer):
    """Makes of a number, such as the step of a diffusion, a row of sines and cosines that layers can compute with.

    Shape:
        - Timesteps: (N,) or more axes, whole or real numbers.
        - Output: (N, embedding_dim) float32.

    Source: Ho, Jain and Abbeel, "Denoising diffusion probabilistic models" (2020).
    """

    kind: ClassVar[str] = "TimestepEmbedding"
    title: ClassVar[str] = "Timestep embedding"
    category: ClassVar[str] = "Embedding"
    inputs: ClassVar[tuple[Port, ...]] = (Port("timesteps", help="a number for each sample"),)
    main: ClassVar[tuple[str, ...]] = ("embedding_dim",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N",), "int64"),), {"embedding_dim": 8}),
        Example((TensorSpec(("N",)),), {"embedding_dim": 7, "downscale_freq_shift": 0.0}),
        Example((TensorSpec(("N", 2)),), {"embedding_dim": 6, "flip_sin_to_cos": True, "max_period": 50.0}),
    )

    embedding_dim: int = param(128, min=2, help="how many features there are")
    max_period: float = param(
        10000.0, above=0, help="the slowest wave is about 2π times as many steps long", advanced=True
    )
    downscale_freq_shift: float = param(
        1.0,
        min=0,
        help="1: the slowest wave is that of max_period, as in DDPM; 0: it is a little faster",
        advanced=True,
    )
    flip_sin_to_cos: bool = param(False, help="cosines come before sines", advanced=True)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """An axis more."""
        spec = self.wired(specs[0], "timesteps")
        if spec.dtype == "bool":
            raise ShapeError(f"{self.label()} takes numbers, but gets {spec}", port="timesteps")
        half = self.embedding_dim // 2
        if self.downscale_freq_shift >= half:
            message = (
                f"{self.label()} needs a downscale_freq_shift below half of embedding_dim, {half}, but has "
                f"{self.downscale_freq_shift:g}"
            )
            raise ShapeError(message, changes=({"downscale_freq_shift": 0.0}, {"embedding_dim": 128}))
        return TensorSpec((*spec.shape, self.embedding_dim))

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that computes the waves."""
        from netdesigner.compiler.operations.positions import TimestepEmbedding as Module

        return Module(**self.arguments(*specs))
