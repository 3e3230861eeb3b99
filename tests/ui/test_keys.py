"""Keys that the user changes: the sheet, conflicts, what is remembered, and where the present keys are shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu
from pytestqt.qtbot import QtBot

from netdesigner.document import Design
from netdesigner.ui.gestures.sheet import GESTURES
from netdesigner.ui.keys_dialog import KeysDialog
from netdesigner.ui.main_window import MainWindow

MakeWindow = Callable[..., MainWindow]
Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def sheet(qtbot: QtBot, window: MainWindow) -> KeysDialog:
    """The sheet, opened by its keys."""
    qtbot.keyClick(window, Key.Key_Slash, CTRL)
    dialog = window.findChild(KeysDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def keys_of(window: MainWindow, name: str) -> list[str]:
    return [key.toString() for key in window.actions_by_name[name].shortcuts()]


def press_for(sheet: KeysDialog, name: str, key: Qt.Key, held: Qt.KeyboardModifier) -> None:
    """Clicks the keys of a command and presses others."""
    sheet.choose(name)
    row = sheet.list.currentItem()
    sheet.list.scrollToItem(row)
    column = sheet.list.header().sectionPosition(1) + 8
    place = QPoint(column, sheet.list.visualItemRect(row).center().y())
    QTest.mouseClick(sheet.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert sheet.recorder.hasFocus()
    QTest.keyClick(sheet.recorder, key, held)


def test_no_two_actions_begin_with_the_same_keys(window: MainWindow) -> None:
    actions = window.actions_by_name
    keys = [
        key.toString() for name in actions.names() for key in actions.default_keys(name) if not key.isEmpty()
    ]
    assert sorted(keys) == sorted(set(keys))
    assert not [
        (name, reason)
        for name in actions.names()
        for key in actions.default_keys(name)
        if not key.isEmpty() and (reason := window.key_map.why_not(name, key))
    ]


def test_every_action_and_every_gesture_stands_on_the_sheet(sheet: KeysDialog, window: MainWindow) -> None:
    rows = [row.text(0) for row in sheet.rows()]
    assert len(rows) == len(window.actions_by_name.names()) + len(GESTURES)
    assert {"Save", "Go Left", "Select a node or a wire"} <= set(rows)


def test_the_sheet_says_what_a_command_is_whatever_it_would_do_now(qtbot: QtBot, window: MainWindow) -> None:
    window.canvas.select(["hidden"])
    window.actions_by_name["edit.delete"].trigger()
    assert window.actions_by_name["edit.undo"].text() == "&Undo delete hidden"
    qtbot.keyClick(window, Key.Key_Slash, CTRL)
    dialog = window.findChild(KeysDialog)
    assert dialog is not None
    assert {"Undo", "Redo"} <= {row.text(0) for row in dialog.rows()}


def test_the_search_finds_by_command_and_by_keys(qtbot: QtBot, sheet: KeysDialog) -> None:
    qtbot.keyClicks(sheet.search, "ctrl+d")
    assert [row.text(0) for row in sheet.rows() if not row.isHidden()][:1] == ["Duplicate"]
    sheet.search.clear()
    qtbot.keyClicks(sheet.search, "reconnect")
    assert [row.text(0) for row in sheet.rows() if not row.isHidden()] == ["Delete and Reconnect"]


def test_other_keys_work_at_once_and_are_shown_everywhere(
    qtbot: QtBot, sheet: KeysDialog, window: MainWindow
) -> None:
    press_for(sheet, "edit.duplicate", Key.Key_K, ALT)
    assert keys_of(window, "edit.duplicate") == ["Alt+K"]
    assert window.actions_by_name["edit.duplicate"].toolTip() == "<qt>Duplicate (Alt+K)</qt>"
    sheet.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.view.setFocus()
    window.canvas.select(["hidden"])
    count = len(window.canvas.scene.nodes)
    QTest.keyClick(window.canvas.view, Key.Key_D, CTRL)
    assert len(window.canvas.scene.nodes) == count
    QTest.keyClick(window.canvas.view, Key.Key_K, ALT)
    assert len(window.canvas.scene.nodes) == count + 1
    assert "Alt+K" in menu_keys(window)


def menu_keys(window: MainWindow) -> list[str]:
    """The keys that the menu of the right button shows at the selected node."""
    view = window.canvas.view
    at = view.mapFromScene(window.canvas.scene.nodes[window.canvas.selected()[0]].body().center())
    QApplication.sendEvent(
        view.viewport(),
        QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at)),
    )
    menu = window.canvas.findChild(QMenu, "canvas_menu")
    assert menu is not None
    keys = [action.shortcut().toString() for action in menu.actions()]
    menu.close()
    return keys


def test_keys_of_another_command_are_named_and_taken_only_when_asked(
    sheet: KeysDialog, window: MainWindow
) -> None:
    press_for(sheet, "edit.duplicate", Key.Key_S, CTRL)
    assert sheet.told.text() == "‘Save’ has Ctrl+S. Shall ‘Duplicate’ have it?"
    assert keys_of(window, "edit.duplicate") == ["Ctrl+D"]
    sheet.leave.click()
    assert keys_of(window, "file.save") == ["Ctrl+S"]
    press_for(sheet, "edit.duplicate", Key.Key_S, CTRL)
    QTest.keyClick(sheet.take, Key.Key_Space)
    assert (keys_of(window, "edit.duplicate"), keys_of(window, "file.save")) == (["Ctrl+S"], [])


def test_a_key_that_writes_works_on_the_canvas_and_is_left_to_fields_and_lists(window: MainWindow) -> None:
    view, rows = window.canvas.view, window.palette_panel.findChild(QAbstractItemView)
    assert rows is not None
    for key, way in ((Key.Key_Plus, 1), (Key.Key_Minus, -1)):
        before = view.zoom
        rows.setFocus()
        QTest.keyClick(rows, key)
        assert view.zoom == before
        view.setFocus()
        QTest.keyClick(view, key)
        assert (view.zoom - before) * way > 0
    before = view.zoom
    rows.setFocus()
    QTest.keyClick(rows, Key.Key_Plus, CTRL)
    assert view.zoom > before
    view.setFocus()
    QTest.keyClick(view, Key.Key_Home)
    assert view.is_fitted


def test_every_command_stands_on_the_sheet_once(sheet: KeysDialog) -> None:
    groups = [sheet.list.topLevelItem(index) for index in range(sheet.list.topLevelItemCount())]
    groups = [group for group in groups if group.text(0) != "Mouse"]
    words = [group.child(index).text(0) for group in groups for index in range(group.childCount())]
    assert [word for word in words if words.count(word) > 1] == []


def test_keys_are_added_removed_and_reset(sheet: KeysDialog, window: MainWindow) -> None:
    sheet.choose("edit.duplicate")
    sheet.add.click()
    QTest.keyClick(sheet.recorder, Key.Key_F8)
    assert keys_of(window, "edit.duplicate") == ["Ctrl+D", "F8"]
    sheet.remove.click()
    assert keys_of(window, "edit.duplicate") == []
    press_for(sheet, "edit.cut", Key.Key_D, CTRL)
    sheet.choose("edit.duplicate")
    sheet.reset.click()
    assert (keys_of(window, "edit.duplicate"), keys_of(window, "edit.cut")) == (["Ctrl+D"], [])
    sheet.reset_all.click()
    assert keys_of(window, "edit.cut")[0] == "Ctrl+X"
    assert not window.settings.value.keys


def test_keys_are_there_at_the_next_start(
    make_window: MakeWindow, small_design: Design, tmp_path: Path
) -> None:
    first = make_window(small_design, settings=tmp_path / "keys.json")
    first.key_map.set_keys("edit.duplicate", [QKeySequence("Ctrl+S")])
    second = make_window(small_design, settings=tmp_path / "keys.json")
    assert (keys_of(second, "edit.duplicate"), keys_of(second, "file.save")) == (["Ctrl+S"], [])


@pytest.mark.parametrize(
    "damage", [3, ["x"], {"edit.duplicate": "Ctrl+L"}, {"edit.duplicate": ["no key, really"]}]
)
def test_damaged_keys_mean_the_defaults(
    make_window: MakeWindow, small_design: Design, tmp_path: Path, damage: object
) -> None:
    path = tmp_path / "damaged.json"
    path.write_text(json.dumps({"theme": "dark", "keys": damage}))
    window = make_window(small_design, settings=path)
    assert keys_of(window, "edit.duplicate") == ["Ctrl+D"]
    assert window.settings.value.theme == "dark"


def test_keys_of_commands_that_are_not_there_are_kept(
    make_window: MakeWindow, small_design: Design, tmp_path: Path
) -> None:
    path = tmp_path / "newer.json"
    path.write_text(json.dumps({"keys": {"later.command": ["Ctrl+S"]}}))
    window = make_window(small_design, settings=path)
    assert keys_of(window, "file.save") == ["Ctrl+S"]
    window.key_map.set_keys("edit.cut", [])
    assert window.settings.value.keys["later.command"] == ("Ctrl+S",)


def test_a_field_on_the_canvas_keeps_the_keys_of_the_canvas(window: MainWindow) -> None:
    window.canvas.select(["hidden"])
    window.canvas.view.setFocus()
    QTest.keyClick(window.canvas.view, Key.Key_F2)
    box = window.canvas.rename_box
    QTest.keyClick(box, Key.Key_D, CTRL)
    QTest.keyClick(box, Key.Key_F)
    QTest.keyClick(box, Key.Key_Return)
    assert "f" in window.canvas.scene.nodes
    assert len(window.canvas.scene.nodes) == 6
