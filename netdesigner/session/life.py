"""The mark of a running program, by which the next start knows whether the last one ended by itself."""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from pathlib import Path

from netdesigner.document.held import Held, hold

__all__ = ["Life"]

_log = logging.getLogger(__name__)
_LONGEST_TRACE = 64 * 1024


class Life:
    """Marks that this program runs, and finds marks of programs that broke off.

    Attributes:
        name: what this program's files in the folder are called, without suffix.
        trace: where the last words of this program would stand, if it died.
        broke_off: whether an earlier program ended without `close`; its mark is gone now.
        last_words: what such a program left in its trace, mostly nothing.

    Args:
        folder: of the marks; it may be missing where it could not be made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = f"{os.getpid()}-{os.urandom(4).hex()}"
        self.trace = folder / f"{self.name}.trace"
        self.broke_off = False
        self.last_words = ""
        self._lock = self.claim(self.name)
        self._bury()

    def has_company(self) -> bool:
        """Whether another window of the program is open."""
        for mark in self._folder.glob("*.lock"):
            if mark.stem != self.name:
                lock = self.claim(mark.stem)
                if lock is None:
                    return True
                lock.release()
        return False

    def claim(self, name: str) -> Held | None:
        """Takes what a program left under a name, until it is released; None while that program runs.

        Where nothing can be locked it is taken as if there were no other program.
        """
        try:
            return hold(self._folder / f"{name}.lock")
        except OSError as error:
            _log.warning("whether other windows are open cannot be told: %s", error)
            return Held()

    def close(self) -> None:
        """Says that the program ended by itself."""
        with suppress(OSError):
            self.trace.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.release()

    def _bury(self) -> None:
        """Reads the last words of programs that broke off, and takes their marks away."""
        for mark in sorted((*self._folder.glob("*.lock"), *self._folder.glob("*.trace"))):
            if mark.stem == self.name:
                continue
            died = mark.suffix == ".lock"
            lock = self.claim(mark.stem)
            if lock is not None:
                words = _read_away(mark.with_suffix(".trace"))
                if died:
                    self.broke_off, self.last_words = True, words or self.last_words
                lock.release()


def _read_away(trace: Path) -> str:
    try:
        with trace.open("rb") as file:
            text = file.read(_LONGEST_TRACE).decode("utf-8", "replace")
        trace.unlink()
    except OSError:
        return ""
    return text
