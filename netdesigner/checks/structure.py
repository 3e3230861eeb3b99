"""What is wrong with the wires of one graph: loops, ports without a wire or with too many, loose branches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from netdesigner.checks.bypass import bypass_problems
from netdesigner.checks.codes import found
from netdesigner.checks.ports import Ports
from netdesigner.checks.report import WARNING, Problem
from netdesigner.checks.wiring import Wiring
from netdesigner.checks.wording import count, loop, place, quoted
from netdesigner.document.design import BLOCK_PREFIX, Edge, Scope
from netdesigner.document.spelling import nearest

__all__ = ["structure"]


def structure(
    scope: Scope, wiring: Wiring, layers: Collection[str], blocks: Collection[str]
) -> tuple[Problem, ...]:
    """The problems of a graph's wires.

    Args:
        scope: where the graph stands.
        wiring: the graph, read.
        layers: the kinds of layers there are, to name the nearest.
        blocks: the names of the blocks there are.
    """
    if not wiring.graph.nodes and not scope.startswith(BLOCK_PREFIX):
        return (found("ND113", f"{place(scope)} is empty: add an Input, layers and an Output", scope),)
    return (
        *_ends(scope, wiring),
        *_kinds(scope, wiring, layers, blocks),
        *_loops(scope, wiring),
        *_ports(scope, wiring),
        *_lacking(scope, wiring),
        *bypass_problems(scope, wiring.graph, wiring.ports, wiring.passed),
        *_branches(scope, wiring),
    )


def _ends(scope: Scope, wiring: Wiring) -> Iterator[Problem]:
    """Whether there is an Input and an Output at all."""
    if scope.startswith(BLOCK_PREFIX):
        if not wiring.inputs:
            yield found(
                "ND503", f"{place(scope)} has no Input, so nothing can be wired to its instances", scope
            )
        if not wiring.outputs:
            yield found("ND504", f"{place(scope)} has no Output, so its instances give nothing", scope)
        return
    if not wiring.inputs:
        yield found("ND110", f"{place(scope)} has no Input: add one where the data enters", scope)
    if not wiring.outputs:
        yield found("ND111", f"{place(scope)} has no Output: add one after the last layer", scope)


def _kinds(
    scope: Scope, wiring: Wiring, layers: Collection[str], blocks: Collection[str]
) -> Iterator[Problem]:
    if all(ports is not None for ports in wiring.ports.values()):
        return
    for node_id, node in wiring.graph.nodes.items():
        if wiring.ports[node_id] is not None:
            continue
        if node.block:
            known, code, what = blocks, "ND501", f"block `{node.block}`, which the design does not have"
        else:
            known, code = layers, "ND114"
            what = f"{node.kind}, which is no layer of this version or of a plugin that is on"
        near = nearest(node.block or node.kind, known)
        hint = f"; did you mean {near[0]}?" if near else ""
        yield found(code, f"`{node_id}` is a {what}{hint}", scope, node_id)


def _loops(scope: Scope, wiring: Wiring) -> Iterator[Problem]:
    for path in wiring.loops:
        if len(path) == 1:
            text = f"`{path[0]}` feeds itself: {loop(path)}"
        else:
            text = f"the wires run in a circle: {loop(path)}; take one of them away"
        yield found("ND101", text, scope, path[0], path=path)


# ------------------------------------------------------------------------------------------------------ ports


def _ports(scope: Scope, wiring: Wiring) -> Iterator[Problem]:
    """Wires that end where they cannot, and too many of them."""
    if wiring.lost or any([end.astray for end in wiring.ends.values()]):  # noqa: C419 - a list is faster here
        yield from _lost(scope, wiring)
    for node_id, end in wiring.ends.items():
        if not end.odd:
            continue
        ports = wiring.ports[node_id]
        assert ports is not None  # what is unknown is not odd
        for name, edges in end.wires.items():
            at = ports.input_at.get(name)
            if at is None:
                yield found("ND104", _no_port(node_id, "input", name, ports), scope, node_id, port=name)
            elif len(edges) > 1:
                yield from _crowded(scope, node_id, name, edges, ports.inputs[at].variadic)


def _lost(scope: Scope, wiring: Wiring) -> Iterator[Problem]:
    """Wires whose end is not there, and wires that begin at a port that is not there."""
    nodes, seen = wiring.graph.nodes, set()
    for edge in wiring.graph.edges:
        if edge.source not in nodes or edge.target not in nodes:
            gone = edge.source if edge.source not in nodes else edge.target
            text = f"the wire from `{edge.source}` to `{edge.target}` has no node `{gone}`"
            yield found("ND115", text, scope, edge.target if edge.target in nodes else edge.source, port=gone)
            continue
        ports = wiring.ports[edge.source]
        if ports is None or edge.source_port in ports.output_at or (edge.source, edge.source_port) in seen:
            continue
        seen.add((edge.source, edge.source_port))
        text = _no_port(edge.source, "output", edge.source_port, ports)
        yield found("ND104", text, scope, edge.source, port=edge.source_port)


def _no_port(node_id: str, side: str, name: str, ports: Ports) -> str:
    known = ports.output_at if side == "output" else ports.input_at
    has = f"it has {quoted(list(known))}" if known else "it has none"
    return f"`{node_id}` has no {side} `{name}`; {has}"


def _crowded(
    scope: Scope, node_id: str, port: str, edges: Sequence[Edge], variadic: bool
) -> Iterator[Problem]:
    sources = [(edge.source, edge.source_port) for edge in edges]
    distinct = dict.fromkeys(sources)
    if len(distinct) < len(sources):
        twice = next(source for source in distinct if sources.count(source) > 1)[0]
        text = f"`{port}` of `{node_id}` is wired to `{twice}` more than once"
        problem = found("ND105", text, scope, node_id, port=port)
        yield problem._replace(severity=WARNING) if variadic else problem
    if len(distinct) > 1 and not variadic:
        text = (
            f"`{port}` of `{node_id}` takes one wire and gets {len(sources)}, "
            f"from {quoted([source for source, _ in distinct])}"
        )
        yield found("ND103", text, scope, node_id, port=port)


def _lacking(scope: Scope, wiring: Wiring) -> Iterator[Problem]:
    for node_id, end in wiring.ends.items():
        if not end.lacking:
            continue
        ports = wiring.ports[node_id]
        assert ports is not None  # a node of an unknown kind lacks nothing that is known
        for name in end.lacking:
            port = ports.inputs[ports.input_at[name]]
            has = len(end.wires.get(name, ()))
            if has and port.variadic:
                text = f"`{name}` of `{node_id}` needs {count(port.least, 'wire')} and has {has}"
                yield found("ND106", text, scope, node_id, port=name)
            else:
                yield found(
                    "ND102", f"nothing is wired to `{name}` of `{node_id}`", scope, node_id, port=name
                )


# --------------------------------------------------------------------------------------------------- branches


def _branches(scope: Scope, wiring: Wiring) -> Iterator[Problem]:
    if wiring.outputs:
        leading = _leading(wiring)
        dead = [n for n, ports in wiring.ports.items() if n not in leading and ports is not None]
        yield from _unread(
            scope, wiring, [n for n in dead if n not in wiring.readers and n not in wiring.passed]
        )
        yield from _astray(scope, wiring, [n for n in dead if n in wiring.readers])
    if wiring.inputs:
        fed = _fed(wiring)
        yield from _unfed(scope, wiring, [n for n in wiring.order if n not in fed])


def _leading(wiring: Wiring) -> set[str]:
    """The nodes from which wires lead to an Output; those on loops and of unknown kinds have the benefit of doubt."""
    unknown = (n for n, ports in wiring.ports.items() if ports is None)
    found_ids = {*wiring.outputs, *wiring.looping, *unknown}
    for node_id in (*wiring.looping, *reversed(wiring.order)):
        if node_id in found_ids:
            found_ids.update(wiring.ends[node_id].feeds)
    return found_ids


def _fed(wiring: Wiring) -> set[str]:
    """The nodes that something reaches: an Input, a loop, an unknown kind, or a layer that needs nothing.

    A bypassed node without a wire counts too: what it keeps from others is told at it.
    """
    found_ids = set(wiring.looping)
    for node_id in wiring.order:
        ports = wiring.ports[node_id]
        needs_nothing = ports is None or all(port.optional for port in ports.inputs)
        needs_nothing = needs_nothing or (node_id in wiring.passed and not wiring.ends[node_id].feeds)
        if needs_nothing or not found_ids.isdisjoint(wiring.ends[node_id].feeds):
            found_ids.add(node_id)
    return found_ids


def _unread(scope: Scope, wiring: Wiring, ends: Iterable[str]) -> Iterator[Problem]:
    for node_id in ends:
        if wiring.ends[node_id].feeds or not wiring.ends[node_id].lacking:
            yield found("ND107", f"nothing reads what `{node_id}` gives", scope, node_id)


def _astray(scope: Scope, wiring: Wiring, dead: Collection[str]) -> Iterator[Problem]:
    for group in _groups(wiring, dead):
        text = f"{quoted(group)} {_verb(group, 'lead')} to no Output, so what {_they(group)} is thrown away"
        yield found("ND108", text, scope, group[0], path=group)


def _unfed(scope: Scope, wiring: Wiring, unfed: Collection[str]) -> Iterator[Problem]:
    for group in _groups(wiring, unfed):
        if all(wiring.ends[node_id].lacking for node_id in group):
            continue
        yield found(
            "ND109",
            f"{quoted(group)} {_verb(group, 'get')} nothing from an Input",
            scope,
            group[0],
            path=group,
        )


def _groups(wiring: Wiring, ids: Collection[str]) -> list[tuple[str, ...]]:
    """Nodes that hang together, each group in the order of the flow."""
    beside: dict[str, list[str]] = {node_id: [] for node_id in ids}
    for node_id in ids:
        for source in wiring.ends[node_id].feeds:
            if source in beside:
                beside[source].append(node_id)
                beside[node_id].append(source)
    at = {node_id: index for index, node_id in enumerate(wiring.order)}
    groups: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for node_id in sorted(ids, key=at.__getitem__):
        if node_id not in seen:
            group = _reached(beside, node_id)
            seen |= group
            groups.append(tuple(sorted(group, key=at.__getitem__)))
    return groups


def _reached(beside: Mapping[str, Sequence[str]], start: str) -> set[str]:
    seen = {start}
    waiting = [start]
    while waiting:
        for name in beside[waiting.pop()]:
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


def _verb(group: Collection[str], verb: str) -> str:
    return f"{verb}s" if len(group) == 1 else verb


def _they(group: Collection[str]) -> str:
    return "it computes" if len(group) == 1 else "they compute"
