"""The progress of one job, with a button that cancels it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QWidget

from netdesigner.session import Job
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.formats import sentence
from netdesigner.ui.icons import icon
from netdesigner.ui.labels import ElidedLabel
from netdesigner.ui.theme import Theme

__all__ = ["JobRow"]


class JobRow(QWidget):
    """Hidden until a job is followed, and again when that has ended.

    Signals:
        ended: the job that was followed is over, whichever way; its value or error is told after this.

    Args:
        bridge: tells how far jobs are.
        theme: its colours.
    """

    ended = Signal()

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: Job[Any] | None = None
        self._text = ElidedLabel("", "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setFixedHeight(6)
        self._bar.setMinimumWidth(64)
        self.cancel = QToolButton()
        self.cancel.setObjectName("cancel_job")
        self.cancel.setToolTip("Cancel")
        self.cancel.setAccessibleName("Cancel")
        self.cancel.clicked.connect(self._cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._text, 2)
        layout.addWidget(self._bar, 1)
        layout.addWidget(self.cancel)
        self.set_theme(theme)
        self.hide()
        bridge.jobs_changed.connect(self._on_jobs)

    @property
    def job(self) -> Job[Any] | None:
        """The job that is followed, until it has ended."""
        return self._job

    def follow(self, job: Job[Any] | None) -> None:
        """Shows a job's progress; None hides it."""
        self._job = job
        self.cancel.setEnabled(True)
        self.setVisible(job is not None)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self.cancel.setIcon(icon("cancel", theme, "muted"))

    def _show(self) -> None:
        if self._job is not None:
            self._text.setText(sentence(self._job.text))
            self._bar.setValue(round(1000 * self._job.fraction))

    def _on_jobs(self, jobs: list[Job[Any]]) -> None:
        if self._job is None:
            return
        if self._job in jobs:
            self._show()
        else:
            self.follow(None)
            self.ended.emit()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self.cancel.setEnabled(False)
            self._text.setText("Cancelling")
