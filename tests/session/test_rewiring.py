"""Replacing layers and joining several nodes, by their ports and by what flows."""

from __future__ import annotations

import pytest

from netdesigner.checks import check
from netdesigner.document import Design, Edge, Graph, Network, Node, edit
from netdesigner.errors import EditError
from netdesigner.parts import Catalog
from netdesigner.session.rewiring import gathered, in_sequence, replaced

CATALOG = Catalog.discover()


def design(nodes: dict[str, Node], *edges: Edge) -> Design:
    return Design(networks={"main": Network(Graph(nodes, edges))})


def pooled(node: Node, node_id: str = "maxpool2d_1") -> Design:
    nodes = {"input": Node("Input", {"shape": (4, 8, 8)}), node_id: node, "output": Node("Output")}
    wires = (Edge("input", "output", node_id, "input"), Edge(node_id, "output", "output", "input"))
    return design(nodes, *wires)


def test_wires_and_shared_parameters_stay() -> None:
    what = pooled(Node("MaxPool2d", {"kernel_size": 4, "ceil_mode": True, "dilation": 1}, note="mine"))
    told = replaced(what, CATALOG, "main", "maxpool2d_1", "AvgPool2d")
    graph = told.design.graph("main")
    assert told.refused == ()
    assert told.node_id == "avgpool2d_1"
    assert graph.nodes["avgpool2d_1"] == Node("AvgPool2d", {"kernel_size": 4, "ceil_mode": True}, note="mine")
    assert len(graph.edges) == 2
    assert not check(told.design, CATALOG).network_errors


def test_a_name_that_the_user_gave_stays() -> None:
    what = pooled(Node("MaxPool2d"), "shrink")
    assert replaced(what, CATALOG, "main", "shrink", "AvgPool2d").node_id == "shrink"


def test_parameters_of_another_type_or_choice_go() -> None:
    what = pooled(Node("Conv2d", {"padding": "same", "out_channels": 5, "padding_mode": "circular"}))
    told = replaced(what, CATALOG, "main", "maxpool2d_1", "ConvTranspose2d")
    params = told.design.graph("main").nodes["maxpool2d_1"].params
    assert params["out_channels"] == 5
    assert "padding_mode" not in params


def test_wires_go_to_ports_in_their_order_and_what_finds_none_is_told() -> None:
    nodes = {
        "a": Node("Input", {"shape": (4,)}),
        "b": Node("Input", {"shape": (4,)}),
        "pair": Node("Bilinear", {"out_features": 3}),
        "output": Node("Output"),
    }
    what = design(
        nodes,
        Edge("a", "output", "pair", "input1"),
        Edge("b", "output", "pair", "input2"),
        Edge("pair", "output", "output", "input"),
    )
    told = replaced(what, CATALOG, "main", "pair", "Linear")
    assert set(told.design.graph("main").edges) == {
        Edge("a", "output", "pair", "input"),
        Edge("pair", "output", "output", "input"),
    }
    assert told.refused == ("the wire from b went: Linear has no further input",)
    assert told.design.graph("main").nodes["pair"].params["out_features"] == 3


@pytest.mark.parametrize("kind", ["MaxPool2d", "Nothing"])
def test_a_node_does_not_become_what_it_is_or_what_is_not_there(kind: str) -> None:
    with pytest.raises(EditError):
        replaced(pooled(Node("MaxPool2d")), CATALOG, "main", "maxpool2d_1", kind)


def row() -> Design:
    nodes = {
        "input": Node("Input", {"shape": (4, 8, 8)}),
        "conv": Node("Conv2d", {"out_channels": 4, "kernel_size": 3}),
        "norm": Node("BatchNorm1d"),
        "flat": Node("Flatten"),
        "output": Node("Output"),
    }
    return design(nodes)


def test_nodes_are_joined_one_after_the_other() -> None:
    told = in_sequence(row(), CATALOG, "main", ["input", "conv", "flat", "output"])
    assert [(edge.source, edge.target) for edge in told.design.graph("main").edges] == [
        ("input", "conv"),
        ("conv", "flat"),
        ("flat", "output"),
    ]
    assert told.refused == ()
    assert in_sequence(told.design, CATALOG, "main", ["input", "conv", "flat"]).design is told.design


def test_two_that_cannot_be_joined_are_told_and_the_others_are_joined() -> None:
    told = in_sequence(row(), CATALOG, "main", ["input", "conv", "norm", "output"])
    assert [(edge.source, edge.target) for edge in told.design.graph("main").edges] == [
        ("input", "conv"),
        ("norm", "output"),
    ]
    (reason,) = told.refused
    assert reason.startswith("`conv` and `norm` were not joined: ")
    assert "BatchNorm1d" in reason


def test_a_port_that_is_free_comes_before_one_that_is_taken() -> None:
    what = edit.add_node(row(), "main", "Bilinear", params={"out_features": 2}, node_id="pair")[0]
    what = edit.connect(what, "main", Edge("input", "output", "flat", "input"))
    what = edit.connect(what, "main", Edge("flat", "output", "pair", "input1"))
    other = edit.add_node(what, "main", "Identity", node_id="same")[0]
    other = edit.connect(other, "main", Edge("flat", "output", "same", "input"))
    told = in_sequence(other, CATALOG, "main", ["same", "pair"])
    assert Edge("same", "output", "pair", "input2") in told.design.graph("main").edges


def test_wires_are_gathered_only_if_all_fit() -> None:
    what = in_sequence(row(), CATALOG, "main", ["input", "conv", "flat", "output"]).design
    what = edit.connect(what, "main", Edge("conv", "output", "output", "input"))
    told = gathered(what, CATALOG, "main", ("conv", "output"), ("input", "output"))
    assert {(e.source, e.target) for e in told.design.graph("main").edges} == {
        ("input", "conv"),
        ("input", "flat"),
        ("input", "output"),
    }
    refused = gathered(what, CATALOG, "main", ("input", "output"), ("conv", "output"))
    assert refused.design is what
    assert refused.refused != ()
