"""Other nodes and other outputs at wires that stay."""

from __future__ import annotations

import pytest

from netdesigner.document import Design, Edge, Graph, Network, Node, annotate
from netdesigner.document.rewire import move_wires, replace_node
from netdesigner.errors import EditError


def fork() -> Design:
    nodes = {key: Node("ReLU", {"inplace": True}, note="mine", frozen=True) for key in ("a", "b", "c", "d")}
    edges = (Edge("a", "x", "b", "i"), Edge("a", "y", "c", "i"), Edge("a", "x", "c", "j"))
    design = Design(networks={"main": Network(Graph(nodes, edges), {"a": (8.0, 8.0)})})
    return annotate.set_routes(design, "main", {edges[0]: ((1.0, 2.0),)})


def test_the_wires_of_one_output_move_in_their_order_with_their_ways() -> None:
    after = move_wires(fork(), "main", ("a", "x"), ("d", "z"))
    edges = after.graph("main").edges
    assert edges == (Edge("d", "z", "b", "i"), Edge("a", "y", "c", "i"), Edge("d", "z", "c", "j"))
    assert after.place("main").annotations.routes == {edges[0]: ((1.0, 2.0),)}


@pytest.mark.parametrize(("to", "words"), [("b", "itself"), ("gone", "no node 'gone'")])
def test_wires_are_not_moved_where_they_cannot_begin(to: str, words: str) -> None:
    with pytest.raises(EditError, match=words):
        move_wires(fork(), "main", ("a", "x"), (to, "x"))


def test_a_replaced_node_keeps_all_but_its_kind_and_the_wires_that_have_a_port() -> None:
    after = replace_node(fork(), "main", "a", "Tanh", {"p": 1}, {}, {"x": "out"}, "tanh")
    assert after.graph("main").nodes["tanh"] == Node("Tanh", {"p": 1}, note="mine", frozen=True)
    assert [*after.graph("main").nodes] == ["tanh", "b", "c", "d"]
    assert after.graph("main").edges == (Edge("tanh", "out", "b", "i"), Edge("tanh", "out", "c", "j"))
    place = after.place("main")
    assert place.layout["tanh"] == (8.0, 8.0)
    assert place.annotations.routes == {Edge("tanh", "out", "b", "i"): ((1.0, 2.0),)}


def test_an_id_that_is_taken_cannot_be_had() -> None:
    with pytest.raises(EditError, match="already"):
        replace_node(fork(), "main", "a", "Tanh", {}, {}, {}, "b")
