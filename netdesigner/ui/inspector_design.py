"""The inspector's page for the design, or for a block, where no node is selected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from netdesigner.checks.parameters import choice_computes, computes
from netdesigner.document import BLOCK_PREFIX, Design, Scope
from netdesigner.document import edit as edits
from netdesigner.document.blocks import instances, set_block_params
from netdesigner.document.variables import declare_variables
from netdesigner.errors import EditError
from netdesigner.session import State
from netdesigner.ui import formats
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.words import plain_message
from netdesigner.ui.fields.numbers_editor import NumbersEditor
from netdesigner.ui.fields.section import Facts, Heading
from netdesigner.ui.kind_line import KindLine
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.theme import Theme, font

__all__ = ["BlockPage", "DesignPage"]


class _Page(QWidget):
    """Fields that write to the session and show what it holds."""

    def __init__(self, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._bridge = bridge
        self._theme = theme
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 16, 16, 16)
        self._layout.setSpacing(8)

    def _text(self, name: str, hint: str, height: int) -> QPlainTextEdit:
        text = QPlainTextEdit()
        text.setObjectName(name)
        text.setAccessibleName(hint)
        text.setPlaceholderText(hint)
        text.setTabChangesFocus(True)
        text.setFixedHeight(height)
        text.installEventFilter(self)
        return text

    def _numbers(self, what: str) -> NumbersEditor:
        numbers = NumbersEditor(what, self._theme)
        numbers.setObjectName("numbers")
        return numbers

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self._bridge.session.seal()
        return super().eventFilter(watched, event)


def _put(text: QPlainTextEdit, content: str) -> None:
    if text.toPlainText() != content:
        text.blockSignals(True)
        text.setPlainText(content)
        text.blockSignals(False)


class DesignPage(_Page):
    """Title, description, totals and variables of the design.

    Args:
        bridge: to the session.
        theme: its colours.
        scope: the network that is open.
    """

    def __init__(self, bridge: Bridge, theme: Theme, scope: Scope) -> None:
        super().__init__(bridge, theme)
        self.scope = scope
        self.title = QLineEdit()
        self.title.setObjectName("design_title")
        self.title.setAccessibleName("Title of the design")
        self.title.setPlaceholderText("Title of the design")
        self.title.setMaxLength(200)
        self.title.setFont(font(15, font().Weight.DemiBold))
        self.title.textEdited.connect(self._set_title)
        self.title.installEventFilter(self)
        self.description = self._text("design_description", "What this design is for", 104)
        self.description.textChanged.connect(self._set_description)
        self.facts = Facts()
        self.numbers = self._numbers("variable")
        self.numbers.changed.connect(self._set_variables)
        for widget in (
            self.title,
            self.description,
            Heading("Totals"),
            self.facts,
            Heading("Variables"),
            PlainLabel("Numbers that any parameter may use, as in 4*width.", "muted", wrap=True),
            self.numbers,
        ):
            self._layout.addWidget(widget)
        self._layout.addStretch(1)
        self.show_state(bridge.state)

    def show_state(self, state: State) -> None:
        """Shows a state."""
        design = state.design
        if self.title.text() != design.title:
            self.title.setText(design.title)
            self.title.setCursorPosition(0)
        _put(self.description, design.description)
        self.facts.show_rows(self._facts(state))
        self.numbers.set_numbers(design.variables)

    def _facts(self, state: State) -> list[tuple[str, str, str]]:
        rows = []
        several = len(state.design.networks) > 1
        parameters = macs = 0
        for name, network in state.design.networks.items():
            trace = state.report.traces.get(name)
            cost = trace.cost if trace else None
            parameters += cost.parameters if cost else 0
            macs += cost.macs if cost else 0
            if several:
                told = f"{formats.plural(len(network.graph.nodes), 'node')}, "
                told += f"{formats.short_count(cost.parameters if cost else 0)} parameters"
                rows.append((name, told, ""))
        count = sum(len(network.graph.nodes) for network in state.design.networks.values())
        rows.append(("Nodes", formats.count(count), ""))
        rows.append(("Parameters", formats.count(parameters), "Numbers that training changes"))
        rows.append(("Multiply-adds", formats.short_count(macs), f"{macs:,} for one sample"))
        return rows

    def _set_title(self, text: str) -> None:
        self._bridge.edit(lambda design: replace(design, title=text), "change title", "title")

    def _set_description(self) -> None:
        text = self.description.toPlainText()
        self._bridge.edit(
            lambda design: replace(design, description=text), "change description", "description"
        )

    def _set_variables(self, numbers: Mapping[str, int | float]) -> None:
        session = self._bridge.session
        which = computes(session.catalog), choice_computes(session.catalog)
        try:
            changed = declare_variables(session.design, numbers, *which)
        except EditError as error:
            self.numbers.refuse(plain_message(str(error)))
            return
        self._bridge.edit(lambda _design: changed, "change variables", _key(self._bridge, numbers))


def _key(bridge: Bridge, numbers: Mapping[str, int | float]) -> str:
    """Typing a value merges with itself; adding, removing and renaming are steps of their own."""
    return f"variables:{','.join(numbers)}" if list(numbers) == list(bridge.session.design.variables) else ""


class BlockPage(_Page):
    """What a block is for, how often it is used, and its parameters.

    Args:
        bridge: to the session.
        theme: its colours.
        scope: the block.
    """

    def __init__(self, bridge: Bridge, theme: Theme, scope: Scope) -> None:
        super().__init__(bridge, theme)
        self.scope = scope
        self.block = scope.removeprefix(BLOCK_PREFIX)
        heading = PlainLabel(self.block, "heading")
        kind = KindLine(theme)
        kind.show_kind("Block", "Block")
        self.doc = self._text("block_doc", "What this block is for", 72)
        self.doc.textChanged.connect(self._set_doc)
        self.facts = Facts()
        self.numbers = self._numbers("parameter")
        self.numbers.changed.connect(self._set_params)
        for widget in (
            heading,
            kind,
            self.doc,
            self.facts,
            Heading("Parameters"),
            PlainLabel(
                "Numbers that each use of the block may set; these are the defaults.", "muted", wrap=True
            ),
            self.numbers,
        ):
            self._layout.addWidget(widget)
        self._layout.addStretch(1)
        self.show_state(bridge.state)

    def show_state(self, state: State) -> None:
        """Shows a state, in which the block must be."""
        block = state.design.blocks[self.block]
        _put(self.doc, block.doc)
        uses = len(instances(state.design, self.block))
        trace = state.report.traces.get(self.scope)
        rows = [("Used", "not yet" if not uses else "once" if uses == 1 else f"{uses} times", "")]
        if trace is not None and trace.nodes:
            cost = trace.cost
            rows.append(("Parameters", formats.count(cost.parameters), "Of its first use"))
            tip = f"{cost.macs:,} for one sample, of its first use"
            rows.append(("Multiply-adds", formats.short_count(cost.macs), tip))
        self.facts.show_rows(rows)
        self.numbers.set_numbers(block.params)

    def _set_doc(self) -> None:
        text = self.doc.toPlainText()

        def change(design: Design) -> Design:
            return edits.set_block(design, self.block, replace(design.blocks[self.block], doc=text))

        self._bridge.edit(change, f"describe {self.block}", f"doc:{self.block}")

    def _set_params(self, numbers: Mapping[str, int | float]) -> None:
        design = self._bridge.session.design
        same = list(numbers) == list(design.blocks[self.block].params)
        try:
            changed = set_block_params(design, self.block, numbers, computes(self._bridge.session.catalog))
        except EditError as error:
            self.numbers.refuse(plain_message(str(error)))
            return
        key = f"params:{self.block}" if same else ""
        self._bridge.edit(lambda _design: changed, f"parameters of {self.block}", key)
