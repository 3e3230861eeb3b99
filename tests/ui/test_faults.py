from __future__ import annotations

import getpass
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from netdesigner.document import Design
from netdesigner.document import edit as edits
from netdesigner.session import Job
from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.dialogs import tell_fault
from netdesigner.ui.fault_report import fault_report, redacted
from netdesigner.ui.faults import Faults, log_to
from netdesigner.ui.main_window import MainWindow

Told = list[tuple[str, str, str]]


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def rescued() -> list[str]:
    return []


@pytest.fixture
def faults(qtbot: QtBot, told: Told, rescued: list[str]) -> Iterator[Faults]:
    def rescue() -> str:
        rescued.append(threading.current_thread().name)
        return ""

    found = Faults(rescue, None, lambda *words: told.append(words))
    found.install()
    yield found
    found.remove()


def raise_here(text: str = "broken", kind: type[Exception] = RuntimeError) -> str:
    raise kind(text)


def raised(text: str = "broken") -> None:
    try:
        raise_here(text)
    except RuntimeError:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]


def lines(told: Told) -> list[str]:
    QApplication.processEvents()
    return [line for line, _, _ in told]


# -- One fault ------------------------------------------------------------------------------------------------


def test_a_fault_is_told_with_its_trace_and_work_is_rescued(
    qtbot: QtBot, faults: Faults, told: Told, rescued: list[str]
) -> None:
    raised()
    assert not told, "a dialog would run in the middle of what has failed"
    assert lines(told) == ["RuntimeError: broken"]
    assert "raise_here" in told[0][2]
    assert rescued == ["MainThread"]


def test_the_same_fault_is_told_once_whatever_it_says(
    qtbot: QtBot, faults: Faults, told: Told, rescued: list[str]
) -> None:
    for number in range(3):
        raised(f"at {number}")
    assert lines(told) == ["RuntimeError: at 0"]
    assert len(rescued) == 3


def test_a_fault_on_a_thread_is_told_on_the_windows_thread(qtbot: QtBot, faults: Faults, told: Told) -> None:
    thread = threading.Thread(target=raise_here, name="worker")
    thread.start()
    thread.join()
    assert not told
    assert lines(told) == ["RuntimeError: broken"]


def test_a_fault_in_a_slot_does_not_end_the_program(qtbot: QtBot, faults: Faults, told: Told) -> None:
    QTimer.singleShot(0, raise_here)
    qtbot.waitUntil(lambda: bool(told))


def test_a_fault_in_a_destructor_is_told(qtbot: QtBot, faults: Faults, told: Told) -> None:
    class Broken:
        def __del__(self) -> None:
            raise_here("at the end")

    Broken()
    assert lines(told) == ["RuntimeError: at the end"]


def test_a_fault_in_a_job_is_told(qtbot: QtBot, faults: Faults, told: Told) -> None:
    job = Job("Work", lambda _progress: raise_here("in a job")).start()
    assert job.join(30)
    assert lines(told) == ["RuntimeError: in a job"]
    assert job.outcome is not None
    assert "fault of the program" in job.outcome.error


def test_a_fault_while_one_is_told_comes_after_it(qtbot: QtBot) -> None:
    order: list[str] = []

    def tell(line: str, _not_kept: str, _report: str) -> None:
        order.append(f"begin {line}")
        if len(order) == 1:
            QTimer.singleShot(0, lambda: raise_here("second", ValueError))
            QApplication.processEvents()
            QApplication.processEvents()
        order.append("end")

    found = Faults(lambda: "", None, tell)
    found.install()
    raised("first")
    QApplication.processEvents()
    found.remove()
    assert order == ["begin RuntimeError: first", "end", "begin ValueError: second", "end"]


def test_a_failing_rescue_hides_nothing(qtbot: QtBot, told: Told) -> None:
    found = Faults(lambda: raise_here("no disk"), None, lambda *words: told.append(words))
    found.install()
    raised("first")
    found.remove()
    assert lines(told) == ["RuntimeError: first"]
    assert told[0][1] == "no disk"


# -- All of them ----------------------------------------------------------------------------------------------


