"""All frames and notes of a scene."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from netdesigner.document.design import Annotations, Frame, Note
from netdesigner.session.framing import Rect, box_of
from netdesigner.ui.canvas.card_style import CardStyle
from netdesigner.ui.canvas.mark_item import MarkItem

if TYPE_CHECKING:
    from netdesigner.ui.canvas.scene import CanvasScene

__all__ = ["Marks"]


class Marks:
    """Keeps the items of frames and notes equal to the design's.

    Args:
        scene: where they are drawn.
    """

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.items: dict[str, MarkItem] = {}

    def follow(self, annotations: Annotations, full_detail: bool) -> None:
        """Shows frames and notes as they are now; those that are the same stay untouched."""
        marks = annotations.marks
        for mark_id in [key for key in self.items if key not in marks]:
            self._remove(self.items.pop(mark_id))
        for mark_id, mark in marks.items():
            item = self.items.get(mark_id)
            if item is not None:
                item.set_mark(mark)
                continue
            item = MarkItem(mark_id, mark, self._scene.style_)
            item.full_detail = full_detail
            self.items[mark_id] = item
            self._scene.addItem(item)
            if item.title is not None:
                self._scene.addItem(item.title)

    def clear(self) -> None:
        """Takes all away."""
        for item in self.items.values():
            self._remove(item)
        self.items = {}

    def _remove(self, item: MarkItem) -> None:
        if item.title is not None:
            self._scene.removeItem(item.title)
        self._scene.removeItem(item)

    def hide(self) -> None:
        """Leaves all of them out of a picture."""
        for item in self.items.values():
            item.setVisible(False)
            if item.title is not None:
                item.title.setVisible(False)

    def boxes(self) -> dict[str, Rect]:
        """The rectangles they take."""
        return {mark_id: box_of(item.mark) for mark_id, item in self.items.items()}

    def bounds(self, mark_ids: Iterable[str] | None = None) -> QRectF:
        """The rectangle around some of them; around all if None; empty without any."""
        box = QRectF()
        for mark_id in self.items if mark_ids is None else mark_ids:
            box = box.united(self.items[mark_id].body())
        return box

    def preview(self, marks: Mapping[str, Frame | Note]) -> None:
        """Draws some of them otherwise, while they are dragged; the design knows nothing of it."""
        for mark_id, mark in marks.items():
            self.items[mark_id].set_mark(mark)

    def set_style(self, style: CardStyle) -> None:
        """Takes other colours."""
        for item in self.items.values():
            item.set_style(style)
