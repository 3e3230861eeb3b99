"""Which axes within a sample a parameter means; what is done along them keeps the samples apart."""

from __future__ import annotations

from collections.abc import Sequence

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Layer
from netdesigner.parts.rules import axis_of
from netdesigner.parts.tensor import BATCH, TensorSpec

__all__ = ["sample_axes", "sample_axis"]

_OFFERED = 3
"""How many other axes are offered in place of the batch."""


def sample_axis(
    layer: Layer,
    spec: TensorSpec,
    dim: int,
    name: str = "dim",
    port: str = "input",
    *,
    of_list: bool = False,
    fitting: Sequence[int] | None = None,
) -> int:
    """The axis a parameter means, counted from 0, which must lie within a sample; negative ones count from the end.

    Args:
        of_list: the parameter is a list, of which the axis is one item.
        fitting: the axes that the layer can take, which are offered instead; all but the batch where not given.

    Raises:
        ShapeError: there is no such axis, or it is the batch.
    """
    if fitting is None:
        fitting = [at for at, length in enumerate(spec.shape) if length != BATCH]
    offered = [-1 if at == spec.rank - 1 else at for at in reversed(fitting)]
    values = [(at,) if of_list else at for at in offered[:_OFFERED]]
    axis = axis_of(layer, spec, dim, name, port, last=values[0] if values else -1)
    if spec.shape[axis] == BATCH:
        message = f"{layer.label()} has {name} {dim}, the batch of {spec}, and samples would be mixed up"
        raise ShapeError(message, port=port, changes=tuple({name: value} for value in values))
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
