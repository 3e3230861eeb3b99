"""What lies in a frame, and where frames and notes go with arranged nodes."""

from __future__ import annotations

from netdesigner.document.design import Annotations, Frame, Note
from netdesigner.session.framing import box_of, carried, framed, held

_BOXES = {"a": (0.0, 0.0, 100.0, 50.0), "b": (200.0, 0.0, 100.0, 50.0), "far": (900.0, 0.0, 100.0, 50.0)}


def _frame() -> Frame:
    return Frame("stem", "", (-20.0, -60.0), (340.0, 140.0))


def test_only_what_lies_wholly_in_a_frame_is_held() -> None:
    assert held(_frame(), _BOXES) == ["a", "b"]
    assert held(_frame(), {"half": (300.0, 0.0, 100.0, 50.0)}) == []


def test_a_new_frame_holds_what_it_was_put_around() -> None:
    left, top, width, height = framed([_BOXES["a"], _BOXES["b"]])
    assert held(Frame("", "", (left, top), (width, height)), _BOXES) == ["a", "b"]


def test_a_frame_holds_after_an_arrangement_what_it_held_before_with_the_same_margins() -> None:
    after = {**_BOXES, "a": (400.0, 300.0, 100.0, 50.0), "b": (400.0, 500.0, 100.0, 50.0)}
    changed = carried(Annotations({"f": _frame()}), _BOXES, after)["f"]
    assert box_of(changed) == (380.0, 240.0, 140.0, 340.0)
    assert held(changed, after) == ["a", "b"]


def test_a_note_goes_with_the_node_it_stands_beside_and_an_empty_frame_stays() -> None:
    annotations = Annotations({"f": Frame("", "", (5000.0, 0.0))}, {"n": Note("why", (200.0, 60.0))})
    after = {**_BOXES, "b": (230.0, 100.0, 100.0, 50.0)}
    assert carried(annotations, _BOXES, after) == {"n": Note("why", (230.0, 160.0))}


def test_nothing_changes_where_no_node_moves() -> None:
    assert carried(Annotations({"f": _frame()}, {"n": Note("why")}), _BOXES, _BOXES) == {}
    assert carried(Annotations({}, {"n": Note("alone")}), {}, {}) == {}
