"""The runs beside the design: how they ended, and what can be done with them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QStackedLayout,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from netdesigner.errors import NetDesignerError
from netdesigner.parts import Progress
from netdesigner.session import Job, State
from netdesigner.session.training import run_folder_for
from netdesigner.training.desk import Desk
from netdesigner.training.events import EpochEnd, Event, Started
from netdesigner.training.previews import previews_of
from netdesigner.training.runs import RunInfo, can_go_on, has_weights, list_runs, read_events
from netdesigner.ui import formats
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.dialogs import confirm
from netdesigner.ui.empty import EmptyState
from netdesigner.ui.icons import icon
from netdesigner.ui.labels import plain_tip
from netdesigner.ui.run_series import RunSeries, curve_named
from netdesigner.ui.run_watch import RunWatch
from netdesigner.ui.theme import Theme

__all__ = ["Runs"]

_COLUMNS = ("Run", "State", "Best", "At epoch", "Epochs", "Time")
_STATES = {
    "done": "finished",
    "stopped": "stopped",
    "early": "finished early",
    "failed": "failed",
    "unfinished": "cut off",
    "running": "running",
}
_ACTIONS = (
    ("evaluate", "Evaluate", "evaluate", "Judge the weights that the run kept on the held-out samples"),
    ("curves", "Curves", "curves", "Draw the run's curves, as a tick before its name does"),
    ("previews", "Previews", "picture", "See what the networks said of held-out samples while they learned"),
    ("export", "Export…", "export", "Take the trained network away as a file"),
    ("resume", "Resume", "resume", "Go on training where the run ended"),
    (
        "start_from",
        "Start From This Run",
        "start from",
        "Let the next training of the open design begin with the run's best weights, where they fit",
    ),
    ("reveal", "Show Folder", "folder", "Open the run's folder in the file manager"),
    ("delete", "Delete…", "delete", "Remove the run with its curves and weights"),
)
_REFRESH_MS = 300
_WHILE_RUNNING_MS = 3_000
_LARGEST_SHARE = 0.05
"""Of the time of training, for listing the runs, which reads all that was said in long ones."""
_STYLES = (
    (880, Qt.ToolButtonStyle.ToolButtonTextBesideIcon),
    (690, Qt.ToolButtonStyle.ToolButtonTextOnly),
    (0, Qt.ToolButtonStyle.ToolButtonIconOnly),
)
"""How the buttons look from a width of the panel on, in px, at which all of them have room."""
_PATH = Qt.ItemDataRole.UserRole


class _Listed(NamedTuple):
    """The runs of a design, and how long it took to list them."""

    infos: tuple[RunInfo, ...]
    took_ms: float


class Runs(QWidget):
    """The list of runs, the latest first.

    Signals:
        compare: (runs) those that are ticked, as series, to be drawn beside the present one.
        evaluate, curves, previews, export, resume, start_from: (run folder) what the user wants to do with, or see of,
            a run.
    """

    compare = Signal(object)
    evaluate = Signal(object)
    curves = Signal(object)
    previews = Signal(object)
    export = Signal(object)
    resume = Signal(object)
    start_from = Signal(object)

    def __init__(self, bridge: Bridge, watch: RunWatch, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("runs")
        self._bridge = bridge
        self._watch = watch
        self._theme = theme
        self.infos: tuple[RunInfo, ...] = ()
        self._series: dict[Path, RunSeries] = {}
        self._read_at: dict[Path, tuple[str, int]] = {}  # state and steps when the series was read
        self._ticked: set[Path] = set()
        self._listing: Job[_Listed] | None = None
        self._stale = True
        self._took_ms = 0.0
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._list_if_seen)
        self.list = QTreeWidget()
        self._buttons: dict[str, QToolButton] = {}
        self._empty = EmptyState(
            "runs", "No runs yet", "Press Train to start one. It is kept beside the design.", theme
        )
        self._stack = QStackedLayout(self)
        self._set_up_list()
        self._build()
        self.set_theme(theme)
        bridge.changed.connect(self._on_changed)
        bridge.run_changed.connect(lambda _run: self.refresh())
        bridge.run_events.connect(self._on_events)
        bridge.runs_moved.connect(lambda _moved: self.refresh())

    def _set_up_list(self) -> None:
        self.list.setObjectName("run_list")
        self.list.setHeaderLabels(list(_COLUMNS))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self.list.itemSelectionChanged.connect(self._show_buttons)
        self.list.itemChanged.connect(self._on_ticked)
        self.list.itemActivated.connect(lambda *_: self._act("evaluate"))
        header = self.list.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, 192)
        header.setStretchLastSection(True)

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.setSpacing(4)
        for name, text, _icon, _tip in _ACTIONS:
            button = QToolButton()
            button.setObjectName(f"run_{name}")
            button.setText(text)
            button.clicked.connect(lambda _checked=False, name=name: self._act(name))
            self._buttons[name] = button
            bar.addWidget(button)
        bar.addStretch(1)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self.list, 1)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(page)
        self._show_buttons()

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self._empty.set_theme(theme)
        for name, _text, icon_name, _tip in _ACTIONS:
            self._buttons[name].setIcon(icon(icon_name, theme, "muted"))

    # ------------------------------------------------------------------------------------------------ listing

    @property
    def design_path(self) -> Path:
        """The file beside which runs are looked for."""
        return run_folder_for(self._bridge.state.path)

    def refresh(self) -> None:
        """Lists the runs anew, soon, or once the panel is seen."""
        self._stale = True
        self._again.start(_REFRESH_MS)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._list_if_seen()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        style = next(style for least, style in _STYLES if self.width() >= least)
        for button in self._buttons.values():
            button.setToolButtonStyle(style)

    def _list_if_seen(self) -> None:
        if self._stale and self.isVisible() and (self._listing is None or self._listing.outcome is not None):
            self._list()

    def _list(self) -> None:
        self._stale = False

        def take(found: _Listed) -> None:
            self._took_ms = found.took_ms
            self._show(found.infos)
            self._list_if_seen()

        self._listing = self._bridge.start(Job("Listing the runs", partial(_listed, self.design_path)), take)

    def _on_changed(self, before: State, after: State) -> None:
        if before.path != after.path:
            self._show_buttons()
            self._ticked.clear()
            self._series.clear()
            self.compare.emit(())
            self.refresh()

    def _show(self, infos: Sequence[RunInfo]) -> None:
        chosen = self.selected()
        self.infos = tuple(reversed(infos))
        with QSignalBlocker(self.list):
            self.list.clear()
            for info in self.infos:
                self.list.addTopLevelItem(self._row(info))
        self._select(chosen)
        self._stack.setCurrentIndex(1 if infos else 0)
        self._show_buttons()
        self._read_again()

    def _row(self, info: RunInfo) -> QTreeWidgetItem:
        item = QTreeWidgetItem()
        item.setData(0, _PATH, str(info.path))
        item.setText(0, formats.run_title(info.name))
        item.setToolTip(0, plain_tip(str(info.path)))
        ticked = info.path in self._ticked
        item.setCheckState(0, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self._fill(item, info)
        return item

    def _fill(self, item: QTreeWidgetItem, info: RunInfo) -> None:
        running = self._goes_on(info)
        item.setText(1, "running" if running else _STATES.get(info.state, info.state))
        item.setToolTip(1, plain_tip(info.message))
        color = {"failed": "error", "done": "success", "early": "success"}.get(
            "" if running else info.state, "text"
        )
        item.setForeground(1, self._theme.color(color))
        curve = curve_named(info.monitor, self._bridge.session.catalog, info.task)
        best = formats.measure(info.best_value, curve.percent) if info.best_epoch else ""
        item.setText(2, f"{curve.title.lower()} {best}" if best else "")
        item.setText(3, str(info.best_epoch or ""))
        item.setText(4, str(info.epochs))
        item.setText(5, formats.duration(info.seconds) if info.seconds else "")

    def _goes_on(self, info: RunInfo) -> bool:
        """Whether it is being trained, here or by another process."""
        here = self._bridge.run is not None and self._watch.progress.folder == str(info.path)
        return here or info.state == "running"

    def _on_events(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, Started):
                self.refresh()
            elif isinstance(event, EpochEnd) and not self._again.isActive():
                self._stale = True
                self._again.start(max(_WHILE_RUNNING_MS, round(self._took_ms / _LARGEST_SHARE)))

    # ---------------------------------------------------------------------------------------------- selection

    def selected(self) -> Path | None:
        """The folder of the chosen run."""
        items = self.list.selectedItems()
        return Path(items[0].data(0, _PATH)) if items else None

    def _select(self, path: Path | None) -> None:
        for row in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(row)
            if item is not None and path is not None and Path(item.data(0, _PATH)) == path:
                self.list.setCurrentItem(item)

    def _info(self, path: Path | None) -> RunInfo | None:
        return next((info for info in self.infos if info.path == path), None)

    def _why_not(self, name: str) -> str:
        """Why something cannot be done with the chosen run; "" where it can."""
        info, bridge = self._info(self.selected()), self._bridge
        if info is None:
            return "Choose a run first"
        running = self._goes_on(info)
        if name == "resume" and bridge.run is not None:
            return "Not while a run is being trained"
        if name == "start_from" and bridge.state.path is None:
            return "Save the design first; its runs move beside the file then"
        return _why_not(name, info, running)

    def _show_buttons(self) -> None:
        for name, _text, _icon, tip in _ACTIONS:
            reason = self._why_not(name)
            self._buttons[name].setEnabled(not reason)
            self._buttons[name].setToolTip(reason or tip)

    def _open_menu(self, at: QPoint) -> None:
        if self.selected() is None:
            return
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for name, text, icon_name, tip in _ACTIONS:
            action = menu.addAction(icon(icon_name, self._theme, "muted"), text)
            reason = self._why_not(name)
            action.setEnabled(not reason)
            action.setToolTip(reason or tip)
            action.triggered.connect(lambda _checked=False, name=name: self._act(name))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.list.viewport().mapToGlobal(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self._act("delete")
        else:
            super().keyPressEvent(event)

    def _act(self, name: str) -> None:
        path = self.selected()
        if path is None or self._why_not(name):
            return
        if name == "curves":
            self.list.selectedItems()[0].setCheckState(0, Qt.CheckState.Checked)
        if name == "reveal":
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
        elif name == "delete":
            self._delete(path)
        else:
            getattr(self, name).emit(path)

    def _delete(self, path: Path) -> None:
        text = f"Delete the run of {formats.run_title(path.name)}?"
        if confirm(self, text, f"Its curves and weights in {path} are removed for good.", "Delete"):
            self._ticked.discard(path)
            self._bridge.start(
                Job("Deleting a run", lambda _progress: _remove(path)), lambda _: self._emit_compared()
            )

    # ------------------------------------------------------------------------------------------------ compare

    def _on_ticked(self, item: QTreeWidgetItem, column: int) -> None:
        if column != 0:
            return
        path = Path(item.data(0, _PATH))
        if item.checkState(0) != Qt.CheckState.Checked:
            self._ticked.discard(path)
        else:
            self._ticked.add(path)
            if path not in self._series:
                self._read(path)
                return
        self._emit_compared()

    def _read_again(self) -> None:
        """Reads the curves of runs anew that went on since they were read, and have ended."""
        for info in self.infos:
            known = self._read_at.get(info.path, (info.state, info.steps))
            if known != (info.state, info.steps) and not self._goes_on(info):
                self._series.pop(info.path, None)
                if info.path in self._ticked:
                    self._read(info.path)

    def _read(self, path: Path) -> None:
        if (info := self._info(path)) is not None:
            self._read_at[path] = info.state, info.steps

        def take(series: RunSeries) -> None:
            self._series[path] = series
            self._emit_compared()

        self._bridge.start(Job("Reading the curves of a run", partial(_series_of, path)), take)

    def _emit_compared(self) -> None:
        self.refresh()
        known = [info.path for info in self.infos if info.path in self._ticked]
        self.compare.emit(tuple(self._series[path] for path in known if path in self._series))


def _listed(design_path: Path, _progress: Progress) -> _Listed:
    begin = time.perf_counter()
    infos = list_runs(design_path)
    return _Listed(infos, 1000 * (time.perf_counter() - begin))


def _series_of(run: Path, progress: Progress) -> RunSeries:
    series = RunSeries(run.name)
    for event in read_events(run):
        progress(0.5, "Reading the curves of a run")
        series.take((event,))
    return series


def _why_not(name: str, info: RunInfo, running: bool) -> str:
    """Why something cannot be done with a run, whatever else goes on; "" where it can."""
    early = "Not before its first epoch has ended" if running else "Nothing was trained in this run"
    match name:
        case "resume" if info.state in ("done", "early"):
            return "The run has come to its end; training can start from it instead"
        case "evaluate" | "export" | "curves" | "resume":
            return "" if info.steps else early
        case "previews":
            return "" if previews_of(info.path) else "No previews were made in this run"
        case "start_from":
            kept = has_weights(info.path) or can_go_on(info.path)
            return "" if kept else "The run has kept no weights"
        case "delete" if running:
            return "Not while the run is being trained"
    return ""


def _remove(path: Path) -> None:
    """Removes a run's folder, and nothing that is not one."""
    if path.is_symlink() or not path.parent.name.endswith(".runs") or not Desk(path).is_run:
        raise NetDesignerError(f"{path} is not the folder of a run, so it is left alone")
    try:
        shutil.rmtree(path)
    except OSError as error:
        raise NetDesignerError(f"{path} could not be removed: {error.strerror or error}") from None
