"""The edits a person makes on the canvas, each one step of the history.

An edit that does not fit is said in one line and nothing changes. Which wires may be made is asked of the checks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from netdesigner.document import Design, Edge, Node, annotate, clipboard
from netdesigner.document import edit as edits
from netdesigner.document.blocks import refuse_recursion
from netdesigner.document.design import Frame, Note, Point
from netdesigner.document.dots import Dot, move_dots, remove_dots
from netdesigner.errors import NetDesignerError
from netdesigner.ui.canvas.carry import Carried
from netdesigner.ui.canvas.dots import leg_near
from netdesigner.ui.canvas.fitting import Fitting, PortRef
from netdesigner.ui.canvas.kinds import bare_name
from netdesigner.ui.canvas.metrics import CARD_WIDTH_PX, PORT_DOWN_PX
from netdesigner.ui.canvas.placing import below_others, beside, given_way, inside_wire, make_room, snapped
from netdesigner.ui.canvas.words import plain_message

__all__ = ["Editor", "PortRef"]


class Editor(Fitting):
    """Makes the canvas's edits in the scope that its scene shows; bridge and scene as of `Fitting`."""

    def say(self, severity: str, text: str) -> None:
        """Says one line to the user."""
        self.bridge.said.emit(severity, plain_message(text))

    def apply(self, change: Callable[[Design], Design], label: str, merge_key: str = "") -> bool:
        """Applies an edit; where nodes are drawn at places that the design does not hold, it takes these over first."""
        positions = self.scene.positions() if self.scene.unplaced else {}

        def placed_and_changed(design: Design) -> Design:
            return change(edits.move_nodes(design, self.scope, positions) if positions else design)

        return self.bridge.edit(placed_and_changed, label, merge_key)

    # ---------------------------------------------------------------------------------------------------- wires

    def _connected(self, design: Design, edge: Edge, index: int | None = None) -> Design:
        ports = self.ports_in(design, design.graph(self.scope).nodes[edge.target])
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
            points = design.place(self.scope).annotations.routes.get(instead_of, ())
            design = self._connected(edits.disconnect(design, self.scope, [instead_of]), edge, index)
            return annotate.set_routes(design, self.scope, {edge: points}) if points else design

        return self.apply(change, f"connect {edge.source} to {edge.target}")

    def disconnect(self, wires: Collection[Edge]) -> bool:
        """Removes wires."""
        label = "remove wire" if len(wires) == 1 else f"remove {len(wires)} wires"
        return self.apply(lambda design: edits.disconnect(design, self.scope, wires), label)

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
        return self._add(kind, lambda design, node_id: self._inserted(design, node_id, edge, at), at, edge)

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
            design, found = self.brought(design, kind)
            refuse_recursion(design, self.scope, [Node(found)])
            added, node_id = edits.add_node(design, self.scope, found, at, self.first_params(found))
            made.append(node_id)
            return then(added, node_id)

        label = layer.label() if layer else bare_name(kind)
        if not self.apply(change, f"add {label}"):
            return ""
        self.scene.select(made)
        return made[0]

    def _joined(self, design: Design, node_id: str, port: PortRef) -> Design:
        ports = self.ports_in(design, design.graph(self.scope).nodes[node_id])
        side = "input" if port.side == "output" else "output"
        names = (
            [] if ports is None else [p.name for p in (ports.inputs if side == "input" else ports.outputs)]
        )
        first = ""
        for name in names:
            edge = port.edge_to(PortRef(node_id, side, name))
            refused = self.refusal_in(design, edge)
            if not refused:
                return self._connected(design, edge)
            first = first or refused
        self.say("warning", f"‘{node_id}’ was added without a wire: {first or f'it has no {side}'}")
        return design

    def _inserted(self, design: Design, node_id: str, edge: Edge, at: Point) -> Design:
        """The design with a node in a wire, which it was let go over at a point."""
        ports = self.ports_in(design, design.graph(self.scope).nodes[node_id])
        if ports is None or not ports.inputs or not ports.outputs:
            raise NetDesignerError(f"{node_id} cannot go into a wire: it needs an input and an output")
        place = design.place(self.scope)
        room = make_room(place, place.layout[node_id], {edge.target})
        design = given_way(design, self.scope, room, self.scene.sizes(), node_id)
        before = leg_near(self.scene, edge, (at[0] + CARD_WIDTH_PX / 2, at[1] + PORT_DOWN_PX))
        return edits.insert_on_edge(
            design, self.scope, edge, node_id, ports.inputs[0].name, ports.outputs[0].name, before
        )

    def insert(self, node_id: str, edge: Edge, positions: Mapping[str, Point]) -> bool:
        """Puts a node that is there into a wire, at the place it was dragged to."""
        at = inside_wire(self.scene, edge, positions[node_id])

        def change(design: Design) -> Design:
            moved = edits.move_nodes(design, self.scope, {node_id: at})
            return self._inserted(moved, node_id, edge, positions[node_id])

        return self.apply(change, f"insert {node_id}")

    def move(
        self,
        positions: Mapping[str, Point],
        merge_key: str = "",
        dots: Collection[Dot] = (),
        shift: Point = (0.0, 0.0),
        marks: Mapping[str, Frame | Note] = MappingProxyType({}),
        label: str = "",
    ) -> bool:
        """Moves nodes, some dots of wires by a shift, and frames and notes with them."""

        def change(design: Design) -> Design:
            moved = move_dots(design, self.scope, positions, dots, shift)
            return annotate.set_marks(moved, self.scope, marks)

        done = self.apply(change, label or f"move {_told(positions, marks)}", merge_key)
        if done and dots:
            self.scene.dots.select([dot.moved(shift) for dot in dots])
        return done

    def delete(
        self,
        node_ids: Sequence[str],
        wires: Collection[Edge] = (),
        reconnect: bool = False,
        dots: Collection[Dot] = (),
        mark_ids: Collection[str] = (),
    ) -> bool:
        """Removes nodes, wires, dots of wires, frames and notes in one step.

        Args:
            node_ids, wires, dots, mark_ids: what goes.
            reconnect: whether what fed a removed node feeds what followed it.
        """
        if not node_ids and not wires and not dots and not mark_ids:
            return False
        gone = set(node_ids)
        loose = [edge for edge in wires if edge.source not in gone and edge.target not in gone]

        def change(design: Design) -> Design:
            design = remove_dots(design, self.scope, dots) if dots else design
            design = edits.disconnect(design, self.scope, loose) if loose else design
            design = annotate.remove_marks(design, self.scope, mark_ids)
            return edits.remove_nodes(design, self.scope, node_ids, reconnect) if node_ids else design

        named = [*node_ids, *mark_ids]
        label = f"delete {_named(named)}" if named else "remove wire" if wires else "remove dot"
        return self.apply(change, label)

    def rename(self, node_id: str, new_id: str) -> bool:
        """Gives a node another id and keeps it selected."""
        done = self.apply(
            lambda design: edits.rename_node(design, self.scope, node_id, new_id),
            f"rename {node_id} to {new_id}",
        )
        if done:
            self.scene.select([new_id])
        return done

    # ------------------------------------------------------------------------------------------------- clipboard

    def copied(self) -> str:
        """The selected nodes, frames and notes as text, with what lies in the frames."""
        carried = Carried.selected(self.scene)
        return clipboard.copy(self.design, self.scope, carried.nodes, carried.marks)

    def paste(self, text: str, at: Point | None = None) -> bool:
        """Adds the nodes, frames and notes of a copied text and selects them."""
        before = self.design.place(self.scope)

        def change(design: Design) -> Design:
            return clipboard.paste(design, self.scope, text, None if at is None else snapped(at))[0]

        done = self.apply(change, "paste")
        if done:
            after = self.design.place(self.scope)
            nodes = [node_id for node_id in after.graph.nodes if node_id not in before.graph.nodes]
            marks = after.annotations.marks.keys() - before.annotations.marks.keys()
            self.scene.select(nodes, (), marks)
        return done


def _as_it_is(design: Design, node_id: str) -> Design:  # noqa: ARG001
    return design


def _named(node_ids: Sequence[str]) -> str:
    return node_ids[0] if len(node_ids) == 1 else f"{len(node_ids)} nodes"


def _told(positions: Mapping[str, Point], marks: Mapping[str, Frame | Note]) -> str:
    if not marks:
        return next(iter(positions), "wire") if len(positions) < 2 else f"{len(positions)} nodes"
    kinds = [type(mark).__name__.lower() for mark in marks.values()]
    if len(kinds) == 1:
        return f"{kinds[0]} with {len(positions)} nodes" if positions else kinds[0]
    return f"{len(kinds) + len(positions)} nodes, frames and notes"
