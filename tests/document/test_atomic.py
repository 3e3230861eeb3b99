from __future__ import annotations

import errno
import hashlib
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netdesigner.document import atomic
from netdesigner.document.atomic import (
    lacks_space,
    make_atomically,
    new_name,
    refuse_if_unwritable,
    write_atomically,
)
from netdesigner.errors import FileChangedError, FileError

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes, links and pipes are others there")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def failing(number: int) -> Callable[..., Any]:
    def fail(*given: object, **named: object) -> Any:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that holds something."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    return path


# -- what can be written -------------------------------------------------------------------------------------------


def test_a_file_that_can_be_written_is_not_refused_and_not_made(tmp_path: Path) -> None:
    refuse_if_unwritable(tmp_path / "new")
    assert names(tmp_path) == []


def test_a_missing_folder_and_a_folder_in_the_way_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"there is no folder .*nowhere"):
        refuse_if_unwritable(tmp_path / "nowhere" / "new")
    for refuse in (refuse_if_unwritable, lambda path: write_atomically(path, b"")):
        with pytest.raises(FileError, match="this is a folder"):
            refuse(tmp_path)


@posix
def test_a_device_or_a_pipe_is_never_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileError, match="a device or a pipe"):
        refuse_if_unwritable(pipe)
    with pytest.raises(FileError, match="a device or a pipe"):
        write_atomically(pipe, b"text")
    assert pipe.is_fifo()
    assert names(tmp_path) == ["pipe"]


def test_a_write_protected_file_is_left_alone(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != file)  # the superuser may write all
    with pytest.raises(FileError, match="write-protected"):
        write_atomically(file, b"new")
    assert file.read_bytes() == b"old"


@posix
def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(FileError, match="not saved"):
        write_atomically(tmp_path / "a", b"new")
    assert names(tmp_path) == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere/file", "there is no folder"),
        ("file/inside", "there is no folder"),
        ("x" * 256, "its name is too long"),
        ("nul\0", "cannot have this name"),
    ],
)
def test_a_name_that_cannot_be_written_is_refused_in_one_sentence(file: Path, name: str, reason: str) -> None:
    with pytest.raises(FileError, match=reason) as refused:
        write_atomically(file.parent / name, b"new")
    assert "\n" not in str(refused.value)
    assert names(file.parent) == ["file"]


@pytest.mark.parametrize("name", ["x" * 255, "é" * 127, "🦊" * 63, "trailing. ", "[a]*?", "-rf", "a\\b"])
def test_any_name_that_the_system_takes_can_be_written_twice(tmp_path: Path, name: str) -> None:
    for data in (b"one", b"two"):
        write_atomically(tmp_path / name, data, backup=True)
    assert (tmp_path / name).read_bytes() == b"two"
    assert {*names(tmp_path)} <= {name, f"{name}.bak"}


# -- what is written -----------------------------------------------------------------------------------------------


def test_the_content_is_replaced_and_its_digest_told(file: Path) -> None:
    written = write_atomically(file, b"new")
    assert file.read_bytes() == b"new"
    assert written.digest == hashlib.sha256(b"new").hexdigest()
    assert written.durable
    assert names(file.parent) == ["file"]


@posix
def test_a_link_stays_one_and_what_it_leads_to_is_replaced(file: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "folder" / "link"
    link.symlink_to(file)
    write_atomically(link, b"new", backup=True)
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert names(tmp_path) == ["file", "file.bak", "folder"]
    assert names(tmp_path / "folder") == ["link"]


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755])
def test_the_mode_of_the_old_file_is_kept(file: Path, mode: int) -> None:
    file.chmod(mode)
    write_atomically(file, b"new")
    make_atomically(file, lambda path: path.write_bytes(b"newer"), lambda path: None)
    assert stat.S_IMODE(file.stat().st_mode) == mode


@posix
def test_a_new_file_has_the_mode_that_new_files_have(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_atomically(tmp_path / "new", b"")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_what_is_written_in_parts_is_whole(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
    data = bytes(range(256))
    write_atomically(file, data)
    assert file.read_bytes() == data


# -- what goes wrong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "number", "reason"),
    [
        ("write", errno.ENOSPC, "the disk is full"),
        ("write", errno.EIO, "unchanged"),
        ("fsync", errno.EIO, "unchanged"),
        ("replace", errno.EACCES, "no files may be made in"),
        ("read", errno.EIO, "unchanged"),
        ("open", errno.EROFS, "no files may be made in"),
    ],
)
def test_a_failure_leaves_the_old_file_alone(
    file: Path, monkeypatch: pytest.MonkeyPatch, broken: str, number: int, reason: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(atomic.os, broken, failing(number))
        with pytest.raises(FileError, match=f"not saved: .*{reason}"):
            write_atomically(file, b"new")
    assert file.read_bytes() == b"old"
    assert names(file.parent) == ["file"]


def test_a_write_that_stops_short_without_an_error_is_noticed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, data: 0)
        with pytest.raises(FileError, match="the disk is full"):
            write_atomically(file, b"new")
    assert file.read_bytes() == b"old"


def test_a_disk_that_keeps_something_else_is_noticed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, data: write(descriptor, b"\0" * len(data)))
        with pytest.raises(FileError, match="did not keep what was written"):
            write_atomically(file, b"new")
    assert file.read_bytes() == b"old"
    assert names(file.parent) == ["file"]


