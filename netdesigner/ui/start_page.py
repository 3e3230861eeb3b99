"""What is seen before a design is open: samples, recent files, and unsaved work of a session that broke off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from netdesigner.parts import Catalog
from netdesigner.session.gallery import Template
from netdesigner.session.recovery import Found
from netdesigner.ui import formats
from netdesigner.ui.banner import Banner
from netdesigner.ui.flow_layout import remove_all
from netdesigner.ui.icons import icon
from netdesigner.ui.labels import ElidedLabel, PlainLabel, plain_tip
from netdesigner.ui.samples import Samples
from netdesigner.ui.scroll import PanelScroll
from netdesigner.ui.theme import Theme, font

__all__ = ["StartPage"]

Buttons = Sequence[tuple[str, Callable[[], object]]]
"""What each button is called, and what it does."""

_SIDE_PX = 248
_WIDEST_PX = 1240


class StartPage(PanelScroll):
    """Ways to begin.

    Signals:
        new, open, back: the buttons; the last leads back to the design that is open.
        sample: (Design) a sample was chosen.
        recent: (path) a recent file was chosen.
        restore, discard: (Found) what to do with unsaved work.
        trash: work that was given up should be listed.
        report: (what happened) it should be copied as a report.

    Args:
        templates: the samples.
        catalog: for the colours of their nodes.
        theme: its colours.
    """

    new = Signal()
    open = Signal()
    back = Signal()
    sample = Signal(object)
    recent = Signal(object)
    restore = Signal(object)
    discard = Signal(object)
    trash = Signal()
    report = Signal(str)

    def __init__(self, templates: Sequence[Template], catalog: Catalog, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("start_page")
        self._theme = theme
        self._samples = Samples(templates, catalog, theme)
        self._samples.chosen.connect(self.sample)
        self._new = QPushButton("New Empty Design")
        self._open = QPushButton("Open…")
        self._back = QPushButton()
        self._recent = QVBoxLayout()
        self._recent_title = PlainLabel("Recent", "heading")
        self._trash = QPushButton()
        self._rescued = QVBoxLayout()
        self._banners: list[Banner] = []
        self._build()
        self.setFocusProxy(self._new)
        self.set_theme(theme)

    def _build(self) -> None:
        columns = QHBoxLayout()
        columns.setSpacing(40)
        columns.addLayout(self._side())
        columns.addWidget(self._samples, 1)
        page = QWidget()
        page.setMaximumWidth(_WIDEST_PX)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(40, 32, 40, 32)
        layout.setSpacing(16)
        layout.addLayout(self._rescued)
        layout.addLayout(columns)
        layout.addStretch(1)
        centre = QWidget()
        around = QHBoxLayout(centre)
        around.setContentsMargins(0, 0, 0, 0)
        around.addStretch(1)
        around.addWidget(page, 100)
        around.addStretch(1)
        self.show_page(centre)

    def _side(self) -> QVBoxLayout:
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(PlainLabel("netdesigner", "title"))
        words = PlainLabel("Drag layers, wire them, train and take the network away.", "muted", wrap=True)
        words.setFixedWidth(_SIDE_PX)
        side.addWidget(words)
        side.addSpacing(8)
        for button, signal, name in (
            (self._new, self.new, "start_new"),
            (self._open, self.open, "start_open"),
            (self._back, self.back, "start_back"),
        ):
            button.setObjectName(name)
            button.setFixedWidth(_SIDE_PX)
            button.clicked.connect(signal)
            side.addWidget(button)
        side.addSpacing(16)
        side.addWidget(self._recent_title)
        self._recent.setSpacing(0)
        side.addLayout(self._recent)
        self._trash.setObjectName("trash_link")
        self._trash.setCursor(Qt.CursorShape.PointingHandCursor)
        self._trash.clicked.connect(self.trash)
        side.addWidget(self._trash)
        side.addStretch(1)
        return side

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self._new.setIcon(icon("new", theme, "muted"))
        self._open.setIcon(icon("open", theme, "muted"))
        self._back.setIcon(icon("back", theme, "muted"))
        self._samples.set_theme(theme)
        for banner in self._banners:
            banner.set_theme(theme)

    def show_open(self, name: str) -> None:
        """Offers the way back to the open design; none if the name is empty."""
        self._back.setVisible(bool(name))
        words = f"Back to {name}".replace("&", "&&")
        room_px = _SIDE_PX - 48
        self._back.setText(self._back.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room_px))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self._back.isHidden():
            self.back.emit()
        elif not self._samples.begin_search(event.text()):
            super().keyPressEvent(event)

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Lists recent files."""
        remove_all(self._recent)
        self._recent_title.setVisible(bool(paths))
        for path in paths:
            link = QPushButton()
            link.setObjectName("recent_file")
            link.setText(link.fontMetrics().elidedText(path.stem, Qt.TextElideMode.ElideRight, _SIDE_PX))
            link.setToolTip(plain_tip(str(path)))
            link.setCursor(Qt.CursorShape.PointingHandCursor)
            link.clicked.connect(lambda _checked=False, path=path: self.recent.emit(path))
            folder = ElidedLabel(str(path.parent), "muted", Qt.TextElideMode.ElideMiddle)
            folder.setFont(font(11))
            folder.setFixedWidth(_SIDE_PX)
            folder.setContentsMargins(0, 0, 0, 8)
            self._recent.addWidget(link)
            self._recent.addWidget(folder)

    def show_rescued(self, works: Sequence[Found], most: int = 3) -> None:
        """Offers unsaved work of sessions that broke off.

        Args:
            works: the work.
            most: how many are shown before the user asks for all.
        """
        remove_all(self._rescued)
        latest = sorted(works, key=lambda work: work.time_s, reverse=True)
        self._banners = [self._offer(work) for work in latest[:most]]
        if len(works) > most:
            more = QPushButton(f"Show {len(works) - most} more")
            more.setObjectName("more_rescued")
            more.clicked.connect(lambda: self.show_rescued(works, len(works)))
            self._rescued.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)

    def _offer(self, work: Found) -> Banner:
        age = formats.date(work.time_s)
        title = f"Unsaved work on {work.name} was kept when the program ended unexpectedly, {age}."
        more = f"It comes back as a copy; {work.path} stays as it is." if work.path else ""
        buttons = (("Restore", lambda: self.restore.emit(work)), ("Discard", lambda: self.discard.emit(work)))
        return self._banner("warning", title, more, buttons)

    def tell_end(self, path: Path | None, last_words: str) -> None:
        """Says that the program ended unexpectedly.

        Args:
            path: the design that was open then and of which nothing was lost, or None.
            last_words: what the program said of its end, or "".
        """
        buttons: list[tuple[str, Callable[[], object]]] = []
        if path is not None:
            buttons.append(("Open Again", lambda: self.recent.emit(path)))
        if last_words:
            buttons.append(("Copy Report", lambda: self.report.emit(last_words)))
        title = "The program ended unexpectedly."
        if path is not None:
            title = f"{title} {path.stem} was open, and all of it was saved."
        self._banners.append(self._banner("info", title, "", buttons))

    def show_discarded(self, count: int) -> None:
        """Offers to look at work that was given up, if there is any."""
        self._trash.setText(f"Discarded work ({count})")
        self._trash.setVisible(count > 0)

    def _banner(self, severity: str, title: str, more: str, buttons: Buttons) -> Banner:
        banner = Banner(self._theme)
        self._rescued.addWidget(banner)  # first, or it would be shown as a window of its own
        banner.say(severity, title, more, buttons)
        return banner
