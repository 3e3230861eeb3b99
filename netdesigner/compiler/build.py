"""From a graph without errors to its module: each node's layer builds its own, and ties and frozen weights are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdesigner.checks.report import Trace, TracedNode
from netdesigner.compiler.plan import needed_nodes, plan_of
from netdesigner.errors import CompileError, NetDesignerError

if TYPE_CHECKING:
    from torch import nn

    from netdesigner.compiler.network import CompiledNetwork

__all__ = ["build_module", "tied_nodes"]


def build_module(trace: Trace, path: str = "") -> CompiledNetwork:
    """The module of a graph without errors, on torch's present default device.

    Args:
        trace: of the graph.
        path: where the graph lies (`encoder.0.`), for messages.

    Raises:
        CompileError: a layer cannot be built; names the node.
    """
    from netdesigner.compiler.network import CompiledNetwork

    children = {node_id: _build_node(trace.nodes[node_id], path + node_id) for node_id in needed_nodes(trace)}
    frozen = [node_id for node_id in children if trace.nodes[node_id].frozen]
    for node_id in frozen:
        children[node_id].requires_grad_(False)
    for node_id in tied_nodes(trace):
        _tie(trace.nodes[node_id], children[node_id], children[trace.nodes[node_id].tied], path + node_id)
    specs = tuple((trace.nodes[node_id].outputs or ())[0] for node_id in trace.inputs)
    return CompiledNetwork(plan_of(trace), children, frozen, specs)


def tied_nodes(trace: Trace) -> list[str]:
    """The nodes that use the weights of another one, each after the one whose weights it uses.

    Where that one is not computed, its weights are those of the nodes that use them, each its own.
    """
    needed = needed_nodes(trace)
    tied = [node_id for node_id in needed if trace.nodes[node_id].tied in needed]
    return sorted(tied, key=lambda node_id: _distance(trace, node_id))


def _distance(trace: Trace, node_id: str) -> int:
    """How many nodes there are on the way to the weights that a node uses."""
    steps = 0
    while node_id := trace.nodes[node_id].tied:
        steps += 1
    return steps


def _tie(node: TracedNode, module: nn.Module, other: nn.Module, path: str) -> None:
    """Puts the weights of another module into one, as the same objects.

    A table that a Linear uses starts as the Linear's weights would: scores of torch's own table, whose numbers have a
    deviation of 1, would be as large as the root of the features, and training would begin with unlearning them. Rows
    of zeros, as for padding, stay.

    Raises:
        CompileError: they are of another shape.
    """
    from torch import nn

    theirs = dict(other.named_parameters(remove_duplicate=False))
    own = dict(module.named_parameters(remove_duplicate=False))
    for name in node.tied_weights or own:
        if name not in theirs or theirs[name].shape != own[name].shape:
            raise CompileError(
                f"its {name} is not like that of {node.tied}, whose weights it uses", node=path
            )
        if node.tied_weights and isinstance(module, nn.Linear):
            theirs[name].data.copy_(own[name].data * (theirs[name].data != 0))
        owner, _, leaf = name.rpartition(".")
        setattr(module.get_submodule(owner), leaf, theirs[name])


def _build_node(node: TracedNode, path: str) -> nn.Module:
    from netdesigner.compiler.network import Repeated

    if node.repeat == 1:
        return _build_round(node, 0, path)
    return Repeated(_build_round(node, number, f"{path}.{number}") for number in range(node.repeat))


def _build_round(node: TracedNode, number: int, path: str) -> nn.Module:
    if node.inner:
        return build_module(node.inner[number], f"{path}.")
    assert node.layer is not None, f"{path} has no layer, which the checks refuse"
    try:
        return node.layer.build(*node.rounds[number])
    except NetDesignerError as error:
        raise CompileError(str(error), node=path) from error
    except (RuntimeError, ValueError, TypeError, AssertionError) as error:
        reason = str(error).partition("\n")[0]
        raise CompileError(f"{node.layer.label()} cannot be built: {reason}", node=path) from error
