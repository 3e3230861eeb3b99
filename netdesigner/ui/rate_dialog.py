"""The window in which a learning rate is looked for by a range test.

Importing this module imports pyqtgraph, which takes a moment; it is imported when the window is first wanted.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from netdesigner.parts import Progress
from netdesigner.session import Job, State
from netdesigner.session.training import find_rate, leave_a_core
from netdesigner.ui import formats
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.job_row import JobRow
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.plot import PlotArea
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.training.host import Host
    from netdesigner.training.range_test import RangeTest

__all__ = ["RateDialog"]

_ABOUT = (
    "The network is trained for some steps at ever higher learning rates, from weights that are not kept. The points "
    "are the losses, the line is smoothed over them."
)
_FAINT = 0.45


class RateDialog(QDialog):
    """Makes a range test of the design as it is now, and shows what was found.

    Signals:
        wanted: (learning rate) the user takes what is suggested.

    Args:
        bridge: to the session.
        theme: its colours.
        parent: the window.
    """

    wanted = Signal(float)

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("find_rate")
        self.setWindowTitle("Find a Learning Rate")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 480)
        self._bridge = bridge
        self._theme = theme
        self._is_trained = False
        self.found: RangeTest | None = None
        self.job = JobRow(bridge, theme)
        self.area = PlotArea(theme, "learning rate", "loss")
        self.area.setAccessibleName("Loss over the learning rate")
        self.area.bottom.setLogMode(True, False)
        self.area.box.setMouseEnabled(x=False, y=False)
        self.reason = PlainLabel("", wrap=True)
        self.use = QPushButton("Use")
        self.again = QPushButton("&Test Again")
        self._build()
        self.job.ended.connect(self._on_ended)
        bridge.changed.connect(self._on_changed)
        bridge.run_changed.connect(self._on_run)
        self.start()

    def _build(self) -> None:
        close = QPushButton("Close")
        self.use.setDefault(True)
        self.use.clicked.connect(self._on_use)
        self.again.clicked.connect(self.start)
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self.again)
        buttons.addStretch(1)
        buttons.addWidget(self.use)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(PlainLabel(_ABOUT, "muted", wrap=True))
        layout.addWidget(self.job)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.reason)
        layout.addLayout(buttons)

    # --------------------------------------------------------------------------------------------------- work

    def start(self) -> None:
        """Tests the design as it is now."""
        session = self._bridge.session
        design, samples, catalog = session.design, session.samples(), session.catalog
        self.found = None
        self.area.box.clear()
        self._tell("")

        def work(progress: Progress) -> RangeTest:
            leave_a_core()
            return find_rate(design, catalog, samples=samples, progress=progress)

        self.again.setEnabled(False)
        self.job.follow(self._bridge.start(Job("Range test", work), self._take, self._tell))

    def _take(self, found: RangeTest) -> None:
        self.found = found
        self._draw(found)
        hidden = sum(loss > self._top(found) for loss in found.losses)
        above = f" Losses above the picture: {hidden}." if hidden else ""
        several = f" The learning rate is that of {' and '.join(found.networks)} together, the loss is {found.loss}."
        self._tell(found.reason + above + (several if len(found.networks) > 1 else ""), found.rate or 0.0)

    def _tell(self, text: str, rate: float = 0.0) -> None:
        """Says what was found, and offers a rate where it is above 0."""
        self.reason.setText(text)
        self.use.setText(f"&Use {rate:g}" if rate else "&Use")
        self.use.setEnabled(bool(rate))

    def _on_ended(self) -> None:
        self.again.setEnabled(not self._is_trained)
        if not self.reason.text():
            self.reason.setText("Cancelled; nothing was changed.")

    def _on_use(self) -> None:
        if self.found is not None and self.found.rate is not None:
            self.wanted.emit(self.found.rate)
            self.accept()

    def _on_changed(self, before: State, after: State) -> None:
        if after.is_another_than(before):
            self.reject()

    def _on_run(self, run: Host | None) -> None:
        """Gives way to a run that begins: both would take the same random numbers and the same processors."""
        self._is_trained = run is not None
        if self.job.job is None:
            self.again.setEnabled(not self._is_trained)
        elif self._is_trained:
            self.job.job.cancel()

    def done(self, result: int) -> None:
        if self.job.job is not None:  # nobody waits for it any more
            self.job.job.cancel()
        super().done(result)

    # ------------------------------------------------------------------------------------------------- drawing

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self.area.set_theme(theme)
        self.job.set_theme(theme)
        if self.found is not None:
            self.area.box.clear()
            self._draw(self.found)

    @staticmethod
    def _top(found: RangeTest) -> float:
        """The highest loss that is seen; those that ran away would press all others flat."""
        low, high = min(found.losses), max(found.smooth)
        return high + 0.16 * ((high - low) or 1.0)

    def _draw(self, found: RangeTest) -> None:
        """The losses as points, the smoothed line over them, and where the suggestion lies."""
        places = [math.log10(rate) for rate in found.rates]
        color = QColor(self._theme.curves[0])
        faint = QColor(color)
        faint.setAlphaF(_FAINT)
        self.area.add(pg.ScatterPlotItem(places, list(found.losses), size=5, pen=None, brush=faint))
        pen = pg.mkPen(color, width=2 * self.area.devicePixelRatioF())
        self.area.add(pg.PlotCurveItem(places, list(found.smooth), pen=pen))
        if found.rate is not None:
            mark = pg.mkPen(self._theme.color("accent"), width=1, style=Qt.PenStyle.DashLine)
            self.area.add(pg.InfiniteLine(math.log10(found.rate), angle=90, pen=mark))
        low, high = min(found.losses), self._top(found)
        self.area.box.setXRange(places[0], places[-1], padding=0.02)
        self.area.box.setYRange(low - 0.08 * (high - low), high, padding=0.0)
        self.area.setAccessibleDescription(
            f"From {formats.number_short(found.rates[0])} to {formats.number_short(found.rates[-1])}. {found.reason}"
        )
