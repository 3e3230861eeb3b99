"""The user's library of blocks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netdesigner.document import Block, Design, Graph, Node, dumps, edit, load
from netdesigner.document.blocks import rename_block
from netdesigner.errors import EditError, FileError
from netdesigner.session.library import Library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "data" / "blocks")


def design(doc: str = "Two layers.") -> Design:
    inner = Block(Graph({"conv": Node("Conv2d", {"out_channels": "width"})}), {"conv": (8.0, 8.0)}, doc=doc)
    outer = Block(Graph({"inner": Node("block:Inner")}), {"inner": (0.0, 0.0)}, {"depth": 2}, "Around.")
    found = edit.set_block(
        edit.set_block(Design(variables={"width": 4, "other": 1}), "Inner", inner), "Outer", outer
    )
    return edit.set_block(found, "Unrelated", Block())


def test_nothing_is_read_or_made_before_somebody_asks(library: Library) -> None:
    assert library.blocks() == ()
    assert not library.folder.exists()


def test_a_block_is_kept_with_all_it_uses_as_a_design_that_opens(library: Library) -> None:
    path = library.keep(design(), "Outer")
    kept = load(path)
    assert list(kept.blocks) == ["Inner", "Outer"]
    assert kept.variables == {"width": 4}
    assert [node.kind for node in kept.graph("main").nodes.values()] == ["block:Outer"]
    assert [(entry.name, entry.block.doc) for entry in library.blocks()] == [("Outer", "Around.")]


def test_a_kept_block_is_used_in_another_design(library: Library) -> None:
    library.keep(design(), "Outer")
    used, kind = library.bring(Design(), "main", "library:Outer")
    assert kind == "block:Outer"
    assert used.blocks == {name: design().blocks[name] for name in ("Inner", "Outer")}
    assert used.variables == {"width": 4}


def test_the_same_definition_is_used_again_and_another_one_comes_in_renamed(library: Library) -> None:
    library.keep(design(), "Outer")
    same, kind = library.bring(design(), "main", "library:Outer")
    assert (same.blocks, kind) == (design().blocks, "block:Outer")
    other, kind = library.bring(design("Others."), "main", "library:Outer")
    assert kind == "block:Outer_2"
    assert other.blocks["Inner"].doc == "Others."
    assert other.blocks["Outer_2"].graph.nodes["inner"].kind == "block:Inner_2"
    assert other.variables == {"width": 4, "other": 1}


def test_keeping_again_replaces_and_what_would_be_replaced_can_be_asked(library: Library) -> None:
    assert not library.holds_other(design(), "Inner")
    library.keep(design(), "Inner")
    assert not library.holds_other(design(), "Inner")
    assert library.holds_other(design("Others."), "Inner")
    library.keep(design("Others."), "Inner")
    assert [entry.block.doc for entry in library.blocks()] == ["Others."]
    library.remove("Inner")
    assert library.blocks() == ()
    with pytest.raises(EditError, match="no block 'Inner' any more"):
        library.bring(Design(), "main", "library:Inner")


def test_a_file_put_there_by_hand_is_replaced_and_removed_where_it_is(library: Library) -> None:
    library.keep(design(), "Inner").rename(library.folder / "from a friend.netdesign")
    assert library.keep(design("Others."), "Inner").name == "from a friend.netdesign"
    assert [entry.block.doc for entry in library.blocks()] == ["Others."]
    library.remove("Inner")
    assert list(library.folder.iterdir()) == []


def test_names_that_differ_in_capitals_alone_are_one_file(library: Library) -> None:
    library.keep(design(), "Inner")
    library.keep(design(), "Inner")
    other = rename_block(design(), "Inner", "inner")
    assert library.holds_other(other, "inner")
    library.keep(other, "inner")
    assert [entry.name for entry in library.blocks()] == ["inner"]


def test_a_damaged_file_is_passed_over_with_a_sentence_and_stays(library: Library) -> None:
    library.keep(design(), "Inner")
    damaged = library.folder / "Broken.netdesign"
    damaged.write_text('{"format": 3, "networks": {', "utf-8")
    (library.folder / "Empty.netdesign").write_text(dumps(Design()), "utf-8")
    assert [entry.name for entry in library.blocks()] == ["Inner"]
    assert len(library.faults()) == 2
    assert "passed over" in library.faults()[0]
    assert "Broken.netdesign" in library.faults()[0]
    assert damaged.exists()


def test_a_file_is_read_again_only_when_it_changed(library: Library) -> None:
    path = library.keep(design(), "Inner")
    first = library.blocks()[0]
    assert library.blocks()[0] is first
    os.utime(path, ns=(1, 1))
    assert library.blocks()[0] is not first


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FileError, match="not saved"):
        Library(tmp_path / "file").keep(design(), "Inner")
    with pytest.raises(EditError, match="no block 'Gone'"):
        Library(tmp_path / "blocks").keep(design(), "Gone")
