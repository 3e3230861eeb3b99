"""The plots of some runs: one for each curve, side by side, with a cursor that reads all of them at the same step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from netdesigner.parts import Catalog, Curve
from netdesigner.ui.run_series import LEARNING_RATE, THROUGHPUT, RunSeries, curve_named
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.ui.plot import Line, Plot

__all__ = ["PlotGrid"]

_NARROWEST_PX = 208
_LOWEST_PX = 128
_TURN_MS = 15
_LAST = (LEARNING_RATE, THROUGHPUT)
_HIDDEN_AT_FIRST = (THROUGHPUT, "grad_norm")


class PlotGrid(QWidget):
    """Makes a plot when a curve first has points, and arranges those that are shown.

    Signals:
        offered: (name, title, whether it is shown) a plot that can be shown or hidden from now on, or is called
            otherwise now.

    Args:
        catalog: its tasks know what curves are called.
        theme: the colours.
    """

    offered = Signal(str, str, bool)

    def __init__(self, catalog: Catalog, theme: Theme) -> None:
        super().__init__()
        self.plots: dict[str, Plot] = {}
        self._catalog = catalog
        self._theme = theme
        self._log = False
        self._hidden = set(_HIDDEN_AT_FIRST)
        self._runs: tuple[RunSeries, ...] = ()
        self._places: dict[str, tuple[int, int]] = {}
        self._waiting: list[str] = []
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(_TURN_MS)
        self._turn.timeout.connect(self._draw_next)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(4, 0, 4, 4)
        self._grid.setSpacing(8)

    def show_runs(self, runs: Sequence[RunSeries], at_once: bool = True) -> None:
        """Draws runs, the first of which is the one in progress.

        Args:
            runs: what is drawn.
            at_once: draw all plots now; else one after the other, so that the window answers in between.
        """
        self._runs = tuple(runs)
        for name in dict.fromkeys(name for run in runs for name in run.names()):
            self._name(name)
        self._arrange()
        self._waiting = list(self._places)
        self._draw_next()
        while at_once and self._waiting:
            self._draw_next()

    def _draw_next(self) -> None:
        """Draws the next plot that waits."""
        name = self._waiting.pop(0) if self._waiting else ""
        if name in self.plots:
            self.plots[name].set_lines(self._lines(name))
            self.plots[name].set_marks(self._runs[0].phases if len(self._runs) == 1 else (), self._theme)
            self.plots[name].show_all(self._last_step())
        if self._waiting:
            self._turn.start()

    def show_plot(self, name: str, shown: bool) -> None:
        """Shows or hides a plot."""
        (self._hidden.discard if shown else self._hidden.add)(name)
        self.show_runs(self._runs)

    def set_log(self, log: bool) -> None:
        """Makes the vertical axes logarithmic or not, except those of per cents."""
        self._log = log
        for plot in self.plots.values():
            plot.set_log(log)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        for plot in self.plots.values():
            plot.set_theme(theme)

    def fit(self) -> None:
        """Shows all steps in every plot."""
        for plot in self.plots.values():
            plot.fit(self._last_step())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # ------------------------------------------------------------------------------------------------- making

    def _name(self, name: str) -> None:
        """Makes the plot of a curve, or gives it the title that the curve has in the first of the runs."""
        task = next((run.task for run in self._runs if name in run.names()), "")
        curve = curve_named(name, self._catalog, task)
        if name not in self.plots:
            self._make(name, curve)
        elif self.plots[name].title == curve.title:
            return
        else:
            self.plots[name].set_title(curve.title)
        self.offered.emit(name, curve.title, name not in self._hidden)

    def _make(self, name: str, curve: Curve) -> None:
        from netdesigner.ui.plot import Plot

        plot = Plot(curve.title, curve.percent, self._theme, not curve.percent, self)
        plot.setObjectName(f"plot_{name}")
        plot.set_log(self._log)
        plot.hovered.connect(self._on_hover)
        self.plots[name] = plot

    def _lines(self, name: str) -> tuple[Line, ...]:
        from netdesigner.ui.plot import Line

        lines = []
        colors = self._theme.curves
        single = len(self._runs) == 1
        for index, run in enumerate(self._runs):
            color = colors[index % len(colors)]
            if name in run.train:
                label = "train" if single and name in run.validation else ""
                lines.append(Line(label, run.train[name], color, band=single))
            if name in run.validation:
                words, dots = ("val", colors[1]) if single else ("", color)
                lines.append(Line(words, run.validation[name], dots, dots=True, read=single))
        return tuple(lines)

    def _last_step(self) -> float:
        return max((run.last_step for run in self._runs), default=1.0)

    def _on_hover(self, step: Any) -> None:
        for plot in self.plots.values():
            plot.set_cursor_step(step)

    # ---------------------------------------------------------------------------------------------- arranging

    def _shown(self) -> tuple[str, ...]:
        """The plots that are wanted and made, those of the task first."""
        known = [name for run in self._runs for name in run.names() if name in self.plots]
        names = dict.fromkeys(name for name in known if name not in self._hidden)
        first = [name for name in names if name not in _LAST]
        return (*first, *(name for name in _LAST if name in names))

    def _arrange(self) -> None:
        """Puts plots side by side as far as they are wide enough, the others below; the grid is scrolled then."""
        names = self._shown()
        fitting = max(1, self.width() // _NARROWEST_PX)
        rows = max(1, -(-len(names) // fitting))
        if self.height() > self.width() and len(names) > 1:
            rows = max(rows, min(len(names), self.height() // (2 * _LOWEST_PX)))
        columns = max(1, -(-len(names) // rows))
        self.setMinimumHeight(rows * (_LOWEST_PX + self._grid.spacing()))
        places = {name: divmod(index, columns) for index, name in enumerate(names)}
        if places != self._places:
            self._places = places
            self._place(columns, rows)

    def _place(self, columns: int, rows: int) -> None:
        for name, plot in self.plots.items():
            self._grid.removeWidget(plot)
            plot.setVisible(name in self._places)
        for name, (row, column) in self._places.items():
            self._grid.addWidget(self.plots[name], row, column)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, int(column < columns))
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, int(row < rows))
