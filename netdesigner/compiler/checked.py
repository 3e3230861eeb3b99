"""A network of a design that the checks have passed, as what has to be computed of it."""

from __future__ import annotations

from netdesigner.checks.report import Report, Trace
from netdesigner.compiler.lean import lean
from netdesigner.document.design import BLOCK_PREFIX, Design, Scope
from netdesigner.errors import CompileError
from netdesigner.parts.catalog import Catalog

__all__ = ["checked_trace"]


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
