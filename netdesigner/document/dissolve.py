"""Dissolving: the nodes of a block take the place of one of its instances. The inverse of `group`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from netdesigner.document.annotate import add_mark
from netdesigner.document.blocks import block_of, instances
from netdesigner.document.design import (
    BLOCK_PREFIX,
    Annotations,
    Block,
    Design,
    Edge,
    Frame,
    Graph,
    Network,
    Node,
    Note,
    Point,
    Scope,
)
from netdesigner.document.expression import evaluate, names_in
from netdesigner.document.group import COLUMN_PX, middle_of
from netdesigner.document.names import Computes, any_text, free_name, names_at, names_of, with_values
from netdesigner.errors import EditError

__all__ = ["dissolve"]

_MOST_NODES = 5_000
Place = Network | Block
Way = tuple[Point, ...]
M = TypeVar("M", Frame, Note)


def dissolve(
    design: Design, scope: Scope, node_id: str, computes: Computes = any_text
) -> tuple[Design, tuple[str, ...]]:
    """Puts the nodes of a block in the place of one of its instances, once for each time it is applied.

    What the instance sets takes the place of the block's parameters in expressions. Nodes keep their ids where these
    are free. The definition goes with its last instance; others keep it.

    Args:
        node_id: the instance.
        computes: which texts of nodes are expressions.

    Returns:
        The new design and the ids of the nodes that came in.

    Raises:
        EditError: the node is no instance, or something of it could not be kept; the message says what.
    """
    node, block = block_of(design, scope, node_id)
    place = design.place(scope)
    count = _copies(design, scope, node_id, node, block)
    _refuse(design, scope, node_id, node, block, computes)
    opened = _Opened(place, node_id, node, block, count, computes)
    new = opened.place()
    if block.origin is not None and _same(new, block.origin):
        old = block.origin
        new = replace(new, graph=old.graph, layout=old.layout, annotations=old.annotations)
    design = design.with_place(scope, new)
    if not instances(design, node.block):
        blocks = {name: kept for name, kept in design.blocks.items() if name != node.block}
        design = replace(design, blocks=blocks)
    if node.note:
        design, _ = add_mark(design, scope, Note(node.note, place.layout.get(node_id, (0.0, 0.0))))
    return design, tuple(new_id for ids in opened.ids for new_id in ids.values())


# -------------------------------------------------------------------------------------------------------- refusals


def _copies(design: Design, scope: Scope, node_id: str, node: Node, block: Block) -> int:
    """How many times the instance is applied.

    Raises:
        EditError: that is not known here, or is too often.
    """
    count: int | float | str = node.repeat
    if isinstance(count, str):
        within = design.blocks[scope.removeprefix(BLOCK_PREFIX)].params if ":" in scope else {}
        if names_in(count) & within.keys():
            raise EditError(
                f"'{node_id}' is applied {count} times, which differs between the uses of the block around it; "
                "set a number first"
            )
        count = evaluate(count, names_at(design, scope))
    if not isinstance(count, int) or count < 1:
        raise EditError(f"'{node_id}' is applied {count} times; set a whole number from 1 on first")
    if count * len(block.graph.nodes) > _MOST_NODES:
        raise EditError(f"dissolving '{node_id}' would give more than {_MOST_NODES:,} nodes")
    return count


def _refuse(design: Design, scope: Scope, node_id: str, node: Node, block: Block, computes: Computes) -> None:
    graph = design.graph(scope)
    users = [key for key, other in graph.nodes.items() if other.tied == node_id]
    if node.tied or users:
        one, other = (node_id, node.tied) if node.tied else (users[0], node_id)
        raise EditError(f"'{one}' uses the weights of '{other}'; give it weights of its own first")
    if node.bypassed:
        raise EditError(f"'{node_id}' is passed by; let it take part again first")
    if isinstance(place := design.place(scope), Block):
        free = names_of(_body(block).values(), computes) - block.params.keys()
        if clash := sorted(free & place.params.keys()):
            raise EditError(
                f"'{clash[0]}' is the design's variable inside '{node_id}' and a parameter around it; "
                "rename the parameter first"
            )
    _refuse_lost_wires(graph, node_id, block)


def _refuse_lost_wires(graph: Graph, node_id: str, block: Block) -> None:
    inputs, outputs = block.inputs, block.outputs
    for edge in graph.edges:
        if edge.source == edge.target == node_id:
            raise EditError(f"'{node_id}' feeds itself; remove that wire first")
        if edge.target == node_id and edge.target_port not in inputs:
            raise EditError(
                f"the wire from '{edge.source}' to '{node_id}' ends at '{edge.target_port}', which the block does "
                "not have, and would be lost; remove it first"
            )
        if edge.source == node_id and edge.source_port not in outputs:
            raise EditError(
                f"the wire from '{node_id}' to '{edge.target}' begins at '{edge.source_port}', which the block does "
                "not have, and would be lost; remove it first"
            )
    for edge in block.graph.edges:
        if edge.target in inputs or edge.source in outputs:
            raise EditError(
                f"the wire from '{edge.source}' to '{edge.target}' inside would be lost: an Input takes none and an "
                "Output gives none; remove it first"
            )


def _body(block: Block) -> dict[str, Node]:
    """The nodes of a block that are not its ports."""
    return {key: node for key, node in block.graph.nodes.items() if node.kind not in ("Input", "Output")}


def _same(place: Place, old: Place) -> bool:
    """Whether two places differ at most in the order of nodes, and of wires that end at different nodes."""
    return (
        place.graph.nodes == old.graph.nodes
        and place.layout == old.layout
        and place.annotations == old.annotations
        and _by(place.graph.edges, _target) == _by(old.graph.edges, _target)
        and all(place.graph.ids_of(kind) == old.graph.ids_of(kind) for kind in ("Input", "Output"))
    )


def _target(edge: Edge) -> str:
    return edge.target


# --------------------------------------------------------------------------------------------------------- opening


class _Opened:
    """An instance of a block, written out.

    Args:
        around: the place in which it stands.
        node_id, node: the instance.
        block: its definition.
        count: how often it is applied.
        computes: which texts of nodes are expressions.

    Attributes:
        ids: for each time it is applied, the new ids by the old ones.
    """

    def __init__(
        self, around: Place, node_id: str, node: Node, block: Block, count: int, computes: Computes
    ) -> None:
        self._around = around
        self._node_id = node_id
        self._node = node
        self._block = block
        self._computes = computes
        self._body = _body(block)
        taken = set(around.graph.nodes) - {node_id}
        self.ids: list[dict[str, str]] = []
        for _ in range(count):
            ids: dict[str, str] = {}
            for key in self._body:
                ids[key] = free_name(key, taken)
                taken.add(ids[key])
            self.ids.append(ids)
        inside = [at for key, at in block.layout.items() if key in self._body]
        middle = middle_of(inside)
        to = around.layout.get(node_id, middle)
        self._shift = to[0] - middle[0], to[1] - middle[1]
        self._pitch = max((x for x, _ in inside), default=0.0) - min((x for x, _ in inside), default=0.0)
        self._pitch += COLUMN_PX
        self._fed = _by(around.graph.edges, lambda e: e.target_port if e.target == node_id else "")
        self._first_input, self._outputs = next(iter(block.inputs), ""), block.outputs
        self._into = _by(block.graph.edges, lambda e: e.target if e.target in self._outputs else "")
        self._left: dict[tuple[int, str], list[tuple[str, str, Way]]] = {}
        self._routes = {
            edge: points for edge, points in around.annotations.routes.items() if node_id not in _ends(edge)
        }

    def place(self) -> Place:
        """The place with the nodes in it."""
        edges = self._edges()
        layout = {key: at for key, at in self._around.layout.items() if key != self._node_id}
        for number, ids in enumerate(self.ids):
            layout |= {
                ids[key]: self._moved(at, number) for key, at in self._block.layout.items() if key in ids
            }
        marks, inside = self._around.annotations, self._block.annotations
        frames = {**marks.frames, **self._marks(inside.frames, marks.marks)}
        notes = {**marks.notes, **self._marks(inside.notes, {**marks.marks, **frames})}
        return replace(
            self._around,
            graph=Graph(self._nodes(), edges),
            layout=layout,
            annotations=Annotations(frames, notes, self._routes),
        )

    def _nodes(self) -> dict[str, Node]:
        values = {**self._block.params, **self._settings()}
        nodes: dict[str, Node] = {}
        for key, node in self._around.graph.nodes.items():
            if key != self._node_id:
                nodes[key] = node
                continue
            opened = {key: with_values(inner, values, self._computes) for key, inner in self._body.items()}
            for ids in self.ids:
                for inner_id, inner in opened.items():
                    tied, frozen = ids.get(inner.tied, inner.tied), inner.frozen or self._node.frozen
                    rate = inner.rate * self._node.rate
                    nodes[ids[inner_id]] = replace(inner, tied=tied, frozen=frozen, rate=rate)
        return nodes

    def _settings(self) -> dict[str, int | float | str]:
        """What the instance sets of the block's parameters."""
        return {
            name: value
            for name, value in self._node.params.items()
            if name in self._block.params
            and isinstance(value, int | float | str)
            and not isinstance(value, bool)
        }

    # ---------------------------------------------------------------------------------------------------- places

    def _moved(self, at: Point, number: int = 0) -> Point:
        """Where a point inside comes to lie: as it lay around the middle, further right each time."""
        return at[0] + self._shift[0] + number * self._pitch, at[1] + self._shift[1]

    def _marks(self, marks: Mapping[str, M], taken: Collection[str]) -> dict[str, M]:
        found: dict[str, M] = {}
        for key, mark in marks.items():
            found[free_name(key, {*taken, *found})] = replace(mark, at=self._moved(mark.at))
        return found

    # ----------------------------------------------------------------------------------------------------- wires

    def _edges(self) -> tuple[Edge, ...]:
        """The wires around, with those inside where the first one meets the instance; each node's stay in order."""
        inner: list[Edge] = []
        for number in range(len(self.ids)):
            inner += self._inner(number)
            self._through(number)
        edges: list[Edge] = []
        waiting = True
        for edge in self._around.graph.edges:
            if self._node_id not in _ends(edge):
                edges.append(edge)
                continue
            if waiting:
                edges += inner
                waiting = False
            if edge.source == self._node_id:
                way = self._around.annotations.routes.get(edge, ())
                for source, port, before in self._leaving(len(self.ids) - 1, edge.source_port):
                    edges.append(self._led(replace(edge, source=source, source_port=port), before + way))
        return tuple(edges + inner if waiting else edges)

    def _inner(self, number: int) -> list[Edge]:
        """The wires between and to the nodes of one time that the block is applied."""
        ids = self.ids[number]
        return [
            self._led(Edge(source, port, ids[edge.target], edge.target_port), way)
            for edge in self._block.graph.edges
            if edge.target in ids
            for source, port, way in self._sources(number, edge)
        ]

    def _sources(self, number: int, edge: Edge) -> list[tuple[str, str, Way]]:
        """Where a wire inside begins once its block is open: (node, port, the points it is led through)."""
        way = tuple(self._moved(at, number) for at in self._block.annotations.routes.get(edge, ()))
        if edge.source in self.ids[number]:
            return [(self.ids[number][edge.source], edge.source_port, way)]
        if number and edge.source == self._first_input:
            found = self._leaving(number - 1, self._outputs[0]) if self._outputs else []
            return [(source, port, before + way) for source, port, before in found]
        routes = self._around.annotations.routes
        return [
            (outer.source, outer.source_port, routes.get(outer, ()) + way)
            for outer in self._fed.get(edge.source, ())
        ]

    def _through(self, number: int) -> None:
        """Finds what the next time begins with, one after the other, so that a thousand times do not nest."""
        if self._outputs:
            self._leaving(number, self._outputs[0])

    def _leaving(self, number: int, output: str) -> list[tuple[str, str, Way]]:
        """What leaves the block by an Output."""
        if (number, output) not in self._left:
            edges = self._into.get(output, ())
            self._left[number, output] = [found for edge in edges for found in self._sources(number, edge)]
        return self._left[number, output]

    def _led(self, edge: Edge, way: Way) -> Edge:
        if way:
            self._routes[edge] = way
        return edge


def _by(edges: Iterable[Edge], key: Callable[[Edge], str]) -> dict[str, list[Edge]]:
    found: dict[str, list[Edge]] = {}
    for edge in edges:
        found.setdefault(key(edge), []).append(edge)
    return found


def _ends(edge: Edge) -> tuple[str, str]:
    return edge.source, edge.target
