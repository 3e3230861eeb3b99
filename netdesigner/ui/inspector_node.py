"""The inspector's page for one node."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from netdesigner.checks import Problem, Trace
from netdesigner.checks.parameters import RATE
from netdesigner.document import Design, Node, Scope, Value, name_fault
from netdesigner.document import edit as edits
from netdesigner.parts import Layer
from netdesigner.parts.part import Param
from netdesigner.session import State
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.words import plain_message
from netdesigner.ui.fields.field import mark_invalid
from netdesigner.ui.fields.fold import Fold
from netdesigner.ui.fields.form import Form
from netdesigner.ui.fields.reading import why_refused
from netdesigner.ui.fields.section import Facts, Heading, Notice
from netdesigner.ui.formats import sentence
from netdesigner.ui.kind_line import KindLine
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.node_facts import facts_of
from netdesigner.ui.node_params import names_in_scope, params_of, with_param
from netdesigner.ui.theme import Theme, font
from netdesigner.ui.tie_picker import TiePicker, candidates

__all__ = ["BYPASSED", "FROZEN", "REPEAT", "USES", "NodePage", "may_learn", "set_rate"]

USES = ("repeat", "frozen", "rate", "bypassed")
"""What is set of how a node is used, by the names of its fields."""

REPEAT = Param(
    name="repeat",
    field="repeat",
    type="int",
    optional=False,
    default=1,
    min=1,
    help="how many times the node is applied in a row, each time with weights of its own",
)


FROZEN = Param(
    name="frozen",
    field="frozen",
    type="bool",
    optional=False,
    default=False,
    help="training leaves its weights as they are, and it computes as in evaluation: running means stay too",
)


BYPASSED = Param(
    name="bypassed",
    field="bypassed",
    type="bool",
    optional=False,
    default=False,
    help="what comes in goes out unchanged, and the network is computed as if the node were not there",
)


_NUMBERS = (REPEAT, RATE)
"""Of how a node is used, what is a number."""


def may_learn(node: Node, layer: type[Layer] | None) -> bool:
    """Whether a node may have weights that could be frozen."""
    return bool(node.block or node.tied) or node.frozen or (layer is not None and layer.may_learn())


def set_rate(bridge: Bridge, scope: Scope, node_ids: Sequence[str], value: Value, named: str) -> str:
    """Sets how fast nodes learn.

    Args:
        bridge: to the session.
        scope, node_ids: which nodes.
        value: what was typed.
        named: the nodes, for the history.

    Returns:
        Why it was not set: it is an expression, and a rate is a number; "" where it was.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "expected a number"
    bridge.edit(
        lambda design: edits.set_rate(design, scope, node_ids, value),  # as it was typed
        f"set the rate of {named}",
        f"rate:{scope}:{','.join(node_ids)}",
    )
    return ""


