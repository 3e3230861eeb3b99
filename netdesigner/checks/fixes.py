"""Fixes for problems: each remedy is tried on a copy and offered only if it helps.

It helps if the problem is gone and no error is there that was not there before. An error that could not be seen
before, because what flows there was unknown, is not new: it comes to light.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice, pairwise

from netdesigner.checks.check import check, trace_at
from netdesigner.checks.report import Fix, Problem, Report
from netdesigner.checks.wording import one_line
from netdesigner.document.design import Design, Edge
from netdesigner.errors import DataError, EditError
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.dataset import DataSpec

__all__ = ["with_fixes"]

_MOST_FIXES = 4
_MOST_TRIES = 24
"""How many remedies are tried for one problem."""
_ALL_TRIES = 400
"""How many are tried for all problems of a report together..."""
_ALL_LOOKS = 30_000
"""...and how many nodes and problems may be looked at for that, since each try is a check of the whole design."""
_SCOPE_LOOKS = 10
"""How many nodes' worth of work a network or block is."""


def with_fixes(
    design: Design,
    report: Report,
    catalog: Catalog,
    data: DataSpec | DataError | None = None,
    only: Problem | None = None,
) -> Report:
    """A report whose problems carry edits that mend them.

    Args:
        design: the design that was checked.
        report: what checking it found.
        catalog: where parts are found.
        data: what samples look like, as it was given to `check`.
        only: the one problem to find fixes for; all if None, as far as that takes no unreasonable time.
    """
    trial = _Trial(design, report, catalog, data, least=1 if only is None else _MOST_TRIES)
    chosen = [p for p in report.problems if only is None or p.key == only.key]
    fixes: dict[int, tuple[Fix, ...]] = {id(problem): trial.fixes(problem) for problem in chosen}
    problems = tuple(p._replace(fixes=fixes[id(p)]) if id(p) in fixes else p for p in report.problems)
    return replace(report, problems=problems)


@dataclass(slots=True)
class _Trial:
    """Tries remedies on one design."""

    design: Design
    report: Report
    catalog: Catalog
    data: DataSpec | DataError | None
    least: int
    looks: int = 0
    tries: int = 0
    most: int = _ALL_TRIES

    def __post_init__(self) -> None:
        looks = sum(_SCOPE_LOOKS + len(self.design.graph(scope).nodes) for scope in self.design.scopes())
        looks += len(self.report.problems)
        self.most = max(self.least, min(_ALL_TRIES, _ALL_LOOKS // looks))

    def fixes(self, problem: Problem) -> tuple[Fix, ...]:
        """The remedies that help, those that bring nothing else to light first."""
        from netdesigner.checks.remedies import (  # many, and only needed where something is wrong
            REMEDIES,
            Case,
        )

        remedies = REMEDIES.get(problem.code)
        self.looks += 1  # finding remedies is work too, whether or not there are any
        if remedies is None or self.tries >= self.most or self.looks > self.most:
            return ()
        data = None if isinstance(self.data, DataError) else self.data
        trace = trace_at(self.report, problem)
        case = Case(self.design, self.catalog, data, problem, trace, self.report.traces)
        clean: list[Fix] = []
        telling: list[Fix] = []
        texts: set[str] = set()
        for remedy in islice(remedies(case), _MOST_TRIES):
            if len(clean) == _MOST_FIXES:
                break
            if remedy.text in texts:
                continue
            try:
                tried = remedy.make()
            except EditError:
                continue
            errors = self._new_errors(problem, tried)
            if errors is not None:
                texts.add(remedy.text)
                (telling if errors else clean).append(Fix(one_line(remedy.text), tried))
        return tuple([*clean, *telling][:_MOST_FIXES])

    def _new_errors(self, problem: Problem, tried: Design) -> tuple[Problem, ...] | None:
        """The errors that a try brought to light; None where it does not help."""
        self.tries += 1
        after = check(tried, self.catalog, self.data, self.report)
        if any(other.key == problem.key for other in after.problems):
            return None
        before = {other.key for other in self.report.errors}
        new = tuple(other for other in after.errors if other.key not in before)
        return new if all(self._was_hidden(other, tried) for other in new) else None

    def _was_hidden(self, error: Problem, tried: Design) -> bool:
        """Whether an error could not be seen in the design as it was, and was not caused by the try either."""
        if error.code == "ND101":
            return self._was_loop(error, tried)
        if error.section:
            first = error.section.partition(".")[0]
            return any(other.section.partition(".")[0] == first for other in self.report.errors)
        if error.code.startswith("ND4") and any(p.section in ("task", "loss") for p in self.report.errors):
            return True
        if error.code.startswith("ND42"):
            return not self._gave_something(error.network)
        if not error.code.startswith(("ND3", "ND4")) or error.network not in self.report.traces:
            return False
        if error.node not in self.design.graph(error.network).nodes:
            return False
        if _feeds(self.design, error) != _feeds(tried, error):
            return False
        traced = trace_at(self.report, error).nodes.get(error.node)
        if traced is None or any(
            spec is None and slot for spec, slot in zip(traced.inputs, traced.sources, strict=True)
        ):
            return True
        at_node = [p.code for p in self.report.errors if (p.network, p.node) == (error.network, error.node)]
        return error.code.startswith("ND3") and any(code.startswith("ND2") for code in at_node)

    def _gave_something(self, network: str) -> bool:
        """Whether it was known what a network gives, so that it could be held against the target."""
        trace = self.report.traces.get(network)
        return trace is not None and any(
            node_id in trace.nodes and trace.nodes[node_id].outputs for node_id in trace.outputs
        )

    def _was_loop(self, error: Problem, tried: Design) -> bool:
        """Whether a loop's wires were there before; of nodes that feed each other only one loop is told."""
        if error.network not in set(self.design.scopes()):
            return False
        kept = set(self.design.graph(error.network).edges)
        there = {(edge.source, edge.target) for edge in tried.graph(error.network).edges if edge in kept}
        return all(pair in there for pair in pairwise((*error.path, error.path[0])))


def _feeds(design: Design, problem: Problem) -> list[Edge]:
    """The wires that end at a problem's node."""
    if problem.network not in set(design.scopes()):
        return []
    return [edge for edge in design.graph(problem.network).edges if edge.target == problem.node]
