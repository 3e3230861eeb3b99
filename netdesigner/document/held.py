"""A file that the system holds for this process until it is released or the process ends, and that then goes."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from netdesigner.document.claim import claim, is_at

__all__ = ["Held", "hold"]


@dataclass(slots=True)
class Held:
    """What is held; one without a file is of a place where nothing can be locked."""

    path: Path | None = None
    descriptor: int = -1

    def release(self) -> None:
        """Gives it back and removes the file; a second time does nothing."""
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor < 0 or self.path is None:
            return
        if os.name != "nt":  # while it is held, so that nobody takes a file that then goes
            with suppress(OSError):
                self.path.unlink()
        with suppress(OSError):
            os.close(descriptor)
        if os.name == "nt":  # an open file cannot be removed there
            with suppress(OSError):
                self.path.unlink()


def hold(path: Path, *, mode: int = 0o600, unguarded: bool = False) -> Held | None:
    """Takes a file, which is made if need be; None while another one holds it, of this program or of any other.

    Args:
        path: the file, in a folder that is there.
        mode: who may open the file.
        unguarded: take it all the same on a disk without locks.

    Raises:
        OSError: it cannot be made, or nothing can be locked where it lies.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, mode)
        try:
            free = claim(descriptor)
        except OSError:
            if unguarded:
                return Held(path, descriptor)
            os.close(descriptor)
            raise
        if free and is_at(descriptor, path):
            return Held(path, descriptor)
        os.close(descriptor)
        if not free:
            return None
