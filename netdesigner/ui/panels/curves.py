"""The curves of the run in progress, and of other runs to compare it with.

Every point is kept; drawing thins them. Nothing is redrawn more than ten times a second, nor while it is hidden.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QSlider,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from netdesigner.parts import Curve, Progress
from netdesigner.session import Job, State
from netdesigner.session.ways_on import WayOn, ways_on
from netdesigner.training.events import Checkpoint, Event, Failed, Finished, Started, Warned
from netdesigner.training.runs import can_go_on, has_weights, read_events
from netdesigner.ui import formats
from netdesigner.ui.banner import Banner, Button
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.empty import EmptyState
from netdesigner.ui.icons import icon
from netdesigner.ui.labels import ElidedLabel, PlainLabel
from netdesigner.ui.legend import Legend
from netdesigner.ui.plot_grid import PlotGrid
from netdesigner.ui.run_series import RunSeries, curve_named
from netdesigner.ui.run_watch import RunWatch
from netdesigner.ui.scroll import scrolled
from netdesigner.ui.theme import Theme

__all__ = ["Curves"]

_REDRAW_MS = 200
_WIDE_PX = 640
"""From here on there is room for a legend of two lines beside the controls."""
_SLIDER_STEPS = 300
_ENDS = {
    "done": "Training finished",
    "stopped": "Training was stopped",
    "early": "Training finished early",
}


class Curves(QWidget):
    """Plots of a run while it is trained.

    Signals:
        jump: (node, with the blocks around it before it) the user wants to see where training failed.
        smoothing_changed: 0 to below 1.
        evaluate, export, resume: (run folder) what the user wants to do with a run that has ended.
        go_on: (way on) what the user wants to do about a failed one.
    """

    jump = Signal(str)
    smoothing_changed = Signal(float)
    evaluate = Signal(object)
    export = Signal(object)
    resume = Signal(object)
    go_on = Signal(object)

    def __init__(self, bridge: Bridge, watch: RunWatch, theme: Theme, smoothing: float = 0.6) -> None:
        super().__init__()
        self.setObjectName("curves")
        self._bridge = bridge
        self._watch = watch
        self._theme = theme
        self._live: RunSeries | None = None
        self._compared: tuple[RunSeries, ...] = ()
        self._ended: Path | None = None
        self._redraw = QTimer(self, singleShot=True, interval=_REDRAW_MS)
        self._redraw.timeout.connect(self._draw)
        self._line = ElidedLabel("", "muted")
        self._line.setObjectName("run_line")
        self.banner = Banner(theme)
        self._news = self._warning = ""  # of this run, a line each; warnings since its last checkpoint
        self._legend = Legend()
        self._smoothing = QSlider(Qt.Orientation.Horizontal)
        self._smoothing_value = PlainLabel()
        self._log = QToolButton()
        self._fit = QToolButton()
        self._shown = QToolButton()
        self._menu = QMenu(self)
        self._empty = EmptyState(
            "curves", "No curves yet", "Press Train to start a run and watch it here.", theme
        )
        self.grid = PlotGrid(bridge.session.catalog, theme)
        self._stack = QStackedLayout()
        self._rows, self._controls = QVBoxLayout(), QHBoxLayout()
        self._set_up_controls(smoothing)
        self._build()
        self.set_theme(theme)
        bridge.changed.connect(self._on_changed)
        bridge.run_events.connect(self.take)
        bridge.run_changed.connect(lambda _run: self._schedule())
        bridge.runs_moved.connect(self._on_moved)

    # ---------------------------------------------------------------------------------------------- building

    def _set_up_controls(self, smoothing: float) -> None:
        self._smoothing.setObjectName("smoothing")
        self._smoothing.setRange(0, _SLIDER_STEPS)
        self._smoothing.setSingleStep(_SLIDER_STEPS // 100)
        self._smoothing.setPageStep(_SLIDER_STEPS // 10)
        self._smoothing.setFixedWidth(96)
        self._smoothing.setAccessibleName("Smoothing")
        self._smoothing.setToolTip("How much of the past is in each point of a training line")
        self._smoothing.setValue(round(_slider_of(smoothing)))
        self._smoothing_value.setFixedWidth(36)
        self._smoothing_value.setText(f"{self._weight():.2f}")
        self._smoothing.valueChanged.connect(self._on_smoothing)
        self._log.setText("Log")
        self._log.setObjectName("log")
        self._log.setCheckable(True)
        self._log.setToolTip("Logarithmic vertical axes")
        self._log.toggled.connect(self.grid.set_log)
        self._fit.setToolTip("Show all steps again (after zooming with the wheel)")
        self._fit.clicked.connect(self.grid.fit)
        self.grid.offered.connect(self._offer)
        self._shown.setText("Plots")
        self._shown.setToolTip("Which plots are shown")
        self._shown.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._shown.setMenu(self._menu)
        self._shown.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._shown.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

    def _build(self) -> None:
        self._line.setContentsMargins(12, 6, 12, 2)
        controls = self._controls
        controls.setContentsMargins(12, 0, 8, 2)
        controls.setSpacing(8)
        # Beside the controls it takes what they leave, and must not keep the panel from becoming narrow.
        self._legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        controls.addWidget(self._legend, 1)
        controls.addStretch(0)
        controls.addWidget(PlainLabel("Smoothing", "muted"))
        for widget in (self._smoothing, self._smoothing_value, self._log, self._fit, self._shown):
            controls.addWidget(widget)
        shown = self._rows
        shown.setContentsMargins(0, 0, 0, 0)
        shown.setSpacing(0)
        shown.addWidget(self._line)
        shown.addLayout(controls)
        self._scroll = scrolled(self.grid)
        shown.addWidget(self._scroll, 1)
        page = QWidget()
        page.setLayout(shown)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banner)
        layout.addLayout(self._stack, 1)
        self._stack.addWidget(self._empty)  # shown at once, without a panel around it as a window
        self._stack.addWidget(page)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self._fit.setIcon(icon("fit", theme, "muted"))
        self._shown.setIcon(icon("down", theme, "muted"))
        self._empty.set_theme(theme)
        self.banner.set_theme(theme)
        self.grid.set_theme(theme)
        self._schedule()

    # ------------------------------------------------------------------------------------------------- events

    def _on_changed(self, before: State, after: State) -> None:
        """Another design has other curves."""
        if after.is_another_than(before):
            self.clear()

    def take(self, events: Sequence[Event]) -> None:
        """Takes news of the run in progress."""
        for event in events:
            if isinstance(event, Started):
                self._begin(event)
            elif isinstance(event, Failed):
                self._say_failed(event)
            elif isinstance(event, Finished):
                self._say_finished(event)
            elif isinstance(event, Warned) and not event.trouble:
                self._news = _with(self._news, event.message)
                self.banner.say("info", self._news)
            elif isinstance(event, Warned):
                self._warning = _with(self._warning, event.message)
                self.banner.say("warning", self._warning)
            elif isinstance(event, Checkpoint):
                self._warning = ""
        if self._live is not None:
            self._live.take(events)
        self._schedule()

    def clear(self) -> None:
        """Forgets the run in progress, because another one is prepared or another design was opened."""
        self._live = None
        self.banner.hide()
        self._schedule()

    def compare(self, runs: Iterable[RunSeries]) -> None:
        """Draws other runs as well."""
        self._compared = tuple(runs)
        for run in self._compared:
            run.smoothing = self._weight()
        self._schedule()

    def _begin(self, event: Started) -> None:
        self._news = self._warning = ""
        run = Path(event.run)
        self._live = RunSeries(run.name or "this run", self._weight())
        if event.resumed_step:
            self._read_before(run, event)

    def _read_before(self, run: Path, resumed: Started) -> None:
        """Reads the curves of a resumed run up to where it goes on, and puts them before the new points."""

        def work(progress: Progress) -> RunSeries:
            before = RunSeries(run.name)
            for event in read_events(run):
                progress(0.5, "Reading the run's curves")
                if event == resumed:
                    break
                before.take((event,))
            return before

        def take(before: RunSeries) -> None:
            if (live := self._live) is not None and live.name == before.name:
                before.smoothing = self._weight()
                before.follow(live, resumed.resumed_step)
                self._live = before
                self._schedule()

        self._bridge.start(Job("Reading the run's curves", work), take)

    def _on_moved(self, moved: Mapping[Path, Path]) -> None:
        if self._ended is not None:
            self._ended = moved.get(self._ended, self._ended)

    def _say_failed(self, event: Failed) -> None:
        where = f" at {event.node}" if event.node else ""
        title = formats.ended(f"Training stopped{where}: {event.message}")
        self._ended = run = Path(self._watch.progress.folder) if self._watch.progress.folder else None
        ways = ways_on(event.offers, self._bridge.state.design, run)
        buttons: list[Button] = [(way.label, partial(self._go_on, way)) for way in ways]
        if not ways and run is not None and can_go_on(run):
            buttons.append(("Resume", lambda: self.resume.emit(self._ended)))
        if event.node:
            buttons.append(("Show the Node", lambda: self.jump.emit(event.node)))
        more = [way.more for way in ways if way.more] if ways else event.advice
        self.banner.say("error", title, "\n".join(more), buttons)

    def _go_on(self, way: WayOn) -> None:
        self.go_on.emit(way._replace(resume=way.resume and self._ended))

    def _say_finished(self, event: Finished) -> None:
        self._ended = run = Path(event.run)
        lost = bool(self._warning and event.best_epoch and not has_weights(run))
        words = _words_of_end(event, self._monitored() if event.best_epoch else None, self._warning, lost)
        ways = {"Evaluate": self.evaluate, "Export…": self.export, "Resume": self.resume}
        offered = _offered(event, can_go_on(run), lost)
        buttons = [(text, lambda text=text: ways[text].emit(self._ended)) for text in offered]
        self.banner.say("warning" if self._warning else "success", *words, buttons)

    # ------------------------------------------------------------------------------------------------ drawing

    def runs(self) -> tuple[RunSeries, ...]:
        """The runs that are drawn: the one in progress first."""
        live = self._live
        others = (run for run in self._compared if live is None or run.name != live.name)
        return (*((live,) if live is not None else ()), *others)

    def _schedule(self) -> None:
        if not self._redraw.isActive():
            self._redraw.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._schedule()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_legend()
        self._schedule()

    def _draw(self) -> None:
        if not self.isVisible():
            return
        runs = self.runs()
        self._line.setText(self._about(runs))
        self._stack.setCurrentIndex(1 if runs else 0)
        preparing = self._bridge.run is not None and not runs
        self._empty.title.setText(self._watch.progress.line() if preparing else "No curves yet")
        self._empty.hint.setVisible(not preparing)
        if runs:
            self.grid.show_runs(runs, at_once=self._bridge.run is None)
            self._legend.show_runs([formats.run_title(run.name) for run in runs], self._theme)
            self._place_legend()

    def _about(self, runs: Sequence[RunSeries]) -> str:
        """Where the run in progress stands; else which one is seen, where the legend does not say it."""
        if self._live is not None:
            where = " · detached" if self._bridge.detached else ""
            return self._watch.progress.line(self._monitored().percent) + where
        return f"Run {formats.run_title(runs[0].name)}" if len(runs) == 1 else ""

    def _monitored(self) -> Curve:
        """The curve that decides which epoch of the run in progress is best."""
        progress = self._watch.progress
        return curve_named(progress.monitor, self._bridge.session.catalog, progress.task)

    def _place_legend(self) -> None:
        """Puts the legend beside the controls, or, with all the runs that are compared, in a row of its own."""
        alone = len(self.runs()) > 1 or self.width() < _WIDE_PX
        if alone == (self._rows.indexOf(self._legend) >= 0):
            return
        if alone:
            self._rows.insertWidget(2, self._legend)
            self._legend.flow.setContentsMargins(12, 0, 12, 4)
        else:
            self._controls.insertWidget(0, self._legend, 1)
            self._legend.flow.setContentsMargins(0, 0, 0, 0)

    def _offer(self, name: str, title: str, shown: bool) -> None:
        known = self._menu.findChild(QAction, name, Qt.FindChildOption.FindDirectChildrenOnly)
        if known is not None:
            known.setText(title)
            return
        action = QAction(title, self._menu, checkable=True, checked=shown)
        action.setObjectName(name)
        action.toggled.connect(lambda wanted: self.grid.show_plot(name, wanted))
        self._menu.addAction(action)

    # ----------------------------------------------------------------------------------------------- controls

    def _weight(self) -> float:
        return _weight_of(self._smoothing.value())

    def _on_smoothing(self, _value: int) -> None:
        weight = self._weight()
        self._smoothing_value.setText(f"{weight:.2f}")
        for run in self.runs():
            run.smoothing = weight
        self.smoothing_changed.emit(weight)
        self._schedule()


def _with(lines: str, message: str) -> str:
    """Lines with one more, unless it is among them."""
    return "\n".join(dict.fromkeys([*lines.splitlines(), formats.sentence(message)]))


def _weight_of(position: float) -> float:
    """The slider moves evenly through how many points are blended: 0, then 2, 4, … up to a thousand."""
    return 0.0 if position <= 0 else min(0.999, 1 - 10 ** (-3 * position / _SLIDER_STEPS))


def _slider_of(weight: float) -> float:
    return 0.0 if weight <= 0 else -math.log10(max(1e-3, 1 - weight)) * _SLIDER_STEPS / 3


def _offered(event: Finished, goes_on: bool, lost: bool) -> tuple[str, ...]:
    """What can be done with a run that ended as it should."""
    kept = not lost and (event.best_epoch or goes_on)
    resumed = event.reason == "stopped" and goes_on
    return (*(("Evaluate", "Export…") if kept else ()), *(("Resume",) if resumed else ()))


def _words_of_end(event: Finished, curve: Curve | None, warning: str, lost: bool) -> tuple[str, str]:
    """What is said of a run that ended as it should, and what more.

    Args:
        event: the end.
        curve: what was monitored, where an epoch was completed.
        warning: what was wrong since the last checkpoint, a line each, or "".
        lost: whether no weights were kept.
    """
    title = f"{_ENDS.get(event.reason, 'Training finished')} after {formats.duration(event.seconds)}"
    value = formats.measure(event.best_value, curve.percent) if curve else ""
    best = f"Best {curve.title.lower()} {value} at epoch {event.best_epoch}." if curve else ""
    if event.reason == "stopped" and not event.best_epoch:
        best = "No epoch is complete yet."
    more = "\n".join(filter(None, (best, *map(formats.ended, warning.splitlines()))))
    return f"{title}, but its weights were not kept." if lost else f"{title}.", more
