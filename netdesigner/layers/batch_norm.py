"""Normalisation over the batch."""

from __future__ import annotations

from typing import Any, ClassVar

from netdesigner.parts.layer import Cost, Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.rules import fixed
from netdesigner.parts.tensor import TensorSpec

__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d"]


class _BatchNorm(Layer):
    """What the three have in common; parameters in torch's order."""

    category: ClassVar[str] = "Normalisation"
    mixes_samples: ClassVar[bool] = True
    ranks: ClassVar[tuple[int, ...]] = ()
    axes: ClassVar[str] = ""

    eps: float = param(
        1e-5, above=0, help="added to the variance, so that nothing is divided by zero", advanced=True
    )
    momentum: float | None = param(
        0.1,
        min=0,
        max=1,
        help="share of the newest batch in the running mean; empty: all batches count alike",
        advanced=True,
    )
    affine: bool = param(True, help="learn a factor and an offset for each channel")
    track_running_stats: bool = param(
        True, help="keep running means for evaluation; off: each batch is normalised by itself", advanced=True
    )
    bias: bool = param(True, help="learn the offset too", advanced=True)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = self.need(specs[0], *self.ranks, what=self.axes)
        fixed(self, spec, 1, "channels")
        return spec

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with num_features from the wire; `bias` is left out if on, as older torch has none."""
        values = self.values()
        if self.bias:
            del values["bias"]
        return {"num_features": fixed(self, self.wired(specs[0]), 1, "channels"), **values}

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """A factor and an offset a channel; running mean, running variance and the number of batches."""
        channels = fixed(self, self.wired(specs[0]), 1, "channels")
        parameters = channels * (1 + self.bias) if self.affine else 0
        return Cost(parameters, buffers=2 * channels + 1 if self.track_running_stats else 0)


class BatchNorm1d(_BatchNorm):
    """Brings each feature to mean 0 and variance 1 over the batch.

    Shape:
        - Input: (N, C) or (N, C, L); C comes from the wire.
        - Output: the same.

    Source: torch.nn.BatchNorm1d; Ioffe and Szegedy, "Batch normalization" (2015).
    """

    kind: ClassVar[str] = "BatchNorm1d"
    torch_class: ClassVar[str] = "BatchNorm1d"
    ranks: ClassVar[tuple[int, ...]] = (2, 3)
    axes: ClassVar[str] = "N, C or N, C, L"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 16)),)),
        Example((TensorSpec(("N", 8, "T")),), {"affine": False}),
        Example((TensorSpec(("N", 8, 5)),), {"track_running_stats": False}),
    )


class BatchNorm2d(_BatchNorm):
    """Brings each channel to mean 0 and variance 1 over the batch and all positions.

    Shape:
        - Input: (N, C, H, W); C comes from the wire.
        - Output: the same.

    Source: torch.nn.BatchNorm2d; Ioffe and Szegedy, "Batch normalization" (2015).
    """

    kind: ClassVar[str] = "BatchNorm2d"
    torch_class: ClassVar[str] = "BatchNorm2d"
    ranks: ClassVar[tuple[int, ...]] = (4,)
    axes: ClassVar[str] = "N, C, H, W"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 8, 8)),)),
        Example((TensorSpec(("N", 3, "H", "W")),), {"momentum": None}),
        Example((TensorSpec(("N", 3, 4, 4)),), {"bias": False}),
    )


class BatchNorm3d(_BatchNorm):
    """Brings each channel to mean 0 and variance 1 over the batch and all positions of a volume.

    Shape:
        - Input: (N, C, D, H, W); C comes from the wire.
        - Output: the same.

    Source: torch.nn.BatchNorm3d; Ioffe and Szegedy, "Batch normalization" (2015).
    """

    kind: ClassVar[str] = "BatchNorm3d"
    torch_class: ClassVar[str] = "BatchNorm3d"
    ranks: ClassVar[tuple[int, ...]] = (5,)
    axes: ClassVar[str] = "N, C, D, H, W"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 2, 4, 5)),)),
        Example((TensorSpec(("N", 2, "T", "H", "W")),), {"momentum": None}),
        Example((TensorSpec(("N", 2, 3, 3, 3)),), {"affine": False, "track_running_stats": False}),
    )
