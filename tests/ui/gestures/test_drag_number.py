"""Numbers that are dragged where they stand on a card."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netdesigner.document import Design, edit
from tests.ui.hand import Hand, chain, residual

MakeHand = Callable[[Design], Hand]
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def spot(hand: Hand, node_id: str, name: str) -> QPoint:
    """The middle of a parameter's words on a card."""
    return hand.canvas.view.mapFromScene(hand.canvas.scene.nodes[node_id].param_spots()[name].center())


def value(hand: Hand, node_id: str, name: str) -> object:
    return hand.graph.nodes[node_id].params.get(name)


def test_a_drag_changes_the_number_with_live_shapes_in_one_step(hand: Hand) -> None:
    hand.canvas.select(["head"])
    at = spot(hand, "head", "out_features")
    hand.move(at)
    assert hand.viewport.cursor().shape() == Qt.CursorShape.SizeHorCursor
    hand.press(at)
    hand.move(at + QPoint(20, 0))
    assert value(hand, "head", "out_features") == 15
    assert "15" in hand.canvas.scene.nodes["output"].card.shape
    assert "Out features 15" in hand.canvas.hint.text
    hand.move(at + QPoint(40, 3))
    hand.release(at + QPoint(40, 3))
    assert value(hand, "head", "out_features") == 20
    assert hand.steps == 1
    assert hand.canvas.hint.text == ""
    hand.canvas.undo()
    assert value(hand, "head", "out_features") == 10


def test_escape_takes_the_drag_back_without_a_trace(hand: Hand) -> None:
    hand.canvas.bridge.edit(lambda design: edit.set_note(design, "main", "relu", "x"), "note at relu")
    hand.canvas.undo()
    before = hand.design
    hand.canvas.select(["head"])
    at = spot(hand, "head", "out_features")
    hand.drag(at, at + QPoint(40, 0), let_go=False)
    assert hand.design is not before
    hand.key(Qt.Key.Key_Escape)
    hand.release(at + QPoint(40, 0))
    assert hand.design is before
    assert hand.canvas.bridge.state.history.redo_label == "note at relu"


def test_shift_makes_it_finer_and_ctrl_takes_large_steps(hand: Hand) -> None:
    hand.canvas.select(["head"])
    at = spot(hand, "head", "out_features")
    for held, wanted in ((SHIFT, 11), (CTRL, 24)):
        hand.press(at)
        hand.move(at + QPoint(4, 0))
        _move_holding(hand, at + QPoint(44, 0), held)
        QTest.mouseRelease(hand.viewport, Qt.MouseButton.LeftButton, held, at + QPoint(44, 0))
        assert value(hand, "head", "out_features") == wanted + (held == SHIFT)
        hand.canvas.undo()


def _move_holding(hand: Hand, at: QPoint, held: Qt.KeyboardModifier) -> None:
    where = QPointF(at)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        where,
        QPointF(hand.viewport.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        held,
    )
    QApplication.sendEvent(hand.viewport, event)


def test_a_drag_on_a_node_that_is_not_selected_moves_it(hand: Hand) -> None:
    at = spot(hand, "head", "out_features")
    hand.move(at)
    assert hand.viewport.cursor().shape() == Qt.CursorShape.ArrowCursor
    hand.drag(at, at + QPoint(40, 0))
    assert value(hand, "head", "out_features") == 10
    assert hand.design.place("main").layout["head"] != chain().place("main").layout["head"]


def test_a_drag_downwards_moves_the_node_after_all(hand: Hand) -> None:
    hand.canvas.select(["head"])
    at = spot(hand, "head", "out_features")
    hand.drag(at, at + QPoint(8, 80))
    assert value(hand, "head", "out_features") == 10
    assert hand.design.place("main").layout["head"][1] == 80


def test_a_click_on_a_number_changes_nothing(hand: Hand) -> None:
    hand.canvas.select(["head", "conv"])
    hand.click(spot(hand, "head", "out_features"))
    assert hand.steps == 0
    assert hand.canvas.selected() == ("head",)


def test_limits_hold(hand: Hand) -> None:
    hand.canvas.select(["head"])
    at = spot(hand, "head", "out_features")
    hand.drag(at, at + QPoint(-400, 0))
    assert value(hand, "head", "out_features") == 1


def test_an_expression_is_not_dragged(hand: Hand) -> None:
    hand.canvas.bridge.edit(
        lambda design: edit.set_params(design, "main", "head", {"out_features": "2*5"}), "set"
    )
    hand.canvas.select(["head"])
    at = spot(hand, "head", "out_features")
    hand.drag(at, at + QPoint(40, 0))
    assert value(hand, "head", "out_features") == "2*5"


def test_the_parameter_of_a_block_is_dragged_as_well(make_hand: MakeHand) -> None:
    hand = make_hand(residual())
    hand.canvas.select(["stage"])
    at = spot(hand, "stage", "width")
    hand.drag(at, at + QPoint(12, 0))
    assert value(hand, "stage", "width") == 7


def test_begun_with_alt_all_selected_nodes_follow(hand: Hand) -> None:
    hand.canvas.bridge.edit(
        lambda design: edit.add_node(design, "main", "Linear", (0, 480), {"out_features": 3}, "other")[0],
        "add",
    )
    hand.canvas.select(["other", "relu", "head"])
    at = spot(hand, "head", "out_features")
    hand.drag(at, at + QPoint(8, 0), Qt.KeyboardModifier.AltModifier)
    assert (value(hand, "head", "out_features"), value(hand, "other", "out_features")) == (12, 12)
    assert hand.steps == 2
    assert hand.canvas.selected() == ("other", "relu", "head")
    assert hand.canvas.bridge.state.history.undo_label == "set out_features of 2 nodes"


def test_the_tip_of_a_number_says_how_it_is_changed(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        "netdesigner.ui.canvas.view.QToolTip.showText", lambda _at, text, _on: told.append(text)
    )
    at = spot(hand, "head", "out_features")
    event = QHelpEvent(QEvent.Type.ToolTip, at, hand.viewport.mapToGlobal(at))
    QApplication.sendEvent(hand.viewport, event)
    hand.canvas.select(["head"])
    QApplication.sendEvent(hand.viewport, event)
    assert "drag sideways" not in told[0]
    assert "Out features: drag sideways to change it" in told[1]
