from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from netdesigner.document import Design, save
from netdesigner.document import edit as edits
from netdesigner.session.gallery import templates
from netdesigner.session.recovery import Recovery
from netdesigner.ui import trash_dialog
from netdesigner.ui.actions import file as file_actions
from netdesigner.ui.main_window import MainWindow
from netdesigner.ui.trash_dialog import TrashDialog
from tests.session.crash import crash

MakeWindow = Callable[..., MainWindow]


def left_behind(folder: Path, design: Design, name: str) -> Recovery:
    """Leaves unsaved work on a file as a crash does."""
    recovery = Recovery(folder / "recovery")
    recovery.note(replace(design, folder=folder), folder / f"{name}.netdesign")
    recovery.flush()
    crash(recovery)
    return recovery


def button(window: MainWindow, name: str) -> QAbstractButton:
    return window.start_page.findChild(QAbstractButton, name)


def test_it_is_seen_while_nothing_is_open_and_panels_stand_aside(make_window: MakeWindow) -> None:
    window = make_window()
    assert window.center.currentWidget() is window.start_page.parentWidget()
    assert not any(dock.isVisible() for dock in window.docks.all())


def test_every_sample_has_a_card_and_a_click_opens_it(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    for template in templates():
        assert button(window, f"sample_{template.name}").accessibleName() == template.title
    qtbot.mouseClick(button(window, f"sample_{templates()[0].name}"), Qt.MouseButton.LeftButton)
    assert window.bridge.state.design == templates()[0].design
    assert window.center.currentWidget() is window.canvas
    assert all(dock.isVisible() for dock in window.docks.all())


def test_a_card_is_opened_from_the_keyboard(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    card = button(window, f"sample_{templates()[1].name}")
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_Space)
    assert window.bridge.state.design == templates()[1].design


def test_the_small_form_of_a_published_network_is_opened_by_its_own_button(
    qtbot: QtBot, make_window: MakeWindow
) -> None:
    window = make_window()
    template = next(template for template in templates() if template.small is not None)
    qtbot.mouseClick(button(window, f"small_{template.name}"), Qt.MouseButton.LeftButton)
    assert window.bridge.state.design == template.small


def shown(window: MainWindow) -> list[str]:
    """The samples that are seen."""
    names = [template.name for template in templates()]
    return [name for name in names if button(window, f"sample_{name}").isVisible()]


def test_samples_are_found_by_what_they_are_for(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    field = window.start_page.findChild(QLineEdit, "sample_field")
    qtbot.keyClicks(window.focusWidget(), "y")  # a letter is typed into the field wherever the keyboard is
    assert field.hasFocus()
    qtbot.keyClicks(field, "olo detec")
    assert (field.text(), shown(window)) == ("yolo detec", ["yolo"])
    headings = [label.text() for label in window.start_page.findChildren(QLabel) if label.isVisible()]
    assert "Images" in headings
    assert "Generative" not in headings
    qtbot.keyClicks(field, "x")
    assert shown(window) == []
    assert (
        window.start_page.findChild(QLabel, "no_sample").text()
        == "No sample is about \u201cyolo detecx\u201d."
    )
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert shown(window) == [template.name for template in templates()]
    qtbot.keyClicks(field, "sunspots")
    assert set(shown(window)) == {"gru-sunspots", "tcn-sunspots"}
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.bridge.state.design == next(t.design for t in templates() if "sunspots" in t.name)


def test_a_search_looks_at_how_words_begin_and_opens_what_is_called_so(
    qtbot: QtBot, make_window: MakeWindow
) -> None:
    window = make_window()
    field = window.start_page.findChild(QLineEdit, "sample_field")
    qtbot.keyClicks(field, "gan")
    assert {"dcgan", "gan", "wgan-gp"} <= set(shown(window))
    assert "alexnet" not in shown(window)  # which began something
    field.clear()
    qtbot.keyClicks(field, "fine-")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.bridge.state.design.title == "Fine-tuning on five new digits"


def test_an_untouched_sample_is_no_unsaved_work(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    qtbot.mouseClick(button(window, f"sample_{templates()[0].name}"), Qt.MouseButton.LeftButton)
    assert not window.bridge.state.dirty
    recovery = window.bridge.session.recovery
    assert recovery is not None
    recovery.flush()
    assert not recovery.file.exists()


def test_of_much_unsaved_work_the_latest_is_offered_and_the_rest_on_demand(
    qtbot: QtBot, make_window: MakeWindow, small_design: Design, tmp_path: Path
) -> None:
    for number in range(5):
        os.utime(left_behind(tmp_path, small_design, f"work{number}").file, (number, number))
    window = make_window()
    assert [banner.text.split()[3] for banner in window.start_page._banners] == ["work4", "work3", "work2"]
    qtbot.mouseClick(button(window, "more_rescued"), Qt.MouseButton.LeftButton)
    assert len(window.start_page._banners) == 5


def test_an_empty_design_can_be_begun(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    qtbot.mouseClick(button(window, "start_new"), Qt.MouseButton.LeftButton)
    assert window.center.currentWidget() is window.canvas


def test_the_keyboard_begins_on_it(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    assert button(window, "start_new").hasFocus()
    assert not button(window, "start_back").isVisible()
    qtbot.keyClick(button(window, "start_new"), Qt.Key.Key_Space)
    assert window.canvas.view.hasFocus()


def test_it_leads_back_to_the_open_design(
    qtbot: QtBot, make_window: MakeWindow, small_design: Design
) -> None:
    window = make_window(small_design)
    window.actions_by_name["view.start"].trigger()
    assert button(window, "start_back").text() == "Back to small"
    qtbot.mouseClick(button(window, "start_back"), Qt.MouseButton.LeftButton)
    assert window.center.currentWidget() is window.canvas
    window.actions_by_name["view.start"].trigger()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.center.currentWidget() is window.canvas
    assert window.canvas.view.hasFocus()


def test_recent_files_are_offered(
    qtbot: QtBot, make_window: MakeWindow, small_design: Design, tmp_path: Path
) -> None:
    path = tmp_path / "<b>work.netdesign"
    save(small_design, path)
    first = make_window(saved_as=path, design=small_design)
    first.settings.add_recent(path)
    window = make_window()
    link = window.start_page.findChild(QAbstractButton, "recent_file")
    assert link.text() == "<b>work"
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert window.bridge.state.path == path


def offer(window: MainWindow, words: str) -> QPushButton:
    """A button of what the start page offers."""
    banners = window.start_page._banners
    return next(b for banner in banners for b in banner.findChildren(QPushButton) if b.text() == words)


def test_unsaved_work_of_a_broken_off_session_is_restored_as_a_copy(
    qtbot: QtBot,
    make_window: MakeWindow,
    small_design: Design,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left = left_behind(tmp_path, small_design, "work")
    save(small_design, tmp_path / "work.netdesign")
    save(small_design, tmp_path / "work recovered.netdesign")
    window = make_window()
    assert "Unsaved work on work" in window.start_page._banners[0].text
    qtbot.mouseClick(offer(window, "Restore"), Qt.MouseButton.LeftButton)
    state = window.bridge.state
    assert (state.design, state.path, state.name) == (small_design, None, "work recovered")
    assert state.design.folder == tmp_path
    assert state.dirty
    recovery = window.bridge.session.recovery
    assert recovery is not None
    assert recovery.file.exists()
    assert not left.file.exists()
    asked: list[str] = []
    chosen = str(tmp_path / "mine.netdesign")

    def ask(_parent: object, _title: str, start: str, _kinds: str) -> tuple[str, str]:
        asked.append(start)
        return chosen, ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    window.actions_by_name["file.save"].trigger()
    assert asked == [str(tmp_path / "work recovered 2.netdesign")]
    assert (window.bridge.state.name, window.bridge.state.dirty) == ("mine", False)
    recovery.flush()
    assert not recovery.file.exists()


def test_restored_work_is_offered_after_a_second_crash_under_its_first_name(
    qtbot: QtBot, make_window: MakeWindow, small_design: Design, tmp_path: Path
) -> None:
    left_behind(tmp_path, small_design, "work")
    window = make_window()
    qtbot.mouseClick(offer(window, "Restore"), Qt.MouseButton.LeftButton)
    window.bridge.edit(lambda design: edits.rename_node(design, "main", "hidden", "renamed"), "rename hidden")
    recovery = window.bridge.session.recovery
    assert recovery is not None
    recovery.flush()
    crash(recovery)
    again = make_window()
    qtbot.mouseClick(offer(again, "Restore"), Qt.MouseButton.LeftButton)
    assert again.bridge.state.name == "work recovered"
    assert "renamed" in again.bridge.state.design.networks["main"].graph.nodes
    assert again.bridge.state.design.folder == tmp_path


def test_work_that_another_window_has_taken_is_not_restored_twice(
    qtbot: QtBot,
    make_window: MakeWindow,
    small_design: Design,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left_behind(tmp_path, small_design, "work")
    said: list[str] = []
    monkeypatch.setattr(file_actions, "tell", lambda _parent, _text, more="": said.append(more))
    windows = [make_window(), make_window()]
    for window in windows:
        qtbot.mouseClick(offer(window, "Restore"), Qt.MouseButton.LeftButton)
    assert [window.bridge.state.dirty for window in windows] == [True, False]
    assert "another window" in said[0]


def test_unsaved_work_that_was_given_up_can_be_brought_back(
    qtbot: QtBot, make_window: MakeWindow, small_design: Design, tmp_path: Path
) -> None:
    left = left_behind(tmp_path, small_design, "work")
    window = make_window()
    assert not [b for b in window.start_page.findChildren(QPushButton) if b.text() == "Discarded work (1)"]
    qtbot.mouseClick(offer(window, "Discard"), Qt.MouseButton.LeftButton)
    assert not left.file.exists()
    assert not window.start_page._banners
    link = next(b for b in window.start_page.findChildren(QPushButton) if b.text() == "Discarded work (1)")
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    dialog = window.findChild(TrashDialog)
    assert dialog.list.topLevelItem(0).text(0) == "work"
    qtbot.mouseClick(dialog.back, Qt.MouseButton.LeftButton)
    assert window.bridge.state.name == "work recovered"
    assert window.bridge.state.dirty


def test_unsaved_work_is_deleted_for_good_after_a_question(
    qtbot: QtBot,
    make_window: MakeWindow,
    small_design: Design,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left_behind(tmp_path, small_design, "work")
    window = make_window()
    qtbot.mouseClick(offer(window, "Discard"), Qt.MouseButton.LeftButton)
    window.actions_by_name["file.trash"].trigger()
    dialog = window.findChild(TrashDialog)
    answers = iter((False, True))
    monkeypatch.setattr(trash_dialog, "confirm", lambda *_: next(answers))
    qtbot.mouseClick(dialog.delete, Qt.MouseButton.LeftButton)
    assert dialog.list.topLevelItemCount() == 1
    qtbot.keyClick(dialog.list, Qt.Key.Key_Delete)
    assert dialog.list.topLevelItemCount() == 0
    assert not dialog.delete.isVisible()
    assert any("Nothing was discarded" in label.text() for label in dialog.findChildren(QLabel))
    recovery = window.bridge.session.recovery
    assert recovery is not None
    assert recovery.trashed() == ()
    dialog.reject()


def test_an_empty_trash_says_so(make_window: MakeWindow) -> None:
    window = make_window()
    window.actions_by_name["file.trash"].trigger()
    dialog = window.findChild(TrashDialog)
    assert not dialog.back.isVisible()
    assert any("Nothing was discarded" in label.text() for label in dialog.findChildren(QLabel))
    dialog.reject()


def test_damaged_work_is_told_and_kept(make_window: MakeWindow, small_design: Design, tmp_path: Path) -> None:
    left = left_behind(tmp_path, small_design, "work")
    left.file.write_bytes(left.file.read_bytes()[:-100])
    window = make_window()
    aside = tmp_path / "recovery" / "damaged" / left.file.name
    assert str(aside) in window.status.message.text()
    assert aside.exists()
    assert not window.start_page._banners


def test_a_design_that_was_saved_when_the_program_broke_off_is_offered_with_its_last_words(
    qtbot: QtBot, make_window: MakeWindow, small_design: Design, tmp_path: Path
) -> None:
    path = tmp_path / "work.netdesign"
    window = make_window(small_design, saved_as=path)
    recovery = window.bridge.session.recovery
    assert recovery is not None
    recovery.flush()
    recovery.life.trace.write_text("Fatal Python error: Segmentation fault")
    crash(recovery)
    again = make_window()
    (banner,) = again.start_page._banners
    assert "work was open, and all of it was saved" in banner.text
    qtbot.mouseClick(offer(again, "Copy Report"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().startswith("Fatal Python error: Segmentation fault")
    qtbot.mouseClick(offer(again, "Open Again"), Qt.MouseButton.LeftButton)
    assert again.bridge.state.path == path
    again.actions_by_name["view.start"].trigger()
    assert not again.start_page._banners[1:]
