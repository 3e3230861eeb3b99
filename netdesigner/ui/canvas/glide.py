"""Nodes on their way to where the design has put them: what is seen alone, no step of the history."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QVariantAnimation
from PySide6.QtWidgets import QStyle, QWidget

from netdesigner.document.design import Frame, Note, Point
from netdesigner.session.framing import Rect, box_of, placed_in
from netdesigner.ui.canvas.view import CanvasView

__all__ = ["Glide", "duration_ms"]

_LONGEST_MS = 200
_MOST_NODES = 2000
"""Above this number each picture of the way takes longer than it is seen."""
_ENDING = (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress, QEvent.Type.DragEnter)


def duration_ms(widget: QWidget) -> int:
    """How long things may take on their way; 0 where the system is set to show no animations."""
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return min(_LONGEST_MS, widget.style().styleHint(hint, None, widget))


class Glide(QObject):
    """Moves nodes, frames and notes from where they were seen to where they are; any press of a key or button ends it.

    Args:
        view: whose scene it moves.
    """

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._scene = view.canvas_scene
        self._nodes: dict[str, tuple[Point, Point]] = {}
        self._marks: dict[str, tuple[Rect, Frame | Note]] = {}
        self._motion = QVariantAnimation(self, startValue=0.0, endValue=1.0)
        self._motion.valueChanged.connect(self._show)
        self._motion.finished.connect(self.end)
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)

    @property
    def is_running(self) -> bool:
        """Whether something is on its way."""
        return self._motion.state() == QVariantAnimation.State.Running

    def begin(self, nodes: Mapping[str, Point], marks: Mapping[str, Rect]) -> None:
        """Begins where things were before the design changed.

        Args:
            nodes: where they lay.
            marks: the rectangles of frames and notes.
        """
        self.end()
        scene = self._scene
        lasting_ms = duration_ms(self._view)
        if lasting_ms <= 0 or len(scene.nodes) > _MOST_NODES:
            return
        now = scene.positions()
        self._nodes = {key: (at, now[key]) for key, at in nodes.items() if key in now and now[key] != at}
        items = scene.marks.items
        self._marks = {key: (box, items[key].mark) for key, box in marks.items() if key in items}
        self._motion.setDuration(lasting_ms)
        self._show(0.0)
        self._motion.start()

    def end(self) -> None:
        """Puts everything where it belongs."""
        if self._nodes or self._marks:
            self._nodes, self._marks = {}, {}
            self._motion.stop()
            self._scene.rest()

    def _show(self, share: float) -> None:
        rest = (1.0 - share) ** 3  # fast at first, gently into place
        self._scene.preview(
            {
                key: (after[0] + rest * (before[0] - after[0]), after[1] + rest * (before[1] - after[1]))
                for key, (before, after) in self._nodes.items()
            }
        )
        marks: dict[str, Frame | Note] = {}
        for key, (before, mark) in self._marks.items():
            left, top, width, height = (
                now + rest * (was - now) for was, now in zip(before, box_of(mark), strict=True)
            )
            marks[key] = placed_in(mark, (left, top, width, height))
        self._scene.marks.preview(marks)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _ENDING:
            self.end()
        return False
