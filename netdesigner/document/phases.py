"""What the phases of a training name: networks by their name, and nodes as `NETWORK.NODE`.

Nodes of a block are named behind its instance, as `NETWORK.INSTANCE.NODE`: that of this instance only, in all of its
repetitions. A block that is used often has many such names, so nothing here lists them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from netdesigner.document.design import BLOCK_PREFIX, Design, Graph, Phase, Scope

__all__ = ["below", "is_there", "renamed"]


def below(design: Design, name: str = "") -> tuple[str, ...]:
    """What is named within something, one step down; the networks where nothing is given."""
    if not name:
        return (*design.networks,)
    graph = _graph(design, _scopes(design, name)[-1])
    return tuple(f"{name}.{node_id}" for node_id in graph.nodes) if graph is not None else ()


def is_there(design: Design, name: str) -> bool:
    """Whether a name is that of a network or a node."""
    return name in below(design, name.rpartition(".")[0])


def renamed(design: Design, scope: Scope, ids: Mapping[str, str]) -> tuple[Phase, ...]:
    """The phases of a design, in one of whose scopes nodes are called otherwise from now on.

    Args:
        design: as it is before.
        scope: a network, or a block, whose nodes may be named behind each of its instances.
        ids: by the id of a node, what stands for it in a name, such as its id behind that of a new block.
    """
    old = design.training.phases
    new = tuple(
        replace(phase, trains=tuple(_renamed(design, scope, ids, name) for name in phase.trains))
        for phase in old
    )
    return old if new == old else new


def _renamed(design: Design, scope: Scope, ids: Mapping[str, str], name: str) -> str:
    network, *words = name.split(".")
    scopes = _scopes(design, name)
    return ".".join(
        [
            network,
            *(ids.get(word, word) if at == scope else word for at, word in zip(scopes, words, strict=False)),
        ]
    )


def _scopes(design: Design, name: str) -> list[Scope]:
    """The scope in which each id of a name is looked for, and that in which one behind them would be; "" for none."""
    network, *words = name.split(".")
    scopes = [network]
    for word in words:
        graph = _graph(design, scopes[-1])
        node = graph.nodes.get(word) if graph is not None else None
        scopes.append(BLOCK_PREFIX + node.block if node is not None and node.block else "")
    return scopes


def _graph(design: Design, scope: Scope) -> Graph | None:
    found = design.blocks.get(scope.removeprefix(BLOCK_PREFIX)) if scope.startswith(BLOCK_PREFIX) else None
    place = found or design.networks.get(scope)
    return place.graph if place is not None else None
