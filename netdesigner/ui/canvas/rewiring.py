"""Edits of several wires at once, each one step of the history; what cannot be done is said in one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from netdesigner.checks.bypass import PORTS as NEVER_BYPASSED
from netdesigner.checks.bypass import is_bypassed
from netdesigner.document import Design, Edge, Node, dots
from netdesigner.document import edit as edits
from netdesigner.document.blocks import refuse_recursion
from netdesigner.document.design import Point
from netdesigner.session.rewiring import Told, in_sequence, replaced
from netdesigner.ui.canvas.dots import leg_near
from netdesigner.ui.canvas.editor import Editor
from netdesigner.ui.canvas.kinds import bare_name
from netdesigner.ui.canvas.placing import snapped

__all__ = ["add_dot", "connect_in_sequence", "replace", "toggle_bypass"]


def toggle_bypass(editor: Editor) -> bool:
    """Passes the selected nodes by; where all of them are, takes them into the network again."""
    nodes = editor.design.graph(editor.scope).nodes
    chosen = [n for n in editor.scene.selection if nodes[n].kind not in NEVER_BYPASSED]
    ends = [n for n in editor.scene.selection if n not in chosen]
    if not chosen:
        what = f"‘{ends[0]}’ is where the network begins or ends, so it" if ends else ""
        why = f"{what} cannot be bypassed" if ends else "Select the nodes that are to be bypassed first"
        editor.say("warning", why)
        return False
    on = not all(is_bypassed(nodes[n]) for n in chosen)
    named = chosen[0] if len(chosen) == 1 else f"{len(chosen)} nodes"
    label = f"bypass {named}" if on else f"no longer bypass {named}"
    done = editor.apply(lambda design: edits.set_bypassed(design, editor.scope, chosen, on), label)
    if done and ends:
        editor.say("info", f"{', '.join(f'‘{name}’' for name in ends)} cannot be bypassed and stayed in use")
    return done


def replace(editor: Editor, node_id: str, kind: str) -> str:
    """Makes a node one of another kind and selects it; returns its id, or "" where that was refused."""
    catalog = editor.bridge.session.catalog
    layer = catalog.layers.get(kind)
    label = layer.label() if layer else bare_name(kind)

    def change(design: Design) -> Told:
        design, found = editor.brought(design, kind)
        refuse_recursion(design, editor.scope, [Node(found)])
        return replaced(design, catalog, editor.scope, node_id, found)

    told = _told(editor, change, f"replace {node_id} with {label}")
    if told is None:
        return ""
    editor.scene.select([told.node_id])
    return told.node_id


def connect_in_sequence(editor: Editor) -> bool:
    """Wires the selected nodes from left to right; those that cannot be joined are told."""
    at = editor.scene.positions()
    chosen: Sequence[str] = sorted(editor.scene.selection, key=lambda node_id: at[node_id])
    if len(chosen) < 2:
        editor.say("warning", "Select two nodes or more to connect them in sequence")
        return False
    session = editor.bridge.session
    state = session.state
    told = _told(
        editor,
        lambda design: in_sequence(design, session.catalog, editor.scope, chosen, state.data, session.report),
        f"connect {len(chosen)} nodes in sequence",
    )
    return told is not None


def add_dot(editor: Editor, edge: Edge, at: Point, leg: int | None = None) -> bool:
    """Leads a wire through one more point and picks the dot.

    Args:
        editor: makes the edit.
        edge: the wire.
        at: the point; the dot comes to the nearest one of the grid.
        leg: on which stretch of the wire; the one nearest to the point if None.
    """
    stretch = leg_near(editor.scene, edge, at) if leg is None else leg
    at = snapped(at)
    done = editor.apply(lambda design: dots.add_dot(design, editor.scope, edge, at, stretch), "add dot")
    if done:
        editor.scene.select(())
        editor.scene.dots.select([dots.Dot(edge.source, edge.source_port, at)])
    return done


def _told(editor: Editor, change: Callable[[Design], Told], label: str) -> Told | None:
    """Applies an edit and says what it left undone; None where it was refused or changed nothing."""
    found: list[Told] = []

    def apply(design: Design) -> Design:
        found.append(change(design))
        return found[0].design

    before = editor.design
    if not editor.apply(apply, label):
        return None
    refused = found[0].refused
    if refused:
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        editor.say("warning", f"{refused[0]}{more}")
    elif editor.design is before:
        editor.say("info", "Nothing was left to connect: the nodes are joined already")
    return found[0] if editor.design is not before else None
