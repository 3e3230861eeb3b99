"""Where a run lives: a process of its own, which outlives the one that shows it.

Nothing but files of the run's folder stands between the two. What the run says is read from its `events.jsonl`, as it
is written, so that who comes later sees the same as who was there from the beginning; what it is told is left at its
desk (`training.desk`).
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from netdesigner.errors import FileError, TrainingError
from netdesigner.training.control import Control
from netdesigner.training.desk import POLL_S, Desk, Tail, Worker
from netdesigner.training.events import EpochEnd, Event, Failed, Finished, Paused, Resumed, Started, Steps
from netdesigner.training.host import ThreadHost
from netdesigner.training.lock import Lock
from netdesigner.training.log import FILE, Log, event_of
from netdesigner.training.runs import can_go_on

__all__ = ["ProcessHost", "start_process", "why_it_ended"]

_PATIENCE_S = 10.0
"""How long a run may say nothing once it was told to stop, and how long a process has to take up its work."""
_GAPS = 2
"""A run whose batches take long may say nothing for so many times the longest of them more."""
_GRACE_S = 3.0
"""How much longer it has once its process was told by a signal."""

_CHILDREN: dict[Path, subprocess.Popen[bytes]] = {}
"""What this program started, by the run's folder: only who started a process learns how it ended."""


