"""The way of a clash is drawn for the problem that the user looks at, and for no other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from netdesigner.document import Design, edit
from netdesigner.ui.canvas.blame_marks import cause_text
from netdesigner.ui.main_window import MainWindow
from tests.ui.hand import Hand, residual, wire

Clash = tuple[str, str, list[list[str]]]


def clashing() -> Design:
    """The skip connection comes back with another number of channels than the branch."""
    return edit.set_params(residual(), "main", "conv", {"out_channels": 8, "padding": 1})


def inside() -> Design:
    """A block gets words where it takes pictures."""
    design, flat = edit.add_node(residual(), "main", "Flatten", (1088.0, 240.0))
    design = edit.disconnect(design, "main", [wire("add", "stage", "x")])
    design = edit.connect(design, "main", wire("add", flat))
    return edit.connect(design, "main", wire(flat, "stage", "x"))


def shown(hand: Hand) -> Clash | None:
    """The node that began it, the node where it shows, and the ways."""
    marks = hand.canvas.scene.foreground.blame
    if marks is None:
        return None
    ways = [[way[0].source, *(edge.target for edge in way)] for way in marks.blame.ways if way]
    return marks.blame.cause, marks.blame.shows, ways


JOIN = ("conv", "add", [["input", "conv", "relu", "add"], ["input", "add"]])


@pytest.fixture
def clash(make_hand: Callable[[Design], Hand]) -> Hand:
    return make_hand(clashing())


def test_pointing_at_a_node_with_a_clash_draws_how_it_came_about(clash: Hand) -> None:
    assert shown(clash) is None
    clash.move(clash.node("add"))
    assert shown(clash) == JOIN
    assert cause_text(clash.canvas.scene.foreground.blame.blame) == "parts here: N×8×8×8  |  N×4×8×8"
    clash.move(clash.node("relu"))
    assert shown(clash) is None


def test_selecting_it_keeps_the_way_while_the_pointer_is_elsewhere(clash: Hand) -> None:
    clash.click(clash.node("add"))
    clash.move(clash.at(700, 600))
    assert shown(clash) == JOIN
    clash.click(clash.at(700, 600))
    assert shown(clash) is None


def test_the_way_is_painted_and_its_arrows_tell_it_without_colour(clash: Hand) -> None:
    clash.move(clash.at(700, 600))
    before = clash.viewport.grab().toImage()
    clash.click(clash.node("add"))
    clash.move(clash.at(700, 600))
    after = clash.viewport.grab().toImage()
    at, error = clash.wire("input", "conv"), clash.canvas.scene.style_.error
    beside = [QPoint(at.x() + x, at.y() + y) for x in range(-40, 41) for y in (-4, -3, 4, 5)]
    assert not any(before.pixelColor(place) == error for place in beside)
    assert after.pixelColor(at) == error
    assert any(after.pixelColor(place) == error for place in beside)


def test_the_way_goes_when_the_clash_is_mended_and_comes_back_with_undo(clash: Hand) -> None:
    clash.click(clash.node("add"))
    clash.canvas.bridge.edit(
        lambda design: edit.set_params(design, "main", "conv", {"out_channels": 4}), "mend"
    )
    assert shown(clash) is None
    clash.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert shown(clash) == JOIN


def test_a_moved_node_takes_the_way_along(clash: Hand) -> None:
    clash.click(clash.node("add"))
    edge = wire("relu", "add", "inputs")
    before = clash.canvas.scene.wires.items[edge, 0].path()
    clash.drag(clash.node("add"), clash.at(900, 500))
    assert shown(clash) == JOIN
    assert clash.canvas.scene.wires.items[edge, 0].path() != before


def test_a_clash_inside_a_block_is_followed_outside_it(make_hand: Callable[[Design], Hand]) -> None:
    hand = make_hand(inside())
    problem = next(p for p in hand.canvas.bridge.state.report.errors if p.network == "block:Stage")
    hand.canvas.reveal("block:Stage", "conv")
    assert shown(hand) == ("x", "conv", [["x", "conv"]])
    hand.canvas.blaming.choose(problem)
    hand.canvas.open_scope("main")
    assert shown(hand) == ("flatten_1", "stage", [["flatten_1", "stage"]])


def test_choosing_a_problem_in_the_list_draws_it_until_something_else_is_selected(
    make_window: Callable[[Design], MainWindow],
) -> None:
    window = make_window(clashing())
    hand = Hand(window.canvas)
    window.bring("Problems")
    rows = window.deck.problems.list
    QTest.mouseClick(
        rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualItemRect(rows.item(0)).center()
    )
    assert shown(hand) == JOIN
    hand.click(hand.node("input"))
    assert shown(hand) is None


def test_a_problem_without_a_way_draws_nothing(make_hand: Callable[[Design], Hand]) -> None:
    design = residual()
    graph = design.graph("main")
    hand = make_hand(edit.disconnect(design, "main", [graph.edges[0]]))
    hand.click(hand.node("conv"))
    assert shown(hand) is None
