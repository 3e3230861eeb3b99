"""Pooling that takes the mean of each window."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import Window, channelled, check_pool_padding, sizes
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["AvgPool1d", "AvgPool2d", "AvgPool3d"]


class _AvgPool(Layer):
    """What the three have in common; parameters in torch's order."""

    category: ClassVar[str] = "Pooling"
    main: ClassVar[tuple[str, ...]] = ("kernel_size", "stride")

    kernel_size: Size = param(2, min=1, help="length of the window along each axis")
    stride: Size | None = param(
        None, min=1, help="step from one window to the next; empty: kernel_size, so that none overlap"
    )
    padding: Size = param(0, min=0, help="zeros added on each side; at most half a window")
    ceil_mode: bool = param(False, help="count a last window that hangs over the end", advanced=True)
    count_include_pad: bool = param(True, help="the padding's zeros take part in the mean", advanced=True)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """As many positions as the window has places."""
        axes = self.size_axes
        spec = channelled(self, specs[0], axes)
        stride = self.kernel_size if self.stride is None else self.stride
        kernel, stride, padding = (sizes(value, axes) for value in (self.kernel_size, stride, self.padding))
        window = Window(kernel, stride, padding, (1,) * axes, self.ceil_mode, unpadded=axes == 3)
        check_pool_padding(self, window)
        return spec.with_shape(*spec.shape[:2], *window.places(self, spec))


class AvgPool1d(_AvgPool):
    """Takes the mean of each window along a sequence.

    Shape:
        - Input: (N, C, L).
        - Output: (N, C, ⌊(L + 2·padding − kernel_size) / stride⌋ + 1).

    Source: torch.nn.AvgPool1d; Waibel et al., "Phoneme recognition using time-delay neural networks" (1989).
    """

    kind: ClassVar[str] = "AvgPool1d"
    torch_class: ClassVar[str] = "AvgPool1d"
    size_axes: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 10)),), {"kernel_size": 2}),
        Example((TensorSpec(("N", 4, "T")),), {"kernel_size": 3, "stride": 1, "padding": 1}),
        Example((TensorSpec(("N", 2, 9)),), {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
    )


class _Divided(_AvgPool):
    """The two whose divisor may be chosen."""

    divisor_override: int | None = param(
        None,
        min=1,
        help="divide each window's sum by this instead of its length; 1 gives sums",
        advanced=True,
    )

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The pool of torch, in a form that can be exported with a divisor too."""
        from netdesigner.compiler.operations import pooling

        module: nn.Module = getattr(pooling, self.kind)(**self.arguments(*specs))
        return module


class AvgPool2d(_Divided):
    """Takes the mean of each window over an image.

    Shape:
        - Input: (N, C, H, W).
        - Output: (N, C, H', W'), H' = ⌊(H + 2·padding − kernel_size) / stride⌋ + 1.

    Source: torch.nn.AvgPool2d; LeCun et al., "Backpropagation applied to handwritten zip code recognition" (1989).
    """

    kind: ClassVar[str] = "AvgPool2d"
    torch_class: ClassVar[str] = "AvgPool2d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 8, 8)),), {"kernel_size": 2}),
        Example((TensorSpec(("N", 2, "H", "W")),), {"kernel_size": 3, "stride": 1, "padding": 1}),
        Example((TensorSpec(("N", 2, 7, 9)),), {"kernel_size": (3, 2), "stride": 2, "ceil_mode": True}),
        Example((TensorSpec(("N", 2, 6, 6)),), {"kernel_size": 3, "padding": 1, "count_include_pad": False}),
        Example(
            (TensorSpec(("N", 2, 8, 6)),),
            {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True, "divisor_override": 4},
        ),
    )


class AvgPool3d(_Divided):
    """Takes the mean of each window through a volume or a film.

    Shape:
        - Input: (N, C, D, H, W).
        - Output: (N, C, D', H', W'), D' = ⌊(D + 2·padding − kernel_size) / stride⌋ + 1.

    Source: torch.nn.AvgPool3d; Carreira and Zisserman, "Quo vadis, action recognition?" (2017).
    """

    kind: ClassVar[str] = "AvgPool3d"
    torch_class: ClassVar[str] = "AvgPool3d"
    size_axes: ClassVar[int] = 3
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 2, 4, 6, 6)),), {"kernel_size": 2}),
        Example((TensorSpec(("N", 2, "T", 6, 5)),), {"kernel_size": (1, 2, 3), "stride": (1, 2, 1)}),
        Example(
            (TensorSpec(("N", 1, 5, 7, 6)),),
            {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True, "count_include_pad": False},
        ),
        Example((TensorSpec(("N", 1, 5, 6, 6)),), {"kernel_size": (2, 3, 3), "divisor_override": 1}),
    )
