"""Who works on something: a file that the system holds for a program for as long as that lives, with a note of it.

A program that was killed is known to be gone at once, and no other one that was given its number is taken for it.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from netdesigner.document.claim import claim
from netdesigner.document.held import Held, hold

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
        self._held: Held | None = None

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
        while (held := hold(self._path, mode=0o666, unguarded=True)) is None:
            if time.monotonic() >= until:
                return False
            time.sleep(_AGAIN_S)
        self._held = held
        os.ftruncate(held.descriptor, 0)
        os.write(held.descriptor, note.encode("utf-8") + b"\n")
        return True

    def release(self) -> None:
        """Gives the lock back and removes the file; a second time does nothing."""
        if self._held is not None:
            self._held.release()


def note_of_holder(path: Path) -> str | None:
    """What who has the lock on a file told of itself, "" where it is about to; None where nobody has it."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        if _is_free(descriptor):
            return None
        note, end, _ = os.read(descriptor, _LONGEST_NOTE).partition(b"\n")
        return note.decode("utf-8", "replace") if end else ""
    finally:
        os.close(descriptor)


def _is_free(descriptor: int) -> bool:
    try:
        return claim(descriptor, shared=True)
    except OSError:  # a disk without locks, on which work goes on unguarded
        return True
