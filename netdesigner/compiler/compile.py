"""From a design to a module.

The checks have walked the graph and know every spec; here each node's layer builds its module and the plan joins them.
Nothing is allocated before it is known to fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from netdesigner.checks.report import Report, Trace
from netdesigner.compiler.build import build_module
from netdesigner.compiler.checked import checked_trace
from netdesigner.compiler.memory import forecast_of, refuse_if_too_large
from netdesigner.document.design import Design
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from netdesigner.compiler.network import CompiledNetwork

__all__ = ["Compiled", "compile_design"]


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

    name, trace = checked_trace(design, catalog, network, report)
    refuse_if_too_large(forecast_of(trace), "cpu")
    with seeded(seed):
        module = build_module(trace)
    return Compiled(
        module, name, _named_specs(trace, trace.inputs), _named_specs(trace, trace.outputs), trace
    )


def _named_specs(trace: Trace, node_ids: tuple[str, ...]) -> tuple[tuple[str, TensorSpec], ...]:
    return tuple((node_id, (trace.nodes[node_id].outputs or ())[0]) for node_id in node_ids)
