"""The edits a person makes on the canvas, each one step of the history.

An edit that does not fit is said in one line and nothing changes. Which wires may be made is asked of the checks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from netdesigner.checks import explain_refusal
from netdesigner.checks.ports import PortBook, Ports
from netdesigner.document import BLOCK_PREFIX, Design, Edge, Node, Scope, Value, clipboard
from netdesigner.document import edit as edits
from netdesigner.document.design import Point
from netdesigner.errors import NetDesignerError
from netdesigner.session import arrange
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.placing import below_others, beside, inside_wire, make_room, snapped
from netdesigner.ui.canvas.scene import CanvasScene
from netdesigner.ui.canvas.words import plain_message

__all__ = ["Editor", "PortRef"]


@dataclass(frozen=True, slots=True)
class PortRef:
    """A port of a node.

    Attributes:
        node: the node's id.
        side: "input" or "output".
        name: the port's name.
    """

    node: str
    side: str
    name: str

    def edge_to(self, other: PortRef) -> Edge:
        """The wire between this port and one of the other side, from output to input."""
        source, target = (self, other) if self.side == "output" else (other, self)
        return Edge(source.node, source.name, target.node, target.name)


class Editor:
    """Makes the canvas's edits in the scope that its scene shows.

    Args:
        bridge: to the session.
        scene: says which scope is edited, what is selected and how large nodes are.
    """

    def __init__(self, bridge: Bridge, scene: CanvasScene) -> None:
        self.bridge = bridge
        self.scene = scene

    @property
    def scope(self) -> Scope:
        """The place that is edited."""
        return self.scene.scope

    @property
    def design(self) -> Design:
        """The present design."""
        return self.bridge.session.design

    def say(self, severity: str, text: str) -> None:
        """Says one line to the user."""
        self.bridge.said.emit(severity, plain_message(text))

    def _apply(self, change: Callable[[Design], Design], label: str, merge_key: str = "") -> bool:
        """Applies an edit; where nodes are drawn at places that the design does not hold, it takes these over first."""
        positions = self.scene.positions() if self.scene.unplaced else {}

        def placed_and_changed(design: Design) -> Design:
            return change(edits.move_nodes(design, self.scope, positions) if positions else design)

        return self.bridge.edit(placed_and_changed, label, merge_key)

    # --------------------------------------------------------------------------------------------------- ports

    def ports(self, kind: str) -> Ports | None:
        """The ports that a new node of a kind has; None for an unknown kind."""
        return self._ports_in(self.design, Node(kind, self._first_params(kind)))

    def _ports_in(self, design: Design, node: Node) -> Ports | None:
        return PortBook(self.bridge.session.catalog, design).of(self.scope, node)

    def _first_params(self, kind: str) -> dict[str, Value]:
        """What a new node of a kind starts with."""
        layer = self.bridge.session.catalog.layers.get(kind)
        return dict(layer.initial) if layer else {}

    def refusal(self, edge: Edge, without: Edge | None = None) -> str:
        """Why a wire may not be made; "" where it may.

        Args:
            edge: the wire.
            without: a wire that it takes the place of.
        """
        design = self.design
        if without is not None:
            design = edits.disconnect(design, self.scope, [without])
        return self._refusal_in(design, edge)

    def _refusal_in(self, design: Design, edge: Edge) -> str:
        session = self.bridge.session
        known = session.report if design is session.design else None
        reason = explain_refusal(design, session.catalog, self.scope, edge, session.state.data, known)
        return plain_message(reason)

    def port_that_fits(
        self, fixed: PortRef, node_id: str, without: Edge | None = None
    ) -> tuple[PortRef | None, str]:
        """The first port of a node that a wire from a port may end at: free ones first, then those it would take over.

        Returns:
            The port and "", or None and why the first one does not fit.
        """
        item = self.scene.nodes[node_id]
        side = "input" if fixed.side == "output" else "output"
        marks = sorted(item.card.ports(side), key=lambda mark: bool(mark.wires) and not mark.variadic)
        reason = f"{node_id} has no {side}"
        for index, mark in enumerate(mark for mark in marks if not mark.missing):
            port = PortRef(node_id, side, mark.name)
            refused = self.refusal(fixed.edge_to(port), without)
            if not refused:
                return port, ""
            reason = refused if index == 0 else reason
        return None, reason

    # ---------------------------------------------------------------------------------------------------- wires

    def _connected(self, design: Design, edge: Edge, index: int | None = None) -> Design:
        ports = self._ports_in(design, design.graph(self.scope).nodes[edge.target])
        place = ports.input_at.get(edge.target_port) if ports else None
        variadic = ports is not None and place is not None and ports.inputs[place].variadic
        return edits.connect(design, self.scope, edge, replacing=not variadic, index=index)

    def connect(self, edge: Edge, instead_of: Edge | None = None) -> bool:
        """Makes a wire, or moves one.

        Args:
            edge: the wire to make.
            instead_of: the wire whose place it takes, in the order too.
        """

        def change(design: Design) -> Design:
            if instead_of is None:
                return self._connected(design, edge)
            index = design.graph(self.scope).edges.index(instead_of)
            return self._connected(edits.disconnect(design, self.scope, [instead_of]), edge, index)

        return self._apply(change, f"connect {edge.source} to {edge.target}")

    def disconnect(self, wires: Collection[Edge]) -> bool:
        """Removes wires."""
        return self._apply(lambda design: edits.disconnect(design, self.scope, wires), "remove wire")

    # ---------------------------------------------------------------------------------------------------- nodes

    def add(self, kind: str, at: Point) -> str:
        """Adds a node; returns its id, or "" where it was refused."""
        return self._add(kind, _as_it_is, at)

    def free_place(self, at: Point) -> Point:
        """A place for a node at a point, or below it where others lie."""
        return below_others(self.scene, snapped(at))

    def add_at_port(self, kind: str, at: Point, port: PortRef) -> str:
        """Adds a node and wires it to a port; where no wire may be made, the node stays and the reason is said."""
        return self._add(kind, lambda design, node_id: self._joined(design, node_id, port), at)

    def add_after(self, kind: str, node_id: str) -> str:
        """Adds a node right of another one and wires it; where exactly one wire leaves that one, into this wire."""
        source = self.scene.nodes[node_id]
        leaving = [key for key in self.scene.wires.at(node_id) if key[0].source == node_id]
        if not source.card.outputs:
            return self.add(kind, below_others(self.scene, beside(source)))
        if len(leaving) == 1 and self._has_both_sides(kind):
            return self.add_in_wire(kind, leaving[0][0], beside(source))
        port = PortRef(node_id, "output", source.card.outputs[0].name)
        return self.add_at_port(kind, below_others(self.scene, beside(source)), port)

    def add_in_wire(self, kind: str, edge: Edge, at: Point) -> str:
        """Adds a node in the middle of a wire and makes room for it."""
        return self._add(kind, lambda design, node_id: self._inserted(design, node_id, edge), at, edge)

    def _has_both_sides(self, kind: str) -> bool:
        ports = self.ports(kind)
        return ports is not None and bool(ports.inputs) and bool(ports.outputs)

    def _add(
        self, kind: str, then: Callable[[Design, str], Design], at: Point, edge: Edge | None = None
    ) -> str:
        made: list[str] = []
        at = inside_wire(self.scene, edge, at) if edge is not None else snapped(at)
        layer = self.bridge.session.catalog.layers.get(kind)

        def change(design: Design) -> Design:
            self._refuse_recursion(kind)
            added, node_id = edits.add_node(design, self.scope, kind, at, self._first_params(kind))
            made.append(node_id)
            return then(added, node_id)

        label = layer.label() if layer else kind.removeprefix(BLOCK_PREFIX)
        if not self._apply(change, f"add {label}"):
            return ""
        self.scene.select(made)
        return made[0]

    def _refuse_recursion(self, kind: str) -> None:
        if kind == self.scope:
            raise NetDesignerError(f"block '{kind.removeprefix(BLOCK_PREFIX)}' cannot contain itself")

    def _joined(self, design: Design, node_id: str, port: PortRef) -> Design:
        ports = self._ports_in(design, design.graph(self.scope).nodes[node_id])
        side = "input" if port.side == "output" else "output"
        names = (
            [] if ports is None else [p.name for p in (ports.inputs if side == "input" else ports.outputs)]
        )
        first = ""
        for name in names:
            edge = port.edge_to(PortRef(node_id, side, name))
            refused = self._refusal_in(design, edge)
            if not refused:
                return self._connected(design, edge)
            first = first or refused
        self.say("warning", f"{node_id} was added without a wire: {first or f'it has no {side}'}")
        return design

    def _inserted(self, design: Design, node_id: str, edge: Edge) -> Design:
        ports = self._ports_in(design, design.graph(self.scope).nodes[node_id])
        if ports is None or not ports.inputs or not ports.outputs:
            raise NetDesignerError(f"{node_id} cannot go into a wire: it needs an input and an output")
        place = design.place(self.scope)
        design = edits.move_nodes(design, self.scope, make_room(place, place.layout[node_id], {edge.target}))
        return edits.insert_on_edge(
            design, self.scope, edge, node_id, ports.inputs[0].name, ports.outputs[0].name
        )

    def insert(self, node_id: str, edge: Edge, positions: Mapping[str, Point]) -> bool:
        """Puts a node that is there into a wire, at the place it was dragged to."""
        at = inside_wire(self.scene, edge, positions[node_id])

        def change(design: Design) -> Design:
            return self._inserted(edits.move_nodes(design, self.scope, {node_id: at}), node_id, edge)

        return self._apply(change, f"insert {node_id}")

    def move(self, positions: Mapping[str, Point], merge_key: str = "") -> bool:
        """Moves nodes."""
        label = f"move {next(iter(positions))}" if len(positions) == 1 else f"move {len(positions)} nodes"
        return self._apply(lambda design: edits.move_nodes(design, self.scope, positions), label, merge_key)

    def delete(self, node_ids: Sequence[str], wires: Collection[Edge] = (), reconnect: bool = False) -> bool:
        """Removes nodes and wires in one step.

        Args:
            node_ids, wires: what goes.
            reconnect: whether what fed a removed node feeds what followed it.
        """
        if not node_ids and not wires:
            return False
        gone = set(node_ids)
        loose = [edge for edge in wires if edge.source not in gone and edge.target not in gone]

        def change(design: Design) -> Design:
            design = edits.disconnect(design, self.scope, loose) if loose else design
            return edits.remove_nodes(design, self.scope, node_ids, reconnect) if node_ids else design

        label = "remove wire" if not node_ids else f"delete {_named(node_ids)}"
        return self._apply(change, label)

    def rename(self, node_id: str, new_id: str) -> bool:
        """Gives a node another id and keeps it selected."""
        done = self._apply(
            lambda design: edits.rename_node(design, self.scope, node_id, new_id),
            f"rename {node_id} to {new_id}",
        )
        if done:
            self.scene.select([new_id])
        return done

    def arrange(self, node_ids: Collection[str] = (), area: arrange.Size | None = None) -> bool:
        """Arranges all nodes, or some of them where they are.

        Args:
            node_ids: which nodes; all where there are fewer than two.
            area: what can be seen of the canvas at 100 %, in which a long network is broken into lines.
        """
        graph = self.design.graph(self.scope)
        chosen = [node_id for node_id in graph.nodes if node_id in node_ids] if len(node_ids) > 1 else []
        part = arrange.part_of(graph, chosen) if chosen else graph
        layout = arrange.arrange(part, self.scene.sizes(), self._wire_heights, None if chosen else area)
        corner = self.scene.bounds(chosen or None).topLeft()
        left, top = snapped((corner.x(), corner.y())) if chosen else (0.0, 0.0)
        positions = {node_id: (x + left, y + top) for node_id, (x, y) in layout.items()}
        return self._apply(lambda design: edits.move_nodes(design, self.scope, positions), "arrange nodes")

    def _wire_heights(self, edge: Edge) -> tuple[float, float]:
        item = self.scene.wires.items.get((edge, 0))
        if item is None:
            return 0.0, 0.0
        start, end = self.scene.wires.ends_of(item)
        return start.y() - self.scene.nodes[edge.source].pos().y(), end.y() - self.scene.nodes[
            edge.target
        ].pos().y()

    # ------------------------------------------------------------------------------------------------- clipboard

    def copied(self) -> str:
        """The selected nodes as text."""
        return clipboard.copy(self.design, self.scope, self.scene.selection)

    def paste(self, text: str, at: Point | None = None) -> bool:
        """Adds the nodes of a copied text and selects them."""
        pasted: list[str] = []

        def change(design: Design) -> Design:
            design, ids = clipboard.paste(design, self.scope, text, None if at is None else snapped(at))
            pasted.extend(ids)
            return design

        done = self._apply(change, "paste")
        if done:
            self.scene.select(pasted)
        return done


def _as_it_is(design: Design, node_id: str) -> Design:  # noqa: ARG001
    return design


def _named(node_ids: Sequence[str]) -> str:
    return node_ids[0] if len(node_ids) == 1 else f"{len(node_ids)} nodes"
