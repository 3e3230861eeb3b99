"""Edits of blocks as definitions: their names, their copies, their parameters, and which block stands in which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from netdesigner.document.design import BLOCK_PREFIX, Block, Design, Node, Scope, name_fault
from netdesigner.document.edit import set_block
from netdesigner.document.names import Computes, any_text, free_name, names_of, one_renamed, with_values
from netdesigner.errors import EditError

__all__ = [
    "block_of",
    "blocks_of",
    "instances",
    "make_unique",
    "refuse_name",
    "refuse_recursion",
    "remove_block",
    "rename_block",
    "set_block_params",
    "unused_blocks",
]

_MOST_NAMED = 3


def instances(design: Design, name: str) -> tuple[tuple[Scope, str], ...]:
    """The nodes that are instances of a block, each with its scope."""
    kind = BLOCK_PREFIX + name
    return tuple(
        (scope, node_id)
        for scope in design.scopes()
        for node_id, node in design.graph(scope).nodes.items()
        if node.kind == kind
    )


def block_of(design: Design, scope: Scope, node_id: str) -> tuple[Node, Block]:
    """A node and the block that it is an instance of.

    Raises:
        EditError: there is no such node, or it is no instance of a block of the design.
    """
    node = design.graph(scope).nodes.get(node_id)
    if node is None:
        raise EditError(f"'{scope}' has no node '{node_id}'")
    if node.block not in design.blocks:
        missing = f"'{node.block}', which the design does not have" if node.block else ""
        raise EditError(f"'{node_id}' is " + (f"an instance of block {missing}" if missing else "no block"))
    return node, design.blocks[node.block]


def blocks_of(design: Design, nodes: Iterable[Node]) -> Iterator[str]:
    """The names of the blocks that nodes use, directly or inside each other, in the design's order."""
    waiting = [node.block for node in nodes]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in used or name not in design.blocks:
            continue
        used.add(name)
        waiting += [node.block for node in design.blocks[name].graph.nodes.values()]
    return (name for name in design.blocks if name in used)


def refuse_recursion(design: Design, scope: Scope, nodes: Iterable[Node]) -> None:
    """Refuses nodes in a block that hold this block, in themselves or in what they use.

    Raises:
        EditError: they do.
    """
    if scope.startswith(BLOCK_PREFIX) and scope.removeprefix(BLOCK_PREFIX) in set(blocks_of(design, nodes)):
        raise EditError(f"block '{scope.removeprefix(BLOCK_PREFIX)}' cannot contain itself")


def unused_blocks(design: Design) -> tuple[str, ...]:
    """The blocks that no network uses, neither directly nor through others."""
    nodes = [node for network in design.networks.values() for node in network.graph.nodes.values()]
    used = set(blocks_of(design, nodes))
    return tuple(name for name in design.blocks if name not in used)


# ------------------------------------------------------------------------------------------------------ definitions


def make_unique(design: Design, scope: Scope, node_id: str) -> tuple[Design, str]:
    """Gives an instance a definition of its own, a copy of the one that it shared.

    Returns:
        The new design and the name of the copy.

    Raises:
        EditError: the node is no instance, or its block has no other one.
    """
    node, block = block_of(design, scope, node_id)
    if len(instances(design, node.block)) == 1:
        raise EditError(f"'{node_id}' is the only use of block '{node.block}', so it is its own already")
    name = free_name(node.block, design.blocks)
    place = design.place(scope)
    nodes = {**place.graph.nodes, node_id: replace(node, kind=BLOCK_PREFIX + name)}
    design = design.with_place(scope, replace(place, graph=replace(place.graph, nodes=nodes)))
    return set_block(design, name, block), name


def rename_block(design: Design, old: str, new: str) -> Design:
    """Gives a block another name, keeping its place in the order; its instances follow.

    Raises:
        EditError: there is no such block, or the new name is taken or is no identifier.
    """
    if old not in design.blocks:
        raise EditError(f"the design has no block '{old}'")
    if old == new:
        return design
    refuse_name(design, new)
    for scope in {scope for scope, _ in instances(design, old)}:
        place = design.place(scope)
        nodes = {
            key: replace(node, kind=BLOCK_PREFIX + new) if node.block == old else node
            for key, node in place.graph.nodes.items()
        }
        design = design.with_place(scope, replace(place, graph=replace(place.graph, nodes=nodes)))
    blocks = {new if name == old else name: block for name, block in design.blocks.items()}
    return replace(design, blocks=blocks)


