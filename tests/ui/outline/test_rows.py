"""What the outline lists, and what each row is said to cost."""

from __future__ import annotations

from itertools import pairwise

import pytest

from netdesigner.checks import summary
from netdesigner.document import Design, edit
from netdesigner.parts import Catalog
from netdesigner.session import Session
from netdesigner.session.gallery import open_template
from netdesigner.ui.outline.rows import MEASURES, Listing, Row
from tests.ui.hand import chain, residual


def listed(design: Design, catalog: Catalog, **choice: object) -> Listing:
    session = Session(catalog)
    session.new(design)
    return Listing(session.state, catalog, **choice)  # type: ignore[arg-type]


def inside(listing: Listing, *way: str) -> list[Row]:
    row = None
    for name in way:
        row = listing.new_row(row, name)
    return [listing.new_row(row, name) for name in listing.names(row)]


def test_networks_hold_their_nodes_in_the_order_of_the_flow_and_blocks_theirs(catalog: Catalog) -> None:
    listing = listed(residual(), catalog)
    assert listing.names(None) == ["main"]
    rows = inside(listing, "main")
    assert [row.node_id for row in rows] == ["input", "conv", "relu", "add", "stage", "output"]
    assert [listing.has_more(row) for row in rows] == [False, False, False, False, True, False]
    assert [row.facts.name for row in inside(listing, "main", "stage")] == ["x", "conv", "y"]


def test_a_row_says_kind_shape_and_repeats(catalog: Catalog) -> None:
    stage = inside(listed(residual(), catalog), "main")[4].facts
    assert (stage.kind, stage.category, stage.repeat, stage.shape) == (
        "Stage",
        "Block",
        "×3",
        "N × 4 × 8 × 8",
    )


@pytest.mark.parametrize("name", ["resnet18", "unet", "gpt2-small", "moe-transformer"])
@pytest.mark.parametrize("measure", MEASURES)
def test_what_is_inside_adds_up_to_what_is_around_it_and_to_the_summary(
    catalog: Catalog, name: str, measure: str
) -> None:
    session = Session(catalog)
    session.new(open_template(name))
    listing = Listing(session.state, catalog, measure)
    whole = summary(session.design, session.report)
    waiting = [listing.new_row(None, name) for name in listing.names(None)]
    total = sum(map(listing.amount, waiting))
    assert total == listing.total == whole["parameters" if measure == "Parameters" else "macs"] > 0
    while waiting:
        row = waiting.pop()
        rows = [listing.new_row(row, name) for name in listing.names(row)]
        if rows:
            assert sum(map(listing.amount, rows)) == listing.amount(row)
        waiting += rows


def test_a_node_in_a_block_counts_all_repetitions(catalog: Catalog) -> None:
    rows = inside(listed(residual(), catalog), "main", "stage")
    once = 4 * 4 * 9 + 4
    assert rows[1].facts.cost.parameters == 3 * once


def test_the_largest_come_first_where_that_is_wanted(catalog: Catalog) -> None:
    listing = listed(chain(), catalog, measure="Multiply-adds", largest_first=True)
    amounts = [listing.amount(row) for row in inside(listing, "main")]
    assert all(a >= b for a, b in pairwise(amounts))
    assert amounts[0] > 0


def test_a_search_finds_names_and_kinds_and_blocks_that_hold_them(catalog: Catalog) -> None:
    by_kind = listed(residual(), catalog, wanted="CONV2")
    assert [row.node_id for row in inside(by_kind, "main")] == ["conv", "stage"]
    assert [row.node_id for row in inside(by_kind, "main", "stage")] == ["conv"]
    assert listed(residual(), catalog, wanted="nowhere").names(inside(by_kind, "main")[0].parent) == []


def test_problems_are_counted_at_their_row(catalog: Catalog) -> None:
    wrong = edit.set_params(residual(), "main", "conv", {"out_channels": 8})
    rows = {row.node_id: row.facts for row in inside(listed(wrong, catalog), "main")}
    assert (rows["add"].severity, rows["add"].problems) == ("error", 1)
    assert rows["conv"].severity == ""


def test_a_block_that_holds_itself_does_not_open_for_ever(catalog: Catalog) -> None:
    design, inner = edit.add_node(residual(), "block:Stage", "block:Stage", (0.0, 400.0))
    listing = listed(design, catalog)
    row = next(row for row in inside(listing, "main", "stage") if row.node_id == inner)
    assert not listing.has_more(row)
    assert listing.names(row) == []
