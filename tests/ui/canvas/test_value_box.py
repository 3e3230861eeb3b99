"""Parameters that are edited in the one field over a card."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from netdesigner.document import Design, edit
from tests.ui.hand import Hand, residual

Key = Qt.Key
MakeHand = Callable[[Design], Hand]


def line(hand: Hand) -> QWidget:
    """The field that has the keyboard."""
    field = hand.canvas.value_box.field
    assert field is not None
    found = field.focusProxy()
    assert found is not None
    assert found.hasFocus()
    return found


def double_click(hand: Hand, node_id: str, name: str) -> None:
    spot = hand.canvas.scene.nodes[node_id].param_spots()[name]
    hand.double_click(hand.canvas.view.mapFromScene(spot.center()))


def test_a_double_click_on_a_parameter_edits_it_in_one_step(hand: Hand) -> None:
    double_click(hand, "head", "out_features")
    QTest.keyClicks(line(hand), "24")
    assert hand.graph.nodes["head"].params["out_features"] == 24
    assert "24" in hand.canvas.scene.nodes["output"].card.shape
    QTest.keyClick(line(hand), Key.Key_Return)
    assert not hand.canvas.value_box.isVisible()
    assert hand.canvas.view.hasFocus()
    assert (hand.steps, hand.canvas.bridge.state.history.undo_label) == (1, "set out_features of head")


def test_escape_leaves_everything_as_it_was(hand: Hand) -> None:
    before = hand.design
    double_click(hand, "head", "out_features")
    QTest.keyClicks(line(hand), "24")
    QTest.keyClick(line(hand), Key.Key_Escape)
    assert hand.design is before
    assert not hand.canvas.value_box.isVisible()
    assert hand.canvas.selected() == ("head",)


def test_a_click_elsewhere_keeps_what_was_typed(hand: Hand) -> None:
    double_click(hand, "head", "out_features")
    QTest.keyClicks(line(hand), "24")
    hand.canvas.view.setFocus()
    assert not hand.canvas.value_box.isVisible()
    assert hand.graph.nodes["head"].params["out_features"] == 24


def test_expressions_are_read_as_in_the_inspector(hand: Hand) -> None:
    hand.canvas.bridge.edit(lambda design: edit.set_variables(design, {"width": 8}), "variables")
    double_click(hand, "conv", "out_channels")
    QTest.keyClicks(line(hand), "2*width")
    QTest.keyClick(line(hand), Key.Key_Return)
    assert hand.graph.nodes["conv"].params["out_channels"] == "2*width"
    assert hand.canvas.scene.nodes["conv"].card.params.startswith("16 filters")


def test_what_is_no_value_is_told_and_not_taken(hand: Hand) -> None:
    double_click(hand, "head", "out_features")
    QTest.keyClick(line(hand), Key.Key_Backspace)
    assert hand.canvas.hint.text == "Enter a number"
    QTest.keyClick(line(hand), Key.Key_Return)
    assert hand.canvas.value_box.isVisible()
    QTest.keyClicks(line(hand), "0")
    assert "at least 1" in hand.canvas.hint.text
    QTest.keyClick(line(hand), Key.Key_Escape)
    assert hand.graph.nodes["head"].params["out_features"] == 10


def test_tab_goes_through_the_parameters_and_each_is_a_step(hand: Hand) -> None:
    hand.canvas.select(["conv"])
    hand.key(Key.Key_Return)
    assert hand.canvas.value_box.param == "out_channels"
    QTest.keyClicks(line(hand), "6")
    QTest.keyClick(line(hand), Key.Key_Tab)
    assert hand.canvas.value_box.param == "kernel_size"
    QTest.keyClicks(line(hand), "5")
    QTest.keyClick(line(hand), Key.Key_Backtab)
    assert hand.canvas.value_box.param == "out_channels"
    QTest.keyClick(line(hand), Key.Key_Escape)
    params = hand.graph.nodes["conv"].params
    assert (params["out_channels"], params["kernel_size"], hand.steps) == (6, 5, 2)


def test_enter_opens_a_block_and_edits_a_layer(make_hand: MakeHand) -> None:
    hand = make_hand(residual())
    hand.canvas.select(["stage"])
    hand.key(Key.Key_F2, Qt.KeyboardModifier.ShiftModifier)
    assert hand.canvas.value_box.param == "width"
    QTest.keyClick(line(hand), Key.Key_Escape)
    hand.key(Key.Key_Return)
    assert hand.canvas.scope == "block:Stage"


def test_a_node_without_parameters_says_so(hand: Hand) -> None:
    hand.canvas.select(["output"])
    hand.key(Key.Key_Return)
    assert hand.said == [("info", "‘output’ has no parameters.")]


def test_choices_and_switches_have_their_own_fields(hand: Hand) -> None:
    hand.canvas.select(["conv"])
    hand.canvas.edit_param("bias")
    QTest.keyClick(line(hand), Key.Key_Space)
    QTest.keyClick(line(hand), Key.Key_Return)
    assert hand.graph.nodes["conv"].params["bias"] is False


def test_it_closes_when_its_node_goes(hand: Hand) -> None:
    double_click(hand, "head", "out_features")
    hand.canvas.bridge.edit(lambda design: edit.remove_nodes(design, "main", ["head"]), "delete head")
    assert not hand.canvas.value_box.isVisible()


def test_it_lies_over_its_card_and_closes_when_the_card_is_seen_at_another_size(hand: Hand) -> None:
    double_click(hand, "head", "out_features")
    box, view = hand.canvas.value_box, hand.canvas.view
    corner = view.viewport().mapTo(view, view.mapFromScene(hand.canvas.scene.nodes["head"].body().topLeft()))
    assert box.x() == corner.x()
    hand.canvas.zoom_in()
    assert not box.isVisible()