class NodePage(QWidget):
    """Name, kind, parameters, repeats, note, shapes and help of one node.

    Signals:
        renamed: the node's new id.

    Args:
        bridge: to the session.
        theme: its colours.
        scope, node_id: which node.
    """

    renamed = Signal(str)

    def __init__(self, bridge: Bridge, theme: Theme, scope: Scope, node_id: str) -> None:
        super().__init__()
        self.scope, self.node_id = scope, node_id
        self._bridge = bridge
        self._theme = theme
        self._params: tuple[Param, ...] = ()
        design = bridge.session.design
        node = design.graph(scope).nodes[node_id]
        self.kind = node.kind
        self._layer: type[Layer] | None = bridge.session.catalog.layers.get(node.kind)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 16, 16, 16)
        self._layout.setSpacing(8)
        self.name = self._name_line()
        self.name_error = PlainLabel("", "error", wrap=True)
        self.name_error.setObjectName("name_error")
        self.name_error.hide()
        self.kind_line = KindLine(theme)
        self.summary = PlainLabel(self._summary(design, node), "muted", wrap=True)
        self._notices = QVBoxLayout()
        self._notices.setSpacing(4)
        for widget in (self.name, self.name_error, self.kind_line, self.summary):
            self._layout.addWidget(widget)
        self._layout.addLayout(self._notices)
        self.form = self._make_form(design, node)
        self.more = self._make_more(design, node)
        self.shapes = Facts()
        self._layout.addWidget(Heading("Shapes and cost"))
        self._layout.addWidget(self.shapes)
        self._make_help()
        self._layout.addStretch(1)
        self.show_state(bridge.state)

    # --------------------------------------------------------------------------------------------------- building

    def _name_line(self) -> QLineEdit:
        line = QLineEdit(self.node_id)
        line.setObjectName("node_name")
        line.setAccessibleName("Name of the node")
        line.setMaxLength(64)
        line.setFont(font(15, font().Weight.DemiBold))
        line.textEdited.connect(self._check_name)
        line.editingFinished.connect(self._rename)
        return line

    def _summary(self, design: Design, node: Node) -> str:
        if self._layer is not None:
            return self._layer.summary()
        block = design.blocks.get(node.block)
        if block is not None:
            return block.doc or "A block of this design. Double-click the node to open it."
        what = "This design has no block" if node.block else "This version has no layer"
        return f"{what} called ‘{node.block or node.kind}’. The node is kept as it is and saved unchanged."

    def _make_form(self, design: Design, node: Node) -> Form | None:
        self._params = params_of(node, design, self._bridge.session.catalog)
        if not self._params:
            return None
        form = Form(self._params, node.params, self._theme, names_in_scope(design, self.scope))
        form.setObjectName("node_form")
        form.edited.connect(self._set_param)
        form.left.connect(lambda _name: self._bridge.session.seal())
        self._layout.addWidget(Heading("Parameters"))
        self._layout.addWidget(form)
        return form

    def _make_more(self, design: Design, node: Node) -> Form:
        """How often the node repeats, whether it is frozen, how fast it learns, and the user's note."""
        params = (REPEAT, *((FROZEN, RATE) if may_learn(node, self._layer) else ()), BYPASSED)
        more = Form(params, _use_of(node), self._theme, names_in_scope(design, self.scope))
        more.setObjectName("use_form")
        more.edited.connect(self._set_use)
        more.left.connect(lambda _name: self._bridge.session.seal())
        self.note = QPlainTextEdit()
        self.note.setObjectName("node_note")
        self.note.setAccessibleName("Note")
        self.note.setPlaceholderText("Note")
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(56)
        self.note.setPlainText(node.note)
        self.note.textChanged.connect(self._set_note)
        self.note.installEventFilter(self)
        self.ties = TiePicker()
        self.ties.picked.connect(self._set_tied)
        if not (self._layer is not None and self._layer.category == "Input and output"):
            self._layout.addWidget(Heading("Use"))
            self._layout.addWidget(more)
            self._layout.addWidget(self.ties)
        else:
            for widget in (more, self.ties):
                widget.setParent(self)
                widget.hide()
        self._layout.addWidget(self.note)
        return more

    def _make_help(self) -> None:
        self.help: Fold | None = None
        if self._layer is None or not self._layer.__doc__:
            return
        text = PlainLabel(inspect.cleandoc(self._layer.__doc__), wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.help = Fold(f"About {self._layer.label()}", self._theme, text)
        self.help.setObjectName("help")
        self._layout.addWidget(self.help)

    # ---------------------------------------------------------------------------------------------------- showing

    def show_state(self, state: State) -> None:
        """Shows the node as it is in a state, in which it must be."""
        node = state.design.graph(self.scope).nodes[self.node_id]
        names = names_in_scope(state.design, self.scope)
        if not self.name.hasFocus():
            self._show_name(self.node_id)
        category = "Block" if node.block else self._layer.category if self._layer else ""
        label = self._layer.label() if self._layer else node.block or node.kind
        self.kind_line.show_kind(label, category)
        for form, values in ((self.form, node.params), (self.more, _use_of(node))):
            if form is not None:
                form.set_names(names)
                form.set_values(values)
        if self.note.toPlainText() != node.note:
            self.note.blockSignals(True)
            self.note.setPlainText(node.note)
            self.note.blockSignals(False)
        problems = [p for p in state.report.problems if (p.network, p.node) == (self.scope, self.node_id)]
        self._show_problems(node, problems, names)
        trace = state.report.traces.get(self.scope) or Trace()
        self.shapes.show_rows(
            facts_of(state.design, self._bridge.session.catalog, (self.scope, self.node_id), trace)
        )
        if may_learn(node, self._layer):
            self.ties.show_ties(node.tied, candidates(state.design.graph(self.scope), trace, self.node_id))
        else:
            self.ties.hide()

    def _show_problems(self, node: Node, problems: list[Problem], names: Mapping[str, int | float]) -> None:
        """Puts what is wrong with a parameter below its field, and the rest above the form."""
        shown = {param.name for param in self._params} | {use.name for use in _NUMBERS}
        # a tie is told above, in words of its own
        told = {problem.param: problem.message for problem in problems if problem.param in shown}
        for param in self._params:
            refused = why_refused(param, node.params.get(param.name, param.default), names)
            if self.form is not None:
                self.form.set_error(param.name, refused or plain_message(told.get(param.name, "")))
        for use in _NUMBERS:
            refused = why_refused(use, getattr(node, use.field), names)
            self.more.set_error(use.name, refused or plain_message(told.get(use.name, "")))
        while self._notices.count():
            widget = self._notices.takeAt(0).widget()
            widget.hide()
            widget.deleteLater()
        for problem in problems:
            if problem.param not in shown:
                notice = Notice(problem.severity, sentence(plain_message(problem.message)), self._theme)
                self._notices.addWidget(notice)
                notice.show()

    # ---------------------------------------------------------------------------------------------------- editing

    def _set_param(self, name: str, value: Value) -> None:
        param = next(param for param in self._params if param.name == name)
        self._bridge.edit(
            lambda design: with_param(design, self.scope, self.node_id, param, value),
            f"set {name} of {self.node_id}",
            f"param:{self.scope}:{self.node_id}:{name}",
        )

    def _set_use(self, name: str, value: Value) -> None:
        if name == "frozen":
            self._bridge.edit(
                lambda design: edits.set_frozen(design, self.scope, [self.node_id], bool(value)),
                f"{'freeze' if value else 'unfreeze'} {self.node_id}",
            )
        elif name == "bypassed":
            self._bridge.edit(
                lambda design: edits.set_bypassed(design, self.scope, [self.node_id], bool(value)),
                f"{'bypass' if value else 'no longer bypass'} {self.node_id}",
            )
        elif name == "rate":
            refused = set_rate(self._bridge, self.scope, (self.node_id,), value, self.node_id)
            self.more.set_error(name, refused)
        elif isinstance(value, int | str):
            self._bridge.edit(
                lambda design: edits.set_repeat(design, self.scope, self.node_id, value),
                f"repeat {self.node_id}",
                f"repeat:{self.scope}:{self.node_id}",
            )

    def _set_tied(self, tied: str) -> None:
        self._bridge.edit(
            lambda design: edits.set_tied(design, self.scope, self.node_id, tied),
            f"use the weights of {tied} at {self.node_id}"
            if tied
            else f"give {self.node_id} its own weights",
        )

    def _set_note(self) -> None:
        text = self.note.toPlainText()
        node = self._bridge.session.design.graph(self.scope).nodes.get(self.node_id)
        if node is not None and text != node.note:
            self._bridge.edit(
                lambda design: edits.set_note(design, self.scope, self.node_id, text),
                f"note at {self.node_id}",
                f"note:{self.scope}:{self.node_id}",
            )

    def _why_not(self, name: str) -> str:
        if name == self.node_id:
            return ""
        if name in self._bridge.session.design.graph(self.scope).nodes:
            return f"There is a node {name} already"
        return sentence(name_fault(name))

    def _check_name(self, text: str) -> None:
        reason = self._why_not(text.strip())
        mark_invalid(self.name, bool(reason))
        self.name_error.setText(reason)
        self.name_error.setVisible(bool(reason))

    def _rename(self) -> None:
        new = self.name.text().strip()
        if self._why_not(new):
            new = self.node_id
        self._show_name(new)
        self._check_name(new)
        if new != self.node_id:
            old = self.node_id
            self._bridge.edit(
                lambda design: edits.rename_node(design, self.scope, old, new), f"rename {old} to {new}"
            )

    def follow(self, node_id: str) -> None:
        """The node has another id now."""
        self.node_id = node_id
        self._show_name(node_id)

    def _show_name(self, name: str) -> None:
        """A name that is too long for the field is seen from its beginning."""
        self.name.setText(name)
        self.name.setCursorPosition(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.note and event.type() == QEvent.Type.FocusOut:
            self._bridge.session.seal()
        return super().eventFilter(watched, event)


def _use_of(node: Node) -> dict[str, Value]:
    return {name: getattr(node, name) for name in USES}
