from __future__ import annotations

from netdesigner.document import Choice
from netdesigner.document import edit as edits
from netdesigner.ui.main_window import MainWindow


def pick(combo: object, kind: str) -> None:
    combo.setCurrentIndex(combo.findData(kind))  # type: ignore[attr-defined]
    combo.activated.emit(combo.currentIndex())  # type: ignore[attr-defined]


def test_another_optimizer_shows_its_own_form(window: MainWindow) -> None:
    pick(window.training.optimizer.list, "SGD")
    assert window.bridge.state.design.training.optimizer == Choice("SGD")
    window.training.optimizer.edited.emit("momentum", 0.9)
    assert window.bridge.state.design.training.optimizer == Choice("SGD", {"momentum": 0.9})
    window.bridge.session.undo()
    window.bridge.session.undo()
    assert window.bridge.state.design.training.optimizer == Choice("AdamW")
    assert window.training.optimizer.list.currentData() == "AdamW"


def test_the_schedule_and_the_task_are_chosen(window: MainWindow) -> None:
    pick(window.training.schedule.list, "cosine")
    pick(window.training.task.list, "regression")
    design = window.bridge.state.design
    assert (design.training.schedule.kind, design.task) == ("cosine", Choice("regression"))
    pick(window.training.task.list, "")
    assert window.bridge.state.design.task is None


def test_settings_are_edited_and_shown(window: MainWindow) -> None:
    window.training.settings.edited.emit("epochs", 7)
    assert window.bridge.state.design.training.values["epochs"] == 7
    window.training.settings.edited.emit("epochs", 20)
    assert "epochs" not in window.bridge.state.design.training.values


def test_what_an_optimizer_refuses_stands_at_its_field(window: MainWindow) -> None:
    pick(window.training.optimizer.list, "SGD")
    window.training.optimizer.edited.emit("nesterov", True)
    assert window.training.optimizer.form is not None
    assert "momentum" in window.training.optimizer.form.error("nesterov")
    window.training.optimizer.edited.emit("momentum", 0.9)
    assert not window.training.optimizer.form.error("nesterov")


def test_an_unknown_kind_is_kept_and_named(window: MainWindow) -> None:
    training = window.bridge.state.design.training
    from dataclasses import replace

    changed = replace(training, optimizer=Choice("Lion", {"b": 1}))
    window.bridge.edit(lambda design: edits.set_training(design, changed), "choose Lion")
    assert window.training.optimizer.list.currentText() == "Lion (unknown)"
    assert window.bridge.state.design.training.optimizer == Choice("Lion", {"b": 1})


def test_the_device_of_the_tool_bar_is_that_of_the_design(window: MainWindow) -> None:
    combo = window.tool_bar.device
    assert combo.currentData() == "cpu"
    pick(combo, "auto")
    assert window.bridge.state.design.training.values["device"] == "auto"
    window.bridge.session.undo()
    assert combo.currentData() == "cpu"
    window.training.settings.edited.emit("device", "mps")
    window.tool_bar.set_devices(("cpu",))
    assert combo.currentText() == "Apple GPU (not here)"
