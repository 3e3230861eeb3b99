"""Changing a parameter of a node or several on the canvas, by a drag or in a field: seen at once, one step."""

from __future__ import annotations

from collections.abc import Sequence

from netdesigner.document import Design, Scope, Value
from netdesigner.document.many import replace_nodes
from netdesigner.parts.part import Param
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.node_params import node_with, params_of

__all__ = ["ParamEdit"]


class ParamEdit:
    """One change while it is being made; it ends as one step, or as if it had never begun.

    Args:
        bridge: to the session.
        scope: where the nodes are.
        param: which parameter of the first node.
        node_ids: the node, and others that follow it where they have a parameter of that name.
    """

    def __init__(self, bridge: Bridge, scope: Scope, param: Param, *node_ids: str) -> None:
        self.scope, self.param = scope, param
        self.node_id = node_ids[0]
        self._bridge = bridge
        self._params = {self.node_id: param, **self._of_others(node_ids[1:])}
        bridge.session.seal()
        self._before = self._after = bridge.state.history

    def _of_others(self, node_ids: Sequence[str]) -> dict[str, Param]:
        design, catalog = self._bridge.session.design, self._bridge.session.catalog
        nodes = design.graph(self.scope).nodes
        return {
            node_id: param
            for node_id in node_ids
            for param in params_of(nodes[node_id], design, catalog)
            if (param.name, param.type) == (self.param.name, self.param.type)
        }

    @property
    def value(self) -> Value:
        """The present value."""
        node = self._bridge.session.design.graph(self.scope).nodes[self.node_id]
        return node.params.get(self.param.name, self.param.default)

    def set(self, value: Value) -> None:
        """Gives the parameter another value."""

        def change(design: Design) -> Design:
            nodes = design.graph(self.scope).nodes
            changed = {n: node_with(nodes[n], param, value) for n, param in self._params.items()}
            return replace_nodes(design, self.scope, changed)

        several = len(self._params) > 1
        whose = f"{len(self._params)} nodes" if several else self.node_id
        key = f"edit:{self.scope}:{','.join(self._params)}:{self.param.name}"
        self._bridge.edit(change, f"set {self.param.name} of {whose}", key)
        self._after = self._bridge.state.history

    def finish(self) -> None:
        """Keeps the value; what comes next is a step of its own."""
        self._bridge.session.seal()

    def abort(self) -> None:
        """Takes the change back, unless somebody did something else meanwhile."""
        if self._bridge.state.history is self._after:
            self._bridge.session.back_to(self._before)
