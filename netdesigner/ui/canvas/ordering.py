"""What can be done by name to keep a network in order: frames, notes, alignment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from netdesigner.document import History
from netdesigner.document.design import Frame, Note, Point
from netdesigner.session.alignment import Side, aligned, distributed
from netdesigner.session.framing import Rect, box_of, framed, held, placed_in
from netdesigner.ui.canvas import marking
from netdesigner.ui.canvas.card_style import NOTE_FONT_PX, TITLE_FONT_PX
from netdesigner.ui.canvas.carry import Carried
from netdesigner.ui.canvas.mark_box import MarkBox
from netdesigner.ui.canvas.placing import snapped

if TYPE_CHECKING:
    from netdesigner.ui.canvas.late_parts import LateParts

__all__ = ["Ordering"]

_NEW_FRAME = "Frame"
_NEW_NOTE = "Note"


class Ordering:
    """Acts on what is selected on a canvas.

    Args:
        canvas: whose scene and editor it uses.
    """

    def __init__(self, canvas: LateParts) -> None:
        self._canvas = canvas
        self._scene = canvas.scene
        self._editor = canvas.editor
        self._new = ""
        self._before_new: History | None = None
        self.box = MarkBox(canvas.view)
        self.box.changed.connect(self._on_words)
        self.box.cancelled.connect(self._on_cancelled)
        canvas.scope_changed.connect(self.box.leave)

    def _say(self, text: str) -> None:
        self._editor.say("warning", text)

    # --------------------------------------------------------------------------------------------- frames and notes

    def frame_selection(self) -> None:
        """Puts a frame around what is selected and asks for its title."""
        carried = Carried.selected(self._scene)
        boxes = [self._scene.boxes()[node_id] for node_id in carried.nodes]
        boxes += [box_of(mark) for mark in carried.marks.values()]
        if not boxes:
            self._say("Select the nodes that the frame goes around first.")
            return
        frame = placed_in(Frame(_NEW_FRAME), framed(boxes))
        self._add(frame)

    def add_note(self, at: Point | None = None) -> None:
        """Adds a note at a point, else near the pointer or the middle of the view; asks for its words."""
        pointer = self._canvas.view.pointer_on_canvas()
        beside = self._canvas.editor.free_place((pointer.x(), pointer.y()))
        self._add(Note(_NEW_NOTE, snapped(at) if at is not None else beside))

    def _add(self, new: Frame | Note) -> None:
        key = f"new mark:{self._editor.scope}:{len(self._scene.marks.items)}"
        before = self._canvas.bridge.session.state.history
        mark_id = marking.add(self._editor, new, key)
        if mark_id:
            self._canvas.view.refresh_bounds()
            self.edit_text(mark_id)
            self._new, self._before_new = key, before

    def edit_text(self, mark_id: str) -> None:
        """Opens the field for the words of a frame or note."""
        item = self._scene.marks.items[mark_id]
        view = self._canvas.view
        words = item.text_area(view.zoom)
        if not view.mapToScene(view.viewport().rect()).boundingRect().contains(words.topLeft()):
            view.centerOn(words.center())
        area = view.mapFromScene(words).boundingRect()
        area.moveTopLeft(view.viewport().mapTo(view, area.topLeft()))
        size_px = round((TITLE_FONT_PX if item.is_frame else NOTE_FONT_PX) * view.zoom)
        self._new = ""
        self.box.open_over(mark_id, _words(item.mark), area, size_px, item.is_frame)

    def _on_words(self, mark_id: str, words: str) -> None:
        item = self._scene.marks.items.get(mark_id)
        if item is None:
            return
        mark, kind = item.mark, "frame" if item.is_frame else "note"
        changed = replace(mark, title=words) if isinstance(mark, Frame) else replace(mark, text=words)
        label = f"add {kind}" if self._new else f"rename {kind}" if item.is_frame else "write note"
        marking.change(self._editor, {mark_id: changed}, label, self._new)

    def _on_cancelled(self, mark_id: str) -> None:
        """A new note that is given up was never there; a new frame stays, as it goes around something."""
        item, before = self._scene.marks.items.get(mark_id), self._before_new
        session = self._canvas.bridge.session
        if self._new and before is not None and item is not None and not item.is_frame:
            if session.state.history.depth == before.depth + 1:
                session.back_to(before)
            self._new, self._before_new = "", None

    def shown_colors(self) -> set[str]:
        """The colours of the selected frames."""
        return {frame.color for frame in self._frames().values()}

    def set_color(self, color: str) -> None:
        """Gives the selected frames a colour, one of `FRAME_COLORS`."""
        changes = {mark_id: replace(frame, color=color) for mark_id, frame in self._frames().items()}
        marking.change(self._editor, changes, "colour frame")

    def _frames(self) -> dict[str, Frame]:
        marks = self._scene.marks.items
        found = {mark_id: marks[mark_id].mark for mark_id in self._scene.selected_marks}
        return {mark_id: mark for mark_id, mark in found.items() if isinstance(mark, Frame)}

    def select_held(self, mark_id: str) -> None:
        """Selects the nodes, notes and frames that lie in a frame."""
        frame = self._scene.marks.items[mark_id].mark
        if isinstance(frame, Frame):
            nodes, marks = held(frame, self._scene.boxes()), held(frame, self._scene.marks.boxes())
            self._scene.select(nodes, (), [key for key in marks if key != mark_id])

    # ---------------------------------------------------------------------------------------------------- alignment

    def align(self, side: Side) -> None:
        """Lines up what is selected by a side or its middle."""
        self._shift(2, f"align {side}", lambda boxes: aligned(boxes, side))

    def distribute(self, axis: int) -> None:
        """Makes the gaps between what is selected equal, across (0) or down (1)."""
        label = f"distribute {'down' if axis else 'across'}"
        self._shift(3, label, lambda boxes: distributed(boxes, axis))

    def _shift(
        self, least: int, label: str, shifts_of: Callable[[Mapping[str, Rect]], Mapping[str, Point]]
    ) -> None:
        units = self._units()
        if len(units) < least:
            self._say(f"Select {'two' if least == 2 else 'three'} or more nodes, frames or notes first.")
            return
        shifts = shifts_of({name: _rect(unit.box()) for name, unit in units.items()})
        nodes: dict[str, Point] = {}
        marks: dict[str, Frame | Note] = {}
        for name, unit in units.items():
            moved_nodes, moved_marks = unit.moved(*shifts[name])
            nodes |= moved_nodes
            marks |= moved_marks
        self._editor.move(nodes, marks=marks, label=label)

    def _units(self) -> dict[str, Carried]:
        """What is selected, each with what it takes along; what lies in a selected frame goes with it."""
        frames = self._frames().values()
        inside_nodes = {key for frame in frames for key in held(frame, self._scene.boxes())}
        boxes = self._scene.marks.boxes()
        inside_marks = {key for frame in frames for key in held(frame, boxes) if box_of(frame) != boxes[key]}
        units = {
            f"node {key}": Carried(self._scene, nodes=(key,), marks=())
            for key in self._scene.selection
            if key not in inside_nodes
        }
        return units | {
            f"mark {key}": Carried(self._scene, nodes=(), marks=(key,))
            for key in self._scene.selected_marks
            if key not in inside_marks
        }


def _words(mark: Frame | Note) -> str:
    return mark.title if isinstance(mark, Frame) else mark.text


def _rect(box: QRectF) -> Rect:
    return box.x(), box.y(), box.width(), box.height()
