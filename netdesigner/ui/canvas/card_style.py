"""The fonts, pens and colours of cards, worked out once for a theme."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainterPath, QPen

from netdesigner.ui.canvas.badge import badge_sign
from netdesigner.ui.canvas.metrics import CARD_WIDTH_PX
from netdesigner.ui.icons import glyph
from netdesigner.ui.theme import Theme, font

__all__ = ["CLOSE_PX", "NAME_PX", "RADIUS_PX", "SIGN_PX", "SMALL_PX", "CardStyle", "mixed"]

NAME_PX = 13
SMALL_PX = 11
TINY_PX = 9
"""Of a label that has no room otherwise."""
CLOSE_PX = 7
"""What can be read only where the canvas is seen from close up."""
SIGN_PX = 15
TITLE_FONT_PX = 15
NOTE_FONT_PX = 13
RADIUS_PX = 7
FAR_NAME_PX = (16, 20, 26, 34)
"""Sizes of the name where a card is seen from afar and shows nothing else."""


def mixed(color: QColor, ground: QColor, share: float) -> QColor:
    """A colour over another one with an opacity, as one opaque colour."""
    pairs = ((color.red(), ground.red()), (color.green(), ground.green()), (color.blue(), ground.blue()))
    red, green, blue = (round(above * share + below * (1 - share)) for above, below in pairs)
    return QColor(red, green, blue)


def _canvas_font(size_px: int, weight: QFont.Weight, tabular: bool = False) -> QFont:
    chosen = font(size_px, weight)
    chosen.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if tabular:
        chosen.setFeature(QFont.Tag("tnum"), 1)
    return chosen


class CardStyle:
    """What painting a card takes from the theme; shared by all cards of a scene."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.name_font = _canvas_font(NAME_PX, QFont.Weight.DemiBold)
        self.small_font = _canvas_font(SMALL_PX, QFont.Weight.Normal)
        self.strong_font = _canvas_font(SMALL_PX, QFont.Weight.DemiBold)
        self.number_font = _canvas_font(SMALL_PX, QFont.Weight.Normal, tabular=True)
        self.tiny_font = _canvas_font(TINY_PX, QFont.Weight.Normal, tabular=True)
        self.close_font = _canvas_font(CLOSE_PX, QFont.Weight.Normal, tabular=True)
        self.far_fonts = tuple(_canvas_font(size, QFont.Weight.DemiBold) for size in FAR_NAME_PX)
        self.title_font = _canvas_font(TITLE_FONT_PX, QFont.Weight.DemiBold)
        self.note_font = _canvas_font(NOTE_FONT_PX, QFont.Weight.Normal)
        self.far_metrics = {chosen.pixelSize(): QFontMetricsF(chosen) for chosen in self.far_fonts}
        self.frozen_sign = glyph("frozen", SIGN_PX)
        self.tied_sign = glyph("tied", SIGN_PX)
        self.bypassed_sign = glyph("bypass", SIGN_PX)
        self.metrics: Mapping[str, QFontMetricsF] = {
            "name": QFontMetricsF(self.name_font),
            "small": QFontMetricsF(self.small_font),
            "strong": QFontMetricsF(self.strong_font),
            "number": QFontMetricsF(self.number_font),
            "close": QFontMetricsF(self.close_font),
            "title": QFontMetricsF(self.title_font),
        }
        self.text = theme.color("text")
        self.muted = theme.color("muted")
        self.surface = theme.color("surface")
        self.chip = theme.color("text", 0.09)
        self.accent = theme.color("accent")
        self.error = theme.color("error")
        self.warning = theme.color("warning")
        self.on_badge = badge_sign(theme)
        self.surface_brush = QBrush(self.surface)
        self.border_pen = QPen(theme.color("border"), 1)
        self.strong_pen = QPen(theme.color("strong_border"), 1)
        self.far_pen = QPen(mixed(theme.color("strong_border"), self.surface, 0.5), 1)
        self.far_pen.setCosmetic(True)  # as wide on the screen however small the card is
        self.hover_pen = QPen(theme.color("strong_border"), 1.25)
        self.error_pen = QPen(self.error, 1.25)
        self.hairline_pen = QPen(mixed(theme.color("border"), self.surface, 0.75), 1)
        self.dashed_pen = QPen(theme.color("strong_border"), 1.25, Qt.PenStyle.CustomDashLine)
        self.dashed_pen.setDashPattern([4, 3])
        self.ring_pen = QPen(self.accent, 2)
        self.passing_pen = QPen(theme.color("wire"), 1.75)
        self.port_color = theme.color("wire")
        self.shadow = None if theme.dark else QBrush(QColor(15, 23, 42, 30))
        self._stripes: dict[str, QColor] = {}
        self._widths: dict[str, float] = {}
        self._parts: dict[tuple[float, float, float], QPainterPath] = {}

    def stripe(self, category: str) -> QColor:
        """The colour of a category."""
        if category not in self._stripes:
            self._stripes[category] = self.theme.category(category)
        return self._stripes[category]

    def part(self, height: float, right: float, bottom: float) -> QPainterPath:
        """The part of a card of some height that lies left of and above a point: all of it, a stripe, a header."""
        key = (height, right, bottom)
        if key not in self._parts:
            path = QPainterPath()
            path.addRoundedRect(QRectF(0, 0, CARD_WIDTH_PX, height), RADIUS_PX, RADIUS_PX)
            if right < CARD_WIDTH_PX or bottom < height:
                cut = QPainterPath()
                cut.addRect(QRectF(0, 0, right, bottom))
                path = path.intersected(cut)
            self._parts[key] = path
        return self._parts[key]

    def number_width(self, text: str) -> float:
        """How wide a text in the font of numbers is."""
        if text not in self._widths:
            self._widths[text] = self.metrics["number"].horizontalAdvance(text)
        return self._widths[text]

    def tiny_width(self, text: str) -> float:
        """How wide a text in the font of labels without room is."""
        return self.number_width(text) * TINY_PX / SMALL_PX

    def far_font(self, scale: float) -> QFont:
        """The smallest font in which a name can still be read at a zoom."""
        wanted = 11 / max(scale, 0.01)
        fits = [chosen for chosen in self.far_fonts if chosen.pixelSize() >= wanted]
        return fits[0] if fits else self.far_fonts[-1]
