"""Blocks as definitions: names, copies, parameters, and which block stands in which."""

from __future__ import annotations

import pytest

from netdesigner.document import Block, Design, Graph, Node, edit
from netdesigner.document.blocks import (
    instances,
    make_unique,
    refuse_recursion,
    remove_block,
    rename_block,
    set_block_params,
    unused_blocks,
)
from netdesigner.errors import EditError


def design() -> Design:
    """Two uses of a Stage in a network and one in an Outer, which nothing uses."""
    stage = Block(
        Graph({"i": Node("Input"), "conv": Node("Conv2d", {"out_channels": "4*width"}), "o": Node("Output")}),
        params={"width": 4, "spare": 1},
    )
    found = edit.set_block(Design(), "Stage", stage)
    found = edit.set_block(found, "Outer", Block(Graph({"inner": Node("block:Stage", {"width": 2})})))
    for name in ("first", "second"):
        found, _ = edit.add_node(found, "main", "block:Stage", node_id=name, params={"width": 8, "spare": 3})
    return found


def test_uses_are_found_everywhere() -> None:
    assert instances(design(), "Stage") == (("main", "first"), ("main", "second"), ("block:Outer", "inner"))
    assert unused_blocks(design()) == ("Outer",)


def test_a_unique_copy_leaves_the_others_alone() -> None:
    made, name = make_unique(design(), "main", "second")
    assert name == "Stage_2"
    assert made.graph("main").nodes["second"].kind == "block:Stage_2"
    assert made.graph("main").nodes["first"].kind == "block:Stage"
    changed = edit.set_params(made, "block:Stage_2", "conv", {"out_channels": 1})
    assert changed.blocks["Stage"] == design().blocks["Stage"]


def test_the_only_use_is_its_own_already() -> None:
    found, _ = edit.add_node(design(), "main", "block:Outer", node_id="outer")
    with pytest.raises(EditError, match="'outer' is the only use of block 'Outer'"):
        make_unique(found, "main", "outer")
    with pytest.raises(EditError, match="is no block"):
        make_unique(edit.add_node(found, "main", "ReLU", node_id="relu")[0], "main", "relu")


def test_instances_follow_another_name_of_their_block() -> None:
    renamed = rename_block(design(), "Stage", "Level")
    assert list(renamed.blocks) == ["Level", "Outer"]
    assert instances(renamed, "Level") == instances(design(), "Stage")
    assert renamed.blocks["Level"] is not None
    assert rename_block(renamed, "Level", "Stage") == design()
    for name, told in (("Outer", "a block 'Outer' already"), ("for", "Python keeps")):
        with pytest.raises(EditError, match=told):
            rename_block(design(), "Stage", name)


def test_only_what_nothing_uses_is_removed() -> None:
    with pytest.raises(EditError, match="used by 'first' in main, 'second' in main, 'inner' in Outer"):
        remove_block(design(), "Stage")
    assert list(remove_block(design(), "Outer").blocks) == ["Stage"]


def test_a_block_in_itself_is_refused_through_others_too() -> None:
    with pytest.raises(EditError, match="'Stage' cannot contain itself"):
        refuse_recursion(design(), "block:Stage", [Node("block:Outer")])
    refuse_recursion(design(), "block:Outer", [Node("block:Stage")])


def test_expressions_and_settings_follow_another_name_of_a_parameter() -> None:
    renamed = set_block_params(design(), "Stage", {"channels": 4, "spare": 1})
    assert renamed.blocks["Stage"].graph.nodes["conv"].params == {"out_channels": "4*channels"}
    assert renamed.graph("main").nodes["first"].params == {"channels": 8, "spare": 3}
    assert renamed.graph("block:Outer").nodes["inner"].params == {"channels": 2}
    assert set_block_params(renamed, "Stage", {"width": 4, "spare": 1}) == design()


def test_a_name_that_means_something_else_inside_is_refused() -> None:
    found = edit.set_params(design(), "block:Stage", "conv", {"groups": "depth"})
    with pytest.raises(EditError, match="'depth' is used inside block 'Stage'"):
        set_block_params(found, "Stage", {"depth": 4, "spare": 1})


def test_a_parameter_that_is_used_stays_and_an_unused_one_goes_everywhere() -> None:
    with pytest.raises(EditError, match="'width' of block 'Stage' is used by 'conv'"):
        set_block_params(design(), "Stage", {"spare": 1})
    without = set_block_params(design(), "Stage", {"width": 4})
    assert without.graph("main").nodes["first"].params == {"width": 8}


def test_a_parameter_is_added_and_its_default_changed() -> None:
    added = set_block_params(design(), "Stage", {"width": 5, "spare": 1, "depth": 2})
    assert added.blocks["Stage"].params == {"width": 5, "spare": 1, "depth": 2}
    assert added.graph("main") is not None
    with pytest.raises(EditError, match="'2x' cannot name a parameter"):
        set_block_params(design(), "Stage", {"width": 5, "spare": 1, "2x": 2})
