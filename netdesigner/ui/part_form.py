"""A part chosen from a list, with the form of its parameters below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from netdesigner.checks import Report
from netdesigner.document import Choice, Value
from netdesigner.parts import Part
from netdesigner.parts.part import Param
from netdesigner.ui.canvas.words import plain_message
from netdesigner.ui.combo import Combo
from netdesigner.ui.fields.form import Form
from netdesigner.ui.fields.reading import why_refused
from netdesigner.ui.formats import sentence
from netdesigner.ui.labels import PlainLabel, set_role
from netdesigner.ui.theme import Theme

__all__ = ["PartForm", "told_in", "without_defaults"]


def without_defaults(part: type[Part] | None, params: Mapping[str, Value]) -> dict[str, Value]:
    """The parameters that say something: those that differ from the part's defaults, and those it does not know."""
    defaults = {} if part is None else {declared.name: declared.default for declared in part.params()}
    return {
        name: value
        for name, value in params.items()
        if name not in defaults or value != defaults[name] or type(value) is not type(defaults[name])
    }


class PartForm(QWidget):
    """A list of parts, what the chosen one is, and its form.

    Signals:
        picked: (kind) another part was chosen; "" for none.
        edited: (name, value) a parameter was changed.
        left: the user is done with a field for now.

    Args:
        parts: by their kind; `offer` says later which of them are in the list.
        theme: its colours.
        none: the entry for no part, or "" where there always is one.
        marks: what to add to some labels, by kind.
        single: there is one part only, so no list is shown.
    """

    picked = Signal(str)
    edited = Signal(str, object)
    left = Signal()

    def __init__(
        self,
        parts: Mapping[str, type[Part]],
        theme: Theme,
        none: str = "",
        marks: Mapping[str, str] | None = None,
        single: bool = False,
    ) -> None:
        super().__init__()
        self._single = single
        self._parts = {kind: part for kind, part in parts.items() if kind == part.kind}
        self._theme = theme
        self._shown: str | None = None
        self._names: Mapping[str, int | float] = {}
        self.form: Form | None = None
        self._none = none
        self._marks = marks or {}
        self._offered: tuple[str, ...] = ()
        self.list = Combo()
        self.offer(self._parts)
        self.list.activated.connect(lambda index: self.picked.emit(self.list.itemData(index)))
        self._help = PlainLabel("", "muted", wrap=True)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._layout.addWidget(self.list)
        self.list.setVisible(not single)
        self._layout.addWidget(self._help)

    def offer(self, kinds: Iterable[str]) -> None:
        """Says which of the parts are in the list, in this order."""
        offered = tuple(kind for kind in kinds if kind in self._parts)
        if offered == self._offered:
            return
        self._offered = offered
        with QSignalBlocker(self.list):
            self.list.clear()
            if self._none:
                self.list.addItem(self._none, "")
            for kind in offered:
                self.list.addItem(self._parts[kind].label() + self._marks.get(kind, ""), kind)

    def show_choice(
        self,
        choice: Choice | None,
        names: Mapping[str, int | float],
        told: Mapping[str, str] = MappingProxyType({}),
        folder: Path | None = None,
        warned: bool = False,
    ) -> None:
        """Shows a choice.

        Args:
            choice: the part and the parameters that were set; None for no part.
            names: variables for expressions.
            told: by parameter, what else is wrong, as `told_in` gives it; under "" what is wrong with the kind.
            folder: where relative paths start; None for the working directory.
            warned: whether what is wrong with the kind keeps nothing from being trained.
        """
        kind = choice.kind if choice else ""
        with QSignalBlocker(self.list):
            self._list_unknown(kind)
            self.list.setCurrentIndex(self.list.findData(kind))
        part = self._parts.get(kind)
        self._names = names
        if kind != self._shown:
            self._shown = kind
            self._build(part, choice)
        elif self.form is not None and choice is not None:
            self.form.set_names(names)
            self.form.set_values(_values(part, choice.params))
        if self.form is not None:
            self.form.set_folder(folder)
        params = part.params() if part is not None else ()
        self._show_errors(params, choice.params if choice else {}, told)
        known = {param.name for param in params}
        wrong = {name: text for name, text in told.items() if kind and name not in known}
        self._show_help(part, wrong, "warning" if warned else "error")

    def reveal(self, name: str) -> QWidget:
        """The editor of a parameter, unfolded; without such a parameter the list, or what is said in its place."""
        if self.form is not None and self.form.has(name):
            return self.form.reveal(name)
        return self._help if self._single else self.list

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        if self.form is not None:
            self.form.set_theme(theme)

    def set_choices(self, name: str, choices: tuple[str, ...]) -> None:
        """What may be chosen in a field of names."""
        if self.form is not None:
            self.form.set_choices(name, choices)

    def _list_unknown(self, kind: str) -> None:
        if self.list.findData(kind) < 0:
            known = kind in self._parts
            self.list.addItem(self._parts[kind].label() if known else f"{kind} (unknown)", kind)

    def _build(self, part: type[Part] | None, choice: Choice | None) -> None:
        if self.form is not None:
            self._layout.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        if part is None or choice is None or not part.params():
            return
        self.form = Form(part.params(), _values(part, choice.params), self._theme, dict(self._names), self)
        self.form.edited.connect(self.edited)
        self.form.left.connect(lambda _name: self.left.emit())
        self._layout.addWidget(self.form)

    def _show_errors(
        self, declared: Iterable[Param], params: Mapping[str, Value], told: Mapping[str, str]
    ) -> None:
        """Says below each field what is wrong with it."""
        for param in declared:
            refused = told.get(param.name) or why_refused(
                param, params.get(param.name, param.default), self._names
            )
            if self.form is not None:
                self.form.set_error(param.name, refused)

    def _show_help(self, part: type[Part] | None, wrong: Mapping[str, str], role: str) -> None:
        """What the part is, and what is wrong where no field could say it."""
        about = [part.summary()] if part is not None and not self._single else []
        lines = [f"{name}: {text}" if name else sentence(text) for name, text in wrong.items()]
        self._help.setText("\n".join([*about, *lines]))
        set_role(self._help, role if wrong else "muted")
        self._help.setVisible(bool(self._help.text()))


def told_in(report: Report, section: str) -> dict[str, str]:
    """By parameter, what a report says of one of the design's `SECTIONS`; under "" what it says of the kind."""
    found = {}
    for problem in report.problems:
        if problem.section == section:
            said = problem.message.partition(f": {problem.param}: ")[2] if problem.param else ""
            found[problem.param] = plain_message(said or problem.message)
    return found


def _values(part: type[Part] | None, params: Mapping[str, Value]) -> dict[str, Value]:
    defaults = {} if part is None else {declared.name: declared.default for declared in part.params()}
    return {**defaults, **{name: value for name, value in params.items() if name in defaults}}
