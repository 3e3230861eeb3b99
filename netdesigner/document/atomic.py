"""Writing a file so that a crash, a full disk or a kill leaves the old or the new one, never a piece.

Everything that the program keeps is written here and nowhere else. The bytes go to a new file in the same folder, each
count that the system returns is looked at, they are flushed to the disk and read back, and only then take the old one's
place. Qt's own QSaveFile is not used: on a full disk it replaces the good file by a truncated one.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from netdesigner.document.claim import claim, is_at
from netdesigner.errors import FileChangedError, FileError

__all__ = [
    "BACKUP_SUFFIX",
    "Written",
    "digest_of",
    "lacks_space",
    "make_atomically",
    "refuse_if_unwritable",
    "sync_folder",
    "write_atomically",
    "write_together",
]

BACKUP_SUFFIX = ".bak"
"""Behind the name of a file, for what it held before the last change."""

_NEW_SUFFIX = ".netdesigner-new"
_OURS = re.compile(rf"\..*\.[0-9a-f]{{8}}{re.escape(_NEW_SUFFIX)}", re.DOTALL)
_LEAST_SPARE_BYTES = 64 * 1024
_MOST_SPARE_BYTES = 16 * 1024 * 1024
_PIECE_BYTES = 1024 * 1024
_RETRY_S = 0.2
_OLD_S = 3600.0
_MOST_TRIES = 10
_BUSY_ON_WINDOWS = {5, 32}
_NO_SUCH_REQUEST = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}


class Written(NamedTuple):
    """What became of a file that is in its place.

    Attributes:
        digest: of its content, as `digest_of` gives it.
        durable: whether the disk confirmed the new name; else the old file may be back after a power cut.
    """

    digest: str
    durable: bool


def refuse_if_unwritable(path: Path) -> None:
    """Asks before long work whether its result can be written to a file afterwards.

    Raises:
        FileError: it cannot, as far as can be told without writing.
    """
    with _telling(path):
        folder = Path(os.path.realpath(path)).parent
        if not folder.is_dir():
            raise FileError(path, f"cannot be written: there is no folder {folder}")
        _target_of(path)
        if not os.access(folder, os.W_OK):
            raise FileError(
                path, f"cannot be written: no files may be made in {folder}; choose another folder"
            )


def lacks_space(folder: Path, length: int) -> bool:
    """Whether a disk is too full for something of a length in bytes.

    It should have as much again to spare, so that other programs can go on; at least what a folder's own entries may
    need, and not more than 16 MB, which a large file does not make more useful. So a few kilobytes of settings are not
    refused on a small disk. It is asked only to spare a long attempt: what runs out later is noticed all the same.
    """
    usage = shutil.disk_usage(folder)
    spare = min(max(length, _LEAST_SPARE_BYTES), _MOST_SPARE_BYTES)
    return usage.total > 0 and usage.free < length + spare  # some shares say nothing of their size


def digest_of(path: Path) -> str:
    """SHA-256 of a file's content, in hex; "" where there is no file.

    Raises:
        OSError: it cannot be read.
    """
    import hashlib  # a start that writes nothing does without

    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def write_atomically(
    path: Path, data: bytes, *, backup: bool = False, replaces: str | None = None
) -> Written:
    """Replaces a file's content in one step.

    A symbolic link is followed, the old file's mode is kept.

    Args:
        path: the file.
        data: its new content.
        backup: keep what it held, where that is something else, in the file of the same name with `.bak` behind it.
        replaces: the digest of what it should still hold; None replaces whatever is there.

    Raises:
        FileChangedError: it holds something else; nothing was replaced.
        FileError: nothing was replaced; the message says why.
    """
    import hashlib

    with _telling(path):
        target = _target_of(path)
        with _NewFile(target, len(data)) as new:
            _write_all(new.descriptor, data)
            os.fsync(new.descriptor)
            digest = hashlib.sha256(data).hexdigest()
            if _digest_of_open(new.descriptor) != digest:
                raise OSError(errno.EIO, "the disk did not keep what was written")
            if backup or replaces is not None:
                held = digest_of(target)
                if replaces is not None and held not in ("", replaces, digest):
                    raise FileChangedError(path)
                if backup and held not in ("", digest):
                    _keep(target)
            new.take_place()
        return Written(digest, sync_folder(target.parent))


def make_atomically(
    path: Path, make: Callable[[Path], object], check: Callable[[Path], object], length: int = 0
) -> bool:
    """Lets something that wants a file's name write a file, which then takes the old one's place in one step.

    Args:
        path: the file.
        make: writes the file whose name it is given.
        check: reads that file back; raises an OSError where it is not what it should be.
        length: how many bytes it will have, as far as is known.

    Returns:
        Whether the disk confirmed the new name, see `Written`.

    Raises:
        FileError: nothing was replaced. What `make` and `check` raise besides OSError passes through.
    """
    with _telling(path):
        target = _target_of(path)
        with _NewFile(target, length) as new:
            make(new.path)
            new.open_again()
            os.fsync(new.descriptor)
            check(new.path)
            new.take_place()
        return sync_folder(target.parent)


def sync_folder(folder: Path) -> bool:
    """Makes names in a folder durable; whether the disk confirmed it, which some systems never do nor need to."""
    if os.name == "nt":
        return True
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        return error.errno in _NO_SUCH_REQUEST
    return True


# --------------------------------------------------------------------------------------------------------- the new file


class _NewFile:
    """A file beside another one, whose place it may take; removed at the end where it did not.

    While it is written it is claimed. So those that a kill left behind, which nobody claims, are told from those that
    another process is just writing, and are removed before the next one is made.
    """

    def __init__(self, target: Path, length: int) -> None:
        self._target = target
        for left in _left_behind(target):
            _remove_unclaimed(left)
        if lacks_space(target.parent, length):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        old = _mode_of(target)
        self._make(0o666 if old is None else old)
        try:
            for _ in range(_MOST_TRIES):  # then without a claim, where the system takes each for somebody's
                if self._is_claimed():
                    break
                self._discard()
                self._make(0o666 if old is None else old)
            self._mode = stat.S_IMODE(os.fstat(self.descriptor).st_mode) if old is None else old
        except BaseException:
            self._discard()
            raise

    def _make(self, mode: int) -> None:
        self.path = new_name(self._target)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self.descriptor = os.open(self.path, flags, mode)

    def _is_claimed(self) -> bool:
        """Claims it; False where another process found it before that, and removes it."""
        try:
            if not claim(self.descriptor):
                return False
        except OSError:  # nothing can be claimed on this file system, so nothing is removed there either
            return True
        return is_at(self.descriptor, self.path)

    def open_again(self) -> None:
        """Goes on with the file that now has this name."""
        self._close()
        self.descriptor = os.open(self.path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        with suppress(OSError):
            claim(self.descriptor)

    def take_place(self) -> None:
        """Becomes the file."""
        if os.name == "nt":
            self._close()  # an open file cannot be moved there
        elif stat.S_IMODE(os.fstat(self.descriptor).st_mode) != self._mode:
            with suppress(
                OSError
            ):  # some file systems have no modes; it was made with no more rights than these
                self.path.chmod(self._mode)
        _move(self.path, self._target)

    def _close(self) -> None:
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __enter__(self) -> _NewFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._discard()
        with suppress(OSError):  # it was flushed and read back before; nothing is lost any more
            self._close()

    def _discard(self) -> None:
        with suppress(OSError):
            self._close()
        with suppress(OSError):
            self.path.unlink()


def new_name(target: Path) -> Path:
    """A name that no file has, beside another file; its form tells that it is ours."""
    return target.with_name(f".{target.name[:40]}.{os.urandom(4).hex()}{_NEW_SUFFIX}")


def _left_behind(target: Path) -> list[Path]:
    """New files beside a file: its own, and old ones of others, which may never be written again."""
    begin, old = f".{target.name[:40]}.", time.time() - _OLD_S
    with suppress(OSError), os.scandir(target.parent) as entries:
        return [
            target.parent / entry.name
            for entry in entries
            if _OURS.fullmatch(entry.name)
            and entry.is_file(follow_symlinks=False)
            and (entry.name.startswith(begin) or entry.stat(follow_symlinks=False).st_mtime < old)
        ]
    return []


def _remove_unclaimed(path: Path) -> None:
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        try:
            free = claim(descriptor)
            if free and os.name != "nt":
                path.unlink()
        finally:
            os.close(descriptor)
        if free and os.name == "nt":
            path.unlink()


def _mode_of(target: Path) -> int | None:
    try:
        return stat.S_IMODE(target.lstat().st_mode) & 0o777
    except FileNotFoundError:
        return None


def _write_all(descriptor: int, data: bytes) -> None:
    """Writes all of it: on a disk that becomes full the system writes a part, says so, and fails at the next call."""
    rest = memoryview(data)
    while rest:
        count = os.write(descriptor, rest)
        if count <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rest = rest[count:]


def _digest_of_open(descriptor: int) -> str:
    import hashlib

    os.lseek(descriptor, 0, os.SEEK_SET)
    digest = hashlib.sha256()
    while piece := os.read(descriptor, _PIECE_BYTES):
        digest.update(piece)
    return digest.hexdigest()


def _keep(target: Path) -> None:
    """Keeps what a file holds under its name with `.bak`; where that cannot be done the save goes on, safe without."""
    kept = target.with_name(target.name + BACKUP_SUFFIX)
    with suppress(OSError, FileError):
        spare = new_name(target)
        try:
            os.link(target, spare)
        except OSError:  # some file systems have no links
            write_atomically(kept, target.read_bytes())
            return
        try:
            spare.replace(kept)
        finally:  # it stays, too, where a kill left the copy as a link to this very file: moving is then no move
            spare.unlink(missing_ok=True)


def _move(new: Path, target: Path) -> None:
    """Replaces, trying again for a moment where another program holds the file (Windows only)."""
    until = time.monotonic() + _RETRY_S
    while True:
        try:
            new.replace(target)
            return
        except OSError as error:
            if getattr(error, "winerror", 0) not in _BUSY_ON_WINDOWS or time.monotonic() > until:
                raise
            time.sleep(0.02)


# ------------------------------------------------------------------------------------------------------------- refusals


def _target_of(path: Path) -> Path:
    """The file that a name leads to.

    Whoever may replace files in a folder may replace its devices too, which nothing would bring back, and files that
    somebody protected.

    Raises:
        FileError: it is no file, or is protected.
    """
    target = Path(os.path.realpath(path))
    try:
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return target
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if stat.S_ISDIR(mode):
        raise FileError(path, "cannot be written: this is a folder; name a file in it")
    if not stat.S_ISREG(mode):
        raise FileError(path, "cannot be written: this is a device or a pipe; name a file")
    if not os.access(target, os.W_OK):
        if not os.access(target.parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        raise FileError(path, "cannot be written: the file is write-protected; choose another name")
    return target


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Says in the user's words why a file was not written."""
    try:
        yield
    except ValueError:  # a character that no name has
        raise FileError(path, "not saved: a file cannot have this name; choose another one") from None
    except OSError as error:
        raise FileError(path, f"not saved: {_reason(path, error)}") from None


def _reason(path: Path, error: OSError) -> str:
    folder = Path(os.path.realpath(path)).parent
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full; free some space or save elsewhere"
    if error.errno in (errno.ENOENT, errno.ENOTDIR) and not folder.is_dir():
        return f"there is no folder {folder}; save elsewhere or bring it back"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"no files may be made in {folder}; save elsewhere"
    if error.errno == errno.ENAMETOOLONG:
        return "its name is too long; choose a shorter one"
    return f"{error.strerror or error}; what was there before is unchanged"


def write_together(files: Mapping[Path, bytes]) -> None:
    """Writes files so that either all are new or all are as before.

    Raises:
        FileError: one of them could not be written.
    """
    before = {path: path.read_bytes() if path.is_file() else None for path in files}
    done: list[Path] = []
    try:
        for path, data in files.items():
            write_atomically(path, data)
            done.append(path)
    except FileError:
        for path in done:
            old = before[path]
            if old is None:
                path.unlink(missing_ok=True)
            else:
                write_atomically(path, old)
        raise
