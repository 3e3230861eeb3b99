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
from dataclasses import dataclass, replace

from netdesigner.checks.ports import PortBook
from netdesigner.document import Choice, Design, Edge, Node, Value
from netdesigner.document import edit as edits
from netdesigner.errors import EditError
from netdesigner.parts import Catalog, Layer
from netdesigner.session.arrange import arranged

__all__ = ["Builder", "Wire"]


@dataclass(frozen=True, slots=True)
class Wire:
    """What leaves an output port; give it to the next layer."""

    node: str
    port: str = "output"


class Builder:
    """Builds one network layer by layer; a layer's kind is a method.

    Positional arguments are wires in the order of the layer's inputs (None leaves an optional one empty), keyword
    arguments its parameters; `name` is the node's id, `repeat` how often it is applied, `frozen` keeps its weights from
    training, and `tied` names a node whose weights it uses. The value is a `Wire`, or a tuple of them for a layer with
    several outputs.

    Args:
        variables: numbers that expressions in parameters may use.
        catalog: where layers are found; the program's own by default.
    """

    def __init__(
        self, variables: dict[str, int | float] | None = None, catalog: Catalog | None = None
    ) -> None:
        self._catalog = catalog or Catalog.discover()
        self._design = Design(variables=dict(variables or {}))

    def __getattr__(self, kind: str) -> Callable[..., Wire | tuple[Wire, ...]]:
        if kind.startswith("_"):
            raise AttributeError(kind)
        layer = self._catalog.layers.get(kind)
        if layer is None:
            raise AttributeError(f"no layer is called '{kind}'")

        def add(
            *wires: Wire | None,
            name: str = "",
            repeat: int | str = 1,
            frozen: bool = False,
            tied: str = "",
            **params: Value,
        ) -> Wire | tuple[Wire, ...]:
            use = Node(kind, params, repeat, frozen=frozen, tied=tied)
            return self._add(layer, wires, name, use)

        return add

    def _add(
        self, layer: type[Layer], wires: tuple[Wire | None, ...], name: str, use: Node
    ) -> Wire | tuple[Wire, ...]:
        ports = layer.inputs
        if len(wires) > len(ports) and not (ports and ports[-1].variadic):
            raise EditError(f"{layer.kind} takes at most {len(ports)} inputs, got {len(wires)}")
        plain = {key: tuple(value) if isinstance(value, list) else value for key, value in use.params.items()}
        design, node_id = edits.add_node(
            self._design, "main", layer.kind, params=plain, node_id=name, repeat=use.repeat
        )
        design = edits.set_frozen(design, "main", [node_id], use.frozen)
        design = edits.set_tied(design, "main", node_id, use.tied)
        for index, wire in enumerate(wires):
            if wire is not None:
                port = ports[min(index, len(ports) - 1)]
                edge = Edge(wire.node, wire.port, node_id, port.name)
                design = edits.connect(design, "main", edge, replacing=not port.variadic)
        self._design = design
        own = PortBook(self._catalog, design).of("main", design.graph("main").nodes[node_id])
        outputs = tuple(Wire(node_id, port.name) for port in own.outputs) if own else ()
        return outputs[0] if len(outputs) == 1 else outputs

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
        design = replace(design, training=design.training.with_values(training))
        return arranged(design, "main")
