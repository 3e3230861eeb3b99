"""Cutting wires with a line."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from tests.ui.hand import Hand

CTRL = Qt.KeyboardModifier.ControlModifier
RIGHT = Qt.MouseButton.RightButton
UP, DOWN = QPoint(0, -60), QPoint(0, 60)


def cut(hand: Hand, start: QPoint, end: QPoint, let_go: bool = True) -> None:
    hand.drag(start, end, CTRL, RIGHT, let_go)


def test_the_wires_that_a_line_crosses_go_in_one_step(hand: Hand) -> None:
    before = hand.wires()
    first, second = hand.wire("conv", "relu"), hand.wire("flatten", "head")
    hand.press(first + UP, CTRL, RIGHT)
    for at in (first + DOWN, second + 2 * DOWN, second + UP):
        hand.move(at)
    hand.release(second + UP, CTRL, RIGHT)
    assert before - hand.wires() == {
        ("conv", "output", "relu", "input"),
        ("flatten", "output", "head", "input"),
    }
    assert hand.steps == 1
    hand.canvas.undo()
    assert hand.wires() == before


def test_what_would_be_cut_lights_up_first_and_escape_leaves_all_as_it_was(hand: Hand) -> None:
    design, items = hand.design, len(hand.canvas.scene.items())
    at = hand.wire("conv", "relu")
    cut(hand, at + UP, at + DOWN, let_go=False)
    lit = [item.edge.source for item in hand.canvas.scene.wires.items.values() if item.state == "cut"]
    assert lit == ["conv"]
    assert hand.canvas.hint.text == "Cut 1 wire"
    hand.key(Qt.Key.Key_Escape)
    hand.release(at + DOWN, CTRL, RIGHT)
    assert hand.design is design
    assert all(item.state != "cut" for item in hand.canvas.scene.wires.items.values())
    assert len(hand.canvas.scene.items()) == items


def test_a_line_that_crosses_nothing_is_no_step(hand: Hand) -> None:
    cut(hand, hand.at(100, 400), hand.at(600, 420))
    assert hand.steps == 0


def test_a_click_with_the_key_held_opens_no_menu(hand: Hand) -> None:
    at = hand.wire("conv", "relu")
    hand.press(at, CTRL, RIGHT)
    hand.release(at, CTRL, RIGHT)
    assert hand.steps == 0
    assert hand.canvas.findChild(QMenu, "canvas_menu") is None
