"""The edits of frames and notes, each one step of the history."""

from __future__ import annotations

from collections.abc import Mapping

from netdesigner.document import Design, annotate
from netdesigner.document.design import Frame, Note
from netdesigner.ui.canvas.editor import Editor

__all__ = ["add", "change"]


def add(editor: Editor, new: Frame | Note, merge_key: str = "") -> str:
    """Adds a frame or note and selects it; returns its id, or "" where it was refused."""
    made: list[str] = []

    def with_mark(design: Design) -> Design:
        design, mark_id = annotate.add_mark(design, editor.scope, new)
        made.append(mark_id)
        return design

    if not editor.apply(with_mark, f"add {type(new).__name__.lower()}", merge_key):
        return ""
    editor.scene.select((), (), made)
    return made[0]


def change(editor: Editor, changes: Mapping[str, Frame | Note], label: str, merge_key: str = "") -> bool:
    """Gives frames and notes other words, colours or places."""
    return editor.apply(lambda design: annotate.set_marks(design, editor.scope, changes), label, merge_key)
