from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from netdesigner.document import Choice, Settings
from netdesigner.document import edit as edits
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.panels.training import Training
from netdesigner.ui.theme import LIGHT


def pick(combo: object, kind: str) -> None:
    combo.setCurrentIndex(combo.findData(kind))  # type: ignore[attr-defined]
    combo.activated.emit(combo.currentIndex())  # type: ignore[attr-defined]


@pytest.fixture
def training(bridge: Bridge, shown: Callable[[Training], Training]) -> Training:
    return shown(Training(bridge, LIGHT))


def test_another_optimizer_shows_its_own_form(training: Training) -> None:
    pick(training.optimizer.list, "SGD")
    assert training._bridge.state.design.training.optimizer == Choice("SGD")
    training.optimizer.edited.emit("momentum", 0.9)
    assert training._bridge.state.design.training.optimizer == Choice("SGD", {"momentum": 0.9})
    training._bridge.session.undo()
    training._bridge.session.undo()
    assert training._bridge.state.design.training.optimizer == Choice("AdamW")
    assert training.optimizer.list.currentData() == "AdamW"


def test_the_schedule_and_the_task_are_chosen(training: Training) -> None:
    pick(training.schedule.list, "cosine")
    pick(training.task.list, "regression")
    design = training._bridge.state.design
    assert (design.training.schedule.kind, design.task) == ("cosine", Choice("regression"))
    pick(training.task.list, "")
    assert training._bridge.state.design.task is None


def test_settings_are_edited_and_shown(training: Training) -> None:
    training.settings.edited.emit("epochs", 7)
    assert training._bridge.state.design.training.values["epochs"] == 7
    training.settings.edited.emit("epochs", 20)
    assert "epochs" not in training._bridge.state.design.training.values


def test_what_an_optimizer_refuses_stands_at_its_field(training: Training) -> None:
    pick(training.optimizer.list, "SGD")
    training.optimizer.edited.emit("nesterov", True)
    assert training.optimizer.form is not None
    assert "momentum" in training.optimizer.form.error("nesterov")
    training.optimizer.edited.emit("momentum", 0.9)
    assert not training.optimizer.form.error("nesterov")


def test_all_that_is_wrong_stands_at_its_field(training: Training) -> None:
    changed = Settings(Choice("Rprop", {"etas": (2.0, 3.0)}), values={"epochs": "many", "weight_decay": 0.1})
    training._bridge.edit(lambda design: edits.set_training(design, changed), "set much")
    assert training.settings.form is not None
    assert training.optimizer.form is not None
    assert "not a variable" in training.settings.form.error("epochs")
    assert training.settings.form.error("weight_decay") == "Rprop has none; leave the field empty"
    assert training.optimizer.form.error("etas").startswith("Expected a number below 1")
    training.optimizer.list.setFocus()
    pick(training.optimizer.list, "AdamW")
    assert not training.settings.form.error("weight_decay")
    assert training.settings.form.error("epochs")


def test_a_setting_that_there_is_not_is_told_above_the_form(training: Training) -> None:
    changed = replace(training._bridge.state.design.training, values={"epoch": 3})
    training._bridge.edit(lambda design: edits.set_training(design, changed), "set epoch")
    (label,) = [each for each in training.settings.findChildren(QLabel) if "epoch:" in each.text()]
    assert label.isVisible()
    assert label.text() == "epoch: Training has no such parameter; did you mean 'epochs'?"
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_the_chosen_part_chosen_again_keeps_its_parameters(training: Training) -> None:
    training.task.edited.emit("label_smoothing", 0.1)
    pick(training.task.list, "classification")
    task = training._bridge.state.design.task
    assert task is not None
    assert task.params == {"label_smoothing": 0.1}


def test_an_unknown_kind_is_kept_and_named(training: Training) -> None:
    changed = replace(training._bridge.state.design.training, optimizer=Choice("Lion", {"b": 1}))
    training._bridge.edit(lambda design: edits.set_training(design, changed), "choose Lion")
    assert training.optimizer.list.currentText() == "Lion (unknown)"
    assert "No optimizer is called 'Lion'" in [
        each.text() for each in training.optimizer.findChildren(QLabel)
    ]
    assert training._bridge.state.design.training.optimizer == Choice("Lion", {"b": 1})
