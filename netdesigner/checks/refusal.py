"""Why a wire may not be made, said while it is still being drawn."""

from __future__ import annotations

from netdesigner.checks.check import check
from netdesigner.checks.ports import PortBook, Ports
from netdesigner.checks.report import Report, TracedNode
from netdesigner.checks.wiring import web
from netdesigner.checks.wording import loop, place, quoted
from netdesigner.document import edit
from netdesigner.document.design import Design, Edge, Scope
from netdesigner.errors import EditError, ShapeError
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.layer import Layer
from netdesigner.parts.tensor import TensorSpec

__all__ = ["explain_refusal"]


def explain_refusal(
    design: Design,
    catalog: Catalog,
    scope: Scope,
    edge: Edge,
    data: DataSpec | None = None,
    report: Report | None = None,
) -> str:
    """Why a wire may not be made, in one sentence; "" where it may.

    A wire into a port that is taken may be made: it replaces the one there. What only shows further down the flow is
    no reason to refuse; it is told as a problem once the wire is there.

    Args:
        design: the design without the wire.
        catalog: where parts are found.
        scope: the network or block.
        edge: the wire.
        data: what samples look like, as for `check`.
        report: what checking the design found, or the design before an edit; without it this takes longer.
    """
    try:
        graph = design.graph(scope)
    except EditError as error:
        return str(error)
    for node_id in (edge.source, edge.target):
        if node_id not in graph.nodes:
            return f"{place(scope)} has no node `{node_id}`"
    book = PortBook(catalog, design)
    source, target = (book.of(scope, graph.nodes[node_id]) for node_id in (edge.source, edge.target))
    reason = _no_port(edge, source, target) or _circle(design, scope, edge)
    if reason or source is None or target is None:
        return reason
    variadic = target.inputs[target.input_at[edge.target_port]].variadic
    if not variadic and edge in graph.edges:
        return f"`{edge.source}` is wired to `{edge.target}` like this already"
    report = check(design, catalog, data, report)
    return _unfit(design, catalog, scope, edge, data, report, target)


def _no_port(edge: Edge, source: Ports | None, target: Ports | None) -> str:
    if source is not None and edge.source_port not in source.output_at:
        return _lacks(edge.source, "output", edge.source_port, [*source.output_at])
    if target is not None and edge.target_port not in target.input_at:
        return _lacks(edge.target, "input", edge.target_port, [*target.input_at])
    return ""


def _lacks(node_id: str, side: str, name: str, known: list[str]) -> str:
    if not known:
        return f"`{node_id}` has no {side}s"
    return f"`{node_id}` has no {side} `{name}`; it has {quoted(known)}"


def _circle(design: Design, scope: Scope, edge: Edge) -> str:
    if edge.source == edge.target:
        return f"`{edge.source}` cannot feed itself"
    import networkx as nx

    try:
        path = nx.shortest_path(web(design.graph(scope)), edge.target, edge.source)
    except nx.NetworkXNoPath:
        return ""
    return f"this would close a loop: {loop(path)}"


# ------------------------------------------------------------------------------------------------------ shapes


def _unfit(
    design: Design,
    catalog: Catalog,
    scope: Scope,
    edge: Edge,
    data: DataSpec | None,
    report: Report,
    ports: Ports,
) -> str:
    """Why the node at the wire's end cannot take what would come."""
    trace = report.traces.get(scope)
    source, target = (trace.nodes.get(n) if trace else None for n in (edge.source, edge.target))
    if source is None or target is None or not source.outputs:
        return ""
    if target.bypassed:
        return ""
    if target.layer is None:
        return _unfit_inside(design, catalog, scope, edge, data, report)
    at = _output_index(catalog, design, scope, edge)
    specs, senders = _arriving(target, ports, edge, source.outputs[at])
    if _incomplete(specs, ports):
        return ""
    return _refusal(edge, target.layer, specs, senders)


def _output_index(catalog: Catalog, design: Design, scope: Scope, edge: Edge) -> int:
    ports = PortBook(catalog, design).of(scope, design.graph(scope).nodes[edge.source])
    return ports.output_at[edge.source_port] if ports is not None else 0


def _arriving(
    target: TracedNode, ports: Ports, edge: Edge, spec: TensorSpec
) -> tuple[tuple[TensorSpec | None, ...], tuple[str, ...]]:
    """What would arrive at a node with one more wire, and who sends it."""
    at = ports.input_at[edge.target_port]
    specs, senders = [*target.inputs], [source[0] if source else "" for source in target.sources]
    if ports.inputs[at].variadic:
        return (*specs, spec), (*senders, edge.source)
    specs[at], senders[at] = spec, edge.source
    return tuple(specs), tuple(senders)


def _incomplete(specs: tuple[TensorSpec | None, ...], ports: Ports) -> bool:
    """Whether too little is wired or known to judge."""
    for at, port in enumerate(ports.inputs):
        if port.variadic:
            if len(specs) - at < port.least or None in specs[at:]:
                return True
        elif specs[at] is None and not port.optional:
            return True
    return False


def _refusal(edge: Edge, layer: Layer, specs: tuple[TensorSpec | None, ...], senders: tuple[str, ...]) -> str:
    try:
        layer.outputs_of(specs)
    except ShapeError as error:
        sides = [
            f"{spec} from `{sender}`" for spec, sender in zip(specs, senders, strict=True) if spec is not None
        ]
        if len(sides) == 1:
            return f"`{edge.target}` cannot take {sides[0]}: {error}"
        return f"`{edge.target}` cannot join {', '.join(sides[:-1][:3])} and {sides[-1]}: {error}"
    return ""


def _unfit_inside(
    design: Design, catalog: Catalog, scope: Scope, edge: Edge, data: DataSpec | None, report: Report
) -> str:
    """Why a block instance cannot take what would come: the first error that the wire brings, in the block or at it."""
    after = check(edit.connect(design, scope, edge), catalog, data, report)
    before = {problem.key for problem in report.errors}
    for problem in after.errors:
        if (
            problem.key not in before
            and problem.code.startswith("ND3")
            and (problem.network, problem.node) != (scope, "")
        ):
            inside = problem.network != scope
            if inside or problem.node == edge.target:
                return f"`{edge.target}` cannot take what `{edge.source}` gives: {problem.message}"
    return ""
