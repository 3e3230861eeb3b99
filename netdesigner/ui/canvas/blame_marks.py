"""How a clash came about, drawn over the canvas: the way along the wires, the node that began it, where it shows.

Colour is not all that tells it: arrows run along the way, and what arrives is written at the node that began it. Marks
and words are as large on the screen at any zoom.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from netdesigner.checks import Blame
from netdesigner.ui.canvas.card_style import CardStyle
from netdesigner.ui.canvas.diff import WireKey
from netdesigner.ui.canvas.node_item import NodeItem
from netdesigner.ui.canvas.wire_item import WireItem
from netdesigner.ui.canvas.words import wire_text

__all__ = ["BlameMarks", "cause_text"]

_WIDTH_PX = 4.0
_ARROW_PX = 7.0
_BETWEEN_PX = 44.0
_FEWEST_PX = 14.0
"""A way shorter than this on the screen has no arrow."""
_RING_PX = 6.0
_PAD_PX = 6.0
_LIFT_PX = 8.0
_REACH_PX = 480.0


def cause_text(blame: Blame) -> str:
    """What is written at the node that began it: `parts here: N×64×32×32 | N×128×16×16`."""
    if not blame.sides:
        return "begins here"
    shapes = "  |  ".join(dict.fromkeys(wire_text(spec) for spec in blame.sides))
    return f"{'parts' if len(blame.sides) > 1 else 'made'} here: {shapes}"


@dataclass(frozen=True)
class BlameMarks:
    """The marks of one clash.

    Attributes:
        blame: what is shown.
        severity: "error" or "warning", which gives the colour.
    """

    blame: Blame
    severity: str = "error"

    def _paths(self, wires: Mapping[WireKey, WireItem]) -> list[QPainterPath]:
        """How the wires of all ways run."""
        keys = dict.fromkeys((edge, 0) for way in self.blame.ways for edge in way)
        return [wires[key].path() for key in keys if key in wires]

    def paint(
        self,
        painter: QPainter,
        nodes: Mapping[str, NodeItem],
        wires: Mapping[WireKey, WireItem],
        style: CardStyle,
        scale: float,
    ) -> None:
        """Paints over everything else.

        Args:
            painter: in the canvas's coordinates.
            nodes: the nodes that are shown.
            wires: the wires that are shown.
            style: fonts and colours.
            scale: the zoom, 1 at 100 %.
        """
        color = style.error if self.severity == "error" else style.warning
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for path in self._paths(wires):
            _paint_way(painter, path, color, style.surface, scale)
        shows, cause = nodes.get(self.blame.shows), nodes.get(self.blame.cause)
        if shows is not None:
            _paint_ring(painter, shows.body(), color, scale, Qt.PenStyle.SolidLine)
        if cause is not None:
            _paint_ring(painter, cause.body(), color, scale, Qt.PenStyle.DashLine)
            _paint_words(painter, cause.body(), cause_text(self.blame), color, style, scale)
        painter.restore()

    def area(self, nodes: Mapping[str, NodeItem], wires: Mapping[WireKey, WireItem], scale: float) -> QRectF:
        """What of the canvas the marks cover."""
        area = QRectF()
        for path in self._paths(wires):
            area = area.united(path.boundingRect())
        for node_id in (self.blame.shows, self.blame.cause):
            if node_id in nodes:
                area = area.united(nodes[node_id].body())
        reach = _REACH_PX / max(scale, 0.01)
        return area.adjusted(-reach, -reach / 8, reach, reach / 8)

    def words_area(self, nodes: Mapping[str, NodeItem], style: CardStyle) -> QRectF | None:
        """Where the words stand on the canvas at 100 %; None where there are none."""
        cause = nodes.get(self.blame.cause)
        if cause is None:
            return None
        top = cause.body().top() - _LIFT_PX
        return _words_box(cause_text(self.blame), style).translated(cause.body().center().x(), top)


def _paint_way(painter: QPainter, path: QPainterPath, color: QColor, ground: QColor, scale: float) -> None:
    """A thick line with arrows that point to where it shows."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, shade in ((_WIDTH_PX + 3, ground), (_WIDTH_PX, color)):
        pen = QPen(
            shade,
            width / min(scale, 1.0),
            Qt.PenStyle.SolidLine,
            Qt.PenCapStyle.RoundCap,
            Qt.PenJoinStyle.RoundJoin,
        )
        painter.setPen(pen)
        painter.drawPath(path)
    length = path.length() * scale
    if length < _FEWEST_PX:
        return
    painter.setPen(QPen(ground, 1.5))
    painter.setBrush(color)
    count = max(1, int(length // _BETWEEN_PX))
    for index in range(count):
        share = path.percentAtLength((index + 0.5) / count * path.length())
        painter.save()
        painter.translate(path.pointAtPercent(share))
        painter.rotate(-path.angleAtPercent(share))
        painter.scale(1 / scale, 1 / scale)
        back, half = -0.7 * _ARROW_PX, _ARROW_PX
        painter.drawPolygon(
            QPolygonF(
                [QPointF(half * 1.1, 0), QPointF(back, half), QPointF(back * 0.3, 0), QPointF(back, -half)]
            )
        )
        painter.restore()


def _paint_ring(painter: QPainter, body: QRectF, color: QColor, scale: float, line: Qt.PenStyle) -> None:
    reach = _RING_PX / min(scale, 1.0) if scale > 0 else _RING_PX
    reach = min(reach, 24.0)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, 2.5 / min(scale, 1.0), line))
    painter.drawRoundedRect(body.adjusted(-reach, -reach, reach, reach), reach + 6, reach + 6)


def _words_box(text: str, style: CardStyle) -> QRectF:
    """The label around a point above a node, in pixels of the screen."""
    metrics: QFontMetricsF = style.metrics["strong"]
    width, height = metrics.horizontalAdvance(text) + 2 * _PAD_PX, metrics.height() + _PAD_PX
    return QRectF(-width / 2, -height - _LIFT_PX, width, height)


def _paint_words(
    painter: QPainter, body: QRectF, text: str, color: QColor, style: CardStyle, scale: float
) -> None:
    """A label above a node."""
    shrunk = 1 / min(scale, 1.0)
    painter.save()
    painter.translate(body.center().x(), body.top() - _LIFT_PX * shrunk)
    painter.scale(shrunk, shrunk)
    box = _words_box(text, style)
    tail = [QPointF(-5, box.bottom()), QPointF(0, box.bottom() + 6), QPointF(5, box.bottom())]
    outline, peak = QPainterPath(), QPainterPath()
    outline.addRoundedRect(box, 5, 5)
    peak.addPolygon(QPolygonF(tail))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPath(outline.united(peak))
    painter.setFont(style.strong_font)
    painter.setPen(style.on_badge)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
