"""The inspector's page for several nodes."""

from __future__ import annotations

from collections import Counter

from PySide6.QtWidgets import QVBoxLayout, QWidget

from netdesigner.document import Design, Scope, Value
from netdesigner.document import edit as edits
from netdesigner.parts.part import Param
from netdesigner.session import State
from netdesigner.ui import formats
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.fields.form import Form
from netdesigner.ui.fields.section import Facts, Heading
from netdesigner.ui.inspector_node import FROZEN, may_learn
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.node_params import names_in_scope, params_of, with_param
from netdesigner.ui.theme import Theme

__all__ = ["NodesPage"]


class NodesPage(QWidget):
    """How many nodes are selected, what they cost together, and the parameters that all of them have.

    Args:
        bridge: to the session.
        theme: its colours.
        scope, node_ids: which nodes.
    """

    def __init__(self, bridge: Bridge, theme: Theme, scope: Scope, node_ids: tuple[str, ...]) -> None:
        super().__init__()
        self.scope, self.node_ids = scope, node_ids
        self._bridge = bridge
        self._params = self._shared(bridge.session.design)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        self.title = PlainLabel(f"{len(node_ids)} nodes", "heading")
        self.facts = Facts()
        layout.addWidget(self.title)
        layout.addWidget(self.facts)
        layout.addWidget(Heading("Parameters of all"))
        self.form = Form(
            tuple(self._params.values()), {}, theme, names_in_scope(bridge.session.design, scope)
        )
        self.form.setObjectName("nodes_form")
        self.form.edited.connect(self._set_param)
        self.form.left.connect(lambda _name: bridge.session.seal())
        self._none = PlainLabel("They have no parameter in common.", "muted", wrap=True)
        layout.addWidget(self.form)
        layout.addWidget(self._none)
        self.form.setVisible(bool(self._params))
        self._none.setVisible(not self._params)
        self.use = self._make_use(theme)
        layout.addStretch(1)
        self.show_state(bridge.state)

    def _make_use(self, theme: Theme) -> Form | None:
        """Whether they are frozen, where all of them may have weights."""
        nodes = self._bridge.session.design.graph(self.scope).nodes
        layers = self._bridge.session.catalog.layers
        if not all(may_learn(nodes[n], layers.get(nodes[n].kind)) for n in self.node_ids):
            return None
        use = Form((FROZEN,), {}, theme, {})
        use.setObjectName("use_form")
        use.edited.connect(self._set_frozen)
        layout = self.layout()
        layout.addWidget(Heading("Use"))
        layout.addWidget(use)
        return use

    def _shared(self, design: Design) -> dict[str, Param]:
        """The parameters that all nodes have, of one type and with the same choices."""
        shared: dict[str, Param] | None = None
        for node_id in self.node_ids:
            params = self._own(design, node_id)
            if shared is None:
                shared = params
            shared = {name: p for name, p in shared.items() if _alike(p, params.get(name))}
        return shared or {}

    def _own(self, design: Design, node_id: str) -> dict[str, Param]:
        node = design.graph(self.scope).nodes[node_id]
        return {param.name: param for param in params_of(node, design, self._bridge.session.catalog)}

    def show_state(self, state: State) -> None:
        """Shows the nodes as they are in a state, in which they must be."""
        nodes = state.design.graph(self.scope).nodes
        values: dict[str, Value] = {}
        mixed = []
        for name, param in self._params.items():
            found = [nodes[node_id].params.get(name, param.default) for node_id in self.node_ids]
            values[name] = found[0]
            if any(value != found[0] or type(value) is not type(found[0]) for value in found):
                mixed.append(name)
        self.form.set_names(names_in_scope(state.design, self.scope))
        self.form.set_values(values)
        self.form.set_mixed(mixed)
        if self.use is not None:
            frozen = {nodes[node_id].frozen for node_id in self.node_ids}
            self.use.set_values({"frozen": True in frozen})
            self.use.set_mixed(["frozen"] if len(frozen) > 1 else [])
        self.facts.show_rows(self._facts(state))

    def _facts(self, state: State) -> list[tuple[str, str, str]]:
        nodes = state.design.graph(self.scope).nodes
        layers = self._bridge.session.catalog.layers
        kinds = Counter(
            layers[nodes[node_id].kind].label() if nodes[node_id].kind in layers else nodes[node_id].kind
            for node_id in self.node_ids
        )
        trace = state.report.traces.get(self.scope)
        traced = [trace.nodes[node_id] for node_id in self.node_ids if trace and node_id in trace.nodes]
        parameters, macs = sum(t.cost.parameters for t in traced), sum(t.cost.macs for t in traced)
        told = ", ".join(f"{count} {kind}" if count > 1 else kind for kind, count in kinds.most_common())
        return [
            ("Kinds", told, ""),
            ("Parameters", formats.count(parameters), ""),
            ("Multiply-adds", formats.short_count(macs), f"{macs:,} for one sample"),
        ]

    def _set_param(self, name: str, value: Value) -> None:
        def change(design: Design) -> Design:
            for node_id in self.node_ids:
                design = with_param(design, self.scope, node_id, self._own(design, node_id)[name], value)
            return design

        key = f"params:{self.scope}:{','.join(self.node_ids)}:{name}"
        self._bridge.edit(change, f"set {name} of {len(self.node_ids)} nodes", key)

    def _set_frozen(self, _name: str, value: Value) -> None:
        self._bridge.edit(
            lambda design: edits.set_frozen(design, self.scope, self.node_ids, bool(value)),
            f"{'freeze' if value else 'unfreeze'} {len(self.node_ids)} nodes",
        )


def _alike(a: Param, b: Param | None) -> bool:
    return b is not None and (a.type, a.choices, a.axes, a.optional) == (
        b.type,
        b.choices,
        b.axes,
        b.optional,
    )