def test_bytes_are_on_the_disk_before_their_name_is(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *given, n=name, call=real: (done.append(n), call(*given))[1])
    write_atomically(file, b"new")
    make_atomically(file, lambda path: path.write_bytes(b"newer"), lambda path: None)
    once = ["fsync", "replace"] if os.name == "nt" else ["fsync", "replace", "fsync"]
    assert done == once * 2


@posix
def test_a_folder_that_does_not_confirm_the_name_is_no_failure(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def of_files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "Input/output error")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", of_files_only)
    assert not write_atomically(file, b"new").durable
    assert file.read_bytes() == b"new"


def test_a_disk_without_space_is_refused_before_anything_is_written(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", failing(errno.EIO))
        patch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"total": 2**30, "free": 2**10}))
        with pytest.raises(FileError, match="the disk is full"):
            write_atomically(file, b"new")
    assert names(file.parent) == ["file"]


@pytest.mark.parametrize(
    ("free", "length", "lacking"),
    [
        (2**17, 2**10, False),  # some settings on a nearly full disk
        (2**16, 2**10, True),
        (2 * 2**20, 2**20, False),
        (2 * 2**20 - 1, 2**20, True),
        (2**30 + 2**24, 2**30, False),  # a gigabyte does not need another one
        (2**30 + 2**24 - 1, 2**30, True),
    ],
)
def test_space_to_spare_grows_with_the_file_within_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, length: int, lacking: bool
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"total": 2**40, "free": free}))
    assert lacks_space(tmp_path, length) is lacking


def test_a_disk_that_says_nothing_of_its_size_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"total": 0, "free": 0}))
    assert not lacks_space(tmp_path, 1)


@pytest.mark.parametrize("busy", [1, 1_000_000])
def test_a_file_that_another_program_holds_for_a_moment_is_waited_for(
    file: Path, monkeypatch: pytest.MonkeyPatch, busy: int
) -> None:
    replace, tries = os.replace, []

    def held(*given: Any) -> None:
        tries.append(given)
        if len(tries) <= busy:
            error = PermissionError(errno.EACCES, "The file is used by another process")
            error.winerror = 32  # type: ignore[attr-defined]  # as Windows says it
            raise error
        replace(*given)

    monkeypatch.setattr(os, "replace", held)
    if busy == 1:
        write_atomically(file, b"new")
        assert file.read_bytes() == b"new"
    else:
        with pytest.raises(FileError, match="not saved"):
            write_atomically(file, b"new")
        assert file.read_bytes() == b"old"
    assert names(file.parent) == ["file"]


# -- what a kill leaves behind ----------------------------------------------------------------------------------


@posix
def test_what_a_kill_left_behind_is_removed_by_the_next_write(file: Path) -> None:
    for _ in range(3):
        new_name(file).write_bytes(b"half")
    of_others = new_name(file.with_name("other"))
    strangers = [file.with_name(".file.notes"), file.with_name("file.netdesigner-new"), of_others]
    for path in strangers:
        path.touch()
    write_atomically(file, b"new")
    assert sorted(file.parent.iterdir()) == sorted([file, *strangers])
    for path in strangers:
        os.utime(path, (0, 0))
    write_atomically(file, b"newer")
    assert names(file.parent) == [".file.notes", "file", "file.netdesigner-new"]


