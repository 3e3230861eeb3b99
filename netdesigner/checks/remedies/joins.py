"""What may help where joined shapes differ: one side adapted just before the join, or made alike where it began."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from netdesigner.checks.remedies.case import Case, Remedies, Remedy
from netdesigner.checks.remedies.shapes import proposed
from netdesigner.document.design import Edge, Value
from netdesigner.parts.tensor import Dim, TensorSpec

__all__ = ["REMEDIES"]

_CHANNELS = ("out_channels", "out_features", "hidden_size", "embedding_dim")
_CONVOLUTION = {3: "Conv1d", 4: "Conv2d", 5: "Conv3d"}


def _join(case: Case) -> Iterator[Remedy]:
    """The skip side convolved to the other's shape, either side changed where it is made, or reshaped."""
    sides = [
        (edge, spec) for edge in case.wires_in(case.problem.node) if (spec := case.spec(edge)) is not None
    ]
    pairs = _pairs(case, sides)
    yield from proposed(case)
    for (edge, spec), (other, wanted) in pairs:
        yield from _samples(case, edge, spec, other, wanted)
    for (edge, spec), (_, wanted) in pairs:
        yield from _projected(case, edge, spec, wanted)
    for (edge, spec), (_, wanted) in pairs:
        yield from _channels(case, edge, spec, wanted)
        yield from _stride(case, edge, spec, wanted)
    for (edge, spec), (_, wanted) in pairs:
        yield from _rearranged(case, edge, spec, wanted)
    for edge, _ in reversed(sides):
        yield case.cut(edge)
    yield case.remove(case.problem.node)


def _pairs(
    case: Case, sides: list[tuple[Edge, TensorSpec]]
) -> list[tuple[tuple[Edge, TensorSpec], tuple[Edge, TensorSpec]]]:
    """The side to change and the side to match, the shorter branch (the skip) first."""
    by_length = sorted(sides, key=lambda side: _length(case, side[0]))
    for mine in by_length:
        for other in reversed(by_length):
            if mine[1] != other[1]:
                return [(mine, other), (other, mine)]
    return []


def _length(case: Case, edge: Edge) -> int:
    """How many nodes with a single input stand in a row before a wire's end."""
    return len(_row(case, edge))


def _row(case: Case, edge: Edge) -> list[str]:
    """The nodes before a wire's end, the nearest first, as far as nothing joins or parts."""
    row = [edge.source]
    while len(row) < 200:
        wires = case.wires_in(row[-1])
        if len(wires) != 1 or len(case.wires_out(row[-1])) > 1:
            break
        row.append(wires[0].source)
    return row


def _samples(case: Case, edge: Edge, spec: TensorSpec, other: Edge, wanted: TensorSpec) -> Iterator[Remedy]:
    """What the network brings itself, for as many samples as the other side has."""
    ports = case.ports(edge.source)
    takes = ports is not None and "like" in ports.input_at and not case.wires_in(edge.source, "like")
    if takes and spec.shape[0] == 1 != wanted.shape[0]:
        yield from case.wire(other.source, edge.source, "like")


def _projected(case: Case, edge: Edge, spec: TensorSpec, wanted: TensorSpec) -> Iterator[Remedy]:
    """A 1x1 convolution, or for rows of features a Linear, that gives the other side's shape."""
    if spec.rank != wanted.rank or spec.dtype != wanted.dtype:
        return
    if spec.rank == 2 or (spec.shape[:-1] == wanted.shape[:-1] and spec.rank == 3):
        if isinstance(wanted.shape[-1], int):
            yield from case.insert(edge, "Linear", {"out_features": wanted.shape[-1]})
        if spec.rank == 2:
            return
    kind, channels = _CONVOLUTION.get(spec.rank, ""), wanted.shape[1] if wanted.rank > 1 else None
    strides = [_stride_between(a, b) for a, b in zip(spec.shape[2:], wanted.shape[2:], strict=True)]
    if not kind or not isinstance(channels, int) or None in strides:
        return
    params: dict[str, Value] = {"out_channels": channels, "kernel_size": 1, "padding": 0}
    if any(stride != 1 for stride in strides):
        params["stride"] = strides[0] if len(set(strides)) == 1 else tuple(strides)
    what = "1-wide Conv1d" if kind == "Conv1d" else f"{'×'.join('1' * (spec.rank - 2))} {kind}"
    yield from case.insert(edge, kind, params, what)


def _stride_between(length: Dim, wanted: Dim) -> int | None:
    """The stride with which a window of 1 makes one length of another."""
    if length == wanted:
        return 1
    if isinstance(length, int) and isinstance(wanted, int) and 0 < wanted < length:
        for stride in (-(-length // wanted), length // wanted):
            if (length - 1) // stride + 1 == wanted:
                return stride
    return None


def _channels(case: Case, edge: Edge, spec: TensorSpec, wanted: TensorSpec) -> Iterator[Remedy]:
    """The last layer of the branch that chooses its number of channels, set to the other side's."""
    for node_id in _row(case, edge):
        layer = case.layer(node_id)
        names = {param.name for param in layer.params()} if layer is not None else set()
        for name in _CHANNELS:
            at = 1 if name == "out_channels" else -1
            if (
                name in names
                and spec.rank == wanted.rank
                and isinstance(wanted.shape[at], int)
                and spec.shape[at] != wanted.shape[at]
            ):
                yield case.set_params(node_id, {name: wanted.shape[at]})
                return


def _stride(case: Case, edge: Edge, spec: TensorSpec, wanted: TensorSpec) -> Iterator[Remedy]:
    """A stride on the branch that makes its lengths those of the other side."""
    if spec.rank != wanted.rank or spec.shape[2:] == wanted.shape[2:]:
        return
    for node_id, before in pairwise([*_row(case, edge), ""]):
        layer = case.layer(node_id)
        values = layer.values() if layer is not None else {}
        if "stride" not in values:
            continue
        for stride in (1, 2):
            if values["stride"] != stride:
                yield case.set_params(node_id, {"stride": stride})
        if not before:
            return


def _rearranged(case: Case, edge: Edge, spec: TensorSpec, wanted: TensorSpec) -> Iterator[Remedy]:
    """Axes merged, reordered, averaged or stretched."""
    if spec.rank > wanted.rank:
        yield from case.insert(edge, "Flatten")
        if wanted.rank == 2:
            axes = tuple(range(2, spec.rank))
            yield from case.insert(edge, "Mean", {"dim": axes}, f"Mean over {axes}")
    if spec.rank == wanted.rank == 3:
        yield from case.insert(edge, "Permute", {"dims": (0, 2, 1)}, "Permute (0, 2, 1)")
    if spec.rank == wanted.rank == 4:
        size = wanted.shape[2:]
        if all(isinstance(dim, int) for dim in size):
            for kind, name in (("Upsample", "size"), ("AdaptiveAvgPool2d", "output_size")):
                yield from case.insert(edge, kind, {name: tuple(dim for dim in size if isinstance(dim, int))})


REMEDIES: dict[str, Remedies] = {"ND302": _join}
