"""Shape rules that families of layers share: windows, joins, sequences, attention.

A layer's file says what the layer is; how a window slides or two shapes meet is worked out here once. Dimensions may
be symbols, which travel through. A rule that cannot hold for every length of a free axis refuses it. Standard library
only, no torch.

What is counted as work is the same everywhere: the multiply-adds of matrix products and convolutions, the forward
pass of one sample. Activations, norms, pooling and other element-wise work count 0, as in torch's own flop counter.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Layer
from netdesigner.parts.part import Size
from netdesigner.parts.tensor import (
    BATCH,
    Dim,
    TensorSpec,
    add,
    bind,
    floor_divide,
    multiply,
    product,
    symbols,
)

__all__ = [
    "Same",
    "Window",
    "at_least",
    "axis_of",
    "broadcast",
    "check_masks",
    "count",
    "fixed",
    "nearest_divisor",
    "promoted",
    "quotient",
    "scaled",
    "sequence",
    "sizes",
]

_AXES = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}
_DTYPES = ("bool", "uint8", "int32", "int64", "float16", "bfloat16", "float32", "float64")


@dataclass(frozen=True, kw_only=True)
class Same(Layer):
    """A layer that works on each element and gives what it takes."""

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The spec that came."""
        return self.need(specs[0])


# -- Numbers --------------------------------------------------------------------------------------------------


def count(dims: Iterable[Dim]) -> int:
    """The number of elements of one sample; a symbol counts as one."""
    return math.prod(max(1, int(bind(dim, dict.fromkeys(symbols(dim), 1)))) for dim in dims)


def sizes(value: Size, axes: int) -> tuple[int, ...]:
    """One number for each axis, from one for all or a list."""
    return (value,) * axes if isinstance(value, int) else value


def nearest_divisor(number: int, wanted: int) -> int:
    """The divisor of a number that is nearest to another number, the smaller of two."""
    divisors = [d for d in range(1, number + 1) if number % d == 0]
    return min(divisors, key=lambda d: (abs(d - wanted), d))


def quotient(dims: Iterable[Dim], divisor: int) -> Dim | None:
    """The product of dimensions divided by a number; None where that is not whole for every value of the symbols."""
    whole = product(dims)
    if isinstance(whole, int):
        return whole // divisor if whole % divisor == 0 else None
    found = floor_divide(whole, divisor)
    return found if multiply(found, divisor) == whole else None


def scaled(dim: Dim, factor: float) -> Dim | None:
    """A dimension times a real number, rounded down; None for a symbol where no whole numbers say the factor exactly."""
    if isinstance(dim, int):
        return math.floor(dim * factor)
    above, below = factor.as_integer_ratio()
    return floor_divide(multiply(dim, above), below) if below <= 1024 else None


# -- Axes -----------------------------------------------------------------------------------------------------


def at_least(
    layer: Layer, spec: TensorSpec | None, ranks: int, what: str, port: str = "input", floats: bool = True
) -> TensorSpec:
    """The spec, if it has at least so many axes, and is of real numbers where `floats` asks for them.

    Raises:
        ShapeError: it has fewer axes, or holds whole numbers.
    """
    spec = layer.wired(spec, port)
    if spec.rank < ranks:
        raise ShapeError(f"{layer.label()} takes at least {ranks} axes ({what}), but gets {spec}", port=port)
    return layer.need(spec, port=port) if floats else spec


def axis_of(
    layer: Layer, spec: TensorSpec, dim: int, name: str = "dim", extra: int = 0, port: str = "input"
) -> int:
    """The axis a parameter means, counted from 0; negative ones count from the end.

    Args:
        extra: how many axes more than the spec has may be named.

    Raises:
        ShapeError: there is no such axis.
    """
    rank = spec.rank + extra
    if not -rank <= dim < rank:
        message = f"{layer.label()} has {name} {dim}, but {spec} has the axes 0 to {rank - 1}"
        raise ShapeError(message, port=port, changes=({name: -1},))
    return dim % rank


def fixed(layer: Layer, spec: TensorSpec, axis: int, what: str, port: str = "input") -> int:
    """The length of an axis that must be a number, because weights depend on it.

    Raises:
        ShapeError: the length is free.
    """
    dim = spec.shape[axis]
    if isinstance(dim, int):
        return dim
    message = (
        f"{layer.label()} needs a fixed number of {what}, but in {spec} that axis has the free length {dim}"
    )
    raise ShapeError(message, port=port)


def broadcast(first: Sequence[Dim], second: Sequence[Dim]) -> tuple[Dim, ...] | None:
    """The shape of two tensors combined element by element: aligned at the last axis, an axis of 1 stretched.

    Returns:
        None where they do not fit.
    """
    found: list[Dim] = []
    rank = max(len(first), len(second))
    for a, b in zip(_filled(first, rank), _filled(second, rank), strict=True):
        if a != b and 1 not in (a, b):
            return None
        found.append(b if a == 1 else a)
    return tuple(found)


def _filled(shape: Sequence[Dim], rank: int) -> tuple[Dim, ...]:
    return (1,) * (rank - len(shape)) + tuple(shape)


def promoted(specs: Iterable[TensorSpec]) -> str:
    """The element type that holds all of several, as torch chooses it."""
    return max((spec.dtype for spec in specs), key=_DTYPES.index)


