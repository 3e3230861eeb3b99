from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton

from netdesigner.document import Choice, Phase, Settings
from netdesigner.document import edit as edits
from netdesigner.errors import TrainingError
from netdesigner.parts import Progress
from netdesigner.training.range_test import RangeTest
from netdesigner.ui import rate_dialog
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.fields.form import Form
from netdesigner.ui.panels.training import Training
from netdesigner.ui.rate_dialog import RateDialog
from netdesigner.ui.theme import LIGHT
from tests.ui.conftest import Wait


def pick(combo: object, kind: str) -> None:
    combo.setCurrentIndex(combo.findData(kind))  # type: ignore[attr-defined]
    combo.activated.emit(combo.currentIndex())  # type: ignore[attr-defined]


@pytest.fixture
def training(bridge: Bridge, shown: Callable[[Training], Training]) -> Training:
    switch = QAction("Detached", bridge, checkable=True)
    switch.setStatusTip("It goes on when the window closes")
    return shown(Training(bridge, switch, LIGHT))


def test_the_switch_for_detached_runs_is_that_of_the_menu(training: Training) -> None:
    switch = next(child for child in training._bridge.children() if isinstance(child, QAction))
    QTest.mouseClick(
        training.detached, Qt.MouseButton.LeftButton, pos=QPoint(8, training.detached.height() // 2)
    )
    assert switch.isChecked()
    switch.setChecked(False)
    assert not training.detached.isChecked()
    assert training.detached.accessibleDescription() == "It goes on when the window closes"


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


def test_the_loss_shows_what_is_usual_for_the_task_and_the_form_of_the_one_that_is_picked(
    training: Training,
) -> None:
    assert training._bridge.state.design.loss is None
    assert training.loss.list.currentData() == "CrossEntropyLoss"
    assert training.loss.form is not None
    assert training.loss.form.has("label_smoothing")
    training.loss.list.setFocus()
    QTest.keyClick(training.loss.list, Qt.Key.Key_Down)
    assert training._bridge.state.design.loss == Choice("NLLLoss")
    training.loss.edited.emit("ignore_index", 3)
    assert training._bridge.state.design.loss == Choice("NLLLoss", {"ignore_index": 3})
    assert not training.loss.form.has("label_smoothing")
    training._bridge.session.undo()
    training._bridge.session.undo()
    assert training._bridge.state.design.loss is None
    assert training.loss.list.currentData() == "CrossEntropyLoss"


def test_the_losses_are_those_of_the_task(training: Training) -> None:
    def offered() -> list[str]:
        return [training.loss.list.itemData(row) for row in range(training.loss.list.count())]

    catalog = training._bridge.session.catalog
    assert offered() == [*catalog.losses_for(Choice("classification"))]
    pick(training.loss.list, "NLLLoss")
    pick(training.task.list, "regression")
    assert training._bridge.state.design.loss is None
    assert offered() == [*catalog.losses_for(Choice("regression"))]
    assert offered()[0] == training.loss.list.currentData() == "MSELoss"
    pick(training.task.list, "")
    assert not training.loss.isVisible()
    training._bridge.session.undo()
    training._bridge.session.undo()
    assert training.loss.isVisible()
    assert training.loss.list.currentData() == "NLLLoss"


def test_what_is_wrong_with_the_loss_stands_at_its_field(training: Training) -> None:
    training.loss.edited.emit("label_smoothing", 3)
    assert training.loss.form is not None
    assert training.loss.form.error("label_smoothing") == "Expected at most 1, got 3"
    training._bridge.edit(lambda design: edits.set_loss(design, Choice("MSELoss")), "choose MSELoss")
    assert training.loss.list.currentText() == "MSELoss"
    said = [each.text() for each in training.loss.findChildren(QLabel)]
    assert any("MSELoss is not for the task Classification" in text for text in said)


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
    training.loss.edited.emit("label_smoothing", 0.1)
    pick(training.loss.list, "CrossEntropyLoss")
    pick(training.task.list, "classification")
    assert training._bridge.state.design.loss == Choice("CrossEntropyLoss", {"label_smoothing": 0.1})


def test_an_unknown_kind_is_kept_and_named(training: Training) -> None:
    changed = replace(training._bridge.state.design.training, optimizer=Choice("Lion", {"b": 1}))
    training._bridge.edit(lambda design: edits.set_training(design, changed), "choose Lion")
    assert training.optimizer.list.currentText() == "Lion (unknown)"
    assert "No optimizer is called 'Lion'" in [
        each.text() for each in training.optimizer.findChildren(QLabel)
    ]
    assert training._bridge.state.design.training.optimizer == Choice("Lion", {"b": 1})


# -- phases -----------------------------------------------------------------------------------------------------------


def set_up_to_learn(training: Training) -> tuple[str, str]:
    """The names of two nodes of the design that may learn."""
    design = training._bridge.state.design
    network = next(iter(design.networks))
    learning = [
        node_id for node_id, node in design.graph(network).nodes.items() if node.kind in ("Conv2d", "Linear")
    ]
    return f"{network}.{learning[0]}", f"{network}.{learning[-1]}"


@pytest.fixture
def long(training: Training) -> Training:
    """The panel of a design that is trained for 20 epochs."""
    settings = training._bridge.state.design.training.with_values({"epochs": 20})
    training._bridge.edit(lambda design: edits.set_training(design, settings), "epochs")
    return training


def phases_of(training: Training) -> tuple[Phase, ...]:
    return training._bridge.state.design.training.phases


def test_phases_are_added_and_removed_and_stay_as_long_as_the_training(long: Training) -> None:
    training = long
    for expected in ([20], [10, 10], [10, 5, 5]):
        training.phases.add.click()
        assert [phase.epochs for phase in phases_of(training)] == expected
    remove = training.phases.findChild(QToolButton, "remove_phase_1")
    remove.click()
    assert [phase.epochs for phase in phases_of(training)] == [15, 5]
    training._bridge.session.undo()
    assert [phase.epochs for phase in phases_of(training)] == [10, 5, 5]
    titles = [row.title.text() for row in training.phases._rows]
    assert titles == ["Phase 1: epochs 1 to 10", "Phase 2: epochs 11 to 15", "Phase 3: epochs 16 to 20"]


def test_a_phase_is_edited_in_steps_of_the_history(long: Training) -> None:
    training = long
    first, last = set_up_to_learn(training)
    training.phases.add.click()
    form = training.phases.findChild(Form, "phase_1")
    for name, text in (("trains", f"{first}, {last}"), ("epochs", "7"), ("rate", "0.5")):
        line = form.field(name).focusProxy()
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)
    assert phases_of(training) == (Phase(7, (first, last), 0.5),)
    training._bridge.session.undo()
    assert phases_of(training) == (Phase(7, (first, last)),)
    line = form.field("rate").focusProxy()
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "2*3")
    assert form.error("rate") == "Expected a number"
    assert phases_of(training)[0].rate == 2


