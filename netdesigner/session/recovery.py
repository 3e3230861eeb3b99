"""Unsaved work kept against a crash: the whole design, written at most a second after an edit.

It lies in the user's own data folder, never beside the design, and is read by the same parser with the same limits
as any design. It goes only when the design is saved or given up on purpose.
"""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from netdesigner.document import Design, dumps, folder_of, load
from netdesigner.document.atomic import write_atomically
from netdesigner.errors import FileError

__all__ = ["Found", "Recovery"]

_DELAY_S = 0.7


@dataclass(frozen=True, slots=True)
class Found:
    """Unsaved work of a program that is not running any more.

    Attributes:
        design: the work.
        path: the file it belongs to, or None.
        file: where it was kept.
    """

    design: Design
    path: Path | None
    file: Path


class Recovery:
    """Keeps the present design in a file of this process while it is unsaved.

    Args:
        folder: the user's folder for such files; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.file = folder / f"{os.getpid()}.netdesign"
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._waiting: tuple[Design | None, Path | None] | None = None
        self._timer: threading.Timer | None = None

    def note(self, design: Design | None, path: Path | None) -> None:
        """Takes the design to keep; None when nothing is unsaved. Returns at once, the writing follows."""
        with self._lock:
            self._waiting = (design, path)
            if self._timer is None:
                self._timer = threading.Timer(_DELAY_S, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Writes what is waiting now."""
        with self._writing:
            with self._lock:
                waiting, self._waiting = self._waiting, None
                if self._timer is not None:
                    self._timer.cancel()
                self._timer = None
            if waiting is not None:
                self._write(*waiting)

    def _write(self, design: Design | None, path: Path | None) -> None:
        if design is None:
            self._forget(self.file)
            return
        with suppress(FileError):  # a full disk must not stop the work; the next edit tries again
            write_atomically(self.file, dumps(design).encode("utf-8"))
            about = {"path": str(path) if path else "", "pid": os.getpid()}
            write_atomically(self.file.with_suffix(".json"), json.dumps(about).encode("utf-8"))

    def close(self) -> None:
        """Ends keeping: the design was saved or given up."""
        self.note(None, None)
        self.flush()

    def found(self) -> tuple[Found, ...]:
        """Unsaved work of programs that ended without saving; damaged files are passed over and stay."""
        works = []
        for file in sorted(self.folder.glob("*.netdesign")):
            if file == self.file or _alive(file.stem):
                continue
            with suppress(FileError):
                path = _belongs_to(file)
                works.append(Found(replace(load(file), folder=folder_of(path) if path else None), path, file))
        return tuple(works)

    def discard(self, found: Found) -> None:
        """Removes kept work that the user does not want or that is open and kept anew."""
        self._forget(found.file)

    @staticmethod
    def _forget(file: Path) -> None:
        for name in (file, file.with_suffix(".json")):
            with suppress(OSError):
                name.unlink()


def _belongs_to(file: Path) -> Path | None:
    try:
        about = json.loads(file.with_suffix(".json").read_text("utf-8"))
        return Path(about["path"]) if about.get("path") else None
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return None


def _alive(pid: str) -> bool:
    """Whether a process of that number runs; a foreign one with the same number only delays the offer."""
    if not pid.isdigit() or int(pid) == os.getpid():
        return False
    if os.name == "nt":
        return _alive_on_windows(int(pid))
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _alive_on_windows(pid: int) -> bool:
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  (the attribute exists on Windows only)
    handle = kernel.OpenProcess(0x1000, False, pid)
    if not handle:
        return False
    code = ctypes.c_ulong()
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return code.value == 259
