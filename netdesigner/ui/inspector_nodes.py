"""The inspector's page for several nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from netdesigner.checks.parameters import RATE
from netdesigner.document import Design, Node, Scope, Value
from netdesigner.document import edit as edits
from netdesigner.document.many import replace_nodes
from netdesigner.parts.part import Param
from netdesigner.session import State
from netdesigner.ui import formats
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.words import plain_message
from netdesigner.ui.fields.form import Form
from netdesigner.ui.fields.relative import Relative
from netdesigner.ui.fields.section import Facts, Heading
from netdesigner.ui.inspector_node import BYPASSED, FROZEN, REPEAT, USES, may_learn, set_rate
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.node_params import names_in_scope, node_with, params_of
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
        self._chosen = frozenset(node_ids)
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
        self.form.take_relative()
        self.form.shifted.connect(self._shift_param)
        hint = PlainLabel("+8, *2 or /2 changes each number by itself.", "muted", wrap=True)
        layout.addWidget(hint)
        hint.setVisible(any(param.numeric for param in self._params.values()))
        layout.addWidget(self.form)
        layout.addWidget(self._none)
        self.form.setVisible(bool(self._params))
        self._none.setVisible(not self._params)
        self.use = self._make_use(theme)
        self.note = self._make_note()
        self._use_heading = Heading("Use")
        for widget in (self._use_heading, self.use, self.note):
            layout.addWidget(widget)
        for widget in (self._use_heading, self.use):
            widget.setVisible(not self._at_the_edge())
        layout.addStretch(1)
        self.show_state(bridge.state)

    def _make_use(self, theme: Theme) -> Form:
        """How often they repeat, whether they are bypassed and, where all may have weights, how these learn."""
        layers = self._bridge.session.catalog.layers
        all_learn = all(may_learn(node, layers.get(node.kind)) for node in self._nodes().values())
        use = Form((REPEAT, *((FROZEN, RATE) if all_learn else ()), BYPASSED), {}, theme, {})
        use.setObjectName("use_form")
        use.take_relative()
        use.edited.connect(self._set_use)
        use.shifted.connect(self._shift_use)
        use.left.connect(lambda _name: self._bridge.session.seal())
        return use

    def _at_the_edge(self) -> bool:
        """Whether some are inputs or outputs of the network, which are not repeated."""
        layers = self._bridge.session.catalog.layers
        found = (layers.get(node.kind) for node in self._nodes().values())
        return any(layer is not None and layer.category == "Input and output" for layer in found)

    def _make_note(self) -> QPlainTextEdit:
        note = QPlainTextEdit()
        note.setObjectName("nodes_note")
        note.setAccessibleName("Note of all")
        note.setTabChangesFocus(True)
        note.setFixedHeight(56)
        note.textChanged.connect(self._set_note)
        return note

    def _nodes(self) -> dict[str, Node]:
        nodes = self._bridge.session.design.graph(self.scope).nodes
        return {node_id: nodes[node_id] for node_id in self.node_ids}

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
        self._show_use(state)
        self._show_problems(state)
        self.facts.show_rows(self._facts(state))

    def _show_use(self, state: State) -> None:
        nodes = [state.design.graph(self.scope).nodes[node_id] for node_id in self.node_ids]
        found = {name: [getattr(node, name) for node in nodes] for name in USES}
        self.use.set_names(names_in_scope(state.design, self.scope))
        self.use.set_values({name: values[0] for name, values in found.items()})
        several = [name for name, values in found.items() if len(set(values)) > 1]
        self.use.set_mixed([name for name in several if self.use.has(name)])
        notes = {node.note for node in nodes}
        shown = notes.pop() if len(notes) == 1 else ""
        self.note.setPlaceholderText("Different notes" if notes else "Note")
        if self.note.toPlainText() != shown:
            with QSignalBlocker(self.note):
                self.note.setPlainText(shown)

    def _show_problems(self, state: State) -> None:
        """Says below a field what is wrong with it, at the first node where something is."""
        told: dict[str, str] = {}
        for problem in state.report.problems:
            if problem.param and problem.network == self.scope and problem.node in self._chosen:
                told.setdefault(problem.param, f"{problem.node}: {plain_message(problem.message)}")
        for form, names in ((self.form, self._params), (self.use, ("repeat", "rate"))):
            for name in names:
                form.set_error(name, told.get(name, ""))

    def _facts(self, state: State) -> list[tuple[str, str, str]]:
        nodes = state.design.graph(self.scope).nodes
        layers = self._bridge.session.catalog.layers
        kinds = Counter(
            layers[nodes[node_id].kind].label()
            if nodes[node_id].kind in layers
            else nodes[node_id].block or nodes[node_id].kind
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

    def _edit(self, change: Callable[[str, Node], Node], what: str, merge_key: str = "") -> None:
        """Changes all nodes in one step."""

        def changed(design: Design) -> Design:
            nodes = design.graph(self.scope).nodes
            return replace_nodes(
                design, self.scope, {node_id: change(node_id, nodes[node_id]) for node_id in self.node_ids}
            )

        key = f"{merge_key}:{self.scope}:{','.join(self.node_ids)}" if merge_key else ""
        self._bridge.edit(changed, f"{what} of {len(self.node_ids)} nodes", key)

    def _set_param(self, name: str, value: Value) -> None:
        design = self._bridge.session.design
        own = {node_id: self._own(design, node_id)[name] for node_id in self.node_ids}
        self._edit(
            lambda node_id, node: node_with(node, own[node_id], value), f"set {name}", f"params:{name}"
        )

    def _shift_param(self, name: str, by: Relative) -> None:
        design = self._bridge.session.design

        def change(node_id: str, node: Node) -> Node:
            param = self._own(design, node_id)[name]
            return node_with(node, param, by.of(param, node.params.get(name, param.default)))

        self._edit(change, f"change {name}")

    def _set_use(self, name: str, value: Value) -> None:
        if name == "frozen":
            word = "freeze" if value else "unfreeze"
            self._bridge.edit(
                lambda design: edits.set_frozen(design, self.scope, self.node_ids, bool(value)),
                f"{word} {len(self.node_ids)} nodes",
            )
        elif name == "bypassed":
            self._edit(lambda _id, node: replace(node, bypassed=bool(value)), "change the bypass")
        elif name == "rate":
            named = f"{len(self.node_ids)} nodes"
            self.use.set_error(name, set_rate(self._bridge, self.scope, self.node_ids, value, named))
        elif isinstance(value, int | str):
            self._edit(lambda _id, node: replace(node, repeat=value), "set repeat", "repeat")

    def _shift_use(self, name: str, by: Relative) -> None:
        def change(_id: str, node: Node) -> Node:
            if name == "rate":
                rate = by.of(RATE, node.rate)
                return replace(node, rate=rate) if isinstance(rate, float) else node
            repeat = by.of(REPEAT, node.repeat)
            return replace(node, repeat=repeat) if isinstance(repeat, int | str) else node

        self._edit(change, f"change {name}")

    def _set_note(self) -> None:
        text = self.note.toPlainText()
        self._edit(lambda _id, node: replace(node, note=text), "set the note", "note")


def _alike(a: Param, b: Param | None) -> bool:
    return b is not None and (a.type, a.choices, a.axes, a.optional) == (
        b.type,
        b.choices,
        b.axes,
        b.optional,
    )
