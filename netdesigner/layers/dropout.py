"""Layers that drop elements or whole channels at random while training."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.rules import Same, at_least, channelled
from netdesigner.parts.tensor import TensorSpec

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"]


class Dropout(Same):
    """Sets each element to zero by chance while training; evaluation and export leave it out.

    What is left is divided by 1 − p, so that the mean stays.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Dropout; Srivastava et al., "Dropout: a simple way to prevent neural networks from
    overfitting" (2014).
    """

    kind: ClassVar[str] = "Dropout"
    category: ClassVar[str] = "Dropout"
    torch_class: ClassVar[str] = "Dropout"
    main: ClassVar[tuple[str, ...]] = ("p",)
    stochastic: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 16)),)),
        Example((TensorSpec(("N", "T", 16)),), {"p": 0.1}),
    )

    p: float = param(0.5, min=0, max=1, help="chance of an element to be set to zero")


class _Channelwise(Layer):
    """What those have in common that drop whole channels."""

    category: ClassVar[str] = "Dropout"
    main: ClassVar[tuple[str, ...]] = ("p",)
    stochastic: ClassVar[bool] = True

    p: float = param(0.5, min=0, max=1, help="chance of a channel to be set to zero")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        return channelled(self, specs[0], self.size_axes)


class Dropout1d(_Channelwise):
    """Sets whole channels of a sequence to zero by chance while training.

    What is left is divided by 1 − p, so that the mean stays.

    Shape:
        - Input: (N, C, L).
        - Output: the same.

    Source: torch.nn.Dropout1d; Tompson et al., "Efficient object localization using convolutional networks" (2015).
    """

    kind: ClassVar[str] = "Dropout1d"
    torch_class: ClassVar[str] = "Dropout1d"
    size_axes: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 8)),)),
        Example((TensorSpec(("N", 4, "T")),), {"p": 0.2}),
    )


class Dropout2d(_Channelwise):
    """Sets whole channels of an image to zero by chance while training.

    What is left is divided by 1 − p, so that the mean stays.

    Shape:
        - Input: (N, C, H, W).
        - Output: the same.

    Source: torch.nn.Dropout2d; Tompson et al., "Efficient object localization using convolutional networks" (2015).
    """

    kind: ClassVar[str] = "Dropout2d"
    torch_class: ClassVar[str] = "Dropout2d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 8, 8)),)),
        Example((TensorSpec(("N", 4, "H", "W")),), {"p": 0.2}),
    )


class Dropout3d(_Channelwise):
    """Sets whole channels of a volume or a film to zero by chance while training.

    What is left is divided by 1 − p, so that the mean stays.

    Shape:
        - Input: (N, C, D, H, W).
        - Output: the same.

    Source: torch.nn.Dropout3d; Tompson et al., "Efficient object localization using convolutional networks" (2015).
    """

    kind: ClassVar[str] = "Dropout3d"
    torch_class: ClassVar[str] = "Dropout3d"
    size_axes: ClassVar[int] = 3
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 2, 4, 5, 5)),)),
        Example((TensorSpec(("N", 2, "T", "H", "W")),), {"p": 0.2}),
    )


class AlphaDropout(Same):
    """Drops elements by chance while training as suits SELU: mean and variance both stay.

    What is dropped is set to the least that SELU gives, and all of it is then scaled and moved.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.AlphaDropout; Klambauer et al., "Self-normalizing neural networks" (2017).
    """

    kind: ClassVar[str] = "AlphaDropout"
    category: ClassVar[str] = "Dropout"
    torch_class: ClassVar[str] = "AlphaDropout"
    main: ClassVar[tuple[str, ...]] = ("p",)
    stochastic: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 16)),)),
        Example((TensorSpec(("N", "T", 16)),), {"p": 0.1}),
    )

    p: float = param(0.5, min=0, max=1, help="chance of an element to be dropped")


class FeatureAlphaDropout(Layer):
    """Drops whole channels by chance while training as suits SELU: mean and variance both stay.

    What is dropped is set to the least that SELU gives, and all of it is then scaled and moved.

    Shape:
        - Input: (N, C, ...).
        - Output: the same.

    Source: torch.nn.FeatureAlphaDropout; Klambauer et al., "Self-normalizing neural networks" (2017); Tompson et al.,
    "Efficient object localization using convolutional networks" (2015).
    """

    kind: ClassVar[str] = "FeatureAlphaDropout"
    category: ClassVar[str] = "Dropout"
    torch_class: ClassVar[str] = "FeatureAlphaDropout"
    main: ClassVar[tuple[str, ...]] = ("p",)
    stochastic: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 8, 8)),)),
        Example((TensorSpec(("N", 4, "T")),), {"p": 0.2}),
    )

    p: float = param(0.5, min=0, max=1, help="chance of a channel to be dropped")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        return at_least(self, specs[0], 2, "N, C, ...")
