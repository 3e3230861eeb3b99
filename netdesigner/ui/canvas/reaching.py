"""Wires made from the keyboard: the ports that a node can be wired to, with what flows there or why it cannot."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

from netdesigner.document import Edge
from netdesigner.ui.canvas.card import PortMark
from netdesigner.ui.canvas.editor import Editor, PortRef
from netdesigner.ui.canvas.words import shape_text
from netdesigner.ui.command_palette import Entry

__all__ = ["entries_of_ports"]

_BUDGET_S = 0.08
"""How long asking which ports fit may take, the nearest nodes first; what is picked is asked about in any case."""


def entries_of_ports(editor: Editor, node_id: str) -> tuple[Entry, ...]:
    """The ports of other nodes that a node could be wired to: those that fit first, the nearest first."""
    until = time.perf_counter() + _BUDGET_S
    looped = _before(editor, node_id), _before(editor, node_id, forward=True)
    made = set(_edges(editor))
    found: list[Entry] = []
    for own, other, mark in _pairs(editor, node_id):
        edge = own.edge_to(other)
        if edge in made:
            continue
        reason = ""
        if other.node in looped[own.side == "input"]:
            reason = "this would close a loop"
        elif time.perf_counter() < until:
            reason = editor.refusal(edge)
        found.append(_entry(editor, own, other, mark, reason))
    return tuple(sorted(found, key=lambda entry: not entry.possible))


def _edges(editor: Editor) -> tuple[Edge, ...]:
    return editor.design.graph(editor.scope).edges


def _pairs(editor: Editor, node_id: str) -> Iterator[tuple[PortRef, PortRef, PortMark]]:
    """Each output of the node with each input of the others, then each of its free inputs with each output."""
    scene = editor.scene
    item = scene.nodes[node_id]
    here = item.body().center()
    others = sorted(
        (other for other in scene.nodes.values() if other is not item),
        key=lambda other: (other.body().center() - here).manhattanLength(),
    )
    for side, far in (("output", "input"), ("input", "output")):
        for mark in item.card.ports(side):
            if mark.missing or (side == "input" and mark.wires and not mark.variadic):
                continue
            for other in others:
                for their in other.card.ports(far):
                    if not their.missing:
                        yield (
                            PortRef(node_id, side, mark.name),
                            PortRef(other.card.name, far, their.name),
                            their,
                        )


def _before(editor: Editor, node_id: str, forward: bool = False) -> set[str]:
    """The nodes that lead to a node; those it leads to with `forward`."""
    seen, waiting = {node_id}, [node_id]
    while waiting:
        name = waiting.pop()
        for edge, _ in editor.scene.wires.at(name):
            near, far = (edge.source, edge.target) if forward else (edge.target, edge.source)
            if near == name and far not in seen:
                seen.add(far)
                waiting.append(far)
    return seen


def _entry(editor: Editor, own: PortRef, other: PortRef, mark: PortMark, reason: str) -> Entry:
    arrow = "→" if own.side == "output" else "←"
    card, theirs = (editor.scene.nodes[port.node].card for port in (own, other))
    begin = f"{own.name} {arrow}" if len(card.ports(own.side)) > 1 else arrow
    end = f"{other.node}   {other.name}" if len(theirs.ports(other.side)) > 1 else other.node
    return Entry(
        f"{begin} {end}",
        partial(_connect, editor, own.edge_to(other)),
        f"{other.node} {theirs.kind}",
        reason or _there(editor, other, mark),
        possible=not reason,
    )


def _there(editor: Editor, port: PortRef, mark: PortMark) -> str:
    """What a port gives or has already."""
    if port.side == "output":
        outputs = editor.bridge.session.report.outputs(editor.scope, port.node)
        index = editor.scene.nodes[port.node].port_index("output", port.name)
        return shape_text(outputs[index]) if outputs and 0 <= index < len(outputs) else ""
    if not mark.wires:
        return "free"
    if mark.variadic:
        return f"has {mark.wires} wires" if mark.wires > 1 else "has 1 wire"
    source = next(
        edge.source for edge in _edges(editor) if (edge.target, edge.target_port) == (port.node, port.name)
    )
    return f"instead of {source}"


def _connect(editor: Editor, edge: Edge) -> None:
    reason = editor.refusal(edge)
    if reason:
        editor.say("warning", reason)
    else:
        editor.connect(edge)
