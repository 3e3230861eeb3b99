"""Convolutions along one, two and three axes."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from netdesigner.document.design import Value
from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import AXES, Window, channelled, check_groups, count, fixed, sizes
from netdesigner.parts.tensor import TensorSpec

__all__ = ["Conv1d", "Conv2d", "Conv3d"]


class _Convolution(Layer):
    """What the three have in common; parameters in torch's order."""

    category: ClassVar[str] = "Convolution"
    main: ClassVar[tuple[str, ...]] = ("out_channels", "kernel_size", "stride")
    initial: ClassVar[dict[str, Value]] = {"padding": 1}

    out_channels: int = param(16, min=1, help="how many filters, and so channels of the output")
    kernel_size: Size = param(3, min=1, help="length of the window along each axis")
    stride: Size = param(1, min=1, help="step from one place of the window to the next")
    padding: Size | str = param(
        0, min=0, choices=("valid", "same"), help="what is added on each side; 'same' keeps the lengths"
    )
    dilation: Size = param(1, min=1, help="distance between the points of the window", advanced=True)
    groups: int = param(
        1, min=1, help="channels are split into so many groups that do not mix", advanced=True
    )
    bias: bool = param(True, help="add a learned number to each channel; not needed before a norm")
    padding_mode: str = param(
        "zeros",
        choices=("zeros", "reflect", "replicate", "circular"),
        help="what the padding is filled with",
        advanced=True,
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """One channel a filter, and as many positions as the window has places."""
        spec = channelled(self, specs[0], self.size_axes)
        check_groups(self, fixed(self, spec, 1, "channels"), self.out_channels, self.groups)
        self._check_padding(spec)
        if self.padding == "same":
            return spec.with_shape(spec.shape[0], self.out_channels, *spec.shape[2:])
        window = Window(
            self._sizes("kernel_size"), self._sizes("stride"), self._sizes("padding"), self._sizes("dilation")
        )
        return spec.with_shape(spec.shape[0], self.out_channels, *window.places(self, spec))

    def _sizes(self, name: str) -> tuple[int, ...]:
        value: Size | str = getattr(self, name)
        return sizes(0 if isinstance(value, str) else value, self.size_axes)

    def _check_padding(self, spec: TensorSpec) -> None:
        if self.padding == "same" and max(self._sizes("stride")) > 1:
            message = f"{self.label()} takes 'same' padding with a stride of 1 only, but has a stride of {self.stride}"
            raise ShapeError(message, changes=({"stride": 1}, {"padding": 1}))
        for name, length, padding in zip(AXES[self.size_axes], spec.shape[2:], self._padded(), strict=True):
            if isinstance(length, int) and padding > self._paddable(length, padding):
                message = (
                    f"{self.label()} cannot pad {padding} along {name} of {spec} by '{self.padding_mode}'"
                )
                raise ShapeError(message, port="input", changes=({"padding_mode": "zeros"},))

    def _paddable(self, length: int, padding: int) -> int:
        """How much padding an axis can be given from its own elements."""
        return {"reflect": length - 1, "circular": length}.get(self.padding_mode, padding)

    def _padded(self) -> tuple[int, ...]:
        """What is added along each axis, on the side where it is more."""
        if self.padding != "same":
            return self._sizes("padding")
        spans = zip(self._sizes("kernel_size"), self._sizes("dilation"), strict=True)
        return tuple(-(-dilation * (kernel - 1) // 2) for kernel, dilation in spans)

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with in_channels from the wire."""
        return {"in_channels": fixed(self, self.wired(specs[0]), 1, "channels"), **self.values()}

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """A multiply-add for each weight of a filter and each position of the output."""
        channels = fixed(self, self.wired(specs[0]), 1, "channels")
        filter_size = channels // self.groups * math.prod(self._sizes("kernel_size"))
        parameters = self.out_channels * (filter_size + self.bias)
        return Cost(parameters, count(self.shape(*specs).shape) * filter_size)


class Conv1d(_Convolution):
    """Slides learned filters along a sequence.

    Shape:
        - Input: (N, C, L); C comes from the wire.
        - Output: (N, out_channels, ⌊(L + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1).

    Source: torch.nn.Conv1d; Waibel et al., "Phoneme recognition using time-delay neural networks" (1989).
    """

    kind: ClassVar[str] = "Conv1d"
    torch_class: ClassVar[str] = "Conv1d"
    size_axes: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 20)),), {"out_channels": 6, "kernel_size": 5, "stride": 2}),
        Example((TensorSpec(("N", 4, "T")),), {"out_channels": 6, "padding": 1}),
        Example(
            (TensorSpec(("N", 4, "T")),), {"out_channels": 8, "padding": "same", "dilation": 2, "groups": 4}
        ),
        Example((TensorSpec(("N", 2, 9)),), {"out_channels": 3, "padding": (2,), "padding_mode": "circular"}),
    )


class Conv2d(_Convolution):
    """Slides learned filters over an image.

    Shape:
        - Input: (N, C, H, W); C comes from the wire.
        - Output: (N, out_channels, H', W'), H' = ⌊(H + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1.

    Source: torch.nn.Conv2d; LeCun et al., "Gradient-based learning applied to document recognition" (1998).
    """

    kind: ClassVar[str] = "Conv2d"
    torch_class: ClassVar[str] = "Conv2d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 1, 8, 8)),), {"out_channels": 4, "padding": 1}),
        Example(
            (TensorSpec(("N", 4, 9, 8)),),
            {"out_channels": 8, "kernel_size": (3, 2), "stride": (2, 1), "groups": 4},
        ),
        Example(
            (TensorSpec(("N", 3, "H", "W")),), {"out_channels": 2, "stride": 2, "padding": 1, "bias": False}
        ),
        Example((TensorSpec(("N", 2, 6, 6)),), {"out_channels": 3, "kernel_size": 4, "padding": "same"}),
        Example(
            (TensorSpec(("N", 2, 7, 7)),), {"out_channels": 3, "padding": (2, 1), "padding_mode": "reflect"}
        ),
    )


class Conv3d(_Convolution):
    """Slides learned filters through a volume or a film.

    Shape:
        - Input: (N, C, D, H, W); C comes from the wire.
        - Output: (N, out_channels, D', H', W'), each as in Conv2d.

    Source: torch.nn.Conv3d; Ji et al., "3D convolutional neural networks for human action recognition" (2013).
    """

    kind: ClassVar[str] = "Conv3d"
    torch_class: ClassVar[str] = "Conv3d"
    size_axes: ClassVar[int] = 3
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 1, 4, 6, 6)),), {"out_channels": 3, "padding": 1}),
        Example(
            (TensorSpec(("N", 2, "T", 5, 5)),),
            {"out_channels": 2, "kernel_size": (3, 1, 2), "padding": (1, 0, 0)},
        ),
        Example(
            (TensorSpec(("N", 2, 4, 5, 6)),), {"out_channels": 4, "stride": 2, "groups": 2, "bias": False}
        ),
    )
