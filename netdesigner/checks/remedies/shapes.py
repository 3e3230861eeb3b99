"""What may help where one layer cannot take the shape or type that its wire carries."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from netdesigner.checks.remedies.case import Case, Remedies, Remedy
from netdesigner.document.design import Edge, Value
from netdesigner.errors import ShapeError
from netdesigner.parts.tensor import TensorSpec

__all__ = ["REMEDIES", "proposed"]


def _misfit(case: Case) -> Iterator[Remedy]:
    """What stands in front of the layer adapted to it, the layer itself changed, or taken out."""
    edges = _edges(case)
    if case.node.kind == "Linear":
        for edge in edges:
            yield from case.insert(edge, "Flatten")
    yield from proposed(case)
    for edge in edges:
        spec = case.spec(edge)
        if spec is not None:
            yield from _adapters(case, edge, spec)
    ports = case.ports(case.problem.node)
    for port in ports.inputs if ports is not None else ():
        if port.optional:
            yield from map(case.cut, case.wires_in(case.problem.node, port.name))
    yield case.remove(case.problem.node)


def _edges(case: Case) -> list[Edge]:
    """The wires whose shape may be at fault."""
    edges = case.wires_in(case.problem.node, case.problem.port) or case.wires_in(case.problem.node)
    return [edge for edge in edges if case.spec(edge) is not None][:3]


def proposed(case: Case) -> Iterator[Remedy]:
    """What the layer itself says may mend it."""
    layer, traced = case.layer(case.problem.node), case.trace.nodes.get(case.problem.node)
    if layer is None or traced is None:
        return
    try:
        layer.outputs_of(traced.inputs)
    except ShapeError as error:
        for changes in error.changes:
            yield case.set_params(case.problem.node, changes)


def _adapters(case: Case, edge: Edge, spec: TensorSpec) -> Iterator[Remedy]:
    """Layers that give a tensor another arrangement of axes."""
    if spec.rank > 2:
        yield from case.insert(edge, "Flatten")
    for dims in _orders(spec.rank):
        yield from case.insert(edge, "Permute", {"dims": dims}, f"Permute {dims}")
    for shape in _arrangements(spec):
        yield from case.insert(edge, "Reshape", {"shape": shape}, f"Reshape to {_said(shape)}")
    yield from case.insert(edge, "Linear", {"out_features": 64})


def _orders(rank: int) -> tuple[tuple[int, ...], ...]:
    """Orders of axes that move channels or steps to where other layers look for them."""
    return {
        2: ((1, 0),),
        3: ((0, 2, 1), (1, 0, 2)),
        4: ((0, 3, 1, 2), (0, 2, 3, 1)),
        5: ((0, 4, 1, 2, 3), (0, 2, 3, 4, 1)),
    }.get(rank, ())


def _arrangements(spec: TensorSpec) -> Iterator[tuple[int, ...]]:
    """Shapes of one sample with as many elements: a square picture, a sequence, rows, a picture of one channel."""
    numbers = [dim for dim in spec.shape[1:] if isinstance(dim, int)]
    if len(numbers) != spec.rank - 1:
        return
    if spec.rank == 2:
        side = math.isqrt(numbers[0])
        yield (1, side, side) if side * side == numbers[0] else (numbers[0], 1, 1)
        yield (1, numbers[0])
    elif spec.rank == 3:
        yield (1, *numbers)
    elif spec.rank == 4:
        if numbers[0] == 1:
            yield (numbers[1], numbers[2])
        yield (numbers[0], numbers[1] * numbers[2])
        yield (1, *numbers)


def _said(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def _dtype(case: Case) -> Iterator[Remedy]:
    """The Input's type changed, an Embedding or a Cast in front, or what helps against shapes."""
    if case.node.kind == "Embedding":
        yield from _input_dtype(case, "int64")
    for edge in _edges(case):
        spec = case.spec(edge)
        if spec is not None and spec.dtype == "int64":
            yield from case.insert(edge, "Embedding", _embedding(case))
        if spec is not None and not spec.is_float:
            yield from case.insert(edge, "Cast", {"dtype": "float32"}, "Cast to float32")
    for dtype in ("float32", "int64"):
        yield from _input_dtype(case, dtype)
    yield from _misfit(case)


def _embedding(case: Case) -> Mapping[str, Value]:
    return dict(case.catalog.layers["Embedding"].initial) if case.knows("Embedding") else {}


def _input_dtype(case: Case, dtype: str) -> Iterator[Remedy]:
    """The type of the Inputs that lead here."""
    before = case.upstream(case.problem.node)
    for name in case.graph.ids_of("Input"):
        if not case.in_block and name in before:
            yield case.set_params(name, {"dtype": dtype})


def _nothing_left(case: Case) -> Iterator[Remedy]:
    yield from proposed(case)
    yield case.remove(case.problem.node)


def _removed(case: Case) -> Iterator[Remedy]:
    yield case.remove(case.problem.node)


REMEDIES: dict[str, Remedies] = {
    "ND301": _misfit,
    "ND303": _dtype,
    "ND305": _nothing_left,
    "ND309": _removed,
}
