"""Frames, notes and the ways of wires: edits that leave the graph the same object."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netdesigner.document import Block, Design, Edge, Graph, Node, annotate, edit
from netdesigner.document.design import Frame, Note
from netdesigner.errors import EditError

_WIRE = Edge("a", "output", "b", "input")


def _pair() -> Design:
    design, _ = edit.add_node(Design(), "main", "ReLU", node_id="a")
    design, _ = edit.add_node(design, "main", "ReLU", node_id="b")
    return edit.connect(design, "main", _WIRE)


def test_a_mark_is_added_changed_and_removed_and_the_graph_stays_the_same_object() -> None:
    before = _pair()
    design, frame_id = annotate.add_mark(before, "main", Frame("The stem"))
    design, note_id = annotate.add_mark(design, "main", Note("why"))
    assert (frame_id, note_id) == ("frame_1", "note_1")
    moved = replace(annotate.mark(design, "main", frame_id), at=(8.0, 8.0))
    design = annotate.set_marks(design, "main", {frame_id: moved})
    assert design.place("main").annotations.marks == {frame_id: moved, note_id: Note("why")}
    assert annotate.set_marks(design, "main", {frame_id: moved}) is design
    design = annotate.remove_marks(design, "main", [frame_id, note_id])
    assert design == before
    assert design.graph("main") is before.graph("main")


def test_a_mark_that_is_not_there_or_of_the_other_sort_is_refused() -> None:
    design, frame_id = annotate.add_mark(Design(), "main", Frame("x"))
    with pytest.raises(EditError, match="no frame or note 'note_1'"):
        annotate.remove_marks(design, "main", [frame_id, "note_1"])
    with pytest.raises(EditError, match="'frame_1' stays a frame"):
        annotate.set_marks(design, "main", {frame_id: Note("x")})


def test_a_wire_is_led_through_points_until_it_is_freed_or_goes() -> None:
    design = annotate.set_routes(_pair(), "main", {_WIRE: ((50.0, 80.0), (90.0, 80.0))})
    assert design.place("main").annotations.routes == {_WIRE: ((50.0, 80.0), (90.0, 80.0))}
    assert annotate.set_routes(design, "main", {_WIRE: ()}) == _pair()
    assert not edit.disconnect(design, "main", [_WIRE]).place("main").annotations.routes
    assert not edit.remove_nodes(design, "main", ["b"]).place("main").annotations.routes
    with pytest.raises(EditError, match="no wire from 'b' to 'a'"):
        annotate.set_routes(design, "main", {Edge("b", "output", "a", "input"): ((0.0, 0.0),)})


def test_a_wire_stays_where_it_was_led_when_its_ends_are_renamed() -> None:
    design = annotate.set_routes(_pair(), "main", {_WIRE: ((50.0, 80.0),)})
    design = edit.rename_node(design, "main", "a", "stem")
    assert list(design.place("main").annotations.routes) == [Edge("stem", "output", "b", "input")]


def test_a_wire_stays_where_it_was_led_when_the_port_of_its_block_is_renamed() -> None:
    block = Block(Graph({"x": Node("Input"), "y": Node("Output")}), {"x": (0.0, 0.0), "y": (0.0, 0.0)})
    design = edit.set_block(_pair(), "B", block)
    design, _ = edit.add_node(design, "main", "block:B", node_id="c")
    wire = Edge("b", "output", "c", "x")
    design = annotate.set_routes(edit.connect(design, "main", wire), "main", {wire: ((5.0, 5.0),)})
    design = edit.rename_node(design, "block:B", "x", "picture")
    assert list(design.place("main").annotations.routes) == [Edge("b", "output", "c", "picture")]
