"""Pooling that takes the norm of each window."""

from __future__ import annotations

from typing import Any, ClassVar

from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import Window, channelled, sizes
from netdesigner.parts.tensor import TensorSpec

__all__ = ["LPPool1d", "LPPool2d", "LPPool3d"]


class _LPPool(Layer):
    """What the three have in common; parameters in torch's order."""

    category: ClassVar[str] = "Pooling"
    main: ClassVar[tuple[str, ...]] = ("norm_type", "kernel_size", "stride")

    norm_type: float = param(
        2.0,
        above=0,
        help="the power p; 1 gives sums, large ones nearly the largest element. Where elements may be negative, "
        "take 1 or an even p: the root of a negative sum is no number",
    )
    kernel_size: Size = param(2, min=1, help="length of the window along each axis")
    stride: Size | None = param(
        None, min=1, help="step from one window to the next; empty: kernel_size, so that none overlap"
    )
    ceil_mode: bool = param(False, help="count a last window that hangs over the end", advanced=True)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """As many positions as the window has places."""
        axes = self.size_axes
        spec = channelled(self, specs[0], axes)
        stride = self.kernel_size if self.stride is None else self.stride
        kernel, stride = sizes(self.kernel_size, axes), sizes(stride, axes)
        window = Window(kernel, stride, (0,) * axes, (1,) * axes, self.ceil_mode, unpadded=axes == 3)
        return spec.with_shape(*spec.shape[:2], *window.places(self, spec))


class LPPool1d(_LPPool):
    """Takes the p-norm of each window along a sequence: the p-th root of the sum of its elements' p-th powers.

    Shape:
        - Input: (N, C, L).
        - Output: (N, C, ⌊(L − kernel_size) / stride⌋ + 1).

    Source: torch.nn.LPPool1d; Gulcehre et al., "Learned-norm pooling for deep feedforward and recurrent neural
    networks" (2014).
    """

    kind: ClassVar[str] = "LPPool1d"
    torch_class: ClassVar[str] = "LPPool1d"
    size_axes: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 10)),), {"kernel_size": 2}),
        Example((TensorSpec(("N", 4, "T")),), {"norm_type": 1.0, "ceil_mode": True}),
        Example((TensorSpec(("N", 2, 9)),), {"norm_type": 4.0, "kernel_size": (3,), "stride": 1}),
    )

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters; torch takes the window's length as a number only."""
        return {**self.values(), "kernel_size": sizes(self.kernel_size, 1)[0]}


class LPPool2d(_LPPool):
    """Takes the p-norm of each window over an image: the p-th root of the sum of its elements' p-th powers.

    Shape:
        - Input: (N, C, H, W).
        - Output: (N, C, H', W'), H' = ⌊(H − kernel_size) / stride⌋ + 1.

    Source: torch.nn.LPPool2d; Sermanet et al., "Convolutional neural networks applied to house numbers digit
    classification" (2012).
    """

    kind: ClassVar[str] = "LPPool2d"
    torch_class: ClassVar[str] = "LPPool2d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 8, 8)),), {"kernel_size": 2}),
        Example((TensorSpec(("N", 2, "H", 6)),), {"norm_type": 1.0, "kernel_size": (1, 3), "stride": 2}),
        Example((TensorSpec(("N", 2, 7, 9)),), {"kernel_size": (3, 2), "ceil_mode": True}),
    )


class LPPool3d(_LPPool):
    """Takes the p-norm of each window through a volume or film: the p-th root of the sum of its elements' p-th powers.

    Shape:
        - Input: (N, C, D, H, W).
        - Output: (N, C, D', H', W'), D' = ⌊(D − kernel_size) / stride⌋ + 1.

    Source: torch.nn.LPPool3d; Sermanet et al., "Convolutional neural networks applied to house numbers digit
    classification" (2012), for images.
    """

    kind: ClassVar[str] = "LPPool3d"
    torch_class: ClassVar[str] = "LPPool3d"
    size_axes: ClassVar[int] = 3
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 2, 4, 6, 6)),), {"kernel_size": 2}),
        Example((TensorSpec(("N", 2, "T", 6, 5)),), {"norm_type": 1.0, "kernel_size": (1, 2, 3)}),
        Example((TensorSpec(("N", 1, 5, 7, 6)),), {"kernel_size": 3, "stride": 2, "ceil_mode": True}),
    )
