"""Drawing wires, moving their ends, and what refuses them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from netdesigner.document import edit
from netdesigner.ui.gestures import connect
from tests.ui.hand import Hand, residual


def test_a_wire_is_drawn_from_output_to_input(hand: Hand) -> None:
    hand.drag(hand.port("relu", "output", "output"), hand.port("loose", "input", "input"))
    assert ("relu", "output", "loose", "input") in hand.wires()
    assert hand.steps == 1


def test_a_wire_is_drawn_backwards_too(hand: Hand) -> None:
    hand.drag(hand.port("loose", "input", "input"), hand.port("relu", "output", "output"))
    assert ("relu", "output", "loose", "input") in hand.wires()


def test_a_wire_dropped_on_a_card_finds_the_port(hand: Hand) -> None:
    hand.drag(hand.port("relu", "output", "output"), hand.node("loose"))
    assert ("relu", "output", "loose", "input") in hand.wires()


def test_a_wire_that_fits_nowhere_says_why_and_changes_nothing(hand: Hand) -> None:
    design = hand.design
    hand.drag(hand.port("relu", "output", "output"), hand.port("norm", "input", "input"), let_go=False)
    assert "BatchNorm1d" in hand.canvas.hint.text
    assert hand.design is design
    hand.release(hand.port("norm", "input", "input"))
    assert hand.design is design
    assert "BatchNorm1d" in hand.canvas.hint.text
    assert [severity for severity, _ in hand.said] == ["warning"]


def test_a_loop_is_refused(hand: Hand) -> None:
    design = hand.design
    hand.drag(hand.port("relu", "output", "output"), hand.node("conv"))
    assert "loop" in hand.canvas.hint.text
    assert hand.design is design


def test_ports_that_fit_light_up_and_the_others_dim(hand: Hand) -> None:
    hand.drag(hand.port("relu", "output", "output"), hand.at(700, 400), let_go=False)
    nodes = hand.canvas.scene.nodes
    assert nodes["loose"].port_states["input", 0] == "fits"
    assert nodes["norm"].port_states["input", 0] == "dim"
    assert nodes["conv"].port_states["output", 0] == "dim"
    hand.key(Qt.Key.Key_Escape)
    assert nodes["loose"].port_states == {}


def test_ports_that_would_close_a_loop_dim_however_large_the_network_is(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "_BUDGET_S", -1.0)
    hand.drag(hand.port("relu", "output", "output"), hand.at(700, 400), let_go=False)
    nodes = hand.canvas.scene.nodes
    assert nodes["conv"].port_states["input", 0] == "dim"
    assert nodes["head"].port_states["input", 0] == "fits"
    hand.release(hand.at(700, 400))


def test_a_new_wire_takes_the_place_of_the_one_at_the_port(hand: Hand) -> None:
    hand.drag(hand.port("conv", "output", "output"), hand.port("flatten", "input", "input"))
    assert ("conv", "output", "flatten", "input") in hand.wires()
    assert ("relu", "output", "flatten", "input") not in hand.wires()


def test_the_end_of_a_wire_can_be_taken_elsewhere(hand: Hand) -> None:
    hand.drag(hand.port("flatten", "input", "input"), hand.port("loose", "input", "input"))
    assert ("relu", "output", "loose", "input") in hand.wires()
    assert ("relu", "output", "flatten", "input") not in hand.wires()
    assert hand.steps == 1


def test_the_end_of_a_wire_dropped_on_the_ground_lets_go(hand: Hand) -> None:
    hand.drag(hand.port("flatten", "input", "input"), hand.at(700, 400))
    assert ("relu", "output", "flatten", "input") not in hand.wires()
    assert not hand.canvas.searching.popup.isVisible()
    hand.canvas.undo()
    assert ("relu", "output", "flatten", "input") in hand.wires()


def test_the_end_of_a_wire_put_back_is_no_step(hand: Hand) -> None:
    end = hand.port("flatten", "input", "input")
    hand.press(end)
    hand.move(end + QPoint(-60, 30))
    hand.move(end)
    hand.release(end)
    assert hand.steps == 0
    assert ("relu", "output", "flatten", "input") in hand.wires()


def test_a_wire_dropped_on_the_ground_asks_for_a_layer_and_connects_it(hand: Hand) -> None:
    hand.drag(hand.port("relu", "output", "output"), hand.at(900, 420))
    hand.search("batchnorm2d")
    assert ("relu", "output", "batchnorm2d_1", "input") in hand.wires()
    assert hand.canvas.selected() == ("batchnorm2d_1",)
    assert hand.steps == 1
    assert abs(hand.design.place("main").layout["batchnorm2d_1"][0] - 900) <= 8


def test_kinds_that_cannot_take_the_wire_come_last(hand: Hand) -> None:
    hand.drag(hand.port("relu", "output", "output"), hand.at(900, 420))
    popup = hand.canvas.searching.popup
    popup.field.setText("norm")
    assert popup.titles.index("BatchNorm2d") < popup.titles.index("BatchNorm1d")


def test_escape_while_drawing_leaves_no_wire_behind(hand: Hand) -> None:
    items = len(hand.canvas.scene.items())
    hand.drag(hand.port("relu", "output", "output"), hand.node("loose"), let_go=False)
    hand.key(Qt.Key.Key_Escape)
    hand.release(hand.node("loose"))
    assert len(hand.canvas.scene.items()) == items
    assert hand.steps == 0


def test_a_variadic_port_takes_one_more_wire(make_hand) -> None:
    hand = make_hand(residual())
    hand.drag(hand.port("conv", "output", "output"), hand.node("add"))
    into_add = [edge.source for edge in hand.graph.edges if edge.target == "add"]
    assert into_add == ["relu", "input", "conv"]


def test_moving_an_end_keeps_its_place_in_the_order(make_hand) -> None:
    hand = make_hand(residual())
    hand.canvas.editor.connect(
        edit.Edge("conv", "output", "add", "inputs"), instead_of=edit.Edge("relu", "output", "add", "inputs")
    )
    assert [edge.source for edge in hand.graph.edges if edge.target == "add"] == ["conv", "input"]


def test_a_click_on_a_port_selects_its_card(hand: Hand) -> None:
    hand.click(hand.port("relu", "output", "output"))
    assert hand.canvas.selected() == ("relu",)


def test_an_edit_from_elsewhere_ends_the_gesture(hand: Hand) -> None:
    hand.drag(hand.port("relu", "output", "output"), hand.at(700, 400), let_go=False)
    hand.canvas.bridge.edit(lambda design: edit.remove_nodes(design, "main", ["relu"]), "delete")
    assert hand.canvas.view.gesture is None
    hand.release(hand.at(700, 400))
    assert "relu" not in hand.graph.nodes
