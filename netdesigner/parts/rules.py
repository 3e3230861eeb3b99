"""Shape rules that families of layers share: windows, joins, sequences, attention.

A layer's file says what the layer is; how a window slides or two shapes meet is worked out here once. Dimensions may
be symbols, which travel through. A rule that cannot hold for every length of a free axis refuses it. Standard library
only, no torch.

What is counted as work is the same everywhere: the multiply-adds of matrix products and convolutions, the forward
pass of one sample. Activations, norms, pooling and other element-wise work count 0, as in torch's own flop counter.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Layer, Port
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
    "AXES",
    "Indexed",
    "Same",
    "Window",
    "at_least",
    "axis_of",
    "broadcast",
    "channelled",
    "check_groups",
    "check_heads",
    "check_masks",
    "check_pool_padding",
    "count",
    "divide",
    "fixed",
    "nearest_divisor",
    "promoted",
    "quotient",
    "scaled",
    "sequence",
    "sizes",
]

AXES = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}
"""The names of the axes behind the channels, by their number."""

_FINEST = 1024
"""Factors of symbols are multiples of one part of so many."""

_DTYPES = ("bool", "uint8", "int32", "int64", "float16", "bfloat16", "float32", "float64")
_FARTHEST = 10_000
"""How far from a number a divisor is looked for; a file may hold numbers of any size."""


class Same(Layer):
    """A layer that works on each element and gives what it takes."""

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The spec that came."""
        return self.need(specs[0])


# -- Numbers --------------------------------------------------------------------------------------------------


def count(dims: Iterable[Dim]) -> int:
    """The number of elements of one sample; a symbol counts as one."""
    return math.prod(max(1, dim if isinstance(dim, int) else _with_ones(dim)) for dim in dims)


def _with_ones(dim: str) -> int:
    """A formula with 1 for every symbol; a mere symbol, which nearly all are, needs no arithmetic."""
    return 1 if dim.isidentifier() else int(bind(dim, dict.fromkeys(symbols(dim), 1)))


def sizes(value: Size, axes: int) -> tuple[int, ...]:
    """One number for each axis, from one for all or a list."""
    return (value,) * axes if isinstance(value, int) else value


def nearest_divisor(number: int, wanted: int) -> int:
    """The divisor of a number that is nearest to another number, the smaller of two."""
    wanted = min(wanted, number)
    for distance in range(min(wanted, _FARTHEST)):
        for divisor in (wanted - distance, wanted + distance):
            if number % divisor == 0:
                return divisor
    return 1


def quotient(dims: Iterable[Dim], divisor: int) -> Dim | None:
    """The product of dimensions divided by a number; None where that is not whole for every value of the symbols."""
    whole = product(dims)
    if isinstance(whole, int):
        return whole // divisor if whole % divisor == 0 else None
    found = floor_divide(whole, divisor)
    return found if multiply(found, divisor) == whole else None


def scaled(dim: Dim, factor: float) -> Dim | None:
    """A dimension times a real number, rounded down; None for a symbol whose product is not exact."""
    if isinstance(dim, int):
        return math.floor(dim * factor)
    above, below = factor.as_integer_ratio()
    return floor_divide(multiply(dim, above), below) if below <= _FINEST else None


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
    layer: Layer, spec: TensorSpec, dim: int, name: str = "dim", port: str = "input", last: object = -1
) -> int:
    """The axis a parameter means, counted from 0; negative ones count from the end.

    Args:
        last: the parameter's value that means the last axis.

    Raises:
        ShapeError: there is no such axis.
    """
    if not -spec.rank <= dim < spec.rank:
        message = f"{layer.label()} has {name} {dim}, but {spec} has the axes 0 to {spec.rank - 1}"
        raise ShapeError(message, port=port, changes=({name: last},))
    return dim % spec.rank


def channelled(layer: Layer, spec: TensorSpec | None, axes: int) -> TensorSpec:
    """The spec, if it has samples, channels and so many axes behind them.

    Raises:
        ShapeError: it has not, or holds whole numbers.
    """
    return layer.need(spec, axes + 2, what=", ".join(("N", "C", *AXES[axes])))


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
    dtypes = {spec.dtype for spec in specs}
    if {"float16", "bfloat16"} <= dtypes:
        dtypes.add("float32")
    return max(dtypes, key=_DTYPES.index)


