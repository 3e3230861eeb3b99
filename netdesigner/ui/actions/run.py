"""Training: start, pause, one step, stop; judging and taking away what was trained."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from netdesigner.document import Design
from netdesigner.document import edit as edits
from netdesigner.errors import NetDesignerError
from netdesigner.parts import Progress
from netdesigner.parts.paths import written
from netdesigner.session import Job, State
from netdesigner.ui import formats
from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.run_watch import RunWatch
from netdesigner.ui.settings import Settings

if TYPE_CHECKING:
    from netdesigner.session.ways_on import WayOn

__all__ = ["DETACHED", "RunActions"]


DETACHED = "The run goes on when the window closes, and gives back all GPU memory when it ends"


class RunActions(QObject):
    """The Run menu.

    Signals:
        chose: (section, parameter) what was set of the design; it should be seen.
        wants: (panel) the panel in which something must be done first: "problems", "data" or "training".
        started: a run was started; its curves should be seen.
        evaluate, export: (run folder or None for the design as it is).

    Args:
        actions: where its actions are added.
        bridge: the session and the run.
        watch: where the run stands.
        settings: remembers whether runs are detached.
    """

    chose = Signal(str, str)
    wants = Signal(str)
    started = Signal()
    evaluate = Signal(object)
    export = Signal(object)

    def __init__(
        self, actions: ActionList, bridge: Bridge, watch: RunWatch, settings: Settings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._bridge = bridge
        self._watch = watch
        self._settings = settings
        actions.add("run.train", "&Train", self.train, "F5", "play", "Train the network")
        actions.add("run.pause", "&Pause", self.pause_or_resume, "F6", "pause", "Pause the run, or go on")
        actions.add("run.step", "One &Step", self.step, "F10", "step", "Train on one batch and pause")
        actions.add("run.stop", "St&op", self.stop, "Shift+F5", "stop", "Stop the run; it keeps its weights")
        detached = actions.add(
            "run.detached", "&Detached", self._set_detached, (), "", DETACHED, checkable=True
        )
        detached.setChecked(settings.value.detached)
        tip = "Judge the latest run on held-out samples"
        actions.add("run.evaluate", "&Evaluate", self.evaluate_latest, "Ctrl+J", "evaluate", tip)
        tip = "Take the network away as a file, with a proof"
        actions.add("run.export", "E&xport…", lambda: self.export.emit(None), "Ctrl+E", "export", tip)
        bridge.changed.connect(self._on_changed)
        bridge.run_changed.connect(lambda _run: self._show())
        watch.changed.connect(lambda _progress: self._show())
        self._show()

    def train(self, resume: Path | None = None) -> bool:
        """Starts a run, or goes on with one; returns whether it did.

        Where something is missing, it is said and the panel in which it is mended comes to the front.
        """
        if self._bridge.run is not None or not self._ready():
            return False
        detached = self._settings.value.detached
        if detached and self._bridge.state.path is None:
            self._bridge.said.emit("warning", "Save the design first: a detached run is found by its file.")
            return False
        from netdesigner.session.training import start

        try:
            host = start(self._bridge.session, resume=resume, detached=detached)
        except (NetDesignerError, OSError) as error:
            self._bridge.said.emit("error", str(error))
            return False
        self._bridge.take_run(host)
        self.started.emit()
        return True

    def go_on(self, way: WayOn) -> bool:
        """Changes what made a run fail, as one step that can be undone, and trains on; returns whether it does."""
        return (
            self._bridge.stop_run()  # it may be in its last words
            and self._bridge.edit(way.change, way.words[0].lower() + way.words[1:])
            and self.train(way.resume)
        )

    def start_from(self, run: Path) -> None:
        """Lets training begin with a run's weights, as one step that can be undone, and says which of them fit.

        Where none does, that is said and nothing is changed.
        """
        state, catalog = self._bridge.state, self._bridge.session.catalog

        def work(_progress: Progress) -> str:
            from netdesigner.session.fitting import fitting_weights

            return fitting_weights(state.design, catalog, run, state.data)

        def take(told: str) -> None:
            if self._bridge.state.is_another_than(state):
                return
            title, named = formats.run_title(run.name), written(run, self._bridge.state.design.folder)
            self._bridge.session.seal()  # else it would become one step with what was typed before
            if self._bridge.edit(partial(_start_from, named), f"start from the run of {title}"):
                self._bridge.session.seal()
                self.chose.emit("training", "start_from")
                then = f": {told}" if told else "; what of it fits is told once the design has no errors"
                self._bridge.said.emit("info", f"Training starts from the run of {title}{then}")

        self._bridge.start(Job("Looking which weights fit", work), take)

    def attach(self) -> bool:
        """Follows the run of the open design that another process trains; returns whether there is one."""
        path = self._bridge.state.path
        if path is None or self._bridge.run is not None:
            return False
        from netdesigner.training.runs import running_run

        run = running_run(path)
        if run is None:
            return False
        from netdesigner.session.training import attach

        try:
            host = attach(run)
        except NetDesignerError:  # it has ended meanwhile
            return False
        self._bridge.take_run(host)
        self.started.emit()
        self._bridge.said.emit("info", f"The run of {formats.run_title(run.name)} goes on")
        return True

    def _on_changed(self, before: State, after: State) -> None:
        if after.is_another_than(before):
            if self._bridge.detached:
                self._bridge.leave_run()
            self.attach()

    def _set_detached(self, on: bool) -> None:
        self._settings.change(detached=on)

    def _ready(self) -> bool:
        design, errors = self._bridge.state.design, self._bridge.state.report.errors
        if design.data is None:
            self._refuse("data", "Choose the data to learn from first.")
        elif design.task is None:
            self._refuse("training", "Choose what is to be learned (the task) first.")
        elif errors:
            self._refuse("problems", f"The design has {formats.plural(len(errors), 'error')} to mend first.")
        else:
            return True
        return False

    def _refuse(self, panel: str, why: str) -> None:
        self._bridge.said.emit("warning", why)
        self.wants.emit(panel)

    def pause_or_resume(self) -> None:
        """Pauses the run, or lets a paused one go on."""
        run = self._bridge.run
        if run is None:
            return
        if self._watch.paused:
            run.resume()
        else:
            run.pause()
            self._bridge.said.emit("info", "Pausing before the next batch")

    def step(self) -> None:
        """Trains on one batch, then pauses."""
        if self._bridge.run is not None:
            self._bridge.run.single_step()

    def stop(self) -> None:
        """Ends the run; it keeps its weights and can be resumed."""
        if self._bridge.run is not None:
            self._bridge.run.stop()
            self._bridge.said.emit("info", "Stopping after this batch")

    def evaluate_latest(self) -> None:
        """Judges the newest run of the design as it is; looking for it may take a moment, so a thread does."""
        design, path = self._bridge.state.design, self._bridge.state.path

        def work(_progress: Progress) -> Path | None:
            from netdesigner.session.training import newest_run

            return newest_run(design, path)

        def take(found: Path | None) -> None:
            if found is None:
                self._bridge.said.emit("warning", "No run has trained this network yet. Train it first.")
            else:
                self.evaluate.emit(found)

        self._bridge.start(Job("Looking for the latest run", work), take)

    def _show(self) -> None:
        running = self._bridge.run is not None
        prepared = running and self._watch.progress.phase in ("running", "paused")
        self._actions["run.train"].setEnabled(not running)
        self._actions["run.pause"].setEnabled(prepared)
        self._actions["run.step"].setEnabled(prepared)
        self._actions["run.stop"].setEnabled(running)
        paused = running and self._watch.paused
        self._actions["run.pause"].setText("&Resume" if paused else "&Pause")
        self._actions.set_icon("run.pause", "resume" if paused else "pause")


def _start_from(path: str, design: Design) -> Design:
    return edits.set_training(design, design.training.with_values({"start_from": path}))