# -- Windows --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """A window that slides along the last axes.

    Attributes:
        kernel, stride, padding, dilation: one number an axis; the padding is put on both sides.
        ceil: a last window that hangs over the end counts too.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    ceil: bool = False

    def places(self, layer: Layer, spec: TensorSpec) -> tuple[Dim, ...]:
        """How many places the window has along each axis.

        Raises:
            ShapeError: it is larger than what it slides along.
        """
        lengths = spec.shape[-len(self.kernel) :]
        found = tuple(self._places(at, length) for at, length in enumerate(lengths))
        for at, number in enumerate(found):
            if isinstance(number, int) and number < 1:
                raise self._too_large(layer, spec, at)
        return found

    def _covered(self, at: int) -> int:
        return self.dilation[at] * (self.kernel[at] - 1) + 1

    def _places(self, at: int, length: Dim) -> Dim:
        stride, padding = self.stride[at], self.padding[at]
        spare = padding - self._covered(at) + stride
        if self.ceil:  # the last window must begin before the padding at the end does
            spare = min(spare, 0) + stride - 1
        return floor_divide(add(length, padding + spare), stride)

    def _too_large(self, layer: Layer, spec: TensorSpec, at: int) -> ShapeError:
        lengths = spec.shape[-len(self.kernel) :]
        name, covered = _AXES[len(self.kernel)][at], self._covered(at)
        padded = f" and {self.padding[at]} of padding on each side" if self.padding[at] else ""
        message = f"the window of {layer.label()} covers {covered} along {name}, but {spec} has {lengths[at]} there{padded}"
        kernel = tuple(
            min(k, max(1, (length + 2 * p - 1) // d + 1)) if isinstance(length, int) else k
            for k, length, p, d in zip(self.kernel, lengths, self.padding, self.dilation, strict=True)
        )
        needed = tuple(
            max(p, -(-(self._covered(i) - length) // 2)) if isinstance(length, int) else p
            for i, (length, p) in enumerate(zip(lengths, self.padding, strict=True))
        )
        return ShapeError(
            message, port="input", changes=({"kernel_size": _short(kernel)}, {"padding": _short(needed)})
        )


def _short(value: tuple[int, ...]) -> Size:
    return value[0] if len(set(value)) == 1 else value


# -- Sequences ------------------------------------------------------------------------------------------------


def sequence(
    layer: Layer, spec: TensorSpec | None, batch_first: bool, port: str = "input"
) -> tuple[TensorSpec, Dim, Dim, int]:
    """A tensor of samples, steps and features.

    Returns:
        The spec, the batch, the number of steps, and the number of features.

    Raises:
        ShapeError: it has other axes, the batch is not where `batch_first` says, or the number of features is free.
    """
    order = "N, L, features" if batch_first else "L, N, features"
    spec = layer.need(spec, 3, what=order, port=port)
    batch, steps = spec.shape[:2] if batch_first else spec.shape[1::-1]
    if steps == BATCH != batch:
        switch = "on" if batch_first else "off"
        message = f"{layer.label()} has batch_first {switch} and takes ({order}), but gets {spec} with the batch N elsewhere"
        raise ShapeError(message, port=port, changes=({"batch_first": not batch_first},))
    return spec, batch, steps, fixed(layer, spec, 2, "features", port)


def check_masks(
    layer: Layer,
    attention: tuple[str, TensorSpec | None],
    padding: tuple[str, TensorSpec | None],
    batch: Dim,
    heads: int,
    steps: tuple[Dim, Dim],
) -> None:
    """Holds the masks of an attention against what it attends to.

    Args:
        layer: the layer that attends.
        attention: port and spec of the mask over pairs of steps: (L, S), (N, L, S) or (N * heads, L, S).
        padding: port and spec of the mask over the steps attended to: (N, S).
        batch: N.
        heads: the number of heads.
        steps: L, the number of steps that ask, and S, the number of steps attended to.

    Raises:
        ShapeError: a mask has another shape, or is neither bool nor of real numbers.
    """
    asking, attended = steps
    shapes = [(asking, attended), (batch, asking, attended), (multiply(batch, heads), asking, attended)]
    _check_mask(layer, *attention, shapes)
    _check_mask(layer, *padding, [(batch, attended)])
    specs = [spec for _, spec in (attention, padding) if spec is not None]
    if len({spec.dtype for spec in specs}) > 1:
        message = f"the masks of {layer.label()} must be of one type, but '{attention[0]}' is {specs[0]} and '{padding[0]}' is {specs[1]}"
        raise ShapeError(message, port=padding[0])


def _check_mask(layer: Layer, port: str, spec: TensorSpec | None, shapes: list[tuple[Dim, ...]]) -> None:
    if spec is None:
        return
    if not (spec.is_float or spec.dtype == "bool"):
        raise ShapeError(
            f"'{port}' of {layer.label()} takes bool or real numbers, but gets {spec}", port=port
        )
    if spec.shape not in shapes:
        wanted = " or ".join(dict.fromkeys(str(TensorSpec(shape)) for shape in shapes))
        raise ShapeError(f"'{port}' of {layer.label()} takes {wanted}, but gets {spec}", port=port)
