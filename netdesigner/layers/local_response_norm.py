"""Normalisation of each element by its neighbours in other channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.rules import at_least, channelled, fixed
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["CrossMapLRN2d", "LocalResponseNorm"]


class _AcrossChannels(Layer):
    """What the two have in common."""

    category: ClassVar[str] = "Normalisation"
    main: ClassVar[tuple[str, ...]] = ("size",)

    size: int = param(
        5, min=1, help="how many neighbouring channels are looked at, the element's own included"
    )
    alpha: float = param(1e-4, min=0, help="weight of the neighbours")
    beta: float = param(0.75, help="power of what is divided by", advanced=True)
    k: float = param(1.0, above=0, help="added to the neighbours, so that nothing is divided by zero")


class LocalResponseNorm(_AcrossChannels):
    """Divides each element by the squares of its neighbours in other channels: x / (k + alpha·mean(x²))^beta.

    Shape:
        - Input: (N, C, L) or with more axes behind it.
        - Output: the same.

    Source: torch.nn.LocalResponseNorm; Krizhevsky et al., "ImageNet classification with deep convolutional neural
    networks" (2012).
    """

    kind: ClassVar[str] = "LocalResponseNorm"
    torch_class: ClassVar[str] = "LocalResponseNorm"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 6, 4, 5)),)),
        Example((TensorSpec(("N", 5, "T")),), {"size": 2, "alpha": 0.1}),
        Example((TensorSpec(("N", 4, 2, 3, 4)),), {"size": 3, "alpha": 1.0, "beta": 0.5, "k": 2.0}),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        return at_least(self, specs[0], 3, "N, C, L, ...")


class CrossMapLRN2d(_AcrossChannels):
    """The older LocalResponseNorm for images, kept for networks that were trained with it.

    Torch's own arithmetic is kept too: a window reaches over ⌈size / 2⌉ − 1 channels on each side, and the first
    channel stays in the sum after it has left the window.

    Shape:
        - Input: (N, C, H, W).
        - Output: the same.

    Source: torch.nn.CrossMapLRN2d; Krizhevsky et al., "ImageNet classification with deep convolutional neural
    networks" (2012).
    """

    kind: ClassVar[str] = "CrossMapLRN2d"
    torch_class: ClassVar[str] = "CrossMapLRN2d"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 8, 4, 5)),)),
        Example((TensorSpec(("N", 6, "H", "W")),), {"size": 2, "alpha": 0.1}),
        Example((TensorSpec(("N", 2, 3, 3)),), {"size": 9, "alpha": 1.0, "beta": 0.5, "k": 2.0}),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = channelled(self, specs[0], 2)
        fixed(self, spec, 1, "channels")
        return spec

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The module of torch, with the gradient of what it computes."""
        from netdesigner.compiler.operations import normalisation

        return normalisation.CrossMapLRN2d(**self.arguments(*specs))
