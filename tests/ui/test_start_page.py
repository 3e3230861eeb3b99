from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QPushButton
from pytestqt.qtbot import QtBot

from netdesigner.document import Design, save
from netdesigner.session.gallery import templates
from netdesigner.session.recovery import Recovery
from netdesigner.ui.main_window import MainWindow

MakeWindow = Callable[..., MainWindow]


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
        recovery = Recovery(tmp_path / "recovery")
        recovery.file = recovery.folder / f"99999999{number}.netdesign"
        recovery.note(small_design, tmp_path / f"work{number}.netdesign")
        recovery.flush()
        os.utime(recovery.file, (number, number))
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


def test_unsaved_work_of_a_broken_off_session_is_offered_and_restored(
    qtbot: QtBot, make_window: MakeWindow, small_design: Design, tmp_path: Path
) -> None:
    recovery = Recovery(tmp_path / "recovery")
    recovery.file = recovery.folder / "999999999.netdesign"
    recovery.note(small_design, tmp_path / "work.netdesign")
    recovery.flush()
    window = make_window()
    banner = window.start_page._banners[0]
    assert "work" in banner.text
    qtbot.mouseClick(banner.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)
    assert window.bridge.state.design == small_design
    assert window.bridge.state.dirty
    assert not recovery.file.exists()
    assert window.bridge.session.recovery is not None
    assert window.bridge.session.recovery.file.exists()


def test_unsaved_work_can_be_given_up(
    qtbot: QtBot, make_window: MakeWindow, small_design: Design, tmp_path: Path
) -> None:
    recovery = Recovery(tmp_path / "recovery")
    recovery.file = recovery.folder / "999999999.netdesign"
    recovery.note(small_design, None)
    recovery.flush()
    window = make_window()
    qtbot.mouseClick(window.start_page._banners[0].findChildren(QPushButton)[1], Qt.MouseButton.LeftButton)
    assert not recovery.file.exists()
    assert not window.start_page._banners
