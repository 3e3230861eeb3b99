"""The way into blocks and back."""

from __future__ import annotations

from netdesigner.document import Design, edit
from netdesigner.document.blocks import make_unique, rename_block
from netdesigner.ui.canvas.scopes import Sight, Way
from tests.ui.hand import residual


def test_the_way_leads_into_blocks_and_back() -> None:
    way = Way()
    way.begin(residual())
    way.to("block:Stage")
    assert way.scopes == ["main", "block:Stage"]
    assert way.back()
    assert way.here == "main"
    assert not way.back()


def test_a_scope_on_the_way_is_gone_back_to() -> None:
    way = Way(["main", "block:A", "block:B"])
    way.to("block:A")
    assert way.scopes == ["main", "block:A"]
    way.to("main")
    assert way.scopes == ["main"]


def test_another_network_begins_another_way() -> None:
    way = Way(["main", "block:A"])
    way.to("critic")
    assert way.scopes == ["critic"]


def test_what_is_gone_is_left() -> None:
    way = Way(["critic", "block:A"])
    way.keep_to(edit.add_network(Design(), "critic"))
    assert way.scopes == ["critic"]
    way.keep_to(Design())
    assert way.scopes == ["main"]


def test_a_renamed_block_and_what_was_seen_of_it_are_kept_to() -> None:
    way = Way()
    way.begin(residual())
    way.to("block:Stage", through="stage")
    way.sights["block:Stage"] = Sight(2.0, (1.0, 1.0))
    assert way.door == ("main", "stage")
    design = residual()
    assert way.follow(design, rename_block(design, "Stage", "Level"))
    assert way.here == "block:Level"
    assert way.door == ("main", "stage")
    assert way.sights == {"block:Level": Sight(2.0, (1.0, 1.0))}


def test_an_instance_is_kept_to_when_it_gets_a_block_of_its_own() -> None:
    design, _ = edit.add_node(residual(), "main", "block:Stage", node_id="other")
    way = Way()
    way.begin(design)
    way.to("block:Stage", through="other")
    unique, _ = make_unique(design, "main", "other")
    assert way.follow(design, unique)
    assert way.here == "block:Stage_2"
    assert way.follow(unique, design)
    assert way.here == "block:Stage"
    way.to("block:Stage_2")
    assert way.door is None
