"""The start page's place in the window: when it is seen, and what its buttons do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QStackedWidget, QWidget

from netdesigner.document import Design
from netdesigner.session import State
from netdesigner.session.recovery import TRASH_DAYS, Found, Recovery
from netdesigner.ui.actions.file import FileActions
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.docks import Docks, Place
from netdesigner.ui.settings import Settings
from netdesigner.ui.theme import Theme
from netdesigner.ui.view_memory import ViewMemory

if TYPE_CHECKING:
    from netdesigner.ui.start_page import StartPage

__all__ = ["StartPlace"]


class StartPlace(QObject):
    """Shows the start page in the middle of the window, and takes it away again.

    Attributes:
        place: where the page lies; it is made when it is first seen.

    Args:
        bridge: to the session.
        settings: the recent files.
        views: the design that was open last.
        center: what lies in the middle of the window, the canvas first; the page is added to it.
        docks: they step aside for the page.
        theme: the colours of the moment.
        window: the parent of dialogs.
    """

    def __init__(
        self,
        bridge: Bridge,
        settings: Settings,
        views: ViewMemory,
        center: QStackedWidget,
        docks: Docks,
        theme: Callable[[], Theme],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._settings = settings
        self._views = views
        self._center = center
        self._docks = docks
        self._theme = theme
        self._window = window
        self._file: FileActions | None = None
        self._report: Callable[[str], None] = lambda _what: None
        recovery = bridge.session.recovery
        broke_off = recovery is not None and recovery.life.broke_off
        self._last_words = recovery.life.last_words if recovery is not None else ""
        self._open_then = _present(views.last()) if broke_off else None
        self.place: Place[StartPage] = Place(self._make)
        center.addWidget(self.place)

    def attach(self, file: FileActions, report: Callable[[str], None]) -> None:
        """Takes what opens and begins designs, and what copies a report."""
        self._file = file
        self._report = report

    @property
    def _recovery(self) -> Recovery | None:
        return self._bridge.session.recovery

    def _make(self) -> StartPage:
        from netdesigner.session.gallery import templates
        from netdesigner.ui.start_page import StartPage

        assert self._file is not None, "attach comes before the first look"
        page = StartPage(templates(), self._bridge.session.catalog, self._theme())
        page.new.connect(self._file.new)
        page.open.connect(self._file.ask_open)
        page.back.connect(self.leave)
        page.recent.connect(self._file.open)
        page.sample.connect(self._open_sample)
        page.restore.connect(self._file.restore)
        page.discard.connect(self._discard)
        page.trash.connect(self._file.show_trash)
        page.report.connect(self._report)
        return page

    # -------------------------------------------------------------------------------------------------- seeing

    def begin(self) -> None:
        """Shows the page where no design is open, else the design."""
        if is_untouched(self._bridge.state):
            self.show()
        else:
            self.leave()

    def show(self) -> None:
        """Shows the page."""
        page = self.place.panel()
        page.show_recent(self._settings.recent())
        self._show_kept(page)
        state = self._bridge.state
        page.show_open("" if is_untouched(state) else state.name)
        self._turn(True)

    def leave(self) -> None:
        """Shows the design."""
        self._turn(False)

    def _turn(self, shown: bool) -> None:
        shows_now = self._center.currentWidget() is self.place
        self._center.setCurrentIndex(self._center.indexOf(self.place) if shown else 0)
        self._docks.step_aside(shown)
        if shown or shows_now:
            self._center.currentWidget().setFocus()

    def _show_kept(self, page: StartPage) -> None:
        """Shows what there is of work that was not saved."""
        if self._recovery is None:
            return
        works = self._recovery.found()
        page.show_rescued(works)
        page.show_discarded(len(self._recovery.trashed()))
        open_then = None if works else self._open_then
        if open_then is not None or self._last_words:
            page.tell_end(open_then, self._last_words)
        self._open_then, self._last_words = None, ""
        for aside in self._recovery.damaged:
            self._bridge.said.emit(
                "error", f"Unsaved work cannot be read; what is left of it is kept as {aside}"
            )
        self._recovery.damaged.clear()

    # -------------------------------------------------------------------------------------------------- buttons

    def _open_sample(self, design: Design) -> None:
        if self._file is not None and self._file.new(design):
            self.leave()

    def _discard(self, work: Found) -> None:
        if self._recovery is None:
            return
        self._recovery.discard(work)
        self._show_kept(self.place.panel())
        words = f"Discarded; for {TRASH_DAYS} days File > Discarded Work brings it back"
        self._bridge.said.emit("info", words)


def _present(path: Path | None) -> Path | None:
    return path if path is not None and path.is_file() else None


def is_untouched(state: State) -> bool:
    """Whether nothing is open but the empty design that a start begins with."""
    empty = not any(network.graph.nodes for network in state.design.networks.values())
    return empty and state.path is None and not state.dirty
