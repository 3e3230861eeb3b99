"""The signs of problems: a disc for an error, a triangle for a warning, a tick for all well.

Their shapes differ, so that they can be told apart without colour.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from netdesigner.ui.theme import Theme

__all__ = ["badge_icon", "badge_sign", "paint_badge"]


def badge_sign(theme: Theme) -> QColor:
    """The colour of what is written on a sign."""
    return QColor("#16181c") if theme.dark else QColor("#ffffff")


def paint_badge(
    painter: QPainter, severity: str, center: QPointF, radius: float, color: QColor, sign: QColor
) -> None:
    """Paints the sign of a severity.

    Args:
        painter: with antialiasing on.
        severity: "error", "warning", or anything else for the tick.
        center, radius: where and how large.
        color: of the sign's body.
        sign: of what is written on it.
    """
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    if severity == "warning":
        painter.drawPath(_triangle(center, radius))
    else:
        painter.drawEllipse(center, radius, radius)
    pen = QPen(sign, radius * 0.25, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    if severity in ("error", "warning"):
        _paint_mark(painter, center + QPointF(0, radius * 0.12 if severity == "warning" else 0), radius)
    else:
        _paint_tick(painter, center, radius)
    painter.restore()


def _triangle(center: QPointF, radius: float) -> QPainterPath:
    """A triangle with round corners."""
    path = QPainterPath()
    top = center + QPointF(0, -radius)
    right, left = (
        center + QPointF(radius * 1.1, radius * 0.85),
        center + QPointF(-radius * 1.1, radius * 0.85),
    )
    corners = [left, top, right]
    for index, corner in enumerate(corners):
        before, after = corners[index - 1], corners[(index + 1) % 3]
        start, end = corner + (before - corner) * 0.14, corner + (after - corner) * 0.14
        if index == 0:
            path.moveTo(start)
        else:
            path.lineTo(start)
        path.quadTo(corner, end)
    path.closeSubpath()
    return path


def _paint_mark(painter: QPainter, center: QPointF, radius: float) -> None:
    painter.drawLine(center + QPointF(0, -radius * 0.48), center + QPointF(0, radius * 0.08))
    painter.drawPoint(center + QPointF(0, radius * 0.5))


def _paint_tick(painter: QPainter, center: QPointF, radius: float) -> None:
    points = [QPointF(-0.42, 0.02), QPointF(-0.1, 0.34), QPointF(0.44, -0.3)]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF([center + point * radius for point in points]))


def badge_icon(severity: str, theme: Theme, size_px: int = 16) -> QIcon:
    """The sign of a severity ("error", "warning", "success") as an icon, sharp at 100 % and 200 %."""
    icon = QIcon()
    sign = badge_sign(theme)
    for ratio in (1, 2, 3):
        pixmap = QPixmap(size_px * ratio, size_px * ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(ratio, ratio)
        middle = QRectF(0, 0, size_px, size_px).center()
        paint_badge(painter, severity, middle, size_px / 2 - 1, theme.color(severity), sign)
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        icon.addPixmap(pixmap)
    return icon
