"""Edits return new designs and leave the old one alone."""

from __future__ import annotations

import pytest

from netdesigner.document import (
    Block,
    Choice,
    Design,
    Edge,
    Graph,
    Node,
    Phase,
    Settings,
    edit,
    is_identifier,
)
from netdesigner.document.design import SECTIONS
from netdesigner.document.group import group
from netdesigner.errors import EditError


def _chain() -> Design:
    design = Design()
    for kind in ("Input", "Conv2d", "ReLU", "Output"):
        design, _ = edit.add_node(design, "main", kind)
    for source, target in (("input", "conv2d_1"), ("conv2d_1", "relu_1"), ("relu_1", "output")):
        design = edit.connect(design, "main", Edge(source, "output", target, "input"))
    return design


def _wires(design: Design) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in design.graph("main").edges]


def test_ids_are_readable_and_free() -> None:
    assert edit.fresh_id("Conv2d", {"conv2d_1", "conv2d_3"}) == "conv2d_2"
    assert edit.fresh_id("block:Residual", ()) == "residual_1"
    assert edit.fresh_id("Input", ()) == "input"
    assert edit.fresh_id("Input", {"input"}) == "input_1"
    assert is_identifier(edit.fresh_id("3D ½ thing!", ()))


@pytest.mark.parametrize("name", ["", "1a", "a b", "class", "a-b", "ä", "_x", "training", "a" * 65, "a\n"])
def test_names_that_python_or_torch_need_are_no_ids(name: str) -> None:
    assert not is_identifier(name)
    with pytest.raises(EditError):
        edit.rename_node(_chain(), "main", "relu_1", name)


def test_removing_a_node_takes_its_wires() -> None:
    design = edit.remove_nodes(_chain(), "main", ["conv2d_1"])
    assert _wires(design) == [("relu_1", "output")]
    assert "conv2d_1" not in design.place("main").layout


def test_removing_and_reconnecting_closes_the_gap() -> None:
    design = edit.remove_nodes(_chain(), "main", ["conv2d_1", "relu_1"], reconnect=True)
    assert _wires(design) == [("input", "output")]


def test_a_wire_to_a_taken_port_replaces_the_old_one() -> None:
    design = edit.connect(_chain(), "main", Edge("input", "output", "relu_1", "input"))
    assert _wires(design) == [("input", "conv2d_1"), ("relu_1", "output"), ("input", "relu_1")]


def test_the_same_wire_twice_is_refused_unless_the_port_takes_many() -> None:
    edge = Edge("input", "output", "conv2d_1", "input")
    with pytest.raises(EditError, match="joined by this wire already"):
        edit.connect(_chain(), "main", edge)
    assert _wires(edit.connect(_chain(), "main", edge, replacing=False)).count(("input", "conv2d_1")) == 2


def test_a_wire_can_take_a_place_in_the_order() -> None:
    design = edit.connect(_chain(), "main", Edge("input", "output", "output", "other"), index=0)
    assert _wires(design)[0] == ("input", "output")


def test_inserting_keeps_the_place_of_the_wire() -> None:
    design, node_id = edit.add_node(_chain(), "main", "Dropout")
    edge = design.graph("main").edges[1]
    design = edit.insert_on_edge(design, "main", edge, node_id)
    assert _wires(design) == [
        ("input", "conv2d_1"),
        ("conv2d_1", "dropout_1"),
        ("dropout_1", "relu_1"),
        ("relu_1", "output"),
    ]


def test_moving_leaves_the_graph_the_same_object() -> None:
    design = _chain()
    moved = edit.move_nodes(design, "main", {"relu_1": (8.0, 8.0)})
    assert moved.graph("main") is design.graph("main")
    assert design.place("main").layout["relu_1"] == (0.0, 0.0)
    assert edit.move_nodes(moved, "main", {"relu_1": (8.0, 8.0)}) is moved


def test_renaming_keeps_order_wires_and_place() -> None:
    design = edit.rename_node(_chain(), "main", "conv2d_1", "stem")
    assert list(design.graph("main").nodes) == ["input", "stem", "relu_1", "output"]
    assert _wires(design) == [("input", "stem"), ("stem", "relu_1"), ("relu_1", "output")]
    with pytest.raises(EditError, match="already"):
        edit.rename_node(design, "main", "stem", "relu_1")


def test_renaming_a_port_of_a_block_moves_the_wires_of_its_instances() -> None:
    block = Block(Graph({"x": Node("Input"), "y": Node("Output")}, (Edge("x", "output", "y", "input"),)))
    design = edit.set_block(_chain(), "Pass", block)
    design, node_id = edit.add_node(design, "main", "block:Pass")
    design = edit.connect(design, "main", Edge("input", "output", node_id, "x"))
    design = edit.connect(design, "main", Edge(node_id, "y", "output", "input"))
    design = edit.rename_node(design, "block:Pass", "x", "image")
    design = edit.rename_node(design, "block:Pass", "y", "result")
    assert Edge("input", "output", node_id, "image") in design.graph("main").edges
    assert Edge(node_id, "result", "output", "input") in design.graph("main").edges


def test_parameters_are_set_and_given_back_to_their_defaults() -> None:
    design = edit.set_params(_chain(), "main", "conv2d_1", {"out_channels": "4*width", "bias": False})
    assert design.graph("main").nodes["conv2d_1"].params == {"out_channels": "4*width", "bias": False}
    assert edit.set_params(design, "main", "conv2d_1", {"bias": False}) is design
    assert edit.set_params(design, "main", "conv2d_1", {"bias": 0}) is not design
    design = edit.unset_params(design, "main", "conv2d_1", ["bias"])
    assert design.graph("main").nodes["conv2d_1"].params == {"out_channels": "4*width"}


