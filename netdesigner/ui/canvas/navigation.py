"""Zooming and panning over a dotted ground."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QNativeGestureEvent,
    QPainter,
    QPen,
    QPolygonF,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from netdesigner.ui.canvas.scene import CanvasScene
from netdesigner.ui.theme import Theme

__all__ = ["LARGEST_ZOOM", "SMALLEST_ZOOM", "Navigation"]

SMALLEST_ZOOM = 0.05
LARGEST_ZOOM = 3.0
_DOTS_PX = 24.0
_DOTS_FROM = 0.4
_FIT_MARGIN_PX = 40
_STEP = 1.25
_WHEEL_NOTCH = 120.0


class Navigation(QGraphicsView):
    """A view that zooms at the pointer and pans without scroll bars.

    Attributes:
        is_fitted: it shows all nodes and keeps doing so in another size, until somebody zooms, pans or edits.

    Signals:
        zoomed: the zoom is another one, 1 being 100 %.
        resized: the view is larger or smaller than before.

    Args:
        scene: what is seen.
        theme: colours of the ground.
    """

    zoomed = Signal(float)
    resized = Signal()

    def __init__(self, scene: CanvasScene, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.setViewport(
            QWidget()
        )  # one that Qt makes itself costs 10 ms, in which Python learns of all widgets
        self.canvas_scene = scene
        self._theme = theme
        self._content = QRectF()
        self.is_fitted = False
        self._held: tuple[QPointF, tuple[int, int]] | None = None
        self._dotted = True
        self._dots_made: tuple[tuple[int, int, float], QPolygonF] = ((0, 0, 0.0), QPolygonF())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.BoundingRectViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragMode(QGraphicsView.DragMode.NoDrag)
        self.refresh_bounds()

    # ---------------------------------------------------------------------------------------------------- bounds

    def refresh_bounds(self) -> None:
        """Lets the view reach one view's width beyond all nodes, and no farther."""
        self._content = self.canvas_scene.bounds()
        self._set_reach()

    def _set_reach(self) -> None:
        across = max(200.0, self.viewport().width() / self.zoom)
        down = max(200.0, self.viewport().height() / self.zoom)
        self.setSceneRect(self._content.adjusted(-across, -down, across, down))

    def resizeEvent(self, event: QResizeEvent) -> None:
        held = self._held if self._held is not None and self._held[1] == self._scrolled() else None
        super().resizeEvent(event)
        self._set_reach()
        if self.is_fitted:
            self.fit()
        elif held is not None:
            self.hold(held[0])
        self.resized.emit()

    def hold(self, center: QPointF) -> None:
        """Puts a place into the middle, also of a view that gets its size later, until somebody moves it."""
        self.centerOn(center)
        self._held = center, self._scrolled()

    def _scrolled(self) -> tuple[int, int]:
        return self.horizontalScrollBar().value(), self.verticalScrollBar().value()

    # ------------------------------------------------------------------------------------------------------ zoom

    @property
    def zoom(self) -> float:
        """The zoom, 1 at 100 %."""
        return self.transform().m11()

    def set_zoom(self, scale: float, anchor: QPoint | None = None) -> None:
        """Zooms so that what lies at a point of the view stays there; at its middle if None."""
        self.is_fitted = False
        scale = min(LARGEST_ZOOM, max(SMALLEST_ZOOM, scale))
        if math.isclose(scale, self.zoom, rel_tol=1e-6):
            return
        at = anchor if anchor is not None else self.viewport().rect().center()
        kept = self._precise(at)
        self.setTransform(QTransform.fromScale(scale, scale))
        self._set_reach()
        shift = self.viewportTransform().map(kept) - QPointF(at)
        self.scroll_by(round(shift.x()), round(shift.y()))
        self.canvas_scene.set_zoom(scale)
        self.zoomed.emit(scale)

    def _precise(self, at: QPoint) -> QPointF:
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(QPointF(at))

    def scroll_by(self, across: int, down: int) -> None:
        """Moves the view over the canvas by some pixels."""
        self.is_fitted = False
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + across)
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + down)

    def zoom_in(self) -> None:
        """One step closer."""
        self.set_zoom(self.zoom * _STEP)

    def zoom_out(self) -> None:
        """One step farther."""
        self.set_zoom(self.zoom / _STEP)

    def zoom_reset(self) -> None:
        """To 100 %."""
        self.set_zoom(1.0)

    def fit(self, node_ids: Iterable[str] | None = None, closest: float = 1.0) -> None:
        """Shows all nodes, or some, as large as they fit but no larger than `closest`."""
        self.refresh_bounds()
        self.fit_box(self.canvas_scene.bounds(node_ids), closest)
        self.is_fitted = node_ids is None and not self.canvas_scene.bounds().isEmpty()

    def fit_box(self, box: QRectF, closest: float = 1.0) -> None:
        """Shows a rectangle of the canvas, as large as it fits but no larger than `closest`."""
        if box.isEmpty():
            self.set_zoom(1.0)
            self.centerOn(self._content.center())
            return
        size = self.viewport().size()
        across = max(1, size.width() - 2 * _FIT_MARGIN_PX) / box.width()
        down = max(1, size.height() - 2 * _FIT_MARGIN_PX) / box.height()
        self.set_zoom(min(across, down, closest))
        self.centerOn(box.center())

    def show_nodes(self, node_ids: Iterable[str]) -> None:
        """Pans as little as it takes to see nodes; the zoom stays unless they could not be read."""
        box = self.canvas_scene.bounds(node_ids)
        if box.isEmpty():
            return
        if self.zoom < 0.5:
            self.set_zoom(0.8)
        sight = self.mapToScene(self.viewport().rect()).boundingRect()
        if not sight.adjusted(24, 24, -24, -24).contains(box):
            self.is_fitted = False
            self.centerOn(box.center())

    # --------------------------------------------------------------------------------------------------- devices

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel zooms at the pointer; two fingers on a touchpad pan; Shift turns a wheel into panning sideways."""
        event.accept()
        angle, pixels = event.angleDelta(), event.pixelDelta()
        turned = angle.y() or angle.x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom_by(turned, event.position())
        elif event.phase() != Qt.ScrollPhase.NoScrollPhase:
            step = pixels if not pixels.isNull() else angle
            self.scroll_by(-step.x(), -step.y())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.scroll_by(-turned, 0)
        else:
            self._zoom_by(turned, event.position())

    def _zoom_by(self, turned: float, at: QPointF) -> None:
        self.set_zoom(self.zoom * _STEP ** (turned / _WHEEL_NOTCH), at.toPoint())

    def viewportEvent(self, event: QEvent) -> bool:
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            self.set_zoom(self.zoom * (1 + event.value()), event.position().toPoint())
            return True
        return super().viewportEvent(event)

    # ---------------------------------------------------------------------------------------------------- ground

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:
        painter.fillRect(rect, self._theme.color("canvas"))
        scale = self.zoom
        if not self._dotted or scale < _DOTS_FROM:
            return
        step = _DOTS_PX if scale >= 0.7 else 2 * _DOTS_PX
        pen = QPen(self._theme.color("grid"), 2.0)
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.SquareCap)
        painter.setPen(pen)
        painter.setRenderHint(
            QPainter.RenderHint.Antialiasing, False
        )  # several times as fast, and dots are dots
        columns = range(math.floor(rect.left() / step), math.ceil(rect.right() / step) + 1)
        rows = range(math.floor(rect.top() / step), math.ceil(rect.bottom() / step) + 1)
        painter.translate(columns.start * step, rows.start * step)
        painter.drawPoints(self._dots(len(columns), len(rows), step))
        painter.translate(-columns.start * step, -rows.start * step)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def set_dotted(self, dotted: bool) -> None:
        """Draws the dots of the grid, or leaves them out."""
        if dotted != self._dotted:
            self._dotted = dotted
            self.viewport().update()

    def _dots(self, columns: int, rows: int, step: float) -> QPolygonF:
        """The dots of a rectangle; those of the last one are kept, as most are of the same size."""
        key = (columns, rows, step)
        if self._dots_made[0] != key:
            points = [QPointF(x * step, y * step) for x in range(columns) for y in range(rows)]
            self._dots_made = (key, QPolygonF(points))
        return self._dots_made[1]

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self.canvas_scene.set_theme(theme)
        self.viewport().update()