def divide(
    layer: Layer, spec: TensorSpec, dims: Sequence[Dim], lengths: Sequence[int], name: str
) -> tuple[Dim, ...]:
    """The lengths that axes are given anew, with -1 worked out.

    Args:
        layer: the layer that reshapes.
        spec: its input, for messages.
        dims: the axes whose elements are dealt out again.
        lengths: what is asked for; one may be -1.
        name: the parameter that asks.

    Raises:
        ShapeError: there are not as many elements.
    """
    if any(length == 0 for length in lengths) or list(lengths).count(-1) > 1:
        message = f"{name} of {layer.label()} takes lengths from 1 and at most one -1, but is {list(lengths)}"
        raise ShapeError(message, changes=_dealt(dims, lengths, name))
    known = math.prod(length for length in lengths if length != -1)
    rest = quotient(dims, known)
    if rest is None or (-1 not in lengths and rest != 1):
        what = "a sample" if len(dims) == spec.rank - 1 else "the axis"
        message = f"{layer.label()} cannot bring the {product(dims)} elements of {what} in {spec} to {list(lengths)}"
        raise ShapeError(message, port="input", changes=_dealt(dims, lengths, name))
    return tuple(rest if length == -1 else length for length in lengths)


def _dealt(dims: Sequence[Dim], lengths: Sequence[int], name: str) -> tuple[Mapping[str, object], ...]:
    """The lengths asked for with one exchanged for -1, where that fits; else everything in one axis."""
    known = [length for length in lengths if length > 0]
    tried = [(*known, -1)] if len(known) < len(lengths) else []
    tried += [(*known[:at], -1, *known[at + 1 :]) for at in range(len(known))]
    fitting = [others for others in tried if quotient(dims, abs(math.prod(others))) is not None]
    return ({name: fitting[0] if fitting else (-1,)},)


