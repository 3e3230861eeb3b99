"""The title of a frame, drawn over the wires that run through it and behind the nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from netdesigner.session.framing import TITLE_PX
from netdesigner.ui.canvas.card_style import CardStyle

if TYPE_CHECKING:
    from netdesigner.ui.canvas.mark_item import MarkItem

__all__ = ["TITLE_ABOVE_PX", "FrameTitle"]

TITLE_ABOVE_PX = 70.0
"""How far above a frame its title may stand where the zoom is so far that it would be too small in its bar."""

_Z = 1.5
"""Above wires, also those that are lit up, and below nodes."""
_LEFT_PX = 12.0
_PAD_PX = 4.0
_BAR_ZOOM = 0.6


class FrameTitle(QGraphicsItem):
    """Draws the title of a frame in its bar, or from afar larger above it.

    Args:
        frame: whose title it is.
        style: fonts and colours.
    """

    def __init__(self, frame: MarkItem, style: CardStyle) -> None:
        super().__init__()
        self._frame = frame
        self._style = style
        self.setZValue(_Z)

    def set_style(self, style: CardStyle) -> None:
        """Takes other colours."""
        self._style = style
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(0, -TITLE_ABOVE_PX, self._frame.body().width(), TITLE_ABOVE_PX + TITLE_PX)

    def room(self, scale: float) -> QRectF:
        """Where the title may stand at a zoom, from the frame's upper left corner."""
        width = self._frame.body().width()
        if scale >= _BAR_ZOOM:
            return QRectF(0, 0, width, TITLE_PX)
        height = self._letters(scale)[1].height()
        return QRectF(0, -height, width, height)

    def hides(self, at: QPointF, scale: float) -> bool:
        """Whether its words lie over a point of the canvas."""
        return self._ground(*self._words(scale)).contains(at - self.pos())

    def _letters(self, scale: float) -> tuple[QFont, QFontMetricsF]:
        if scale >= _BAR_ZOOM:
            return self._style.title_font, self._style.metrics["title"]
        chosen = self._style.far_font(scale)
        return chosen, self._style.far_metrics[chosen.pixelSize()]

    def _words(self, scale: float) -> tuple[str, QRectF]:
        """What is written, and where."""
        room, (_, metrics) = self.room(scale), self._letters(scale)
        if scale >= _BAR_ZOOM:
            room.adjust(_LEFT_PX, 0, -_LEFT_PX, 0)
        title = " ".join(self._frame.title_text.split())
        words = metrics.elidedText(title, Qt.TextElideMode.ElideRight, room.width())
        room.setWidth(metrics.horizontalAdvance(words))
        return words, room

    def _ground(self, words: str, room: QRectF) -> QRectF:
        return room.adjusted(-_PAD_PX, 2, _PAD_PX, -2) if words else QRectF()

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        frame, style = self._frame, self._style
        scale = 1.0 if frame.full_detail else option.levelOfDetailFromTransform(painter.worldTransform())
        words, room = self._words(scale)
        canvas = style.theme.color("canvas")
        painter.fillRect(self._ground(words, room), frame.bar_color() if scale >= _BAR_ZOOM else canvas)
        painter.setFont(self._letters(scale)[0])
        painter.setPen(style.text)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextDontClip
        painter.drawText(room, int(flags), words)
