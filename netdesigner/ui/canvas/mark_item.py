"""Frames and notes on the canvas: a titled area behind the nodes, and a card of plain words."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from netdesigner.document.design import Frame, Note
from netdesigner.session.framing import TITLE_PX
from netdesigner.ui.canvas.card_style import RADIUS_PX, CardStyle, mixed
from netdesigner.ui.canvas.frame_title import TITLE_ABOVE_PX, FrameTitle
from netdesigner.ui.theme import Theme

__all__ = ["FRAME_COLORS", "NOTE_PAD_PX", "MarkItem", "frame_color"]

FRAME_COLORS = ("", "blue", "orange", "green", "purple", "teal", "pink", "violet", "brown")
"""The colours a frame may have, in the order of the theme's curves; the first is neutral."""

NOTE_PAD_PX = 10

_Z_FRAMES = -10.0
_Z_NOTE = -1.0
_MARGIN_PX = 4.0
_EDGE_PX = 5.0
_LEAST_TEXT_ZOOM = 0.3


def frame_color(name: str, theme: Theme) -> QColor:
    """A colour by its name; neutral for one that is not known."""
    if name in FRAME_COLORS[1:]:
        return QColor(theme.curves[FRAME_COLORS.index(name) - 1])
    return theme.color("muted")


class MarkItem(QGraphicsItem):
    """Draws a frame or a note.

    Args:
        mark_id: its id in the design.
        mark: what it shows.
        style: fonts and colours.

    Attributes:
        title: draws the title of a frame; None for a note.
    """

    def __init__(self, mark_id: str, mark: Frame | Note, style: CardStyle) -> None:
        super().__init__()
        self.mark_id = mark_id
        self.mark = mark
        self.selected = False
        self.full_detail = False
        self._style = style
        self.title = FrameTitle(self, style) if self.is_frame else None
        self._set_place()

    # ------------------------------------------------------------------------------------------------- geometry

    @property
    def is_frame(self) -> bool:
        """Whether it is a frame, not a note."""
        return isinstance(self.mark, Frame)

    @property
    def color_name(self) -> str:
        """The name of a frame's colour, one of `FRAME_COLORS` or an unknown one; "" for a note."""
        return self.mark.color if isinstance(self.mark, Frame) else ""

    @property
    def title_text(self) -> str:
        """The title of a frame; "" for a note."""
        return self.mark.title if isinstance(self.mark, Frame) else ""

    def boundingRect(self) -> QRectF:
        above = TITLE_ABOVE_PX if self.is_frame else _MARGIN_PX  # from afar it is taken by its title there
        return self._area().adjusted(-_MARGIN_PX, -above, _MARGIN_PX, _MARGIN_PX)

    def _area(self) -> QRectF:
        return QRectF(0, 0, *self.mark.size)

    def body(self) -> QRectF:
        """Its rectangle on the canvas."""
        return QRectF(*self.mark.at, *self.mark.size)

    def text_area(self, scale: float = 1.0) -> QRectF:
        """The rectangle of its words on the canvas: of a frame its bar, or from afar the room above it.

        Args:
            scale: of the view; 1 at 100 %.
        """
        room = self._area() if self.title is None else self.title.room(scale)
        return room.translated(*self.mark.at)

    def part_at(self, at: QPointF, scale: float) -> str:
        """Which part lies at a point of the canvas.

        Returns:
            "body" where it can be taken: all of a note, the bar and the title of a frame; the sides by which it is
            resized, as "left" or "bottom right"; "" elsewhere. What lies in a frame is ground, on which nodes are
            picked.
        """
        body, reach = self.body(), _EDGE_PX / min(scale, 1.0)
        if at.y() < body.top() - reach and self.text_area(scale).contains(at):
            return "body"
        if not body.adjusted(-reach, -reach, reach, reach).contains(at):
            return ""
        down = _side(at.y(), body.top(), body.bottom(), reach, ("top", "bottom"))
        across = _side(at.x(), body.left(), body.right(), reach, ("left", "right"))
        sides = f"{down} {across}".strip()
        if sides:
            return sides
        return "body" if not self.is_frame or at.y() <= body.top() + TITLE_PX else ""

    def set_mark(self, mark: Frame | Note) -> None:
        """Shows another state of it."""
        if mark != self.mark:
            self.prepareGeometryChange()
            if self.title is not None:
                self.title.prepareGeometryChange()
                self.title.update()
            self.mark = mark
            self._set_place()
            self.update()

    def _set_place(self) -> None:
        self.setPos(QPointF(*self.mark.at))
        if self.title is not None:
            self.title.setPos(self.pos())
        if self.is_frame:  # smaller ones lie in front, so that a frame in a frame can be seen
            area = self.mark.size[0] * self.mark.size[1]
            self.setZValue(_Z_FRAMES + 8.0 / (1.0 + area / 1e5))
        else:
            self.setZValue(_Z_NOTE)

    # ------------------------------------------------------------------------------------------------- looks

    def set_selected(self, selected: bool) -> None:
        """Draws the ring of selection or takes it away."""
        if selected != self.selected:
            self.selected = selected
            self.update()

    def set_style(self, style: CardStyle) -> None:
        """Takes the colours of another theme."""
        self._style = style
        if self.title is not None:
            self.title.set_style(style)
        self.update()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        scale = 1.0 if self.full_detail else option.levelOfDetailFromTransform(painter.worldTransform())
        if isinstance(self.mark, Frame):
            self._paint_frame(painter, self.mark)
        else:
            self._paint_note(painter, self.mark, scale)

    def bar_color(self) -> QColor:
        """The colour behind the title in its bar."""
        theme = self._style.theme
        return mixed(frame_color(self.color_name, theme), theme.color("canvas"), 0.24)

    def _paint_frame(self, painter: QPainter, frame: Frame) -> None:
        style, area = self._style, self._area()
        color, ground = frame_color(frame.color, style.theme), style.theme.color("canvas")
        bar = QRectF(0, 0, area.width(), min(TITLE_PX, area.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(color, ground, 0.1))
        painter.drawRoundedRect(area, RADIUS_PX, RADIUS_PX)
        painter.save()
        painter.setClipRect(bar, Qt.ClipOperation.IntersectClip)
        painter.setBrush(self.bar_color())
        painter.drawRoundedRect(area, RADIUS_PX, RADIUS_PX)
        painter.restore()
        self._paint_outline(painter, area, mixed(color, ground, 0.6))

    def _paint_note(self, painter: QPainter, note: Note, scale: float) -> None:
        style, area = self._style, self._area()
        fill = mixed(style.warning, style.surface, 0.12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(area, 4, 4)
        self._paint_outline(painter, area, mixed(style.warning, style.surface, 0.4), 4)
        if scale < _LEAST_TEXT_ZOOM:
            return
        room = area.adjusted(NOTE_PAD_PX, NOTE_PAD_PX, -NOTE_PAD_PX, -NOTE_PAD_PX)
        painter.save()
        painter.setClipRect(area.adjusted(2, 2, -2, -4), Qt.ClipOperation.IntersectClip)
        painter.setFont(style.note_font)
        painter.setPen(style.text)
        wrapped = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere
        painter.drawText(
            room, int(wrapped | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft), note.text
        )
        painter.restore()

    def _paint_outline(
        self, painter: QPainter, area: QRectF, color: QColor, radius: float = RADIUS_PX
    ) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._style.ring_pen if self.selected else QPen(color, 1))
        painter.drawRoundedRect(area, radius, radius)


def _side(value: float, low: float, high: float, reach: float, names: tuple[str, str]) -> str:
    """Which end of a range a value is near, if any; the nearer one where the range is short."""
    distances: Mapping[str, float] = {names[0]: abs(value - low), names[1]: abs(value - high)}
    nearest = min(distances, key=distances.__getitem__)
    return nearest if distances[nearest] <= reach else ""
