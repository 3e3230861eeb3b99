"""What to say when a layer cannot take what its wires carry: both sides, who sent them, and where it began.

For a join that is the node where the two branches part: their nearest common ancestor, and behind it the first node
that made one branch's shape another than the other's.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from netdesigner.checks.blame import made, wires_along
from netdesigner.checks.codes import found as problem_of
from netdesigner.checks.report import Blame, Problem
from netdesigner.checks.walk import Found
from netdesigner.checks.wiring import Slot, Wiring, web
from netdesigner.document.design import Edge, Scope
from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Layer
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Parting", "Scene", "came", "clash", "parting"]

_MOST_STORIES = 20
"""For how many joins of one graph the way back is searched; a design with more clashes has other troubles."""

Specs = tuple[TensorSpec | None, ...]
Side = tuple[str, int]


class Parting(NamedTuple):
    """Where two branches that meet began to differ.

    Attributes:
        fork: their nearest common ancestor.
        at: the first node behind it that changed the shape, or the fork itself.
        path: the nodes from the fork through `at` to the join.
        branches: the nodes of both branches, from the fork to the one that feeds the join.
    """

    fork: str
    at: str
    path: tuple[str, ...]
    branches: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Scene:
    """A graph half walked through: everything before the node that fails has been found."""

    scope: Scope
    wiring: Wiring
    found: Mapping[str, Found]
    stories: int = 0
    _net: nx.DiGraph | None = field(default=None)
    _at: dict[str, int] = field(default_factory=dict)

    @property
    def net(self) -> nx.DiGraph:
        """The graph for networkx, made when it is first needed."""
        if self._net is None:
            self._net = web(self.wiring.graph)
        return self._net

    @property
    def at(self) -> Mapping[str, int]:
        """The place of each node in the flow."""
        if not self._at:
            self._at.update({node_id: index for index, node_id in enumerate(self.wiring.order)})
        return self._at


def clash(scene: Scene, node_id: str, layer: Layer, specs: Specs, error: ShapeError) -> Problem:
    """The problem of a layer that refuses what arrives."""
    slots = scene.wiring.ends[node_id].slots
    sides = [
        (slot, spec) for slot, spec in zip(slots, specs, strict=True) if slot is not None and spec is not None
    ]
    if not sides:
        return problem_of("ND201", f"`{node_id}`: {error}", scene.scope, node_id, port=error.port)
    code = "ND303" if _is_of_dtype(layer, specs) else ""
    at = _index(layer, slots, error)
    beside = any(port.name == error.port and port.optional for port in layer.inputs)
    if beside or len({spec for _, spec in sides}) < 2:
        return _refused(scene, node_id, *sides[at], error, code or "ND301")
    return _joined(scene, node_id, layer, sides, at, error, code or "ND302")


def _is_of_dtype(layer: Layer, specs: Specs) -> bool:
    """Whether the same shapes would do with elements of another type."""
    for dtype in ("float32", "int64", "bool"):
        try:
            layer.outputs_of(tuple(spec and spec.with_dtype(dtype) for spec in specs))
        except ShapeError:
            continue
        return True
    return False


def _index(layer: Layer, slots: tuple[Slot, ...], error: ShapeError) -> int:
    """Which of the wires the layer's error is about; of an empty port the one before."""
    names = [port.name for port in layer.inputs]
    at = names.index(error.port) if error.port in names else 0
    before = sum(slot is not None for slot in slots[:at])
    return min(before, sum(slot is not None for slot in slots) - 1)


def _sender(scene: Scene, slot: Side) -> str:
    """The node that sends, and which of its outputs where it is not the first."""
    node_id, output = slot
    ports = scene.wiring.ports[node_id]
    return f"`{ports.outputs[output].name}` of `{node_id}`" if ports and output else f"`{node_id}`"


# ------------------------------------------------------------------------------------------------- one side


def _refused(
    scene: Scene, node_id: str, slot: Side, spec: TensorSpec, error: ShapeError, code: str
) -> Problem:
    path = _made(scene, slot, spec)
    made = f", made by `{path[0]}`" if len(path) > 1 else ""
    text = f"`{node_id}` cannot take {spec} from {_sender(scene, slot)}{made}: {error}"
    blame = Blame(path[0], node_id, (_way(scene, path, slot, node_id),), (spec,))
    return problem_of(code, text, scene.scope, node_id, port=error.port, path=(*path, node_id), blame=blame)


def _made(scene: Scene, slot: Side, spec: TensorSpec) -> tuple[str, ...]:
    """The nodes from the one that made a shape to the one that hands it on."""
    return made(lambda name: scene.found[name].traced, slot, spec)


def came(scene: Scene, node_id: str, specs: Specs) -> Blame:
    """The ways to a node from the nodes that made what arrives there."""
    slots = scene.wiring.ends[node_id].slots
    sides = [(slot, spec) for slot, spec in zip(slots, specs, strict=True) if slot and spec]
    paths = [_made(scene, slot, spec) for slot, spec in sides]
    ways = tuple(_way(scene, path, slot, node_id) for path, (slot, _) in zip(paths, sides, strict=True))
    cause = paths[0][0] if len(paths) == 1 else ""
    return Blame(cause, node_id, ways, tuple(spec for _, spec in sides))


