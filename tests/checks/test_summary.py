"""A design in numbers."""

from __future__ import annotations

import json
from typing import Any

from netdesigner.checks import check, summary
from netdesigner.document import Design, edit
from tests.checks.toys import CATALOG, design, network, plain


def numbers(what: Design) -> dict[str, Any]:
    found: dict[str, Any] = summary(what, check(what, CATALOG))
    assert json.loads(json.dumps(found)) == found
    return found


NONE = {"parameters": 0, "trainable": 0, "macs": 0}


def test_a_network_is_told_node_by_node_with_totals() -> None:
    found = numbers(plain())
    assert found == {
        "networks": {
            "main": {
                "nodes": [
                    {"id": "input", "kind": "Input", "outputs": [["N", 1, 8, 8]], **NONE},
                    {"id": "flat", "kind": "Flatten", "outputs": [["N", 64]], **NONE},
                    {
                        "id": "linear",
                        "kind": "Linear",
                        "outputs": [["N", 10]],
                        "parameters": 650,
                        "trainable": 650,
                        "macs": 640,
                    },
                    {"id": "output", "kind": "Output", "outputs": [["N", 10]], **NONE},
                ],
                "parameters": 650,
                "trainable": 650,
                "macs": 640,
            }
        },
        "parameters": 650,
        "trainable": 650,
        "macs": 640,
    }


def test_nodes_stand_in_the_order_of_the_flow_and_those_on_loops_last() -> None:
    nodes = {"output": "Output", "a": "Add", "b": "ReLU", "s": "Split", "input": "Input"}
    found = numbers(design(nodes, "input > s > output, input > a > b > a"))["networks"]["main"]["nodes"]
    assert [node["id"] for node in found] == ["input", "s", "output", "a", "b"]
    assert found[1]["outputs"] == [["N", 1, 8, 8], ["N", 1, 8, 8, 2]]
    assert found[3]["outputs"] == []


def test_frozen_parameters_are_counted_and_not_trainable() -> None:
    found = numbers(edit.set_frozen(plain(), "main", ["linear"], frozen=True))
    assert (found["parameters"], found["trainable"]) == (650, 0)
    assert found["networks"]["main"]["nodes"][2]["trainable"] == 0


def test_several_networks_are_added_up() -> None:
    one = plain().networks["main"]
    found = numbers(Design({"a": one, "b": one, "empty": network({})}))
    assert (found["parameters"], found["macs"]) == (1300, 1280)
    assert found["networks"]["empty"] == {"nodes": [], **NONE}
