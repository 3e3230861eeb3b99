"""What a node shows."""

from __future__ import annotations

from netdesigner.checks import check
from netdesigner.document import Block, Design, Edge, edit
from netdesigner.parts import Catalog
from netdesigner.ui.canvas.card import BLOCK, UNKNOWN, Card, CardMaker
from netdesigner.ui.canvas.metrics import metrics_of
from tests.ui.hand import chain, residual


def card(design: Design, catalog: Catalog, node_id: str, scope: str = "main") -> Card:
    return CardMaker(design, check(design, catalog), catalog, scope).card(node_id)


def test_a_layer_shows_its_kind_parameters_shape_and_cost(catalog: Catalog) -> None:
    conv = card(chain(), catalog, "conv")
    assert (conv.name, conv.kind, conv.category) == ("conv", "Conv2d", "Convolution")
    assert conv.params == "4 filters · 3×3"
    assert conv.shape == "N × 4 × 8 × 8"
    assert conv.cost == "40"
    assert conv.severity == ""
    assert [mark.wires for mark in conv.inputs] == [1]


def test_a_block_instance_has_the_ports_and_parameters_of_its_block(catalog: Catalog) -> None:
    stage = card(residual(), catalog, "stage")
    assert stage.look == BLOCK
    assert stage.repeat == "×3"
    assert [mark.name for mark in (*stage.inputs, *stage.outputs)] == ["x", "y"]
    assert stage.params == "width 4"


def test_an_unknown_kind_is_shown_broken_with_the_ports_its_wires_name(catalog: Catalog) -> None:
    design, _ = edit.add_node(chain(), "main", "Mystery", node_id="odd")
    design = edit.connect(design, "main", Edge("conv", "output", "odd", "left"))
    odd = card(design, catalog, "odd")
    assert odd.look == UNKNOWN
    assert odd.params == "unknown kind"
    assert [mark.name for mark in odd.inputs] == ["left"]
    assert odd.severity == "error"


def test_a_wire_to_a_port_that_is_not_there_shows_the_port_as_missing(catalog: Catalog) -> None:
    design = edit.connect(chain(), "main", Edge("conv", "output", "loose", "mask"))
    marks = card(design, catalog, "loose").inputs
    assert [(mark.name, mark.missing) for mark in marks] == [("input", False), ("mask", True)]


def test_a_frozen_node_is_marked(catalog: Catalog) -> None:
    frozen = card(edit.set_frozen(chain(), "main", ["conv"], frozen=True), catalog, "conv")
    assert frozen == card(chain(), catalog, "conv")._replace(frozen=True)


def test_the_worst_problem_counts(catalog: Catalog) -> None:
    design = edit.set_params(chain(), "main", "head", {"out_features": -1})
    assert card(design, catalog, "head").severity == "error"


def test_heights_are_whole_grid_steps_and_any_two_ports_can_be_level(catalog: Catalog) -> None:
    design = chain()
    for kind in catalog.layers:
        design, _ = edit.add_node(design, "main", kind)
    maker = CardMaker(design, check(design, catalog), catalog, "main")
    for node_id in design.graph("main").nodes:
        metrics = metrics_of(maker.card(node_id))
        assert metrics.height % 8 == 0
        assert all(height % 8 == 0 for height in (*metrics.inputs, *metrics.outputs))
        assert max((*metrics.inputs, *metrics.outputs), default=0) < metrics.height - 24


def test_wires_into_one_port_end_below_each_other(catalog: Catalog) -> None:
    metrics = metrics_of(card(residual(), catalog, "add"))
    ends = [metrics.wire_end(0, slot, 2) for slot in range(2)]
    assert ends == [24, 32]


def test_many_wires_into_one_port_stay_on_the_card(catalog: Catalog) -> None:
    design = residual()
    for _ in range(40):
        design = edit.connect(design, "main", Edge("conv", "output", "add", "inputs"), replacing=False)
    metrics = metrics_of(card(design, catalog, "add"))
    assert metrics.wire_end(0, 41, 42) < metrics.height


def test_an_output_that_need_not_be_read_leaves_the_card_as_it_is(catalog: Catalog) -> None:
    design, pool = edit.add_node(chain(), "main", "MaxPool2d")
    with_indices, plain = card(design, catalog, pool), card(design, catalog, "conv")
    assert [mark.name for mark in with_indices.outputs] == ["output", "indices"]
    assert metrics_of(with_indices).height == metrics_of(plain).height
    assert metrics_of(with_indices).outputs[0] == metrics_of(plain).outputs[0]


def test_a_block_says_what_it_makes_of_what_and_how_often(catalog: Catalog) -> None:
    design = edit.set_params(residual(), "main", "stage", {"width": 8})
    once = card(edit.set_repeat(design, "main", "stage", 1), catalog, "stage")
    assert (once.shape, once.repeat) == ("4×8×8 → 8×8×8", "")
    same = card(residual(), catalog, "stage")
    assert (same.shape, same.repeat) == ("N × 4 × 8 × 8", "×3")
    design = edit.set_variables(residual(), {"depth": 2})
    assert card(edit.set_repeat(design, "main", "stage", "6*depth"), catalog, "stage").repeat == "×12"
    assert card(edit.set_repeat(design, "main", "stage", "depth-1"), catalog, "stage").repeat == ""


def test_a_parameter_that_is_passed_on_is_named_once(catalog: Catalog) -> None:
    design = edit.set_block(residual(), "Outer", Block(params={"width": 4}))
    design, _ = edit.add_node(
        design, "block:Outer", "block:Stage", node_id="inner", params={"width": "width"}
    )
    assert card(design, catalog, "inner", "block:Outer").params == "width"


def test_an_input_of_a_block_claims_no_shape_of_its_own(catalog: Catalog) -> None:
    assert card(chain(), catalog, "input").params == "1×8×8 · float32"
    assert card(residual(), catalog, "x", "block:Stage").params == ""
