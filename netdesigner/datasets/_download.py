"""Brings published files from the network. Not a part, and the only place of the program that opens the network.

It does so only when `download` is called, which nothing but an explicit deed of the user does: never a file that is
opened, never a design. Addresses stand in the program, all of them https, and a redirection leads to https only. What
came is held against its published SHA-256 before it gets its name; until then it lies beside it as NAME.part, and a
download that was interrupted goes on where that ends.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import re
import shutil
import urllib.request
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import urlsplit

from netdesigner.datasets._source import reason_of
from netdesigner.document.claim import claim
from netdesigner.errors import DataError, NetDesignerError
from netdesigner.parts.dataset import Progress

__all__ = ["Remote", "download", "is_here"]

_SCHEMES = ("https",)
_TIMEOUT_S = 30.0
_BLOCK = 2**16
_ROOM = 2**22
"""What is left free on the disk at least."""


class Remote(NamedTuple):
    """A published file.

    Attributes:
        name: of the file.
        size: in bytes.
        sha256: of its content.
        folders: the addresses of the folders that hold it, the first being asked first; each ends with a slash.
    """

    name: str
    size: int
    sha256: str
    folders: tuple[str, ...]

    @property
    def hosts(self) -> str:
        """Who has it, for people."""
        return " or ".join(dict.fromkeys(urlsplit(folder).hostname or folder for folder in self.folders))


class _UnusableError(Exception):
    """What an address gave cannot be used; another may do better."""


def is_here(remote: Remote, folder: Path) -> bool:
    """Whether a file of the published size bears the name, which only a checked one gets."""
    try:
        return (folder / remote.name).stat().st_size == remote.size
    except OSError:
        return False


def download(remote: Remote, folder: Path, progress: Progress) -> None:
    """Brings a file; what was brought of it before is not brought again.

    Args:
        remote: which file.
        folder: where it is put; it is made.
        progress: called with the done fraction of this file; what it raises leaves the part for the next time.

    Raises:
        DataError: no address gave it, it is not what was published, or it cannot be written; says what to do.
        CancelledError: raised by `progress`.
    """
    if is_here(remote, folder):
        return
    part = folder / f"{remote.name}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(folder, f"the folder cannot be made ({reason_of(error)})") from None
    try:
        with part.open("ab+") as file:
            if not claim(file.fileno()):
                raise DataError(part, "another program is downloading this file; wait until it is done")
            _refuse_if_no_room(remote, folder, file)
            _fill(remote, file, progress)
            os.fsync(file.fileno())
    except NetDesignerError:
        raise
    except OSError as error:
        raise DataError(part, f"cannot be written ({reason_of(error)}){_hint(error)}") from None
    part.replace(folder / remote.name)


def _hint(error: OSError) -> str:
    full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
    return "; make room and download again, which goes on where it stopped" if full else ""


def _refuse_if_no_room(remote: Remote, folder: Path, file: IO[bytes]) -> None:
    needed = remote.size - os.fstat(file.fileno()).st_size + _ROOM
    free = shutil.disk_usage(folder).free
    if free < needed:
        told = f"{needed / 1e6:,.0f} MB are needed and {free / 1e6:,.0f} MB are free on this disk"
        raise DataError(folder / remote.name, f"not downloaded: {told}; make room, or choose another folder")


def _fill(remote: Remote, file: IO[bytes], progress: Progress) -> None:
    """Goes through the addresses until the part is whole and right."""
    faults = []
    for folder in remote.folders:
        address = folder + remote.name
        try:
            _take(remote, address, file, progress)
            _check(remote, file, progress)
        except (_UnusableError, http.client.HTTPException, ValueError) as error:
            reason = str(error) or type(error).__name__
        except _NetworkError as error:
            reason = str(error)
        else:
            return
        faults.append(f"{urlsplit(address).hostname}: {reason}")
    raise DataError(
        remote.name,
        f"not downloaded ({'; '.join(faults)}); look at the connection and download again, "
        "which goes on where it stopped",
    )


class _NetworkError(Exception):
    """The network failed, as the system says it."""


def _take(remote: Remote, address: str, file: IO[bytes], progress: Progress) -> None:
    """Appends what is missing.

    Raises:
        _NetworkError, _UnusableError, HTTPException: the address does not give it.
        OSError: it cannot be written.
    """
    have = file.seek(0, os.SEEK_END)
    if have > remote.size:
        have = file.truncate(0)
    if have == remote.size:
        return
    progress(have / remote.size, f"asking {urlsplit(address).hostname} for {remote.name}")
    with _opened(address, have) as answer:
        if answer.status == 200 and have:  # the whole file, whatever was asked for
            have = file.truncate(0)
        elif answer.status != 200 and not _goes_on_at(
            answer.headers.get("Content-Range", ""), have, remote.size
        ):
            raise _UnusableError("it gave another piece of the file than was asked for")
        while block := _next(answer):
            have += len(block)
            if have > remote.size:
                file.truncate(0)
                raise _UnusableError(f"it gave more than the {remote.size:,} bytes that were published")
            file.write(block)
            progress(have / remote.size, f"downloading {remote.name}, {have / 1e6:,.1f} MB")
    if have < remote.size:
        raise _UnusableError(f"the connection ended after {have:,} of {remote.size:,} bytes")


def _goes_on_at(said: str, have: int, size: int) -> bool:
    return re.fullmatch(rf"bytes {have}-{size - 1}/(\*|{size})", said) is not None


def _check(remote: Remote, file: IO[bytes], progress: Progress) -> None:
    """Holds the whole part against its checksum; one that is wrong is emptied."""
    file.flush()
    file.seek(0)
    found = hashlib.sha256()
    while block := file.read(2**20):
        found.update(block)
        progress(1.0, f"checking {remote.name}")
    if found.hexdigest() != remote.sha256:
        file.truncate(0)
        raise _UnusableError("what it gave is not what was published (its SHA-256 is another)")


def _next(answer: Any) -> bytes:
    try:
        found: bytes = answer.read(_BLOCK)
    except OSError as error:
        raise _NetworkError(reason_of(error)) from None
    return found


def _opened(address: str, have: int) -> Any:
    """What an address answers, from a byte on.

    Raises:
        _NetworkError: nobody answers.
        _UnusableError: the answer is a refusal.
    """
    _refuse_scheme(address)
    headers = {"Accept-Encoding": "identity", "User-Agent": "netdesigner"}
    if have:
        headers["Range"] = f"bytes={have}-"
    asked = urllib.request.Request(address, headers=headers)  # noqa: S310 - the scheme was looked at
    opener = urllib.request.build_opener(_Redirections)
    try:
        return opener.open(asked, timeout=_TIMEOUT_S)
    except urllib.request.HTTPError as error:
        error.close()
        raise _UnusableError(f"it refuses ({error.code} {error.reason})") from None
    except OSError as error:
        inner = getattr(error, "reason", error)
        raise _NetworkError(reason_of(inner) if isinstance(inner, Exception) else str(inner)) from None


class _Redirections(urllib.request.HTTPRedirectHandler):
    """Follows where an address leads on, to https only."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        _refuse_scheme(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _refuse_scheme(address: str) -> None:
    if urlsplit(address).scheme not in _SCHEMES:
        raise _UnusableError(f"it leads to {address[:80]}, which is not https")
