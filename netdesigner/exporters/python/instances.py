"""What each use of a graph builds: the submodules with the arguments of their constructors.

A block may be used with other parameters and other shapes in each place; `classes` finds out what such uses share.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from netdesigner.checks.parameters import block_params, finite
from netdesigner.checks.report import Trace, TracedNode
from netdesigner.compiler.plan import needed_nodes
from netdesigner.document.design import BLOCK_PREFIX, Design, Graph, Scope
from netdesigner.errors import ExportError
from netdesigner.exporters.python.forward import Forward, forward_of
from netdesigner.parts.layer import Layer

__all__ = ["Call", "Instance", "Member", "Use", "instance_of", "uses_of"]

Names = Mapping[str, int | float]


@dataclass(frozen=True, slots=True)
class Use:
    """A block as it is used somewhere: each distinct set of parameters and inputs once.

    Attributes:
        scope: the block's scope.
        trace: the walk through it.
        values: its declared parameters.
    """

    scope: Scope
    trace: Trace
    values: Names


@dataclass(frozen=True, slots=True)
class Call:
    """A constructor's call.

    Attributes:
        name: what is called: `nn.Conv2d`, or one of the file's own classes.
        positional: how many of the arguments stand without their name.
        arguments: all names and values.
        defaults: the values of those that may be left out.
    """

    name: str
    positional: int = 0
    arguments: tuple[tuple[str, object], ...] = ()
    defaults: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A submodule.

    Attributes:
        node_id: its name.
        container: what holds repetitions, or "".
        runs: the calls with how often each comes in a row.
    """

    node_id: str
    container: str
    runs: tuple[tuple[Call, int], ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """A use with all that its class has to say.

    Attributes:
        use: what is described.
        members: its submodules in order.
        forward: its forward pass.
    """

    use: Use
    members: tuple[Member, ...]
    forward: Forward


def uses_of(design: Design, network: str, trace: Trace) -> dict[Scope, list[Use]]:
    """Every use of a block in a network, by block; those inside other blocks come before them."""
    found: dict[Scope, list[Use]] = {}
    _collect(design, Use(network, trace, finite(design.variables)), found, set())
    return found


def _collect(design: Design, outer: Use, found: dict[Scope, list[Use]], seen: set[int]) -> None:
    for node_id in needed_nodes(outer.trace):
        for use in _inner_uses(design, outer, node_id):
            if id(use.trace) not in seen:
                seen.add(id(use.trace))
                _collect(design, use, found, seen)
                found.setdefault(use.scope, []).append(use)


def _inner_uses(design: Design, outer: Use, node_id: str) -> Iterator[Use]:
    node = design.graph(outer.scope).nodes[node_id]
    if not node.block:
        return
    names = {**finite(design.variables), **outer.values}
    values, _ = block_params(node.block, design.blocks[node.block], node.params, names)
    for inner in outer.trace.nodes[node_id].inner:
        yield Use(BLOCK_PREFIX + node.block, inner, values)


def instance_of(use: Use, design: Design, classes: Mapping[int, Call]) -> Instance:
    """What a use builds.

    Args:
        use: the use.
        design: where it stands.
        classes: how the blocks inside it are made, by the identity of their traces.

    Raises:
        ExportError: a layer cannot be written as source.
    """
    graph = design.graph(use.scope)
    forward = forward_of(use.trace, graph, design)
    members = tuple(
        Member(node_id, container, _runs(use.trace.nodes[node_id], classes))
        for node_id, container in forward.containers.items()
    )
    _refuse_unwritten(use, graph, forward)
    return Instance(use, members, forward)


def _refuse_unwritten(use: Use, graph: Graph, forward: Forward) -> None:
    for node_id in needed_nodes(use.trace):
        node = use.trace.nodes[node_id]
        if node.cost.parameters and node_id not in forward.containers:
            raise ExportError(
                f"{node_id}: {graph.nodes[node_id].kind} has weights but no source; use another format"
            )


def _runs(node: TracedNode, classes: Mapping[int, Call]) -> tuple[tuple[Call, int], ...]:
    runs: list[tuple[Call, int]] = []
    for number in range(node.repeat):
        call = classes[id(node.inner[number])] if node.inner else _call_of(node, number)
        if runs and runs[-1][0] == call:
            runs[-1] = (call, runs[-1][1] + 1)
        else:
            runs.append((call, 1))
    return tuple(runs)


def _call_of(node: TracedNode, number: int) -> Call:
    layer = node.layer
    if layer is None or not layer.torch_class:
        raise ExportError(
            f"{layer.label() if layer else 'a node'} cannot be written as source; use another format"
        )
    return _torch_call(layer, layer.arguments(*node.rounds[number]))


def _torch_call(layer: Layer, arguments: Mapping[str, Any]) -> Call:
    """The call of a class of torch.nn; what it demands comes first and stands without its name."""
    from torch import nn

    known = _signature(getattr(nn, layer.torch_class))
    empty = inspect.Parameter.empty
    demanded = [name for name, default in known.items() if default is empty and name in arguments]
    ordered = [*demanded, *(name for name in arguments if name not in demanded)]
    values = tuple((name, arguments[name]) for name in ordered)
    defaults = tuple((name, known[name]) for name in ordered if known.get(name, empty) is not empty)
    return Call(f"nn.{layer.torch_class}", len(demanded), values, defaults)


def _signature(torch_class: type) -> dict[str, object]:
    """Names and defaults of a constructor's arguments; where it takes any, those of the class it hands them to."""
    for owner in torch_class.__mro__:
        parameters = list(inspect.signature(owner).parameters.values())
        if not any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
            return {p.name: p.default for p in parameters}
    return {}
