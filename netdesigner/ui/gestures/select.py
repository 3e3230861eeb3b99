"""Picking nodes, frames and notes: a click, or a rectangle drawn around them."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtWidgets import QRubberBand

from netdesigner.ui.gestures.stage import Gesture, Pointer, Stage

__all__ = ["RubberBand"]


class RubberBand(Gesture):
    """Selects what a rectangle touches, and frames that lie in it; with Shift or Ctrl beside what was selected."""

    pans_at_edge = True

    def __init__(self, stage: Stage, start: Pointer) -> None:
        super().__init__(stage, start)
        scene = stage.scene
        self._kept = (scene.selection, scene.selected_marks) if start.adding else ((), ())
        self._kept_dots = scene.dots.selected if start.adding else ()
        self._before = (scene.selection, scene.selected_wires, scene.selected_marks)
        self._dots_before = scene.dots.selected
        self._band: QRubberBand | None = None
        if not start.adding:
            stage.scene.select(())

    def move(self, pointer: Pointer) -> None:
        if self._band is None:
            if not self.is_drag(pointer):
                return
            self._band = QRubberBand(QRubberBand.Shape.Rectangle, self.stage.view.viewport())
            self._band.show()
        begun = self.stage.view.mapFromScene(self.start.scene)
        frame = QRect(begun, QSize(1, 1)).united(QRect(pointer.view, QSize(1, 1)))
        self._band.setGeometry(frame)
        area = QRectF(self.start.scene, pointer.scene).normalized()
        touched = [
            node_id for node_id, item in self.stage.scene.nodes.items() if item.body().intersects(area)
        ]
        marks = [
            mark_id
            for mark_id, item in self.stage.scene.marks.items.items()
            if (area.contains(item.body()) if item.is_frame else item.body().intersects(area))
        ]
        self.stage.scene.select((*self._kept[0], *touched), (), (*self._kept[1], *marks))
        self.stage.scene.dots.select((*self._kept_dots, *self.stage.scene.dots.touched(area)))

    def release(self, pointer: Pointer) -> None:
        self._end()

    def cancel(self) -> None:
        self._end()
        self.stage.scene.select(*self._before)
        self.stage.scene.dots.select(self._dots_before)

    def _end(self) -> None:
        if self._band is not None:
            self._band.hide()
            self._band.deleteLater()
            self._band = None
