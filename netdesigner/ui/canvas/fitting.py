"""Which ports a canvas's nodes have, and which wires may be made between them: asked of the checks."""

from __future__ import annotations

from typing import NamedTuple

from netdesigner.checks import explain_refusal
from netdesigner.checks.ports import PortBook, Ports
from netdesigner.document import Design, Edge, Node, Scope, Value
from netdesigner.document import edit as edits
from netdesigner.errors import NetDesignerError
from netdesigner.session.library import LIBRARY_PREFIX
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.scene import CanvasScene
from netdesigner.ui.canvas.words import plain_message

__all__ = ["Fitting", "PortRef"]


class PortRef(NamedTuple):
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


class Fitting:
    """Answers for the scope that a scene shows.

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

    def ports(self, kind: str) -> Ports | None:
        """The ports that a new node of a kind has; None for an unknown kind."""
        try:
            design, kind = self.brought(self.design, kind)
        except NetDesignerError:
            return None
        return self.ports_in(design, Node(kind, self.first_params(kind)))

    def brought(self, design: Design, kind: str) -> tuple[Design, str]:
        """The design with the definition that a kind of the library stands for, and the kind of its instances.

        Raises:
            EditError: the library has no such block any more.
        """
        if not kind.startswith(LIBRARY_PREFIX):
            return design, kind
        return self.bridge.session.library.bring(design, self.scope, kind)

    def ports_in(self, design: Design, node: Node) -> Ports | None:
        """The ports of a node of a design; None for an unknown kind."""
        return PortBook(self.bridge.session.catalog, design).of(self.scope, node)

    def first_params(self, kind: str) -> dict[str, Value]:
        """What a new node of a kind starts with."""
        layer = self.bridge.session.catalog.layers.get(kind)
        return dict(layer.initial) if layer else {}

    def first_output(self, design: Design, node_id: str) -> str:
        """The name of a node's first output; "" where it has none, torch's usual name for an unknown kind."""
        ports = self.ports_in(design, design.graph(self.scope).nodes[node_id])
        if ports is None:
            return "output"
        return ports.outputs[0].name if ports.outputs else ""

    def refusal(self, edge: Edge, without: Edge | None = None) -> str:
        """Why a wire may not be made; "" where it may.

        Args:
            edge: the wire.
            without: a wire that it takes the place of.
        """
        return self.refusal_in(self._without(without), edge)

    def _without(self, edge: Edge | None) -> Design:
        return self.design if edge is None else edits.disconnect(self.design, self.scope, [edge])

    def refusal_in(self, design: Design, edge: Edge) -> str:
        """Why a wire may not be made in a design; "" where it may."""
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
        from netdesigner.session.rewiring import port_that_fits

        session, design = self.bridge.session, self._without(without)
        side = "input" if fixed.side == "output" else "output"
        known = session.report if design is session.design else None
        end = (fixed.node, fixed.name)
        port, reason = port_that_fits(
            design, session.catalog, self.scope, end, side, node_id, session.state.data, known
        )
        return PortRef(node_id, side, port.name) if port is not None else None, plain_message(reason)
