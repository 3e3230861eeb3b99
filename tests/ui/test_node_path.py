from __future__ import annotations

import pytest

from netdesigner.document import Block, Design, Graph, Network, Node
from netdesigner.ui.node_path import place_of

DESIGN = Design(
    networks={"main": Network(Graph({"stem": Node("Linear"), "encoder": Node("block:Encoder", repeat=3)}))},
    blocks={
        "Encoder": Block(Graph({"attention": Node("block:Attention")})),
        "Attention": Block(Graph({"qkv": Node("Linear")})),
    },
)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("stem", ("main", "stem")),
        ("encoder.attention", ("block:Encoder", "attention")),
        ("encoder.2.attention.qkv", ("block:Attention", "qkv")),
        ("encoder.gone", ("main", "encoder")),
        ("gone", None),
        ("", None),
    ],
)
def test_the_node_of_a_module(path: str, place: tuple[str, str] | None) -> None:
    assert place_of(DESIGN, path) == place
