"""The plots among previews: points as a line or dots, and several lines with a legend."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from netdesigner.parts.preview import Curves, Line, Signal
from netdesigner.ui.legend import Entry, Legend
from netdesigner.ui.plot import PlotArea
from netdesigner.ui.theme import Theme

__all__ = ["PreviewPlot"]

_WIDTH_PX, _HEIGHT_PX = 376, 260
"""Two have room side by side below the canvas of a window of 1280 × 800."""
_DOT_PX = 6
_ROOM = 0.05
"""What is seen beyond 0 and 1, so that lines along the edge are seen, and their numbers."""


class PreviewPlot(QWidget):
    """Lines or dots over the axes that they need, and what each is where there are several.

    Args:
        preview: what is drawn.
        theme: its colours.
    """

    def __init__(self, preview: Signal | Curves, theme: Theme) -> None:
        super().__init__()
        self._preview = preview
        several = isinstance(preview, Curves)
        self._lines = preview.lines if several else (Line("", preview.x, preview.y, preview.dots),)
        self._legend = Legend() if several else None
        self.area = PlotArea(theme, preview.x_title, preview.y_title)
        self.area.box.setMouseEnabled(x=False, y=False)
        self.area.setMinimumWidth(240)
        self.area.setFixedHeight(_HEIGHT_PX)
        self._drawn: list[pg.GraphicsObject] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.area)
        if self._legend is not None:
            layout.addWidget(self._legend)
        if several and preview.unit:
            self.area.box.setRange(xRange=(-_ROOM, 1 + _ROOM), yRange=(-_ROOM, 1 + _ROOM), padding=0.0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._draw(theme)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH_PX, super().sizeHint().height())

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self.area.set_theme(theme)
        self._draw(theme)

    def _draw(self, theme: Theme) -> None:
        for item in self._drawn:
            self.area.box.removeItem(item)
        self._drawn = []
        if self._preview.ideal:
            self._draw_diagonal(theme)
        colors = [theme.curves[index % len(theme.curves)] for index in range(len(self._lines))]
        for line, color in zip(self._lines, colors, strict=True):
            self._draw_line(line, color)
        if self._legend is not None:
            rows = zip(colors, self._lines, strict=True)
            self._legend.show_entries([Entry(color, line.dots, line.name) for color, line in rows])

    def _draw_diagonal(self, theme: Theme) -> None:
        values = [v for line in self._lines for v in (*line.x, *line.y) if math.isfinite(v)]
        if values:
            ends = [min(values), max(values)]
            dashes = pg.mkPen(theme.muted, width=1, style=Qt.PenStyle.DashLine)
            self._add(pg.PlotCurveItem(ends, ends, pen=dashes))

    def _draw_line(self, line: Line, color: str) -> None:
        alone = isinstance(self._preview, Signal)
        if not (alone and line.dots):
            style = Qt.PenStyle.DashLine if line.dots else Qt.PenStyle.SolidLine
            pen = pg.mkPen(color, width=1.5, style=style)
            self._add(pg.PlotCurveItem([*line.x], [*line.y], pen=pen, connect="finite"))
        if line.dots:
            brush = pg.mkColor(color)
            brush.setAlphaF(0.6 if alone else 1.0)
            self._add(pg.ScatterPlotItem([*line.x], [*line.y], size=_DOT_PX, pen=None, brush=brush))

    def _add(self, item: pg.GraphicsObject) -> None:
        self.area.box.addItem(item)
        self._drawn.append(item)
