"""Pooling that takes the mean of each window."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import Window, channelled, check_pool_padding, sizes
from netdesigner.parts.tensor import TensorSpec

__all__ = ["AvgPool2d"]


class AvgPool2d(Layer):
    """Takes the mean of each window over an image.

    Shape:
        - Input: (N, C, H, W).
        - Output: (N, C, H', W'), H' = ⌊(H + 2·padding − kernel_size) / stride⌋ + 1.

    Source: torch.nn.AvgPool2d; LeCun et al., "Backpropagation applied to handwritten zip code recognition" (1989).
    """

    kind: ClassVar[str] = "AvgPool2d"
    category: ClassVar[str] = "Pooling"
    torch_class: ClassVar[str] = "AvgPool2d"
    size_axes: ClassVar[int] = 2
    main: ClassVar[tuple[str, ...]] = ("kernel_size", "stride")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 8, 8)),), {"kernel_size": 2}),
        Example((TensorSpec(("N", 2, "H", "W")),), {"kernel_size": 3, "stride": 1, "padding": 1}),
        Example((TensorSpec(("N", 2, 7, 9)),), {"kernel_size": (3, 2), "stride": 2, "ceil_mode": True}),
        Example((TensorSpec(("N", 2, 6, 6)),), {"kernel_size": 3, "padding": 1, "count_include_pad": False}),
    )

    kernel_size: Size = param(2, min=1, help="length of the window along each axis")
    stride: Size | None = param(
        None, min=1, help="step from one window to the next; empty: kernel_size, so that none overlap"
    )
    padding: Size = param(0, min=0, help="zeros added on each side; at most half a window")
    ceil_mode: bool = param(False, help="count a last window that hangs over the end", advanced=True)
    count_include_pad: bool = param(True, help="the padding's zeros take part in the mean", advanced=True)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """As many positions as the window has places."""
        spec = channelled(self, specs[0], 2)
        stride = self.kernel_size if self.stride is None else self.stride
        window = Window(
            sizes(self.kernel_size, 2), sizes(stride, 2), sizes(self.padding, 2), (1, 1), self.ceil_mode
        )
        check_pool_padding(self, window)
        return spec.with_shape(*spec.shape[:2], *window.places(self, spec))
