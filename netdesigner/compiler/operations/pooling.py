"""Windows over sequences, images and volumes, in forms that can be exported.

What torch's ONNX exporter cannot translate, or translates wrongly, is written out in plain operations; those are used
while exporting only, since torch's own are faster.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = [
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
    "AvgPool2d",
    "AvgPool3d",
    "FractionalMaxPool2d",
    "FractionalMaxPool3d",
    "MaxUnpool1d",
    "MaxUnpool2d",
    "MaxUnpool3d",
]


def _per_axis(value: Any, axes: int) -> tuple[Any, ...]:
    """One value for each axis, from one for all or several."""
    return tuple(value) if isinstance(value, tuple | list) else (value,) * axes


# -- Means ----------------------------------------------------------------------------------------------------


def _divided_sums(input: Tensor, pool: Any, axes: int) -> Tensor:
    """The sum of each window over a divisor that was chosen.

    Args:
        input: (N, C, *lengths).
        pool: an average pool of torch.
        axes: along how many axes its windows slide.
    """
    kernel, stride, padding = (
        _per_axis(value, axes)
        for value in (pool.kernel_size, pool.stride, pool.padding)
    )
    beyond = [step - 1 if pool.ceil_mode else 0 for step in stride]
    ends = [
        (before, before + more) for before, more in zip(padding, beyond, strict=True)
    ]
    padded = F.pad(input, [length for pair in reversed(ends) for length in pair])
    pooled: Tensor = {2: F.avg_pool2d, 3: F.avg_pool3d}[axes](padded, kernel, stride)
    for axis in range(
        axes
    ):  # the last window must begin before the padding at the end does
        length, step = input.shape[2 + axis], stride[axis]
        spare = min(padding[axis] - kernel[axis] + step, 0) + step - 1
        if pool.ceil_mode:
            pooled = pooled.narrow(
                2 + axis, 0, (length + padding[axis] + spare) // step
            )
    scale: float = math.prod(kernel) / pool.divisor_override
    return pooled * scale


class AvgPool2d(nn.AvgPool2d):
    """torch's average pool, whose divisor its ONNX exporter would forget."""

    def forward(self, input: Tensor) -> Tensor:
        """Averages."""
        if self.divisor_override and torch.compiler.is_exporting():
            return _divided_sums(input, self, 2)
        return super().forward(input)


class AvgPool3d(nn.AvgPool3d):
    """torch's average pool, whose divisor its ONNX exporter would forget."""

    def forward(self, input: Tensor) -> Tensor:
        """Averages."""
        if self.divisor_override and torch.compiler.is_exporting():
            return _divided_sums(input, self, 3)
        return super().forward(input)


# -- Windows that adapt to what comes -------------------------------------------------------------------------


