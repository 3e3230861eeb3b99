"""Inputs to try a network with, where no data are at hand.

They are random but such as the network can meet: indices lie within the tables they are looked up in, masks leave
something to see, and axes without a fixed length are long enough for every layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from netdesigner.checks.report import Trace, TracedNode
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import torch
    from torch import Tensor

__all__ = ["index_limits", "lengths_of", "trial_inputs"]

_SHORTEST, _LONGEST = 16, 4096
_INDICES = 10
"""How many different whole numbers an input gets that no table is looked up with."""
_ROWS = ("num_embeddings", "num_classes")
"""Parameters that say how many different whole numbers a layer takes."""


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
    """A length for every named axis of the inputs but the batch, so that no axis in the graph becomes empty.

    Different names get different lengths, all of them multiples of 4.
    """
    arriving = [spec for node_id in trace.inputs for spec in trace.nodes[node_id].outputs or ()]
    names = sorted({name for spec in arriving for name in spec.symbols()} - {BATCH})
    shortest = _SHORTEST
    while True:
        found = {name: shortest + 4 * number for number, name in enumerate(names)}
        if not names or shortest >= _LONGEST or all(_fits(spec, found) for spec in _specs_in(trace)):
            return found
        shortest *= 2


def _fits(spec: TensorSpec, sizes: Mapping[str, int]) -> bool:
    return all(not isinstance(dim, int) or dim > 0 for dim in spec.bind(**sizes).shape)


def _specs_in(trace: Trace) -> Iterator[TensorSpec]:
    for node in trace.nodes.values():
        yield from node.outputs or ()
        for inner in node.inner:
            yield from _specs_in(inner)


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
        for rows in (getattr(node.layer, name) for name in _ROWS if hasattr(node.layer, name)):
            for number in arriving[0]:
                limits[number] = min(rows, limits.get(number, rows))
        leaving = frozenset().union(*arriving)
        for inner in node.inner:
            leaving = frozenset().union(*_follow(inner, arriving, limits))
            arriving = [leaving, *arriving[1:]]
        whole = any(not spec.is_float for spec in node.outputs or ())
        known[node_id] = leaving if whole else frozenset()
    return [known[node_id] for node_id in trace.outputs]
