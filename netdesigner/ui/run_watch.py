"""Where the run in progress stands, for every view that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from netdesigner.session import State
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.run_progress import RunProgress

if TYPE_CHECKING:
    from netdesigner.training.events import Event

__all__ = ["RunWatch"]


class RunWatch(QObject):
    """Follows the events of the run; made before the views that ask it, so that it knows before they do.

    Signals:
        changed: the progress, after each batch of events and at the start and end of a run.
    """

    changed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.progress = RunProgress(phase="")
        self._bridge = bridge
        bridge.changed.connect(self._on_changed)
        bridge.run_changed.connect(self._on_run)
        bridge.run_events.connect(self._take)
        bridge.runs_moved.connect(self._on_moved)

    @property
    def paused(self) -> bool:
        """Whether the run waits."""
        return self.progress.phase == "paused"

    def _on_changed(self, before: State, after: State) -> None:
        """Another design has other runs; of this one a run may go on that only this program knows."""
        if after.is_another_than(before) and (self._bridge.run is None or self._bridge.detached):
            self.progress = RunProgress(phase="")

    def _on_moved(self, moved: Mapping[Path, Path]) -> None:
        folder = self.progress.folder
        if folder and (place := moved.get(Path(folder))) is not None:
            self.progress = self.progress._replace(folder=str(place))

    def _on_run(self, run: Any) -> None:
        if run is not None:
            self.progress = RunProgress()
        self.changed.emit(self.progress)

    def _take(self, events: Sequence[Event]) -> None:
        for event in events:
            self.progress = self.progress.after(event)
        self.changed.emit(self.progress)
