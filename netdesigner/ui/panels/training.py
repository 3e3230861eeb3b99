"""The panel in which is set what is learned and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QToolButton, QVBoxLayout, QWidget

from netdesigner.document import Choice, Design, Phase, Value
from netdesigner.document import edit as edits
from netdesigner.session import State
from netdesigner.session.rates import planned_rates
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.fields.typed import TypedField
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.panels.phase_list import PhaseList
from netdesigner.ui.part_form import PartForm, told_in, without_defaults
from netdesigner.ui.rate_sketch import RateSketch
from netdesigner.ui.scroll import PanelScroll
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.ui.rate_dialog import RateDialog

__all__ = ["Training"]

_FIND = (
    "Find a learning rate: try some steps at ever higher rates, and suggest one; nothing is changed unasked"
)


class Training(PanelScroll):
    """Forms of task, loss, settings, optimizer, schedule and phases; each edit is one step of the history.

    Args:
        bridge: to the session.
        detached: the switch for runs in a process of their own, which is the user's and not the design's.
        theme: its colours.
    """

    def __init__(self, bridge: Bridge, detached: QAction, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("training")
        self.setAccessibleName("Training")
        self._bridge = bridge
        parts = bridge.session.catalog.parts
        self.task = PartForm(parts("task"), theme, none="No task chosen")
        self.loss = PartForm(parts("loss"), theme)
        self.settings = PartForm(parts("training"), theme, single=True)
        self.optimizer = PartForm(parts("optimizer"), theme)
        self.schedule = PartForm(parts("schedule"), theme)
        self._forms = {
            "task": self.task,
            "loss": self.loss,
            "training": self.settings,
            "optimizer": self.optimizer,
            "schedule": self.schedule,
        }
        self.detached = QCheckBox("Detached")
        self.detached.setObjectName("detached")
        self.detached.setAccessibleDescription(detached.statusTip())
        self.detached.setChecked(detached.isChecked())
        self.detached.toggled.connect(detached.setChecked)
        detached.toggled.connect(self.detached.setChecked)
        self._detached_help = PlainLabel(f"{detached.statusTip()}.", "muted", wrap=True)
        self.phases = PhaseList(theme)
        self.rates = RateSketch(theme)
        self.find_rate = QToolButton()
        self.find_rate.setText("&Find…")
        self.find_rate.setObjectName("find_rate_button")
        self.find_rate.setAccessibleName("Find a Learning Rate")
        self.find_rate.setToolTip(_FIND)
        self.find_rate.clicked.connect(self.open_rates)
        self.dialog: RateDialog | None = None
        self._theme = theme
        self._build()
        bridge.run_changed.connect(self._on_run)
        bridge.changed.connect(self._on_changed)
        self._show(bridge.state)
        assert self.settings.form is not None
        rate = self.settings.form.field("learning_rate")
        assert isinstance(rate, TypedField)
        rate.put_beside(self.find_rate)

    def _build(self) -> None:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        titles = ("Task", "Loss", "Run", "Optimizer", "Learning rate schedule")
        for title, (section, form) in zip(titles, self._forms.items(), strict=True):
            place = QWidget()
            inside = QVBoxLayout(place)
            inside.setContentsMargins(0, 16 if layout.count() else 0, 0, 0)
            inside.setSpacing(8)
            inside.addWidget(PlainLabel(title, "heading"))
            if section == "training":
                inside.addWidget(self.detached)
                inside.addWidget(self._detached_help)
            inside.addWidget(form)
            if section == "schedule":
                inside.addWidget(self.rates)
            layout.addWidget(place)
            self._connect(section, form)
        heading = PlainLabel("Phases", "heading")
        heading.setContentsMargins(0, 16, 0, 0)
        layout.addWidget(heading)
        layout.addWidget(self.phases)
        self.phases.edited.connect(self._edit_phases)
        self.phases.left.connect(self._bridge.session.seal)
        layout.addStretch(1)
        self.show_page(page)

    def _connect(self, section: str, form: PartForm) -> None:
        form.list.setObjectName(f"{section}_list")
        form.left.connect(self._bridge.session.seal)
        form.picked.connect(lambda kind: self._pick(section, kind))
        form.edited.connect(lambda name, value: self._edit(section, name, value))

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self.rates.set_theme(theme)
        if self.dialog is not None:
            self.dialog.set_theme(theme)
        for form in self._forms.values():
            form.set_theme(theme)
        self.phases.set_theme(theme)

    def show_field(self, section: str, name: str) -> None:
        """Leads to the field of a parameter in one of the panel's sections, or to the section's list."""
        is_phases = (section, name) == ("training", "phases")
        self.bring(self.phases.reveal() if is_phases else self._forms[section].reveal(name))

    # ------------------------------------------------------------------------------------------------- edits

    def _chosen(self, design: Design, section: str) -> Choice | None:
        """What is chosen in a section; of the loss what is usual for the task where nothing is."""
        usual = self._bridge.session.catalog.usual_loss(design.task) if section == "loss" else None
        return design.choice(section) or usual

    def _pick(self, section: str, kind: str) -> None:
        chosen = self._chosen(self._bridge.session.design, section)
        if kind == (chosen.kind if chosen else ""):
            return
        part = self._bridge.session.catalog.parts(section).get(kind)
        choice = Choice(kind, dict(part.initial) if part else {}) if kind else None
        label = f"choose the {section} {part.label() if part else kind}" if kind else f"choose no {section}"
        self._bridge.edit(lambda design: edits.choose(design, section, choice), label)

    def _edit(self, section: str, name: str, value: Value) -> None:
        chosen = self._chosen(self._bridge.session.design, section)
        if chosen is None:
            return
        part = self._bridge.session.catalog.parts(section).get(chosen.kind)
        changed = Choice(chosen.kind, without_defaults(part, {**chosen.params, name: value}))
        label = f"set {name}" if section == "training" else f"set {name} of the {section}"
        self._bridge.edit(lambda design: edits.choose(design, section, changed), label, f"{section}.{name}")

    def _edit_phases(self, phases: tuple[Phase, ...], label: str, key: str) -> None:
        self._bridge.edit(lambda design: edits.set_phases(design, phases), label, key)

    # ------------------------------------------------------------------------------------------ the learning rate

    def open_rates(self) -> None:
        """Looks for a learning rate, in a window of its own."""
        from netdesigner.ui.rate_dialog import RateDialog

        if self.dialog is None:
            self.dialog = RateDialog(self._bridge, self._theme, self.window())
            self.dialog.wanted.connect(self._take_rate)
            self.dialog.finished.connect(self._forget_dialog)
            self.dialog.show()
        self.dialog.raise_()

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _take_rate(self, rate: float) -> None:
        self._bridge.session.seal()  # else it would become one step with what was typed before
        self._edit("training", "learning_rate", rate)
        self._bridge.session.seal()

    def _on_run(self, run: object) -> None:
        """One after the other: both would take the same random numbers and the same processors."""
        self.find_rate.setEnabled(run is None)
        self.find_rate.setToolTip(_FIND if run is None else "Not while a run is being trained")

    # ------------------------------------------------------------------------------------------------ showing

    def _on_changed(self, before: State, after: State) -> None:
        old, new = before.design, after.design
        parts = ("task", "loss", "training", "variables")
        if before.data is not after.data or old.data is not new.data:
            self.rates.show_planned(planned_rates(new, self._bridge.session.catalog, after.data))
        if old.folder != new.folder or any(getattr(old, part) is not getattr(new, part) for part in parts):
            self._show(after)
        elif new.training.phases and before.report is not after.report:
            self.phases.show_state(after)

    def _show(self, state: State) -> None:
        design, catalog = state.design, self._bridge.session.catalog
        self.loss.offer(catalog.losses_for(design.task))
        for section, form in self._forms.items():
            chosen, told = self._chosen(design, section), told_in(state.report, section)
            told.pop("phases", None)
            form.show_choice(chosen, design.variables, told, design.folder)
        self.loss.parentWidget().setVisible(self._chosen(design, "loss") is not None)
        self.phases.show_state(state)
        self.rates.show_planned(planned_rates(design, catalog, state.data))
