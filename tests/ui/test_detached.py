"""A run in a process of its own, as the window shows it. The process makes its steps up; `tests/faults` trains."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from netdesigner.document import Design, load
from netdesigner.session import training
from netdesigner.training.desk import Desk
from netdesigner.training.runs import list_runs, running_run
from netdesigner.ui.actions import file as file_actions
from netdesigner.ui.main_window import MainWindow
from tests.workers import scripted

MakeWindow = Callable[..., MainWindow]
Wait = Callable[[Callable[[], object]], None]


@dataclass
class Answers:
    """What the user says when a detached run is left."""

    next: str = "leave"  # or "stop", or "" for neither
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    found = Answers()

    def ask(_window: object, text: str, _more: str, options: Mapping[str, str]) -> str:
        assert text == "The run goes on without this window."
        assert list(options) == ["leave", "stop"]
        found.asked.append(found.next)
        return found.next

    monkeypatch.setattr(file_actions, "choose", ask)
    return found


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the design lies; what works on its runs is ended."""
    monkeypatch.setattr(training, "start_process", scripted)
    found = tmp_path / "small.netdesign"
    yield found
    run = running_run(found)
    worker = Desk(run).worker() if run is not None else None
    if worker is not None and worker.pid:
        os.kill(worker.pid, signal.SIGKILL)


@pytest.fixture
def detached(make_window: MakeWindow, small_design: Design, path: Path, answers: Answers) -> MainWindow:
    """A window whose runs are detached."""
    window = make_window(small_design, saved_as=path)
    window.actions_by_name["run.detached"].setChecked(True)
    assert window.settings.value.detached
    return window


def steps(window: MainWindow) -> list[float]:
    runs = window.deck.curves.runs()
    return list(runs[0].train["loss"].x) if runs and "loss" in runs[0].train else []


def pid_of(path: Path) -> int:
    run = running_run(path)
    worker = Desk(run).worker() if run is not None else None
    assert worker is not None
    return worker.pid


def test_it_is_watched_paused_stepped_and_stopped_as_any_other(
    detached: MainWindow, path: Path, wait: Wait
) -> None:
    actions = detached.actions_by_name
    actions["run.train"].trigger()
    wait(lambda: len(steps(detached)) > 3)
    detached.bring("Curves")
    wait(lambda: detached.deck.curves._line.text().endswith("detached"))
    actions["run.pause"].trigger()
    wait(lambda: detached.watch.paused)
    held = len(steps(detached))
    actions["run.step"].trigger()
    wait(lambda: len(steps(detached)) == held + 1)
    actions["run.pause"].trigger()
    wait(lambda: len(steps(detached)) > held + 3)
    pid = pid_of(path)
    actions["run.stop"].trigger()
    wait(lambda: detached.bridge.run is None)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert "Training was stopped" in detached.deck.curves.banner.text
    assert [info.state for info in list_runs(path)] == ["stopped"]


def test_it_goes_on_without_the_window_and_is_found_by_the_next_one(
    detached: MainWindow, make_window: MakeWindow, path: Path, wait: Wait, answers: Answers
) -> None:
    detached.actions_by_name["run.train"].trigger()
    wait(lambda: len(steps(detached)) > 3)
    answers.next = ""
    assert not detached.close()
    assert detached.bridge.run is not None
    answers.next = "leave"
    seen = len(steps(detached))
    assert detached.close()
    assert answers.asked == ["", "leave"]
    pid = pid_of(path)
    again = make_window(load(path))
    assert again.bridge.run is None
    again.file.open(path)
    assert again.bridge.run is not None
    wait(lambda: len(steps(again)) > seen)
    assert steps(again) == list(range(1, len(steps(again)) + 1))
    answers.next = "stop"
    assert again.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert [info.state for info in list_runs(path)] == ["stopped"]


def test_another_design_leaves_it_and_its_own_finds_it_again(
    detached: MainWindow, path: Path, small_design: Design, wait: Wait
) -> None:
    detached.actions_by_name["run.train"].trigger()
    wait(lambda: len(steps(detached)) > 3)
    detached.file.new(small_design)
    assert detached.bridge.run is None
    assert steps(detached) == []
    detached.file.open(path)
    assert detached.bridge.run is not None
    wait(lambda: len(steps(detached)) > 3)
    assert steps(detached)[0] == 1


def test_a_killed_one_says_so_and_is_resumed(
    qtbot: QtBot, detached: MainWindow, path: Path, wait: Wait
) -> None:
    detached.actions_by_name["run.train"].trigger()
    wait(lambda: len(steps(detached)) > 50)
    design = detached.bridge.state.design
    os.kill(pid_of(path), signal.SIGKILL)
    wait(lambda: detached.bridge.run is None)
    banner = detached.deck.curves.banner
    assert banner.text.startswith("Training stopped: the training process was killed (signal 9)")
    assert detached.bridge.state.design is design
    assert len(steps(detached)) > 50
    assert [info.state for info in list_runs(path)] == ["failed"]
    resume = next(button for button in banner.findChildren(QPushButton) if button.text() == "Resume")
    qtbot.mouseClick(resume, Qt.MouseButton.LeftButton)
    wait(lambda: len(steps(detached)) > 60 and detached.watch.progress.phase == "running")
    assert steps(detached) == list(range(1, len(steps(detached)) + 1))
    assert len(list_runs(path)) == 1


def test_a_design_without_a_file_is_saved_first(
    make_window: MakeWindow, small_design: Design, wait: Wait
) -> None:
    window = make_window(small_design)
    window.actions_by_name["run.detached"].setChecked(True)
    said: list[str] = []
    window.bridge.said.connect(lambda _severity, text: said.append(text))
    assert not window.run.train()
    assert said == ["Save the design first: a detached run is found by its file."]
