"""The phases of a training, a form for each."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from netdesigner.checks import Report
from netdesigner.checks.parameters import RATE
from netdesigner.checks.phases import EPOCHS, can_learn
from netdesigner.document import Phase, Value
from netdesigner.document.phases import below
from netdesigner.errors import ParameterError
from netdesigner.parts import TrainingSettings
from netdesigner.parts.part import Param
from netdesigner.session import State
from netdesigner.ui.canvas.words import plain_message
from netdesigner.ui.fields.form import Form
from netdesigner.ui.fields.reading import why_refused
from netdesigner.ui.fields.section import Heading
from netdesigner.ui.fields.typed import NamesField
from netdesigner.ui.formats import sentence
from netdesigner.ui.icons import icon
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.theme import Theme

__all__ = ["PhaseList"]

_EPOCHS = replace(
    EPOCHS, default=1, help="how long it lasts; the last phase goes on until the training is over"
)
_TRAINS = Param(
    name="trains",
    field="trains",
    type="names",
    optional=False,
    default=(),
    help="networks, or nodes as NETWORK.NODE, whose weights learn, in a block as NETWORK.BLOCK.NODE; the others wait. "
    "Empty: all of them learn",
)
_RATE = replace(
    RATE, help="what the learning rate is multiplied with; its schedule runs over the whole training"
)
_PARAMS = (_EPOCHS, _TRAINS, _RATE)
_ABOUT = (
    "One after the other; in each some weights learn and the others wait. Without phases all of them learn from the "
    "first epoch to the last."
)
_TOLD = re.compile(r"(?:.*?phases: )?phase (\d+)(?:: (epochs|rate): (.*)| .*)\Z")


class PhaseList(QWidget):
    """Adds phases, takes them away, and sets their epochs, nodes and rates.

    Signals:
        edited: (phases, label, key) they are to be others now; the label and the key are those of the history's step.
        left: the user is done with a field for now.

    Args:
        theme: its colours.
    """

    edited = Signal(object, str, str)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._phases: tuple[Phase, ...] = ()
        self._epochs = _EPOCHS.default
        self._state: State | None = None
        self._rows: list[_Row] = []
        self._told = PlainLabel("", "warning", wrap=True)
        self.add = QPushButton("Add a Phase")
        self.add.setObjectName("add_phase")
        self.add.clicked.connect(self._add)
        self._room = QVBoxLayout()
        self._room.setSpacing(16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(PlainLabel(_ABOUT, "muted", wrap=True))
        layout.addLayout(self._room)
        layout.addWidget(self._told)
        line = QHBoxLayout()
        line.addWidget(self.add)
        line.addStretch(1)
        layout.addLayout(line)

    def show_state(self, state: State) -> None:
        """Shows the phases of a design, and what is wrong with them."""
        design = state.design
        self._phases = design.training.phases
        self._epochs = _epochs_of(state)
        while len(self._rows) > len(self._phases):
            row = self._rows.pop()
            self._room.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self._rows) < len(self._phases):
            self._rows.append(self._row(len(self._rows)))
        self._state = state
        ends = [*accumulate(phase.epochs for phase in self._phases)]
        for row, phase, end in zip(self._rows, self._phases, ends, strict=True):
            row.show_phase(phase, end)
        self._show_told(state.report)

    def reveal(self) -> QWidget:
        """The first field in which something is wrong, or the button that adds a phase."""
        found = (
            row.form.field(param.name)
            for row in self._rows
            for param in _PARAMS
            if row.form.error(param.name)
        )
        return next(found, self.add)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        for row in self._rows:
            row.set_theme(theme)

    def _show_told(self, report: Report) -> None:
        rest = []
        for problem in report.problems:
            if problem.section != "training" or problem.param != "phases":
                continue
            text = plain_message(problem.message).removeprefix("training: phases: ")
            told = _TOLD.match(text)
            if told and int(told[1]) <= len(self._rows):
                self._rows[int(told[1]) - 1].form.set_error(told[2] or "trains", told[3] or text)
            else:
                rest.append(sentence(text))
        self._told.setText("\n".join(rest))
        self._told.setVisible(bool(rest))

    # -------------------------------------------------------------------------------------------------- edits

    def _row(self, number: int) -> _Row:
        row = _Row(number, self._theme, self._below)
        row.form.edited.connect(lambda name, value: self._edit(number, name, value))
        row.form.left.connect(lambda _name: self.left.emit())
        row.remove.clicked.connect(lambda: self._remove(number))
        self._room.addWidget(row)
        return row

    def _below(self, name: str) -> tuple[str, ...]:
        """What may learn within something that a phase can name."""
        if self._state is None:
            return ()
        design, traces = self._state.design, self._state.report.traces
        return tuple(inner for inner in below(design, name) if can_learn(traces, inner))

    def _edit(self, number: int, name: str, value: Value) -> None:
        if name != "trains" and (isinstance(value, bool) or not isinstance(value, int | float)):
            self._rows[number].form.set_error(name, "expected a number")
            return
        given: Any = value
        new = replace(self._phases[number], **{name: given})
        phases = (*self._phases[:number], new, *self._phases[number + 1 :])
        self.edited.emit(phases, f"set {name} of phase {number + 1}", f"phases.{number}.{name}")

    def _add(self) -> None:
        """Adds a phase behind the others, which shares the epochs of the last with it."""
        if not self._phases:
            self.edited.emit((Phase(self._epochs),), "add a phase", "")
            return
        last = self._phases[-1]
        kept = max(1, last.epochs // 2)
        new = Phase(max(1, last.epochs - kept))
        self.edited.emit((*self._phases[:-1], replace(last, epochs=kept), new), "add a phase", "")

    def _remove(self, number: int) -> None:
        """Takes a phase away; the one before it, or else the next, lasts as much longer."""
        left = [*self._phases]
        epochs = left.pop(number).epochs
        if left:
            at = max(0, number - 1)
            left[at] = replace(left[at], epochs=left[at].epochs + epochs)
        self.edited.emit((*left,), f"remove phase {number + 1}", "")


class _Row(QWidget):
    """One phase: which epochs it is, and its form."""

    def __init__(self, number: int, theme: Theme, below: Callable[[str], Sequence[str]]) -> None:
        super().__init__()
        self._number = number
        self.title = Heading("")
        self.remove = QToolButton()
        self.remove.setObjectName(f"remove_phase_{number + 1}")
        self.remove.setToolTip("Remove this phase")
        self.remove.setAccessibleName(f"Remove phase {number + 1}")
        self.remove.setIconSize(QSize(14, 14))
        self.form = Form(_PARAMS, {}, theme, {})
        self.form.setObjectName(f"phase_{number + 1}")
        trains = self.form.field("trains")
        assert isinstance(trains, NamesField)
        trains.set_hint("all of them")
        trains.offer(below)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.form)
        self.set_theme(theme)

    def show_phase(self, phase: Phase, end: int) -> None:
        """Shows a phase.

        Args:
            phase: the phase.
            end: the number of its last epoch.
        """
        first = end - phase.epochs + 1
        span = f"epoch {first:,}" if first >= end else f"epochs {first:,} to {end:,}"
        self.title.setText(f"Phase {self._number + 1}: {span}")
        values: dict[str, Value] = {"epochs": phase.epochs, "trains": phase.trains, "rate": phase.rate}
        self.form.set_values(values)
        for param in _PARAMS:
            self.form.set_error(param.name, why_refused(param, values[param.name], {}))

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self.form.set_theme(theme)
        self.remove.setIcon(icon("delete", theme, "muted"))


def _epochs_of(state: State) -> int:
    """How long the training lasts; as long as usual where that is not allowed."""
    training = state.design.training
    value = training.values.get("epochs")
    given = replace(training, values={} if value is None else {"epochs": value})
    try:
        return TrainingSettings.of(given, state.design.variables).epochs
    except ParameterError:
        return TrainingSettings().epochs
