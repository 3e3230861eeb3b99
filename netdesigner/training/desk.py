"""What lies in a run's folder while a process works on it, and how others find that process and speak to it.

`process/` holds the lock of who works there (`lock`), what it is told (`commands.jsonl`, one word a line) and, of one
without a terminal, what it has to do (`design.netdesign`), what it says before its first step (`before.jsonl`, events)
and what it complains of (`output.txt`). Everything else it says stands in the run's `events.jsonl`.

Nothing here waits for an answer, and a line that was torn by a crash or a full disk is passed over.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from netdesigner.errors import FileError, TrainingError
from netdesigner.training.control import Control
from netdesigner.training.lock import Lock, note_of_holder
from netdesigner.training.log import FILE, Log

__all__ = ["POLL_S", "Desk", "Tail", "Worker", "working"]

POLL_S = 0.05
"""How often a process looks for commands, and who follows it for news."""
_MOST_BYTES = 4 * 1024 * 1024
_LAST_WORDS_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Worker:
    """Who works on a run.

    Attributes:
        pid: the number of its process; 0 where it is about to tell.
        detached: whether that process does nothing else.
        offset: how long `events.jsonl` was before it began, in bytes.
    """

    pid: int = 0
    detached: bool = False
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Desk:
    """The place at which a process works on a run.

    Attributes:
        run: the run's folder.
    """

    run: Path

    @property
    def folder(self) -> Path:
        """Where everything lies that goes when the work is done."""
        return self.run / "process"

    @property
    def design(self) -> Path:
        """What a process without a terminal is to train."""
        return self.folder / "design.netdesign"

    @property
    def output(self) -> Path:
        """What a process without a terminal wrote beside its events."""
        return self.folder / "output.txt"

    @property
    def before(self) -> Path:
        """The folder's own `events.jsonl`: what was said before the first step."""
        return self.folder / FILE

    @property
    def said(self) -> Path:
        """The folder whose `events.jsonl` says what there is to know of the run."""
        return self.run if (self.run / FILE).exists() else self.folder

    @property
    def is_run(self) -> bool:
        """Whether the folder is that of a run that was begun, or that a process set out to begin."""
        return (self.said / FILE).is_file() or self.worker() is not None

    @property
    def lock(self) -> Path:
        """Locked by who works here."""
        return self.folder / "lock"

    @property
    def commands(self) -> Path:
        """What who works here is told."""
        return self.folder / "commands"

    def worker(self) -> Worker | None:
        """Who works here now, or None."""
        note = note_of_holder(self.lock)
        if note is None:
            return None
        try:
            plain = json.loads(note)
            return Worker(int(plain["pid"]), plain["detached"] is True, int(plain["offset"]))
        except (ValueError, TypeError, KeyError, RecursionError):
            return Worker()

    def tell(self, command: str) -> None:
        """Leaves a command: "pause", "resume", "step" or "stop".

        Raises:
            FileError: it cannot be written.
        """
        try:
            with self.commands.open("ab", buffering=0) as file:
                # The first line end parts it from what a writer left who did not come to his end.
                file.write(f"\n{command}\n".encode())
        except OSError as error:
            raise FileError(
                self.commands, f"the run cannot be told to {command}: {error.strerror or error}"
            ) from None

    def last_words(self) -> str:
        """What a process wrote last beside its events: a crash of Python by its name, or the last line; "" without."""
        with suppress(OSError), self.output.open("rb") as file:
            file.seek(max(0, self.output.stat().st_size - _LAST_WORDS_BYTES))
            lines = [line.strip() for line in file.read().decode("utf-8", "replace").splitlines()]
            crash = next((line for line in lines if line.startswith("Fatal Python error")), "")
            return crash or next((line for line in reversed(lines) if line), "")
        return ""

    def lay(self) -> None:
        """Makes the place ready for the next process, which nobody but its starter may do.

        Raises:
            TrainingError: somebody works here.
            FileError: it cannot be made.
        """
        if self.worker() is not None:
            raise TrainingError(_taken(self.run))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for file in (self.commands, self.before, self.output):
                file.unlink(missing_ok=True)
        except OSError as error:
            raise FileError(self.run, f"cannot be written to: {error.strerror or error}") from None

    def clear(self) -> None:
        """Removes what nobody needs any more; who works here does so before he leaves."""
        begun = (self.run / FILE).exists()
        with suppress(OSError):
            for file in (self.commands, self.design, *((self.before,) if begun else ())):
                file.unlink(missing_ok=True)
            if self.output.exists() and not self.output.stat().st_size:
                self.output.unlink()

    def fold(self) -> None:
        """Removes the place where nothing is left at it, and the folder of a run that never began."""
        with suppress(OSError):
            self.folder.rmdir()
            self.run.rmdir()

    def remove(self) -> None:
        """Removes the place with all that is left at it, once everything was read."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with suppress(OSError):
            self.run.rmdir()  # only that of a run that never began is empty


def _taken(run: Path) -> str:
    return f"run {run.name} is being trained already, by another process; stop it there first"


@contextmanager
def working(run: Path, control: Control, *, detached: bool = False) -> Iterator[Log]:
    """Takes the place at which a run is worked on, and does what the run is told from elsewhere.

    Args:
        run: the run's folder, which is made.
        control: of the run.
        detached: whether this process does nothing else.

    Yields:
        Where is told what happens before the first step, for those who follow from elsewhere.

    Raises:
        TrainingError: another one works on it.
        FileError: the place cannot be made.
    """
    desk, lock = Desk(run), Lock(Desk(run).lock)
    events = run / FILE
    try:
        desk.folder.mkdir(parents=True, exist_ok=True)
        offset = events.stat().st_size if events.exists() else 0
        note = {"pid": os.getpid(), "detached": detached, "offset": offset}
        taken = lock.take(json.dumps(note))
    except OSError as error:
        raise FileError(run, f"cannot be written to: {error.strerror or error}") from None
    if not taken:
        raise TrainingError(_taken(run))
    if not detached:  # whose place was laid anew: what is left here was said to one that was killed
        with suppress(OSError):
            desk.commands.unlink(missing_ok=True)
    over = threading.Event()
    listener = threading.Thread(target=_listen, args=(desk, control, over), name="commands", daemon=True)
    log = Log(desk.folder if detached else None)
    listener.start()
    try:
        yield log
    finally:
        over.set()
        listener.join()
        log.close()
        desk.clear()
        lock.release()
        desk.fold()


def _listen(desk: Desk, control: Control, over: threading.Event) -> None:
    verbs = {
        b"pause": control.pause,
        b"resume": control.resume,
        b"step": control.single_step,
        b"stop": control.stop,
    }
    tail = Tail(desk.commands)
    while not over.wait(POLL_S):
        for line in tail.lines():
            verb = verbs.get(line.strip())
            if verb is not None:
                verb()


class Tail:
    """Reads what is appended to a file, whole lines only.

    Args:
        path: the file, which may not be there yet.
        offset: where to begin, in bytes.
    """

    def __init__(self, path: Path, offset: int = 0) -> None:
        self._path = path
        self._offset = offset

    def lines(self) -> Iterator[bytes]:
        """The lines since the last time, some megabytes of them at most."""
        try:
            if self._path.stat().st_size <= self._offset:
                return
            with self._path.open("rb") as file:
                file.seek(self._offset)
                found = file.read(_MOST_BYTES)
        except OSError:
            return
        whole, end, _ = found.rpartition(b"\n")
        self._offset += len(whole) + len(end)
        if not end and len(found) == _MOST_BYTES:  # no line of ours is that long
            self._offset += len(found)
        if end:
            yield from whole.split(b"\n")
