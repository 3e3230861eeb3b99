"""The panel in which is set what is learned and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from netdesigner.document import Choice, Settings, Value
from netdesigner.document import edit as edits
from netdesigner.parts import Part, TrainingSettings
from netdesigner.session import State
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.part_form import PartForm, without_defaults
from netdesigner.ui.scroll import PanelScroll
from netdesigner.ui.theme import Theme

__all__ = ["Training"]


class Training(PanelScroll):
    """Forms of the task, the optimizer, the schedule and the settings; each edit is one step of the history."""

    def __init__(self, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("training")
        self._bridge = bridge
        catalog = bridge.session.catalog
        self.task = PartForm(catalog.tasks, theme, none="No task chosen")
        self.task.list.setObjectName("task_list")
        self.optimizer = PartForm(catalog.optimizers, theme)
        self.optimizer.list.setObjectName("optimizer_list")
        self.schedule = PartForm(catalog.schedules, theme)
        self.schedule.list.setObjectName("schedule_list")
        self.settings = PartForm({TrainingSettings.kind: TrainingSettings}, theme, single=True)
        self._build()
        bridge.changed.connect(self._on_changed)
        self._show(bridge.state)

    def _build(self) -> None:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        sections = {
            "Task": self.task,
            "Run": self.settings,
            "Optimizer": self.optimizer,
            "Learning rate schedule": self.schedule,
        }
        for index, (title, form) in enumerate(sections.items()):
            if index:
                layout.addSpacing(16)
            layout.addWidget(PlainLabel(title, "heading"))
            layout.addWidget(form)
        layout.addStretch(1)
        self.show_page(page)
        for form in sections.values():
            form.left.connect(self._bridge.session.seal)
        self.task.picked.connect(self._pick_task)
        self.task.edited.connect(self._edit_task)
        self.settings.edited.connect(self._edit_setting)
        self.optimizer.picked.connect(lambda kind: self._pick("optimizer", kind))
        self.optimizer.edited.connect(lambda name, value: self._edit_part("optimizer", name, value))
        self.schedule.picked.connect(lambda kind: self._pick("schedule", kind))
        self.schedule.edited.connect(lambda name, value: self._edit_part("schedule", name, value))

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        for form in (self.task, self.optimizer, self.schedule, self.settings):
            form.set_theme(theme)

    # ------------------------------------------------------------------------------------------------- edits

    def _pick_task(self, kind: str) -> None:
        part = self._bridge.session.catalog.tasks.get(kind)
        choice = Choice(kind, dict(part.initial)) if part else None
        label = f"choose the task {part.label()}" if part else "choose no task"
        self._bridge.edit(lambda design: edits.set_task(design, choice), label)

    def _edit_task(self, name: str, value: Value) -> None:
        task = self._bridge.session.design.task
        if task is not None:
            part = self._bridge.session.catalog.tasks.get(task.kind)
            changed = Choice(task.kind, without_defaults(part, {**task.params, name: value}))
            self._bridge.edit(lambda design: edits.set_task(design, changed), f"set {name}", f"task.{name}")

    def _edit_setting(self, name: str, value: Value) -> None:
        training = self._bridge.session.design.training
        values = without_defaults(TrainingSettings, {**training.values, name: value})
        self._set(replace(training, values=values), f"set {name}", f"training.{name}")

    def _pick(self, which: str, kind: str) -> None:
        training = self._bridge.session.design.training
        if getattr(training, which).kind != kind:
            part = self._parts(which).get(kind)
            changed = Choice(kind, dict(part.initial) if part else {})
            self._set(_with_choice(training, which, changed), f"choose the {which} {kind}", "")

    def _edit_part(self, which: str, name: str, value: Value) -> None:
        training = self._bridge.session.design.training
        choice: Choice = getattr(training, which)
        part = self._parts(which).get(choice.kind)
        changed = Choice(choice.kind, without_defaults(part, {**choice.params, name: value}))
        self._set(_with_choice(training, which, changed), f"set {name} of the {which}", f"{which}.{name}")

    def _parts(self, which: str) -> Mapping[str, type[Part]]:
        catalog = self._bridge.session.catalog
        return catalog.optimizers if which == "optimizer" else catalog.schedules

    def _set(self, training: Settings, label: str, merge_key: str) -> None:
        self._bridge.edit(lambda design: edits.set_training(design, training), label, merge_key)

    # ------------------------------------------------------------------------------------------------ showing

    def _on_changed(self, before: State, after: State) -> None:
        old, new = before.design, after.design
        same = old.task is new.task and old.training is new.training and old.variables is new.variables
        if not same:
            self._show(after)

    def _show(self, state: State) -> None:
        design = state.design
        self.task.show_choice(design.task, design.variables)
        self.optimizer.show_choice(design.training.optimizer, design.variables)
        self.schedule.show_choice(design.training.schedule, design.variables)
        self.settings.show_choice(Choice(TrainingSettings.kind, design.training.values), design.variables)


def _with_choice(training: Settings, which: str, choice: Choice) -> Settings:
    if which == "optimizer":
        return replace(training, optimizer=choice)
    return replace(training, schedule=choice)
