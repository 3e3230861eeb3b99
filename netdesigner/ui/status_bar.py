"""The line at the foot of the window: what was said last, work that goes on, and what the network costs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStatusBar, QWidget

from netdesigner.parts import Cost
from netdesigner.session import Job, State
from netdesigner.ui import formats
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.icons import icon
from netdesigner.ui.job_row import JobRow
from netdesigner.ui.labels import ElidedLabel, PlainLabel, plain_tip, set_role
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.training.events import Event

__all__ = ["StatusBar"]

_INFO_MS = 8_000
_LONG_S = 0.5
_ICONS = {"error": "error", "warning": "warning"}
_SEVERITIES = ("", "info", "warning", "error")


class StatusBar(QStatusBar):
    """Says messages of the bridge and shows the progress of jobs that take longer than a moment."""

    def __init__(self, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("status_bar")
        self.setSizeGripEnabled(False)
        self._theme = theme
        self._severity = ""
        self._at_once = False
        self._since: dict[int, float] = {}
        self._icon = PlainLabel()
        self.message = ElidedLabel("")
        self.message.setObjectName("message_line")
        self.job = JobRow(bridge, theme)
        self.job.setFixedWidth(280)
        self._parameters = PlainLabel("", "muted")
        self._parameters.setObjectName("parameter_count")
        self._macs = PlainLabel("", "muted")
        self.memory = PlainLabel("", "muted")
        self._fade = QTimer(self, singleShot=True, interval=_INFO_MS)
        self._fade.timeout.connect(self.clear)
        self._build()
        bridge.said.connect(self.say)
        bridge.jobs_changed.connect(self._on_jobs)
        bridge.changed.connect(self._on_changed)
        bridge.run_events.connect(self._on_run_events)
        self._show_cost(bridge.state)

    def _build(self) -> None:
        left = QWidget()
        row = QHBoxLayout(left)
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._icon)
        row.addWidget(self.message, 1)
        self.addWidget(left, 1)
        self.addPermanentWidget(self.job)
        for label, tip in (
            (self._parameters, "Numbers that training changes"),
            (self._macs, "Multiply-adds of one forward pass of one sample"),
            (self.memory, "Memory that training takes, worked out before any is used"),
        ):
            label.setToolTip(tip)
            label.setContentsMargins(8, 4, 8, 4)
            self.addPermanentWidget(label)
        self._icon.hide()

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self.job.set_theme(theme)
        self._show_icon()

    def say(self, severity: str, text: str) -> None:
        """Shows a message: an error stays until the next one, anything else fades.

        What is said in the same moment as another message stands behind it, with the worse of both signs.
        """
        text = formats.sentence(text)
        before = self.message.text() if text and self._at_once else ""
        if text and text in before:
            return
        if before:
            text = f"{formats.ended(before)} {text}"
            severity = max(severity, self._severity, key=_SEVERITIES.index)
        elif text:
            self._at_once = True
            QTimer.singleShot(0, self, self._seen)
        self._severity = severity
        self.message.setText(text)
        set_role(self.message, severity if severity in _ICONS else "")
        self.message.setToolTip(plain_tip(text))
        self._show_icon()
        if severity == "error":
            self._fade.stop()
        else:
            self._fade.start()

    def _seen(self) -> None:
        self._at_once = False

    def clear(self) -> None:
        """Takes the message away."""
        self.say("", "")
        self._fade.stop()

    def _show_icon(self) -> None:
        name = _ICONS.get(self._severity)
        self._icon.setVisible(name is not None)
        if name is not None:
            glyph = icon(name, self._theme, self._severity)
            self._icon.setPixmap(glyph.pixmap(QSize(16, 16), self.devicePixelRatioF()))

    def _on_jobs(self, jobs: list[Job[Any]]) -> None:
        """Follows the oldest job that has run for a while, so that short ones do not flicker by."""
        now = time.monotonic()
        self._since = {id(job): self._since.get(id(job), now) for job in jobs}
        if self.job.job is None:
            long = next((job for job in jobs if now - self._since[id(job)] >= _LONG_S), None)
            if long is not None:
                self.job.follow(long)

    def _on_run_events(self, events: Sequence[Event]) -> None:
        from netdesigner.training.events import Warned

        for event in events:
            if isinstance(event, Warned):
                self.say("warning" if event.trouble else "info", event.message)

    def _on_changed(self, before: State, after: State) -> None:
        if before.report is not after.report:
            self._show_cost(after)

    def _show_cost(self, state: State) -> None:
        costs = [
            state.report.traces[name].cost for name in state.design.networks if name in state.report.traces
        ]
        whole = Cost.total(costs)
        frozen = f", {formats.short_count(whole.trainable)} trainable" if whole.frozen else ""
        self._parameters.setText(f"{formats.short_count(whole.parameters)} parameters{frozen}")
        kept = f"; {whole.frozen:,} more are frozen" if whole.frozen else ""
        self._parameters.setToolTip(plain_tip(f"{whole.trainable:,} numbers that training changes{kept}"))
        self._macs.setText(f"{formats.short_count(whole.macs)} MACs")
        self._macs.setToolTip(plain_tip(f"{whole.macs:,} multiply-adds of one forward pass of one sample"))
