"""A run from the first press to the export, through the real window and the real training thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from netdesigner.document import Choice, Design
from netdesigner.document import edit as edits
from netdesigner.session.training import run_folder_for
from netdesigner.training.events import Failed, Started, Warned
from netdesigner.training.runs import list_runs
from netdesigner.ui.main_window import MainWindow

MakeWindow = Callable[..., MainWindow]
Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def long_design(small_design: Design) -> Design:
    """The small design, to be trained far longer than a test takes."""
    return replace(small_design, training=small_design.training.with_values({"epochs": 100_000}))


def press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    button = {
        "train": window.tool_bar.run.train,
        "pause": window.tool_bar.run._buttons[0],
        "step": window.tool_bar.run._buttons[1],
        "stop": window.tool_bar.run._buttons[2],
    }[name]
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def steps(window: MainWindow) -> int:
    runs = window.deck.curves.runs()
    return len(runs[0].train["loss"]) if runs and "loss" in runs[0].train else 0


def test_a_run_fills_the_curves_and_offers_what_comes_next(
    qtbot: QtBot, window: MainWindow, wait: Wait
) -> None:
    press(qtbot, window, "train")
    assert window.docks.lower.tabs.currentWidget() is window.deck.curves.parentWidget()
    assert not window.tool_bar.run.train.isVisible()
    wait(lambda: window.bridge.run is None)
    wait(lambda: window.deck.curves.grid.plots and window.tool_bar.run.train.isVisible())
    run = window.deck.curves.runs()[0]
    assert list(run.train["loss"].x) == list(range(1, 17))
    assert list(run.validation["accuracy"].x) == [8, 16]
    assert window.deck.curves.grid.plots["loss"].isVisible()
    assert "val" in window.deck.curves.grid.plots["loss"].read_out()
    assert window.deck.curves.banner.text.startswith("Training finished")
    assert "epoch 2/2 · step 16" in window.watch.progress.line()
    path = window.bridge.state.path
    assert path is not None
    assert [info.state for info in list_runs(path)] == ["done"]


def test_a_run_is_paused_stepped_resumed_and_stopped(
    qtbot: QtBot, make_window: MakeWindow, long_design: Design, wait: Wait, tmp_path: Path
) -> None:
    window = make_window(long_design, saved_as=tmp_path / "long.netdesign")
    press(qtbot, window, "train")
    wait(lambda: steps(window) > 3)
    press(qtbot, window, "pause")
    wait(lambda: window.watch.paused)
    assert window.actions_by_name["run.pause"].text().replace("&", "") == "Resume"
    held = steps(window)
    press(qtbot, window, "step")
    wait(lambda: steps(window) == held + 1)
    assert window.watch.paused
    press(qtbot, window, "pause")
    wait(lambda: steps(window) > held + 3)
    press(qtbot, window, "stop")
    wait(lambda: window.bridge.run is None)
    assert window.watch.progress.reason == "stopped"
    assert "Training was stopped" in window.deck.curves.banner.text


def test_keys_do_the_same(
    qtbot: QtBot, make_window: MakeWindow, long_design: Design, wait: Wait, tmp_path: Path
) -> None:
    window = make_window(long_design, saved_as=tmp_path / "long.netdesign")
    qtbot.keyClick(window, Qt.Key.Key_F5)
    wait(lambda: steps(window) > 1)
    qtbot.keyClick(window, Qt.Key.Key_F6)
    wait(lambda: window.watch.paused)
    qtbot.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    wait(lambda: window.bridge.run is None)


def test_what_is_edited_taken_back_or_saved_in_mid_run_leaves_the_curves(
    qtbot: QtBot, make_window: MakeWindow, long_design: Design, wait: Wait, tmp_path: Path
) -> None:
    window = make_window(long_design, saved_as=tmp_path / "long.netdesign")
    press(qtbot, window, "train")
    wait(lambda: steps(window) > 3)
    view = window.canvas.view
    view.setFocus()
    window.canvas.scene.select(["hidden"])
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    qtbot.keyClick(view, "Z", Qt.KeyboardModifier.ControlModifier)
    assert not window.bridge.state.history.can_undo
    assert steps(window) > 3
    window.bridge.session.save(tmp_path / "other.netdesign")
    assert steps(window) > 3
    held = steps(window)
    wait(lambda: steps(window) > held)
    press(qtbot, window, "stop")
    wait(lambda: window.bridge.run is None)


def test_runs_of_an_unsaved_design_come_along_when_it_is_saved(
    qtbot: QtBot, make_window: MakeWindow, small_design: Design, wait: Wait, tmp_path: Path
) -> None:
    window = make_window(small_design)
    press(qtbot, window, "train")
    wait(lambda: window.bridge.run is None and "Evaluate" in _buttons(window))
    window.bring("Runs")
    wait(lambda: len(window.deck.runs.infos) == 1)
    window.deck.runs.list.topLevelItem(0).setCheckState(0, Qt.CheckState.Checked)
    path = tmp_path / "saved.netdesign"
    window.file._save(path)
    wait(lambda: window.deck.runs.infos and window.deck.runs.infos[0].path.parent == tmp_path / "saved.runs")
    assert [info.state for info in list_runs(path)] == ["done"]
    assert list_runs(run_folder_for(None)) == ()
    assert steps(window) == 16
    window.bring("Curves")
    qtbot.mouseClick(_buttons(window)["Evaluate"], Qt.MouseButton.LeftButton)
    wait(lambda: window.deck.evaluation._views)


def test_a_run_in_progress_comes_along_once_it_has_ended(
    qtbot: QtBot, make_window: MakeWindow, long_design: Design, wait: Wait, tmp_path: Path
) -> None:
    window = make_window(long_design)
    press(qtbot, window, "train")
    wait(lambda: steps(window) > 3)
    path = tmp_path / "saved.netdesign"
    window.file._save(path)
    assert list_runs(path) == ()
    press(qtbot, window, "stop")
    wait(lambda: list_runs(path))
    wait(lambda: not window.bridge.jobs())
    assert (list_runs(path)[0].path / "checkpoint-last").is_dir()


def test_closing_in_mid_run_saves_and_leaves_no_thread(
    qtbot: QtBot, make_window: MakeWindow, long_design: Design, wait: Wait, tmp_path: Path
) -> None:
    path = tmp_path / "long.netdesign"
    window = make_window(long_design, saved_as=path)
    press(qtbot, window, "train")
    wait(lambda: steps(window) > 3)
    assert window.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "training"]
    run = list_runs(path)[0]
    assert run.state == "stopped"
    assert (run.path / "checkpoint-last").is_dir()


def test_a_stopped_run_goes_on_where_it_was(
    qtbot: QtBot, make_window: MakeWindow, long_design: Design, wait: Wait, tmp_path: Path
) -> None:
    window = make_window(long_design, saved_as=tmp_path / "long.netdesign")
    press(qtbot, window, "train")
    wait(lambda: steps(window) > 3)
    press(qtbot, window, "stop")
    wait(lambda: window.bridge.run is None)
    before = window.watch.progress.step
    window.bring("Runs")
    wait(lambda: window.deck.runs.infos and window.deck.runs.infos[0].state == "stopped")
    window.deck.runs.list.setCurrentItem(window.deck.runs.list.topLevelItem(0))
    qtbot.mouseClick(window.deck.runs._buttons["resume"], Qt.MouseButton.LeftButton)
    wait(lambda: window.watch.progress.step > before + 2)
    wait(lambda: list(window.deck.curves.runs()[0].train["loss"].x)[:2] == [1, 2])
    resumed = list(window.deck.curves.runs()[0].train["loss"].x)
    assert resumed == list(range(1, len(resumed) + 1))
    window.actions_by_name["run.stop"].trigger()
    wait(lambda: window.bridge.run is None)
    wait(lambda: not window.bridge.jobs())
    assert len(window.deck.runs.infos) == 1


def test_a_run_that_was_stopped_in_its_first_epoch_is_judged_and_goes_on(
    qtbot: QtBot, make_window: MakeWindow, small_design: Design, wait: Wait, tmp_path: Path
) -> None:
    slow = replace(small_design, training=small_design.training.with_values({"batch_size": 1}))
    window = make_window(slow, saved_as=tmp_path / "slow.netdesign")
    press(qtbot, window, "train")
    wait(lambda: window.watch.progress.phase == "running")
    press(qtbot, window, "stop")
    wait(lambda: window.bridge.run is None)
    banner = window.deck.curves.banner
    assert banner.text.endswith("No epoch is complete yet.")
    assert list(_buttons(window)) == ["Evaluate", "Export…", "Resume"]
    window.actions_by_name["run.evaluate"].trigger()
    wait(lambda: window.deck.evaluation._views)
    window.bring("Curves")
    stopped = window.watch.progress.step
    qtbot.mouseClick(_buttons(window)["Resume"], Qt.MouseButton.LeftButton)
    wait(lambda: window.watch.progress.step > stopped)
    press(qtbot, window, "stop")
    wait(lambda: window.bridge.run is None)
    assert len(list_runs(tmp_path / "slow.netdesign")) == 1


def test_a_failure_says_what_to_do_and_leads_to_the_node(qtbot: QtBot, window: MainWindow) -> None:
    window.bring("Curves")
    failed = Failed("the loss is not a number at step 3", "hidden", ("Lower the learning rate.",), 3)
    window.bridge.run_events.emit([failed])
    assert "Training stopped at hidden: the loss is not a number at step 3." in window.deck.curves.banner.text
    assert "Lower the learning rate." in window.deck.curves.banner.text
    show = next(b for b in window.deck.curves.banner.findChildren(QPushButton) if b.text() == "Show the Node")
    qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    assert window.canvas.selected() == ("hidden",)


def test_one_press_mends_what_made_training_fail_and_goes_on(
    qtbot: QtBot, make_window: MakeWindow, long_design: Design, wait: Wait, tmp_path: Path, monkeypatch: Any
) -> None:
    import torch

    window = make_window(long_design, saved_as=tmp_path / "long.netdesign")
    forward = torch.nn.Linear.forward

    def scarce(self: torch.nn.Linear, x: torch.Tensor) -> torch.Tensor:
        if len(x) > 100 and self.training and window.watch.progress.step > 20:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(self, x)

    monkeypatch.setattr(torch.nn.Linear, "forward", scarce)
    press(qtbot, window, "train")
    wait(lambda: window.bridge.run is None)
    done = window.watch.progress.step
    banner = window.deck.curves.banner
    assert "there was not enough memory for batches of 160" in banner.text
    (mend,) = (b for b in banner.findChildren(QPushButton) if b.text() == "Halve the batch to 80 and resume")
    qtbot.mouseClick(mend, Qt.MouseButton.LeftButton)
    assert window.bridge.state.design.training.values["batch_size"] == 80
    assert not banner.isVisible()
    wait(lambda: window.watch.progress.step > done + 5)
    assert window.watch.progress.phase == "running"
    press(qtbot, window, "stop")
    wait(lambda: window.bridge.run is None)
    window.actions_by_name["edit.undo"].trigger()
    assert window.bridge.state.design.training.values["batch_size"] == 160


def test_what_a_run_warns_of_stays_to_be_read(window: MainWindow) -> None:
    window.bring("Curves")
    window.bridge.run_events.emit([Warned("the disk is full")])
    assert window.deck.curves.banner.text == "The disk is full"


def test_the_finished_run_is_evaluated_and_exported_with_its_proof(
    qtbot: QtBot, window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    press(qtbot, window, "train")
    wait(lambda: window.bridge.run is None and "Evaluate" in _buttons(window))
    qtbot.mouseClick(_buttons(window)["Evaluate"], Qt.MouseButton.LeftButton)
    assert window.docks.lower.tabs.currentWidget() is window.deck.evaluation.parentWidget()
    wait(lambda: window.deck.evaluation._views)
    assert ": 270 test samples" in window.deck.evaluation._title.text()
    assert any(
        "Accuracy" in figure.text()
        for figure in window.deck.evaluation._figures.findChildren(
            type(window.deck.evaluation._title).__mro__[1]
        )
    )

    window.bring("Curves")
    qtbot.mouseClick(_buttons(window)["Export…"], Qt.MouseButton.LeftButton)
    wait(lambda: _dialog(window) is not None)
    dialog = _dialog(window)
    assert dialog is not None
    assert "best, epoch" in dialog._weights.currentText()
    dialog._path.setText(str(tmp_path / "model.onnx"))
    qtbot.mouseClick(dialog._write, Qt.MouseButton.LeftButton)
    wait(dialog.proof.isVisible)
    assert dialog.proof._title.text().startswith("Verified")
    assert (tmp_path / "model.onnx").is_file()
    qtbot.mouseClick(dialog._close, Qt.MouseButton.LeftButton)


def test_a_table_that_goes_during_a_run_is_asked_for_when_it_is_judged(
    qtbot: QtBot, make_window: MakeWindow, small_design: Design, wait: Wait, tmp_path: Path
) -> None:
    table = tmp_path / "digits.csv"
    rows = [",".join(str((7 * n + c) % 17) for c in range(64)) + f",{n % 10}" for n in range(200)]
    table.write_text("\n".join(rows))
    design = edits.set_params(small_design, "main", "input", {"shape": (64,)})
    design = edits.set_data(design, Choice("csv", {"path": str(table)}))
    window = make_window(design, saved_as=tmp_path / "small.netdesign")
    assert window.bridge.state.design.data == Choice("csv", {"path": "digits.csv"})
    window.bridge.run_events.connect(
        lambda events: any(isinstance(event, Started) for event in events) and table.unlink()
    )
    press(qtbot, window, "train")
    wait(lambda: window.bridge.run is None and "Evaluate" in _buttons(window))
    qtbot.mouseClick(_buttons(window)["Evaluate"], Qt.MouseButton.LeftButton)
    wait(window.deck.evaluation._error.isVisible)
    assert (
        window.deck.evaluation._error.text() == f"{table}: there is no such file; set 'path' to where it lies"
    )
    table.write_text("\n".join(rows[1:]))
    wait(window.deck.evaluation._again.isEnabled)
    qtbot.mouseClick(window.deck.evaluation._again, Qt.MouseButton.LeftButton)
    wait(lambda: "digits.csv: changed since run" in window.deck.evaluation._error.text())
    table.write_text("\n".join(rows))
    wait(window.deck.evaluation._again.isEnabled)
    qtbot.mouseClick(window.deck.evaluation._again, Qt.MouseButton.LeftButton)
    wait(lambda: window.deck.evaluation._views)
    assert ": 30 test samples" in window.deck.evaluation._title.text()


def test_an_evaluation_stays_when_the_design_is_saved_and_goes_with_the_design(
    qtbot: QtBot, window: MainWindow, wait: Wait, tmp_path: Path
) -> None:
    press(qtbot, window, "train")
    wait(lambda: window.bridge.run is None and "Evaluate" in _buttons(window))
    qtbot.mouseClick(_buttons(window)["Evaluate"], Qt.MouseButton.LeftButton)
    evaluation = window.deck.evaluation
    wait(lambda: evaluation._views)
    window.bridge.session.save(tmp_path / "other.netdesign")
    assert evaluation._views
    window.file.new(replace(window.bridge.state.design, title="another"))
    assert not evaluation._views
    assert evaluation._empty.isVisible()
    assert not window.deck.curves.runs()


def test_an_evaluation_that_ends_when_another_design_is_open_is_not_shown(
    qtbot: QtBot, window: MainWindow, wait: Wait
) -> None:
    press(qtbot, window, "train")
    wait(lambda: window.bridge.run is None and "Evaluate" in _buttons(window))
    qtbot.mouseClick(_buttons(window)["Evaluate"], Qt.MouseButton.LeftButton)
    assert window.bridge.jobs()
    window.file.new(replace(window.bridge.state.design, title="another"))
    wait(lambda: not window.bridge.jobs())
    assert not window.deck.evaluation._views
    assert window.deck.evaluation._empty.isVisible()


def test_from_the_list_of_runs_one_reaches_what_a_run_showed_and_starts_the_next_training_from_it(
    qtbot: QtBot, window: MainWindow, wait: Wait
) -> None:
    press(qtbot, window, "train")
    wait(lambda: window.bridge.run is None)
    runs, session = window.deck.runs, window.bridge.session
    window.bring("Runs")
    wait(lambda: runs.list.topLevelItemCount() == 1)
    runs.list.setCurrentItem(runs.list.topLevelItem(0))
    path, state = runs.selected(), session.state
    assert path is not None

    def press_button(name: str) -> None:
        button = runs.findChild(QToolButton, f"run_{name}")
        assert button.isEnabled(), button.toolTip()
        window.bring("Runs")
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    press_button("previews")
    assert window.deck.previews.isVisible()
    assert "step 16" in window.deck.previews._title.text()
    press_button("curves")
    assert window.deck.curves.isVisible()

    wider = edits.set_params(state.design, "main", "scores", {"bias": False})
    session.edit(wider, "leave the bias away")
    press_button("start_from")
    wait(lambda: session.design.training.values.get("start_from"))
    assert session.design.training.values["start_from"] == f"{path.parent.name}/{path.name}"
    said = window.status.message.toolTip()
    assert "3 of 3 weights start with the values of the file; 1 in the file only: scores.bias" in said
    wait(window.deck.training.isVisible)
    session.undo()
    assert session.design is wider
    before = edits.set_params(wider, "main", "hidden", {"out_features": 9, "bias": False})
    session.edit(before, "narrow it")
    press_button("start_from")
    wait(lambda: "no weight of the file fits" in window.status.message.toolTip())
    assert session.design is before


def _buttons(window: MainWindow) -> dict[str, QPushButton]:
    return {
        button.text(): button
        for button in window.deck.curves.banner.findChildren(QPushButton)
        if button.isVisible()
    }


def _dialog(window: MainWindow):  # type: ignore[no-untyped-def]
    from netdesigner.ui.panels.export import ExportDialog

    return window.findChild(ExportDialog)
