"""Checks a whole design, taking over from the check before what an edit left alone.

What may be kept is found by identity: an edit makes new objects for what it touches and leaves the rest as it is. The
memory of a check lies in its report; nothing is kept anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from netdesigner.checks.choices import augmentations, choices, sampling, training
from netdesigner.checks.codes import found
from netdesigner.checks.fit import fit
from netdesigner.checks.nesting import Nesting, changed_blocks, nesting, recursion
from netdesigner.checks.parameters import finite
from netdesigner.checks.ports import PortBook
from netdesigner.checks.report import ERROR, WARNING, Problem, Report, Trace
from netdesigner.checks.shapes import Tracer
from netdesigner.checks.structure import structure
from netdesigner.checks.walk import Key, Walk, all_walks
from netdesigner.checks.wiring import Wiring, wire_up
from netdesigner.document.design import BLOCK_PREFIX, Block, Design, Network, Scope
from netdesigner.errors import DataError
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.dataset import DataSpec

__all__ = ["check", "trace_at"]


class _Memo(NamedTuple):
    """What one check hands to the next.

    Attributes:
        design, catalog, data: what was checked.
        nesting: which blocks stood inside which.
        book: the ports of the nodes.
        wirings: by scope, the graphs, read.
        tangled: by scope, the problems of the wires.
        walks: all walks through networks and blocks.
    """

    design: Design
    catalog: Catalog
    data: DataSpec | DataError | None
    nesting: Nesting
    book: PortBook
    wirings: Mapping[Scope, Wiring]
    tangled: Mapping[Scope, tuple[Problem, ...]]
    walks: Mapping[Key, Walk]


def check(
    design: Design,
    catalog: Catalog,
    data: DataSpec | DataError | None = None,
    previous: Report | None = None,
) -> Report:
    """All that is wrong with a design, and what flows through every wire.

    Args:
        design: the design, in any state.
        catalog: where parts are found.
        data: what samples look like, or why they cannot be read; None while that is unknown. Where it is not known the
            fit to them is not checked.
        previous: the report of the design before an edit; the answer is the same without it, only later.
    """
    memo = previous.memo if previous is not None else None
    if not isinstance(memo, _Memo) or memo.catalog is not catalog:
        memo = None
    elif previous is not None and _is_same(memo, design, data):
        return previous if memo.design is design else _carried_over(previous, memo, design)
    blocks = nesting(design)
    book = PortBook(catalog, design, memo.book if memo is not None else None)
    wirings, tangled = _read(design, catalog, book, memo)
    tracer = _tracer(design, catalog, blocks, wirings, memo)
    networks = {name: tracer.network(name) for name in design.networks}
    unused = {
        BLOCK_PREFIX + name: tracer.unused(name)
        for name in design.blocks
        if name not in blocks.used | blocks.recursive
    }
    walks = [*all_walks(networks)]
    inside = [(place, walk) for place, walk in walks if walk.key[2] is not None]
    in_unused = [
        (place, walk)
        for place, walk in all_walks(unused)
        if walk.key[0][len(BLOCK_PREFIX) :] not in blocks.used
    ]
    problems = [
        *(problem for scope in wirings for problem in tangled[scope]),
        *recursion(design, blocks),
        *(problem for walk in networks.values() for problem in walk.problems),
        *_inside(inside),
        *_inside(in_unused),
        *choices(design, catalog, data),
        *augmentations(design, catalog, data if isinstance(data, DataSpec) else None),
        *training(design, catalog, {name: walk.trace for name, walk in networks.items()}),
        *sampling(design, data),
        *fit(design, catalog, None if isinstance(data, DataError) else data, networks),
        *_variables(design),
    ]
    keep = {walk.key: walk for _, walk in (*walks, *all_walks(unused))}
    return Report(
        _sorted(design, [_as_used(problem, blocks) for problem in problems]),
        {**{name: walk.trace for name, walk in networks.items()}, **_block_traces(design, inside)},
        _Memo(design, catalog, data, blocks, book, wirings, tangled, keep),
    )


def trace_at(report: Report, problem: Problem) -> Trace:
    """What flows around a problem; inside a block, in an instance that shows it."""
    scope = problem.network
    if isinstance(report.memo, _Memo) and scope.startswith(BLOCK_PREFIX):
        uses = [walk for key, walk in report.memo.walks.items() if key[0] == scope]
        for walk in uses:
            if any(other.key == problem.key for other in walk.problems):
                return walk.trace
        if uses and not (report.traces.get(scope) or Trace()).nodes:
            return uses[0].trace
    return report.traces.get(scope, Trace())


# ------------------------------------------------------------------------------------------------ taking over


def _is_same(memo: _Memo, design: Design, data: DataSpec | DataError | None) -> bool:
    """Whether all that is checked is as it was, but for the training settings; where nodes lie is not checked."""
    old = memo.design
    if memo.data is not data and memo.data != data:
        return False
    return old is design or (
        _same_blocks(old.blocks, design.blocks)
        and _same_graphs(old.networks, design.networks)
        and old.variables == design.variables
        and old.data == design.data
        and old.augmentations == design.augmentations
        and old.task == design.task
        and old.loss == design.loss
    )


def _same_graphs(old: Mapping[str, Network], new: Mapping[str, Network]) -> bool:
    return len(old) == len(new) and all(
        a == b and x.graph is y.graph for (a, x), (b, y) in zip(old.items(), new.items(), strict=True)
    )


def _same_blocks(old: Mapping[str, Block], new: Mapping[str, Block]) -> bool:
    return len(old) == len(new) and all(
        a == b and x.graph is y.graph and x.params == y.params
        for (a, x), (b, y) in zip(old.items(), new.items(), strict=True)
    )


def _carried_over(previous: Report, memo: _Memo, design: Design) -> Report:
    """The findings for a design that differs in its training settings at most; fixes hold whole designs and go."""
    problems = tuple(
        problem._replace(fixes=()) if problem.fixes else problem for problem in previous.problems
    )
    if design.training is not memo.design.training:
        others = [problem for problem in problems if not problem.code.startswith("ND6")]
        told = (*training(design, memo.catalog, previous.traces), *sampling(design, memo.data))
        problems = _sorted(design, [*others, *told])
    return replace(previous, problems=problems, memo=memo._replace(design=design))


def _read(
    design: Design, catalog: Catalog, book: PortBook, memo: _Memo | None
) -> tuple[dict[Scope, Wiring], dict[Scope, tuple[Problem, ...]]]:
    """Every graph's wires and what is wrong with them, as far as possible from before."""
    wirings: dict[Scope, Wiring] = {}
    tangled: dict[Scope, tuple[Problem, ...]] = {}
    for scope in design.scopes():
        graph = design.graph(scope)
        old = memo.wirings.get(scope) if memo is not None else None
        ports = book.of_graph(scope)
        if memo is not None and old is not None and old.same(graph, ports):
            wirings[scope] = old if old.graph is graph else old._replace(graph=graph)
            tangled[scope] = memo.tangled[scope]
        else:
            wirings[scope] = wire_up(graph, ports, old)
            tangled[scope] = structure(scope, wirings[scope], catalog.layers, design.blocks)
    return wirings, tangled


