from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer, qWarning
from pytestqt.qtbot import QtBot

from netdesigner.ui.faults import Faults, log_to

Told = list[tuple[str, str]]


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def rescued() -> list[str]:
    return []


@pytest.fixture
def faults(qtbot: QtBot, told: Told, rescued: list[str]) -> Iterator[Faults]:
    def rescue() -> None:
        rescued.append(threading.current_thread().name)

    found = Faults(rescue, None, lambda line, details, _log: told.append((line, details)))
    found.install()
    yield found
    found.remove()


def raise_here(text: str = "broken") -> None:
    raise RuntimeError(text)


def raised(text: str = "broken") -> None:
    try:
        raise_here(text)
    except RuntimeError:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]


def test_a_fault_is_told_with_its_trace_and_work_is_rescued(
    qtbot: QtBot, faults: Faults, told: Told, rescued: list[str]
) -> None:
    raised()
    assert told[0][0] == "RuntimeError: broken"
    assert "raise_here" in told[0][1]
    assert rescued == ["MainThread"]


def test_the_same_fault_is_told_once(qtbot: QtBot, faults: Faults, told: Told, rescued: list[str]) -> None:
    for _ in range(3):
        raised()
    assert len(told) == 1
    assert len(rescued) == 3


def test_a_fault_on_a_thread_is_told_on_the_windows_thread(qtbot: QtBot, faults: Faults, told: Told) -> None:
    thread = threading.Thread(target=raise_here, name="worker")
    thread.start()
    thread.join()
    assert not told
    qtbot.waitUntil(lambda: bool(told))
    assert told[0][0] == "RuntimeError: broken"


def test_a_fault_in_a_slot_does_not_end_the_program(qtbot: QtBot, faults: Faults, told: Told) -> None:
    QTimer.singleShot(0, raise_here)
    qtbot.waitUntil(lambda: bool(told))


def test_a_failing_rescue_hides_nothing(qtbot: QtBot, told: Told) -> None:
    found = Faults(raise_here, None, lambda line, details, _log: told.append((line, details)))
    found.install()
    raised("first")
    found.remove()
    assert told[0][0] == "RuntimeError: first"


def test_the_hooks_are_given_back(qtbot: QtBot) -> None:
    before = sys.excepthook, threading.excepthook
    found = Faults(lambda: None)
    found.install()
    found.remove()
    assert (sys.excepthook, threading.excepthook) == before


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
