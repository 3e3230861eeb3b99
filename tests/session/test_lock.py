"""Two windows, or a window and a script, on one design file."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import netdesigner as nd
from netdesigner.document import Design, load, save
from netdesigner.errors import FileChangedError, FileError, FileInUseError
from netdesigner.parts import Catalog
from netdesigner.session import Session
from netdesigner.session.lock import Locks


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.netdesign"
    save(Design(title="as it was"), path)
    return path


@pytest.fixture
def windows(catalog: Catalog) -> Iterator[tuple[Session, Session]]:
    """Two sessions of one user."""
    found = Session(catalog, locks=Locks()), Session(catalog, locks=Locks())
    yield found
    for session in found:
        session.close()


def edit(session: Session, title: str) -> None:
    session.edit(Design(title=title, folder=session.design.folder), "edit")


def locks_left() -> list[Path]:
    return list(Locks().folder.glob("*"))


# -- locks -----------------------------------------------------------------------------------------------------------


def test_only_one_has_a_file_until_it_gives_it_back(file: Path) -> None:
    first = Locks().take(file)
    assert first is not None
    assert Locks().take(file) is None
    first.release()
    first.release()
    second = Locks().take(file)
    assert second is not None
    assert Locks().take(file) is None
    second.release()
    assert locks_left() == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_a_link_to_a_file_is_that_file(file: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(file)
    lock = Locks().take(file)
    assert lock is not None
    assert Locks().take(tmp_path / "link") is None
    lock.release()


@pytest.mark.parametrize("trouble", ["mkdir", "open", "claim"])
def test_where_nothing_can_be_locked_a_design_opens_and_is_saved(
    windows: tuple[Session, Session], file: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    def fail(*given: object, **named: object) -> object:
        raise OSError(errno.ENOTSUP, "not here")

    if trouble == "mkdir":
        monkeypatch.setattr(Path, "mkdir", fail)
    elif trouble == "claim":
        monkeypatch.setattr("netdesigner.document.held.claim", fail)
    else:
        Locks().folder.mkdir(parents=True)
        Locks().folder.rmdir()
        Locks().folder.write_text("in the way")
    for session in windows:
        session.open(file)
        assert not session.state.read_only
    edit(windows[0], "mine")
    windows[0].save()
    edit(windows[1], "theirs")
    with pytest.raises(FileChangedError):  # which is noticed all the same
        windows[1].save()


# -- the second window -----------------------------------------------------------------------------------------------


def test_the_second_window_reads_only_and_saves_elsewhere(
    windows: tuple[Session, Session], file: Path, tmp_path: Path
) -> None:
    first, second = windows
    first.open(file)
    second.open(file)
    assert [session.state.read_only for session in windows] == [False, True]
    edit(second, "mine")
    before = second.state
    with pytest.raises(FileInUseError, match="open in another window"):
        second.save()
    assert second.state is before
    second.save(tmp_path / "b.netdesign")
    assert not second.state.read_only
    assert load(tmp_path / "b.netdesign").title == "mine"
    assert load(file).title == "as it was"
    edit(first, "first")
    first.save()
    assert load(file).title == "first"


def test_a_design_open_elsewhere_cannot_be_replaced(windows: tuple[Session, Session], file: Path) -> None:
    windows[0].open(file)
    windows[1].new(Design(title="other"))
    for write in (windows[1].save, lambda path: nd.save(Design(), path)):
        with pytest.raises(FileInUseError):
            write(file)
    assert load(file).title == "as it was"
    windows[0].close()
    windows[1].save(file)
    assert load(file).title == "other"


@pytest.mark.parametrize("leave", ["close", "new", "open", "save as", "copy"])
def test_a_file_is_free_once_its_window_leaves_it(
    windows: tuple[Session, Session], file: Path, tmp_path: Path, leave: str
) -> None:
    first, second = windows
    first.open(file)
    second.open(file)
    assert not second.may_take_over()
    other = tmp_path / "b.netdesign"
    save(Design(), other)
    {
        "close": first.close,
        "new": first.new,
        "open": lambda: first.open(other),
        "save as": lambda: first.save(other),
        "copy": first.copy,
    }[leave]()
    assert second.may_take_over()
    second.take_over()
    assert not second.state.read_only
    edit(second, "second")
    second.save()
    assert load(file).title == "second"


def test_taking_over_opens_what_the_other_window_saved(windows: tuple[Session, Session], file: Path) -> None:
    first, second = windows
    first.open(file)
    second.open(file)
    with pytest.raises(FileInUseError):
        second.take_over()
    assert second.state.read_only
    edit(first, "newer")
    first.save()
    first.close()
    second.take_over()
    assert second.design.title == "newer"
    assert not second.state.read_only
    second.save()


def test_taking_over_keeps_edits_and_asks_before_they_replace_others(
    windows: tuple[Session, Session], file: Path
) -> None:
    first, second = windows
    first.open(file)
    second.open(file)
    edit(second, "mine")
    edit(first, "theirs")
    first.save()
    first.close()
    second.take_over()
    assert second.design.title == "mine"
    with pytest.raises(FileChangedError):
        second.save()
    second.save(overwrite=True)
    assert load(file).title == "mine"
    assert load(file.with_name("a.netdesign.bak")).title == "theirs"


def test_a_copy_is_nobodys_file(windows: tuple[Session, Session], file: Path) -> None:
    windows[0].open(file)
    windows[1].open(file)
    windows[1].copy()
    state = windows[1].state
    assert (state.path, state.read_only, state.dirty) == (None, False, False)
    assert state.design.title == "as it was"


def test_opening_it_again_keeps_the_file(windows: tuple[Session, Session], file: Path) -> None:
    windows[0].open(file)
    windows[0].open(file)
    assert not windows[0].state.read_only
    (file.with_name("bad.netdesign")).write_text("{")
    with pytest.raises(FileError):
        windows[0].open(file.with_name("bad.netdesign"))
    windows[1].open(file)
    assert windows[1].state.read_only
    windows[0].close()
    assert locks_left() == []


# -- a file that changes behind our back -------------------------------------------------------------------------------


def test_what_another_program_wrote_is_replaced_only_on_purpose(
    windows: tuple[Session, Session], file: Path
) -> None:
    session = windows[0]
    session.open(file)
    edit(session, "mine")
    save(Design(title="theirs"), file)
    before = session.state
    with pytest.raises(FileChangedError, match="another program changed the file"):
        session.save()
    assert session.state is before
    assert load(file).title == "theirs"
    session.save(overwrite=True)
    assert load(file).title == "mine"
    edit(session, "mine again")
    session.save()
    assert load(file.with_name("a.netdesign.bak")).title == "mine"


def test_a_file_that_was_touched_or_removed_is_no_question(
    windows: tuple[Session, Session], file: Path
) -> None:
    session = windows[0]
    session.open(file)
    edit(session, "mine")
    os.utime(file, (0, 0))
    session.save()
    edit(session, "mine again")
    file.unlink()
    session.save()
    assert load(file).title == "mine again"


def test_a_failed_save_leaves_the_design_unsaved_and_can_be_tried_again(
    windows: tuple[Session, Session], file: Path
) -> None:
    session = windows[0]
    folder = file.parent / "drive"
    folder.mkdir()
    session.open(file)
    session.save(folder / "a.netdesign")
    edit(session, "mine")
    folder.rename(file.parent / "gone")
    with pytest.raises(FileError, match="there is no folder"):
        session.save()
    assert session.state.dirty
    with pytest.raises(FileError, match="its name is too long"):
        session.save(file.with_name("x" * 300 + ".netdesign"))
    assert session.state.path == folder / "a.netdesign"
    (file.parent / "gone").rename(folder)
    session.save()
    assert load(folder / "a.netdesign").title == "mine"
    assert not session.state.dirty
