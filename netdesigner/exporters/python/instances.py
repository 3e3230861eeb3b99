"""What each use of a graph builds: the submodules with the arguments of their constructors.

A block may be used with other parameters and other shapes in each place; `classes` finds out what such uses share.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from netdesigner.checks.parameters import block_params, finite
from netdesigner.checks.report import Trace, TracedNode
from netdesigner.compiler.build import build_module, tied_nodes
from netdesigner.compiler.plan import needed_nodes
from netdesigner.document.design import BLOCK_PREFIX, Design, Graph, Scope
from netdesigner.errors import ExportError
from netdesigner.exporters.python.forward import Forward, forward_of
from netdesigner.parts.layer import Layer
from netdesigner.parts.tensor import TensorSpec

__all__ = ["Call", "Instance", "Member", "Tie", "Use", "instance_of", "own_classes", "uses_of"]

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
class Tie:
    """A submodule that uses the weights of another one.

    Attributes:
        node_id, other: the two.
        names: of the weights; empty where it is the same submodule altogether.
    """

    node_id: str
    other: str
    names: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """The statements that make it so, after both have been made."""
        if not self.names:
            yield f"self.{self.node_id} = self.{self.other}"
        for name in self.names:
            path = "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in name.split("."))
            yield f"self.{self.node_id}{path} = self.{self.other}{path}"


@dataclass(frozen=True, slots=True)
class Instance:
    """A use with all that its class has to say.

    Attributes:
        use: what is described.
        members: its submodules in order.
        forward: its forward pass.
        ties: the submodules that share weights, in the order in which they are to be joined.
    """

    use: Use
    members: tuple[Member, ...]
    forward: Forward
    ties: tuple[Tie, ...] = ()


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
    return Instance(use, members, forward, tuple(_ties(use.trace, members)))


def _ties(trace: Trace, members: Sequence[Member]) -> Iterator[Tie]:
    tied = tied_nodes(trace)
    if not tied:
        return
    import torch

    from netdesigner.compiler.initialise import undrawn

    with torch.device("meta"), undrawn():
        network = build_module(trace)
    written = {member.node_id: (member.container, member.runs) for member in members}
    for node_id in tied:
        other = trace.nodes[node_id].tied
        mine, theirs = network.get_submodule(node_id), network.get_submodule(other)
        wanted = dict(theirs.named_parameters(remove_duplicate=False))
        own = dict(mine.named_parameters(remove_duplicate=False))
        names = tuple(name for name, weight in own.items() if wanted.get(name) is weight)
        alike = len(names) == len(own) and written[node_id] == written[other]
        yield Tie(node_id, other, () if alike and not [*mine.buffers()] else names)


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


def own_classes(trace: Trace) -> Iterator[type]:
    """The classes of the layers in a network that torch.nn has none for and whose module takes part in `forward`.

    Raises:
        ExportError: a layer cannot be written as source.
    """
    for node_id in needed_nodes(trace):
        node = trace.nodes[node_id]
        for inner in node.inner:
            yield from own_classes(inner)
        if node.layer is not None and not node.inner and not node.layer.torch_class and _is_called(node):
            yield from (_own_class(node.layer, specs) for specs in node.rounds)


def _is_called(node: TracedNode) -> bool:
    """Whether a layer's source uses its module."""
    assert node.layer is not None
    return "self.it" in node.layer.call("self.it", *("x" if spec else "None" for spec in node.rounds[0]))


def _own_class(layer: Layer, specs: Sequence[TensorSpec | None]) -> type:
    """The class of the module that a layer builds; nothing is allocated for it."""
    import torch

    from netdesigner.compiler.initialise import undrawn

    with torch.device("meta"), undrawn():
        made = type(layer.build(*specs))
    if made.__module__.partition(".")[0] == "torch":
        raise ExportError(f"{layer.label()} cannot be written as source; use another format")
    return made


def _call_of(node: TracedNode, number: int) -> Call:
    from torch import nn

    layer, specs = node.layer, node.rounds[number]
    assert layer is not None, "a node that is no block has a layer, or the checks refuse it"
    arguments = layer.arguments(*specs)
    if layer.torch_class:
        return _written_call(f"nn.{layer.torch_class}", getattr(nn, layer.torch_class), arguments)
    made = _own_class(layer, specs)
    return _written_call(made.__name__, made, arguments)


def _written_call(name: str, made: type, arguments: Mapping[str, Any]) -> Call:
    """The call of a class; what it demands comes first and stands without its name."""
    known = _signature(made)
    empty = inspect.Parameter.empty
    demanded = [
        name
        for name, parameter in known.items()
        if name in arguments
        and parameter.default is empty
        and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    ordered = [*demanded, *(name for name in arguments if name not in demanded)]
    values = tuple((name, arguments[name]) for name in ordered)
    defaults = tuple(
        (name, known[name].default) for name in ordered if name in known and known[name].default is not empty
    )
    return Call(name, len(demanded), values, defaults)


def _signature(made: type) -> Mapping[str, inspect.Parameter]:
    """The arguments of a constructor; where it takes any, those of the class it hands them to."""
    for owner in made.__mro__:
        parameters = inspect.signature(owner).parameters
        if not any(p.kind is p.VAR_POSITIONAL for p in parameters.values()):
            return parameters
    return {}
