"""The search for a layer: what fits comes first with reasons for the others, what was added last before all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QStyleOptionViewItem

from netdesigner.ui.canvas.search_popup import MISFIT_ROLE, SearchPopup
from netdesigner.ui.main_window import MainWindow
from tests.ui.hand import Hand, chain


def misfit(popup: SearchPopup, title: str) -> str:
    model = popup.list.model()
    return str(model.index(popup.titles.index(title), 0).data(MISFIT_ROLE))


def test_what_does_not_fit_by_its_shape_says_why_and_can_be_added_all_the_same(hand: Hand) -> None:
    hand.drag(hand.port("relu", "output", "output"), hand.at(900, 420))
    popup = hand.canvas.searching.popup
    assert misfit(popup, "Conv2d") == ""
    assert "Conv1d" in misfit(popup, "Conv1d")
    assert popup.titles.index("Conv1d") > popup.titles.index("Conv2d")
    assert popup.titles.index("Conv1d") > popup.titles.index("Tanh")
    hand.search("conv1d")
    assert "conv1d_1" in hand.graph.nodes


def test_the_search_says_what_layers_are_held_against_and_lists_all_alike_when_asked(hand: Hand) -> None:
    hand.drag(hand.port("relu", "output", "output"), hand.at(900, 420))
    popup = hand.canvas.searching.popup
    measure = popup.findChild(QLabel, "search_measure")
    assert measure.isVisible()
    assert measure.text() == "Fits N × 4 × 8 × 8 from relu"
    QTest.keyClicks(popup.field, "conv")
    assert popup.titles.index("Conv1d") > popup.titles.index("Conv2d")
    for _ in "conv":
        QTest.keyClick(popup.field, Qt.Key.Key_Backspace)
    assert measure.isVisible()
    QTest.keyClick(popup.field, Qt.Key.Key_Backspace)
    assert not measure.isVisible()
    QTest.keyClicks(popup.field, "conv")
    assert popup.titles.index("Conv1d") < popup.titles.index("Conv2d")
    assert misfit(popup, "Conv1d") == ""
    QTest.keyClick(popup.field, Qt.Key.Key_Escape)
    hand.canvas.select([])
    hand.canvas.search_here()
    assert not measure.isVisible()


def test_what_goes_into_a_wire_must_suit_the_reader_too(hand: Hand) -> None:
    hand.click(hand.wire("conv", "relu"))
    hand.key(Qt.Key.Key_Tab)
    popup = hand.canvas.searching.popup
    assert misfit(popup, "Flatten") == ""  # a ReLU takes anything
    hand.key(Qt.Key.Key_Escape, to=popup.field)
    hand.canvas.editor.add_in_wire("Conv2d", hand.canvas.scene.selected_wires[0][0], (500, 0))
    hand.canvas.scene.select((), [key for key in hand.canvas.scene.wires.items if key[0].source == "conv"])
    hand.key(Qt.Key.Key_Tab)
    assert "conv2d_1 behind it could not take" in misfit(popup, "Flatten")
    assert misfit(popup, "ReLU") == ""
    assert popup.titles.index("ReLU") < popup.titles.index("Flatten")


def test_a_wire_drawn_backwards_wants_what_has_an_output(hand: Hand) -> None:
    hand.drag(hand.port("loose", "input", "input"), hand.at(700, 420))
    popup = hand.canvas.searching.popup
    assert misfit(popup, "Conv1d") == ""
    hand.search("conv2d")
    assert ("conv2d_1", "output", "loose", "input") in hand.wires()


def test_what_takes_the_place_of_a_node_is_measured_by_what_comes_to_it(hand: Hand) -> None:
    hand.canvas.select(["head"])
    hand.canvas.search_replacement()
    popup = hand.canvas.searching.popup
    assert popup.field.placeholderText() == "Replace head with"
    assert misfit(popup, "BatchNorm1d") == ""
    assert misfit(popup, "Conv2d") != ""
    QTest.keyClick(popup.field, Qt.Key.Key_Escape)
    assert hand.steps == 0


def test_rows_are_as_wide_as_the_list_and_of_one_height(hand: Hand) -> None:
    hand.canvas.search_here()
    popup = hand.canvas.searching.popup
    sizes = {
        popup.list.itemDelegate().sizeHint(QStyleOptionViewItem(), popup.list.model().index(row, 0)).height()
        for row in range(20)
    }
    assert len(sizes) == 1
    assert popup.list.height() > 5 * sizes.pop()


def test_what_was_added_last_comes_first_in_the_next_window_too(
    make_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    settings = tmp_path / "remembered.json"
    first = make_window(chain(), settings=settings)
    for kind in ("Tanh", "GELU"):
        first.canvas.add(kind)
    first.close()
    second = make_window(chain(), settings=settings)
    hand = Hand(second.canvas)
    hand.canvas.select([])
    hand.canvas.search_here()
    assert hand.canvas.searching.popup.titles[:2] == ["GELU", "Tanh"]


def test_what_cannot_be_read_of_what_was_remembered_is_passed_over(
    make_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    settings = tmp_path / "remembered.json"
    settings.write_text('{"kinds": ["ReLU", 3, "Gone"]}', encoding="utf-8")
    window = make_window(chain(), settings=settings)
    window.canvas.search_here()
    assert window.canvas.searching.popup.titles[0] == "ReLU"
