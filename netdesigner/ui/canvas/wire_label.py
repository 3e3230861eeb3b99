"""The shapes on wires: in one line, in small letters, in two lines with the wire between them, or not at all.

Room is looked for when a label is first seen, or asked for: a canvas of a thousand wires, seen from afar, shows none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from netdesigner.checks import TracedNode
from netdesigner.ui.canvas.card_style import CardStyle
from netdesigner.ui.canvas.metrics import LINE_PX
from netdesigner.ui.canvas.route import Obstacles, Route
from netdesigner.ui.canvas.words import wire_text
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.ui.canvas.scene import CanvasScene
    from netdesigner.ui.canvas.wire_item import WireItem

__all__ = ["Label", "LabelForm", "WireLabels", "halves"]

_ZOOM = 0.6
"""From this zoom on a label can be read."""
_CLEAR_PX = 4
"""How far a label stays away from nodes beside it."""
_REACH_PX = 240
"""How far from the middle of its wire the longest label may reach."""
_PAD_PX = 2
_ABOVE_PX = 11
"""How far above a level wire a label in one line stands; on a steep one it stands on the wire."""


class LabelForm(NamedTuple):
    """How a label is written.

    Attributes:
        halved: in two lines, above and below the wire.
        tiny: in small letters.
    """

    halved: bool = False
    tiny: bool = False


_FORMS = (LabelForm(), LabelForm(tiny=True), LabelForm(halved=True), LabelForm(halved=True, tiny=True))
"""What is tried in turn where a wire is short."""

_GAP_PX = 2.0
"""Between a line of two and the wire."""


def halves(label: str) -> tuple[str, str]:
    """A shape in two lines: `N×1024×` and `112×112`."""
    parts = label.split("×")
    middle = (len(parts) + 1) // 2
    first, second = "×".join(parts[:middle]), "×".join(parts[middle:])
    return (f"{first}×" if second else first), second


class Label(NamedTuple):
    """What is written on a wire.

    Attributes:
        text: what the wire carries; "" where that is not known.
        form: how it is written.
        box: where.
        free: no node lies there.
    """

    text: str = ""
    form: LabelForm = _FORMS[0]
    box: QRectF = QRectF()
    free: bool = False


class WireLabels:
    """The labels of a scene's wires.

    Args:
        scene: where they are written.
        theme: colours.
        full_detail: write them whatever the zoom.
    """

    def __init__(self, scene: CanvasScene, theme: Theme, full_detail: bool) -> None:
        self._scene = scene
        self._theme = theme
        self._full_detail = full_detail
        self._seen = True
        self._traced: Mapping[str, TracedNode] = {}
        self._obstacles = Obstacles(())

    def follow(self, traced: Mapping[str, TracedNode], obstacles: Obstacles) -> None:
        """Takes what the checks found at each node, and where nodes lie."""
        self._traced, self._obstacles = traced, obstacles

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme

    def set_zoom(self, scale: float) -> None:
        """Takes how near the canvas is."""
        self._seen = self._full_detail or scale >= _ZOOM

    def erase(self, item: WireItem) -> None:
        """Has the place of a label painted again, if it can be seen."""
        if item.known_label is not None:
            self._scene.update(item.known_label.box.adjusted(-2, -2, 2, 2))

    def write(self, item: WireItem) -> None:
        """Has a label painted again, if it can be seen."""
        if self._seen:
            self._scene.update(item.label.box.adjusted(-2, -2, 2, 2))

    def placed(self, item: WireItem) -> Label:
        """What a wire carries, where there is room for it."""
        traced = self._traced.get(item.edge.source)
        source = self._scene.nodes[item.edge.source]
        index = source.port_index("output", item.edge.source_port)
        outputs = traced.outputs if traced and traced.outputs else ()
        text = wire_text(outputs[index]) if 0 <= index < len(outputs) else ""
        if not text:
            return Label()
        crowded = Label(text, _FORMS[0], _label_box(text, _FORMS[0], item.way, self._scene.style_))
        if item.loose:
            return crowded
        for form in _FORMS:
            box = _label_box(text, form, item.way, self._scene.style_)
            room = (box.x() - _CLEAR_PX, box.y(), box.width() + 2 * _CLEAR_PX, box.height())
            if not self._obstacles.hit(room):
                return Label(text, form, box, free=True)
        return crowded

    def paint(self, painter: QPainter, items: Iterable[WireItem], area: QRectF, style: CardStyle) -> None:
        """Writes on each wire what flows through it, where the zoom lets one read it and no node is in the way."""
        if not self._full_detail and painter.worldTransform().m11() < _ZOOM:
            return
        ground = self._theme.color("canvas")
        colors = {"active": style.accent, "error": style.error, "": style.muted}
        near = area.adjusted(-_REACH_PX, -_REACH_PX, _REACH_PX, _REACH_PX)
        for item in items:
            if not near.contains(*item.way.middle) or not item.isVisible():
                continue
            label = item.label
            if label.box.intersects(area) and (label.free or item.selected):
                painter.setPen(colors["active" if item.state == "active" else "error" if item.bad else ""])
                _paint_label(painter, label, style, ground)


def _label_box(label: str, form: LabelForm, way: Route, style: CardStyle) -> QRectF:
    """Where a label stands at the middle of a wire."""
    width_of = style.tiny_width if form.tiny else style.number_width
    x, y = way.middle
    if form.halved:
        width = max(map(width_of, halves(label))) + 2 * _PAD_PX
        return QRectF(x - width / 2, y - LINE_PX, width, 2 * LINE_PX)
    width = width_of(label) + 2 * _PAD_PX
    lift = LINE_PX / 2 + (_ABOVE_PX if way.level else 0)
    return QRectF(x - width / 2, y - lift, width, LINE_PX)


def _paint_label(painter: QPainter, label: Label, style: CardStyle, ground: QColor) -> None:
    """Writes a label in its box, on the colour of the canvas, so that wires behind it do not disturb."""
    text, form, box, _ = label
    painter.setFont(style.tiny_font if form.tiny else style.number_font)
    if not form.halved:
        painter.fillRect(box, ground)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        return
    half = box.height() / 2 - _GAP_PX
    for half_text, top in zip(halves(text), (box.top(), box.center().y() + _GAP_PX), strict=True):
        line = QRectF(box.left(), top, box.width(), half)
        painter.fillRect(line, ground)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, half_text)
