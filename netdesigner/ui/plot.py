"""One plot: lines over steps with a band of what was smoothed away, dots, and a cursor that reads values.

pyqtgraph draws titles and legends as HTML, so none of them is used: the words stand in plain labels around the plot.
Importing this module imports pyqtgraph, which takes a moment; it is imported when the first plot is needed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QGraphicsItem, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from netdesigner.ui import formats
from netdesigner.ui.labels import ElidedLabel, plain_tip
from netdesigner.ui.series import thin
from netdesigner.ui.theme import Theme, font

if TYPE_CHECKING:
    from netdesigner.ui.series import Series

__all__ = ["Line", "Plot", "PlotArea"]

_AXIS_WIDTH_PX = 48
_AXIS_HEIGHT_PX = 34
_TICK_ROOM_PX = {"left": 24, "right": 24, "bottom": 56, "top": 56}
_DOT_ROOM_PX = 8
"""How far dots must lie apart, so that they are not one thick line."""


@dataclass(frozen=True)
class Line:
    """One series as it is to be drawn.

    Attributes:
        name: in the read-out.
        series: its points.
        color: as the theme says it.
        dots: a dot at each point, joined by a dashed line; else the smoothed line over its band.
        read: whether the read-out tells its value.
        band: whether what was smoothed away is drawn as well.
    """

    name: str
    series: Series
    color: str
    dots: bool = False
    read: bool = True
    band: bool = True


class _Axis(pg.AxisItem):
    """An axis whose ticks never crowd, on logarithmic scales too, and whose numbers are written for people."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        most = max(2.0, size / _TICK_ROOM_PX[self.orientation])
        if not self.logMode:
            step = _step((maxVal - minVal) / most)
            first = math.ceil(minVal / step)
            return [(step, [step * index for index in range(first, math.floor(maxVal / step) + 1)])]
        for digits in ((1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
            decades = range(math.floor(minVal), math.ceil(maxVal) + 1)
            ticks = [decade + math.log10(digit) for decade in decades for digit in digits]
            shown = [tick for tick in ticks if minVal <= tick <= maxVal]
            if len(shown) <= most:
                break
        return [(1.0, shown[:: max(1, math.ceil(len(shown) / most))])]

    def boundingRect(self) -> QRectF:
        """Numbers at the ends of the vertical axis have room above and below it; else they would be left out."""
        room = _TICK_ROOM_PX["left"] / 2 if self.orientation == "left" else 0
        found: QRectF = super().boundingRect()
        return found.adjusted(0, -room, 0, room)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self.logMode:
            return [formats.number_short(10.0**value) for value in values]
        return [formats.number_short(value) if abs(value) > spacing / 2 else "0" for value in values]


def _step(least: float) -> float:
    """The least of 1, 2, 5 times a power of ten that is not below a distance."""
    if least <= 0 or not math.isfinite(least):
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * digit for digit in (1, 2, 5, 10) if power * digit >= least * 0.999)


class PlotArea(pg.GraphicsView):
    """A bare plot in the theme's colours: thin axes and a faint grid; no menu, no buttons, no HTML.

    It is put together from pyqtgraph's view box and axes: the plot that comes with pyqtgraph brings menus and forms
    that are never shown, and outlive it.

    Args:
        theme: its colours.
        x_title, y_title: what the axes show; they never change, so nothing moves while numbers grow.

    Attributes:
        box: what is seen of the plane, in the plot's own units.
        left, bottom: the axes.
    """

    def __init__(
        self, theme: Theme, x_title: str = "", y_title: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self._titles = {"bottom": x_title, "left": y_title}
        self.box = pg.ViewBox(enableMenu=False)
        self.left, self.bottom = _Axis("left"), _Axis("bottom")
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(0, 4, 8, 0)
        layout.layout.setSpacing(0)
        layout.addItem(self.left, 0, 0)
        layout.addItem(self.box, 0, 1)
        layout.addItem(self.bottom, 1, 1)
        self.setCentralItem(layout)
        self.left.setWidth(_AXIS_WIDTH_PX + (16 if y_title else 0))
        self.bottom.setHeight(_AXIS_HEIGHT_PX if x_title else _AXIS_HEIGHT_PX - 14)
        for axis in (self.left, self.bottom):
            axis.linkToView(self.box)
            axis.setStyle(tickLength=-4, tickTextOffset=4, tickFont=font(11))
            axis.enableAutoSIPrefix(False)
            axis.setZValue(-1)
        self.set_theme(theme)

    def add(self, item: QGraphicsItem) -> None:
        """Draws an item; it does not change what is seen."""
        self.box.addItem(item, ignoreBounds=True)

    def remove(self, item: QGraphicsItem) -> None:
        """Takes an item away."""
        self.box.removeItem(item)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self.setBackground(theme.color("surface"))
        for axis, title in ((self.left, self._titles["left"]), (self.bottom, self._titles["bottom"])):
            axis.setGrid(46 if theme.dark else 30)
            axis.setPen(pg.mkPen(theme.color("strong_border"), width=1))
            axis.setTextPen(theme.color("muted"))
            if title:
                axis.setLabel(title, **{"color": theme.muted, "font-size": "11px"})


class _Drawn:
    """The items that draw one line."""

    def __init__(self, area: PlotArea, line: Line) -> None:
        self.line = line
        self._area = area
        color = QColor(line.color)
        thin_px = (
            area.devicePixelRatioF()
        )  # a pen of these lines is as wide on the screen, whatever the scale
        dashes = Qt.PenStyle.DashLine if line.dots else Qt.PenStyle.SolidLine
        main_pen = pg.mkPen(color, width=(1.5 if line.dots else 2) * thin_px, style=dashes)
        self._main = pg.PlotCurveItem(pen=main_pen, connect="finite")
        self._main.setZValue(3 if line.dots else 2)
        faint = QColor(color)
        faint.setAlphaF(0.30)
        self._low = pg.PlotCurveItem(pen=pg.mkPen(faint, width=thin_px), connect="finite")
        self._high = pg.PlotCurveItem(pen=pg.mkPen(faint, width=thin_px), connect="finite")
        soft = QColor(color)
        soft.setAlphaF(0.16)
        self._band = pg.FillBetweenItem(self._low, self._high, brush=soft)
        self._dots = pg.ScatterPlotItem(size=6, pen=None, brush=color)
        self._dots.setZValue(4)
        for item in self._items():
            area.add(item)

    def _items(self) -> tuple[Any, ...]:
        band = () if self.line.dots else (self._band, self._low, self._high)
        return (*band, self._main, self._dots)

    def remove(self) -> None:
        """Takes the items out of the plot."""
        for item in self._items():
            self._area.remove(item)

    def draw(
        self, first: float, last: float, most: int, scale: float, log: bool
    ) -> tuple[float, float] | None:
        """Draws the part between two places.

        Returns:
            The least and the greatest value drawn; None where there is none.
        """
        shown = thin(self.line.series, first, last, most)
        line, low, high = (_scaled(values, scale, log) for values in (shown.line, shown.low, shown.high))
        self._main.setData(shown.x, line)
        if self.line.dots:
            some = len(shown.x) * _DOT_ROOM_PX <= most
            self._dots.setData(shown.x if some else [], line if some else [])
            return _limits(line)
        alone = _alone(line)
        self._dots.setData(shown.x[alone], line[alone])
        thinned = shown.low is not shown.high
        raw = self.line.band and (thinned or self.line.series.smoothing > 0)
        both = self.line.band and thinned
        with QSignalBlocker(self._low):  # the band between the two is worked out once, after the second
            self._low.setData(shown.x if raw else [], low if raw else [])
        self._high.setData(shown.x if both else [], high if both else [])
        return _robust_limits(line, low, high) if self.line.band else _limits(line)


def _scaled(values: np.ndarray, scale: float, log: bool) -> np.ndarray:
    values = np.where(np.isfinite(values), values * scale, np.nan)
    if not log:
        return values
    return np.log10(values, out=np.full(len(values), np.nan), where=values > 0)


def _alone(values: np.ndarray) -> np.ndarray:
    """Which of some values stand between gaps, where no line leads to them: of a curve that not every step gives."""
    finite = np.isfinite(np.concatenate(([np.nan], values, [np.nan])))
    return finite[1:-1] & ~finite[:-2] & ~finite[2:]


def _limits(values: np.ndarray) -> tuple[float, float] | None:
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if len(finite) else None


def _robust_limits(line: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[float, float] | None:
    """All of the smoothed line, and of the band what does not press the line flat."""
    inner = _limits(line)
    lows, highs = low[np.isfinite(low)], high[np.isfinite(high)]
    if inner is None or not len(lows) or not len(highs):
        return inner
    return min(inner[0], float(np.quantile(lows, 0.01))), max(inner[1], float(np.quantile(highs, 0.99)))


def _mark_pen(theme: Theme) -> Any:
    return pg.mkPen(theme.color("strong_border"), width=1, style=Qt.PenStyle.DashLine)


class Plot(QWidget):
    """A plot of some lines over the same steps, with its title and a read-out above it.

    Signals:
        hovered: the step under the mouse, or None once the mouse has left.

    Args:
        title: what is drawn.
        percent: values are shown as per cent.
        theme: its colours.
        can_log: whether the vertical axis may become logarithmic.
    """

    hovered = Signal(object)

    def __init__(
        self, title: str, percent: bool, theme: Theme, can_log: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._percent = percent
        self._can_log = can_log
        self._log = False
        self._lines: list[_Drawn] = []
        self._last = 1.0
        self._fitting = False
        self._at: float | None = None
        self._head = ElidedLabel(parent=self)
        self.set_title(title)
        self._head.setFont(font(12, font().Weight.DemiBold))
        self._read_out = ElidedLabel("", "muted")
        # It takes what the title leaves, be it nothing.
        self._read_out.setMinimumWidth(1)
        self._read_out.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._read_out.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.area = PlotArea(theme, "step")
        self._cursor = pg.InfiniteLine(
            angle=90, movable=False, pen=pg.mkPen(theme.color("strong_border"), width=1)
        )
        self._cursor.setVisible(False)
        self.area.add(self._cursor)
        self._marks: list[Any] = []
        self.area.scene().sigMouseMoved.connect(self._on_mouse)
        box = self.area.box
        box.setMouseEnabled(x=True, y=False)
        box.setLimits(xMin=0)
        box.sigXRangeChanged.connect(self._on_range)
        box.disableAutoRange()
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 0)
        head.setSpacing(8)
        head.addWidget(self._head)
        head.addWidget(self._read_out, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.area, 1)
        self.setMinimumSize(144, 72)

    def set_title(self, title: str) -> None:
        """Says what is drawn."""
        self.title = title
        self._head.setText(f"{title}, %" if self._percent else title)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours; lines get theirs with the next `set_lines`."""
        self.area.set_theme(theme)
        self._cursor.setPen(pg.mkPen(theme.color("strong_border"), width=1))
        for mark in self._marks:
            mark.setPen(_mark_pen(theme))

    def set_log(self, log: bool) -> None:
        """Makes the vertical axis logarithmic or not."""
        self._log = log and self._can_log
        self.area.left.setLogMode(False, self._log)
        self.draw()

    def set_lines(self, lines: tuple[Line, ...]) -> None:
        """Draws other lines."""
        if lines != tuple(drawn.line for drawn in self._lines):
            for drawn in self._lines:
                drawn.remove()
            self._lines = [_Drawn(self.area, line) for line in lines]

    def set_marks(self, steps: Sequence[float], theme: Theme) -> None:
        """Marks steps by a dashed line from top to bottom, as where a phase of the training begins."""
        if [mark.value() for mark in self._marks] == list(steps):
            return
        for mark in self._marks:
            self.area.remove(mark)
        pen = _mark_pen(theme)
        self._marks = [pg.InfiniteLine(step, angle=90, movable=False, pen=pen) for step in steps]
        for mark in self._marks:
            self.area.add(mark)

    def show_all(self, last_step: float) -> None:
        """Shows all steps from the first to a last one, unless the user has zoomed into a part."""
        followed = self.area.box.viewRange()[0][1] >= self._last * 0.999
        if followed:
            self.fit(last_step)
        else:
            self.draw()

    def fit(self, last_step: float) -> None:
        """Shows all steps from the first to a last one."""
        self._last = max(1.0, last_step)
        self._fitting = True
        self.area.box.setXRange(0, self._last, padding=0.0)
        self._fitting = False
        self.draw()

    def _on_range(self, *_: object) -> None:
        if not self._fitting:
            self.draw()

    def draw(self) -> None:
        """Draws what lies in the visible part."""
        first, last = self.area.box.viewRange()[0]
        most = max(50, self.area.width() - _AXIS_WIDTH_PX)
        scale = 100.0 if self._percent else 1.0
        limits = [drawn.draw(first, last, most, scale, self._log) for drawn in self._lines]
        known = [limit for limit in limits if limit is not None]
        if known:
            low, high = min(limit[0] for limit in known), max(limit[1] for limit in known)
            room = (high - low) * 0.06 or max(abs(high) * 0.05, 0.05 if self._log else 1e-9)
            self.area.box.setYRange(low - room, high + room, padding=0.0)
        self._show_values()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.draw()

    # -------------------------------------------------------------------------------------------- the cursor

    def _on_mouse(self, at: QPointF) -> None:
        inside = self.area.box.sceneBoundingRect().contains(at)
        self.hovered.emit(self.area.box.mapSceneToView(at).x() if inside else None)

    def leaveEvent(self, event: Any) -> None:
        super().leaveEvent(event)
        self.hovered.emit(None)

    def set_cursor_step(self, step: float | None) -> None:
        """Reads the values at a step; None takes the cursor away."""
        self._at = step
        self._cursor.setVisible(step is not None)
        if step is not None:
            self._cursor.setPos(step)
        self._show_values()

    def read_out(self, named: bool = True) -> str:
        """The values at the cursor, or the last ones where there is no cursor.

        Args:
            named: whether each stands behind the name of its line.
        """
        words = []
        step: float | None = None
        for drawn in self._lines:
            found = drawn.line.series.at(self._last if self._at is None else self._at)
            if found is not None and drawn.line.read:
                step = found[0] if step is None else step
                value = found[1] if self._at is not None or drawn.line.dots else found[2]
                words.append(f"{drawn.line.name if named else ''} {self._worded(value)}".strip())
        if self._at is not None and step is not None:
            words.insert(0, f"step {step:,.0f}")
        return " · ".join(words)

    def _worded(self, value: float) -> str:
        """A value without its unit, which stands in the title."""
        return formats.measure(value, True).removesuffix(" %") if self._percent else formats.number(value)

    def _show_values(self) -> None:
        """Shows the values, without names where there is no room for these; the tool tip then has them."""
        whole = self.read_out()
        fits = self._read_out.fontMetrics().horizontalAdvance(whole) <= self._read_out.contentsRect().width()
        self._read_out.setText(whole if fits else self.read_out(named=False))
        self._read_out.setToolTip("" if fits else plain_tip(whole))
