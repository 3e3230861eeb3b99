"""Layers dragged from the palette."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragLeaveEvent
from PySide6.QtWidgets import QApplication

from netdesigner.ui.gestures.drop import kind_in, mime_of
from tests.ui.hand import Hand


def test_a_layer_lands_where_it_is_dropped(hand: Hand) -> None:
    hand.drop(mime_of("Dropout"), hand.at(896, 424))
    assert hand.graph.nodes["dropout_1"].kind == "Dropout"
    assert hand.design.place("main").layout["dropout_1"] == (808, 400)
    assert hand.canvas.selected() == ("dropout_1",)
    assert hand.steps == 1


def test_a_layer_starts_with_its_initial_parameters(hand: Hand) -> None:
    hand.drop(mime_of("Conv2d"), hand.at(900, 424))
    assert hand.graph.nodes["conv2d_1"].params == {"padding": 1}


def test_a_layer_dropped_on_a_wire_goes_into_it(hand: Hand) -> None:
    hand.drop(mime_of("BatchNorm2d"), hand.wire("conv", "relu"), let_go=False)
    wire = next(item for key, item in hand.canvas.scene.wires.items.items() if key[0].target == "relu")
    assert wire.target
    hand.drop(mime_of("BatchNorm2d"), hand.wire("conv", "relu"))
    assert {
        ("conv", "output", "batchnorm2d_1", "input"),
        ("batchnorm2d_1", "output", "relu", "input"),
    } <= hand.wires()
    assert hand.steps == 1


def test_an_input_never_goes_into_a_wire(hand: Hand) -> None:
    wires = hand.wires()
    hand.drop(mime_of("Input"), hand.wire("conv", "relu"))
    assert hand.wires() == wires
    assert "input_1" in hand.graph.nodes


def test_a_layer_taken_away_again_leaves_nothing(hand: Hand) -> None:
    items = len(hand.canvas.scene.items())
    hand.drop(mime_of("Dropout"), hand.at(900, 424), let_go=False)
    assert len(hand.canvas.scene.items()) == items + 1
    QApplication.sendEvent(hand.viewport, QDragLeaveEvent())
    assert len(hand.canvas.scene.items()) == items
    assert hand.steps == 0


def test_other_things_are_not_taken(hand: Hand) -> None:
    data = QMimeData()
    data.setText("Conv2d")
    assert kind_in(data) == ""
    hand.drop(data, hand.at(900, 424))
    assert hand.steps == 0


def test_with_ctrl_it_takes_the_place_of_the_node_it_is_held_over(hand: Hand) -> None:
    ctrl = Qt.KeyboardModifier.ControlModifier
    hand.drop(mime_of("Tanh"), hand.node("relu"), let_go=False, held=ctrl)
    assert hand.canvas.hint.text == "Takes the place of relu"
    hand.drop(mime_of("Tanh"), hand.node("relu"), held=ctrl)
    assert ("conv", "output", "tanh_1", "input") in hand.wires()
    assert "relu" not in hand.graph.nodes
    assert hand.steps == 1
    assert not hand.canvas.hint.text


def test_without_ctrl_it_lands_on_the_node_and_with_ctrl_beside_one_it_is_added(hand: Hand) -> None:
    hand.drop(mime_of("Tanh"), hand.at(900, 420), held=Qt.KeyboardModifier.ControlModifier)
    assert hand.graph.nodes["tanh_1"].kind == "Tanh"
    assert "relu" in hand.graph.nodes
