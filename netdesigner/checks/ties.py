"""Nodes that use the weights of another node: whether they can, and what that leaves them to count of their own.

What is shared belongs to the node at the end of the chain, which also decides whether training changes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from netdesigner.checks.bypass import is_bypassed
from netdesigner.checks.codes import found
from netdesigner.checks.report import Problem, TracedNode
from netdesigner.checks.wording import loop
from netdesigner.document.design import Node, Scope
from netdesigner.document.spelling import nearest

__all__ = ["Sharing", "owner_of", "sharing", "ties"]

_SHAPELESS = frozenset(
    """
    add_zero_attn approximate batch_first ceil_mode dilation dropout eps is_causal layer_norm_eps max_norm momentum
    norm_first norm_type output_padding p padding padding_idx padding_mode scale_grad_by_freq stride
    track_running_stats
    """.split()  # noqa: SIM905 - twenty quoted names are harder to read
)
"""Arguments of torch's classes that change how a module computes, and not which weights it has."""


class Sharing(NamedTuple):
    """What one node can take from another.

    Attributes:
        reason: why it can take nothing, as the end of a sentence; "" where it can.
        code: of that problem.
        names: the weights that are shared, by torch's names; empty where it is all of them.
        parameters: how many numbers they are.
    """

    reason: str = ""
    code: str = ""
    names: tuple[str, ...] = ()
    parameters: int = 0


def ties(
    scope: Scope, nodes: Mapping[str, Node], traced: Mapping[str, TracedNode]
) -> tuple[list[Problem], dict[str, TracedNode]]:
    """What is wrong with the ties of a graph, and the tied nodes with what is left of their own.

    Args:
        scope: where the graph stands.
        nodes: its nodes.
        traced: what was found at them, as if none were tied.
    """
    problems: list[Problem] = []
    changed: dict[str, TracedNode] = {}
    told: set[str] = set()
    for node_id, node in nodes.items():
        if not node.tied or is_bypassed(node):
            continue
        here, there = traced.get(node_id), traced.get(node.tied)
        if node.tied not in nodes:
            problems.append(_missing(scope, nodes, node_id))
        elif is_bypassed(nodes[node.tied]):
            text = f"`{node_id}` uses the weights of `{node.tied}`, which is bypassed and has none"
            problems.append(found("ND122", text, scope, node_id, param="tied"))
        elif circle := _circle(nodes, node_id):
            if told.isdisjoint(circle):
                text = f"weights are used in a circle: {loop(circle)}"
                problems.append(found("ND117", text, scope, node_id, param="tied", path=circle))
            told.update(circle)
        elif here is not None and there is not None and here.outputs and there.outputs:
            shared = sharing(here, there, node.kind == nodes[node.tied].kind)
            problems += _told(scope, nodes, node_id, shared)
            changed[node_id] = _tied(here, node.tied, shared)
    return problems, changed


def owner_of(nodes: Mapping[str, Node], node_id: str) -> str:
    """The node whose weights a node uses in the end, itself where it uses none; "" where that is nowhere."""
    seen: set[str] = set()
    while node_id in nodes and node_id not in seen:
        if not nodes[node_id].tied:
            return node_id
        seen.add(node_id)
        node_id = nodes[node_id].tied
    return ""


def _circle(nodes: Mapping[str, Node], node_id: str) -> tuple[str, ...]:
    """The circle of ties that a node is part of, from it on; none where it is part of none."""
    path = [node_id]
    while (following := nodes[path[-1]].tied) in nodes and following not in path:
        path.append(following)
    return tuple(path) if following == node_id else ()


def _missing(scope: Scope, nodes: Mapping[str, Node], node_id: str) -> Problem:
    tied = nodes[node_id].tied
    near = nearest(tied, nodes)
    hint = f"; did you mean {near[0]}?" if near else ""
    text = f"`{node_id}` uses the weights of `{tied}`, which is not there{hint}"
    return found("ND116", text, scope, node_id, param="tied")


def _told(scope: Scope, nodes: Mapping[str, Node], node_id: str, shared: Sharing) -> Iterator[Problem]:
    tied, owner = nodes[node_id].tied, owner_of(nodes, node_id)
    if shared.reason:
        text = f"`{node_id}` cannot use the weights of `{tied}`: {shared.reason}"
        yield found(shared.code, text, scope, node_id, param="tied")
    elif owner and nodes[node_id].frozen and not nodes[owner].frozen:
        text = f"`{node_id}` is frozen, but it uses the weights of `{owner}`, which training changes"
        yield found("ND119", text, scope, node_id, param="tied")


def _tied(node: TracedNode, tied: str, shared: Sharing) -> TracedNode:
    if shared.reason:
        return node
    own = node.cost.parameters - shared.parameters
    cost = replace(node.cost, parameters=own, frozen=min(own, node.cost.frozen))
    return node._replace(tied=tied, tied_weights=shared.names, cost=cost)


# ------------------------------------------------------------------------------------------------ what is shared


def sharing(node: TracedNode, other: TracedNode, same_kind: bool) -> Sharing:
    """What a node can take from another one.

    Args:
        node, other: what was found at them, so that it is known what they give.
        same_kind: whether both are of one kind, and so have weights of the same names.
    """
    parameters = _parameters(node)
    if not parameters or not _parameters(other):
        return Sharing("a node without weights has none to share", "ND118")
    if not same_kind:
        return _by_name(node, other)
    differing = next(_differences(node, other), "")
    return Sharing(differing, "ND306") if differing else Sharing(parameters=parameters)


def _parameters(node: TracedNode) -> int:
    """How many weights a node has, those that it uses of another one included."""
    if node.layer is not None and not node.inner:
        return sum(node.layer.cost(*specs).parameters for specs in node.rounds)
    return sum(trace.cost.parameters for trace in node.inner)


def _by_name(node: TracedNode, other: TracedNode) -> Sharing:
    """What two nodes of different kinds share: weights of one name and one shape."""
    mine, theirs = (_weights(each) for each in (node, other))
    names = tuple(name for name in mine if name in theirs)
    if not names:
        return Sharing("nodes of these two kinds have no weights in common", "ND118")
    for name in names:
        if mine[name] != theirs[name]:
            return Sharing(f"its {name} is {[*mine[name]]}, the other {[*theirs[name]]}", "ND306")
    return Sharing(names=names, parameters=sum(math.prod(mine[name]) for name in names))


def _weights(node: TracedNode) -> Mapping[str, tuple[int, ...]]:
    return node.layer.weights(*node.inputs) if node.layer is not None and node.repeat == 1 else {}


def _differences(node: TracedNode, other: TracedNode) -> Iterator[str]:
    """In what two nodes of one kind differ so that their weights cannot be the same."""
    if node.repeat != other.repeat:
        yield f"it is applied {node.repeat} times, the other {other.repeat}"
        return
    for mine, theirs in zip(node.inner, other.inner, strict=True):
        for inner_id, inner in mine.nodes.items():
            yield from (
                f"inside, at {inner_id}, {text}" for text in _differences(inner, theirs.nodes[inner_id])
            )
    if node.layer is None or other.layer is None or node.inner:
        return
    for mine_specs, their_specs in zip(node.rounds, other.rounds, strict=True):
        given, wanted = node.layer.arguments(*mine_specs), other.layer.arguments(*their_specs)
        for name in sorted((given.keys() | wanted.keys()) - _SHAPELESS):
            if given.get(name) != wanted.get(name):
                yield f"its {name} is {given.get(name)}, the other's {wanted.get(name)}"
