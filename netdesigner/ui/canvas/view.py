"""The canvas as the pointer meets it: presses become gestures, layers from the palette are dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from netdesigner.ui.canvas.hit import Hit, hit
from netdesigner.ui.canvas.navigation import Navigation
from netdesigner.ui.canvas.scene import CanvasScene
from netdesigner.ui.canvas.tips import tip_of
from netdesigner.ui.gestures.stage import Gesture, Pointer, Stage
from netdesigner.ui.labels import plain_tip
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.ui.canvas.accessible import CanvasInterface
    from netdesigner.ui.gestures.drop import Drop

__all__ = ["CanvasView"]

_EDGE_PX = 20
_EDGE_STEP_PX = 16
_EDGE_MS = 30


class CanvasView(Navigation):
    """The view that a person works in.

    Signals:
        double_clicked: (pointer, hit) somewhere.
        menu_wanted: (pointer, hit) by the right button or the menu key.
        space_tapped: the space bar was pressed and released without panning.

    Args:
        scene: what is seen.
        theme: its colours.
    """

    double_clicked = Signal(object, object)
    menu_wanted = Signal(object, object)
    space_tapped = Signal()

    def __init__(self, scene: CanvasScene, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(scene, theme, parent)
        self.setObjectName("canvas_view")
        self.setAccessibleName("Canvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAcceptDrops(True)
        self._show_focus(False)
        self.interface: CanvasInterface | None = None
        """Answers a screen reader, once one asked."""
        self._stage: Stage | None = None
        self._gesture: Gesture | None = None
        self._button = Qt.MouseButton.NoButton
        self._drop: Drop | None = None
        self._space = False
        self._space_used = False
        self._last: Pointer | None = None
        self._edge_timer = QTimer(self)
        self._edge_timer.setInterval(_EDGE_MS)
        self._edge_timer.timeout.connect(self._scroll_at_edge)

    def attach(self, stage: Stage) -> None:
        """Takes what gestures act on; called once."""
        self._stage = stage

    @property
    def stage(self) -> Stage:
        """What gestures act on."""
        assert self._stage is not None
        return self._stage

    @property
    def gesture(self) -> Gesture | None:
        """The gesture in progress."""
        return self._gesture

    def cancel_gesture(self) -> bool:
        """Ends the gesture in progress without an edit; returns whether there was one."""
        if self._gesture is None:
            return False
        gesture, self._gesture = self._gesture, None
        self._edge_timer.stop()
        gesture.cancel()
        self._show_cursor(None)
        return True

    def pointer_if_inside(self) -> QPointF | None:
        """Where the pointer is on the canvas; None while it is elsewhere."""
        at = self.viewport().mapFromGlobal(QCursor.pos())
        inside = self.viewport().rect().contains(at) and self.viewport().underMouse()
        return self.mapToScene(at) if inside else None

    def pointer_on_canvas(self) -> QPointF:
        """Where the pointer is on the canvas; the middle of what is seen, if it is elsewhere."""
        at = self.pointer_if_inside()
        return self.mapToScene(self.viewport().rect().center()) if at is None else at

    def _pointer(self, event: QMouseEvent) -> Pointer:
        at = event.position().toPoint()
        return Pointer(self.mapToScene(at), at, event.modifiers())

    def _hit(self, at: QPointF) -> Hit:
        return hit(self.canvas_scene, at, self.zoom)

    # ---------------------------------------------------------------------------------------------------- pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if self._gesture is not None:
            return
        self.stage.hint.hide()
        pointer = self._pointer(event)
        self._last = pointer
        self._space_used = self._space_used or self._space
        from netdesigner.ui.gestures.press import gesture_for  # the first picture does without any gesture

        self._gesture = gesture_for(self.stage, pointer, event.button(), self._space)
        if self._gesture is not None:
            self._button = event.button()
            self._show_cursor(self._gesture.cursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()
        pointer = self._pointer(event)
        self._last = pointer
        if self._gesture is not None:
            self._gesture.move(pointer)
            self._watch_edge(pointer.view)
        elif not self._space:
            self._point_at(pointer)

    def _point_at(self, pointer: Pointer) -> None:
        """Shows what a press here would begin."""
        from netdesigner.ui.gestures.drag_number import number_at
        from netdesigner.ui.gestures.resize import cursor_of

        found = self._hit(pointer.scene)
        self.canvas_scene.hover(found.node, found.wire)
        if found.port is not None or found.at_end:
            self._show_cursor(Qt.CursorShape.CrossCursor)
        else:
            number = number_at(self.stage, found.node, pointer.scene)
            self.canvas_scene.mark_spot(number.param.name if number is not None else "")
            self._show_cursor(cursor_of(found.part) if number is None else Qt.CursorShape.SizeHorCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if self._gesture is None or event.button() != self._button:
            return
        gesture, self._gesture = self._gesture, None
        self._edge_timer.stop()
        self._show_cursor(None)
        gesture.release(self._pointer(event))
        self.refresh_bounds()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton and not self._space:
            pointer = self._pointer(event)
            self.double_clicked.emit(pointer, self._hit(pointer.scene))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self._gesture is None:
            self.canvas_scene.hover(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()
        held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        if self._gesture is None and not (
            by_mouse and held
        ):  # the right button cuts wires then, or adds dots
            at = event.pos()
            pointer = Pointer(self.mapToScene(at), at)
            self.menu_wanted.emit(pointer, self._hit(pointer.scene))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            from netdesigner.ui.gestures.drag_number import number_at

            at = self.mapToScene(event.pos())
            found = self._hit(at)
            number = None if found.port is not None else number_at(self.stage, found.node, at)
            tip = tip_of(found) if number is None else number.tip
            QToolTip.showText(event.globalPos(), plain_tip(tip), self.viewport())
            return True
        return super().viewportEvent(event)

    def _show_cursor(self, shape: Qt.CursorShape | None) -> None:
        if self._space and shape is None:
            shape = Qt.CursorShape.OpenHandCursor
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor if shape is None else shape)

    # --------------------------------------------------------------------------------------------------- the edge

    def _edge_step(self, at: QPoint) -> QPoint:
        room = self.viewport().rect()
        across = (at.x() > room.right() - _EDGE_PX) - (at.x() < room.left() + _EDGE_PX)
        down = (at.y() > room.bottom() - _EDGE_PX) - (at.y() < room.top() + _EDGE_PX)
        return QPoint(across * _EDGE_STEP_PX, down * _EDGE_STEP_PX)

    def _watch_edge(self, at: QPoint) -> None:
        """Pans on while something is held at the edge of the view."""
        pans = self._gesture is not None and self._gesture.pans_at_edge and not self._edge_step(at).isNull()
        if pans and not self._edge_timer.isActive():
            self._edge_timer.start()
        elif not pans:
            self._edge_timer.stop()

    def _scroll_at_edge(self) -> None:
        if self._gesture is None or self._last is None:
            self._edge_timer.stop()
            return
        step = self._edge_step(self._last.view)
        self.scroll_by(step.x(), step.y())
        self._last = Pointer(self.mapToScene(self._last.view), self._last.view, self._last.modifiers)
        self._gesture.move(self._last)

    # ------------------------------------------------------------------------------------------------------- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            if not event.isAutoRepeat() and not self._space:
                self._space, self._space_used = True, self._gesture is not None
                self._show_cursor(None)
            event.accept()
        else:
            event.ignore()  # what keys do otherwise are actions; a view without scroll bars has no use for any

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat() and self._space:
            self._space = False
            self._show_cursor(None)
            if not self._space_used:
                self.space_tapped.emit()
            event.accept()
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_keys = (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
            Qt.FocusReason.ShortcutFocusReason,
        )
        self._show_focus(event.reason() in by_keys)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._space = False
        self._show_focus(False)
        super().focusOutEvent(event)

    def _show_focus(self, ring: bool) -> None:
        """A ring where the keyboard led here; the pointer shows by itself where it is."""
        color = self._theme.accent if ring else "transparent"
        sheet = f"#canvas_view {{ border: 2px solid {color}; }}"
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)

    # ---------------------------------------------------------------------------------------------- drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        from netdesigner.ui.gestures.drop import Drop, kind_in

        kind = kind_in(event.mimeData())
        if not kind:
            event.ignore()
            return
        self._end_drop()
        self._drop = Drop(self.stage, kind)
        self._drop.move(self.mapToScene(event.position().toPoint()), event.modifiers())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._drop is None:
            event.ignore()
            return
        self._drop.move(self.mapToScene(event.position().toPoint()), event.modifiers())
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._end_drop()
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        drop, self._drop = self._drop, None
        if drop is None:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        drop.drop(self.mapToScene(event.position().toPoint()), event.modifiers())
        self.refresh_bounds()
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def _end_drop(self) -> None:
        if self._drop is not None:
            self._drop.leave()
            self._drop = None
