"""Unsaved work kept against a crash: the whole design, written at most a second after an edit.

It lies in the user's own data folder, never beside the design, and is read by the same parser with the same limits
as any design. It goes only when the design is saved; what is given up on purpose stays in a trash for a month.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from netdesigner.document import Design, dumps, loads
from netdesigner.document.atomic import write_atomically
from netdesigner.document.file import LARGEST_BYTES
from netdesigner.errors import DesignFileError, FileError, NetDesignerError
from netdesigner.session.life import Life

__all__ = ["TRASH_DAYS", "Found", "Recovery"]

TRASH_DAYS = 30
"""How long work that was given up can be brought back."""

_log = logging.getLogger(__name__)
_DELAY_S = 0.5
_RETRY_S = 2.0
_LONGEST_HEAD = 64 * 1024
_DAY_S = 24 * 60 * 60
_SUFFIX = ".work"

_Work = tuple[Design | None, Path | None]


class Found(NamedTuple):
    """Unsaved work that is kept.

    Attributes:
        name: of the design.
        path: the file it belongs to, or None.
        folder: where relative paths of the design start, or None.
        file: where it is kept.
        time_s: when it was kept or given up, in seconds of the epoch.
    """

    name: str
    path: Path | None
    folder: Path | None
    file: Path
    time_s: float


class Recovery:
    """Keeps the present design in a file of this process while it is unsaved.

    Attributes:
        file: where it is kept.
        life: the mark of this program, and what is known of earlier ones.
        damaged: files with unsaved work that nothing can be read from; they are put aside.

    Args:
        folder: the user's folder for such files; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        with suppress(
            OSError
        ):  # a start never fails for this; what cannot be kept is said once there is something
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.life = Life(folder)
        self.file = folder / f"{self.life.name}{_SUFFIX}"
        self.damaged: list[Path] = []
        self._lock = threading.RLock()  # a destructor that fails in here would come back on the same thread
        self._writing = threading.RLock()
        self._waiting: _Work | None = None
        self._timer: threading.Timer | None = None
        self._trouble = ""
        self._tell: Callable[[str], None] = _log.warning
        self._sweep()

    def on_trouble(self, tell: Callable[[str], None] | None) -> None:
        """Has it said, on whichever thread, when unsaved work begins not to be kept; in the log if None."""
        self._tell = tell or _log.warning

    @property
    def trouble(self) -> str:
        """Why unsaved work is not kept now; "" where it is."""
        return self._trouble

    # ------------------------------------------------------------------------------------------------- keeping

    def note(self, design: Design | None, path: Path | None) -> None:
        """Takes the design to keep; None when nothing is unsaved. Returns at once, the writing follows."""
        with self._lock:
            self._waiting = (design, path)
            self._write_in(_DELAY_S)

    def flush(self) -> None:
        """Writes what is waiting now."""
        with self._writing:
            with self._lock:
                waiting, self._waiting = self._waiting, None
                self._stop_timer()
            if waiting is not None:
                self._write(waiting)

    def give_up(self) -> None:
        """Moves what is kept to the trash: the user does not want it, or so they think today."""
        with self._writing:
            self.flush()
            self._throw_away(self.file)

    def close(self) -> None:
        """Ends keeping: the program ends by itself, and what is not saved was given up."""
        with self._writing:
            self.give_up()
            with self._lock:  # what could not be written is not tried again
                self._waiting = None
                self._stop_timer()
        self.life.close()

    def _write_in(self, delay_s: float) -> None:
        if self._timer is None:
            self._timer = threading.Timer(delay_s, self.flush)
            self._timer.daemon = True
            self._timer.start()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    def _write(self, work: _Work) -> None:
        design, path = work
        if design is None:
            with suppress(OSError):
                self.file.unlink(missing_ok=True)
            return
        try:
            write_atomically(self.file, _packed(design, path))
        except (FileError, OSError, TypeError, ValueError) as error:
            self._try_again(work, str(error))
        else:
            self._trouble = ""

    def _try_again(self, work: _Work, reason: str) -> None:
        """A full disk must not stop the work; but it is said, and tried again."""
        with self._lock:
            if self._waiting is None:
                self._waiting = work
            self._write_in(_RETRY_S)
        if not self._trouble:
            self._trouble = reason
            self._tell(f"Unsaved work cannot be kept against a crash: {reason}")

    # ------------------------------------------------------------------------------------------------- finding

    def found(self) -> tuple[Found, ...]:
        """Unsaved work of programs that ended without saving; what is damaged is put aside, see `damaged`."""
        works = []
        for file in sorted(self.folder.glob(f"*{_SUFFIX}")):
            lock = self.life.claim(file.stem) if file != self.file else None
            if lock is None:
                continue
            try:
                works.append(_head(file))
                self.design_of(works[-1])
            except DesignFileError as error:
                del works[-1:]
                self._put_aside(file, error)
            except OSError as error:
                _log.warning("unsaved work in %s cannot be read now: %s", file, error)
            finally:
                lock.release()
        return tuple(works)

    def trashed(self) -> tuple[Found, ...]:
        """Work that was given up in the last month, the latest first."""
        works = []
        for file in self._trash.glob(f"*{_SUFFIX}"):
            with suppress(DesignFileError, OSError):
                works.append(_head(file))
        return tuple(sorted(works, key=lambda work: work.time_s, reverse=True))

    def design_of(self, found: Found) -> Design:
        """Reads kept work.

        Raises:
            DesignFileError: it cannot be read.
        """
        try:
            with found.file.open("rb") as file:
                file.readline(_LONGEST_HEAD)
                data = file.read(LARGEST_BYTES + 1)
            if len(data) > LARGEST_BYTES:
                raise DesignFileError(found.file, "too large for a design")
            return replace(loads(data.decode("utf-8"), found.file), folder=found.folder)
        except UnicodeDecodeError as error:
            raise DesignFileError(found.file, f"not a text in UTF-8 (byte {error.start})") from None
        except OSError as error:
            raise DesignFileError(found.file, f"cannot be read: {error.strerror or error}") from None

    def take_up(self, found: Found) -> Design:
        """Makes work from elsewhere what this process keeps; what it kept before goes to the trash.

        It is in one place or the other at every moment, whenever the program breaks off.

        Raises:
            NetDesignerError: it cannot be read, is gone, or another window has it; nothing has changed.
        """
        gone = NetDesignerError(
            f"the unsaved work on {found.name} is not here any more; another window may have it"
        )
        if not found.file.exists():
            raise gone
        design = self.design_of(found)
        if not self._adopt(found):
            raise gone
        return design

    def _adopt(self, found: Found) -> bool:
        lock = self.life.claim(found.file.stem)
        if lock is None:
            return False
        try:
            with self._writing:
                if not found.file.exists():
                    return False
                self.give_up()
                found.file.replace(self.file)
        except OSError as error:
            _log.warning("%s cannot be taken up: %s", found.file, error)
            return False
        finally:
            lock.release()
        return True

    def discard(self, found: Found) -> None:
        """Moves work that the user does not want to the trash."""
        lock = self.life.claim(found.file.stem)
        if lock is not None:
            self._throw_away(found.file)
            lock.release()

    def delete(self, found: Found) -> None:
        """Removes work from the trash for good.

        Raises:
            FileError: it cannot be removed.
        """
        try:
            found.file.unlink(missing_ok=True)
        except OSError as error:
            raise FileError(found.file, f"cannot be removed: {error.strerror or error}") from None

    # -------------------------------------------------------------------------------------------------- moving

    @property
    def _trash(self) -> Path:
        return self.folder / "trash"

    def _throw_away(self, file: Path) -> None:
        """Moves a file to the trash, with the time of this moment."""
        now = time.time()
        try:
            if not file.exists():
                return
            self._trash.mkdir(mode=0o700, exist_ok=True)
            os.utime(file, (now, now))
            file.replace(self._trash / f"{time.time_ns()}{_SUFFIX}")
        except OSError as error:
            _log.warning("%s cannot be moved to the trash: %s", file, error)

    def _put_aside(self, file: Path, error: DesignFileError) -> None:
        aside = self.folder / "damaged" / file.name
        try:
            aside.parent.mkdir(mode=0o700, exist_ok=True)
            file.replace(aside)
        except OSError:
            aside = file
        _log.warning("unsaved work is damaged and was put aside: %s", error)
        self.damaged.append(aside)

    def _sweep(self) -> None:
        """Empties the trash of what is old, and removes what a kill left in the middle of writing."""
        old = time.time() - TRASH_DAYS * _DAY_S
        for file in self._trash.glob(f"*{_SUFFIX}"):
            with suppress(OSError):
                if file.stat().st_mtime < old:
                    file.unlink()
        for file in self.folder.glob(".*.netdesigner-new"):
            with suppress(OSError):
                if file.stat().st_mtime < time.time() - _DAY_S:
                    file.unlink()


# ------------------------------------------------------------------------------------------------------ the file


def _packed(design: Design, path: Path | None) -> bytes:
    """A line that says what the work belongs to, and the design: one file, which is replaced in one step."""
    head = {
        "name": path.stem if path else design.title,
        "path": str(path or ""),
        "folder": str(design.folder or ""),
    }
    return f"{json.dumps(head)}\n{dumps(design)}".encode()


def _head(file: Path) -> Found:
    """What the first line says.

    Raises:
        DesignFileError: it says nothing of use.
        OSError: the file cannot be read.
    """
    with file.open("rb") as opened:
        line = opened.readline(_LONGEST_HEAD)
        time_s = os.fstat(opened.fileno()).st_mtime
    try:
        head: Any = json.loads(line)
    except (ValueError, RecursionError):
        head = None
    if not isinstance(head, dict):
        raise DesignFileError(file, "line 1: not what this program has written")
    name, path, folder = (head.get(key) for key in ("name", "path", "folder"))
    if not all(isinstance(text, str) for text in (name, path, folder)):
        raise DesignFileError(file, "line 1: not what this program has written")
    return Found(
        name or "untitled", Path(path) if path else None, Path(folder) if folder else None, file, time_s
    )
