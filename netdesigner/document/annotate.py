"""Edits of what is drawn around a graph: frames, notes, and the ways of wires. The graph stays the same object."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from netdesigner.document.design import Annotations, Design, Edge, Frame, Note, Point, Scope
from netdesigner.document.edit import fresh_id
from netdesigner.errors import EditError

__all__ = ["add_mark", "mark", "remove_marks", "set_marks", "set_routes"]


def mark(design: Design, scope: Scope, mark_id: str) -> Frame | Note:
    """A frame or note.

    Raises:
        EditError: there is none of this id.
    """
    found = design.place(scope).annotations.marks
    if mark_id not in found:
        raise EditError(f"'{scope}' has no frame or note '{mark_id}'")
    return found[mark_id]


def add_mark(design: Design, scope: Scope, new: Frame | Note) -> tuple[Design, str]:
    """Adds a frame or note in front of the others; returns the design and its id."""
    mark_id = fresh_id(type(new).__name__, design.place(scope).annotations.marks)
    return _with_marks(design, scope, {mark_id: new}), mark_id


def set_marks(design: Design, scope: Scope, changes: Mapping[str, Frame | Note]) -> Design:
    """Replaces frames by frames and notes by notes: with other words, elsewhere, or of another size.

    Raises:
        EditError: there is none of an id, or it is of the other sort.
    """
    before = {mark_id: mark(design, scope, mark_id) for mark_id in changes}
    for mark_id, new in changes.items():
        if type(new) is not type(before[mark_id]):
            raise EditError(f"'{mark_id}' stays a {type(before[mark_id]).__name__.lower()}")
    return design if before == changes else _with_marks(design, scope, changes)


def _with_marks(design: Design, scope: Scope, changes: Mapping[str, Frame | Note]) -> Design:
    found = design.place(scope).annotations
    frames = {mark_id: new for mark_id, new in changes.items() if isinstance(new, Frame)}
    notes = {mark_id: new for mark_id, new in changes.items() if isinstance(new, Note)}
    changed = replace(found, frames={**found.frames, **frames}, notes={**found.notes, **notes})
    return _with_annotations(design, scope, changed)


def remove_marks(design: Design, scope: Scope, mark_ids: Collection[str]) -> Design:
    """Removes frames and notes; what lies in a frame stays.

    Raises:
        EditError: there is none of an id.
    """
    for mark_id in mark_ids:
        mark(design, scope, mark_id)
    found = design.place(scope).annotations
    changed = replace(
        found,
        frames={key: value for key, value in found.frames.items() if key not in mark_ids},
        notes={key: value for key, value in found.notes.items() if key not in mark_ids},
    )
    return design if not mark_ids else _with_annotations(design, scope, changed)


def set_routes(design: Design, scope: Scope, routes: Mapping[Edge, tuple[Point, ...]]) -> Design:
    """Leads wires through points, from source to target; without points a wire finds its own way again.

    Raises:
        EditError: there is no such wire.
    """
    place = design.place(scope)
    for edge in routes:
        if edge not in place.graph.edges:
            raise EditError(f"there is no wire from '{edge.source}' to '{edge.target}'")
    found = {**place.annotations.routes, **routes}
    kept = {edge: points for edge, points in found.items() if points}
    if kept == place.annotations.routes:
        return design
    return _with_annotations(design, scope, replace(place.annotations, routes=kept))


def _with_annotations(design: Design, scope: Scope, annotations: Annotations) -> Design:
    return design.with_place(scope, replace(design.place(scope), annotations=annotations))