def test_what_is_wrong_with_a_phase_stands_at_its_field(long: Training) -> None:
    training = long
    training._bridge.edit(
        lambda design: edits.set_phases(design, (Phase(2, ("main.nowhere",)), Phase(0))), "phases"
    )
    first, second = (training.phases.findChild(Form, f"phase_{number}") for number in (1, 2))
    assert "‘main.nowhere’, which is not there" in first.error("trains")
    assert "at least 1" in second.error("epochs")
    told = [label.text() for label in training.phases.findChildren(QLabel)]
    assert any("together they last 2 epochs" in text.lower() for text in told)
    assert training.phases.reveal() is first.field("trains")


# ------------------------------------------------------------------------------------------------ the learning rate


def test_the_picture_of_the_learning_rate_follows_edits(training: Training) -> None:
    bridge = training._bridge
    bridge.edit(
        lambda d: edits.choose(d, "training", Choice("training", {"epochs": 3, "learning_rate": 0.5})), "x"
    )
    assert training.rates.told() == "The learning rate over 3 epochs: 0.5 throughout"
    pick(training.schedule.list, "linear")
    assert "3 epochs: from 0.5, 0.5 at most, to 0.00" in training.rates.told()
    before = training.rates.grab().toImage()
    training.schedule.edited.emit("warmup", 0.5)
    assert training.rates.grab().toImage() != before
    assert training.rates.accessibleName() == training.rates.told()
    training.schedule.edited.emit("end_factor", 2)  # which is not allowed
    assert training.rates.isHidden()
    bridge.session.undo()
    assert not training.rates.isHidden()
    pick(training.schedule.list, "plateau")
    assert training.rates.told().endswith("it falls where results no longer improve")


