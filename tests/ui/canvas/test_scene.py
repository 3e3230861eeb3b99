"""Items follow the design and nothing else is touched."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView

from netdesigner.checks import check
from netdesigner.document import Design, edit
from netdesigner.errors import NetDesignerError
from netdesigner.parts import Catalog
from netdesigner.session.gallery import open_template
from netdesigner.ui.canvas.node_item import NodeItem
from netdesigner.ui.canvas.scene import CanvasScene
from netdesigner.ui.canvas.wire_label import halves
from netdesigner.ui.theme import DARK, LIGHT
from tests.ui.hand import chain, residual, wire


class Stand:
    """A scene that is shown one state after the other."""

    def __init__(self, catalog: Catalog, design: Design) -> None:
        self.catalog = catalog
        self.design = design
        self.report = check(design, catalog)
        self.scene = CanvasScene(catalog, LIGHT)
        self.scene.show_scope(design, self.report, "main")

    def show(self, design: Design) -> None:
        self.report = check(design, self.catalog, previous=self.report)
        self.design = design
        self.scene.show_scope(design, self.report, self.scene.scope)

    def way(self, source: str, target: str):
        return next(
            item
            for key, item in self.scene.wires.items.items()
            if (key[0].source, key[0].target) == (source, target)
        )


@pytest.fixture
def stand(qapp: object, catalog: Catalog) -> Stand:
    return Stand(catalog, chain())


def test_there_is_one_item_a_node_and_one_a_wire(stand: Stand) -> None:
    assert len(stand.scene.items()) == 8 + 5
    assert stand.scene.itemIndexMethod() == QGraphicsScene.ItemIndexMethod.NoIndex


def test_only_the_cards_that_differ_are_made_anew(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    set_card = NodeItem.set_card
    monkeypatch.setattr(
        NodeItem, "set_card", lambda item, card: asked.append(card.name) or set_card(item, card)
    )
    stand.show(edit.set_params(stand.design, "main", "head", {"bias": False}))
    assert asked == ["head"]
    asked.clear()
    stand.show(edit.move_nodes(stand.design, "main", {"head": (0.0, 400.0)}))
    assert asked == []


def test_items_of_what_stays_are_the_same_objects(stand: Stand) -> None:
    before = dict(stand.scene.nodes)
    stand.show(edit.remove_nodes(stand.design, "main", ["relu"], reconnect=True))
    assert all(stand.scene.nodes[key] is before[key] for key in stand.scene.nodes)
    assert "relu" not in stand.scene.nodes
    assert len(stand.scene.items()) == 7 + 4


def test_undoing_everything_leaves_the_same_items_as_before(stand: Stand) -> None:
    first = stand.design
    stand.show(edit.remove_nodes(first, "main", tuple(first.graph("main").nodes)))
    assert stand.scene.items() == []
    stand.show(first)
    assert len(stand.scene.items()) == 8 + 5


def test_wires_carry_what_flows_through_them(stand: Stand) -> None:
    assert stand.way("conv", "relu").label.text == "N×4×8×8"
    stand.show(edit.set_params(stand.design, "main", "conv", {"out_channels": 8}))
    assert stand.way("conv", "relu").label.text == "N×8×8×8"
    assert stand.way("relu", "flatten").label.text == "N×8×8×8"


def test_a_wire_that_brings_what_cannot_be_taken_is_bad_until_it_can(stand: Stand) -> None:
    good = stand.design
    stand.show(edit.connect(good, "main", wire("relu", "norm")))
    assert stand.way("relu", "norm").state == "error"
    assert stand.way("conv", "relu").state == ""
    stand.show(edit.connect(good, "main", wire("flatten", "norm")))
    assert stand.way("flatten", "norm").state == ""


def test_labels_do_not_stand_on_nodes(stand: Stand) -> None:
    assert stand.way("conv", "relu").label.free
    stand.show(edit.move_nodes(stand.design, "main", {"relu": (464.0, 0.0)}))
    assert not stand.way("conv", "relu").label.free


def test_room_for_labels_is_looked_for_when_they_are_first_seen(stand: Stand) -> None:
    view = QGraphicsView(stand.scene)
    view.resize(400, 300)
    view.centerOn(stand.scene.nodes["input"])
    items = stand.scene.wires.items.values()
    assert all(item.known_label is None for item in items)
    view.grab()
    seen = [item for item in items if item.known_label is not None]
    assert stand.way("input", "conv") in seen
    assert 0 < len(seen) < len(items)


def test_a_skip_connection_runs_around_the_nodes_in_between(qapp: object, catalog: Catalog) -> None:
    stand = Stand(catalog, residual())
    skip = stand.way("input", "add")
    assert len(skip.way.curves) == 3
    stand.show(edit.move_nodes(stand.design, "main", {"conv": (272.0, 400.0), "relu": (544.0, 400.0)}))
    assert len(stand.way("input", "add").way.curves) == 1


def test_a_wire_runs_straight_again_once_the_node_in_its_way_was_dragged_off(
    qapp: object, catalog: Catalog
) -> None:
    stand = Stand(catalog, residual())
    away = {"conv": (272.0, 400.0), "relu": (544.0, 400.0)}
    stand.scene.preview(away)
    assert len(stand.way("input", "add").way.curves) == 3
    stand.show(edit.move_nodes(stand.design, "main", away))
    assert len(stand.way("input", "add").way.curves) == 1


def test_wires_into_one_port_end_in_their_order(qapp: object, catalog: Catalog) -> None:
    stand = Stand(catalog, residual())
    first, second = stand.way("relu", "add"), stand.way("input", "add")
    assert second.way.curves[-1][2][1] - first.way.curves[-1][2][1] == 8
    stand.show(edit.disconnect(stand.design, "main", [wire("relu", "add", "inputs")]))
    assert stand.way("input", "add").slot == (0, 1)


def test_the_selected_nodes_wires_stand_out(stand: Stand) -> None:
    stand.scene.select(["relu"])
    assert stand.way("conv", "relu").state == "active"
    assert stand.way("relu", "flatten").state == "active"
    assert stand.way("input", "conv").state == ""
    stand.scene.select([])
    assert stand.way("conv", "relu").state == ""


def test_the_selection_outlives_edits_but_not_its_nodes(stand: Stand) -> None:
    stand.scene.select(["conv", "relu"])
    stand.show(edit.set_params(stand.design, "main", "conv", {"bias": False}))
    assert stand.scene.selection == ("conv", "relu")
    stand.show(edit.remove_nodes(stand.design, "main", ["conv"]))
    assert stand.scene.selection == ("relu",)
    assert stand.scene.nodes["relu"].selected


def test_a_renamed_node_stays_selected(stand: Stand) -> None:
    stand.scene.select(["conv"])
    stand.show(edit.rename_node(stand.design, "main", "conv", "stem"))
    assert stand.scene.selection == ("stem",)
    assert stand.scene.nodes["stem"].selected


def test_another_scope_replaces_all_items(qapp: object, catalog: Catalog) -> None:
    stand = Stand(catalog, residual())
    stand.scene.select(["add"])
    stand.scene.show_scope(stand.design, stand.report, "block:Stage")
    assert set(stand.scene.nodes) == {"x", "conv", "y"}
    assert len(stand.scene.items()) == 3 + 2
    assert stand.scene.selection == ()


def test_nodes_that_were_never_placed_are_drawn_arranged(qapp: object, catalog: Catalog) -> None:
    design = chain()
    design = edit.move_nodes(design, "main", dict.fromkeys(design.graph("main").nodes, (0.0, 0.0)))
    stand = Stand(catalog, design)
    assert stand.scene.unplaced
    assert len(set(stand.scene.positions().values())) == 8


def test_another_theme_reaches_every_item(stand: Stand) -> None:
    pen = stand.way("conv", "relu").pen().color()
    stand.scene.set_theme(DARK)
    assert stand.way("conv", "relu").pen().color() != pen


def test_health_has_a_place_of_its_own(stand: Stand) -> None:
    item = stand.scene.nodes["relu"]
    before = item.boundingRect()
    stand.scene.set_health({"relu": "half of it never fires"})
    assert item.boundingRect().height() > before.height()
    stand.scene.set_health({})
    assert item.boundingRect() == before


# ------------------------------------------------------------------------------------------- against a fresh scene


def pictured(scene: CanvasScene) -> tuple[object, object]:
    """All that a scene shows."""
    nodes = {
        node_id: (item.card, item.metrics, item.pos().toTuple()) for node_id, item in scene.nodes.items()
    }
    wires = {
        key: (item.slot, item.label, item.bad, item.way, item.pen().color().name())
        for key, item in scene.wires.items.items()
    }
    return nodes, wires


def some_edit(design: Design, choice: tuple[int, int, int]) -> Design:
    """One of many edits, picked by three numbers; the same design where it does not fit."""
    what, a, b = choice
    graph = design.graph("main")
    ids = [*graph.nodes]
    first, second = ids[a % len(ids)], ids[b % len(ids)]
    edits = {
        0: lambda: edit.move_nodes(design, "main", {first: (8.0 * b, 8.0 * a)}),
        1: lambda: (
            edit.remove_nodes(design, "main", [first], reconnect=bool(b % 2)) if len(ids) > 1 else design
        ),
        2: lambda: edit.connect(
            design, "main", wire(first, second, "inputs" if second == "add" else "input")
        ),
        3: lambda: edit.connect(design, "main", wire(first, "add", "inputs"), replacing=False),
        4: lambda: edit.disconnect(design, "main", [graph.edges[b % len(graph.edges)]]),
        5: lambda: edit.rename_node(design, "main", first, f"renamed_{a}_{b}"),
        6: lambda: edit.set_params(design, "main", first, {"out_channels": b - 2}),
        7: lambda: edit.add_node(design, "main", ("ReLU", "Mystery", "LSTM")[b % 3], (8.0 * a, 8.0 * b))[0],
        8: lambda: edit.set_repeat(design, "main", first, 1 + b % 3),
        9: lambda: edit.set_block(design, "Stage", replace(design.blocks["Stage"], params={"width": b})),
    }
    try:
        return edits[what]()
    except (NetDesignerError, ZeroDivisionError):
        return design


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40), st.integers(0, 40)), max_size=12))
def test_after_any_edits_a_scene_shows_what_a_fresh_one_would(
    qapp: object, catalog: Catalog, choices: list[tuple[int, int, int]]
) -> None:
    stand = Stand(catalog, residual())
    designs = [stand.design]
    for choice in choices:
        stand.show(some_edit(stand.design, choice))
        designs.append(stand.design)
    for design in [stand.design, *designs[::-2]]:
        stand.show(design)
        fresh = CanvasScene(catalog, LIGHT)
        fresh.show_scope(design, check(design, catalog), "main")
        assert pictured(stand.scene) == pictured(fresh)
        assert len(stand.scene.items()) == len(fresh.items())


def test_a_long_shape_finds_room_on_a_short_wire_in_small_letters_or_two_lines(
    qapp: object, catalog: Catalog
) -> None:
    design = edit.set_params(chain(), "main", "input", {"shape": (1024, 128, 128)})
    design = edit.set_params(design, "main", "conv", {"out_channels": 2048, "padding": 1})
    design = edit.move_nodes(design, "main", {"conv": (240.0, 0.0)})
    stand = Stand(catalog, design)
    long, short = stand.way("conv", "relu"), stand.way("input", "conv")
    assert (long.label.text, long.label.free, long.label.form.halved) == ("N×2048×128×128", True, False)
    assert (short.label.text, short.label.free, short.label.form.halved) == ("N×1024×128×128", True, True)
    assert halves(short.label.text) == ("N×1024×", "128×128")
    bodies = [item.body() for item in stand.scene.nodes.values()]
    assert not any(body.intersects(item.label.box) for body in bodies for item in (long, short))


@pytest.mark.parametrize("name", ["resnet18", "unet", "vgg16", "gpt2-small", "deeplab"])
def test_every_wire_of_a_design_of_the_gallery_says_its_shape(
    qapp: object, catalog: Catalog, name: str
) -> None:
    stand = Stand(catalog, open_template(name))
    assert [
        key for key, item in stand.scene.wires.items.items() if not (item.label.text and item.label.free)
    ] == []
