"""Wires from the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from netdesigner.document import Design
from netdesigner.ui.actions.wiring import WiringActions
from netdesigner.ui.canvas import reaching
from netdesigner.ui.canvas.reaching import entries_of_ports
from netdesigner.ui.command_palette import CommandPalette
from netdesigner.ui.main_window import MainWindow
from tests.ui.hand import Hand, chain, residual


@pytest.fixture
def window(make_window: Callable[..., MainWindow]) -> MainWindow:
    window = make_window(chain())
    window.canvas.view.setFocus()
    return window


def asked(window: MainWindow, node_id: str) -> CommandPalette:
    window.canvas.select([node_id])
    QTest.keyClick(window.canvas.view, Qt.Key.Key_C)
    wiring = window.canvas.findChild(WiringActions)
    assert wiring is not None
    return wiring.reaching


def rows(found: CommandPalette) -> list[str]:
    return [found.list.item(row).text() for row in range(found.list.count())]


def test_c_lists_the_ports_that_fit_and_enter_connects(window: MainWindow) -> None:
    hand = Hand(window.canvas)
    found = asked(window, "relu")
    assert found.isVisible()
    QTest.keyClicks(found.field, "loose")
    QTest.keyClick(found.field, Qt.Key.Key_Return)
    assert ("relu", "output", "loose", "input") in hand.wires()
    assert hand.steps == 1


def test_what_does_not_fit_comes_last_with_its_reason_and_is_not_connected(window: MainWindow) -> None:
    hand = Hand(window.canvas)
    found = asked(window, "relu")
    entries = {entry.text: entry for entry in entries_of_ports(window.canvas.editor, "relu")}
    assert entries["→ loose"].possible
    assert entries["→ loose"].keys == "free"
    assert entries["→ head"].keys == "instead of flatten"
    assert "BatchNorm1d" in entries["→ norm"].keys
    assert entries["→ conv"].keys == "this would close a loop"
    assert "→ flatten" not in entries
    assert rows(found).index("→ norm") > rows(found).index("→ loose")
    QTest.keyClicks(found.field, "norm1d")
    QTest.keyClick(found.field, Qt.Key.Key_Return)
    assert hand.steps == 0
    assert hand.said[-1][0] == "warning"
    assert "BatchNorm1d" in hand.said[-1][1]


def test_a_free_input_is_reached_backwards_with_the_shape_it_would_get(window: MainWindow) -> None:
    entries = {entry.text: entry for entry in entries_of_ports(window.canvas.editor, "loose")}
    assert entries["← relu"].keys == "N × 4 × 8 × 8"
    entries["← relu"].run()
    assert ("relu", "output", "loose", "input") in Hand(window.canvas).wires()


def test_ports_are_named_where_a_node_has_several(make_hand: Callable[[Design], Hand]) -> None:
    hand = make_hand(residual())
    assert {entry.text for entry in entries_of_ports(hand.canvas.editor, "conv")} >= {"→ add", "→ stage"}


def test_in_a_large_network_what_was_not_asked_about_is_asked_when_it_is_picked(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaching, "_BUDGET_S", -1.0)
    hand = Hand(window.canvas)
    entries = {entry.text: entry for entry in entries_of_ports(window.canvas.editor, "relu")}
    assert entries["→ norm"].possible
    entries["→ norm"].run()
    assert hand.steps == 0
    assert "BatchNorm1d" in hand.said[-1][1]


def test_which_node_is_connected_must_be_clear(window: MainWindow) -> None:
    hand = Hand(window.canvas)
    window.canvas.select(["conv", "relu"])
    QTest.keyClick(window.canvas.view, Qt.Key.Key_C)
    assert hand.said[-1] == ("warning", "Select the one node that is to be connected first")
