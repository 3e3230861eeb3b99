"""Lining up and spacing what is selected, by keys and by name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest

from netdesigner.document import Design
from netdesigner.ui.main_window import MainWindow
from tests.ui.canvas.test_marks import framed
from tests.ui.hand import Hand, chain

_CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def wide(make_window: Callable[..., MainWindow]) -> MainWindow:
    """A window on a chain, its canvas with the keyboard."""
    window = make_window(chain())
    window.canvas.view.setFocus()
    return window


def _layout(window: MainWindow):
    return window.bridge.session.design.place("main").layout


def test_keys_line_up_what_is_selected_in_one_step(wide: MainWindow) -> None:
    wide.canvas.select(["conv", "relu", "norm"])
    QTest.keyClick(wide.canvas.view, Qt.Key.Key_Left, _CTRL_SHIFT)
    assert [_layout(wide)[key][0] for key in ("conv", "relu", "norm")] == [272.0] * 3
    assert _layout(wide)["norm"][1] == 240.0
    assert wide.bridge.state.history.undo_label == "align left"
    wide.canvas.undo()
    QTest.keyClick(wide.canvas.view, Qt.Key.Key_Up, _CTRL_SHIFT)
    assert [_layout(wide)[key][1] for key in ("conv", "relu", "norm")] == [0.0] * 3


def test_keys_make_gaps_equal(wide: MainWindow) -> None:
    wide.canvas.select(["input", "conv", "head"])
    QTest.keyClick(wide.canvas.view, Qt.Key.Key_H, Qt.KeyboardModifier.ShiftModifier)
    assert [_layout(wide)[key][0] for key in ("input", "conv", "head")] == [0.0, 544.0, 1088.0]


def test_a_key_frames_the_selection_and_typing_the_same_letter_in_its_title_writes_it(
    wide: MainWindow,
) -> None:
    wide.canvas.select(["conv"])
    QTest.keyClick(wide.canvas.view, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    box = wide.canvas.ordering.box
    QTest.keyClick(box, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(box, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(box, Qt.Key.Key_Return)
    frames = wide.bridge.session.design.place("main").annotations.frames
    assert [frame.title for frame in frames.values()] == ["fn"]
    assert wide.bridge.state.history.depth == 1


def test_a_key_adds_a_note(wide: MainWindow) -> None:
    QTest.keyClick(wide.canvas.view, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(wide.canvas.ordering.box, "look here")
    wide.canvas.view.setFocus(Qt.FocusReason.MouseFocusReason)
    notes = wide.bridge.session.design.place("main").annotations.notes
    assert [note.text for note in notes.values()] == ["look here"]
    assert wide.bridge.state.history.depth == 1


def test_a_note_that_a_key_adds_covers_no_node(wide: MainWindow) -> None:
    body = wide.canvas.scene.nodes["conv"].body()
    wide.canvas.view.centerOn(body.center())
    QTest.keyClick(wide.canvas.view, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    note = next(iter(wide.bridge.session.design.place("main").annotations.notes.values()))
    area = QRectF(*note.at, *note.size)
    assert not any(area.intersects(item.body()) for item in wide.canvas.scene.nodes.values())


def test_cut_and_copy_are_offered_for_a_note_alone(make_window: Callable[..., MainWindow]) -> None:
    window = make_window(framed())
    assert not window.actions_by_name["edit.cut"].isEnabled()
    window.canvas.scene.select((), (), ["note_1"])
    assert window.actions_by_name["edit.cut"].isEnabled()
    window.canvas.cut()
    assert list(window.bridge.session.design.place("main").annotations.marks) == ["frame_1"]


@pytest.mark.parametrize(("side", "place"), [("top", (544.0, -56.0)), ("right", (568.0, 240.0))])
def test_a_node_lines_up_with_a_frame(
    make_hand: Callable[[Design], Hand], side: str, place: tuple[float, float]
) -> None:
    hand = make_hand(framed())
    hand.canvas.scene.select(["norm"], (), ["frame_1"])
    hand.canvas.ordering.align(side)
    layout = hand.design.place("main").layout
    assert (layout["norm"], layout["conv"]) == (place, (272.0, 0.0))


def test_a_frame_lines_up_with_what_it_holds(make_hand: Callable[[Design], Hand]) -> None:
    hand = make_hand(framed())
    hand.canvas.scene.select(["input"], (), ["frame_1"])
    hand.canvas.ordering.align("left")
    place = hand.design.place("main")
    assert place.annotations.frames["frame_1"].at == (0.0, -56.0)
    assert (place.layout["conv"], place.layout["input"]) == ((24.0, 0.0), (0.0, 0.0))


def test_too_few_are_refused_in_words(make_hand: Callable[[Design], Hand]) -> None:
    hand = make_hand(chain())
    hand.canvas.select(["conv"])
    hand.canvas.ordering.align("left")
    hand.canvas.ordering.distribute(1)
    assert [text for _, text in hand.said] == [
        "Select two or more nodes, frames or notes first.",
        "Select three or more nodes, frames or notes first.",
    ]
    assert hand.steps == 0
