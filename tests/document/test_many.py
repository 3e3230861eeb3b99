from __future__ import annotations

from dataclasses import replace

import pytest

from netdesigner.document import Design, Graph, Network, Node
from netdesigner.document.many import replace_nodes
from netdesigner.errors import EditError


@pytest.fixture
def design() -> Design:
    return Design(
        networks={"main": Network(Graph({"a": Node("ReLU"), "b": Node("Tanh"), "c": Node("ReLU")}))}
    )


def test_some_nodes_are_replaced_and_keep_their_order(design: Design) -> None:
    noted = {node_id: replace(design.graph("main").nodes[node_id], note="x") for node_id in ("c", "a")}
    changed = replace_nodes(design, "main", noted)
    assert [(n, node.note) for n, node in changed.graph("main").nodes.items()] == [
        ("a", "x"),
        ("b", ""),
        ("c", "x"),
    ]
    assert design.graph("main").nodes["a"].note == ""


def test_the_same_nodes_leave_the_same_design(design: Design) -> None:
    assert replace_nodes(design, "main", dict(design.graph("main").nodes)) is design


def test_a_node_that_is_not_there_is_refused(design: Design) -> None:
    with pytest.raises(EditError, match="'main' has no node 'x'"):
        replace_nodes(design, "main", {"x": Node("ReLU")})
