"""What a person moves at once: nodes, notes, and frames with all that lies in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QRectF

from netdesigner.document.design import Frame, Note, Point
from netdesigner.document.dots import Dot
from netdesigner.session.framing import Rect, held
from netdesigner.ui.canvas.scene import CanvasScene

__all__ = ["Carried"]


class Carried:
    """Nodes, frames and notes, with what the frames hold, as they lie before they move.

    Args:
        scene: where they lie.
        nodes, marks: their ids.
        alone: whether frames leave behind what lies in them.
        dots: dots of wires that move along.
    """

    def __init__(
        self,
        scene: CanvasScene,
        nodes: Iterable[str],
        marks: Iterable[str],
        alone: bool = False,
        dots: tuple[Dot, ...] = (),
    ) -> None:
        self._scene = scene
        items = scene.marks.items
        node_ids, mark_ids = [*nodes], [*marks]
        frames = [] if alone else [items[mark_id].mark for mark_id in mark_ids]
        if frames:
            boxes, others = scene.boxes(), scene.marks.boxes()
            for frame in frames:
                if isinstance(frame, Frame):
                    node_ids += held(frame, boxes)
                    mark_ids += held(frame, others)
        places = scene.positions()
        self.nodes: dict[str, Point] = {node_id: places[node_id] for node_id in node_ids}
        self.dots = dots
        self.marks: dict[str, Frame | Note] = {mark_id: items[mark_id].mark for mark_id in mark_ids}

    @classmethod
    def selected(cls, scene: CanvasScene, alone: bool = False) -> Carried:
        """What is selected."""
        return cls(scene, scene.selection, scene.selected_marks, alone, scene.dots.selected)

    def __len__(self) -> int:
        return len(self.nodes) + len(self.marks) + len(self.dots)

    def box(self) -> QRectF:
        """The rectangle around all of it."""
        return self._scene.bounds(self.nodes).united(self._scene.marks.bounds(self.marks))

    def moved(self, across: float, down: float) -> tuple[dict[str, Point], dict[str, Frame | Note]]:
        """Where nodes come to lie, and the frames and notes as they are then."""
        nodes = {node_id: (x + across, y + down) for node_id, (x, y) in self.nodes.items()}
        marks = {
            key: replace(mark, at=(mark.at[0] + across, mark.at[1] + down))
            for key, mark in self.marks.items()
        }
        return nodes, marks

    def preview(self, across: float, down: float) -> None:
        """Draws it elsewhere."""
        nodes, marks = self.moved(across, down)
        self._scene.preview(nodes, self.dots, (across, down))
        self._scene.marks.preview(marks)

    def settle(self) -> None:
        """Puts it back."""
        self._scene.settle(self.nodes)
        self._scene.marks.preview(self.marks)

    def others(self) -> Iterable[Rect]:
        """The rectangles of the nodes and notes that stay."""
        for node_id, item in self._scene.nodes.items():
            if node_id not in self.nodes:
                yield item.box()
        for mark_id, box in self._scene.marks.boxes().items():
            if mark_id not in self.marks:
                yield box

    def wire_ends(self) -> Iterable[tuple[Point, Point]]:
        """Of each wire between what moves and what stays, the end that moves and the end that stays."""
        wires = self._scene.wires
        for key in {key for node_id in self.nodes for key in wires.at(node_id)}:
            ends = wires.ends_of(wires.items[key])
            if key[0].target not in self.nodes:
                yield ends
            elif key[0].source not in self.nodes:
                yield ends[::-1]
