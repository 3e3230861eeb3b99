"""The one adapter between the session and the widgets.

It turns the session's calls into Qt signals, and asks jobs and the training run for news by a timer, so that nothing
but the window's own thread ever touches a widget.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QTimer, Signal
from shiboken6 import isValid

from netdesigner.document import Design
from netdesigner.errors import NetDesignerError
from netdesigner.session import Job, Session, State

if TYPE_CHECKING:
    from netdesigner.training.host import Host

__all__ = ["Bridge"]

_POLL_MS = 50
_PAUSE_S = 0.01
_LEAVING_S = 10.0


class _Watched(NamedTuple):
    job: Job[Any]
    done: Callable[[Any], None]
    failed: Callable[[str], None] | None


class Bridge(QObject):
    """What views talk to.

    Signals:
        changed: the session's state (before, after) after each change.
        said: (severity, text) one line for the user: "info", "warning" or "error".
        jobs_changed: the jobs that run now, with fresh progress, as a list.
        run_changed: the run that is being trained, or None once it ended.
        run_events: events of the run, a list, oldest first.
        runs_moved: folders of runs that lie elsewhere now: {before: now}.
        library_changed: a block came into the user's library or went.
    """

    changed = Signal(object, object)
    said = Signal(str, str)
    jobs_changed = Signal(object)
    run_changed = Signal(object)
    run_events = Signal(object)
    runs_moved = Signal(object)
    library_changed = Signal()
    _not_kept = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._watched: list[_Watched] = []
        self._run: Host | None = None
        self._closed = False
        self._unlisten = session.listen(self._on_state)
        self._not_kept.connect(self._on_not_kept)
        if session.recovery is not None:
            session.recovery.on_trouble(self._not_kept.emit)  # from the thread that writes
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def state(self) -> State:
        """The session's present state."""
        return self.session.state

    @property
    def run(self) -> Host | None:
        """The training host of the run in progress, or None."""
        return self._run

    @property
    def detached(self) -> bool:
        """Whether a run is in progress that goes on without this program."""
        return self._run is not None and self._run.outlives

    def _on_state(self, before: State, after: State) -> None:
        self.changed.emit(before, after)

    def _on_not_kept(self, text: str) -> None:
        self.said.emit("error", text)

    # ------------------------------------------------------------------------------------------------- edits

    def edit(self, change: Callable[[Design], Design], label: str, merge_key: str = "") -> bool:
        """Applies an edit to the present design; a refusal is said to the user.

        Returns:
            Whether it was applied.
        """
        try:
            self.session.edit(change(self.session.design), label, merge_key)
        except NetDesignerError as error:
            self.said.emit("error", str(error))
            return False
        return True

    # -------------------------------------------------------------------------------------------------- work

    def start(
        self, job: Job[Any], done: Callable[[Any], None], failed: Callable[[str], None] | None = None
    ) -> Job[Any]:
        """Starts long work; none any more once everything was ended.

        Args:
            job: the work, not yet started.
            done: called on the window's thread with its value.
            failed: called with one line for the user; by default the line is said. Not called after a cancel.
        """
        if self._closed:
            return job
        self._watched.append(_Watched(job.start(), done, failed))
        self.jobs_changed.emit(self.jobs())
        self._timer.start()
        return job

    def jobs(self) -> list[Job[Any]]:
        """The jobs that run now."""
        return [watched.job for watched in self._watched]

    def take_run(self, host: Host) -> None:
        """Follows a training host that was started, until its run is over."""
        self._run = host
        self.run_changed.emit(host)
        self._timer.start()

    def _poll(self) -> None:
        self._poll_jobs()
        if self._run is not None:
            self._poll_run()
        if not self._watched and self._run is None:
            self._timer.stop()

    def _poll_jobs(self) -> None:
        if not self._watched:
            return
        ended = [watched for watched in self._watched if watched.job.outcome is not None]
        self._watched = [watched for watched in self._watched if watched not in ended]
        self.jobs_changed.emit(self.jobs())
        for watched in ended:
            self._finish(watched)

    def _finish(self, watched: _Watched) -> None:
        outcome = watched.job.outcome
        if outcome is None or outcome.cancelled:
            return
        if outcome.error:
            if watched.failed is None:
                self.said.emit("error", outcome.error)
            elif _is_there(watched.failed):
                watched.failed(outcome.error)
        elif _is_there(watched.done):
            watched.done(outcome.value)

    def _poll_run(self) -> None:
        run = self._run
        assert run is not None
        ended = not run.running
        events = run.drain()
        if events:
            self.run_events.emit(events)
        if ended and self._run is run:
            self._run = None
            self.run_changed.emit(None)

    def leave_run(self) -> None:
        """Follows the run no longer; it goes on."""
        run, self._run = self._run, None
        if run is not None:
            run.leave()
            run.join(_LEAVING_S)
            self.run_changed.emit(None)

    def stop_run(self, timeout_s: float = 10.0) -> bool:
        """Stops the run, which saves, and waits for its end; meanwhile the window is drawn but takes no input.

        Returns:
            Whether it ended in time.
        """
        if self._run is not None:
            self._run.stop()
        end = time.monotonic() + timeout_s
        while self._run is not None and time.monotonic() < end:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, _POLL_MS)
            time.sleep(_PAUSE_S)
        return self._run is None

    # ------------------------------------------------------------------------------------------------- ending

    def close(self, timeout_s: float = 10.0) -> bool:
        """Ends all work: cancels jobs, leaves the run (which saves, or goes on elsewhere), and joins their threads.

        Args:
            timeout_s: for all of them together.

        Returns:
            Whether everything ended in time.
        """
        self._timer.stop()
        self._closed = True
        for watched in self._watched:
            watched.job.cancel()
        if self._run is not None:
            self._run.leave()
        end = time.monotonic() + timeout_s
        run, self._run = self._run, None
        joins = [*([run.join] if run is not None else []), *(watched.job.join for watched in self._watched)]
        ended = [join(max(0.0, end - time.monotonic())) for join in joins]
        self._watched = []
        self._unlisten()
        if self.session.recovery is not None:
            self.session.recovery.on_trouble(None)
        return all(ended)


def _is_there(told: Callable[..., None]) -> bool:
    """Whether it is no method of a widget that is gone: of a dialog that was closed in the moment its work ended."""
    owner = getattr(told, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)