def _way(scene: Scene, nodes: Sequence[str], slot: Side, node_id: str) -> tuple[Edge, ...]:
    """The wires along some nodes, of which the last hands on what is not taken, to the node that does not take it."""
    return (*wires_along(lambda name: _ending(scene, name), nodes), *_last(scene, slot, node_id))


def _ending(scene: Scene, node_id: str) -> Iterator[Edge]:
    """The wires that end at a node."""
    return chain.from_iterable(scene.wiring.ends[node_id].wires.values())


def _last(scene: Scene, slot: Side, node_id: str) -> tuple[Edge, ...]:
    """The wire from an output to a node."""
    ports = scene.wiring.ports[slot[0]]
    port = ports.outputs[slot[1]].name if ports is not None else ""
    from_there = (e for e in _ending(scene, node_id) if (e.source, e.source_port) == (slot[0], port))
    return tuple(islice(from_there, 1))


# ------------------------------------------------------------------------------------------------ two sides


def _joined(
    scene: Scene,
    node_id: str,
    layer: Layer,
    sides: list[tuple[Side, TensorSpec]],
    at: int,
    error: ShapeError,
    code: str,
) -> Problem:
    (first, a), (second, b) = _pair(layer, sides, at)
    text = f"`{node_id}` joins {a} from {_sender(scene, first)} and {b} from {_sender(scene, second)}"
    path: tuple[str, ...] = (second[0], node_id)
    cause: str = ""
    branches: tuple[tuple[str, ...], ...] = ((first[0],), (second[0],))
    scene.stories += 1
    if scene.stories <= _MOST_STORIES:
        story = parting(scene, node_id, (first, a), (second, b))
        if story is None:
            text += "; they share no node before"
            branches = (_made(scene, first, a), _made(scene, second, b))
        else:
            after = "" if story.at == story.fork else f", after `{story.fork}`"
            text += f"; they part at `{story.at}`{after}"
            path, cause, branches = story.path, story.at, story.branches
    ways = tuple(
        _way(scene, nodes, slot, node_id) for nodes, slot in zip(branches, (first, second), strict=True)
    )
    blame = Blame(cause, node_id, ways, (a, b))
    return problem_of(code, f"{text}: {error}", scene.scope, node_id, port=error.port, path=path, blame=blame)


def _pair(
    layer: Layer, sides: list[tuple[Side, TensorSpec]], at: int
) -> tuple[tuple[Side, TensorSpec], tuple[Side, TensorSpec]]:
    """The two sides that do not suit each other."""
    if layer.inputs[-1].variadic and len(layer.inputs) == 1:
        for other in sides[1:]:
            try:
                layer.outputs_of((sides[0][1], other[1]))
            except ShapeError:
                return sides[0], other
    other = next((side for side in sides if side[1] != sides[at][1]), sides[0])
    return (other, sides[at]) if sides.index(other) < at else (sides[at], other)


def parting(
    scene: Scene, node_id: str, first: tuple[Side, TensorSpec], second: tuple[Side, TensorSpec]
) -> Parting | None:
    """Where two sides of a join began to differ; None where no node leads to both."""
    (a, _), (b, _) = first, second
    fork = _fork(scene, a[0], b[0])
    if fork is None:
        return None
    import networkx as nx

    axes = _differing(first[1], second[1])
    best: tuple[int, str, tuple[str, ...]] | None = None
    branches = tuple(tuple(nx.shortest_path(scene.net, fork, side[0])) for side in (a, b))
    for path in branches:
        at = next((n for n in path[1:] if _changed(scene, fork, n, axes)), None)
        if at is not None and (best is None or scene.at[at] < best[0]):
            best = (scene.at[at], at, (*path, node_id))
    if best is None:
        return Parting(fork, fork, (fork, node_id), branches)
    return Parting(fork, best[1], best[2], branches)


def _fork(scene: Scene, a: str, b: str) -> str | None:
    """The latest node of the flow that leads to both of two nodes, or is one of them."""
    reached: dict[str, set[int]] = {}
    waiting: list[tuple[int, str]] = []

    def reach(name: str, sides: set[int]) -> None:
        if name not in scene.at:
            return
        if name not in reached:
            reached[name] = set()
            heapq.heappush(waiting, (-scene.at[name], name))
        reached[name] |= sides

    reach(a, {0})
    reach(b, {1})
    while waiting:
        _, name = heapq.heappop(waiting)
        if len(reached[name]) == 2:
            return name
        for source in scene.net.predecessors(name):
            reach(source, reached[name])
    return None


def _differing(a: TensorSpec, b: TensorSpec) -> tuple[int, ...]:
    """The axes in which two shapes differ; none where it is the number of axes or the element type."""
    return tuple(axis for axis in range(a.rank) if a.shape[axis] != b.shape[axis]) if a.rank == b.rank else ()


def _changed(scene: Scene, fork: str, node_id: str, axes: tuple[int, ...]) -> bool:
    """Whether a node gives something else than the fork along one of some axes; along any, if none are named."""
    before, after = (scene.found[n].traced.outputs for n in (fork, node_id))
    if not before or not after:
        return False
    if not axes or before[0].rank != after[0].rank or axes[-1] >= after[0].rank:
        return before[0] != after[0]
    return any(before[0].shape[axis] != after[0].shape[axis] for axis in axes)
