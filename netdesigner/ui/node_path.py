"""From the name of a module to its node: `encoder.attention` is `attention` in the block that `encoder` stands for."""

from __future__ import annotations

from netdesigner.document import BLOCK_PREFIX, Design, Scope
from netdesigner.errors import EditError

__all__ = ["place_of"]


def place_of(design: Design, node_path: str) -> tuple[Scope, str] | None:
    """The scope and the id of a node; None where the design has no such node (any more).

    Args:
        design: where it is looked for.
        node_path: ids with the blocks around before them; numbers of repetitions count for nothing.
    """
    ids = [part for part in node_path.split(".") if not part.isdigit()]
    scope = next(
        (name for name, network in design.networks.items() if ids and ids[0] in network.graph.nodes), None
    )
    found: tuple[Scope, str] | None = None
    for node_id in ids:
        if scope is None:
            return found
        try:
            node = design.graph(scope).nodes.get(node_id)
        except EditError:
            return found
        if node is None:
            return found
        found = (scope, node_id)
        scope = BLOCK_PREFIX + node.block if node.block else None
    return found
