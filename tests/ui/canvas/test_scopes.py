"""The way into blocks and back."""

from __future__ import annotations

from netdesigner.document import Design, edit
from netdesigner.ui.canvas.scopes import Way
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
