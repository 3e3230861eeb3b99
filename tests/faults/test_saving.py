"""A save that is killed, fails or is raced leaves the old or the new design, whole, and says which."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from netdesigner.document import save
from netdesigner.document.atomic import write_atomically
from netdesigner.errors import FileError
from tests.faults.conftest import Found
from tests.faults.saving import number_of, numbered

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes fork on POSIX only")


def harness(verb: str, folder: Path, *tries: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.faults.saving", verb, str(folder), *map(str, tries)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.fault("kill -9 at random during save", tests=200, soak=5_000)
def test_a_killed_save_loses_nothing(tries: int, found: Found, tmp_path: Path) -> None:
    result = harness("kill", tmp_path, tries)
    found(f"{result['lost']} lost; {result['saved']} saves, {result['within a save']} kills within one")
    assert result["lost"] == result["copies lost"] == 0
    assert result["left"] == []
    assert result["within a save"] > tries / 10  # else nothing was tried


def test_a_design_that_is_not_whole_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.netdesign"
    save(numbered(7), path)
    assert number_of(path) == 7
    whole = path.read_bytes()
    for broken in (
        whole[:-9000],
        b"",
        whole.replace(b'"7 ', b'"8 '),
        whole[:100] + b"\0" * (len(whole) - 100),
    ):
        path.write_bytes(broken)
        assert number_of(path) == -1


def _may_trace() -> bool:
    if shutil.which("strace") is None:
        return False
    with subprocess.Popen(["sleep", "60"]) as child:
        try:
            command = ["timeout", "--signal=INT", "0.2", "strace", "-p", str(child.pid), "-o", os.devnull]
            return "attached" in subprocess.run(command, capture_output=True, text=True, check=False).stderr
        finally:
            child.kill()


@pytest.mark.fault("every system call of a save fails, and is killed at", tests=1, soak=1)
def test_every_failing_call_leaves_old_or_new_and_is_told(tries: int, found: Found, tmp_path: Path) -> None:
    if not _may_trace():
        pytest.skip("strace is not there, or may not follow another process")
    result = harness("calls", tmp_path)
    found(
        f"{result['calls']} calls; {', '.join(f'{result[how]} {how}' for how in ('saved', 'refused', 'killed'))}"
    )
    assert result["wrong"] == []
    assert {"openat", "write", "fsync", "rename", "link", "read"} <= set(result["names"])
    assert result["killed"] == result["calls"]
    assert result["unconfirmed"] > 0  # the folder's own flush is the one failure that is none
    assert result["refused"] > 0


@pytest.mark.fault("two windows race for one design", tests=20, soak=50)
def test_one_of_two_windows_writes(tries: int, found: Found, tmp_path: Path) -> None:
    result = harness("race", tmp_path, tries)
    found(f"{result['one writer']} times one writer, {result['taken over']} taken over after a kill")
    assert result["one writer"] == result["taken over"] == tries
    assert result["whole"]


# -- a full disk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "netdesigner-test", str(folder)]
    if sys.platform != "linux" or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only the superuser may mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def boasting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk says that it has room."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"total": 2**40, "free": 2**40}))


def test_one_large_write_on_a_full_disk_leaves_the_old_file(small_disk: Path, boasting: None) -> None:
    path = small_disk / "a.netdesign"
    save(numbered(1), path)
    with pytest.raises(FileError, match="not saved: the disk is full"):
        write_atomically(path, bytes(8 * 2**20))
    assert number_of(path) == 1
    assert list(small_disk.iterdir()) == [path]


def test_a_design_on_a_full_disk_is_saved_once_there_is_room(small_disk: Path, boasting: None) -> None:
    path, filler = small_disk / "a.netdesign", small_disk / "filler"
    save(numbered(1), path)
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(2**12)):
            pass
    assert os.statvfs(small_disk).f_bavail == 0
    with pytest.raises(FileError, match="not saved: the disk is full"):
        save(numbered(2), path, backup=True)
    assert number_of(path) == 1
    assert sorted(small_disk.iterdir()) == [path, filler]
    filler.unlink()
    save(numbered(2), path, backup=True)
    assert number_of(path) == 2


def test_a_disk_that_says_it_is_full_is_not_tried(small_disk: Path) -> None:
    path = small_disk / "a.netdesign"
    save(numbered(1), path)
    with pytest.raises(FileError, match="not saved: the disk is full"):
        write_atomically(path, bytes(3 * 2**20))  # it would fit, but nothing else would any more
    assert number_of(path) == 1


def test_a_disk_that_may_only_be_read_is_said(small_disk: Path) -> None:
    path = small_disk / "a.netdesign"
    save(numbered(1), path)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(FileError, match="not saved: no files may be made in") as refused:
        save(numbered(2), path)
    assert "\n" not in str(refused.value)
    assert number_of(path) == 1