def test_a_design_keeps_one_network() -> None:
    design = edit.add_network(Design(), "critic")
    assert list(edit.remove_network(design, "main").networks) == ["critic"]
    with pytest.raises(EditError, match="at least one network"):
        edit.remove_network(Design(), "main")


@pytest.mark.parametrize(
    "change",
    [
        lambda d: edit.remove_nodes(d, "main", ["nobody"]),
        lambda d: edit.connect(d, "main", Edge("nobody", "output", "relu_1", "input")),
        lambda d: edit.disconnect(d, "main", [Edge("input", "output", "output", "input")]),
        lambda d: edit.move_nodes(d, "main", {"nobody": (0.0, 0.0)}),
        lambda d: edit.set_params(d, "nowhere", "relu_1", {}),
        lambda d: edit.set_variables(d, {"not a name": 1}),
        lambda d: edit.add_network(d, "main"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(change: object) -> None:
    with pytest.raises(EditError):
        change(_chain())  # type: ignore[operator]


def test_choices_and_settings_are_replaced_whole() -> None:
    design = edit.set_data(_chain(), Choice("digits"))
    design = edit.set_task(design, Choice("classification"))
    design = edit.set_loss(design, Choice("NLLLoss").with_params({"ignore_index": 3}))
    design = edit.set_training(design, Settings().with_values({"epochs": 3}))
    assert design.data == Choice("digits")
    assert (design.task, design.loss) == (Choice("classification"), Choice("NLLLoss", {"ignore_index": 3}))
    assert design.training.values == {"epochs": 3}


def test_a_rate_is_set_where_it_is_another() -> None:
    design = edit.set_rate(_chain(), "main", ["conv2d_1"], 0.1)
    assert [node.rate for node in design.graph("main").nodes.values()].count(0.1) == 1
    assert edit.set_rate(design, "main", ["conv2d_1"], 0.1) is design


def test_phases_follow_the_name_of_a_node() -> None:
    design = edit.set_phases(_chain(), [Phase(2, ("main.conv2d_1", "other.conv2d_1")), Phase()])
    renamed = edit.rename_node(design, "main", "conv2d_1", "stem")
    assert renamed.training.phases == (Phase(2, ("main.stem", "other.conv2d_1")), Phase())


def test_phases_follow_nodes_within_blocks_and_into_them() -> None:
    def trains(design: Design) -> tuple[str, ...]:
        return design.training.phases[0].trains

    design = edit.set_phases(_chain(), [Phase(1, ("main.conv2d_1", "main.relu_1"))])
    design, instance = group(design, "main", ("conv2d_1",), "Stem")
    assert trains(design) == (f"main.{instance}.conv2d_1", "main.relu_1")
    design = edit.rename_node(design, "block:Stem", "conv2d_1", "first")
    design = edit.rename_node(design, "main", instance, "begin")
    assert trains(design) == ("main.begin.first", "main.relu_1")
    design = edit.rename_node(design, "block:Stem", "input", "first_in")
    assert trains(design) == ("main.begin.first", "main.relu_1")


def test_augmentations_are_kept_in_their_order() -> None:
    steps = (Choice("flip"), Choice("crop", {"padding": 2}))
    assert edit.set_augmentations(_chain(), steps).augmentations == steps


def test_each_section_is_chosen_and_given_back() -> None:
    design = Design()
    for section in SECTIONS:
        choice = Choice("training" if section == "training" else section.upper(), {"x": 1})
        design = edit.choose(design, section, choice)
        assert design.choice(section) == choice
    assert (design.data, design.task) == (Choice("DATA", {"x": 1}), Choice("TASK", {"x": 1}))
    assert design.training == Settings(Choice("OPTIMIZER", {"x": 1}), Choice("SCHEDULE", {"x": 1}), {"x": 1})


def test_the_loss_of_another_task_goes() -> None:
    design = Design(task=Choice("classification"), loss=Choice("NLLLoss"))
    assert edit.set_task(design, Choice("classification", {"x": 1})).loss == Choice("NLLLoss")
    assert edit.set_task(design, Choice("regression")).loss is None
    assert edit.set_task(design, None).loss is None


def test_data_task_and_loss_may_be_missing_and_nothing_else() -> None:
    design = Design(data=Choice("digits"), task=Choice("regression"), loss=Choice("L1Loss"))
    for section in ("loss", "data", "task"):
        design = edit.choose(design, section, None)
        assert design.choice(section) is None
    with pytest.raises(EditError, match="always has its optimizer"):
        edit.choose(design, "optimizer", None)


def test_freezing_changes_what_was_not_frozen_and_nothing_else() -> None:
    design, _ = edit.add_node(Design(), "main", "Linear", node_id="a")
    design, _ = edit.add_node(design, "main", "Linear", node_id="b")
    frozen = edit.set_frozen(design, "main", ["a", "b"], frozen=True)
    assert all(node.frozen for node in frozen.graph("main").nodes.values())
    assert edit.set_frozen(frozen, "main", ["a"], frozen=True) is frozen
    assert edit.set_frozen(frozen, "main", ["a", "b"], frozen=False) == design


def test_nodes_are_passed_by_and_used_again() -> None:
    design = edit.set_bypassed(_chain(), "main", ["conv2d_1", "relu_1"], True)
    assert design.graph("main").nodes["relu_1"].bypassed
    assert edit.set_bypassed(design, "main", ["relu_1"], True) is design
    assert edit.set_bypassed(design, "main", ["conv2d_1", "relu_1"], False) == _chain()
