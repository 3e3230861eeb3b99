"""How much memory training will take, worked out on a thread a moment after the last edit."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QLabel

from netdesigner.parts import Catalog, Progress, TrainingSettings
from netdesigner.session import Job, State
from netdesigner.ui import formats
from netdesigner.ui.bridge import Bridge

__all__ = ["MemoryForecast"]

_QUIET_MS = 700


class MemoryForecast(QObject):
    """Keeps a label up to date; it stays empty while the design has errors.

    Args:
        bridge: the session and its jobs.
        label: shows the sum; its tool tip what it is made of.
    """

    def __init__(self, bridge: Bridge, label: QLabel) -> None:
        super().__init__(label)
        self._bridge = bridge
        self._label = label
        self._job: Job[Any] | None = None
        self._ready = False
        self._timer = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._timer.timeout.connect(self._start)
        bridge.changed.connect(self._on_changed)
        bridge.run_changed.connect(self._on_run)

    def begin(self) -> None:
        """Starts forecasting; called once torch is there, so that no forecast waits for it."""
        self._ready = True
        self._timer.start()

    def _on_changed(self, before: State, after: State) -> None:
        same = before.report is after.report and before.design.training is after.design.training
        if not same and self._ready:
            self._timer.start()

    def _on_run(self, run: object) -> None:
        """What was edited in mid-run is worked out once that is over."""
        if run is None and self._ready:
            self._timer.start()

    def _start(self) -> None:
        state = self._bridge.state
        if self._job is not None and self._job.outcome is None:
            self._timer.start()
        elif state.report.errors or not any(
            network.graph.nodes for network in state.design.networks.values()
        ):
            self._label.clear()
        elif self._bridge.run is None:
            self._job = self._bridge.start(
                Job("Working out the memory", _work(state, self._bridge.session.catalog)),
                lambda found: self._show(state, *found),
                lambda _message: self._label.clear(),
            )
        else:
            self._label.clear()  # what it says is of another design than that which is trained

    def _show(self, state: State, total: int, tip: str) -> None:
        if self._bridge.state.design.networks is state.design.networks:
            self._label.setText(f"{formats.size(total)} to train")
            self._label.setToolTip(tip)


def _work(state: State, catalog: Catalog) -> Any:
    def work(_progress: Progress) -> tuple[int, str]:
        from netdesigner.compiler import forecast

        design = state.design
        settings = TrainingSettings.of(design.training, design.variables)
        batch = settings.batch_size
        slots = catalog.optimizer(design.training.optimizer, design.variables).slots + settings.copies
        found = [
            forecast(design, catalog, name, batch, slots, recompute=settings.recompute)
            for name in design.networks
        ]
        sums = {
            "parameters": sum(part.parameters_bytes for part in found),
            "gradients": sum(part.gradients_bytes for part in found),
            "optimizer": sum(part.optimizer_bytes for part in found),
            "activations": sum(part.activations_bytes for part in found),
        }
        words = ", ".join(f"{name} {formats.size(size)}" for name, size in sums.items())
        return sum(sums.values()), f"Memory to train with batches of {batch:,}: {words}"

    return work
