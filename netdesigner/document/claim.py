"""Taking a file for this process, as the system itself knows it.

What is taken is free again the moment its holder ends, however it ends, so nothing has to be cleaned up or waited for
after a crash. Nothing is written into the file for it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["claim", "is_at"]

if sys.platform == "win32":
    import msvcrt

    _BEYOND = 0x7FFF0000
    """A byte behind the end of the file, for what is locked there cannot be read by others."""

    def claim(descriptor: int, *, shared: bool = False) -> bool:
        """Takes an open file until it is closed; whether nobody else has it.

        Args:
            descriptor: of the file.
            shared: leave it to others who share it; there is no such thing here.

        Raises:
            OSError: this cannot be told where the file lies.
        """
        del shared
        os.lseek(descriptor, _BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def claim(descriptor: int, *, shared: bool = False) -> bool:
        """Takes an open file until it is closed; whether nobody else has it.

        Args:
            descriptor: of the file.
            shared: leave it to others who share it, such as those who only look whether somebody has it.

        Raises:
            OSError: this cannot be told where the file lies.
        """
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_at(descriptor: int, path: Path) -> bool:
    """Whether an open file still has that name; it has not where another process removed it in between."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False
