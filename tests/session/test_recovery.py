"""Unsaved work outlives a crash."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from netdesigner.document import Design
from netdesigner.errors import DesignFileError, FileError, NetDesignerError
from netdesigner.session import recovery as recovery_module
from netdesigner.session.recovery import TRASH_DAYS, Found, Recovery
from tests.session.crash import crash


def crashed(folder: Path, title: str = "lost", path: Path | None = None, words: str = "") -> None:
    """What a killed program leaves behind, which had unsaved work."""
    recovery = Recovery(folder)
    recovery.note(Design(title=title, folder=path.parent if path else None), path)
    recovery.flush()
    recovery.life.trace.write_text(words, "utf-8")
    crash(recovery)


def titles(recovery: Recovery, works: tuple[Found, ...]) -> list[str]:
    return [recovery.design_of(work).title for work in works]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


# -- Kept and found -------------------------------------------------------------------------------------------


def test_work_of_a_killed_program_is_found_with_its_file(tmp_path: Path) -> None:
    crashed(tmp_path, path=Path("/somewhere/a.netdesign"))
    recovery = Recovery(tmp_path)
    (found,) = recovery.found()
    assert (found.name, found.path) == ("a", Path("/somewhere/a.netdesign"))
    assert abs(found.time_s - time.time()) < 60
    assert recovery.design_of(found) == Design(title="lost", folder=Path("/somewhere"))
    assert recovery.design_of(found).folder == Path("/somewhere")


def test_work_is_written_by_itself_soon_after_the_edit(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    begun = time.monotonic()
    recovery.note(Design(title="a"), None)
    while not recovery.file.exists() and time.monotonic() < begun + 30:
        time.sleep(0.01)
    assert recovery.file.exists()
    recovery.close()


def test_work_of_a_running_program_is_left_alone(tmp_path: Path) -> None:
    other, mine = Recovery(tmp_path), Recovery(tmp_path)
    other.note(Design(title="open"), None)
    other.flush()
    assert mine.found() == ()
    assert mine.life.has_company()
    (work,) = (recovery_module._head(other.file),)
    mine.discard(work)
    with pytest.raises(NetDesignerError, match="another window"):
        mine.take_up(work)
    assert other.file.exists()
    other.note(None, None)
    other.close()
    mine.close()
    assert names(tmp_path) == []


def test_saved_work_is_not_kept(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    recovery.note(Design(title="a"), None)
    recovery.flush()
    assert recovery.file.exists()
    recovery.note(None, None)
    recovery.flush()
    assert not recovery.file.exists()
    recovery.close()
    assert names(tmp_path) == []


def test_the_newest_work_is_what_is_written(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    for number in range(20):
        recovery.note(Design(title=str(number)), None)
    recovery.flush()
    assert '"19"' in recovery.file.read_text("utf-8")
    recovery.close()


def test_a_path_that_is_no_text_survives(tmp_path: Path) -> None:
    path = Path(os.fsdecode(b"/some\xff/where\n.netdesign"))
    crashed(tmp_path, path=path)
    (found,) = Recovery(tmp_path).found()
    assert (found.path, found.folder) == (path, path.parent)


# -- Taken up again -------------------------------------------------------------------------------------------


def test_work_stays_on_offer_after_a_crash_right_after_it_was_taken_up(tmp_path: Path) -> None:
    crashed(tmp_path)
    for _ in range(3):
        recovery = Recovery(tmp_path)
        (work,) = recovery.found()
        assert recovery.take_up(work).title == "lost"
        crash(recovery)
    recovery = Recovery(tmp_path)
    assert titles(recovery, recovery.found()) == ["lost"]
    recovery.take_up(recovery.found()[0])
    recovery.note(None, None)  # saved
    recovery.close()
    assert names(tmp_path) == []


def test_two_windows_do_not_take_up_the_same_work(tmp_path: Path) -> None:
    crashed(tmp_path)
    first, second = Recovery(tmp_path), Recovery(tmp_path)
    (work,) = first.found()
    assert second.found() == (work,)
    first.take_up(work)
    with pytest.raises(NetDesignerError, match="another window"):
        second.take_up(work)
    assert second.found() == ()
    first.close()
    second.close()


def test_taking_up_work_moves_what_was_kept_to_the_trash(tmp_path: Path) -> None:
    crashed(tmp_path)
    recovery = Recovery(tmp_path)
    recovery.note(Design(title="present"), None)
    recovery.take_up(recovery.found()[0])
    assert titles(recovery, recovery.trashed()) == ["present"]
    assert '"lost"' in recovery.file.read_text("utf-8")
    recovery.close()


# -- Given up -------------------------------------------------------------------------------------------------


def test_what_is_given_up_can_be_brought_back(tmp_path: Path) -> None:
    crashed(tmp_path, path=Path("/somewhere/a.netdesign"))
    recovery = Recovery(tmp_path)
    recovery.discard(recovery.found()[0])
    assert recovery.found() == ()
    (work,) = recovery.trashed()
    assert (work.name, work.path) == ("a", Path("/somewhere/a.netdesign"))
    recovery.take_up(work)
    assert recovery.trashed() == ()
    crash(recovery)
    recovery = Recovery(tmp_path)
    assert titles(recovery, recovery.found()) == ["lost"]


def test_giving_up_takes_the_last_edit_too_and_nothing_that_was_saved(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    recovery.give_up()
    assert recovery.trashed() == ()
    for title in ("first", "second"):
        recovery.note(Design(title=title), None)
        recovery.give_up()
    recovery.close()
    assert sorted(titles(recovery, recovery.trashed())) == ["first", "second"]


def test_the_trash_keeps_a_month(tmp_path: Path) -> None:
    for title in ("old", "new"):
        recovery = Recovery(tmp_path)
        recovery.note(Design(title=title), None)
        recovery.give_up()
        recovery.close()
    for work in recovery.trashed():
        days = TRASH_DAYS + (1 if recovery.design_of(work).title == "old" else -1)
        moment = time.time() - days * 24 * 60 * 60
        os.utime(work.file, (moment, moment))
    later = Recovery(tmp_path)
    assert titles(later, later.trashed()) == ["new"]
    later.close()


# -- What goes wrong ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b"{}\n{}",
        b'{"name": "a", "path": 3, "folder": ""}\n{}',
        b'{"name": "a", "path": "", "folder": ""}\n{"format": 1, "networks": 3}',
        b'{"name": "a", "path": "", "folder": ""}\n\xff',
        b'{"name": "a", "path": "", "folder": ""}',
    ],
)
def test_damaged_work_is_put_aside_and_the_rest_is_found(tmp_path: Path, damage: bytes) -> None:
    crashed(tmp_path)
    (tmp_path / "1-2.work").write_bytes(damage)
    recovery = Recovery(tmp_path)
    assert titles(recovery, recovery.found()) == ["lost"]
    assert recovery.damaged == [tmp_path / "damaged" / "1-2.work"]
    assert recovery.damaged[0].read_bytes() == damage
    assert titles(recovery, recovery.found()) == ["lost"]


def test_work_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "1-2.work"
    file.write_bytes(b'{"name": "a", "path": "", "folder": ""}\n')
    os.truncate(file, 2**40)
    recovery = Recovery(tmp_path)
    assert recovery.found() == ()
    with pytest.raises(DesignFileError, match="too large"):
        recovery.design_of(Found("a", None, None, recovery.damaged[0], 0.0))


def test_a_full_disk_is_said_once_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recovery, told = Recovery(tmp_path), list[str]()
    recovery.on_trouble(told.append)
    really, free = recovery_module.write_atomically, threading.Event()

    def write(path: Path, data: bytes) -> None:
        if not free.is_set():
            raise FileError(path, "not saved: the disk is full")
        really(path, data)

    monkeypatch.setattr(recovery_module, "write_atomically", write)
    monkeypatch.setattr(recovery_module, "_RETRY_S", 0.05)
    for title in ("a", "b"):
        recovery.note(Design(title=title), None)
        recovery.flush()
    assert len(told) == 1
    assert "the disk is full" in told[0]
    assert recovery.trouble
    free.set()
    until = time.monotonic() + 30
    while recovery.trouble and time.monotonic() < until:
        time.sleep(0.01)
    assert '"b"' in recovery.file.read_text("utf-8")
    assert not recovery.trouble
    recovery.close()


def test_a_folder_that_cannot_be_used_does_not_stop_a_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    recovery, told = Recovery(tmp_path / "file" / "recovery"), list[str]()
    recovery.on_trouble(told.append)
    assert recovery.found() == recovery.trashed() == ()
    recovery.note(Design(title="a"), None)
    recovery.flush()
    assert len(told) == 1
    recovery.give_up()
    recovery.close()


def test_a_rescue_in_the_middle_of_writing_does_not_wait_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recovery = Recovery(tmp_path)
    really = recovery_module.write_atomically

    def write(path: Path, data: bytes) -> None:
        recovery.flush()  # as a destructor does that fails on this thread
        really(path, data)

    monkeypatch.setattr(recovery_module, "write_atomically", write)
    recovery.note(Design(title="a"), None)
    recovery.flush()
    assert recovery.file.exists()
    recovery.close()


def test_what_a_kill_left_half_written_goes_in_time(tmp_path: Path) -> None:
    fresh, old = (tmp_path / f".1-2.work.{n}.netdesigner-new" for n in "ab")
    for file in (fresh, old):
        file.write_text("{")
    os.utime(old, (0, 0))
    Recovery(tmp_path).close()
    assert names(tmp_path) == [fresh.name]


# -- The mark of a running program ----------------------------------------------------------------------------


def test_an_end_without_a_word_is_known_once_and_its_last_words_are_read(tmp_path: Path) -> None:
    crashed(tmp_path, words="Fatal Python error: Aborted")
    life = Recovery(tmp_path).life
    assert (life.broke_off, life.last_words) == (True, "Fatal Python error: Aborted")
    assert not life.has_company()
    assert not Recovery(tmp_path).life.broke_off


def test_an_end_by_itself_leaves_nothing(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    recovery.life.trace.write_text("words")
    recovery.close()
    life = Recovery(tmp_path).life
    assert (life.broke_off, life.last_words) == (False, "")
