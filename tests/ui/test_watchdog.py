"""What is known afterwards of a window that stood still, and of a program that died."""

from __future__ import annotations

import faulthandler
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netdesigner.session.recovery import Recovery
from netdesigner.ui.watchdog import Watchdog, rest

ROOT = Path(__file__).parents[2]
LIMIT_S = 0.2


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return tmp_path / "a.trace"


@pytest.fixture
def watchdog(qtbot: QtBot, trace: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watchdog]:
    # pytest's own stays in place: a fault of a test must be seen in the terminal.
    monkeypatch.setattr(faulthandler, "enable", lambda *_: None)
    monkeypatch.setattr(faulthandler, "disable", lambda: None)
    monkeypatch.setattr("netdesigner.ui.watchdog._is_debugged", lambda: False)  # coverage looks like it
    made = Watchdog(trace, LIMIT_S)
    assert made.start()
    yield made
    made.close()


def stand_still(trace: Path) -> None:
    """Keep the window's thread until the watchdog has seen it."""
    until = time.monotonic() + 30
    while not trace.stat().st_size and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.1)  # it may still be writing


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    QApplication.processEvents()
    return [record.message for record in caplog.records if "stood still" in record.message]


def test_the_log_says_where_the_window_stood_still(
    watchdog: Watchdog, trace: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stand_still(trace)
    (message,) = said(caplog)
    assert "in stand_still" in message
    assert not trace.stat().st_size
    assert not said(caplog)[1:]


def test_it_is_said_of_a_window_that_closes_too_when_its_trace_is_gone_already(
    watchdog: Watchdog, trace: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stand_still(trace)
    trace.unlink()  # as `Life.close` does, before the last tick
    (message,) = said(caplog)
    assert "in stand_still" in message


def test_a_window_that_moves_is_left_alone(
    qtbot: QtBot, watchdog: Watchdog, trace: Path, caplog: pytest.LogCaptureFixture
) -> None:
    qtbot.wait(50)
    assert not said(caplog)
    assert not trace.stat().st_size


def test_a_computer_that_slept_is_no_window_that_stood_still(
    watchdog: Watchdog, trace: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stand_still(trace)
    woken_s = time.time() + 3600
    os.utime(trace, (woken_s, woken_s))
    assert not said(caplog)
    assert not trace.stat().st_size


def test_what_keeps_the_window_on_purpose_is_not_told(
    watchdog: Watchdog, trace: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rest()
    time.sleep(3 * LIMIT_S)
    assert not said(caplog)


def test_nothing_is_watched_under_a_debugger(
    qtbot: QtBot, trace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    armed = list[float]()
    for name in ("enable", "disable"):
        monkeypatch.setattr(faulthandler, name, lambda *_: None)
    monkeypatch.setattr(faulthandler, "dump_traceback_later", lambda limit_s, **_: armed.append(limit_s))
    monkeypatch.setattr(sys, "gettrace", lambda: print)
    made = Watchdog(trace, LIMIT_S)
    made.start()
    monkeypatch.undo()
    assert not armed
    made.close()


def test_a_trace_that_cannot_be_written_stops_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    made = Watchdog(tmp_path / "nowhere" / "a.trace")
    assert not made.start()
    made.close()


DYING = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, qFatal
from netdesigner.document import Design
from netdesigner.session.recovery import Recovery
from netdesigner.ui.watchdog import Watchdog

def fail_in_qt():
    qFatal("no way on")

application = QCoreApplication([])
recovery = Recovery(Path(sys.argv[1]))
recovery.note(Design(title="lost"), None)
recovery.flush()
Watchdog(recovery.life.trace).start()
fail_in_qt()
"""


def test_a_program_that_dies_in_qt_leaves_its_last_words_and_the_work(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DYING, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    recovery = Recovery(tmp_path)
    assert "Fatal Python error: Aborted" in recovery.life.last_words
    assert "in fail_in_qt" in recovery.life.last_words
    assert [recovery.design_of(work).title for work in recovery.found()] == ["lost"]