def _bins(values: Tensor, axis: int, count: int) -> list[tuple[int, Tensor]]:
    """An axis cut into so many parts, which may overlap: where each begins, and its elements."""
    length = values.shape[axis]
    if count == 1:
        return [(0, values)]
    edges = [
        (part * length // count, -(-(part + 1) * length // count))
        for part in range(count)
    ]
    return [(begin, values.narrow(axis, begin, end - begin)) for begin, end in edges]


def _largest_along(
    part: Tensor, axis: int, positions: Tensor | None
) -> tuple[Tensor, Tensor, Tensor | None]:
    """The largest elements along an axis, their places there, and which of the earlier positions they have."""
    found, place = part.max(dim=axis)
    if positions is not None:
        positions = positions.gather(axis, place.unsqueeze(axis)).squeeze(axis)
    return found, place, positions


def _max_of_bins(input: Tensor, counts: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """The largest element of each part, and its position in its channel.

    One axis after the other, from the last on, so that of equal elements the first is taken, as torch does.

    Args:
        input: (N, C, *lengths).
        counts: how many parts each axis has.
    """
    values, positions, span = input, None, 1
    for axis in range(input.dim() - 1, 1, -1):
        found, length = [], values.shape[axis]
        for begin, part in _bins(values, axis, counts[axis - 2]):
            before = (
                None
                if positions is None
                else positions.narrow(axis, begin, part.shape[axis])
            )
            largest, place, before = _largest_along(part, axis, before)
            place = (place + begin) * span
            found.append((largest, place if before is None else place + before))
        values = torch.stack([largest for largest, _ in found], dim=axis)
        positions = torch.stack([place for _, place in found], dim=axis)
        span = span * length
    assert positions is not None
    return values, positions


class AdaptiveAvgPool3d(nn.AdaptiveAvgPool3d):
    """torch's adaptive average pool, of which its ONNX exporter knows an output of one element only."""

    def forward(self, input: Tensor) -> Tensor:
        """Averages."""
        if not torch.compiler.is_exporting():
            return super().forward(input)
        counts = _per_axis(self.output_size, 3)
        for axis, count in zip((4, 3, 2), reversed(counts), strict=True):
            means = [part.mean(dim=axis) for _, part in _bins(input, axis, count)]
            input = torch.stack(means, dim=axis)
        return input


class AdaptiveMaxPool1d(nn.AdaptiveMaxPool1d):
    """torch's adaptive max pool, of which its ONNX exporter knows an output of one element only."""

    def forward(self, input: Tensor) -> Any:
        """The largest elements, and their positions where they are asked for."""
        if not torch.compiler.is_exporting():
            return super().forward(input)
        found = _max_of_bins(input, _per_axis(self.output_size, 1))
        return found if self.return_indices else found[0]


class AdaptiveMaxPool2d(nn.AdaptiveMaxPool2d):
    """torch's adaptive max pool, of which its ONNX exporter knows an output of one element only."""

    def forward(self, input: Tensor) -> Any:
        """The largest elements, and their positions where they are asked for."""
        if not torch.compiler.is_exporting():
            return super().forward(input)
        found = _max_of_bins(input, _per_axis(self.output_size, 2))
        return found if self.return_indices else found[0]


class AdaptiveMaxPool3d(nn.AdaptiveMaxPool3d):
    """torch's adaptive max pool, of which its ONNX exporter knows an output of one element only."""

    def forward(self, input: Tensor) -> Any:
        """The largest elements, and their positions where they are asked for."""
        if not torch.compiler.is_exporting():
            return super().forward(input)
        found = _max_of_bins(input, _per_axis(self.output_size, 3))
        return found if self.return_indices else found[0]


# -- Windows dealt out at random ------------------------------------------------------------------------------


def _even_starts(length: int, count: int, kernel: int, device: torch.device) -> Tensor:
    """Where windows begin that are dealt out evenly; in whole numbers, so that every device finds the same.

    These are the places that torch finds for a sample of one half.
    """
    room, last = length - kernel, torch.full((1,), length - kernel, device=device)
    if count == 1:
        return last
    places = torch.arange(count - 1, device=device)
    first = room // (2 * (count - 1))
    return torch.cat([(2 * places + 1) * room // (2 * (count - 1)) - first, last])


def _max_of_windows(
    input: Tensor, counts: tuple[int, ...], kernel: tuple[int, ...]
) -> tuple[Tensor, Tensor]:
    """The largest element of each of the windows that lie evenly, and its position in its channel.

    Args:
        input: (N, C, *lengths).
        counts: how many windows each axis has.
        kernel: the windows' lengths.
    """
    values, positions, span = input, None, 1
    for axis in range(input.dim() - 1, 1, -1):
        length, size, count = values.shape[axis], kernel[axis - 2], counts[axis - 2]
        starts = _even_starts(length, count, size, input.device)
        at = (starts.unsqueeze(1) + torch.arange(size, device=input.device)).flatten()
        dealt = (*values.shape[:axis], count, size, *values.shape[axis + 1 :])
        windows = values.index_select(axis, at).reshape(dealt)
        if positions is not None:
            positions = positions.index_select(axis, at).reshape(dealt)
        values, place, positions = _largest_along(windows, axis + 1, positions)
        begin = starts.reshape(-1, *[1] * (input.dim() - 1 - axis))
        place = (place + begin) * span
        positions = place if positions is None else place + positions
        span = span * length
    assert positions is not None
    return values, positions


def _evenly(input: Tensor, pool: Any, axes: int) -> Any:
    """What a fractional max pool gives in evaluation."""
    counts = pool.output_size
    if counts is None:
        ratios = _per_axis(pool.output_ratio, axes)
        counts = [
            int(length * ratio)
            for length, ratio in zip(input.shape[2:], ratios, strict=True)
        ]
    found = _max_of_windows(
        input, _per_axis(counts, axes), _per_axis(pool.kernel_size, axes)
    )
    return found if pool.return_indices else found[0]


class FractionalMaxPool2d(nn.FractionalMaxPool2d):
    """torch's fractional max pool, whose windows lie evenly in evaluation: what it gives then is no chance."""

    def forward(self, input: Tensor) -> Any:
        """The largest elements, and their positions where they are asked for."""
        return super().forward(input) if self.training else _evenly(input, self, 2)


class FractionalMaxPool3d(nn.FractionalMaxPool3d):
    """torch's fractional max pool, whose windows lie evenly in evaluation: what it gives then is no chance."""

    def forward(self, input: Tensor) -> Any:
        """The largest elements, and their positions where they are asked for."""
        return super().forward(input) if self.training else _evenly(input, self, 3)


# -- Pools undone ---------------------------------------------------------------------------------------------


class MaxUnpool1d(nn.MaxUnpool1d):
    """torch's unpooling, to the size of a tensor that is given."""

    def forward(  # type: ignore[override]
        self, input: Tensor, indices: Tensor, output_size: Tensor | None = None
    ) -> Tensor:
        """Puts elements where their indices say, and zeros elsewhere."""
        shape: Any = None if output_size is None else output_size.shape
        return super().forward(input, indices, shape)


class MaxUnpool2d(nn.MaxUnpool2d):
    """torch's unpooling, to the size of a tensor that is given."""

    def forward(  # type: ignore[override]
        self, input: Tensor, indices: Tensor, output_size: Tensor | None = None
    ) -> Tensor:
        """Puts elements where their indices say, and zeros elsewhere."""
        shape: Any = None if output_size is None else output_size.shape
        return super().forward(input, indices, shape)


class MaxUnpool3d(nn.MaxUnpool3d):
    """torch's unpooling, to the size of a tensor that is given."""

    def forward(  # type: ignore[override]
        self, input: Tensor, indices: Tensor, output_size: Tensor | None = None
    ) -> Tensor:
        """Puts elements where their indices say, and zeros elsewhere."""
        shape: Any = None if output_size is None else output_size.shape
        return super().forward(input, indices, shape)
