"""Writing a file so that a crash, a full disk or a kill leaves the old or the new one, never a piece.

The bytes go to a new file in the same folder, are flushed to the disk and read back, and only then take the old
one's place. Qt's own QSaveFile is not used: on a full disk it replaces the good file by a truncated one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from netdesigner.errors import FileError

__all__ = ["refuse_if_unwritable", "write_atomically"]

_SPARE_BYTES = 1024 * 1024
_RETRY_S = 0.2


def refuse_if_unwritable(path: Path) -> None:
    """Asks before long work whether its result can be written to a file afterwards.

    Raises:
        FileError: it cannot, as far as can be told without writing.
    """
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir():
        raise FileError(path, f"cannot be written: there is no folder {folder}")
    if path.is_dir():
        raise FileError(path, "cannot be written: this is a folder; name a file in it")
    if not os.access(folder, os.W_OK):
        raise FileError(path, f"cannot be written: no files may be made in {folder}; choose another folder")
    _refuse_device(path)


def _refuse_device(path: Path) -> None:
    """Whoever may replace files in a folder may replace its devices too, which nothing would bring back."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise FileError(path, "cannot be written: this is a device or a pipe; name a file")


def write_atomically(path: Path, data: bytes) -> None:
    """Replaces a file's content in one step.

    A symbolic link is followed, the old file's mode is kept.

    Raises:
        FileError: nothing was replaced; the message says why.
    """
    _refuse_device(path)
    target = Path(os.path.realpath(path))
    try:
        if shutil.disk_usage(target.parent).free < len(data) + _SPARE_BYTES:
            raise FileError(path, "not saved: the disk is full; free some space or save elsewhere")
        _replace(target, data)
    except OSError as error:
        raise FileError(
            path, f"not saved: {error.strerror or error}; what was there before is unchanged"
        ) from None


def _replace(target: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".new", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if temporary.read_bytes() != data:
            raise OSError(0, "the disk did not keep what was written")
        temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        _move(temporary, target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _move(temporary: Path, target: Path) -> None:
    """Replaces, trying again for a moment where another program holds the file (Windows only)."""
    until = time.monotonic() + _RETRY_S
    while True:
        try:
            temporary.replace(target)
            return
        except PermissionError:
            if os.name != "nt" or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _sync_folder(folder: Path) -> None:
    """Makes the new name durable; where the system cannot, the file is in place all the same."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
