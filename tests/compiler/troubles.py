"""Layers that the checks like and torch does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from torch import nn

from netdesigner.document import Block, Design, Edge, Graph, Node
from netdesigner.parts import Example, Layer, TensorSpec
from tests.compiler.designs import CATALOG, Sketch


class Unbuildable(Layer):
    """A layer that the checks like and torch does not."""

    kind: ClassVar[str] = "Unbuildable"
    examples: ClassVar[tuple[Example, ...]] = ()

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        return self.need(specs[0])

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        raise ValueError("torch says no\nat great length")


class Fails(nn.Module):
    def forward(self, value: Any) -> Any:
        raise IndexError("out of range\nmore")


class Uncallable(Unbuildable):
    """A layer that can be built and not run."""

    kind: ClassVar[str] = "Uncallable"

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        return Fails()


BAD_CATALOG = replace(
    CATALOG, layers={**CATALOG.layers, "Unbuildable": Unbuildable, "Uncallable": Uncallable}
)


def with_bad(kind: str) -> Design:
    """A layer that makes trouble, in a block that is repeated."""
    nodes = {"x": Node("Input"), "bad": Node(kind), "y": Node("Output")}
    edges = (Edge("x", "output", "bad", "input"), Edge("bad", "output", "y", "input"))
    net = Sketch({"worse": Block(Graph(nodes, edges))})
    x = net("Input", name="image", shape=(4,))
    x = net("block:worse", x, name="stage", repeat=2)
    net("Output", x, name="out")
    return net.design()
