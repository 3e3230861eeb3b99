"""Questions, answered with a real click."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from netdesigner.ui.dialogs import ask_to_save, choose, confirm


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    found = QWidget()
    qtbot.addWidget(found)
    found.show()
    return found


def answer(press: Callable[[QMessageBox], None]) -> None:
    """Presses something in the next question, once it is shown."""

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        press(box)

    QTimer.singleShot(50, look)


def click(button: str) -> Callable[[QMessageBox], None]:
    def press(box: QMessageBox) -> None:
        found = next(one for one in box.buttons() if one.text().replace("&", "") == button)
        QTest.mouseClick(found, Qt.MouseButton.LeftButton)

    return press


def escape(box: QMessageBox) -> None:
    QTest.keyClick(box, Qt.Key.Key_Escape)


@pytest.mark.parametrize(
    ("press", "agreed"), [(click("Delete"), True), (click("Cancel"), False), (escape, False)]
)
def test_only_the_button_that_does_it_agrees(
    parent: QWidget, press: Callable[[QMessageBox], None], agreed: bool
) -> None:
    answer(press)
    assert confirm(parent, "Delete <b>it</b>?", "It is gone for good.", "Delete") is agreed


@pytest.mark.parametrize(
    ("press", "wanted"), [(click("Save"), "save"), (click("Discard"), "discard"), (escape, "cancel")]
)
def test_unsaved_work_is_saved_given_up_or_kept(
    parent: QWidget, press: Callable[[QMessageBox], None], wanted: str
) -> None:
    answer(press)
    assert ask_to_save(parent, "mine") == wanted


@pytest.mark.parametrize(
    ("press", "wanted"),
    [
        (click("Save As…"), "elsewhere"),
        (click("Overwrite"), "overwrite"),
        (click("Cancel"), ""),
        (escape, ""),
    ],
)
def test_a_way_to_go_on_is_chosen_or_none(
    parent: QWidget, press: Callable[[QMessageBox], None], wanted: str
) -> None:
    answer(press)
    ways = {"elsewhere": "Save As…", "overwrite": "Overwrite"}
    assert choose(parent, "It was changed.", "By <b>somebody</b>.", ways) == wanted


def test_the_first_way_is_the_one_of_the_enter_key(parent: QWidget) -> None:
    answer(lambda box: QTest.keyClick(box, Qt.Key.Key_Return))
    assert choose(parent, "It was changed.", "", {"safe": "Save As…", "other": "Overwrite"}) == "safe"
