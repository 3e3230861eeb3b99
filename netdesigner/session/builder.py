"""Writing a network in a few lines of Python, to be opened on the canvas.

net = nd.Builder()
x = net.Input(shape=(1, 8, 8))
x = net.Conv2d(x, out_channels=16, padding=1)
x = net.ReLU(x)
x = net.Flatten(x)
net.Output(net.Linear(x, out_features=10))
design = net.design(data="digits", task="classification")
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from netdesigner.document import Choice, Design, Edge, Value
from netdesigner.document import edit as edits
from netdesigner.errors import EditError
from netdesigner.parts import Catalog, Layer
from netdesigner.parts.catalog import nearest
from netdesigner.session.arrange import arranged

__all__ = ["Builder", "Wire"]


@dataclass(frozen=True, slots=True)
class Wire:
    """What leaves an output port; give it to the next layer."""

    node: str
    port: str = "output"
    builder: Builder | None = field(default=None, repr=False, compare=False)


class Builder:
    """Builds one network layer by layer; a layer's kind is a method.

    Positional arguments are wires in the order of the layer's inputs (None leaves an optional one empty), keyword
    arguments its parameters, and `name` the node's id. The value is a `Wire`, or a tuple of them for a layer with
    several outputs.

    Args:
        variables: numbers that expressions in parameters may use.
        catalog: where layers are found; the program's own by default.
    """

    def __init__(
        self, variables: dict[str, int | float] | None = None, catalog: Catalog | None = None
    ) -> None:
        self._catalog = catalog or Catalog.discover()
        numbers: dict[str, Any] = {name: _plain(name, value) for name, value in (variables or {}).items()}
        self._design = Design(variables=numbers)

    def __getattr__(self, kind: str) -> Callable[..., Wire | tuple[Wire, ...]]:
        if kind.startswith("_"):
            raise AttributeError(kind)
        layer = self._catalog.layers.get(kind)
        if layer is None:
            near = nearest(kind, self._catalog.layers)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise AttributeError(f"no layer is called '{kind}'{hint}")

        def add(
            *wires: Wire | None, name: str = "", repeat: int | str = 1, **params: Value
        ) -> Wire | tuple[Wire, ...]:
            return self._add(layer, wires, name, repeat, params)

        add.__name__, add.__doc__ = layer.kind, layer.__doc__
        return add

    def __dir__(self) -> list[str]:
        return sorted([*super().__dir__(), *self._catalog.layers])

    def _add(
        self,
        layer: type[Layer],
        wires: tuple[Wire | None, ...],
        name: str,
        repeat: int | str,
        params: dict[str, Value],
    ) -> Wire | tuple[Wire, ...]:
        ports = layer.inputs
        if len(wires) > len(ports) and not (ports and ports[-1].variadic):
            raise EditError(f"{layer.kind} takes at most {len(ports)} inputs, got {len(wires)}")
        for wire in wires:
            self._refuse_no_wire(layer, wire)
        plain = {key: _plain(key, value) for key, value in params.items()}
        design, node_id = edits.add_node(
            self._design, "main", layer.kind, params=plain, node_id=name, repeat=repeat
        )
        for index, wire in enumerate(wires):
            if wire is not None:
                port = ports[min(index, len(ports) - 1)]
                edge = Edge(wire.node, wire.port, node_id, port.name)
                design = edits.connect(design, "main", edge, replacing=not port.variadic)
        self._design = design
        outputs = tuple(Wire(node_id, port.name, self) for port in layer.outputs)
        return outputs[0] if len(outputs) == 1 else outputs

    def _refuse_no_wire(self, layer: type[Layer], wire: object) -> None:
        if wire is None:
            return
        if isinstance(wire, tuple) and wire and all(isinstance(item, Wire) for item in wire):
            names = ", ".join(item.port for item in wire)
            raise EditError(
                f"{layer.kind}: '{wire[0].node}' has several outputs, {names}; give it one of them"
            )
        if not isinstance(wire, Wire):
            given = f"the text '{wire}'" if isinstance(wire, str) else repr(wire)[:60]
            raise EditError(f"{layer.kind} takes wires, got {given}; parameters are given by name")
        if wire.builder is not self:
            raise EditError(f"{layer.kind}: the wire from '{wire.node}' belongs to another Builder")

    def design(
        self,
        data: str | Choice | None = None,
        task: str | Choice | None = None,
        title: str = "",
        **training: Value,
    ) -> Design:
        """The design, with its nodes arranged from left to right.

        Args:
            data, task: a kind, or a `Choice` with parameters.
            title: what to call it.
            training: values of the training settings, such as `epochs=5`.
        """
        design = replace(
            self._design,
            data=Choice(data) if isinstance(data, str) else data,
            task=Choice(task) if isinstance(task, str) else task,
            title=title,
        )
        values = {name: _plain(name, value) for name, value in training.items()}
        design = replace(design, training=design.training.with_values(values))
        return arranged(design, "main")


def _plain(name: str, value: Any) -> Value:
    """The value as a design holds it; numbers and arrays of NumPy and torch become Python's own."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return tuple(_plain(name, item) for item in value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise EditError(
        f"{name}: expected a number, a text, true, false, None or a list of them, got {repr(value)[:60]}"
    )
