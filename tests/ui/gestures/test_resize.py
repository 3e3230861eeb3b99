"""Moving and resizing frames and notes with the pointer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt

from netdesigner.document import Design
from netdesigner.document.annotate import add_mark
from netdesigner.document.design import Frame, Note
from tests.ui.canvas.test_marks import _FRAME, framed, marks, note, title
from tests.ui.hand import Hand

_ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def hand(make_hand: Callable[[Design], Hand]) -> Hand:
    return make_hand(framed())


def test_a_frame_takes_along_what_lies_wholly_in_it_in_one_step(hand: Hand) -> None:
    before = dict(hand.design.place("main").layout)
    hand.drag(title(hand), title(hand) + QPoint(0, 304))
    layout = hand.design.place("main").layout
    assert layout["conv"] == (272.0, 304.0)
    assert layout["relu"] == (544.0, 304.0)
    assert layout["flatten"] == before["flatten"]
    assert marks(hand)["frame_1"].at == (248.0, 248.0)
    assert hand.steps == 1
    hand.canvas.undo()
    assert hand.design.place("main").layout == before
    assert hand.canvas.scene.marks.items["frame_1"].body().top() == -56


def test_alt_moves_the_frame_alone(hand: Hand) -> None:
    hand.press(title(hand), _ALT)
    for at in (title(hand) + QPoint(10, 10), title(hand) + QPoint(0, 304)):
        hand.canvas.view.gesture.move(_held(hand, at, _ALT))
    hand.release(title(hand) + QPoint(0, 304), _ALT)
    assert hand.design.place("main").layout["conv"] == (272.0, 0.0)
    assert marks(hand)["frame_1"].at == (248.0, 248.0)


def _held(hand: Hand, at: QPoint, keys: Qt.KeyboardModifier):
    from netdesigner.ui.gestures.stage import Pointer

    return Pointer(hand.canvas.view.mapToScene(at), at, keys)


def test_a_frame_in_a_frame_and_the_notes_in_it_go_along(make_hand: Callable[[Design], Hand]) -> None:
    design, _ = add_mark(framed(), "main", Frame("outer", "", (-40.0, -160.0), (900.0, 360.0)))
    hand = make_hand(design)
    start = hand.at(600, -150)
    hand.drag(start, start + QPoint(0, 80))
    assert {key: mark.at[1] for key, mark in marks(hand).items()} == {
        "frame_1": 24.0,
        "frame_2": -80.0,
        "note_1": -40.0,
    }
    assert hand.design.place("main").layout["conv"] == (272.0, 80.0)
    assert hand.steps == 1


def test_escape_puts_a_frame_and_its_nodes_back(hand: Hand) -> None:
    design = hand.design
    hand.drag(title(hand), title(hand) + QPoint(0, 300), let_go=False)
    assert hand.canvas.scene.nodes["conv"].pos().y() > 200
    hand.key(Qt.Key.Key_Escape)
    hand.release(title(hand))
    assert hand.canvas.scene.nodes["conv"].pos().y() == 0
    assert hand.canvas.scene.marks.items["frame_1"].mark == _FRAME
    assert hand.design is design


@pytest.mark.parametrize(
    ("at", "way", "at_after", "size"),
    [
        ((744.0, 60.0), (56, 0), (248.0, -56.0), (552.0, 176.0)),
        ((248.0, 60.0), (-48, 0), (200.0, -56.0), (544.0, 176.0)),
        ((480.0, 120.0), (0, 40), (248.0, -56.0), (496.0, 216.0)),
        ((744.0, 120.0), (56, 40), (248.0, -56.0), (552.0, 216.0)),
        ((248.0, -56.0), (-48, -40), (200.0, -96.0), (544.0, 216.0)),
    ],
)
def test_edges_and_corners_resize_a_frame(hand: Hand, at, way, at_after, size) -> None:
    hand.drag(hand.at(*at), hand.at(*at) + QPoint(*way))
    assert (marks(hand)["frame_1"].at, marks(hand)["frame_1"].size) == (at_after, size)
    assert hand.design.place("main").layout["conv"] == (272.0, 0.0)
    assert hand.steps == 1


def test_a_frame_is_never_smaller_than_its_title(hand: Hand) -> None:
    hand.drag(hand.at(744, 120), hand.at(-200, -300))
    assert marks(hand)["frame_1"].size == (96.0, 32.0)


def test_a_note_is_moved_and_resized(hand: Hand) -> None:
    hand.drag(note(hand), note(hand) + QPoint(-104, -40))
    moved = marks(hand)["note_1"]
    assert moved == Note("why so", (-104.0, -160.0))
    corner = hand.at(moved.at[0] + moved.size[0], moved.at[1] + moved.size[1])
    hand.drag(corner, corner + QPoint(24, 16))
    assert marks(hand)["note_1"].size == (264.0, 112.0)


def test_escape_gives_a_frame_its_size_back(hand: Hand) -> None:
    hand.drag(hand.at(744, 120), hand.at(900, 300), let_go=False)
    assert hand.canvas.scene.marks.items["frame_1"].mark != _FRAME
    hand.key(Qt.Key.Key_Escape)
    hand.release(hand.at(900, 300))
    assert hand.canvas.scene.marks.items["frame_1"].mark == _FRAME
    assert hand.steps == 0


def test_the_pointer_says_which_way_an_edge_goes(hand: Hand) -> None:
    hand.move(hand.at(744, 120))
    assert hand.viewport.cursor().shape() == Qt.CursorShape.SizeFDiagCursor
    hand.move(hand.at(744, 60))
    assert hand.viewport.cursor().shape() == Qt.CursorShape.SizeHorCursor
    hand.move(hand.at(480, 70))
    assert hand.viewport.cursor().shape() == Qt.CursorShape.ArrowCursor
