"""Dragging nodes."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt

from tests.ui.hand import Hand


def test_a_drag_moves_a_node_by_whole_grid_steps_in_one_undo_step(hand: Hand) -> None:
    graph = hand.graph
    hand.drag(hand.node("relu"), hand.node("relu") + QPoint(43, 101))
    assert hand.design.place("main").layout["relu"] == (544 + 40, 104)
    assert hand.steps == 1
    assert hand.graph is graph
    hand.canvas.undo()
    assert hand.design.place("main").layout["relu"] == (544, 0)
    assert hand.canvas.scene.nodes["relu"].pos().x() == 544


def test_all_selected_nodes_move_together(hand: Hand) -> None:
    hand.canvas.select(["conv", "relu"])
    hand.drag(hand.node("relu"), hand.node("relu") + QPoint(0, 80))
    layout = hand.design.place("main").layout
    assert (layout["conv"], layout["relu"], layout["head"]) == ((272, 80), (544, 80), (1088, 0))
    assert hand.steps == 1


def test_wires_follow_while_nodes_are_dragged(hand: Hand) -> None:
    wire = next(item for key, item in hand.canvas.scene.wires.items.items() if key[0].target == "relu")
    before = wire.way.curves[-1][2]
    hand.drag(hand.node("relu"), hand.node("relu") + QPoint(0, 80), let_go=False)
    assert wire.way.curves[-1][2] == (before[0], before[1] + 80)
    assert hand.steps == 0
    hand.release(hand.node("relu"))


def test_escape_puts_everything_back(hand: Hand) -> None:
    design = hand.design
    hand.drag(hand.node("relu"), hand.node("relu") + QPoint(0, 80), let_go=False)
    hand.key(Qt.Key.Key_Escape)
    assert hand.canvas.scene.nodes["relu"].pos().y() == 0
    hand.release(hand.at(600, 120))
    assert hand.design is design


def test_a_click_without_a_drag_changes_nothing_but_the_selection(hand: Hand) -> None:
    design = hand.design
    hand.click(hand.node("relu"))
    assert hand.canvas.selected() == ("relu",)
    assert hand.design is design


def test_a_drag_that_ends_where_it_began_is_no_step(hand: Hand) -> None:
    hand.press(hand.node("relu"))
    hand.move(hand.node("relu") + QPoint(60, 0))
    start = hand.at(544 + 88, 36)
    hand.move(start)
    hand.release(start)
    assert hand.steps == 0


def test_a_loose_node_dropped_on_a_wire_goes_into_it(hand: Hand) -> None:
    hand.drag(hand.node("loose"), hand.wire("conv", "relu"), let_go=False)
    target = next(item for key, item in hand.canvas.scene.wires.items.items() if key[0].target == "relu")
    assert target.target
    hand.release(hand.wire("conv", "relu"))
    assert {("conv", "output", "loose", "input"), ("loose", "output", "relu", "input")} <= hand.wires()
    assert ("conv", "output", "relu", "input") not in hand.wires()
    assert hand.steps == 1


def test_what_follows_makes_room_for_an_inserted_node(hand: Hand) -> None:
    hand.drag(hand.node("loose"), hand.wire("conv", "relu"))
    boxes = [item.body() for item in hand.canvas.scene.nodes.values()]
    assert not any(a.intersects(b) for index, a in enumerate(boxes) for b in boxes[index + 1 :])
    layout = hand.design.place("main").layout
    assert layout["loose"][0] < layout["relu"][0] < layout["flatten"][0]
    assert layout["input"] == (0, 0)


def test_alt_keeps_a_node_out_of_a_wire(hand: Hand) -> None:
    where = hand.wire("conv", "relu")
    hand.press(hand.node("loose"))
    for at in (hand.node("loose") + QPoint(10, 0), where):
        hand.canvas.view.gesture.move(_held(hand, at))
    hand.release(where, Qt.KeyboardModifier.AltModifier)
    assert ("conv", "output", "relu", "input") in hand.wires()
    assert hand.steps == 1


def _held(hand: Hand, at: QPoint):
    from netdesigner.ui.gestures.stage import Pointer

    return Pointer(hand.canvas.view.mapToScene(at), at, Qt.KeyboardModifier.AltModifier)


def test_a_wired_node_is_never_inserted_elsewhere(hand: Hand) -> None:
    wires = hand.wires()
    hand.drag(hand.node("flatten"), hand.wire("conv", "relu"))
    assert hand.wires() == wires


def test_dragging_at_the_edge_pans_on(hand: Hand) -> None:
    view = hand.canvas.view
    before = view.horizontalScrollBar().value()
    edge = QPoint(view.viewport().width() - 4, 300)
    hand.press(hand.node("relu"))
    hand.move(edge - QPoint(60, 0))
    hand.move(edge)
    for _ in range(3):
        view._scroll_at_edge()
    assert view.horizontalScrollBar().value() > before
    hand.release(edge)
    assert hand.design.place("main").layout["relu"][0] > 1200
