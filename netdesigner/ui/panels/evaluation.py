"""How good a run is on samples it has not seen, and what its worst mistakes look like."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from netdesigner.errors import NetDesignerError
from netdesigner.parts import Progress
from netdesigner.parts.figures import about, measured, title_of
from netdesigner.session import Job, State
from netdesigner.session.training import evaluate_run, kept_weights, leave_a_core
from netdesigner.training.runs import can_go_on, has_weights
from netdesigner.ui import formats
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.empty import EmptyState
from netdesigner.ui.flow_layout import FlowArea
from netdesigner.ui.job_row import JobRow
from netdesigner.ui.labels import ElidedLabel, PlainLabel, plain_tip
from netdesigner.ui.preview import PreviewView
from netdesigner.ui.scroll import scrolled_under
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.evaluation import Evaluation

__all__ = ["EvaluationPanel"]

_WHY_NOT = (
    "The run has completed no epoch, so none of its weights are the best",
    "The run has kept none but its best weights",
)


class EvaluationPanel(QWidget):
    """Measures as large figures, then everything the task has to show.

    Signals:
        export: (run folder).
    """

    export = Signal(object)

    def __init__(self, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("evaluation")
        self._bridge = bridge
        self._theme = theme
        self._run: Path | None = None
        self._found: Evaluation | None = None
        self._judging: Job[Evaluation] | None = None
        self._views: list[PreviewView] = []
        self._title = ElidedLabel("")
        self._which = QComboBox()
        self._which.setObjectName("which_weights")
        self._again = QPushButton("Evaluate Again")
        self._save = QPushButton("Save Report…")
        self._save.setObjectName("save_report")
        self._export = QPushButton("Export…")
        self._job = JobRow(bridge, theme)
        self._error = PlainLabel("", "error", wrap=True)
        self._cancelled = PlainLabel(
            "Cancelled, so there are no figures. Evaluate Again begins anew.", "muted"
        )
        self._figures = FlowArea(gap_px=24)
        self._shows = FlowArea(gap_px=32)
        hint = "Choose a run under Runs and press Evaluate, or train one first."
        self._empty = EmptyState("evaluate", "Nothing evaluated yet", hint, theme)
        self._stack = QStackedLayout(self)
        self._build()
        self._job.ended.connect(self._on_ended)
        bridge.changed.connect(self._on_changed)
        bridge.runs_moved.connect(self._on_moved)

    def _build(self) -> None:
        self._which.addItem("Best weights", "best")
        self._which.addItem("Last weights", "last")
        self._which.setToolTip("Weights of the best epoch, or those the run ended with")
        self._which.activated.connect(lambda _index: self._evaluate())
        self._again.clicked.connect(self._evaluate)
        self._save.setToolTip("All of this, the network and how it was trained, as one web page or as JSON")
        self._save.clicked.connect(self._save_report)
        self._export.clicked.connect(lambda: self.export.emit(self._run))
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 8, 8, 0)
        bar.setSpacing(8)
        bar.addWidget(self._title, 1)
        for widget in (self._which, self._again, self._save, self._export):
            bar.addWidget(widget)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(16, 8, 16, 16)
        inner.setSpacing(16)
        inner.addWidget(self._job)
        inner.addWidget(self._error)
        inner.addWidget(self._cancelled)
        inner.addWidget(self._figures)
        inner.addWidget(self._shows)
        inner.addStretch(1)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(scrolled_under(bar, content))
        self._error.hide()
        self._cancelled.hide()
        self._clear()

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self._empty.set_theme(theme)
        self._job.set_theme(theme)
        for view in self._views:
            view.set_theme(theme)

    # --------------------------------------------------------------------------------------------------- work

    def show_run(self, path: Path) -> None:
        """Judges a run's weights and shows the result."""
        self._give_up()
        self._run = path
        self._offer_weights(path)
        self._evaluate()

    def _offer_weights(self, run: Path) -> None:
        """Lets the user choose among the weights that a run has kept, with the reason where one is not to be chosen.

        At first it is those that its design keeps.
        """
        kept = (has_weights(run), can_go_on(run))
        for index, is_kept in enumerate(kept):
            reason = "" if is_kept or not any(kept) else _WHY_NOT[index]
            self._which.setItemData(index, reason, Qt.ItemDataRole.ToolTipRole)
            self._which.model().item(index).setEnabled(not reason)  # type: ignore[attr-defined]
        wanted = self._which.findData(kept_weights(run))
        self._which.setCurrentIndex(kept.index(True) if any(kept) and not kept[wanted] else wanted)

    def _evaluate(self) -> None:
        path, which = self._run, str(self._which.currentData())
        if path is None or self._job.job is not None:
            return
        catalog = self._bridge.session.catalog
        self._stack.setCurrentIndex(1)
        self._title.setText(f"Run {formats.run_title(path.name)}")
        self._say_error("")
        self._cancelled.hide()
        self._clear()

        def work(progress: Progress) -> Evaluation:
            leave_a_core()
            return evaluate_run(path, catalog, progress, which)

        def take(found: Evaluation) -> None:
            if path == self._run:  # else it had ended before it could be cancelled
                self._show(found)

        self._enable(False)
        self._judging = self._bridge.start(Job("Evaluating", work), take, self._say_error)
        self._job.follow(self._judging)

    def _save_report(self) -> None:
        from netdesigner.ui.panels.report_file import ask_report_file, report_job

        if self._run is None or self._found is None or (path := ask_report_file(self, self._run)) is None:
            return
        catalog, which = self._bridge.session.catalog, str(self._which.currentData())
        try:
            job = report_job(self._run, catalog, self._found, which, path)
        except NetDesignerError as error:
            self._say_error(str(error))
            return
        self._say_error("")
        self._enable(False)
        said = self._bridge.said.emit
        self._job.follow(
            self._bridge.start(job, lambda saved: said("info", f"Saved {saved.name}"), self._say_error)
        )

    def _on_changed(self, before: State, after: State) -> None:
        if after.is_another_than(before):
            self._give_up()
            self._run = None
            self._clear()
            self._stack.setCurrentIndex(0)

    def _on_moved(self, moved: Mapping[Path, Path]) -> None:
        if self._run is not None:
            self._run = moved.get(self._run, self._run)

    def _give_up(self) -> None:
        """Cancels an evaluation that goes on: nobody waits for it any more."""
        if self._job.job is not None:
            self._job.job.cancel()
            self._job.follow(None)
            self._enable(True)

    def _on_ended(self) -> None:
        self._enable(True)
        outcome = self._judging.outcome if self._judging is not None else None
        self._cancelled.setVisible(self._found is None and outcome is not None and outcome.cancelled)

    def _say_error(self, message: str) -> None:
        self._error.setText(message)
        self._error.setVisible(bool(message))

    def _enable(self, enabled: bool) -> None:
        for widget in (self._which, self._again, self._export):
            widget.setEnabled(enabled)
        self._save.setEnabled(enabled and self._found is not None)

    # ------------------------------------------------------------------------------------------------ showing

    def _show(self, found: Evaluation) -> None:
        self._clear()
        self._found = found
        self._save.setEnabled(True)
        run = formats.run_title(self._run.name) if self._run else ""
        self._title.setText(f"Run {run}: {formats.plural(found.count, f'{found.part} sample')}")
        for name, value in found.measures.items():
            self._figures.add(_Figure(name, value))
        for preview in (*found.previews, *found.chosen):
            view = PreviewView(preview, self._theme)
            view.setMaximumWidth(640)
            self._views.append(view)
            self._shows.add(view)

    def _clear(self) -> None:
        self._found = None
        self._save.setEnabled(False)
        self._views = []
        self._figures.clear()
        self._shows.clear()


class _Figure(QWidget):
    """One measure in large figures over its name."""

    def __init__(self, name: str, value: float) -> None:
        super().__init__()
        title, text = title_of(name), measured(name, value)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(PlainLabel(text, "title"))
        layout.addWidget(PlainLabel(title, "muted"))
        self.setAccessibleName(f"{title} {text}")
        self.setAccessibleDescription(about(name))
        self.setToolTip(plain_tip(about(name)))