def refuse_name(design: Design, name: str) -> None:
    """Refuses a name for a new block.

    Raises:
        EditError: it is taken or is no identifier.
    """
    if fault := name_fault(name):
        raise EditError(f"'{name}' cannot name a block: {fault}")
    if name in design.blocks:
        raise EditError(f"there is a block '{name}' already")


def remove_block(design: Design, name: str) -> Design:
    """Removes a definition that nothing uses.

    Raises:
        EditError: there is no such block, or it is used; the message names where.
    """
    if name not in design.blocks:
        raise EditError(f"the design has no block '{name}'")
    used = instances(design, name)
    if used:
        where = _listed([f"'{node_id}' in {scope.removeprefix(BLOCK_PREFIX)}" for scope, node_id in used])
        raise EditError(f"block '{name}' is used by {where}; delete or dissolve these first")
    return replace(design, blocks={key: block for key, block in design.blocks.items() if key != name})


def _listed(names: list[str]) -> str:
    """A few names, and how many more there are."""
    shown = ", ".join(names[:_MOST_NAMED])
    return shown if len(names) <= _MOST_NAMED else f"{shown} and {len(names) - _MOST_NAMED} more"


# ------------------------------------------------------------------------------------------------------- parameters


def set_block_params(
    design: Design, name: str, params: Mapping[str, int | float], computes: Computes = any_text
) -> Design:
    """Declares the parameters of a block anew.

    One name in place of another renames that parameter: expressions inside and values at the instances follow.

    Args:
        params: all parameters with their defaults.
        computes: which texts of nodes are expressions.

    Raises:
        EditError: a name is no identifier, a parameter that goes is used inside, or the new name of one means something
            else inside.
    """
    for param in params:
        if fault := name_fault(param):
            raise EditError(f"'{param}' cannot name a parameter: {fault}")
    old = design.blocks[name].params
    if renamed := one_renamed(old, params):
        design = _renamed_param(design, name, *renamed, computes)
    elif gone := [param for param in old if param not in params]:
        design = _without_params(design, name, gone, computes)
    return set_block(design, name, replace(design.blocks[name], params=dict(params)))


def _renamed_param(design: Design, name: str, old: str, new: str, computes: Computes) -> Design:
    block = design.blocks[name]
    inside = block.graph.nodes
    if new in names_of(inside.values(), computes):
        raise EditError(f"'{new}' is used inside block '{name}' as the design's variable; take another name")
    nodes = {key: with_values(node, {old: new}, computes) for key, node in inside.items()}
    design = set_block(design, name, replace(block, graph=replace(block.graph, nodes=nodes)))
    return _with_settings(design, name, lambda param: new if param == old else param)


def _without_params(design: Design, name: str, gone: list[str], computes: Computes) -> Design:
    for param in gone:
        users = [
            node_id
            for node_id, node in design.blocks[name].graph.nodes.items()
            if param in names_of([node], computes)
        ]
        if users:
            where = _listed([f"'{node_id}'" for node_id in users])
            raise EditError(f"parameter '{param}' of block '{name}' is used by {where}; change that first")
    return _with_settings(design, name, lambda param: "" if param in gone else param)


def _with_settings(design: Design, name: str, follow: Callable[[str], str]) -> Design:
    """The design with other names of what the instances of a block set; "" takes a value away."""
    for scope, node_id in instances(design, name):
        place = design.place(scope)
        node = place.graph.nodes[node_id]
        params = {follow(param): value for param, value in node.params.items() if follow(param)}
        if params != node.params:
            nodes = {**place.graph.nodes, node_id: replace(node, params=params)}
            design = design.with_place(scope, replace(place, graph=replace(place.graph, nodes=nodes)))
    return design
