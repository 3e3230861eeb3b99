"""A small picture of how the learning rate moves over the training."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from netdesigner.session.rates import PlannedRates
from netdesigner.ui import formats
from netdesigner.ui.labels import plain_tip
from netdesigner.ui.theme import Theme, font

__all__ = ["RateSketch"]

_HEIGHT_PX = 104
_ROOM_PX = 8.0
_SOFT = 0.14


class RateSketch(QWidget):
    """Draws the learning rate from the first epoch to the last, with its highest value and the epochs in words.

    Args:
        theme: its colours.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._planned: PlannedRates | None = None
        self.setObjectName("rate_sketch")
        self.setFixedHeight(_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self.update()

    def show_planned(self, planned: PlannedRates | None) -> None:
        """Shows other rates; nothing is seen where there are none."""
        self._planned = planned
        self.setVisible(planned is not None)
        self.setAccessibleName(self.told())
        self.setToolTip(plain_tip(self.told()))
        self.update()

    def told(self) -> str:
        """What is drawn, in a sentence."""
        if self._planned is None:
            return ""
        rates = self._planned.rates
        first, most, last = (formats.number_short(rate) for rate in (rates[0], max(rates), rates[-1]))
        over = f"The learning rate over {formats.plural(self._planned.epochs, 'epoch')}"
        moves = (
            f"{most} throughout" if min(rates) == max(rates) else f"from {first}, {most} at most, to {last}"
        )
        depends = "; it falls where results no longer improve" if self._planned.depends else ""
        return f"{over}: {moves}{depends}"

    def paintEvent(self, event: QPaintEvent) -> None:
        planned = self._planned
        if planned is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = font(11)
        painter.setFont(small)
        line_px = QFontMetricsF(small).height()
        whole = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(self._theme.border), 1))
        painter.setBrush(QColor(self._theme.surface))
        painter.drawRoundedRect(whole, 4, 4)
        room = whole.adjusted(_ROOM_PX, _ROOM_PX + line_px, -_ROOM_PX, -_ROOM_PX - line_px)
        self._draw_curve(painter, room)
        painter.setPen(QColor(self._theme.muted))
        words = QRectF(room.left(), whole.top() + _ROOM_PX / 2, room.width(), line_px)
        top, left = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, top | left, formats.number_short(max(planned.rates)))
        if planned.depends:
            painter.drawText(words, top | Qt.AlignmentFlag.AlignRight, "lower where results stay")
        words.moveTop(whole.bottom() - _ROOM_PX / 2 - line_px)
        painter.drawText(words, top | left, "epoch 1")
        painter.drawText(words, top | Qt.AlignmentFlag.AlignRight, formats.count(planned.epochs))

    def _draw_curve(self, painter: QPainter, room: QRectF) -> None:
        planned, color = self._planned, QColor(self._theme.curves[0])
        assert planned is not None
        highest, end = max(planned.rates), max(planned.places[-1], 1e-9)
        points = [
            QPointF(room.left() + room.width() * place / end, room.bottom() - room.height() * rate / highest)
            for place, rate in zip(planned.places, planned.rates, strict=True)
        ]
        if len(points) == 1:
            points.append(QPointF(room.right(), points[0].y()))
        soft = QColor(color)
        soft.setAlphaF(_SOFT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(soft)
        painter.drawPolygon(QPolygonF([*points, room.bottomRight(), room.bottomLeft()]))
        style = Qt.PenStyle.DashLine if planned.depends else Qt.PenStyle.SolidLine
        painter.setPen(QPen(color, 1.8, style))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(QPen(QColor(self._theme.strong_border), 1))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
