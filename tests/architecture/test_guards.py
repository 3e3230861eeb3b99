"""What tests/conftest.py promises about every test, seen to fail the tests that break it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BAD_TESTS = """
import socket
import threading
import time
import warnings

from PySide6.QtCore import QSettings, QThread, qWarning
from PySide6.QtWidgets import QWidget

kept = []


def test_leaves_a_thread():
    threading.Thread(target=time.sleep, args=(5,), daemon=True).start()


def test_leaves_a_qthread(qapp):
    kept.append(QThread())
    kept[0].start()


def test_leaves_a_widget(qapp):
    kept.append(QWidget())


def test_reaches_for_the_network():
    try:
        socket.create_connection(("192.0.2.1", 9), timeout=1)
    except Exception:
        pass


def test_looks_up_a_name():
    socket.getaddrinfo("example.invalid", 9)


def test_raises_in_a_thread():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()


def test_warns():
    warnings.warn("something is deprecated", DeprecationWarning)


def test_makes_qt_warn(qapp):
    qWarning("used wrongly")


def test_is_good(qtbot, user_folders):
    kept[0].quit()
    kept[0].wait()
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    thread = threading.Thread(target=time.sleep, args=(0.1,))
    thread.start()
    settings = QSettings("netdesigner", "test")
    settings.setValue("seen", 1)
    assert settings.fileName().startswith(str(user_folders))
    listener = socket.create_server(("127.0.0.1", 0))
    socket.create_connection(listener.getsockname()).close()
    listener.close()
"""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What became of each of the bad tests, and of the good one."""
    folder = tmp_path_factory.mktemp("guarded")
    guards = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    impatient, replaced = re.subn(r"^GRACE_S = .*$", "GRACE_S = 0.3", guards, flags=re.MULTILINE)
    assert replaced == 1
    (folder / "conftest.py").write_text(impatient, encoding="utf-8")
    (folder / "test_bad.py").write_text(BAD_TESTS, encoding="utf-8")
    settings = [
        "-c",
        str(ROOT / "pyproject.toml"),
        f"--rootdir={folder}",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
    ]
    command = [sys.executable, "-m", "pytest", *settings, "-q", "-rA", "--tb=no", str(folder)]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    lines = re.findall(r"^(PASSED|FAILED|ERROR) .*::(\w+)", said, flags=re.MULTILINE)
    found = {name: verdict for verdict, name in sorted(lines, reverse=True)}  # an ERROR after a PASSED counts
    assert found, said
    return found


def bad_tests() -> list[str]:
    """The names of the bad tests."""
    return [name for name in re.findall(r"def (test_\w+)", BAD_TESTS) if name != "test_is_good"]


@pytest.mark.parametrize("name", bad_tests())
def test_a_bad_test_fails(verdicts: dict[str, str], name: str) -> None:
    assert verdicts[name] in {"FAILED", "ERROR"}


def test_a_good_test_passes(verdicts: dict[str, str]) -> None:
    assert verdicts["test_is_good"] == "PASSED"
