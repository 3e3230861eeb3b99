"""Rules of layers that work element by element: how shapes and element types meet, also those of plain numbers.

Standard library only, no torch.
"""

from __future__ import annotations

from collections.abc import Sequence

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Layer
from netdesigner.parts.rules import broadcast
from netdesigner.parts.tensor import BATCH, Dim, TensorSpec

__all__ = ["Wire", "as_real", "combined", "numbers", "plain", "promoted_by"]

_EXACT = 2**53
"""Up to here float64 holds every whole number."""

Wire = tuple[str, TensorSpec]
"""An input port and what it gets."""


def combined(layer: Layer, wires: Sequence[Wire]) -> tuple[Dim, ...]:
    """The common shape of what several wires bring, combined element by element, an axis of 1 stretched.

    Raises:
        ShapeError: two do not fit, or the batch of one would meet another axis.
    """
    first = wires[0][1]
    shape = first.shape
    for port, spec in wires[1:]:
        found = broadcast(shape, spec.shape)
        if found is None:
            sides = f"{first} and {spec}"
            message = (
                f"{layer.label()} takes inputs of equal shape (an axis of 1 is stretched), but gets {sides}"
            )
            raise ShapeError(message, port=port)
        if found.count(BATCH) > max(shape.count(BATCH), spec.shape.count(BATCH)):
            message = (
                f"{layer.label()} aligns {first} and {spec} at their last axis, and samples would be mixed up"
            )
            raise ShapeError(message, port=port)
        shape = found
    return shape


def promoted_by(dtype: str, *plain_numbers: int | float) -> str:
    """The element type of a tensor that is combined with plain numbers: these widen its kind, never its width."""
    for number in plain_numbers:
        if isinstance(number, float):
            dtype = as_real(dtype)
        elif dtype == "bool":
            dtype = "int64"
    return dtype


def as_real(dtype: str) -> str:
    """The element type of a function whose results have fractions."""
    return dtype if TensorSpec((), dtype).is_float else "float32"


def numbers(layer: Layer, spec: TensorSpec | None, port: str = "input") -> TensorSpec:
    """The spec, if its elements are numbers, whole or real.

    Raises:
        ShapeError: they are true and false.
    """
    spec = layer.wired(spec, port)
    if spec.dtype == "bool":
        raise ShapeError(f"{layer.label()} computes with numbers, but gets {spec}", port=port)
    return spec


def plain(number: float) -> int | float:
    """A number as a person writes it: without a fraction where it has none, so that whole numbers stay whole."""
    return int(number) if number.is_integer() and abs(number) <= _EXACT else number
