"""Convolutions the other way round, which make sequences, images and volumes larger."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from netdesigner.document.design import Value
from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import AXES, channelled, check_groups, count, fixed, sizes
from netdesigner.parts.tensor import Dim, TensorSpec, add, multiply

__all__ = ["ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]


class _Transposed(Layer):
    """What the three have in common; parameters in torch's order."""

    category: ClassVar[str] = "Convolution"
    main: ClassVar[tuple[str, ...]] = ("out_channels", "kernel_size", "stride")
    initial: ClassVar[dict[str, Value]] = {"stride": 2}

    out_channels: int = param(16, min=1, help="channels of the output")
    kernel_size: Size = param(2, min=1, help="length of the window along each axis")
    stride: Size = param(1, min=1, help="how many times as long the output is, roughly")
    padding: Size = param(0, min=0, help="how much is cut off on each side")
    output_padding: Size = param(0, min=0, help="how much longer the output is at its end", advanced=True)
    groups: int = param(
        1, min=1, help="channels are split into so many groups that do not mix", advanced=True
    )
    bias: bool = param(True, help="add a learned number to each channel; not needed before a norm")
    dilation: Size = param(1, min=1, help="distance between the points of the window", advanced=True)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The lengths from which a convolution with the same parameters would give those that came."""
        spec = channelled(self, specs[0], self.size_axes)
        check_groups(self, fixed(self, spec, 1, "channels"), self.out_channels, self.groups)
        self._check_output_padding()
        lengths = tuple(self._length(at, length) for at, length in enumerate(spec.shape[2:]))
        for name, length in zip(AXES[self.size_axes], lengths, strict=True):
            if isinstance(length, int) and length < 1:
                message = (
                    f"{self.label()} with padding {self.padding} would leave nothing of {spec} along {name}"
                )
                raise ShapeError(message, port="input", changes=({"padding": 0},))
        return spec.with_shape(spec.shape[0], self.out_channels, *lengths)

    def _sizes(self, name: str) -> tuple[int, ...]:
        return sizes(getattr(self, name), self.size_axes)

    def _length(self, at: int, length: Dim) -> Dim:
        names = ("kernel_size", "stride", "padding", "output_padding", "dilation")
        kernel, stride, padding, extra, dilation = (self._sizes(name)[at] for name in names)
        return add(multiply(length, stride), dilation * (kernel - 1) + 1 + extra - 2 * padding - stride)

    def _check_output_padding(self) -> None:
        limits = [max(pair) for pair in zip(self._sizes("stride"), self._sizes("dilation"), strict=True)]
        if any(extra >= limit for extra, limit in zip(self._sizes("output_padding"), limits, strict=True)):
            message = (
                f"output_padding of {self.label()} must be smaller than its stride or its dilation, "
                f"but is {self.output_padding} with a stride of {self.stride} and a dilation of {self.dilation}"
            )
            raise ShapeError(message, changes=({"output_padding": 0},))

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with in_channels from the wire."""
        return {"in_channels": fixed(self, self.wired(specs[0]), 1, "channels"), **self.values()}

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """A multiply-add for each weight that an element of the input meets."""
        spec = self.wired(specs[0])
        filter_size = self.out_channels // self.groups * math.prod(self._sizes("kernel_size"))
        parameters = count(spec.shape[1:2]) * filter_size + self.bias * self.out_channels
        return Cost(parameters, count(spec.shape) * filter_size)


class ConvTranspose1d(_Transposed):
    """Writes learned patterns side by side, which makes a sequence longer.

    Shape:
        - Input: (N, C, L); C comes from the wire.
        - Output: (N, out_channels, (L − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1).

    Source: torch.nn.ConvTranspose1d; Zeiler et al., "Deconvolutional networks" (2010).
    """

    kind: ClassVar[str] = "ConvTranspose1d"
    torch_class: ClassVar[str] = "ConvTranspose1d"
    size_axes: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 10)),), {"out_channels": 3, "stride": 2}),
        Example((TensorSpec(("N", 4, "T")),), {"out_channels": 2, "stride": 2}),
        Example(
            (TensorSpec(("N", 4, 7)),),
            {
                "out_channels": 6,
                "kernel_size": 3,
                "stride": 3,
                "padding": 1,
                "output_padding": 1,
                "groups": 2,
            },
        ),
    )


class ConvTranspose2d(_Transposed):
    """Writes learned patterns side by side, which makes an image larger.

    Shape:
        - Input: (N, C, H, W); C comes from the wire.
        - Output: (N, out_channels, H', W'),
          H' = (H − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1.

    Source: torch.nn.ConvTranspose2d; Zeiler et al., "Deconvolutional networks" (2010).
    """

    kind: ClassVar[str] = "ConvTranspose2d"
    torch_class: ClassVar[str] = "ConvTranspose2d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 5, 5)),), {"out_channels": 3, "stride": 2}),
        Example((TensorSpec(("N", 2, "H", "W")),), {"out_channels": 2, "stride": 2, "bias": False}),
        Example(
            (TensorSpec(("N", 4, 4, 5)),),
            {
                "out_channels": 2,
                "kernel_size": (3, 2),
                "stride": (2, 1),
                "output_padding": (1, 0),
                "dilation": 2,
                "groups": 2,
            },
        ),
    )


class ConvTranspose3d(_Transposed):
    """Writes learned patterns side by side, which makes a volume or a film larger.

    Shape:
        - Input: (N, C, D, H, W); C comes from the wire.
        - Output: (N, out_channels, D', H', W'),
          D' = (D − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1.

    Source: torch.nn.ConvTranspose3d; Wu et al., "Learning a probabilistic latent space of object shapes via 3D
    generative-adversarial modeling" (2016).
    """

    kind: ClassVar[str] = "ConvTranspose3d"
    torch_class: ClassVar[str] = "ConvTranspose3d"
    size_axes: ClassVar[int] = 3
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 2, 3, 4, 4)),), {"out_channels": 3, "stride": 2}),
        Example((TensorSpec(("N", 2, "T", 4, 4)),), {"out_channels": 2, "stride": (1, 2, 2), "bias": False}),
        Example(
            (TensorSpec(("N", 2, 3, 3, 4)),),
            {
                "out_channels": 4,
                "kernel_size": (1, 3, 2),
                "stride": (1, 2, 2),
                "padding": (0, 1, 0),
                "output_padding": (0, 1, 1),
                "groups": 2,
            },
        ),
    )
