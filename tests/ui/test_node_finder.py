"""The search for nodes as a person uses it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netdesigner.ui.inspector_nodes import NodesPage
from netdesigner.ui.main_window import MainWindow
from netdesigner.ui.node_finder import NodeFinder
from tests.ui.hand import residual

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def finder(qtbot: QtBot, window: MainWindow) -> NodeFinder:
    """The search, opened by its keys."""
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL)
    assert window.finding.nodes.isVisible()
    return window.finding.nodes


def listed(finder: NodeFinder) -> list[str]:
    return [finder.list.item(row).text().split()[0] for row in range(finder.list.count())]


def test_a_node_is_found_by_its_name_or_kind_and_shown(
    qtbot: QtBot, window: MainWindow, finder: NodeFinder
) -> None:
    for typed, node_id in (("hidd", "hidden"), ("relu", "relu_1")):
        finder.ask()
        qtbot.keyClicks(finder.field, typed)
        qtbot.keyClick(finder.field, Qt.Key.Key_Return)
        assert window.canvas.selected() == (node_id,)


def test_all_nodes_are_listed_before_anything_is_typed(window: MainWindow, finder: NodeFinder) -> None:
    assert listed(finder) == list(window.bridge.state.design.networks["main"].graph.nodes)
    assert "kernel 3" in finder.told.text()
    assert finder.all.isHidden()


def test_a_node_is_found_by_a_parameter_and_by_a_shape(
    qtbot: QtBot, window: MainWindow, finder: NodeFinder
) -> None:
    qtbot.keyClicks(finder.field, "out_features=10")
    assert listed(finder) == ["scores"]
    finder.field.clear()
    qtbot.keyClicks(finder.field, "[N, 16]")
    assert listed(finder) == ["hidden", "relu_1"]
    qtbot.keyClick(finder.field, Qt.Key.Key_Down)
    qtbot.keyClick(finder.field, Qt.Key.Key_Return)
    assert window.canvas.selected() == ("relu_1",)


def test_all_that_was_found_is_selected_for_the_form_of_many(
    qtbot: QtBot, window: MainWindow, finder: NodeFinder
) -> None:
    qtbot.keyClicks(finder.field, "features>5")
    assert finder.all.text().startswith("Select all 2")
    qtbot.keyClick(finder.field, Qt.Key.Key_Return, CTRL)
    assert not finder.isVisible()
    assert window.canvas.selected() == ("hidden", "scores")
    assert isinstance(window.deck.inspector.page, NodesPage)
    assert window.canvas.view.hasFocus()


def test_a_search_that_finds_nothing_says_so(qtbot: QtBot, finder: NodeFinder) -> None:
    qtbot.keyClicks(finder.field, "zzzz>3")
    assert finder.list.count() == 0
    assert finder.told.text() == "No node fits."


def test_what_lies_in_blocks_is_found_and_opened(
    qtbot: QtBot, make_window: Callable[..., MainWindow]
) -> None:
    window = make_window(residual())
    window.finding.nodes.ask()
    finder = window.finding.nodes
    qtbot.keyClicks(finder.field, "conv")
    assert "Select all 1 in main" in finder.all.text()
    finder.field.clear()
    qtbot.keyClicks(finder.field, "x input")
    qtbot.keyClick(finder.field, Qt.Key.Key_Return)
    assert window.canvas.scope == "block:Stage"
    finder.ask()
    qtbot.keyClicks(finder.field, "conv")
    finder.all.click()
    assert (window.canvas.scope, window.canvas.selected()) == ("block:Stage", ("conv",))
