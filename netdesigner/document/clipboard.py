"""Copy and paste as text: what is copied is a small design file that can be mailed, read and pasted anywhere.

Blocks and variables that the copied nodes use travel along. Wires between copied nodes and weights that they share
are kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from netdesigner.document.annotate import add_mark, mark, set_routes
from netdesigner.document.blocks import blocks_of, refuse_recursion
from netdesigner.document.design import (
    BLOCK_PREFIX,
    Annotations,
    Block,
    Design,
    Edge,
    Graph,
    Network,
    Node,
    Point,
    Scope,
)
from netdesigner.document.file import dumps, loads
from netdesigner.document.names import CopyNames, free_name, names_at, names_of
from netdesigner.errors import EditError

__all__ = ["bring_blocks", "copy", "paste"]

_SCOPE = "copied"


def copy(design: Design, scope: Scope, node_ids: Collection[str], mark_ids: Collection[str] = ()) -> str:
    """The text of some nodes, with the wires between them and the blocks and variables they use.

    Args:
        mark_ids: of frames and notes that are copied too.

    Raises:
        EditError: a node, frame or note is not there.
    """
    place = design.place(scope)
    missing = [node_id for node_id in node_ids if node_id not in place.graph.nodes]
    if missing:
        raise EditError(f"'{scope}' has no node '{missing[0]}'")
    chosen = set(node_ids)
    nodes = {key: node for key, node in place.graph.nodes.items() if key in chosen}
    edges = tuple(edge for edge in place.graph.edges if edge.source in nodes and edge.target in nodes)
    layout = {key: place.layout.get(key, (0.0, 0.0)) for key in nodes}
    network = Network(Graph(nodes, edges), layout, _copied_marks(design, scope, edges, mark_ids))
    blocks = {name: design.blocks[name] for name in blocks_of(design, nodes.values())}
    used = names_of(nodes.values()).union(
        *(names_of(block.graph.nodes.values()) - block.params.keys() for block in blocks.values())
    )
    variables = {name: value for name, value in names_at(design, scope).items() if name in used}
    return dumps(Design(networks={_SCOPE: network}, blocks=blocks, variables=variables))


def _copied_marks(
    design: Design, scope: Scope, edges: Collection[Edge], mark_ids: Collection[str]
) -> Annotations:
    """The routes of some wires, and some frames and notes, in their order."""
    for mark_id in mark_ids:
        mark(design, scope, mark_id)
    found, wires = design.place(scope).annotations, set(edges)
    return Annotations(
        {key: value for key, value in found.frames.items() if key in mark_ids},
        {key: value for key, value in found.notes.items() if key in mark_ids},
        {edge: points for edge, points in found.routes.items() if edge in wires},
    )


def paste(design: Design, scope: Scope, text: str, at: Point | None = None) -> tuple[Design, tuple[str, ...]]:
    """Adds copied nodes, frames and notes under new ids.

    A block that the design has under the same name with another content comes in under a new name. A variable comes
    in where its name means nothing yet.

    Args:
        at: where the upper left corner of what is pasted goes; 24 px right of and below where it was if None.

    Returns:
        The new design and the ids of what is new: nodes, then frames and notes.

    Raises:
        DesignFileError: the text holds no design.
        EditError: there is nothing to paste, or a block would contain itself.
    """
    copied = loads(text, "the clipboard")
    network = next(iter(copied.networks.values()))
    if not network.graph.nodes and not network.annotations.marks:
        raise EditError("there are no nodes in what was copied")
    design, block_names = bring_blocks(design, scope, copied)
    place = design.place(scope)
    free = CopyNames(place.graph.nodes)
    ids: dict[str, str] = {}
    nodes = dict(place.graph.nodes)
    for old, node in network.graph.nodes.items():
        new = free.of(old)
        nodes[new] = _renamed(node, block_names)
        ids[old] = new
    for new in ids.values():
        nodes[new] = replace(nodes[new], tied=ids.get(nodes[new].tied, ""))
    edges = tuple(
        Edge(ids[e.source], e.source_port, ids[e.target], e.target_port) for e in network.graph.edges
    )
    across, down = _way(network, at)
    layout = {ids[old]: (x + across, y + down) for old, (x, y) in network.layout.items()}
    graph = Graph(nodes, place.graph.edges + edges)
    design = design.with_place(scope, replace(place, graph=graph, layout={**place.layout, **layout}))
    design, new_marks = _with_marks(design, scope, network.annotations, ids, (across, down))
    refuse_recursion(design, scope, graph.nodes.values())
    return design, (*ids.values(), *new_marks)


def _way(network: Network, at: Point | None) -> Point:
    """How far what was copied moves, so that its upper left corner comes to a point."""
    if at is None:
        return 24.0, 24.0
    corners = [*network.layout.values(), *(new.at for new in network.annotations.marks.values())]
    return at[0] - min(x for x, _ in corners), at[1] - min(y for _, y in corners)


def _with_marks(
    design: Design, scope: Scope, copied: Annotations, ids: Mapping[str, str], way: Point
) -> tuple[Design, list[str]]:
    """Adds copied frames and notes, and leads the copied wires as they were led."""
    new_ids: list[str] = []
    for new in copied.marks.values():
        moved = replace(new, at=(new.at[0] + way[0], new.at[1] + way[1]))
        design, mark_id = add_mark(design, scope, moved)
        new_ids.append(mark_id)
    routes = {
        replace(edge, source=ids[edge.source], target=ids[edge.target]): tuple(
            (x + way[0], y + way[1]) for x, y in points
        )
        for edge, points in copied.routes.items()
    }
    return set_routes(design, scope, routes), new_ids


def bring_blocks(design: Design, scope: Scope, copied: Design) -> tuple[Design, dict[str, str]]:
    """Adds the blocks of another design, and the variables whose names mean nothing yet in a scope.

    Returns:
        The new design, and what each of the blocks is called in it: its own name, or another one where the design has a
        block of that name with another content.
    """
    names: dict[str, str] = {}
    other = _differing(design, copied)
    taken = {*design.blocks, *copied.blocks}
    for name in copied.blocks:
        names[name] = free_name(name, taken) if name in other else name
        taken.add(names[name])
    blocks = dict(design.blocks)
    for name, block in copied.blocks.items():
        blocks.setdefault(names[name], _with_names(block, names))
    known = names_at(design, scope)
    new = {name: value for name, value in copied.variables.items() if name not in known}
    variables = {**design.variables, **new} if new else design.variables
    return replace(design, blocks=blocks, variables=variables), names


def _differing(design: Design, copied: Design) -> set[str]:
    """Copied blocks that the design has with another content, in themselves or in a block that they use."""
    other = {name for name, block in copied.blocks.items() if design.blocks.get(name, block) != block}
    present = [name for name in copied.blocks if name in design.blocks]
    return {name for name in present if other & set(blocks_of(copied, [Node(BLOCK_PREFIX + name)]))}


def _with_names(block: Block, names: dict[str, str]) -> Block:
    nodes = {key: _renamed(node, names) for key, node in block.graph.nodes.items()}
    return replace(block, graph=replace(block.graph, nodes=nodes))


def _renamed(node: Node, names: dict[str, str]) -> Node:
    return replace(node, kind=BLOCK_PREFIX + names[node.block]) if node.block in names else node
