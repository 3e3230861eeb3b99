"""Writing a network in a few lines of Python, to be opened on the canvas.

net = nd.Builder(variables={"width": 16})

residual = net.block("Residual", channels=16)
x = residual.Input(name="x")
y = residual.Conv2d(residual.ReLU(x), out_channels="channels", padding=1)
residual.Output(residual.Add(x, y), name="y")

x = net.Conv2d(net.Input(shape=(1, 8, 8)), out_channels="width", padding=1)
x = net.Residual(x, channels="width", repeat=3)
net.Output(net.Linear(net.Flatten(x), out_features=10))
design = net.design(data="digits", task="classification")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from netdesigner.checks.ports import PortBook
from netdesigner.document import (
    BLOCK_PREFIX,
    Block,
    Choice,
    Design,
    Edge,
    Network,
    Node,
    Phase,
    Scope,
    Value,
)
from netdesigner.document import edit as edits
from netdesigner.document.spelling import nearest
from netdesigner.errors import EditError
from netdesigner.parts import Catalog
from netdesigner.session.arrange import arranged

__all__ = ["BlockBuilder", "Builder", "Wire"]


@dataclass(frozen=True, slots=True)
class Wire:
    """What leaves an output port; give it to the next layer."""

    node: str
    port: str = "output"
    builder: BlockBuilder | None = field(default=None, repr=False, compare=False)

    def beside(self, port: str) -> Wire:
        """What leaves another port of the same node, such as the `indices` of a pool."""
        return Wire(self.node, port, self.builder)


@dataclass(slots=True)
class _Sheet:
    """The design as it is so far, which a builder and those of its blocks write on."""

    design: Design


class BlockBuilder:
    """Builds one graph node by node; the kind of a layer and the name of a block are methods.

    Positional arguments are wires in the order of the inputs (None leaves an optional one empty), keyword arguments
    the parameters, `name` the node's id, `repeat` how often it is applied in a row; `frozen` keeps its weights from
    training, `rate` is what their learning rate is multiplied with, and `tied` names a node whose weights it uses. The
    value is a `Wire`, or a tuple of them where there are several outputs; an output that is worked out only where it is
    read is `wire.beside("indices")`. The ports of a block are its Input and Output nodes, in order.
    """

    def __init__(self, catalog: Catalog, sheet: _Sheet, scope: Scope) -> None:
        self._catalog = catalog
        self._sheet = sheet
        self._scope = scope

    def __getattr__(self, kind: str) -> Callable[..., Wire | tuple[Wire, ...]]:
        if kind.startswith("_"):
            raise AttributeError(kind)
        if kind in self._sheet.design.blocks:
            kind, doc = BLOCK_PREFIX + kind, self._sheet.design.blocks[kind].doc
        elif kind in self._catalog.layers:
            doc = self._catalog.layers[kind].__doc__ or ""
        else:
            near = nearest(kind, [*self._sheet.design.blocks, *self._catalog.layers])
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise AttributeError(f"no layer or block is called '{kind}'{hint}")

        def add(
            *wires: Wire | None,
            name: str = "",
            repeat: int | str = 1,
            frozen: bool = False,
            tied: str = "",
            rate: float = 1.0,
            **params: Value,
        ) -> Wire | tuple[Wire, ...]:
            use = Node(kind, params, repeat, frozen=frozen, tied=tied, rate=rate)
            return self._add(use, wires, name)

        add.__name__, add.__doc__ = kind.removeprefix(BLOCK_PREFIX), doc
        return add

    def __dir__(self) -> list[str]:
        return sorted([*super().__dir__(), *self._catalog.layers, *self._sheet.design.blocks])

    def _add(self, use: Node, wires: tuple[Wire | None, ...], name: str) -> Wire | tuple[Wire, ...]:
        title = use.kind.removeprefix(BLOCK_PREFIX)
        plain = {key: _plain(key, value) for key, value in use.params.items()}
        design, node_id = edits.add_node(
            self._sheet.design, self._scope, use.kind, params=plain, node_id=name, repeat=use.repeat
        )
        design = edits.set_frozen(design, self._scope, [node_id], use.frozen)
        design = edits.set_tied(design, self._scope, node_id, use.tied)
        design = edits.set_rate(design, self._scope, [node_id], use.rate)
        node = design.graph(self._scope).nodes[node_id]
        ports = PortBook(self._catalog, design).of(self._scope, node)
        assert ports is not None, "the kind was looked up"
        inputs = ports.inputs
        if len(wires) > len(inputs) and not (inputs and inputs[-1].variadic):
            raise EditError(f"{title} takes at most {len(inputs)} inputs, got {len(wires)}")
        for wire in wires:
            self._refuse_no_wire(title, wire)
        for index, wire in enumerate(wires):
            if wire is not None:
                port = inputs[min(index, len(inputs) - 1)]
                edge = Edge(wire.node, wire.port, node_id, port.name)
                design = edits.connect(design, self._scope, edge, replacing=not port.variadic)
        self._sheet.design = design
        found = tuple(Wire(node_id, port.name, self) for port in ports.outputs if not port.optional)
        return found[0] if len(found) == 1 else found

    def _refuse_no_wire(self, title: str, wire: object) -> None:
        if wire is None:
            return
        if isinstance(wire, tuple) and wire and all(isinstance(item, Wire) for item in wire):
            names = ", ".join(item.port for item in wire)
            raise EditError(f"{title}: '{wire[0].node}' has several outputs, {names}; give it one of them")
        if not isinstance(wire, Wire):
            given = f"the text '{wire}'" if isinstance(wire, str) else repr(wire)[:60]
            raise EditError(f"{title} takes wires, got {given}; parameters are given by name")
        if wire.builder is not self:
            raise EditError(f"{title}: the wire from '{wire.node}' belongs to another Builder")


class Builder(BlockBuilder):
    """Builds a design: its first network by itself, and any number of blocks and other networks.

    Args:
        variables: numbers that expressions in parameters may use.
        catalog: where layers are found; the program's own by default.
        network: what the first network is called.
    """

    def __init__(
        self,
        variables: dict[str, int | float] | None = None,
        catalog: Catalog | None = None,
        network: str = "main",
    ) -> None:
        numbers: dict[str, Any] = {name: _plain(name, value) for name, value in (variables or {}).items()}
        design = Design(networks={network: Network()}, variables=numbers)
        super().__init__(catalog or Catalog.discover(), _Sheet(design), network)

    def network(self, name: str) -> BlockBuilder:
        """Adds another network, such as the discriminator beside a generator, to be built with what is returned.

        Raises:
            EditError: there is a network of that name, or the name is no identifier.
        """
        self._sheet.design = edits.add_network(self._sheet.design, name)
        return BlockBuilder(self._catalog, self._sheet, name)

    def block(self, name: str, doc: str = "", **params: int | float) -> BlockBuilder:
        """Declares a block, to be built with what is returned and then used by its name.

        Args:
            name: what the block is called.
            doc: what it is for.
            params: its parameters with their defaults, which expressions inside may use.

        Raises:
            EditError: there is a block or a layer of that name, or the name is no identifier.
        """
        if name in self._sheet.design.blocks or name in self._catalog.layers:
            raise EditError(f"there is a block or a layer '{name}' already")
        self._sheet.design = edits.set_block(self._sheet.design, name, Block(params=params, doc=doc))
        return BlockBuilder(self._catalog, self._sheet, BLOCK_PREFIX + name)

    def design(
        self,
        data: str | Choice | None = None,
        task: str | Choice | None = None,
        loss: str | Choice | None = None,
        augmentations: Iterable[str | Choice] = (),
        title: str = "",
        description: str = "",
        phases: Iterable[Phase] = (),
        **training: Value,
    ) -> Design:
        """The design, with the nodes of all its graphs arranged from left to right.

        Args:
            data, task, loss: a kind, or a `Choice` with parameters; the loss is the task's usual one if not given.
            augmentations: what is done to samples before the network learns from them, in this order.
            title: what to call it.
            description: what it is, in a few sentences.
            phases: those of the training, such as `nd.Phase(epochs=5, trains=("main.head",))`.
            training: values of the training settings, such as `epochs=5`.
        """
        design = replace(
            self._sheet.design,
            data=_choice(data),
            augmentations=tuple(choice for item in augmentations if (choice := _choice(item))),
            task=_choice(task),
            loss=_choice(loss),
            title=title,
            description=description,
        )
        values = {name: _plain(name, value) for name, value in training.items()}
        design = edits.set_phases(replace(design, training=design.training.with_values(values)), phases)
        for scope in design.scopes():
            design = arranged(design, scope)
        return design


def _choice(named: str | Choice | None) -> Choice | None:
    """What was named by its kind."""
    return Choice(named) if isinstance(named, str) else named


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
