"""Pooling that keeps the largest element of each window."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.layer import Example
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import Indexed, Window, channelled, check_pool_padding, sizes
from netdesigner.parts.tensor import TensorSpec

__all__ = ["MaxPool1d", "MaxPool2d", "MaxPool3d"]


class _MaxPool(Indexed):
    """What the three have in common; parameters in torch's order."""

    main: ClassVar[tuple[str, ...]] = ("kernel_size", "stride")

    kernel_size: Size = param(2, min=1, help="length of the window along each axis")
    stride: Size | None = param(
        None,
        min=1,
        help="step from one window to the next; empty: kernel_size, so that none overlap",
    )
    padding: Size = param(0, min=0, help="how far windows reach over each side; at most half a window")
    dilation: Size = param(1, min=1, help="distance between the points of the window", advanced=True)
    ceil_mode: bool = param(False, help="count a last window that hangs over the end", advanced=True)

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        """As many positions as the window has places."""
        spec = channelled(self, specs[0], self.size_axes)
        window = self._window()
        check_pool_padding(self, window)
        found = spec.with_shape(*spec.shape[:2], *window.places(self, spec))
        return found, found.with_dtype("int64")

    def _window(self) -> Window:
        stride = self.kernel_size if self.stride is None else self.stride
        values = [
            sizes(value, self.size_axes) for value in (self.kernel_size, stride, self.padding, self.dilation)
        ]
        kernel, stride, padding, dilation = values
        return Window(kernel, stride, padding, dilation, self.ceil_mode)


class MaxPool1d(_MaxPool):
    """Keeps the largest element of each window along a sequence.

    Shape:
        - Input: (N, C, L).
        - Output: (N, C, ⌊(L + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1).
        - Indices: as the output, int64; positions along L.

    Source: torch.nn.MaxPool1d; Yamaguchi et al., "A neural network for speaker-independent isolated word
    recognition" (1990).
    """

    kind: ClassVar[str] = "MaxPool1d"
    torch_class: ClassVar[str] = "MaxPool1d"
    size_axes: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 10)),), {"kernel_size": 2}),
        Example((TensorSpec(("N", 4, "T")),), {"kernel_size": 3, "stride": 1, "padding": 1}),
        Example(
            (TensorSpec(("N", 2, 11)),), {"kernel_size": 3, "stride": 2, "dilation": 2, "ceil_mode": True}
        ),
    )


class MaxPool2d(_MaxPool):
    """Keeps the largest element of each window over an image.

    Shape:
        - Input: (N, C, H, W).
        - Output: (N, C, H', W'), H' = ⌊(H + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1.
        - Indices: as the output, int64; positions in the H·W elements of the channel, row by row.

    Source: torch.nn.MaxPool2d; Ranzato et al., "Unsupervised learning of invariant feature hierarchies" (2007).
    """

    kind: ClassVar[str] = "MaxPool2d"
    torch_class: ClassVar[str] = "MaxPool2d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 8, 8)),), {"kernel_size": 2}),
        Example((TensorSpec(("N", 2, "H", "W")),), {"kernel_size": 3, "stride": 2, "padding": 1}),
        Example((TensorSpec(("N", 2, 7, 9)),), {"kernel_size": (3, 2), "stride": (2, 1), "ceil_mode": True}),
        Example((TensorSpec(("N", 2, 7, "W")),), {"kernel_size": 2, "ceil_mode": True}),
    )


class MaxPool3d(_MaxPool):
    """Keeps the largest element of each window through a volume or a film.

    Shape:
        - Input: (N, C, D, H, W).
        - Output: (N, C, D', H', W'), D' = ⌊(D + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1.
        - Indices: as the output, int64; positions in the D·H·W elements of the channel, row by row.

    Source: torch.nn.MaxPool3d; Tran et al., "Learning spatiotemporal features with 3D convolutional networks"
    (2015).
    """

    kind: ClassVar[str] = "MaxPool3d"
    torch_class: ClassVar[str] = "MaxPool3d"
    size_axes: ClassVar[int] = 3
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 2, 4, 6, 6)),), {"kernel_size": 2}),
        Example((TensorSpec(("N", 2, "T", 6, 5)),), {"kernel_size": (1, 2, 3), "stride": (1, 2, 1)}),
        Example(
            (TensorSpec(("N", 1, 5, 7, 6)),),
            {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
        ),
    )
