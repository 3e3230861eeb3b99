from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netdesigner.ui.command_palette import score
from netdesigner.ui.main_window import MainWindow


def best(typed: str, *texts: str) -> str:
    return max(texts, key=lambda text: score(typed, text))


def test_letters_must_come_in_order() -> None:
    assert score("svd", "Save the design")
    assert not score("dvs", "Save the design")
    assert score("", "anything")


def test_starts_of_words_count_more() -> None:
    assert best("sa", "Has a use", "Save as", "Visual art") == "Save as"
    assert best("zi", "Zoom In", "Fit the size") == "Zoom In"
    assert best("open", "Open a design file", "Stop everything now") == "Open a design file"


def test_a_whole_word_is_better_than_the_beginning_of_a_longer_one() -> None:
    assert best("conv_1", "conv_10   ReLU in main", "conv_1   Conv2d in main") == "conv_1   Conv2d in main"


def test_the_keys_open_it_and_enter_runs_what_is_marked(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.keyClick(window, "P", Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert window.finding.commands.isVisible()
    qtbot.keyClicks(window.finding.commands.field, "colours dark")
    qtbot.keyClick(window.finding.commands.field, Qt.Key.Key_Return)
    assert not window.finding.commands.isVisible()
    assert window.theme.dark


def test_arrows_choose(qtbot: QtBot, window: MainWindow) -> None:
    window.finding.commands.ask()
    qtbot.keyClicks(window.finding.commands.field, "zoom")
    first = window.finding.commands.list.currentItem().text()
    qtbot.keyClick(window.finding.commands.field, Qt.Key.Key_Down)
    assert window.finding.commands.list.currentItem().text() != first
    qtbot.keyClick(window.finding.commands.field, Qt.Key.Key_Up)
    assert window.finding.commands.list.currentItem().text() == first
    qtbot.keyClick(window.finding.commands.field, Qt.Key.Key_Escape)
    assert not window.finding.commands.isVisible()


def test_what_is_not_possible_is_not_offered(window: MainWindow) -> None:
    window.finding.commands.ask()
    texts = [
        window.finding.commands.list.item(row).text() for row in range(window.finding.commands.list.count())
    ]
    assert "Train – Train the network" in texts
    assert not [text for text in texts if "Stop the run" in text]
    window.finding.commands.hide()


def test_a_command_is_shown_by_its_name_before_its_sentence(qtbot: QtBot, window: MainWindow) -> None:
    window.finding.commands.ask()
    qtbot.keyClicks(window.finding.commands.field, "bypass")
    shown = window.finding.commands.list.currentItem().text()
    assert shown.startswith("Bypass – Leave the selected nodes out")
    window.finding.commands.hide()
