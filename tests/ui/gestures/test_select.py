"""Picking nodes and wires."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QRubberBand

from tests.ui.hand import Hand

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_rectangle_selects_what_it_touches(hand: Hand) -> None:
    hand.drag(hand.at(200, -60), hand.at(800, 60))
    assert set(hand.canvas.selected()) == {"conv", "relu"}


def test_with_shift_a_rectangle_adds(hand: Hand) -> None:
    hand.click(hand.node("input"))
    hand.drag(hand.at(200, 180), hand.at(500, 300), SHIFT)
    assert set(hand.canvas.selected()) == {"input", "loose"}


def test_a_click_on_the_ground_selects_nothing(hand: Hand) -> None:
    hand.canvas.select(["conv"])
    hand.click(hand.at(100, 400))
    assert hand.canvas.selected() == ()


def test_ctrl_adds_and_takes_away(hand: Hand) -> None:
    hand.click(hand.node("conv"))
    hand.click(hand.node("relu"), CTRL)
    assert set(hand.canvas.selected()) == {"conv", "relu"}
    hand.click(hand.node("conv"), CTRL)
    assert hand.canvas.selected() == ("relu",)


def test_a_click_on_one_of_several_selects_it_alone(hand: Hand) -> None:
    hand.canvas.select(["conv", "relu"])
    hand.click(hand.node("conv"))
    assert hand.canvas.selected() == ("conv",)


def test_a_wire_can_be_selected_and_removed(hand: Hand) -> None:
    hand.click(hand.wire("conv", "relu"))
    assert [key[0].target for key in hand.canvas.scene.selected_wires] == ["relu"]
    hand.key(Qt.Key.Key_Delete)
    assert ("conv", "output", "relu", "input") not in hand.wires()
    assert "relu" in hand.graph.nodes


def test_escape_gives_the_selection_back_and_leaves_no_rectangle(hand: Hand) -> None:
    hand.canvas.select(["conv"])
    hand.drag(hand.at(200, 180), hand.at(500, 300), let_go=False)
    assert hand.canvas.selected() == ("loose",)
    hand.key(Qt.Key.Key_Escape)
    hand.release(hand.at(500, 300))
    assert hand.canvas.selected() == ("conv",)
    assert not any(band.isVisible() for band in hand.viewport.findChildren(QRubberBand))
