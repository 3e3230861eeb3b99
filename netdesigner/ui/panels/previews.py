"""What the networks say of held-out samples while they learn: the newest, and how it came to that."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QStackedLayout, QVBoxLayout, QWidget

from netdesigner.errors import FileError
from netdesigner.evaluation import Evaluation
from netdesigner.session import State
from netdesigner.session.training import newest_previews
from netdesigner.training.previews import previews_of
from netdesigner.ui import formats
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.empty import EmptyState
from netdesigner.ui.flow_layout import FlowArea
from netdesigner.ui.labels import ElidedLabel, PlainLabel
from netdesigner.ui.preview import PreviewView
from netdesigner.ui.run_progress import RunProgress
from netdesigner.ui.run_watch import RunWatch
from netdesigner.ui.scroll import scrolled_under
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.training.host import Host

__all__ = ["Previews"]

_UNTRAINED = "Press Train, and see here what the network says of samples that it does not learn from."
_TRAINING = "What the network says of samples that it does not learn from comes here while it learns."


class Previews(QWidget):
    """Follows the run in progress; a slider leads back to earlier steps. Nothing is read while it is hidden.

    Args:
        bridge: to the session.
        watch: knows where the run in progress lies, and what it last showed.
        theme: its colours.
    """

    def __init__(self, bridge: Bridge, watch: RunWatch, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("previews")
        self._bridge = bridge
        self._watch = watch
        self._theme = theme
        self._run: Path | None = None
        self._files: tuple[Path, ...] = ()
        self._seen: Path | None = None
        self._views: list[PreviewView] = []
        self._title = ElidedLabel("")
        self._title.setObjectName("preview_title")
        self._passed = ""  # the run in progress that the user looks away from, or the last one
        self.follow = QPushButton("Follow the Run")
        self.follow.setObjectName("follow_run")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self._error = PlainLabel("", "error", wrap=True)
        self._shows = FlowArea(gap_px=32)
        self._empty = EmptyState("picture", "No previews yet", _UNTRAINED, theme)
        self._stack = QStackedLayout(self)
        self._build()
        bridge.changed.connect(self._on_changed)
        bridge.runs_moved.connect(self._on_moved)
        watch.changed.connect(self._on_progress)
        bridge.run_changed.connect(self._on_run)
        self._on_run(bridge.run)

    def _build(self) -> None:
        self.slider.setObjectName("preview_step")
        self.slider.setAccessibleName("Step")
        self.slider.setToolTip("Earlier steps to the left; all the way to the right the newest is followed")
        self.slider.setFixedWidth(240)
        self.slider.valueChanged.connect(lambda _index: self._show())
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 8, 16, 0)
        bar.setSpacing(16)
        self.follow.setToolTip("Back to the run that is being trained")
        self.follow.clicked.connect(self._follow)
        bar.addWidget(self._title, 1)
        bar.addWidget(self.follow)
        bar.addWidget(self.slider)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(16, 8, 16, 16)
        inner.addWidget(self._error)
        inner.addWidget(self._shows)
        inner.addStretch(1)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(scrolled_under(bar, content))
        self._error.hide()
        self.follow.hide()

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self._empty.set_theme(theme)
        for view in self._views:
            view.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Catches up with what came while it was hidden."""
        super().showEvent(event)
        if self._run is None:
            begun = self._watch.progress.folder  # before this panel was made
            self._run = Path(begun) if begun else newest_previews(self._bridge.session.state.path)
        self._catch_up()

    # ---------------------------------------------------------------------------------------------- following

    def show_run(self, run: Path) -> None:
        """Shows what a run said, its newest first; the run in progress is followed again once the user wants to."""
        folder = self._watch.progress.folder
        self._passed = folder if folder != str(run) else ""
        self._look_at(run)

    def _follow(self) -> None:
        self._passed = ""
        self._look_at(Path(self._watch.progress.folder))

    def _look_at(self, run: Path) -> None:
        self._run, self._files, self._seen = run, (), None
        self._show_follow()
        if self.isVisible():
            self._catch_up()

    def _on_run(self, run: Host | None) -> None:
        self._empty.hint.setText(_UNTRAINED if run is None else _TRAINING)
        self._show_follow()

    def _show_follow(self) -> None:
        self.follow.setVisible(bool(self._passed) and self._bridge.run is not None)

    def _on_progress(self, progress: RunProgress) -> None:
        if self._passed == progress.folder:
            return
        folder = Path(progress.folder) if progress.folder else None
        another = folder is not None and folder != self._run
        if another:
            self._run, self._passed = folder, ""
            self._show_follow()
        if self.isVisible() and (another or (folder is not None and progress.previewed != self._newest())):
            self._catch_up()

    def _newest(self) -> str:
        return str(self._files[-1]) if self._files else ""

    def _catch_up(self) -> None:
        """Takes the files that there are; who looked at the newest goes on to do so."""
        files = previews_of(self._run) if self._run is not None else ()
        follows = self.slider.value() >= len(self._files) - 1
        kept = files.index(self._seen) if self._seen in files else 0
        self._files = files
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(files) - 1))
        self.slider.setValue(len(files) - 1 if follows else kept)
        self.slider.blockSignals(False)
        self.slider.setEnabled(len(files) > 1)
        self._stack.setCurrentIndex(1 if files else 0)
        self._show()

    def _on_changed(self, before: State, after: State) -> None:
        if after.is_another_than(before):
            self._run, self._files, self._seen = None, (), None
            self._passed = ""
            self._show_follow()
            self._clear()
            if self.isVisible():
                self._run = newest_previews(after.path)
                self._catch_up()

    def _on_moved(self, moved: Mapping[Path, Path]) -> None:
        if self._run is not None and self._run in moved:
            self._run = moved[self._run]
            self._seen = None
            if self.isVisible():
                self._catch_up()

    # ------------------------------------------------------------------------------------------------ showing

    def _show(self) -> None:
        if not self._files:
            self._clear()
            self._seen = None
            return
        file = self._files[min(self.slider.value(), len(self._files) - 1)]
        if file == self._seen:
            return
        self._seen = file
        try:
            found = Evaluation.read(file)
        except FileError as error:
            self._clear()
            self._error.setText(str(error))
            self._error.show()
            return
        self._error.hide()
        self._fill(file, found)

    def _fill(self, file: Path, found: Evaluation) -> None:
        """Shows one in place of another, without a moment in between and where it was scrolled to."""
        assert self._run is not None
        where = f"{found.count:,} samples of the {found.part} part"
        self._title.setText(f"Run {formats.run_title(self._run.name)}, step {int(file.stem):,}: {where}")
        self.setUpdatesEnabled(False)
        self._clear()
        for preview in (*found.previews[:1], *found.chosen, *found.previews[1:]):
            view = PreviewView(preview, self._theme)
            view.setMaximumWidth(640)
            self._views.append(view)
            self._shows.add(view)
        self.setUpdatesEnabled(True)

    def _clear(self) -> None:
        self._views = []
        self._shows.clear()
