"""Dragging the edges and corners of a frame or note."""

from __future__ import annotations

from PySide6.QtCore import Qt

from netdesigner.document.design import Frame, Note
from netdesigner.session.framing import TITLE_PX, Rect, box_of, placed_in
from netdesigner.session.lines import snapped
from netdesigner.ui.canvas import marking
from netdesigner.ui.canvas.mark_item import MarkItem
from netdesigner.ui.gestures.stage import Gesture, Pointer, Stage

__all__ = ["Resize", "cursor_of"]

_LEAST: tuple[float, float] = (96.0, TITLE_PX)
_CURSORS = {
    "top": Qt.CursorShape.SizeVerCursor,
    "bottom": Qt.CursorShape.SizeVerCursor,
    "left": Qt.CursorShape.SizeHorCursor,
    "right": Qt.CursorShape.SizeHorCursor,
    "top left": Qt.CursorShape.SizeFDiagCursor,
    "bottom right": Qt.CursorShape.SizeFDiagCursor,
    "top right": Qt.CursorShape.SizeBDiagCursor,
    "bottom left": Qt.CursorShape.SizeBDiagCursor,
}


def cursor_of(part: str) -> Qt.CursorShape | None:
    """The pointer's shape over a part of a frame or note; None for the usual one."""
    return _CURSORS.get(part)


class Resize(Gesture):
    """Moves the sides that were taken, on the grid; with Ctrl freely.

    Args:
        stage, start: as for every gesture.
        item: the frame or note.
        part: the sides, as "bottom right".
    """

    pans_at_edge = True

    def __init__(self, stage: Stage, start: Pointer, item: MarkItem, part: str) -> None:
        super().__init__(stage, start)
        self.cursor = cursor_of(part)
        self._item = item
        self._before: Frame | Note = item.mark
        self._sides = part.split()
        self._dragging = False
        stage.scene.select((), (), [item.mark_id])

    def move(self, pointer: Pointer) -> None:
        self._dragging = self._dragging or self.is_drag(pointer)
        if self._dragging:
            self._item.set_mark(placed_in(self._before, self._box(pointer)))

    def _box(self, pointer: Pointer) -> Rect:
        shift = pointer.scene - self.start.scene
        free = bool(pointer.modifiers & Qt.KeyboardModifier.ControlModifier)
        left, top, width, height = box_of(self._before)
        right, bottom = left + width, top + height
        if "left" in self._sides:
            left = min(_rested(left + shift.x(), free), right - _LEAST[0])
        if "right" in self._sides:
            right = max(_rested(right + shift.x(), free), left + _LEAST[0])
        if "top" in self._sides:
            top = min(_rested(top + shift.y(), free), bottom - _LEAST[1])
        if "bottom" in self._sides:
            bottom = max(_rested(bottom + shift.y(), free), top + _LEAST[1])
        return left, top, right - left, bottom - top

    def release(self, pointer: Pointer) -> None:
        after = self._item.mark
        if not self._dragging or after == self._before:
            return
        self.cancel()
        kind = "frame" if self._item.is_frame else "note"
        marking.change(self.stage.editor, {self._item.mark_id: after}, f"resize {kind}")

    def cancel(self) -> None:
        self._item.set_mark(self._before)


def _rested(value: float, free: bool) -> float:
    return float(round(value)) if free else snapped(value)
