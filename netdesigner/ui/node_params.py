"""The parameters of a node, of a layer or of a use of a block, and what their expressions may name. No widgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from netdesigner.document import BLOCK_PREFIX, Design, Node, Scope, Value
from netdesigner.document.many import replace_nodes
from netdesigner.parts import Catalog
from netdesigner.parts.part import Param

__all__ = ["block_params", "names_in_scope", "node_with", "params_of", "with_param"]


def names_in_scope(design: Design, scope: Scope) -> dict[str, int | float]:
    """The variables that expressions in a scope may use: the design's, and a block's own parameters."""
    block = design.blocks.get(scope.removeprefix(BLOCK_PREFIX)) if scope.startswith(BLOCK_PREFIX) else None
    return {**design.variables, **(block.params if block is not None else {})}


def block_params(params: Mapping[str, int | float]) -> tuple[Param, ...]:
    """A block's parameters as a form shows them."""
    return tuple(
        Param(
            name=name,
            field=name,
            type="float" if isinstance(default, float) else "int",
            optional=False,
            default=default,
            help="a parameter of the block",
        )
        for name, default in params.items()
    )


def params_of(node: Node, design: Design, catalog: Catalog) -> tuple[Param, ...]:
    """The parameters that a node has, in the order of its form; none for an unknown kind."""
    layer = catalog.layers.get(node.kind)
    if layer is not None:
        return layer.params()
    block = design.blocks.get(node.block)
    return block_params(block.params) if block is not None else ()


def node_with(node: Node, param: Param, value: Value) -> Node:
    """The node with another value of a parameter, the same where it has it; the default is not written down."""
    if _same(value, param.default):
        kept = {name: other for name, other in node.params.items() if name != param.name}
        return node if len(kept) == len(node.params) else replace(node, params=kept)
    if param.name in node.params and _same(node.params[param.name], value):
        return node
    return replace(node, params={**node.params, param.name: value})


def _same(a: Value, b: Value) -> bool:
    return a == b and type(a) is type(b)


def with_param(design: Design, scope: Scope, node_id: str, param: Param, value: Value) -> Design:
    """The design with another value of a node's parameter."""
    node = design.graph(scope).nodes[node_id]
    return replace_nodes(design, scope, {node_id: node_with(node, param, value)})
