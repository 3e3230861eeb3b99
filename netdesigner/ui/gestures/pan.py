"""Moving the view over the canvas."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollBar

from netdesigner.ui.gestures.stage import Gesture, Pointer, Stage

__all__ = ["Pan"]


class Pan(Gesture):
    """Drags the canvas along with the pointer."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, stage: Stage, start: Pointer) -> None:
        super().__init__(stage, start)
        self._last = start.view
        self._from = (self._bars()[0].value(), self._bars()[1].value())

    def _bars(self) -> tuple[QScrollBar, QScrollBar]:
        return self.stage.view.horizontalScrollBar(), self.stage.view.verticalScrollBar()

    def move(self, pointer: Pointer) -> None:
        step = pointer.view - self._last
        self._last = pointer.view
        self.stage.view.scroll_by(-step.x(), -step.y())

    def cancel(self) -> None:
        for bar, value in zip(self._bars(), self._from, strict=True):
            bar.setValue(value)
