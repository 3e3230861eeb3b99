"""Changing one parameter of a node on the canvas, by a drag or in a field: seen at once, one step of the history."""

from __future__ import annotations

from netdesigner.document import Scope, Value
from netdesigner.parts.part import Param
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.node_params import with_param

__all__ = ["ParamEdit"]


class ParamEdit:
    """One change while it is being made; it ends as one step, or as if it had never begun.

    Args:
        bridge: to the session.
        scope, node_id: which node.
        param: which of its parameters.
    """

    def __init__(self, bridge: Bridge, scope: Scope, node_id: str, param: Param) -> None:
        self.scope, self.node_id, self.param = scope, node_id, param
        self._bridge = bridge
        bridge.session.seal()
        self._before = self._after = bridge.state.history

    @property
    def value(self) -> Value:
        """The present value."""
        node = self._bridge.session.design.graph(self.scope).nodes[self.node_id]
        return node.params.get(self.param.name, self.param.default)

    def set(self, value: Value) -> None:
        """Gives the parameter another value."""
        name = self.param.name
        self._bridge.edit(
            lambda design: with_param(design, self.scope, self.node_id, self.param, value),
            f"set {name} of {self.node_id}",
            f"edit:{self.scope}:{self.node_id}:{name}",
        )
        self._after = self._bridge.state.history

    def finish(self) -> None:
        """Keeps the value; what comes next is a step of its own."""
        self._bridge.session.seal()

    def abort(self) -> None:
        """Takes the change back, unless somebody did something else meanwhile."""
        if self._bridge.state.history is self._after:
            self._bridge.session.back_to(self._before)