@posix
def test_what_another_process_is_writing_is_left_alone(file: Path) -> None:
    busy = new_name(file)
    program = (
        "import os, sys\n"
        "from netdesigner.document.claim import claim\n"
        "claim(os.open(sys.argv[1], os.O_RDWR | os.O_CREAT))\n"
        "print('claimed', flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(busy)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "claimed\n"
        write_atomically(file, b"new")
        assert busy.exists()
        other.kill()
    write_atomically(file, b"newer")
    assert names(file.parent) == ["file"]


@posix
def test_two_that_write_one_file_do_not_remove_each_others_new_ones(file: Path) -> None:
    def make(path: Path) -> None:
        write_atomically(file, b"first")
        path.write_bytes(b"second")

    make_atomically(file, make, lambda path: None)
    assert file.read_bytes() == b"second"
    assert names(file.parent) == ["file"]


@posix
@pytest.mark.parametrize("seen", [True, False])
def test_a_new_file_that_another_removes_before_it_is_claimed_is_made_again(
    file: Path, monkeypatch: pytest.MonkeyPatch, seen: bool
) -> None:
    taken: list[Path] = []

    def claim(descriptor: int) -> bool:
        (new,) = (path for path in file.parent.iterdir() if path not in (file, *taken))
        taken.append(new)
        if len(taken) == (2 if seen else 1):  # the other removes it while or before we look
            taken[0].unlink(missing_ok=True)
        return len(taken) > 1 or not seen

    monkeypatch.setattr(atomic, "claim", claim)
    write_atomically(file, b"new")
    assert file.read_bytes() == b"new"
    assert names(file.parent) == ["file"]
    assert len(taken) == 2


@posix
def test_where_every_claim_is_refused_a_file_is_written_all_the_same(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic, "claim", lambda _: False)
    write_atomically(file, b"new")
    assert file.read_bytes() == b"new"
    assert names(file.parent) == ["file"]


# -- what was there before ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("links", [True, False])
def test_the_content_before_the_last_change_is_kept(
    file: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", failing(errno.EPERM))
    kept = file.with_name("file.bak")
    write_atomically(file, b"new", backup=True)
    assert kept.read_bytes() == b"old"
    write_atomically(file, b"new", backup=True)  # saving twice does not lose it
    assert kept.read_bytes() == b"old"
    write_atomically(file, b"newer", backup=True)
    assert kept.read_bytes() == b"new"
    assert names(file.parent) == ["file", "file.bak"]


def test_nothing_is_kept_unless_asked_for_nor_of_a_new_file(file: Path) -> None:
    write_atomically(file, b"new")
    write_atomically(file.with_name("other"), b"new", backup=True)
    assert names(file.parent) == ["file", "other"]


def test_a_copy_that_cannot_be_kept_does_not_stop_a_save(file: Path) -> None:
    (file.parent / "file.bak").mkdir()
    write_atomically(file, b"new", backup=True)
    assert file.read_bytes() == b"new"
    assert names(file.parent) == ["file", "file.bak"]


def test_a_file_that_another_program_changed_is_not_replaced(file: Path) -> None:
    known = write_atomically(file, b"mine").digest
    file.write_bytes(b"theirs")
    with pytest.raises(FileChangedError, match="another program changed the file"):
        write_atomically(file, b"mine again", replaces=known)
    assert file.read_bytes() == b"theirs"
    assert names(file.parent) == ["file"]
    write_atomically(file, b"theirs", replaces=known)  # it holds just this already
    file.unlink()
    write_atomically(file, b"mine again", replaces=known)
    assert file.read_bytes() == b"mine again"


# -- files that something else writes -------------------------------------------------------------------------------


def test_what_wants_a_name_writes_beside_the_file_which_is_then_replaced(file: Path) -> None:
    seen: list[Path] = []

    def make(path: Path) -> None:
        seen.append(path)
        assert file.read_bytes() == b"old"
        part = path.with_name("part")
        part.write_bytes(b"new")
        part.replace(path)  # as some libraries do it

    make_atomically(file, make, seen.append)
    assert file.read_bytes() == b"new"
    assert seen[0] == seen[1] != file
    assert names(file.parent) == ["file"]


@pytest.mark.parametrize("stage", ["make", "check"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyError("x")])
def test_what_fails_while_it_writes_or_is_read_back_replaces_nothing(
    file: Path, stage: str, error: Exception
) -> None:
    def step(name: str) -> Callable[[Path], object]:
        def run(path: Path) -> None:
            path.write_bytes(b"half")
            if name == stage:
                raise error

        return run

    with pytest.raises(FileError if isinstance(error, OSError) else KeyError):
        make_atomically(file, step("make"), step("check"))
    assert file.read_bytes() == b"old"
    assert names(file.parent) == ["file"]


def test_a_save_after_one_that_was_killed_behind_its_copy_leaves_nothing_over(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.netdesign", tmp_path / "a.netdesign.bak"
    path.write_bytes(b"old")
    try:
        os.link(path, copy)
    except OSError:
        pytest.skip("this file system has no links")
    write_atomically(path, b"new", backup=True)
    assert (path.read_bytes(), copy.read_bytes()) == (b"new", b"old")
    assert sorted(tmp_path.iterdir()) == [path, copy]
