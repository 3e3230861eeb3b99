"""Designs that compiler and exporters are tried on: small, but of every shape that networks come in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from netdesigner.document import Block, Design, Edge, Graph, Network, Node
from netdesigner.parts import Catalog, Model

CATALOG = Catalog.discover()


class Sketch:
    """Collects nodes and wires: `x = sketch("Linear", x, out_features=4)`; a source is `id` or `id.port`."""

    def __init__(self, blocks: dict[str, Block] | None = None) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []
        self.blocks = blocks or {}

    def __call__(
        self,
        kind: str,
        *sources: str | None,
        name: str = "",
        repeat: int | str = 1,
        note: str = "",
        tied: str = "",
        bypassed: bool = False,
        **params: Any,
    ) -> str:
        node_id = name or f"{kind.removeprefix('block:').lower()}_{len(self.nodes)}"
        self.nodes[node_id] = Node(kind, params, repeat, note, tied=tied, bypassed=bypassed)
        for number, source in enumerate(sources):
            if source is not None:
                before, _, port = source.partition(".")
                self.edges.append(
                    Edge(before, port or self._first_output(before), node_id, self._input(kind, number))
                )
        return node_id

    def _first_output(self, node_id: str) -> str:
        kind = self.nodes[node_id].kind
        block = self.blocks.get(kind.removeprefix("block:"))
        return block.outputs[0] if block else CATALOG.layers[kind].outputs[0].name

    def _input(self, kind: str, number: int) -> str:
        block = self.blocks.get(kind.removeprefix("block:"))
        if block:
            return block.inputs[number]
        ports = CATALOG.layers[kind].inputs
        return ports[min(number, len(ports) - 1)].name

    def graph(self) -> Graph:
        return Graph(self.nodes, tuple(self.edges))

    def design(self, **fields: Any) -> Design:
        return Design(networks={"main": Network(self.graph())}, blocks=self.blocks, **fields)


def mlp() -> Design:
    net = Sketch()
    x = net("Input", name="pixels", shape=(64,))
    x = net("Linear", x, name="hidden", out_features="2*width")
    x = net("ReLU", x, name="relu")
    x = net("Dropout", x, name="dropout", p=0.2)
    x = net("Linear", x, name="head", out_features=10)
    net("Output", x, name="scores")
    return net.design(variables={"width": 16}, title="Digits", description="Two layers.")


def residual_block() -> Block:
    net = Sketch()
    start = net("Input", name="x")
    x = net("Conv2d", start, name="conv1", out_channels="channels", stride="stride", padding=1, bias=False)
    x = net("BatchNorm2d", x, name="norm1")
    x = net("ReLU", x, name="relu1")
    x = net("Conv2d", x, name="conv2", out_channels="channels", padding=1, bias=False)
    x = net("BatchNorm2d", x, name="norm2")
    skip = net(
        "Conv2d", start, name="skip", out_channels="channels", kernel_size=1, stride="stride", bias=False
    )
    x = net("Add", x, skip, name="add")
    x = net("ReLU", x, name="relu2")
    net("Output", x, name="y")
    return Block(
        net.graph(),
        params={"channels": 16, "stride": 1},
        doc="Two convolutions around which the input is led.",
    )


def residual(width: int = 8) -> Design:
    net = Sketch({"residual": residual_block()})
    x = net("Input", name="image", shape=(1, 8, 8))
    x = net("Conv2d", x, name="stem", out_channels=width, padding=1, note='first look, "stem"')
    x = net("block:residual", x, name="stage1", repeat=2, channels=width)
    x = net("block:residual", x, name="stage2", channels=f"2*{width}", stride=2)
    x = net("AdaptiveAvgPool2d", x, name="pool", output_size=1)
    x = net("Flatten", x, name="flat")
    x = net("Linear", x, name="head", out_features=10)
    net("Output", x, name="scores")
    return net.design()


def lstm() -> Design:
    net = Sketch()
    x = net("Input", name="words", shape=(0,), axes=("T",), dtype="int64")
    x = net("Embedding", x, name="table", num_embeddings=50, embedding_dim=12)
    x = net("LSTM", x, name="reader", hidden_size=10, batch_first=True, bidirectional=True)
    x = net("Mean", x, name="mean", dim=(1,))
    x = net("Linear", x, name="head", out_features=3)
    net("Output", x, name="scores")
    return net.design()


def gru() -> Design:
    """Uses the last state and leaves the sequence of outputs unread."""
    net = Sketch()
    x = net("Input", name="signal", shape=(20, 6))
    x = net("GRU", x, name="reader", hidden_size=8, batch_first=True)
    x = net("Permute", "reader.h_n", name="turn", dims=(1, 0, 2))
    x = net("Flatten", x, name="flat")
    x = net("Linear", x, name="head", out_features=2)
    net("Output", x, name="value")
    return net.design()


def two_inputs() -> Design:
    net = Sketch()
    image = net("Input", name="image", shape=(1, 8, 8))
    row = net("Input", name="row", shape=(5,))
    x = net("Conv2d", image, name="conv", out_channels=4)
    x = net("Flatten", x, name="flat")
    y = net("Linear", row, name="columns", out_features=8)
    x = net("Concat", x, y, name="both", dim=1)
    x = net("Linear", x, name="head", out_features=2)
    net("Output", x, name="scores")
    return net.design()


def two_outputs() -> Design:
    net = Sketch()
    x = net("Input", name="row", shape=(6,))
    x = net("Linear", x, name="shared", out_features=8)
    x = net("Tanh", x, name="tanh")
    a = net("Linear", x, name="mean", out_features=2)
    b = net("Linear", x, name="spread", out_features=2)
    net("Output", a, name="mu")
    net("Output", b, name="sigma")
    net("Linear", x, name="unread", out_features=3)
    return net.design()


def attention() -> Design:
    """A transformer block with a mask, its attention nested two blocks deep."""
    inner = Sketch()
    x = inner("Input", name="x")
    mask = inner("Input", name="mask")
    y = inner("MultiheadAttention", x, x, x, mask, name="heads", num_heads="heads", batch_first=True)
    y = inner("Add", x, y, name="add")
    y = inner("LayerNorm", y, name="norm")
    inner("Output", y, name="y")
    attend = Block(inner.graph(), params={"heads": 2})
    outer = Sketch({"attend": attend})
    x = outer("Input", name="x")
    mask = outer("Input", name="mask")
    x = outer("block:attend", x, mask, name="attention", heads=4)
    y = outer("Linear", x, name="up", out_features="2*width")
    y = outer("GELU", y, name="gelu")
    y = outer("Linear", y, name="down", out_features="width")
    x = outer("Add", x, y, name="add")
    outer("Output", x, name="y")
    encode = Block(outer.graph(), params={"width": 16})
    net = Sketch({"attend": attend, "encode": encode})
    x = net("Input", name="steps", shape=(0, 16), axes=("T", "features"))
    mask = net("Input", name="mask", shape=(0,), axes=("T",), dtype="bool")
    x = net("block:encode", x, mask, name="encoder", repeat=2)
    x = net("Mean", x, name="mean", dim=(1,))
    x = net("Linear", x, name="head", out_features=4)
    net("Output", x, name="scores")
    return net.design()


def scaled() -> Design:
    """Layers that torch.nn has no class for, in a block that is called like their class."""
    inner = Sketch()
    start = inner("Input", name="x")
    x = inner("Conv2d", start, name="conv", out_channels="features", padding=1)
    x = inner("LayerScale", x, name="gamma", dim=1, init_value=0.5)
    x = inner("Add", start, x, name="add")
    inner("Output", x, name="y")
    net = Sketch({"layer_scale": Block(inner.graph(), params={"features": 4})})
    x = net("Input", name="image", shape=(4, 6, 6))
    x = net("block:layer_scale", x, name="body")
    x = net("LayerScale", x, name="last", repeat=2)
    net("Output", x, name="y")
    return net.design()


def pieces() -> Design:
    """Ports that depend on parameters: of three pieces one goes unread, and a block has two for each of its uses."""
    inner = Sketch()
    x = inner("Input", name="x")
    inner("Chunk", x, name="halves", chunks="2", dim=-1)
    gate = inner("Sigmoid", "halves.output_2", name="gate")
    x = inner("Multiply", "halves.output_1", gate, name="gated")
    inner("Output", x, name="y")
    net = Sketch({"glu": Block(inner.graph())})
    x = net("Input", name="row", shape=(12,))
    net("Split", x, name="cut", split_size_or_sections=("width", 3, 5), dim=1)
    a = net("Linear", "cut.output_1", name="a", out_features=8)
    a = net("block:glu", a, name="left")
    b = net("block:glu", net("Linear", "cut.output_3", name="b", out_features=4), name="right")
    net("Output", net("Concat", a, b, name="both"), name="y")
    return net.design(variables={"width": 4})


def shared() -> Design:
    """Weights that several nodes use: a table and what turns features into words, layers, blocks, all of one kind."""
    inner = Sketch()
    start = inner("Input", name="x")
    x = inner("Linear", start, name="up", out_features=8)
    x = inner("Linear", x, name="first", out_features=8)
    x = inner("Linear", x, name="again", out_features=8, tied="first")
    inner("Output", x, name="y")
    normed = Sketch()
    x = normed("Input", name="x")
    x = normed("BatchNorm1d", x, name="norm")
    x = normed("Linear", x, name="line", out_features=8)
    normed("Output", x, name="y")
    net = Sketch({"twice": Block(inner.graph()), "normed": Block(normed.graph())})
    words = net("Input", name="words", shape=(6,), dtype="int64")
    x = net("Embedding", words, name="table", num_embeddings=20, embedding_dim=8)
    x = net("block:twice", x, name="left", repeat=2)
    x = net("block:twice", x, name="right", repeat=2, tied="left")
    pooled = net("Mean", x, name="mean", dim=(1,))
    y = net("block:normed", pooled, name="first_norm")
    y = net("block:normed", y, name="second_norm", tied="first_norm")
    x = net("Add", x, net("Unflatten", y, name="back", dim=1, unflattened_size=(1, 8)), name="add")
    scores = net("Linear", x, name="head", out_features=20, tied="table")
    net("Output", scores, name="scores")
    return net.design()


def passed_by() -> Design:
    """Bypassed nodes: two in a row, a join, one in a block, a block, one that has an output nobody could read."""
    inner = Sketch()
    x = inner("Input", name="x")
    x = inner("Linear", x, name="kept", out_features=6)
    x = inner("Linear", x, name="gone", out_features=99, bypassed=True)
    inner("Output", x, name="y")
    net = Sketch({"body": Block(inner.graph())})
    start = net("Input", name="row", shape=(6,))
    x = net("Dropout", start, name="drop", bypassed=True)
    x = net("Linear", x, name="wide", out_features=32, bypassed=True)
    x = net("block:body", x, name="first")
    x = net("block:body", x, name="second", repeat=3, bypassed=True)
    x = net("Tanh", x, name="tanh")
    x = net("Add", x, start, name="add", bypassed=True)
    net("LSTM", x, name="reader", hidden_size=3, bypassed=True)
    x = net("Linear", "reader.h_n", name="head", out_features=2)
    net("Output", x, name="scores")
    return net.design()


DESIGNS = {
    made.__name__: made()
    for made in (
        mlp,
        residual,
        lstm,
        gru,
        two_inputs,
        two_outputs,
        attention,
        scaled,
        pieces,
        shared,
        passed_by,
    )
}


def with_words(design: Design, title: str, note: str) -> Design:
    """The design with the user's words in all places that hold any."""
    nodes = {key: replace(node, note=note) for key, node in design.networks["main"].graph.nodes.items()}
    network = replace(design.networks["main"], graph=replace(design.networks["main"].graph, nodes=nodes))
    blocks = {key: replace(block, doc=note) for key, block in design.blocks.items()}
    return replace(design, networks={"main": network}, blocks=blocks, title=title, description=note)


def model_of(design: Design, **fields: Any) -> Model:
    """A network as an exporter gets it."""
    from netdesigner.compiler import compile_design

    found = compile_design(design, CATALOG, seed=0)
    return Model(found.module.eval(), design, found.network, CATALOG, found.inputs, found.outputs, **fields)