def _tracer(
    design: Design, catalog: Catalog, blocks: Nesting, wirings: Mapping[Scope, Wiring], memo: _Memo | None
) -> Tracer:
    if memo is None:
        return Tracer(design, catalog, blocks, wirings, before={}, stale=frozenset(), same_names=False)
    changed = [*changed_blocks(memo.design, design)]
    stale = blocks.affected(changed) | memo.nesting.affected(changed)
    same_names = memo.design.variables == design.variables
    return Tracer(design, catalog, blocks, wirings, before=memo.walks, stale=stale, same_names=same_names)


# ----------------------------------------------------------------------------------------------------- telling


def _inside(walks: Iterable[tuple[str, Walk]]) -> Iterator[Problem]:
    """Problems inside blocks, each once; one that not all instances have says where it was seen."""
    by_scope: dict[Scope, list[tuple[str, Walk]]] = {}
    for place, walk in walks:
        by_scope.setdefault(walk.key[0], []).append((place, walk))
    for uses in by_scope.values():
        seen: dict[tuple[str, ...], list[tuple[str, Problem]]] = {}
        for place, walk in uses:
            for problem in walk.problems:
                seen.setdefault(problem.key, []).append((place, problem))
        judged = sum(walk.known for _, walk in uses)
        for places in seen.values():
            place, problem = places[0]
            everywhere = len(places) >= judged
            yield problem if everywhere else problem._replace(message=f"{problem.message} (in `{place}`)")


def _block_traces(design: Design, walks: Iterable[tuple[str, Walk]]) -> dict[Scope, Trace]:
    """By block, the trace of its first use, rather one whose inputs are known."""
    first: dict[Scope, Walk] = {}
    for _, walk in walks:
        held = first.get(walk.key[0])
        if held is None or (walk.known and not held.known):
            first[walk.key[0]] = walk
    scopes = [BLOCK_PREFIX + name for name in design.blocks]
    return {scope: first[scope].trace if scope in first else Trace() for scope in scopes}


def _variables(design: Design) -> Iterator[Problem]:
    usable = finite(design.variables)
    for name in design.variables:
        if name not in usable:
            yield found(
                "ND207", f"variable `{name}` is not a number that expressions can compute with", param=name
            )


def _as_used(problem: Problem, blocks: Nesting) -> Problem:
    """Nothing in a block that no network uses keeps the design from being trained."""
    scope = problem.network
    if (
        problem.severity == ERROR
        and scope.startswith(BLOCK_PREFIX)
        and scope[len(BLOCK_PREFIX) :] not in blocks.used
    ):
        return problem._replace(severity=WARNING)
    return problem


def _sorted(design: Design, problems: list[Problem]) -> tuple[Problem, ...]:
    """Errors first, then in the order of the document; what concerns the design as a whole comes last."""
    if not problems:
        return ()
    scopes = {scope: index for index, scope in enumerate(design.scopes())}
    nodes: dict[Scope, dict[str, int]] = {}
    for scope in {problem.network for problem in problems} & scopes.keys():
        nodes[scope] = {node_id: index for index, node_id in enumerate(design.graph(scope).nodes)}

    def at(problem: Problem) -> tuple[bool, int, int, str]:
        place = nodes.get(problem.network, {}).get(problem.node, -1)
        return (problem.severity != ERROR, scopes.get(problem.network, len(scopes)), place, problem.code)

    return tuple(sorted(problems, key=at))
