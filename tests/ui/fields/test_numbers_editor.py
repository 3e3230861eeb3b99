"""The table of named numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton

from netdesigner.ui.fields.numbers_editor import NumbersEditor
from netdesigner.ui.theme import DARK, LIGHT

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def make(qtbot: QtBot) -> Callable[[dict[str, int | float]], NumbersEditor]:
    """Shows an editor that holds what it is given and keeps what it tells."""

    def make(numbers: dict[str, int | float]) -> NumbersEditor:
        editor = NumbersEditor("variable", LIGHT)
        editor.set_numbers(numbers)
        editor.now = dict(numbers)  # type: ignore[attr-defined]

        def take(changed: dict[str, int | float]) -> None:
            editor.now = dict(changed)  # type: ignore[attr-defined]
            editor.set_numbers(editor.now)  # type: ignore[attr-defined]

        editor.changed.connect(take)
        qtbot.addWidget(editor)
        editor.show()
        editor.activateWindow()
        qtbot.waitUntil(editor.isActiveWindow)
        return editor

    return make


def retype(editor: NumbersEditor, name: str, text: str) -> None:
    line = editor.findChild(QLineEdit, name)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)


def test_a_number_is_added_named_and_set(make: Callable[..., NumbersEditor]) -> None:
    editor = make({})
    editor.findChild(QPushButton, "add_variable").click()
    assert editor.now == {"v1": 1}
    retype(editor, "name_0", "width")
    QTest.keyClick(editor.findChild(QLineEdit, "name_0"), Qt.Key.Key_Return)
    assert editor.now == {"width": 1}
    retype(editor, "value_0", "32")
    assert editor.now == {"width": 32}


def test_arithmetic_is_worked_out(make: Callable[..., NumbersEditor]) -> None:
    editor = make({"width": 8})
    retype(editor, "value_0", "4*16")
    assert editor.now == {"width": 64}


def test_renaming_keeps_the_order(make: Callable[..., NumbersEditor]) -> None:
    editor = make({"a": 1, "b": 2})
    retype(editor, "name_0", "first")
    QTest.keyClick(editor.findChild(QLineEdit, "name_0"), Qt.Key.Key_Return)
    assert list(editor.now.items()) == [("first", 1), ("b", 2)]


@pytest.mark.parametrize("name", ["2nd", "b", "class", ""])
def test_a_name_that_cannot_be_is_told_and_not_taken(make: Callable[..., NumbersEditor], name: str) -> None:
    editor = make({"a": 1, "b": 2})
    line = editor.findChild(QLineEdit, "name_0")
    line.setFocus()
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClicks(line, name)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert editor.now == {"a": 1, "b": 2}
    assert editor.error.text()


def test_what_is_no_number_is_told_and_given_up_when_left(make: Callable[..., NumbersEditor]) -> None:
    editor = make({"a": 1})
    retype(editor, "value_0", "x")
    assert "not a variable" in editor.error.text()
    QTest.keyClick(editor.findChild(QLineEdit, "value_0"), Qt.Key.Key_Return)
    assert editor.findChild(QLineEdit, "value_0").text() == "1"
    assert editor.now == {"a": 1}


def test_a_number_is_removed(make: Callable[..., NumbersEditor]) -> None:
    editor = make({"a": 1, "b": 2})
    editor.findChild(QToolButton, "remove_0").click()
    assert editor.now == {"b": 2}
    editor.set_theme(DARK)
    assert [row.old for row in editor._rows] == ["b"]
