"""How much memory a network will take, worked out before any is taken.

The module is built on torch's meta device, where a tensor has a shape and no content, so that a design with a terabyte
of weights is refused in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netdesigner.checks.report import Report, Trace, TracedNode
from netdesigner.compiler.build import build_module
from netdesigner.compiler.checked import checked_trace
from netdesigner.compiler.device_memory import available_memory
from netdesigner.compiler.plan import needed_nodes
from netdesigner.compiler.trial import lengths_of
from netdesigner.document.design import Design
from netdesigner.errors import CompileError, MemoryRefusedError
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.tensor import BATCH, TensorSpec

__all__ = ["Forecast", "bytes_text", "forecast", "forecast_of", "refuse_if_too_large"]

_ELEMENT_BYTES = {"bool": 1, "int8": 1, "uint8": 1, "float16": 2, "bfloat16": 2, "int64": 8, "float64": 8}
"""Of the element types that do not take four."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What training a network takes, in bytes.

    Attributes:
        parameters_bytes: weights and buffers.
        activations_bytes: what every node gives for one batch, all of which the backward pass needs; where units are
            recomputed, what they give and what the largest of them holds inside. What a layer keeps for itself
            (attention weights, gates) comes on top.
        gradients_bytes: one number for each weight.
        optimizer_bytes: the optimizer's state.
        largest: the path of the node that takes most, with its kind, such as "encoder.fc (Linear)"; "" without nodes.
        largest_bytes: what that node's weights and outputs take.
    """

    parameters_bytes: int
    activations_bytes: int = 0
    gradients_bytes: int = 0
    optimizer_bytes: int = 0
    largest: str = ""
    largest_bytes: int = 0

    @property
    def total_bytes(self) -> int:
        """All of it together."""
        return self.parameters_bytes + self.activations_bytes + self.gradients_bytes + self.optimizer_bytes


def forecast(
    design: Design,
    catalog: Catalog,
    network: str = "",
    batch_size: int = 1,
    optimizer_slots: int = 2,
    *,
    report: Report | None = None,
    lengths: Mapping[str, int] | None = None,
    recompute: bool = False,
) -> Forecast:
    """What training a network takes.

    Args:
        design: the design.
        catalog: where its layers are found.
        network: the network's name; the design's first if empty.
        batch_size: samples in a batch.
        optimizer_slots: numbers the optimizer keeps for each weight: 2 for Adam, 1 for SGD with momentum.
        report: what checking this very design found; it is checked now if None.
        lengths: how long axes with a name are, such as `T`; short ones are assumed if None.
        recompute: whether repetitions and blocks are computed a second time instead of being remembered.

    Raises:
        CompileError: the design has errors.
        MemoryRefusedError: a node has more weights than can be counted.
    """
    _, trace = checked_trace(design, catalog, network, report)
    return forecast_of(trace, batch_size, optimizer_slots, lengths, recompute)


def forecast_of(
    trace: Trace,
    batch_size: int = 0,
    optimizer_slots: int = 0,
    lengths: Mapping[str, int] | None = None,
    recompute: bool = False,
) -> Forecast:
    """The forecast of a graph without errors; for a batch of 0 that of the weights alone, without training."""
    import torch

    from netdesigner.compiler.initialise import undrawn
    from netdesigner.compiler.recompute import units_of

    try:
        with torch.device("meta"), undrawn():
            module = build_module(trace)
    except CompileError as error:
        if "overflow" in str(error).lower():
            reason = "has more weights than a computer can count; make it smaller"
            raise MemoryRefusedError(reason, node=error.node) from None
        raise
    sizes = {**lengths_of(trace), **(lengths or {}), BATCH: batch_size}
    activations = _Activations(units_of(module) if recompute else ())
    kept = trainable = largest_bytes = 0
    seen: set[int] = set()
    largest = ""
    for path, node, number in _leaves(trace):
        leaf = module.get_submodule(path)
        weights = [tensor for tensor in leaf.parameters() if id(tensor) not in seen]
        seen.update(map(id, weights))
        own = sum(tensor.nbytes for tensor in (*weights, *leaf.buffers()))
        outputs = sum(_bytes_of(spec, sizes) for spec in _outputs_of(node, number))
        trainable += sum(tensor.nbytes for tensor in weights if tensor.requires_grad)
        kept += own
        activations.add(path, outputs)
        if own + outputs > largest_bytes:
            largest_bytes = own + outputs
            largest = f"{path} ({node.layer.label() if node.layer else ''})"
    gradients = trainable if batch_size else 0
    return Forecast(kept, activations.total(), gradients, gradients * optimizer_slots, largest, largest_bytes)


class _Activations:
    """Adds up what is remembered until the backward pass.

    Args:
        units: the paths of what is recomputed, of which only the last output is remembered.
    """

    def __init__(self, units: tuple[str, ...]) -> None:
        self._units = frozenset(units)
        self._outside = 0
        self._inside: dict[str, list[int]] = {}

    def add(self, path: str, outputs: int) -> None:
        """Adds what the layer at a path gives, in bytes."""
        words = path.split(".") if self._units else []
        around = (".".join(words[:count]) for count in range(1, len(words) + 1))
        unit = next((name for name in around if name in self._units), "")
        if unit:
            self._inside.setdefault(unit, []).append(outputs)
        else:
            self._outside += outputs

    def total(self) -> int:
        """All of it, with the inside of one unit: that which holds most."""
        most = max((sum(outputs[:-1]) for outputs in self._inside.values()), default=0)
        return self._outside + sum(outputs[-1] for outputs in self._inside.values()) + most


def _leaves(trace: Trace, path: str = "") -> Iterator[tuple[str, TracedNode, int]]:
    """Every use of a layer: the path of its module, its node, and the number of the repetition."""
    for node_id in needed_nodes(trace):
        node = trace.nodes[node_id]
        for number in range(node.repeat):
            here = f"{path}{node_id}.{number}" if node.repeat > 1 else path + node_id
            if node.inner:
                yield from _leaves(node.inner[number], f"{here}.")
            else:
                yield here, node, number


def _outputs_of(node: TracedNode, number: int) -> tuple[TensorSpec, ...]:
    """What one repetition gives: the next one's first input, and of the last the node's outputs."""
    if number + 1 < node.repeat:
        first = node.rounds[number + 1][0]
        return () if first is None else (first,)
    return node.outputs or ()


def _bytes_of(spec: TensorSpec, sizes: Mapping[str, int]) -> int:
    elements = spec.bind(**sizes).elements()
    return elements * _ELEMENT_BYTES.get(spec.dtype, 4) if isinstance(elements, int) else 0


def refuse_if_too_large(found: Forecast, device: str) -> None:
    """Raises where a device has less memory than the forecast says.

    Args:
        found: the forecast.
        device: "cpu", "cuda", "cuda:1" or "mps".

    Raises:
        MemoryRefusedError: says how much is missing and which node takes most.
    """
    free = available_memory(device)
    if found.total_bytes > free:
        raise MemoryRefusedError(
            f"this network needs {bytes_text(found.total_bytes)} of memory and {device} has {bytes_text(free)} free; "
            f"most is taken by {found.largest}: {bytes_text(found.largest_bytes)}. Make it or the batch smaller",
            offers=("halve_batch",) if found.total_bytes - found.activations_bytes < free else (),
        )


def bytes_text(count: int) -> str:
    """A number of bytes for people, such as "3.6 TB" (in powers of 1000)."""
    size, units = float(count), ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
    while size >= 1000 and len(units) > 1:
        size /= 1000
        units.pop(0)
    return f"{size:.3g} {units[0]}" if size < 1000 else f"{size:.0f} {units[0]}"
