"""Who works on something: a file that the system holds for a program for as long as that lives, with a note of it.

A program that was killed is known to be gone at once, and no other one that was given its number is taken for it.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from netdesigner.document.claim import claim, is_at

__all__ = ["Lock", "note_of_holder"]

_AGAIN_S = 0.02
_LONGEST_NOTE = 4096


class Lock:
    """A lock on a file, which is made if need be.

    Args:
        path: the file, in a folder that is there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self, note: str, patience_s: float = 1.0) -> bool:
        """Takes the lock, unless another one has it, of this program or of any other.

        Args:
            note: what others may know of who has it, one line.
            patience_s: how long to try; somebody who only looks has it for a moment, too.

        Returns:
            Whether it was taken.

        Raises:
            OSError: the file cannot be made.
        """
        until = time.monotonic() + patience_s
        while not self._try():
            if time.monotonic() >= until:
                return False
            time.sleep(_AGAIN_S)
        assert self._descriptor is not None
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, note.encode("utf-8") + b"\n")
        return True

    def _try(self) -> bool:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        if _claimed(descriptor) and is_at(descriptor, self._path):
            self._descriptor = descriptor
            return True
        os.close(descriptor)
        return False

    def release(self) -> None:
        """Gives the lock back and removes the file; a second time does nothing."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        if sys.platform != "win32":  # there a file that is open cannot be removed
            self._path.unlink(missing_ok=True)
        os.close(descriptor)
        if sys.platform == "win32":
            with suppress(OSError):
                self._path.unlink()


def note_of_holder(path: Path) -> str | None:
    """What who has the lock on a file told of itself, "" where it is about to; None where nobody has it."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        if _claimed(descriptor, shared=True):
            return None
        note, end, _ = os.read(descriptor, _LONGEST_NOTE).partition(b"\n")
        return note.decode("utf-8", "replace") if end else ""
    finally:
        os.close(descriptor)


def _claimed(descriptor: int, shared: bool = False) -> bool:
    try:
        return claim(descriptor, shared=shared)
    except OSError:  # a disk without locks, on which work goes on unguarded
        return True
