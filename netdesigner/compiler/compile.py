"""From a design to a module.

The checks have walked the graph and know every spec; here each node's layer builds its module and the plan joins them.
Nothing is allocated before it is known to fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from netdesigner.checks.report import Report, Trace, TracedNode
from netdesigner.compiler.lean import lean
from netdesigner.compiler.plan import needed_nodes, plan_of
from netdesigner.document.design import BLOCK_PREFIX, Design, Scope
from netdesigner.errors import CompileError, NetDesignerError
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

    from netdesigner.compiler.network import CompiledNetwork

__all__ = ["Compiled", "build_module", "checked_trace", "compile_design", "tied_nodes"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A network as a module, and what flows in and out of it.

    Attributes:
        module: on the CPU, in training mode, freshly initialised.
        network: the network's name in the design.
        inputs: name and spec of each tensor it takes, in order; the names are the ids of the Input nodes.
        outputs: likewise of each tensor it gives.
        trace: what the checks found out about its graph.
    """

    module: CompiledNetwork
    network: str
    inputs: tuple[tuple[str, TensorSpec], ...]
    outputs: tuple[tuple[str, TensorSpec], ...]
    trace: Trace


def compile_design(
    design: Design, catalog: Catalog, network: str = "", report: Report | None = None, seed: int | None = None
) -> Compiled:
    """Makes a network's module.

    Nodes that no output depends on are left out.

    Args:
        design: the design.
        catalog: where its layers are found.
        network: the network's name; the design's first if empty.
        report: what checking this very design found; it is checked now if None.
        seed: makes the initial weights the same each time, whatever other threads draw; None draws from torch's
            own generator.

    Raises:
        CompileError: the design has errors, or a layer cannot be built; names the node.
        MemoryRefusedError: its weights alone do not fit into this machine's memory. Nothing was allocated.
    """
    from netdesigner.compiler.initialise import seeded
    from netdesigner.compiler.memory import forecast_of, refuse_if_too_large

    name, trace = checked_trace(design, catalog, network, report)
    refuse_if_too_large(forecast_of(trace), "cpu")
    with seeded(seed):
        module = build_module(trace)
    return Compiled(module, name, _specs(trace, trace.inputs), _specs(trace, trace.outputs), trace)


def checked_trace(
    design: Design, catalog: Catalog, network: str = "", report: Report | None = None
) -> tuple[str, Trace]:
    """The name of a network without errors, and its trace with what has to be computed.

    Arguments and errors as of `compile_design`.
    """
    if report is None:
        from netdesigner.checks.check import check

        report = check(design, catalog)
    if not network and not design.networks:
        raise CompileError("the design has no network")
    network = network or next(iter(design.networks))
    if network not in design.networks:
        raise CompileError(f"the design has no network '{network}'; it has {', '.join(design.networks)}")
    _refuse_errors(report, _scopes_of(design, network))
    trace = report.traces.get(network, Trace())
    if not trace.outputs:
        raise CompileError(f"network '{network}' has no Output, so there is nothing to compute")
    return network, lean(trace)


def _scopes_of(design: Design, network: str) -> set[Scope]:
    """The network itself, the blocks it uses, directly or inside each other, and "" for the design as a whole."""
    waiting, found = [network], {"", network}
    while waiting:
        for node in design.graph(waiting.pop()).nodes.values():
            scope = BLOCK_PREFIX + node.block
            if node.block in design.blocks and not node.bypassed and scope not in found:
                found.add(scope)
                waiting.append(scope)
    return found


def _refuse_errors(report: Report, scopes: set[Scope]) -> None:
    errors = [problem for problem in report.network_errors if problem.network in scopes]
    if errors:
        first, more = errors[0], len(errors) - 1
        rest = f" (and {more} more {'error' if more == 1 else 'errors'})" if more else ""
        raise CompileError(f"{first.message}{rest}", node=first.node)


def _specs(trace: Trace, node_ids: tuple[str, ...]) -> tuple[tuple[str, TensorSpec], ...]:
    return tuple((node_id, (trace.nodes[node_id].outputs or ())[0]) for node_id in node_ids)


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
    specs = tuple(spec for _, spec in _specs(trace, trace.inputs))
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