# -- Windows --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """A window that slides along the last axes.

    Attributes:
        kernel, stride, padding, dilation: one number an axis; the padding is put on both sides.
        ceil: a last window that hangs over the end counts too.
        unpadded: a window may not be larger than what it slides along even where padding would make room for it.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    ceil: bool = False
    unpadded: bool = False

    def places(self, layer: Layer, spec: TensorSpec) -> tuple[Dim, ...]:
        """How many places the window has along each axis.

        Raises:
            ShapeError: it is larger than what it slides along.
        """
        lengths = spec.shape[-len(self.kernel) :]
        found = tuple(self._places(at, length) for at, length in enumerate(lengths))
        for at, (number, length) in enumerate(zip(found, lengths, strict=True)):
            none = isinstance(number, int) and number < 1
            if none or (self.unpadded and isinstance(length, int) and self.covered(at) > length):
                raise self._too_large(layer, spec, at)
        return found

    def covered(self, at: int) -> int:
        """The length along an axis that one window reaches over."""
        return self.dilation[at] * (self.kernel[at] - 1) + 1

    def _places(self, at: int, length: Dim) -> Dim:
        stride, padding = self.stride[at], self.padding[at]
        spare = padding - self.covered(at) + stride
        if self.ceil:  # the last window must begin before the padding at the end does
            spare = min(spare, 0) + stride - 1
        return floor_divide(add(length, padding + spare), stride)

    def _too_large(self, layer: Layer, spec: TensorSpec, at: int) -> ShapeError:
        lengths = spec.shape[-len(self.kernel) :]
        name, covered = AXES[len(self.kernel)][at], self.covered(at)
        padding = (0,) * len(lengths) if self.unpadded else self.padding
        padded = f", padded by {padding[at]} on each side," if padding[at] else ""
        message = f"{layer.label()} has a window of {covered} along {name}, but {spec}{padded} has {lengths[at]} there"
        kernel = tuple(
            min(k, max(1, (length + 2 * p - 1) // d + 1)) if isinstance(length, int) else k
            for k, length, p, d in zip(self.kernel, lengths, padding, self.dilation, strict=True)
        )
        needed = tuple(
            max(p, -(-(self.covered(i) - length) // 2)) if isinstance(length, int) else p
            for i, (length, p) in enumerate(zip(lengths, self.padding, strict=True))
        )
        changes: tuple[Mapping[str, object], ...] = ({"kernel_size": _short(kernel)},)
        if "padding" in layer.values() and not self.unpadded:
            changes += ({"padding": _short(needed)},)
        return ShapeError(message, port="input", changes=changes)


def _short(value: tuple[int, ...]) -> Size:
    return value[0] if len(set(value)) == 1 else value


def check_pool_padding(layer: Layer, window: Window) -> None:
    """Holds the padding of a pooling window against its size: a window wholly outside has no value.

    Raises:
        ShapeError: the padding is more than half of the window.
    """
    half = tuple(kernel // 2 for kernel in window.kernel)
    if any(padding > most for padding, most in zip(window.padding, half, strict=True)):
        padding, most = _short(window.padding), _short(half)
        message = (
            f"{layer.label()} may pad {most} at most, half of its kernel_size, but has a padding of {padding}"
        )
        fitting = tuple(map(min, window.padding, half))
        raise ShapeError(message, changes=({"padding": _short(fitting)},))


class Indexed(Layer):
    """A pool of torch that also says where its largest elements stood, where somebody asks."""

    category: ClassVar[str] = "Pooling"
    outputs: ClassVar[tuple[Port, ...]] = (
        Port("output", help="the largest element of each window"),
        Port("indices", optional=True, help="where each of them stood in its channel; for a MaxUnpool layer"),
    )

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters, and whether indices are to be given."""
        return {**self.values(), "return_indices": not self.is_alone}


def check_groups(layer: Layer, channels: int, out_channels: int, groups: int) -> None:
    """Holds the groups of a convolution against its channels.

    Raises:
        ShapeError: they cannot be split evenly.
    """
    for number, name in ((channels, "channels that come in"), (out_channels, "out_channels")):
        if number % groups:
            message = f"{layer.label()} cannot split the {number} {name} into {groups} equal groups"
            fitting = nearest_divisor(math.gcd(channels, out_channels), groups)
            changes: tuple[Mapping[str, object], ...] = ({"groups": fitting},)
            if name == "out_channels":
                changes += ({"out_channels": -(-out_channels // groups) * groups},)
            raise ShapeError(message, port="input" if number == channels else "", changes=changes)


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
        message = f"{layer.label()} with batch_first {switch} takes ({order}), but gets {spec}"
        raise ShapeError(message, port=port, changes=({"batch_first": not batch_first},))
    return spec, batch, steps, fixed(layer, spec, 2, "features", port)


def check_heads(layer: Layer, name: str, heads: int, features: int, port: str) -> None:
    """Holds the number of heads of an attention against the number of features they share.

    Raises:
        ShapeError: it does not divide it.
    """
    if features % heads:
        message = f"{layer.label()} cannot share {features} features among {heads} heads equally"
        raise ShapeError(message, port=port, changes=({name: nearest_divisor(features, heads)},))


Mask = tuple[str, TensorSpec | None]
"""An input port and what it gets."""


def check_masks(
    layer: Layer,
    attention: Mask,
    padding: Mask,
    batch: Dim,
    steps: tuple[Dim, Dim],
    is_causal: bool,
    causal: str = "is_causal",
) -> None:
    """Holds the masks of an attention against what it attends to.

    Args:
        layer: the layer that attends.
        attention: the mask over pairs of steps, one a sample for all heads: (N, L, S).
        padding: the mask over the steps attended to: (N, S).
        batch: N.
        steps: L, the number of steps that ask, and S, the number of steps attended to.
        is_causal: the layer makes a mask over pairs of steps itself, a bool one.
        causal: the parameter that says so.

    Raises:
        ShapeError: a mask has another shape, is neither bool nor of real numbers, not of the type of the other one, or
            is there already.
    """
    if is_causal and attention[1] is not None:
        message = (
            f"{layer.label()} makes the mask itself while {causal} is on, so '{attention[0]}' must be empty"
        )
        raise ShapeError(message, port=attention[0], changes=({causal: False},))
    _check_mask(layer, *attention, (batch, *steps))
    _check_mask(layer, *padding, (batch, steps[1]))
    if is_causal and padding[1] is not None and padding[1].dtype != "bool":
        message = (
            f"'{padding[0]}' of {layer.label()} must be bool while {causal} is on, but gets {padding[1]}"
        )
        raise ShapeError(message, port=padding[0])
    if attention[1] is not None and padding[1] is not None and padding[1].dtype != attention[1].dtype:
        message = f"'{padding[0]}' of {layer.label()} must be {attention[1].dtype} as '{attention[0]}' is"
        raise ShapeError(f"{message}, but gets {padding[1]}", port=padding[0])


def _check_mask(layer: Layer, port: str, spec: TensorSpec | None, shape: tuple[Dim, ...]) -> None:
    if spec is None:
        return
    if not (spec.is_float or spec.dtype == "bool"):
        raise ShapeError(
            f"'{port}' of {layer.label()} takes bool or real numbers, but gets {spec}", port=port
        )
    if spec.shape != shape:
        raise ShapeError(f"'{port}' of {layer.label()} takes {TensorSpec(shape)}, but gets {spec}", port=port)
