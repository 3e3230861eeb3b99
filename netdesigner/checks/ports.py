"""Where wires may begin and end: the ports of layers and of block instances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netdesigner.document.design import BLOCK_PREFIX, Block
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.layer import Port

__all__ = ["PortBook", "Ports"]


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of one kind of node.

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
    """The ports of every kind that is asked for, each worked out once."""

    def __init__(self, catalog: Catalog, blocks: Mapping[str, Block]) -> None:
        self._catalog = catalog
        self._blocks = blocks
        self._known: dict[str, Ports | None] = {}

    def of(self, kind: str) -> Ports | None:
        """The ports of a layer's or a block's kind; None where there is no such kind."""
        if kind not in self._known:
            self._known[kind] = self._find(kind)
        return self._known[kind]

    def _find(self, kind: str) -> Ports | None:
        if kind.startswith(BLOCK_PREFIX):
            block = self._blocks.get(kind[len(BLOCK_PREFIX) :])
            if block is None:
                return None
            return Ports.of(tuple(map(Port, block.inputs)), tuple(map(Port, block.outputs)))
        layer = self._catalog.layers.get(kind)
        return None if layer is None else Ports.of(layer.inputs, layer.outputs)
