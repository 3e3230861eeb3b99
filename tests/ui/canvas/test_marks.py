"""Frames and notes on the canvas, by pointer, keys and names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from netdesigner.document import BLOCK_PREFIX, Design
from netdesigner.document.annotate import add_mark
from netdesigner.document.design import Frame, Note
from tests.ui.hand import Hand, chain, residual, wire

_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_FRAME = Frame("stem", "blue", (248.0, -56.0), (496.0, 176.0))
"""Around conv and relu."""


def framed(design: Design | None = None) -> Design:
    """A chain with a frame around two nodes and a note above the first."""
    marked, _ = add_mark(design or chain(), "main", _FRAME)
    return add_mark(marked, "main", Note("why so", (0.0, -120.0)))[0]


@pytest.fixture
def hand(make_hand: Callable[[Design], Hand]) -> Hand:
    return make_hand(framed())


def marks(hand: Hand):
    return hand.design.place(hand.canvas.scope).annotations.marks


def title(hand: Hand) -> QPoint:
    return hand.at(480, -40)


def note(hand: Hand) -> QPoint:
    return hand.at(100, -80)


def test_a_frame_is_taken_by_its_title_and_the_ground_in_it_stays_ground(hand: Hand) -> None:
    hand.click(title(hand))
    assert hand.canvas.scene.selected_marks == ("frame_1",)
    assert hand.canvas.scene.marks.items["frame_1"].selected
    hand.click(hand.at(480, 100))
    assert hand.canvas.scene.selected_marks == ()


def test_nodes_in_a_frame_are_picked_as_anywhere(hand: Hand) -> None:
    hand.click(hand.node("conv"))
    assert hand.canvas.selected() == ("conv",)
    hand.drag(hand.at(260, 110), hand.at(300, 60))
    assert hand.canvas.selected() == ("conv",)


def test_shift_adds_a_frame_to_the_selection_and_takes_it_out_again(hand: Hand) -> None:
    hand.click(hand.node("head"))
    hand.click(title(hand), _SHIFT)
    assert (hand.canvas.selected(), hand.canvas.scene.selected_marks) == (("head",), ("frame_1",))
    hand.click(title(hand), _SHIFT)
    assert (hand.canvas.selected(), hand.canvas.scene.selected_marks) == (("head",), ())


def test_a_rectangle_picks_notes_it_touches_and_frames_that_lie_in_it(hand: Hand) -> None:
    hand.drag(hand.at(-60, -160), hand.at(400, 160))
    assert hand.canvas.scene.selected_marks == ("note_1",)
    hand.drag(hand.at(-60, -160), hand.at(780, 160))
    assert hand.canvas.scene.selected_marks == ("frame_1", "note_1")
    hand.canvas.select([])
    hand.key(Qt.Key.Key_A, _CTRL)
    assert hand.canvas.scene.selected_marks == ("frame_1", "note_1")


def test_delete_takes_a_frame_and_leaves_what_lay_in_it(hand: Hand) -> None:
    hand.click(title(hand))
    hand.key(Qt.Key.Key_Delete)
    assert list(marks(hand)) == ["note_1"]
    assert "conv" in hand.graph.nodes
    assert hand.steps == 1
    hand.canvas.undo()
    assert marks(hand)["frame_1"] == _FRAME
    assert hand.canvas.scene.marks.items["frame_1"].mark == _FRAME


def test_nodes_and_frames_are_copied_together_and_the_copies_are_selected(hand: Hand) -> None:
    hand.canvas.scene.select(["conv", "relu"], (), ["frame_1"])
    hand.key(Qt.Key.Key_D, _CTRL)
    assert marks(hand)["frame_2"].at == (_FRAME.at[0] + 24, _FRAME.at[1] + 24)
    assert hand.canvas.scene.selected_marks == ("frame_2",)
    assert len(hand.canvas.selected()) == 2
    assert hand.steps == 1


def test_a_frame_alone_is_copied_and_cut_with_what_lies_in_it(hand: Hand) -> None:
    hand.click(title(hand))
    hand.key(Qt.Key.Key_D, _CTRL)
    assert {"conv_1", "relu_1"} <= hand.graph.nodes.keys()
    assert hand.canvas.scene.selected_marks == ("frame_2",)
    assert sorted(hand.canvas.selected()) == ["conv_1", "relu_1"]
    hand.canvas.undo()
    hand.click(title(hand))
    hand.key(Qt.Key.Key_X, _CTRL)
    assert not {"conv", "relu"} & hand.graph.nodes.keys()
    assert list(marks(hand)) == ["note_1"]
    hand.key(Qt.Key.Key_V, _CTRL)
    assert {"conv", "relu"} <= hand.graph.nodes.keys()


def test_a_note_alone_can_be_copied_and_pasted(hand: Hand) -> None:
    hand.click(note(hand))
    hand.key(Qt.Key.Key_C, _CTRL)
    hand.key(Qt.Key.Key_V, _CTRL)
    assert marks(hand)["note_2"].text == "why so"
    assert hand.canvas.scene.selected_marks == ("note_2",)


def test_f2_changes_a_title_in_place(hand: Hand) -> None:
    hand.click(title(hand))
    hand.key(Qt.Key.Key_F2)
    box = hand.canvas.ordering.box
    assert box.isVisible()
    QTest.keyClicks(box, "Head of it")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert marks(hand)["frame_1"].title == "Head of it"
    assert not box.isVisible()
    assert hand.steps == 1


def test_from_afar_a_title_is_taken_and_changed_where_it_stands_above_its_frame(hand: Hand) -> None:
    view = hand.canvas.view
    view.set_zoom(0.35)
    shown = hand.canvas.scene.marks.items["frame_1"].text_area(view.zoom)
    assert shown.bottom() == -56.0
    hand.double_click(view.mapFromScene(shown.center()))
    box = hand.canvas.ordering.box
    assert box.isVisible()
    assert view.viewport().mapTo(view, view.mapFromScene(shown.topLeft())) == box.pos()
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert hand.canvas.scene.selected_marks == ("frame_1",)


def test_a_double_click_changes_a_note_of_several_lines(hand: Hand) -> None:
    hand.double_click(note(hand))
    box = hand.canvas.ordering.box
    QTest.keyClicks(box, "one")
    QTest.keyClick(box, Qt.Key.Key_Return)
    QTest.keyClicks(box, "two")
    QTest.keyClick(box, Qt.Key.Key_Return, _CTRL)
    assert marks(hand)["note_1"].text == "one\ntwo"


def test_escape_leaves_the_words_as_they_were_and_a_click_elsewhere_takes_them(hand: Hand) -> None:
    hand.double_click(note(hand))
    box = hand.canvas.ordering.box
    QTest.keyClicks(box, "one")
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert hand.steps == 0
    hand.double_click(note(hand))
    QTest.keyClicks(box, "one")
    hand.canvas.view.setFocus(Qt.FocusReason.MouseFocusReason)
    assert marks(hand)["note_1"].text == "one"


def test_a_frame_goes_around_the_selection_and_asks_for_its_title_in_one_step(hand: Hand) -> None:
    hand.canvas.select(["flatten", "head"])
    hand.canvas.ordering.frame_selection()
    box = hand.canvas.ordering.box
    QTest.keyClicks(box, "classes")
    QTest.keyClick(box, Qt.Key.Key_Return)
    new = marks(hand)["frame_2"]
    assert new.title == "classes"
    item = hand.canvas.scene.marks.items["frame_2"]
    nodes = hand.canvas.scene.nodes
    assert all(item.body().contains(nodes[key].body()) for key in ("flatten", "head"))
    assert not item.body().intersects(nodes["relu"].body())
    assert hand.steps == 1
    hand.canvas.undo()
    assert "frame_2" not in marks(hand)


def test_a_new_note_that_is_given_up_was_never_there(hand: Hand) -> None:
    hand.canvas.ordering.add_note((800.0, 300.0))
    QTest.keyClicks(hand.canvas.ordering.box, "never m")
    QTest.keyClick(hand.canvas.ordering.box, Qt.Key.Key_Escape)
    assert list(marks(hand)) == ["frame_1", "note_1"]
    assert hand.steps == 0
    assert not hand.canvas.bridge.state.history.can_redo
    hand.canvas.ordering.add_note((800.0, 300.0))
    QTest.keyClicks(hand.canvas.ordering.box, "kept")
    QTest.keyClick(hand.canvas.ordering.box, Qt.Key.Key_Return, _CTRL)
    hand.canvas.ordering.edit_text("note_2")
    QTest.keyClick(hand.canvas.ordering.box, Qt.Key.Key_Escape)
    assert marks(hand)["note_2"].text == "kept"


def test_without_a_selection_a_frame_is_refused_in_words(hand: Hand) -> None:
    hand.canvas.ordering.frame_selection()
    assert hand.said == [("warning", "Select the nodes that the frame goes around first.")]
    assert hand.steps == 0


def test_the_menu_of_a_frame_has_its_colours_with_the_present_one_checked(hand: Hand) -> None:
    hand.click(title(hand))
    hand.key(Qt.Key.Key_Menu)
    menu = next(menu for menu in hand.canvas.findChildren(QMenu) if menu.title() == "Colour")
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Blue"]
    next(action for action in menu.actions() if action.text() == "Teal").trigger()
    assert marks(hand)["frame_1"].color == "teal"
    next(menu for menu in hand.canvas.findChildren(QMenu) if menu.objectName() == "canvas_menu").close()


def test_what_lies_in_a_frame_can_be_selected_at_once(hand: Hand) -> None:
    hand.canvas.ordering.select_held("frame_1")
    assert hand.canvas.selected() == ("conv", "relu")


def test_frames_and_notes_work_in_blocks_as_well(make_hand: Callable[[Design], Hand]) -> None:
    hand = make_hand(residual())
    hand.canvas.open_scope(BLOCK_PREFIX + "Stage")
    hand.canvas.select(["conv"])
    hand.canvas.ordering.frame_selection()
    QTest.keyClick(hand.canvas.ordering.box, Qt.Key.Key_Escape)
    assert list(marks(hand)) == ["frame_1"]
    hand.canvas.open_scope("main")
    assert hand.canvas.scene.marks.items == {}


def test_the_field_closes_with_the_network_it_belongs_to(make_hand: Callable[[Design], Hand]) -> None:
    hand = make_hand(framed(residual()))
    hand.canvas.ordering.edit_text("frame_1")
    QTest.keyClicks(hand.canvas.ordering.box, "elsewhere")
    hand.canvas.open_scope(BLOCK_PREFIX + "Stage")
    assert not hand.canvas.ordering.box.isVisible()
    assert hand.steps == 0


def test_what_gives_way_to_an_inserted_node_keeps_its_frame(hand: Hand) -> None:
    hand.canvas.select(["input"])
    hand.key(Qt.Key.Key_Tab)
    hand.search("identity")
    layout, frame = hand.design.place("main").layout, marks(hand)["frame_1"]
    assert layout["conv"] == (544.0, 0.0)
    assert frame.at[0] == layout["conv"][0] - 24.0
    assert marks(hand)["note_1"].at == (0.0, -120.0)
    hand.canvas.select(["conv"])
    hand.key(Qt.Key.Key_Tab)
    hand.search("identity")
    assert marks(hand)["frame_1"].at == frame.at
    assert marks(hand)["frame_1"].size[0] == frame.size[0] + 272.0


def test_an_edit_elsewhere_leaves_the_items_of_marks_untouched(hand: Hand) -> None:
    item = hand.canvas.scene.marks.items["frame_1"]
    hand.drag(hand.node("head"), hand.node("head") + QPoint(0, 160))
    assert hand.canvas.scene.marks.items["frame_1"] is item


def test_all_that_is_shown_counts_the_frames_and_notes(hand: Hand) -> None:
    assert hand.canvas.scene.bounds().top() == -120.0
    hand.click(title(hand))
    hand.canvas.fit_selection()
    sight = hand.canvas.view.mapToScene(hand.viewport.rect()).boundingRect()
    assert sight.contains(hand.canvas.scene.marks.bounds(["frame_1"]))


def test_a_picture_shows_titles_and_notes_as_text(hand: Hand, tmp_path: Path) -> None:
    from netdesigner.ui.canvas.picture import save_picture
    from netdesigner.ui.theme import LIGHT

    state = hand.canvas.bridge.state
    path = tmp_path / "network.svg"
    save_picture(state.design, state.report, hand.canvas.bridge.session.catalog, path, LIGHT)
    text = path.read_text("utf-8")
    assert ">stem<" in text
    assert "why so" in text


def test_a_wire_that_runs_through_a_title_leaves_its_words_readable(
    make_hand: Callable[[Design], Hand],
) -> None:
    frame = Frame("the body of it", "blue", (248.0, -40.0), (496.0, 176.0))
    hand = make_hand(add_mark(residual(), "main", frame)[0])
    canvas = hand.canvas
    skip = canvas.scene.wires.items[wire("input", "add", "inputs"), 0]
    assert skip.way.middle[1] == -16.0 - 8.0
    canvas.view.set_zoom(1.0)
    canvas.view.centerOn(400.0, 0.0)
    words = canvas.view.mapFromScene(QRectF(260.0, -36.0, 90.0, 24.0)).boundingRect()
    crossed = canvas.view.viewport().grab(words).toImage()
    on_words, beside = hand.at(280, -24), hand.at(600, -24)
    hand.click(beside)
    assert canvas.scene.selected_wires
    hand.click(on_words)
    assert canvas.scene.selected_marks == ("frame_1",)
    canvas.scene.select(())
    skip.setVisible(False)
    assert canvas.view.viewport().grab(words).toImage() == crossed
