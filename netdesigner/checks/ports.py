"""Where wires may begin and end: the ports of layers and of block instances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netdesigner.checks.parameters import finite, tolerant
from netdesigner.document.design import BLOCK_PREFIX, Design, Node, Scope
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.layer import Layer, Port, VaryingLayer

__all__ = ["PortBook", "Ports"]

Sides = tuple[tuple[Port, ...], tuple[Port, ...]]


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of a node.

    Attributes:
        inputs, outputs: the ports in their order.
        input_at, output_at: the place of a port by its name.
    """

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    input_at: Mapping[str, int] = field(compare=False)
    output_at: Mapping[str, int] = field(compare=False)

    @classmethod
    def of(cls, inputs: tuple[Port, ...], outputs: tuple[Port, ...]) -> Ports:
        """The ports with their index."""
        return cls(
            inputs,
            outputs,
            {port.name: index for index, port in enumerate(inputs)},
            {port.name: index for index, port in enumerate(outputs)},
        )


class PortBook:
    """The ports of all nodes of a design; equal ones are one object.

    Where a kind's ports depend on parameters, expressions are worked out with the values that a block's parameters have
    by default, since the wires are the same in all uses of the block.

    Args:
        catalog: where layers are found.
        design: whose nodes are asked about.
        before: the book of the design before an edit; equal ports are taken from there.

    Attributes:
        known: the ports found so far.
    """

    def __init__(self, catalog: Catalog, design: Design, before: PortBook | None = None) -> None:
        self._catalog = catalog
        self._design = design
        self._kinds: dict[str, Ports | None] = {}
        self.known: dict[Sides, Ports] = before.known if before is not None else {}

    def of(self, scope: Scope, node: Node) -> Ports | None:
        """The ports of a node; None where there is no such kind."""
        layer = self._catalog.layers.get(node.kind)
        if layer is not None and issubclass(layer, VaryingLayer):
            return self._one(layer.ports(tolerant(layer, node.params, self._names(scope))))
        if node.kind not in self._kinds:
            self._kinds[node.kind] = self._of_kind(node.kind)
        return self._kinds[node.kind]

    def of_graph(self, scope: Scope) -> dict[str, Ports | None]:
        """The ports of all nodes of a network or block."""
        nodes, layers = self._design.graph(scope).nodes, self._catalog.layers
        some = {node.kind: node for node in nodes.values()}
        kinds = {kind: self.of(scope, node) for kind, node in some.items()}
        found = {node_id: kinds[node.kind] for node_id, node in nodes.items()}
        if varying := {kind for kind in some if issubclass(layers.get(kind, Layer), VaryingLayer)}:
            found |= {n: self.of(scope, node) for n, node in nodes.items() if node.kind in varying}
        return found

    def _names(self, scope: Scope) -> dict[str, int | float]:
        block = self._design.blocks.get(scope.removeprefix(BLOCK_PREFIX)) if ":" in scope else None
        return finite({**self._design.variables, **(block.params if block is not None else {})})

    def _of_kind(self, kind: str) -> Ports | None:
        if kind.startswith(BLOCK_PREFIX):
            block = self._design.blocks.get(kind[len(BLOCK_PREFIX) :])
            if block is None:
                return None
            return self._one((tuple(map(Port, block.inputs)), tuple(map(Port, block.outputs))))
        layer = self._catalog.layers.get(kind)
        return None if layer is None else self._one((layer.inputs, layer.outputs))

    def _one(self, sides: Sides) -> Ports:
        if sides not in self.known:
            self.known[sides] = Ports.of(*sides)
        return self.known[sides]
