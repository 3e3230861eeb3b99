"""Inputs to try a network with, where no data are at hand.

They are random but such as the network can meet: indices lie within the tables they are looked up in, masks leave
something to see, and axes without a fixed length are long enough for every layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from netdesigner.checks.report import Trace, TracedNode
from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Layer
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = ["fits", "index_limits", "lengths_of", "trial_inputs"]

_LENGTHS = (*((16 << doubled, 4) for doubled in range(9)), (12, 4), (8, 4), (4, 4), (2, 1), (1, 1))
"""What is tried as the length of a named axis, and how much longer the next one is; the first that fits is taken."""
_INDICES = 10
"""How many different whole numbers an input gets that no table is looked up with."""


def trial_inputs(
    trace: Trace, batch_size: int, *, lengths: Mapping[str, int] | None = None, seed: int = 0
) -> tuple[Tensor, ...]:
    """One random tensor for each input of a graph, in order.

    Args:
        trace: of the graph.
        batch_size: samples in the batch.
        lengths: how long axes with a name are; `lengths_of` where not given.
        seed: of the private generator the numbers are drawn from.
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    sizes = {**lengths_of(trace), **(lengths or {}), BATCH: batch_size}
    limits = index_limits(trace)
    return tuple(
        _tensor(trace.nodes[node_id], sizes, limits.get(number, _INDICES), generator)
        for number, node_id in enumerate(trace.inputs)
    )


def _tensor(node: TracedNode, sizes: Mapping[str, int], limit: int, generator: torch.Generator) -> Tensor:
    import torch

    assert node.outputs is not None, "an Input always knows what it gives"
    spec = node.outputs[0].bind(**sizes)
    shape = tuple(int(dim) for dim in spec.shape)
    dtype = getattr(torch, spec.dtype)
    if spec.is_float:
        return torch.randn(shape, generator=generator).to(dtype)
    if spec.dtype == "bool":
        mask = torch.zeros(shape, dtype=torch.bool)
        if mask.ndim and mask.shape[-1] > 1:
            mask[..., -1] = True
        return mask
    return torch.randint(limit, shape, generator=generator, dtype=dtype)


def lengths_of(trace: Trace) -> dict[str, int]:
    """A length for every named axis of the inputs but the batch, such that every layer can take what reaches it.

    Different names get different lengths. They are multiples of 4, unless only shorter ones are possible.
    """
    arriving = [spec for node_id in trace.inputs for spec in trace.nodes[node_id].outputs or ()]
    names = sorted({name for spec in arriving for name in spec.symbols()} - {BATCH})
    tried = [{name: first + step * number for number, name in enumerate(names)} for first, step in _LENGTHS]
    return next((found for found in tried if fits(trace, found)), tried[0])


def fits(trace: Trace, lengths: Mapping[str, int]) -> bool:
    """Whether every layer of a graph can take what reaches it where named axes are so long."""
    if not lengths:
        return True
    return all(node.layer is None or _takes(node.layer, node.inputs, lengths) for node in _nodes_in(trace))


def _takes(layer: Layer, inputs: tuple[TensorSpec | None, ...], lengths: Mapping[str, int]) -> bool:
    bound = tuple(None if spec is None else spec.bind(**lengths) for spec in inputs)
    try:
        found = layer.outputs_of(bound)
    except ShapeError:
        return False
    return all(not isinstance(dim, int) or dim > 0 for spec in found for dim in spec.shape)


def _nodes_in(trace: Trace) -> Iterator[TracedNode]:
    for node in trace.nodes.values():
        yield node
        for inner in node.inner:
            yield from _nodes_in(inner)


def index_limits(trace: Trace) -> dict[int, int]:
    """For each input that is looked up in a table, by its number, how many rows the smallest such table has."""
    limits: dict[int, int] = {}
    _follow(trace, [frozenset({number}) for number in range(len(trace.inputs))], limits)
    return limits


Origins = frozenset[int]
"""Numbers of the inputs that whole numbers in a wire come from."""


def _follow(trace: Trace, given: list[Origins], limits: dict[int, int]) -> list[Origins]:
    """Follows whole numbers through a graph and notes the tables they reach.

    Returns:
        Where the whole numbers at each output come from.
    """
    known = dict(zip(trace.inputs, given, strict=True))
    for node_id in trace.order:
        if node_id in known:
            continue
        node = trace.nodes[node_id]
        arriving = [frozenset() if source is None else known[source[0]] for source in node.sources]
        looked_up = node.layer.index_limits(*node.inputs) if node.layer is not None else ()
        for origins, rows in zip(arriving, looked_up, strict=False):
            least = rows if isinstance(rows, int) else 1  # a free length has its first place for sure
            for number in origins if rows is not None else ():
                limits[number] = min(least, limits.get(number, least))
        leaving = frozenset().union(*arriving)
        for inner in node.inner:
            leaving = frozenset().union(*_follow(inner, arriving, limits))
            arriving = [leaving, *arriving[1:]]
        whole = any(not spec.is_float for spec in node.outputs or ())
        known[node_id] = leaving if whole else frozenset()
    return [known[node_id] for node_id in trace.outputs]
