"""Dragging nodes."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt

from netdesigner.document import edit
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


def _held(hand: Hand, at: QPoint, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.AltModifier):
    from netdesigner.ui.gestures.stage import Pointer

    return Pointer(hand.canvas.view.mapToScene(at), at, keys)


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


def _guides(hand: Hand) -> list:
    from netdesigner.ui.canvas.guides import Guides

    return [item for item in hand.canvas.scene.items() if isinstance(item, Guides)]


def test_a_node_comes_to_rest_where_its_wires_are_straight(hand: Hand) -> None:
    hand.canvas.bridge.edit(lambda d: edit.move_nodes(d, "main", {"conv": (272.0, 13.0)}), "move")
    hand.drag(hand.node("relu"), hand.node("relu") + QPoint(0, 17), let_go=False)
    ends = [hand.canvas.scene.wires.ends_of(item) for item in _wires(hand, "conv", "relu")]
    assert ends[0][0][1] == ends[0][1][1]
    (lines,) = (item.lines for item in _guides(hand))
    assert lines[0][0][1] == lines[0][1][1] == ends[0][0][1]
    hand.release(hand.node("relu") + QPoint(0, 4))
    assert hand.design.place("main").layout["relu"] == (544.0, 13.0)
    assert _guides(hand) == []


def _wires(hand: Hand, source: str, target: str) -> list:
    return [
        item
        for key, item in hand.canvas.scene.wires.items.items()
        if (key[0].source, key[0].target) == (source, target)
    ]


def test_edges_line_up_with_a_node_beside_and_a_line_shows_it(hand: Hand) -> None:
    hand.canvas.bridge.edit(lambda d: edit.move_nodes(d, "main", {"norm": (557.0, 240.0)}), "move")
    start = hand.node("loose")
    hand.drag(start, start + QPoint(283, 103), let_go=False)
    assert hand.canvas.scene.nodes["loose"].pos().x() == 557.0
    assert any(line[0][0] == line[1][0] == 557.0 for line in _guides(hand)[0].lines)
    hand.key(Qt.Key.Key_Escape)
    hand.release(start)
    assert _guides(hand) == []


def test_several_nodes_line_up_together(hand: Hand) -> None:
    hand.canvas.bridge.edit(lambda d: edit.move_nodes(d, "main", {"flatten": (816.0, 13.0)}), "move")
    hand.canvas.select(["conv", "relu"])
    hand.drag(hand.node("conv"), hand.node("conv") + QPoint(0, 15))
    layout = hand.design.place("main").layout
    assert (layout["conv"], layout["relu"]) == ((272.0, 13.0), (544.0, 13.0))


def test_ctrl_lets_a_node_go_anywhere(hand: Hand) -> None:
    hand.press(hand.node("relu"))
    to = hand.node("relu") + QPoint(3, 101)
    hand.canvas.view.gesture.move(_held(hand, to, Qt.KeyboardModifier.ControlModifier))
    assert _guides(hand)[0].lines == ()
    hand.release(to, Qt.KeyboardModifier.ControlModifier)
    assert hand.design.place("main").layout["relu"] == (547.0, 101.0)
