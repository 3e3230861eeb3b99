"""Saving from the window: a file that changes behind its back, a second window, a folder that is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from netdesigner.document import Design, load, save
from netdesigner.parts import Catalog
from netdesigner.session import Session
from netdesigner.session.lock import Locks
from netdesigner.ui.actions import file as file_actions
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.file_banner import FileBanner
from netdesigner.ui.main_window import MainWindow
from netdesigner.ui.theme import LIGHT

Asked = list[tuple[str, str]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the window asks; `answer` says what is answered, one answer a question and none to the others."""
    found: Asked = []

    def choose(_parent: object, text: str, more: str, _ways: object) -> str:
        found.append((text, more))
        return answers.pop(0) if answers else ""

    answers: list[str] = []
    monkeypatch.setattr(file_actions, "choose", choose)
    monkeypatch.setattr(file_actions, "answers", answers, raising=False)
    return found


def answer(*answers: str) -> None:
    file_actions.answers.extend(answers)  # type: ignore[attr-defined]


def name_file(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(file_actions.QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


def retitle(window: MainWindow, title: str) -> Path:
    window.bridge.edit(lambda design: Design(title=title, folder=design.folder), "edit")
    path = window.bridge.state.path
    assert path is not None
    return path


def test_a_file_that_another_program_changed_is_asked_about(
    window: MainWindow, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = retitle(window, "mine")
    save(Design(title="theirs"), path)
    assert not window.file.save()
    assert asked[0][0] == "Another program has changed small.netdesign."
    assert "small.netdesign.bak" in asked[0][1]
    assert load(path).title == "theirs"
    assert window.isWindowModified()

    other = path.with_name("other.netdesign")
    name_file(monkeypatch, other)
    answer("elsewhere")
    assert window.file.save()
    assert (load(other).title, load(path).title) == ("mine", "theirs")

    retitle(window, "mine again")
    save(Design(title="theirs"), other)
    answer("overwrite")
    assert window.file.save()
    assert load(other).title == "mine again"
    assert load(other.with_name("other.netdesign.bak")).title == "theirs"
    assert not window.isWindowModified()


def test_a_save_that_fails_can_be_tried_again_or_made_elsewhere(
    window: MainWindow, asked: Asked, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    retitle(window, "mine")
    drive = tmp_path / "drive"
    drive.mkdir()
    name_file(monkeypatch, drive / "a.netdesign")
    assert window.file.save_as()
    retitle(window, "mine again")
    drive.rename(tmp_path / "gone")
    answer("again")
    assert not window.file.save()
    assert [text for text, _ in asked] == ["The design was not saved."] * 2
    assert asked[0][1].startswith("There is no folder")
    assert window.isWindowModified()
    name_file(monkeypatch, tmp_path / "b.netdesign")
    answer("elsewhere")
    said: list[tuple[str, str]] = []
    window.bridge.said.connect(lambda *words: said.append(words))
    monkeypatch.setattr("netdesigner.document.atomic.sync_folder", lambda _: False)
    assert window.file.save()
    assert load(tmp_path / "b.netdesign").title == "mine again"
    assert not window.isWindowModified()
    assert said[-1][0] == "warning"
    assert said[-1][1].startswith("Saved b.netdesign, but the disk did not confirm it")


def test_a_name_that_the_file_dialog_did_not_ask_about_is_asked_about(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    questions: list[str] = []
    monkeypatch.setattr(file_actions, "confirm", lambda _parent, text, *_: bool(questions.append(text)))
    for name, ask in (("kept", window.file.save_as), ("kept", window.file.ask_picture)):
        name_file(monkeypatch, tmp_path / name)
        for suffix in (".netdesign", ".svg"):
            (tmp_path / f"kept{suffix}").write_text("something else")
        ask()
    assert questions == ["Replace kept.netdesign?", "Replace kept.svg?"]
    assert (tmp_path / "kept.netdesign").read_text() == "something else"
    assert (tmp_path / "kept.svg").read_text() == "something else"


# -- two windows -----------------------------------------------------------------------------------------------------


@pytest.fixture
def other(catalog: Catalog, window: MainWindow) -> Iterator[Session]:
    """Another window's session, which has the file open; the window then has it too."""
    window.bridge.session.close()
    window.bridge.session._locks = Locks()  # as `app.make_session` makes it
    found = Session(catalog, locks=Locks())
    path = window.bridge.state.path
    assert path is not None
    found.open(path)
    assert window.file.open(path)
    yield found
    found.close()


def press(qtbot: QtBot, banner: FileBanner, text: str) -> None:
    button = next(one for one in banner.findChildren(QPushButton) if one.text() == text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_file_that_another_window_has_open_is_only_read(
    qtbot: QtBot, window: MainWindow, other: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert window.windowTitle() == "small[*] (read-only) - netdesigner"
    assert window.file_banner.text.startswith("small is open in another window, so it is read-only here.")
    path = retitle(window, "mine")
    proposed: list[str] = []
    monkeypatch.setattr(
        file_actions.QFileDialog,
        "getSaveFileName",
        lambda _parent, _title, start, _kinds: (proposed.append(start), ("", ""))[1],
    )
    assert not window.file.save()
    assert proposed == [str(path.with_name("small-copy.netdesign"))]
    assert load(path).title == "small"

    press(qtbot, window.file_banner, "Open a Copy")
    assert window.bridge.state.path is None
    assert window.bridge.state.design.title == "mine"
    assert window.isWindowModified()
    assert window.windowTitle() == "mine[*] - netdesigner"
    assert window.file_banner.text == ""


def test_a_file_is_taken_over_once_the_other_window_left_it(
    qtbot: QtBot, window: MainWindow, other: Session
) -> None:
    banner = window.file_banner
    banner.look()
    assert "is read-only" in banner.text
    other.close()
    banner.look()
    assert banner.text.startswith("small is not open in another window any more.")
    path = window.bridge.state.path
    assert path is not None
    other.open(path)  # and has it again, between a look and a press
    press(qtbot, banner, "Edit Here")
    assert "is read-only" in banner.text
    other.close()
    banner.look()
    press(qtbot, banner, "Edit Here")
    assert banner.text == ""
    assert window.windowTitle() == "small[*] - netdesigner"
    retitle(window, "mine")
    assert window.file.save()
    assert load(path).title == "mine"
    window.close()
    lock = Locks().take(path)  # a window that closes leaves its file
    assert lock is not None
    lock.release()


def test_the_strip_looks_by_itself(
    qtbot: QtBot, catalog: Catalog, tmp_path: Path, shown: Callable[[FileBanner], FileBanner]
) -> None:
    path = tmp_path / "a.netdesign"
    save(Design(), path)
    first, second = (Session(catalog, locks=Locks()) for _ in range(2))
    first.open(path)
    second.open(path)
    bridge = Bridge(second)
    banner = shown(FileBanner(bridge, LIGHT))
    assert "is read-only" in banner.text
    first.close()
    qtbot.waitUntil(lambda: "any more" in banner.text, timeout=60_000)
    bridge.close()
    second.close()
