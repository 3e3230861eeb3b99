"""The whole network in small, in the corner of the canvas: where one is, and a way to go elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform, QWheelEvent
from PySide6.QtWidgets import QWidget

from netdesigner.ui.canvas.card_style import mixed
from netdesigner.ui.canvas.mark_item import frame_color
from netdesigner.ui.canvas.navigation import Navigation
from netdesigner.ui.canvas.node_item import NodeItem
from netdesigner.ui.theme import Theme

__all__ = ["Minimap"]

_SIZE = QSize(184, 120)
_MARGIN_PX = 12
_PAD_PX = 6
_WAIT_MS = 100
_LEAST_VIEW = QSize(480, 280)
_LEAST_NODE_PX = 2.0
_NOTCH = 120.0
_STEP = 1.25


class Minimap(QWidget):
    """Paints one rectangle a node, at most ten times a second; hidden while the view shows all.

    Dragging pans, the wheel zooms. Nodes have the colour of their category, or of their worst problem; selected ones
    have a ring.

    Args:
        view: the view, whose child it becomes.
        theme: its colours.
    """

    def __init__(self, view: Navigation, theme: Theme) -> None:
        super().__init__(view)
        self.setObjectName("minimap")
        self.setAccessibleName("Minimap")
        self.setToolTip("Drag to go elsewhere, turn the wheel to zoom")
        self.setFixedSize(_SIZE)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._view = view
        self._scene = view.canvas_scene
        self._theme = theme
        self._wanted = False
        self._held: QRectF | None = None
        self._content = QRectF()
        self._stale = True
        self._drawn: tuple[QTransform, QPixmap] | None = None
        self._colors: dict[str, QColor] = {}
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._timer.timeout.connect(self.refresh)
        for bar in (view.horizontalScrollBar(), view.verticalScrollBar()):
            bar.valueChanged.connect(self.request)
        view.zoomed.connect(self.request)
        view.resized.connect(self.request)
        self._scene.selection_changed.connect(self.request_anew)
        self._scene.rested.connect(self.request_anew)
        self.hide()

    def set_wanted(self, wanted: bool) -> None:
        """Shows it wherever not all of the network is seen, or never."""
        self._wanted = wanted
        self.refresh()

    def request_anew(self) -> None:
        """Nodes may look different: draws them again soon."""
        self._stale = True
        self.request()

    def request(self) -> None:
        """Another part of the canvas is seen: paints soon, however often this is called."""
        if self._wanted and not self._timer.isActive():
            self._timer.start()

    def refresh(self) -> None:
        """Takes its place, or none, and paints."""
        self._timer.stop()
        size = self._view.size()
        fits = size.width() < _LEAST_VIEW.width() or size.height() < _LEAST_VIEW.height()
        if self._stale:
            self._stale, self._drawn = False, None
            self._content = self._scene.bounds()
        hidden = fits or self._content.isEmpty() or self._sight().contains(self._content)
        self.setVisible(self._wanted and (not hidden or self._held is not None))
        self.move(_MARGIN_PX, size.height() - self.height() - _MARGIN_PX)
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self._colors = {}
        self._drawn = None
        self.update()

    # ----------------------------------------------------------------------------------------------------- places

    def _sight(self) -> QRectF:
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()

    def _area(self) -> QRectF:
        """What of the canvas is shown; the same all through a drag, so that it does not shift under the pointer."""
        return self._held or self._content.united(self._sight())

    def _to_map(self) -> QTransform:
        """Leads from the canvas to the minimap."""
        area, middle = self._area(), QRectF(self.rect()).center()
        room = self.rect().adjusted(_PAD_PX, _PAD_PX, -_PAD_PX, -_PAD_PX)
        scale = min(room.width() / area.width(), room.height() / area.height())
        center = area.center()
        return QTransform(
            scale, 0, 0, scale, middle.x() - scale * center.x(), middle.y() - scale * center.y()
        )

    def place_of(self, at: QPointF) -> QPointF:
        """Where a point of the canvas is in the minimap."""
        return self._to_map().map(at)

    # ----------------------------------------------------------------------------------------------------- events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = self._area()
            self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self._go(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = None
            self.request()

    def _go(self, at: QPointF) -> None:
        self._view.is_fitted = False
        self._view.centerOn(self._to_map().inverted()[0].map(at))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        self._view.set_zoom(self._view.zoom * _STEP ** (event.angleDelta().y() / _NOTCH))

    # ---------------------------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, to_map = self._theme, self._to_map()
        if self._drawn is None or self._drawn[0] != to_map:
            self._drawn = (to_map, self._draw(to_map))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._drawn[1])
        painter.setPen(QPen(theme.color("text", 0.75), 1.5))
        painter.drawRect(
            to_map.mapRect(self._sight()).intersected(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        )
        painter.end()

    def _draw(self, to_map: QTransform) -> QPixmap:
        """All but what is seen, which changes with every step of the view."""
        theme = self._theme
        found = QPixmap(self.size() * self.devicePixelRatioF())
        found.setDevicePixelRatio(self.devicePixelRatioF())
        found.fill(Qt.GlobalColor.transparent)
        painter = QPainter(found)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(theme.color("surface", 0.94))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        for mark in self._scene.marks.items.values():
            color = frame_color(mark.color_name, theme) if mark.is_frame else theme.color("warning")
            painter.fillRect(to_map.mapRect(mark.body()), mixed(color, theme.color("surface"), 0.22))
        for item in self._scene.nodes.values():
            painter.fillRect(_at_least(to_map.mapRect(item.body())), self._color(item))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("accent"), 1.5))
        for node_id in self._scene.selection:
            box = _at_least(to_map.mapRect(self._scene.nodes[node_id].body()))
            painter.drawRect(box.adjusted(-1, -1, 1, 1))
        painter.end()
        return found

    def _color(self, item: NodeItem) -> QColor:
        name = item.card.severity or item.card.category
        if name not in self._colors:
            theme = self._theme
            of_category = mixed(theme.category(name), theme.color("surface"), 0.6)
            self._colors[name] = theme.color(name) if item.card.severity else of_category
        return self._colors[name]


def _at_least(box: QRectF) -> QRectF:
    """A rectangle that can still be seen."""
    return QRectF(box.x(), box.y(), max(_LEAST_NODE_PX, box.width()), max(_LEAST_NODE_PX, box.height()))