def start_process(
    run: Path, command: Sequence[str], variables: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Starts what works on a run, so that it needs nothing of this program: no terminal, no pipe, no session.

    Raises:
        TrainingError: the system does not start it.
    """
    desk = Desk(run)
    try:
        with desk.output.open("wb") as output:
            return subprocess.Popen(  # noqa: S603 (the words are ours; the only file among them is the run's folder)
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=run,
                env=variables,
                **_APART,
            )
    except OSError as error:
        raise TrainingError(f"the training process cannot be started: {error.strerror or error}") from None


if sys.platform == "win32":
    _APART: dict[str, Any] = {
        "creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    }
else:
    _APART: dict[str, Any] = {"start_new_session": True}


class ProcessHost:
    """A run in another process: one that is started here, or that goes on already.

    Whatever happens to that process, the last event is `Finished` or `Failed`; where it could not say itself how it
    ended, that is found out here and written behind its last event.

    Args:
        run: the run's folder.
        start: starts the process; None for a run that goes on already.
    """

    outlives = True

    def __init__(self, run: Path, start: Callable[[], subprocess.Popen[bytes]] | None = None) -> None:
        self.run = run
        self._desk = Desk(run)
        self._start = start
        self._reader = ThreadHost(self._follow, name="run reader")
        self._offset = 0
        self._paused = False
        self._began = False
        self._ended = False
        self._step = 0
        self._heard = 0.0
        self._told_to_stop = False
        self._signals = 0
        self._seconds = math.inf
        self._longest_s = 0.0

    def start(self) -> None:
        """Starts the process, or begins to follow the one that works on the run already.

        Raises:
            TrainingError: it cannot be started, or nobody works on the run.
        """
        if self._start is not None:
            with suppress(OSError):
                self._offset = (self.run / FILE).stat().st_size
            _CHILDREN[self.run] = self._start()
        else:
            child = self._child
            if child is not None and child.poll() is not None:  # one of before
                _CHILDREN.pop(self.run, None)
            if self._desk.worker() is None:
                raise TrainingError(f"run {self.run.name} is not being trained")
        self._reader.start()

    @property
    def running(self) -> bool:
        """Whether the process is there and is followed."""
        return self._reader.running

    @property
    def paused(self) -> bool:
        """Whether the run is held or makes single steps."""
        return self._paused

    def drain(self) -> list[Event]:
        """The events since the last time, steps in a row joined into one."""
        return self._reader.drain()

    def pause(self) -> None:
        """Holds the run before its next batch."""
        self._paused = True
        self._tell("pause")

    def resume(self) -> None:
        """Lets it go on."""
        self._paused = False
        self._tell("resume")

    def single_step(self) -> None:
        """Lets it make one batch."""
        self._paused = True
        self._tell("step")

    def stop(self) -> None:
        """Ends the run after its batch; it saves. A process that gives no answer is ended, and nothing but it."""
        self._await_end()
        self._tell("stop")

    def leave(self) -> None:
        """Follows the run no longer; it goes on."""
        self._reader.stop()

    def join(self, timeout_s: float | None = None) -> bool:
        """Waits until the process has ended, or is left and does without this program.

        Returns:
            Whether that is so.
        """
        return self._reader.join(timeout_s)

    def _tell(self, command: str) -> None:
        with suppress(FileError):  # where the folder is gone or full, the end of the process tells of it
            self._desk.tell(command)

    # ---------------------------------------------------------------------------------------------- following

    def _follow(self, left: Control) -> Iterator[Event]:
        """What the process says until its end, on the reader's thread."""
        worker = self._arrived()
        if self._start is None and worker is not None:
            self._offset = worker.offset
        before, log = Tail(self._desk.before), Tail(self.run / FILE, self._offset)
        alive = more = True
        while (alive or more) and not left.stopping and threading.main_thread().is_alive():
            alive = self._alive  # asked before reading, so that the last words of one who dies are read
            lines = (*before.lines(), *log.lines())
            more = bool(lines)
            for line in lines:
                event = event_of(line)
                if event is not None:
                    self._note(event)
                    yield event
            if alive:
                self._urge()
                time.sleep(POLL_S)
        if not alive:
            yield from self._end()

    def _arrived(self) -> Worker | None:
        """Who works on the run, once somebody does: from then on others find the run, so nobody leaves before."""
        until = time.monotonic() + _PATIENCE_S
        while True:
            worker = self._desk.worker()
            if (worker is not None and worker.pid) or not self._alive or time.monotonic() > until:
                return worker
            time.sleep(POLL_S / 5)

    @property
    def _child(self) -> subprocess.Popen[bytes] | None:
        return _CHILDREN.get(self.run)

    @property
    def _alive(self) -> bool:
        child = self._child
        return child.poll() is None if child is not None else self._desk.worker() is not None

    def _note(self, event: Event) -> None:
        self._heard = time.monotonic()
        match event:
            case Started():
                self._began, self._step, self._seconds = True, event.resumed_step, math.inf
            case Steps():
                self._step = event.last
                self._longest_s = max(self._longest_s, event.seconds - self._seconds)
                self._seconds = event.seconds
            case EpochEnd():  # validation, however long, is left off where a run is to stop
                self._seconds = event.seconds
            case Paused() | Resumed():
                self._paused = isinstance(event, Paused)
            case Finished() | Failed():
                self._ended = True
                self._await_end()

    def _await_end(self) -> None:
        if not self._told_to_stop:
            self._heard, self._told_to_stop = time.monotonic(), True

    @property
    def _patience_s(self) -> float:
        """How long it may say nothing once it was told to stop."""
        return _PATIENCE_S + _GAPS * self._longest_s

    def _urge(self) -> None:
        """Ends a process that was told to stop and has said nothing since for too long."""
        silent_s = time.monotonic() - self._heard
        if self._told_to_stop and silent_s > self._patience_s + self._signals * _GRACE_S:
            worker = self._desk.worker()
            if worker is not None and worker.detached and worker.pid:
                final = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL
                with suppress(OSError):
                    os.kill(worker.pid, final if self._signals else signal.SIGTERM)
            self._signals += 1

    # ----------------------------------------------------------------------------------------------- the end

    def _end(self) -> Iterator[Event]:
        child = _CHILDREN.pop(self.run, None)
        if not self._ended:
            failed = self._cut_off(child.poll() if child is not None else None)
            self._keep(failed)
            yield failed
        if not (self.run / FILE).exists():
            self._desk.remove()

    def _cut_off(self, code: int | None) -> Failed:
        reason = why_it_ended(code)
        if self._signals:
            reason = (
                f"it gave no answer for {self._patience_s:.0f} s after it was told to stop, so it was ended"
            )
        advice = ["Resume it: it goes on from its last checkpoint."] if can_go_on(self.run) else []
        words = self._desk.last_words()
        if words:
            advice.append(f"Its process last wrote: {words[:300]} (all of it is in {self._desk.output}).")
        return Failed(reason, advice=tuple(advice), step=self._step)

    def _keep(self, failed: Failed) -> None:
        """Writes how the process ended behind what it said itself, unless another one has taken up the work."""
        lock = Lock(self._desk.lock)
        with suppress(OSError):
            if self._began and lock.take("", patience_s=0):
                log = Log(self.run)
                log.write(failed)
                log.close()
                lock.release()


def why_it_ended(code: int | None) -> str:
    """How a process ended that said nothing of it.

    Args:
        code: its exit code, or minus the number of the signal that ended it; None where nobody was told.
    """
    if code is None:
        return "the training process ended without a word: it was killed, or the computer was switched off"
    if code == 0:
        return "the training process ended, but its last events could not be kept; the disk may be full"
    if code < 0:
        told = _SIGNALS.get(-code, "it crashed")
        return f"the training process was killed (signal {-code}); {told}"
    shown = f"{code}" if code < 256 else f"0x{code:08X}"
    return f"the training process ended with code {shown} and without a word"


_SIGNALS = {
    9: "the system may have run out of memory",
    15: "another program ended it",
    **dict.fromkeys((4, 6, 7, 8, 11), "it crashed in a library"),
}