def test_no_fault_of_an_action_or_of_painting_is_silent_or_ends_the_window(
    qtbot: QtBot,
    faults: Faults,  # installed before the window is made and until it is gone: some switches are set by themselves
    make_window: Callable[..., MainWindow],
    small_design: Design,
    monkeypatch: pytest.MonkeyPatch,
    told: Told,
) -> None:
    add = ActionList.add

    def add_broken(
        actions: ActionList, name: str, text: str, _slot: object, *rest: Any, **more: Any
    ) -> QAction:
        kind = type(f"Broken {name}", (Exception,), {})

        def fail(*_: object) -> None:
            raise kind("pressed")

        return add(actions, name, text, fail, *rest, **more)

    windows: list[MainWindow] = []
    kept: list[bool] = []

    def rescue() -> str:
        recovery = windows[0].bridge.session.recovery if windows else None
        if recovery is not None:
            recovery.flush()
            kept.append(recovery.file.exists())
        return ""

    monkeypatch.setattr(faults, "_rescue", rescue)
    with monkeypatch.context() as patch:
        patch.setattr(ActionList, "add", add_broken)
        windows.append(make_window(small_design))
    window = windows[0]
    window.bridge.edit(lambda d: edits.rename_node(d, "main", "hidden", "renamed"), "rename hidden")
    kept.clear()
    names = window.actions_by_name.names()
    for name in (*names, *names):
        action = window.actions_by_name[name]
        if action.isCheckable():
            action.toggled.emit(True)
        else:
            action.triggered.emit()
    assert sorted(lines(told)) == sorted(f"Broken {name}: pressed" for name in names)
    assert len(kept) >= 2 * len(names)
    assert all(kept)
    told.clear()
    with monkeypatch.context() as patch:
        patch.setattr(window.canvas.view, "_theme", None)
        for _ in range(3):
            window.canvas.view.viewport().update()
            QApplication.processEvents()
    (line,) = lines(told)
    assert "drawBackground" in line
    assert window.isVisible()
    window.bridge.session.undo()
    assert "hidden" in window.bridge.state.design.networks["main"].graph.nodes


# -- The report -----------------------------------------------------------------------------------------------


def test_a_report_tells_versions_and_the_end_of_the_log_but_not_who_and_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "Jane.Doe"
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.setattr(getpass, "getuser", lambda: "jdoe")
    log = tmp_path / "netdesigner.log"
    log.write_text("".join(f"line {number} of {home}/secret\n" for number in range(10_000)))
    what = f"RuntimeError: {home}/a.netdesign; C:\\Users\\JDOE\\x; /tmp/pytest-of-jdoe/1; jdoes stay; {home}s too"
    report = fault_report(what, log)
    assert "RuntimeError: ~/a.netdesign; C:\\Users\\USER\\x; /tmp/pytest-of-USER/1; jdoes stay;" in report
    assert "line 9999 of ~/secret" in report
    assert "line 9000" not in report
    for word in ("Python", "Qt", "PyTorch", "System"):
        assert f"\n{word}" in report
    assert "Jane.Doe/" not in report


def test_a_short_name_of_a_user_is_taken_out_of_paths_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/"))
    monkeypatch.setattr(getpass, "getuser", lambda: "a")
    assert redacted("a layer in /home/a/b") == "a layer in /home/USER/b"


def test_a_home_is_found_however_its_path_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("C:\\Users\\Jane"))
    text = r"'C:\\Users\\Jane\\x' c:/users/jane/y C:\Users\Jane"
    assert redacted(text) == r"'~\\x' ~/y ~"


def test_the_dialog_shows_and_copies_the_report_and_stays(qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        texts.extend((box.text(), box.informativeText(), box.detailedText()))
        copy = next(button for button in box.buttons() if button.text() == "Copy Report")
        copy.click()
        texts.append(box.isVisible())
        box.button(QMessageBox.StandardButton.Close).click()

    texts: list[object] = []
    QTimer.singleShot(50, press)
    tell_fault("RuntimeError: <b>broken</b>", "the disk is full", "the report")
    assert str(texts[1]).startswith("RuntimeError: <b>broken</b>\n")
    assert "the disk is full" in str(texts[1])
    assert texts[2:] == ["the report", True]
    assert QGuiApplication.clipboard().text() == "the report"


# -- Hooks and log --------------------------------------------------------------------------------------------


def test_the_hooks_are_given_back(qtbot: QtBot) -> None:
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    found = Faults(lambda: "")
    found.install()
    found.remove()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_what_qt_says_is_logged(qtbot: QtBot, faults: Faults, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="netdesigner"):
        qWarning("used wrongly")
    assert "used wrongly" in caplog.text


def test_the_log_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "netdesigner.log"
    handler = log_to(path)
    assert handler is not None
    logging.getLogger("netdesigner").error("something happened")
    logging.getLogger().removeHandler(handler)
    handler.close()
    assert "something happened" in path.read_text()


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert log_to(tmp_path / "file" / "netdesigner.log") is None
