"""Normalisation of each channel of each sample by itself."""

from __future__ import annotations

from typing import Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.rules import channelled, fixed
from netdesigner.parts.tensor import TensorSpec, product

__all__ = ["InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"]


class _InstanceNorm(Layer):
    """What the three have in common; parameters in torch's order."""

    category: ClassVar[str] = "Normalisation"

    eps: float = param(
        1e-5, above=0, help="added to the variance, so that nothing is divided by zero", advanced=True
    )
    momentum: float = param(
        0.1, min=0, max=1, help="share of the newest batch in the running means", advanced=True
    )
    affine: bool = param(False, help="learn a factor and an offset for each channel")
    track_running_stats: bool = param(
        False,
        help="keep running means for evaluation; off: there too each sample is normalised by itself",
        advanced=True,
    )
    bias: bool = param(True, help="learn the offset too, where a factor is learned", advanced=True)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = channelled(self, specs[0], self.size_axes)
        fixed(self, spec, 1, "channels")
        if product(spec.shape[2:]) == 1:
            message = f"{self.label()} needs more than one element in each channel, but gets {spec}"
            raise ShapeError(message, port="input")
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


class InstanceNorm1d(_InstanceNorm):
    """Brings each channel of each sequence to mean 0 and variance 1, whatever the batch.

    Shape:
        - Input: (N, C, L), L more than 1; C comes from the wire.
        - Output: the same.

    Source: torch.nn.InstanceNorm1d; Ulyanov et al., "Instance normalization" (2016).
    """

    kind: ClassVar[str] = "InstanceNorm1d"
    torch_class: ClassVar[str] = "InstanceNorm1d"
    size_axes: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 8)),)),
        Example((TensorSpec(("N", 3, 8)),), {"affine": True}),
        Example((TensorSpec(("N", 3, 9)),), {"affine": True, "bias": False, "track_running_stats": True}),
    )


class InstanceNorm2d(_InstanceNorm):
    """Brings each channel of each image to mean 0 and variance 1, whatever the batch.

    Shape:
        - Input: (N, C, H, W), more than one position; C comes from the wire.
        - Output: the same.

    Source: torch.nn.InstanceNorm2d; Ulyanov et al., "Instance normalization" (2016).
    """

    kind: ClassVar[str] = "InstanceNorm2d"
    torch_class: ClassVar[str] = "InstanceNorm2d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 6, 5)),)),
        Example((TensorSpec(("N", 3, "H", 4)),), {"affine": True}),
        Example((TensorSpec(("N", 2, 4, 4)),), {"affine": True, "bias": False, "track_running_stats": True}),
    )


class InstanceNorm3d(_InstanceNorm):
    """Brings each channel of each volume to mean 0 and variance 1, whatever the batch.

    Shape:
        - Input: (N, C, D, H, W), more than one position; C comes from the wire.
        - Output: the same.

    Source: torch.nn.InstanceNorm3d; Ulyanov et al., "Instance normalization" (2016).
    """

    kind: ClassVar[str] = "InstanceNorm3d"
    torch_class: ClassVar[str] = "InstanceNorm3d"
    size_axes: ClassVar[int] = 3
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 2, 3, 4, 5)),)),
        Example((TensorSpec(("N", 2, "T", 3, 3)),), {"affine": True}),
        Example((TensorSpec(("N", 2, 3, 3, 3)),), {"track_running_stats": True, "momentum": 0.3}),
    )
