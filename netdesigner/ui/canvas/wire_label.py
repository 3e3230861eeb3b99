"""How the shape on a wire is written: in one line, in small letters, or in two lines with the wire between them."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from netdesigner.ui.canvas.card_style import CardStyle
from netdesigner.ui.canvas.metrics import LINE_PX
from netdesigner.ui.canvas.route import Route

__all__ = ["LABEL_FORMS", "LabelForm", "halves", "label_box", "paint_label"]

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


LABEL_FORMS = (LabelForm(), LabelForm(tiny=True), LabelForm(halved=True), LabelForm(halved=True, tiny=True))
"""What is tried in turn where a wire is short."""

_GAP_PX = 2.0
"""Between a line of two and the wire."""


def halves(label: str) -> tuple[str, str]:
    """A shape in two lines: `N×1024×` and `112×112`."""
    parts = label.split("×")
    middle = (len(parts) + 1) // 2
    first, second = "×".join(parts[:middle]), "×".join(parts[middle:])
    return (f"{first}×" if second else first), second


def label_box(label: str, form: LabelForm, way: Route, style: CardStyle) -> QRectF:
    """Where a label stands at the middle of a wire."""
    width_of = style.tiny_width if form.tiny else style.number_width
    x, y = way.middle
    if form.halved:
        width = max(map(width_of, halves(label))) + 2 * _PAD_PX
        return QRectF(x - width / 2, y - LINE_PX, width, 2 * LINE_PX)
    width = width_of(label) + 2 * _PAD_PX
    lift = LINE_PX / 2 + (_ABOVE_PX if way.level else 0)
    return QRectF(x - width / 2, y - lift, width, LINE_PX)


def paint_label(
    painter: QPainter, label: str, form: LabelForm, box: QRectF, style: CardStyle, ground: QColor
) -> None:
    """Writes a label in its box, on the colour of the canvas, so that wires behind it do not disturb.

    Args:
        painter: with the pen that it is written with.
        label, form, box: what is written, how and where.
        style: fonts.
        ground: the colour of the canvas.
    """
    painter.setFont(style.tiny_font if form.tiny else style.number_font)
    if not form.halved:
        painter.fillRect(box, ground)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)
        return
    half = box.height() / 2 - _GAP_PX
    for text, top in zip(halves(label), (box.top(), box.center().y() + _GAP_PX), strict=True):
        line = QRectF(box.left(), top, box.width(), half)
        painter.fillRect(line, ground)
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)
