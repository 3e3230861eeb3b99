"""Copy and paste as text, within a design and between designs."""

from __future__ import annotations

import pytest

from netdesigner.document import Block, Design, Edge, Graph, Node, annotate, edit, loads
from netdesigner.document.clipboard import copy, paste
from netdesigner.document.design import Frame, Note
from netdesigner.errors import DesignFileError, EditError


def _pair() -> Design:
    design, _ = edit.add_node(Design(), "main", "Linear", (10.0, 20.0), {"out_features": 8}, "first")
    design, _ = edit.add_node(design, "main", "ReLU", (200.0, 20.0), node_id="second")
    return edit.connect(design, "main", Edge("first", "output", "second", "input"))


def test_what_is_copied_is_a_small_design_file() -> None:
    assert list(loads(copy(_pair(), "main", ["first"])).graph("copied").nodes) == ["first"]


def test_pasting_keeps_wires_between_the_copied_nodes_and_gives_new_ids() -> None:
    design = _pair()
    pasted, ids = paste(design, "main", copy(design, "main", ["first", "second"]))
    assert ids == ("first_1", "second_1")
    assert Edge("first_1", "output", "second_1", "input") in pasted.graph("main").edges
    assert pasted.place("main").layout["first_1"] == (34.0, 44.0)


def test_pasting_into_another_design_keeps_free_ids_and_goes_where_asked() -> None:
    design, ids = paste(Design(), "main", copy(_pair(), "main", ["first", "second"]), at=(0.0, 0.0))
    assert ids == ("first", "second")
    assert design.place("main").layout == {"first": (0.0, 0.0), "second": (190.0, 0.0)}


def test_frames_notes_and_the_ways_of_wires_travel_with_what_they_belong_to() -> None:
    wire = Edge("first", "output", "second", "input")
    design = annotate.set_routes(_pair(), "main", {wire: ((100.0, 50.0),)})
    design, frame_id = annotate.add_mark(design, "main", Frame("A pair", "blue", (0.0, 0.0), (300.0, 100.0)))
    design, _ = annotate.add_mark(design, "main", Note("left behind"))
    text = copy(design, "main", ["first", "second"], [frame_id])
    pasted, ids = paste(design, "main", text, at=(1000.0, 0.0))
    assert ids == ("first_1", "second_1", "frame_2")
    found = pasted.place("main").annotations
    assert found.frames["frame_2"] == Frame("A pair", "blue", (1000.0, 0.0), (300.0, 100.0))
    assert found.routes[Edge("first_1", "output", "second_1", "input")] == ((1100.0, 50.0),)
    assert list(found.notes) == ["note_1"]


def test_a_note_alone_can_be_copied_and_one_that_is_not_there_is_named() -> None:
    design, note_id = annotate.add_mark(Design(), "main", Note("words", (5.0, 5.0)))
    pasted, ids = paste(Design(), "main", copy(design, "main", [], [note_id]))
    assert pasted.place("main").annotations.notes == {ids[0]: Note("words", (29.0, 29.0))}
    with pytest.raises(EditError, match="no frame or note 'note_9'"):
        copy(design, "main", [], ["note_9"])


def _with_block(doc: str) -> Design:
    inner = Block(
        Graph({"x": Node("Input"), "y": Node("Output")}), {"x": (0.0, 0.0), "y": (0.0, 0.0)}, doc=doc
    )
    outer = Block(Graph({"inner_1": Node("block:Inner")}), {"inner_1": (0.0, 0.0)})
    design = edit.set_block(edit.set_block(Design(), "Inner", inner), "Outer", outer)
    return edit.add_node(design, "main", "block:Outer", node_id="outer_1")[0]


def test_blocks_travel_with_their_instances() -> None:
    design, _ = paste(Design(), "main", copy(_with_block("a"), "main", ["outer_1"]))
    assert set(design.blocks) == {"Inner", "Outer"}


def test_the_same_block_is_not_doubled_and_another_of_its_name_comes_in_renamed() -> None:
    text = copy(_with_block("a"), "main", ["outer_1"])
    same, _ = paste(_with_block("a"), "main", text)
    assert set(same.blocks) == {"Inner", "Outer"}
    other, _ = paste(_with_block("b"), "main", text)
    assert other.blocks["Inner"].doc == "b"
    assert other.blocks["Inner_2"].doc == "a"
    used = {node.kind for node in other.graph("main").nodes.values()}
    inside = [node.kind for name in used for node in other.graph(name).nodes.values()]
    assert "block:Inner_2" in inside


def _with_variables() -> Design:
    block = Block(Graph({"conv": Node("Conv2d", {"out_channels": "size*depth"})}), {}, {"size": 3})
    design = edit.set_block(Design(), "Stage", block)
    design = edit.set_variables(design, {"width": 16, "depth": 2, "other": 5})
    design, _ = edit.add_node(design, "main", "Reshape", params={"shape": (-1, "width")}, node_id="fold")
    return edit.add_node(design, "main", "block:Stage", node_id="stage")[0]


def test_variables_that_the_copied_nodes_use_travel_along() -> None:
    design = _with_variables()
    assert paste(Design(), "main", copy(design, "main", ["fold"]))[0].variables == {"width": 16}
    assert paste(Design(), "main", copy(design, "main", ["stage"]))[0].variables == {"depth": 2}
    assert paste(Design(), "main", copy(design, "block:Stage", ["conv"]))[0].variables == {
        "depth": 2,
        "size": 3,
    }


def test_a_name_that_means_something_already_keeps_its_meaning() -> None:
    text = copy(_with_variables(), "main", ["fold"])
    assert paste(edit.set_variables(Design(), {"width": 4}), "main", text)[0].variables == {"width": 4}
    design = edit.set_block(Design(), "Other", Block(Graph(), {}, {"width": 8}))
    assert paste(design, "block:Other", text)[0].variables == {}


def test_a_block_cannot_be_pasted_into_itself() -> None:
    design = _with_block("a")
    text = copy(design, "main", ["outer_1"])
    with pytest.raises(EditError, match="cannot contain itself"):
        paste(design, "block:Inner", text)


def test_text_that_is_no_design_is_refused_and_nothing_changes() -> None:
    with pytest.raises(DesignFileError, match="the clipboard"):
        paste(_pair(), "main", "https://example.org")
    with pytest.raises(EditError, match="no nodes"):
        paste(_pair(), "main", copy(_pair(), "main", []))


def test_a_frozen_node_is_frozen_where_it_is_pasted() -> None:
    design = edit.set_frozen(_pair(), "main", ["first"], frozen=True)
    pasted, ids = paste(Design(), "main", copy(design, "main", ["first", "second"]))
    assert [pasted.graph("main").nodes[node_id].frozen for node_id in ids] == [True, False]


def test_weights_that_copied_nodes_share_are_shared_where_they_are_pasted() -> None:
    design, _ = edit.add_node(_pair(), "main", "Linear", node_id="third")
    design = edit.set_tied(design, "main", "third", "first")
    pasted, ids = paste(design, "main", copy(design, "main", ["first", "third"]))
    assert pasted.graph("main").nodes[ids[1]].tied == ids[0] != "first"
    alone, (only,) = paste(design, "main", copy(design, "main", ["third"]))
    assert alone.graph("main").nodes[only].tied == ""
