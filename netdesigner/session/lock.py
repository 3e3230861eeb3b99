"""Which design files are open for writing in a window, so that two windows never write one file.

A lock is a file in the user's own data folder that the system holds for its process: it is free again the moment the
process ends, however it ends. It lies there and not beside the design, so that a folder in which nothing may be made,
or that is shared or synced, is left alone and works; what somebody on another machine writes is noticed by its content
when the design is saved. Where nothing can be locked a design opens all the same.
"""

from __future__ import annotations

import os
from pathlib import Path

from netdesigner.document.held import Held, hold
from netdesigner.errors import FileInUseError

__all__ = ["Locks"]


class Locks:
    """The locks of a user.

    Args:
        folder: where they lie; the user's own if None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where the locks lie; made when the first is taken."""
        if self._folder is None:
            import platformdirs

            self._folder = platformdirs.user_data_path("netdesigner", appauthor=False) / "locks"
        return self._folder

    def take(self, path: Path) -> Held | None:
        """The right to write a design file, under whatever name it is reached; None while another window has it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return hold(self.folder / f"{_key(path)}.lock")
        except OSError:
            return Held()

    def refuse_if_open(self, path: Path) -> None:
        """Asks before a design file is replaced from outside.

        Raises:
            FileInUseError: a window has it open.
        """
        lock = self.take(path)
        if lock is None:
            raise FileInUseError(path)
        lock.release()


def _key(path: Path) -> str:
    import hashlib  # a window on a design that is in no file does without

    place = os.path.normcase(os.path.realpath(path))
    return hashlib.sha256(os.fsencode(place)).hexdigest()[:32]
