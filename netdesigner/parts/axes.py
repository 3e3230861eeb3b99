"""Which axes within a sample a parameter means; what is done along them keeps the samples apart."""

from __future__ import annotations

from collections.abc import Sequence

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Layer
from netdesigner.parts.rules import axis_of
from netdesigner.parts.tensor import BATCH, TensorSpec

__all__ = ["beside_batch", "sample_axes", "sample_axis"]


def sample_axis(
    layer: Layer, spec: TensorSpec, dim: int, name: str = "dim", port: str = "input", of_list: bool = False
) -> int:
    """The axis a parameter means, which must lie within a sample; negative ones count from the end.

    Args:
        of_list: the parameter is a list, of which the axis is one item.

    Raises:
        ShapeError: there is no such axis, or it is the batch.
    """
    axis = axis_of(layer, spec, dim, name, port, last=(-1,) if of_list else -1)
    if spec.shape[axis] == BATCH:
        message = f"{layer.label()} has {name} {dim}, the batch of {spec}, and samples would be mixed up"
        others = [at for at in range(spec.rank) if spec.shape[at] != BATCH]
        raise ShapeError(
            message, port=port, changes=tuple({name: (at,) if of_list else at} for at in others[:3])
        )
    return axis


def sample_axes(
    layer: Layer, spec: TensorSpec, dims: Sequence[int], name: str = "dim", port: str = "input"
) -> tuple[int, ...]:
    """The axes a list means, each within a sample and named once.

    Raises:
        ShapeError: there are none, there is no such axis, one is named twice, or one is the batch.
    """
    axes = tuple(sample_axis(layer, spec, dim, name, port, of_list=True) for dim in dims)
    if not axes or len(set(axes)) < len(axes):
        message = f"{layer.label()} needs one or more different axes of {spec}, but has {name} {list(dims)}"
        named = tuple(dict.fromkeys(axes)) or (-1,)
        raise ShapeError(message, port=port, changes=({name: named}, *({name: (axis,)} for axis in named)))
    return axes


def beside_batch(
    layer: Layer,
    spec: TensorSpec,
    dim: int,
    name: str = "dim",
    port: str = "input",
    fitting: Sequence[int] | None = None,
) -> int:
    """The axis a parameter means, as `axis_of` finds it, if what is done along it keeps the samples apart.

    Args:
        fitting: the axes that the layer can take; all but the batch where not given.

    Raises:
        ShapeError: there is no such axis, or it is the batch.
    """
    if fitting is None:
        fitting = [at for at, length in enumerate(spec.shape) if length != BATCH]
    best = fitting[-1] if fitting and fitting[-1] < spec.rank - 1 else -1
    axis = axis_of(layer, spec, dim, name, port, best)
    if spec.shape[axis] == BATCH:
        message = f"{layer.label()} along axis {axis} of {spec} goes through the batch, and samples would be mixed up"
        raise ShapeError(message, port=port, changes=({name: best},) if fitting else ())
    return axis
