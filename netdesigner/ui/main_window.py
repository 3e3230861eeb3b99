"""The main window: it composes and connects, and decides nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from netdesigner.document import SUFFIX
from netdesigner.document.design import AUGMENTATIONS
from netdesigner.parts import Progress
from netdesigner.session import Job, State
from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.actions.file import FileActions
from netdesigner.ui.actions.find import FindActions
from netdesigner.ui.actions.help import HelpActions
from netdesigner.ui.actions.key_map import KeyMap
from netdesigner.ui.actions.on_canvas import add_canvas_actions
from netdesigner.ui.actions.plugins import PluginActions
from netdesigner.ui.actions.run import RunActions
from netdesigner.ui.actions.view import ViewActions
from netdesigner.ui.actions.weights import WeightActions
from netdesigner.ui.appearance import Appearance
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.canvas import Canvas
from netdesigner.ui.collector import Collector
from netdesigner.ui.docks import Docks, Place, TabbedDock
from netdesigner.ui.file_banner import FileBanner
from netdesigner.ui.forecast import MemoryForecast
from netdesigner.ui.layout_memory import keep_layout, restore_layout
from netdesigner.ui.menus import fill_menu_bar
from netdesigner.ui.node_path import place_of
from netdesigner.ui.palette import Palette
from netdesigner.ui.panels.deck import Deck
from netdesigner.ui.run_watch import RunWatch
from netdesigner.ui.settings import Settings
from netdesigner.ui.start_place import StartPlace
from netdesigner.ui.status_bar import StatusBar
from netdesigner.ui.theme import Theme, apply_theme
from netdesigner.ui.tool_bar import ToolBar
from netdesigner.ui.view_memory import ViewMemory
from netdesigner.ui.warm_up import warm_up

if TYPE_CHECKING:
    from netdesigner.training.runs import RunInfo
    from netdesigner.ui.outline.panel import Outline
    from netdesigner.ui.start_page import StartPage

__all__ = ["MainWindow"]

_WARM_UP_MS = 200
_GROW = "Give the panel below most of the window's height, or give it back"


class MainWindow(QMainWindow):
    """The window on one session.

    Args:
        bridge: to the session.
        theme: its colours at first.
        settings: what is remembered; the user's own by default.
    """

    def __init__(self, bridge: Bridge, theme: Theme, settings: Settings | None = None) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.bridge = bridge
        self.theme = theme
        self.settings = settings or Settings()
        self.views = ViewMemory(self.settings.path)
        self.collector = Collector(self)
        self.appearance = Appearance(self.settings, self)
        self.watch = RunWatch(bridge, self)
        self.actions_by_name = ActionList(theme, self)
        self._warm = False
        self._make_panels()
        self._make_actions()
        self._make_surroundings()
        self._connect()
        restore_layout(self, self.panels, self.settings)
        self.appearance.choose(self.settings.value.theme)
        self._on_changed(bridge.state, bridge.state)
        self.start.begin()
        self.views.note_open(bridge.state.path)

    # ----------------------------------------------------------------------------------------------- composing

    def _make_panels(self) -> None:
        self.canvas = Canvas(self.bridge, self.theme)
        self.canvas.recent_kinds = self.settings.value.kinds
        self.file_banner = FileBanner(self.bridge, self.theme, self.canvas)
        self.canvas.layout().insertWidget(0, self.file_banner)
        self.palette_panel = Palette(self.bridge, self.theme)
        self.deck = Deck(self.bridge, self.watch, self.settings, self.actions_by_name, self.theme, self)
        self._outline = Place(self._make_outline)
        self.center = QStackedWidget(self)
        self.setCentralWidget(self.center)
        self.center.addWidget(self.canvas)
        side, below = self.deck.side(), self.deck.below()
        left = {"Palette": self.palette_panel, "Outline": self._outline}
        self.docks = Docks(self, left, side, below, self.theme)
        self.start = StartPlace(
            self.bridge, self.settings, self.views, self.center, self.docks, lambda: self.theme, self
        )
        self.panels: dict[str, tuple[TabbedDock, QWidget]] = {}
        self.panels |= {title: (self.docks.right, panel) for title, panel in side.items()}
        self.panels |= {title: (self.docks.lower, panel) for title, panel in below.items()}
        self.panels["Outline"] = (self.docks.left, self._outline)

    def _make_outline(self) -> Outline:
        from netdesigner.ui.outline.panel import Outline

        panel = Outline(self.bridge, self.theme, self.canvas.scope, self.canvas.selected())
        self.canvas.selection_changed.connect(panel.follow)
        panel.picked.connect(self.canvas.pick)
        panel.jump.connect(self.canvas.reveal)
        panel.delete_pressed.connect(self.canvas.delete)
        return panel

    @property
    def start_page(self) -> StartPage:
        """The page of ways to begin."""
        return self.start.place.panel()

    def _make_actions(self) -> None:
        actions = self.actions_by_name
        self.key_map = KeyMap(actions, self.settings, self, self.canvas)
        self.file = FileActions(actions, self.bridge, self.settings, self, self.canvas.save_picture)
        add_canvas_actions(actions, self.bridge, self.canvas, self.settings)
        shows = {title: (lambda title=title: self.bring(title)) for title in self.panels}
        chosen = self.settings.value.theme
        self.view = ViewActions(actions, self.canvas, self, self.docks.by_title(), shows, chosen)
        self.run = RunActions(actions, self.bridge, self.watch, self.settings, self)
        self.help = HelpActions(actions, self.key_map, self.bridge, self)
        self.start.attach(self.file, self.help.copy_report)
        self.weights = WeightActions(actions, self.bridge, self.settings, self)
        self.plugins = PluginActions(actions, self.bridge, self.settings, self)
        self.finding = FindActions(actions, self.bridge, self.canvas, self)
        tip = "Samples and recent files"
        actions.add("view.start", "S&tart Page", self.start.show, (), "start", tip)
        tip = "Put all panels in their first place"
        actions.add("view.grow", "Grow Lo&wer Panel", self._grow, "Ctrl+Shift+M", "up", _GROW)
        self.docks.lower.set_corner(actions["view.grow"])
        actions.add("view.reset", "&Reset Layout", self.docks.reset, (), "panel", tip)
        self.key_map.begin()
        everywhere = Qt.ShortcutContext.WindowShortcut
        self.addActions([action for action in actions if action.shortcutContext() == everywhere])

    def _make_surroundings(self) -> None:
        self.tool_bar = ToolBar(self.actions_by_name, self.bridge, self.watch, self.theme)
        self.addToolBar(self.tool_bar)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.status = StatusBar(self.bridge, self.theme)
        self.setStatusBar(self.status)
        self.forecast = MemoryForecast(self.bridge, self.status.memory)
        panels, docks = self.view.panel_names, self.view.dock_names
        fill_menu_bar(self.menuBar(), self.actions_by_name, self.settings, self.file.open, panels, docks)
        self.setMinimumSize(QSize(1024, 640))
        self.resize(1280, 800)
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        self.bridge.changed.connect(self._on_changed)
        self.canvas.selection_changed.connect(self.deck.inspector.show)
        self.canvas.recent_kinds_changed.connect(lambda kinds: self.settings.change(kinds=kinds))
        self.deck.problems.jump.connect(self.canvas.reveal)
        self.deck.problems.chosen.connect(self.canvas.trace)
        self.deck.problems.jump_to_choice.connect(self._jump_to_choice)
        self.palette_panel.chosen.connect(self.canvas.add)
        self.palette_panel.open_wanted.connect(self.canvas.reveal)
        self.tool_bar.data_pressed.connect(lambda: self.bring("Data"))
        self.tool_bar.check_pressed.connect(lambda: self.bring("Problems"))
        self.run.wants.connect(lambda panel: self.bring(panel.capitalize()))
        self.run.started.connect(self._on_run_started)
        for source in (self.run, self.deck):
            source.evaluate.connect(self._evaluate)
            source.export.connect(self.ask_export)
        self.deck.curves_of.connect(lambda _run: self.bring("Curves"))
        self.deck.previews_of.connect(self._show_previews)
        self.deck.resume.connect(self.run.train)
        self.deck.start_from.connect(self.run.start_from)
        self.run.chose.connect(self._jump_to_choice)
        self.deck.go_on.connect(self.run.go_on)
        self.deck.jump.connect(self._jump)
        self.view.theme_chosen.connect(self.appearance.choose)
        self.appearance.chosen.connect(self.set_theme)

    # ------------------------------------------------------------------------------------------------- panels

    def bring(self, title: str) -> None:
        """Brings a panel to the front and gives it the keyboard."""
        self.start.leave()
        dock, panel = self.panels[title]
        dock.bring(panel)
        panel.setFocus()

    def _grow(self) -> None:
        self.start.leave()
        self.actions_by_name.set_icon("view.grow", "down" if self.docks.grow() else "up")

    def _on_changed(self, before: State, after: State) -> None:
        mark = "[*]"
        only = " (read-only)" if after.read_only else ""
        self.setWindowTitle(f"{after.name}{mark}{only} - netdesigner")
        self.setWindowModified(after.dirty)
        errors = len(after.report.errors)
        warnings = len(after.report.problems) - errors
        count = f" ({errors + warnings})" if after.report.problems else ""
        self.docks.lower.set_title(self.deck.problems, f"Problems{count}")
        if after is not before and after.design is not before.design:
            self.start.leave()
        if after.path != before.path:
            self.views.note_open(after.path)

    def _on_run_started(self) -> None:
        self.deck.curves.clear()
        self.bring("Curves")

    def _evaluate(self, path: Path) -> None:
        self.bring("Evaluation")
        self.deck.evaluation.show_run(path)

    def _show_previews(self, path: Path) -> None:
        self.deck.previews.show_run(path)
        self.bring("Previews")

    def _jump(self, node_path: str) -> None:
        found = place_of(self.bridge.state.design, node_path)
        if found is not None:
            self.canvas.reveal(*found)

    def _jump_to_choice(self, section: str, param: str) -> None:
        if section.startswith(("data", AUGMENTATIONS)):
            self.bring("Data")
            self.deck.data.show_field(section, param)
        else:
            self.bring("Training")
            self.deck.training.show_field(section, param)

    def ask_export(self, run: Path | None = None) -> None:
        """Opens the export dialog once the runs are listed."""
        from netdesigner.session.training import run_folder_for
        from netdesigner.training.runs import list_runs
        from netdesigner.ui.panels.export import ExportDialog

        where = self.bridge.state.path
        path = run_folder_for(where)

        def work(_progress: Progress) -> tuple[RunInfo, ...]:
            return list_runs(path)

        def take(found: tuple[RunInfo, ...]) -> None:
            folder = where.parent if where else Path(self.settings.value.folder or Path.home())
            dialog = ExportDialog(self.bridge, self.theme, found[::-1], run, folder, self)
            self.appearance.chosen.connect(dialog.set_theme)
            dialog.open()

        self.bridge.start(Job("Listing the runs", work), take)

    # ------------------------------------------------------------------------------------------------- colours

    def set_theme(self, theme: Theme) -> None:
        """Gives the whole window other colours."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, theme)
        if theme is self.theme:
            return
        self.theme = theme
        views: list[Any] = [
            self.deck,
            self.canvas,
            self.file_banner,
            self.palette_panel,
            self._outline,
            self.start.place,
            self.tool_bar,
            self.status,
            *self.docks.all(),
        ]
        for view in views:
            view.set_theme(theme)
        self.actions_by_name.set_theme(theme)

    # ------------------------------------------------------------------------------------ the window's own events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._warm:
            self._warm = True
            self.canvas.take_views(self.views)
            self.plugins.say_faults()
            self._say_troubles()
            self.run.attach()
            QTimer.singleShot(_WARM_UP_MS, self, self._warm_up)

    def _say_troubles(self) -> None:
        """Says what was wrong with the window's own files, and from now on what is."""
        files = (self.settings.file, self.views.file)
        if troubles := " ".join(file.trouble for file in files if file.trouble):
            self.bridge.said.emit("warning", troubles)
        for file in files:
            file.tell = lambda trouble: self.bridge.said.emit("warning", trouble)

    def _warm_up(self) -> None:
        self.bridge.start(warm_up(), self._on_warm, lambda message: self.bridge.said.emit("error", message))

    def _on_warm(self, devices: tuple[str, ...]) -> None:
        self.tool_bar.set_devices(devices)
        self.collector.settle()
        self.forecast.begin()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _design_in(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _design_in(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            QTimer.singleShot(0, self, lambda: self.file.open(path))

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.file.may_leave():
            event.ignore()
            return
        self.docks.step_aside(False)
        keep_layout(self, self.panels, self.settings)
        self.canvas.keep_view(self.bridge.state.path)
        self.hide()
        self.bridge.session.close()
        self.bridge.close()
        self.collector.close()
        super().closeEvent(event)


def _design_in(data: QMimeData) -> Path | None:
    """The one design file that is dragged, or None."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return paths[0] if len(paths) == 1 and paths[0].suffix == SUFFIX else None