FOUND = RangeTest(
    rates=tuple(10.0 ** (step / 10 - 4) for step in range(40)),
    losses=(*(2.0 - 0.04 * step for step in range(38)), 5.0, 90.0),
    smooth=tuple(2.0 - 0.04 * step for step in range(40)),
    loss="judge_loss",
    networks=("judge", "maker"),
    rate=0.0031,
    steepest=0.0031,
    least=0.1,
    reason="The loss falls most steeply at 0.0031.",
)


@pytest.fixture
def dialog(training: Training, monkeypatch: pytest.MonkeyPatch) -> RateDialog:
    monkeypatch.setattr(rate_dialog, "find_rate", lambda *given, **how: FOUND)
    assert training.settings.form is not None
    assert training.settings.form.field("learning_rate").isAncestorOf(training.find_rate)
    QTest.mouseClick(training.find_rate, Qt.MouseButton.LeftButton)
    found = training.dialog
    assert found is not None
    return found


def test_a_rate_that_was_found_is_taken_by_one_press_and_given_back_by_one(
    training: Training, dialog: RateDialog, wait: Wait
) -> None:
    session = training._bridge.session
    training.settings.edited.emit("learning_rate", 0.7)
    before = session.design
    wait(lambda: dialog.found is not None)
    assert session.design is before
    assert dialog.use.text() == "&Use 0.0031"
    assert dialog.reason.text() == (
        "The loss falls most steeply at 0.0031. Losses above the picture: 2. "
        "The learning rate is that of judge and maker together, the loss is judge_loss."
    )
    dialog.use.click()
    assert session.design.training.values["learning_rate"] == 0.0031
    assert training.dialog is None
    session.undo()
    assert session.design is before


def test_looking_for_a_rate_can_be_cancelled_and_begun_again(
    training: Training, monkeypatch: pytest.MonkeyPatch, wait: Wait
) -> None:
    def endless(*given: object, progress: Progress, **how: object) -> RangeTest:
        while True:
            progress(0.5, "learning rate 0.001, loss 2")
            time.sleep(0.002)

    monkeypatch.setattr(rate_dialog, "find_rate", endless)
    before = training._bridge.session.design
    training.open_rates()
    dialog = training.dialog
    assert dialog is not None
    training.find_rate.click()
    assert training.dialog is dialog
    for _ in range(2):
        assert not dialog.again.isEnabled()
        dialog.job.cancel.click()
        wait(dialog.again.isEnabled)
        assert dialog.reason.text() == "Cancelled; nothing was changed."
        assert not dialog.use.isEnabled()
        dialog.again.click()
    assert training._bridge.session.design is before
    dialog.reject()
    wait(lambda: not training._bridge.jobs())


def test_a_test_that_tells_nothing_offers_nothing(
    training: Training, monkeypatch: pytest.MonkeyPatch, wait: Wait
) -> None:
    def refuse(*given: object, **how: object) -> RangeTest:
        raise TrainingError("the design has no data to learn from")

    monkeypatch.setattr(rate_dialog, "find_rate", refuse)
    training.open_rates()
    assert training.dialog is not None
    wait(lambda: bool(training.dialog.reason.text()))
    assert training.dialog.reason.text() == "the design has no data to learn from"
    assert not training.dialog.use.isEnabled()
    training._bridge.session.new()
    assert training.dialog is None


def test_a_rate_is_no_longer_looked_for_where_a_run_begins(
    training: Training, monkeypatch: pytest.MonkeyPatch, wait: Wait
) -> None:
    def endless(*given: object, progress: Progress, **how: object) -> RangeTest:
        while True:
            progress(0.5, "learning rate 0.001, loss 2")
            time.sleep(0.002)

    monkeypatch.setattr(rate_dialog, "find_rate", endless)
    training.open_rates()
    dialog = training.dialog
    assert dialog is not None
    training._bridge.run_changed.emit(object())
    wait(lambda: not training._bridge.jobs())
    assert not dialog.again.isEnabled()
    training._bridge.run_changed.emit(None)
    assert dialog.again.isEnabled()
    dialog.reject()


def test_while_a_run_is_trained_no_rate_is_looked_for(training: Training) -> None:
    training._bridge.run_changed.emit(object())
    assert not training.find_rate.isEnabled()
    assert "Not while a run" in training.find_rate.toolTip()
    training._bridge.run_changed.emit(None)
    assert training.find_rate.isEnabled()
