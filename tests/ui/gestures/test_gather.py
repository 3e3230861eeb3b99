"""Taking all wires of an output to another one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from netdesigner.document import Design
from tests.ui.hand import Hand, residual

CTRL = Qt.KeyboardModifier.ControlModifier


def test_all_wires_of_an_output_leave_another_one(make_hand: Callable[[Design], Hand]) -> None:
    hand = make_hand(residual())
    hand.drag(hand.port("input", "output", "output"), hand.node("input"), CTRL)
    assert hand.steps == 0
    hand.canvas.editor.disconnect([edge for edge in hand.graph.edges if edge.source == "relu"])
    hand.canvas.editor.disconnect([edge for edge in hand.graph.edges if edge.target == "conv"])
    hand.drag(hand.port("input", "output", "output"), hand.node("relu"), CTRL)
    assert ("relu", "output", "add", "inputs") in hand.wires()
    assert not [wire for wire in hand.wires() if wire[0] == "input"]
    assert hand.steps == 3


def test_wires_that_would_close_a_loop_stay_and_why_is_said(make_hand: Callable[[Design], Hand]) -> None:
    hand = make_hand(residual())
    design = hand.design
    hand.drag(hand.port("input", "output", "output"), hand.port("conv", "output", "output"), CTRL)
    assert hand.design is design
    assert hand.said[-1][0] == "warning"
    assert "feed itself" in hand.said[-1][1]
    assert all(item.opacity() == 1 for item in hand.canvas.scene.wires.items.values())


def test_dropped_on_the_ground_they_stay(hand: Hand) -> None:
    design, items = hand.design, len(hand.canvas.scene.items())
    hand.drag(hand.port("conv", "output", "output"), hand.at(700, 420), CTRL)
    assert hand.design is design
    assert len(hand.canvas.scene.items()) == items
    assert not hand.canvas.hint.text


def test_escape_puts_them_back(hand: Hand) -> None:
    design = hand.design
    hand.drag(hand.port("conv", "output", "output"), hand.node("input"), CTRL, let_go=False)
    assert "1 wire of conv" in hand.canvas.hint.text
    hand.key(Qt.Key.Key_Escape)
    hand.release(hand.node("input"), CTRL)
    assert hand.design is design
    assert all(item.opacity() == 1 for item in hand.canvas.scene.wires.items.values())


def test_an_output_without_wires_begins_one(hand: Hand) -> None:
    hand.drag(hand.port("loose", "output", "output"), hand.node("norm"), CTRL)
    assert ("loose", "output", "norm", "input") in hand.wires()
