"""Dots that wires are led through, by the mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from netdesigner.document import Design, Edge, annotate
from netdesigner.document.design import Point
from tests.ui.hand import Hand, chain, residual, wire

SHIFT = Qt.KeyboardModifier.ShiftModifier
RIGHT = Qt.MouseButton.RightButton
FLAT, HEAD = wire("relu", "flatten"), wire("flatten", "head")


def ways(hand: Hand) -> dict[Edge, tuple[Point, ...]]:
    return dict(hand.design.place(hand.canvas.scope).annotations.routes)


@pytest.fixture
def led(make_hand: Callable[[Design], Hand]) -> Hand:
    """A chain of which one wire has two dots, above it and below it."""
    return make_hand(annotate.set_routes(chain(), "main", {FLAT: ((736.0, -64.0), (800.0, 96.0))}))


def test_a_double_click_on_a_wire_adds_a_dot_and_one_on_the_dot_takes_it_away(hand: Hand) -> None:
    at = hand.wire("relu", "flatten")
    hand.double_click(at)
    (point,) = ways(hand)[FLAT]
    assert point[0] % 8 == point[1] % 8 == 0
    assert hand.steps == 1
    assert len(hand.canvas.scene.dots.selected) == 1
    hand.double_click(hand.at(*point))
    assert ways(hand) == {}
    assert hand.steps == 2
    assert hand.canvas.scene.dots.items == {}


def test_shift_and_the_right_button_draw_a_wire_away(hand: Hand) -> None:
    start = hand.wire("relu", "flatten")
    hand.drag(start, start + QPoint(0, 100), SHIFT, RIGHT, let_go=False)
    item = hand.canvas.scene.wires.items[FLAT, 0]
    assert item.box()[3] > 80
    assert ways(hand) == {}
    hand.release(start + QPoint(0, 100), SHIFT, RIGHT)
    assert len(ways(hand)[FLAT]) == 1
    assert hand.steps == 1


def test_escape_while_a_wire_is_drawn_away_leaves_it(hand: Hand) -> None:
    start = hand.wire("relu", "flatten")
    hand.drag(start, start + QPoint(0, 100), SHIFT, RIGHT, let_go=False)
    hand.key(Qt.Key.Key_Escape)
    hand.release(start + QPoint(0, 100), SHIFT, RIGHT)
    assert hand.steps == 0
    assert hand.canvas.scene.wires.items[FLAT, 0].box()[3] < 8


def test_a_wire_runs_through_its_dots_and_is_hit_there(led: Hand) -> None:
    item = led.canvas.scene.wires.items[FLAT, 0]
    for x, y in ways(led)[FLAT]:
        assert item.distance(QPointF(x, y)) < 1
    assert item.distance(QPointF(*item.way.middle)) < 2
    assert item.label.text


def test_a_dot_is_dragged_on_the_grid(led: Hand) -> None:
    led.drag(led.at(736, -64), led.at(751, -107))
    assert ways(led)[FLAT] == ((752.0, -104.0), (800.0, 96.0))
    assert led.steps == 1
    led.canvas.undo()
    assert ways(led)[FLAT] == ((736.0, -64.0), (800.0, 96.0))
    item = led.canvas.scene.wires.items[FLAT, 0]
    assert item.distance(QPointF(736, -64)) < 1


def test_a_dot_put_back_is_no_step_and_escape_takes_it_back(led: Hand) -> None:
    led.drag(led.at(736, -64), led.at(736, -64) + QPoint(0, 0))
    led.drag(led.at(736, -64), led.at(800, -200), let_go=False)
    assert led.canvas.scene.wires.items[FLAT, 0].distance(QPointF(800, -200)) < 1
    led.key(Qt.Key.Key_Escape)
    led.release(led.at(800, -200))
    assert led.steps == 0
    assert led.canvas.scene.wires.items[FLAT, 0].distance(QPointF(736, -64)) < 1


def test_delete_takes_the_picked_dot_away(led: Hand) -> None:
    led.click(led.at(736, -64))
    led.canvas.delete()
    assert ways(led)[FLAT] == ((800.0, 96.0),)
    assert FLAT in led.graph.edges


def test_picked_dots_move_with_the_selected_nodes(led: Hand) -> None:
    led.click(led.at(736, -64))
    led.click(led.node("loose"), SHIFT)
    assert len(led.canvas.scene.dots.selected) == 1
    led.drag(led.node("loose"), led.node("loose") + QPoint(16, 24))
    assert ways(led)[FLAT] == ((752.0, -40.0), (800.0, 96.0))
    assert led.design.place("main").layout["loose"] == (288.0, 264.0)
    assert led.steps == 1
    led.drag(led.at(752, -40), led.at(760, -40))
    assert led.design.place("main").layout["loose"] == (296.0, 264.0)


def test_dots_move_along_where_both_ends_of_their_wire_do(led: Hand) -> None:
    led.canvas.select(["relu", "flatten"])
    start = led.node("relu")
    led.drag(start, start + QPoint(0, 80), let_go=False)
    assert led.canvas.scene.wires.items[FLAT, 0].distance(QPointF(736, 16)) < 1
    led.release(start + QPoint(0, 80))
    assert ways(led)[FLAT] == ((736.0, 16.0), (800.0, 176.0))


def test_a_rectangle_picks_dots_too(led: Hand) -> None:
    led.drag(led.at(700, -120), led.at(770, -30))
    assert [dot.at for dot in led.canvas.scene.dots.selected] == [(736.0, -64.0)]
    led.click(led.at(700, -200))
    assert led.canvas.scene.dots.selected == ()


def test_wires_of_one_output_share_a_dot(make_hand: Callable[[Design], Hand]) -> None:
    a, b = wire("input", "conv"), wire("input", "add", "inputs")
    hand = make_hand(
        annotate.set_routes(residual(), "main", {a: ((216.0, 96.0),), b: ((216.0, 96.0), (600.0, 160.0))})
    )
    assert len(hand.canvas.scene.dots.items) == 2
    hand.drag(hand.at(216, 96), hand.at(224, 112))
    assert ways(hand) == {a: ((224.0, 112.0),), b: ((224.0, 112.0), (600.0, 160.0))}


def test_a_node_that_goes_into_a_wire_leaves_the_dots_on_their_side(led: Hand) -> None:
    item = led.canvas.scene.wires.items[FLAT, 0]
    x, y = item.way.middle
    led.drag(led.node("loose"), led.at(x, y))
    assert ways(led) == {wire("relu", "loose"): ((736.0, -64.0),), wire("loose", "flatten"): ((800.0, 96.0),)}


def test_the_end_of_a_wire_taken_elsewhere_keeps_its_dots(led: Hand) -> None:
    led.drag(led.port("flatten", "input", "input"), led.port("loose", "input", "input"))
    assert ways(led) == {wire("relu", "loose"): ((736.0, -64.0), (800.0, 96.0))}


def test_arranging_takes_the_dots_of_the_arranged_wires_and_says_so(led: Hand) -> None:
    led.canvas.arrange()
    assert ways(led) == {}
    assert led.said[-1] == ("info", "2 dots of wires were removed")


def test_copies_have_dots_of_their_own(led: Hand) -> None:
    led.canvas.select(["relu", "flatten"])
    led.canvas.duplicate()
    assert len(led.canvas.scene.dots.items) == 4


def test_dots_are_those_of_the_open_scope(make_hand: Callable[[Design], Hand]) -> None:
    edge = wire("x", "conv")
    hand = make_hand(annotate.set_routes(residual(), "block:Stage", {edge: ((224.0, 96.0),)}))
    assert hand.canvas.scene.dots.items == {}
    hand.canvas.open_scope("block:Stage")
    hand.canvas.view.set_zoom(1.0)
    hand.drag(hand.at(224, 96), hand.at(232, 112))
    assert ways(hand) == {edge: ((232.0, 112.0),)}
    QTest.qWait(0)
    hand.canvas.open_scope("main")
    assert hand.canvas.scene.dots.items == {}


def test_the_menu_of_a_wire_adds_a_dot_and_that_of_a_dot_removes_it(led: Hand) -> None:
    def choose(text: str, at: QPointF) -> None:
        view = led.at(at.x(), at.y())
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, view, led.viewport.mapToGlobal(view))
        QApplication.sendEvent(led.viewport, event)
        menu = led.canvas.findChild(QMenu, "canvas_menu")
        next(action for action in menu.actions() if action.text() == text).trigger()
        menu.close()
        QApplication.processEvents()

    choose("Remove This Dot", QPointF(736, -64))
    assert ways(led)[FLAT] == ((800.0, 96.0),)
    x, y = led.canvas.scene.wires.items[HEAD, 0].way.middle
    choose("Add a Dot Here", QPointF(x, y))
    assert len(ways(led)[HEAD]) == 1
