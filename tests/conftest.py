"""What every test gets: no screen, no network, none of the user's settings, and nothing left behind.

A test that leaves a thread, a process or a top-level widget behind fails, as does one that opens a connection
to another machine. Everything here is automatic; a test asks for nothing.
"""

from __future__ import annotations

import contextlib
import gc
import ipaddress
import itertools
import multiprocessing
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

if sys.platform == "win32":  # there torch must be imported before Qt
    import torch  # noqa: F401

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"  # for qtawesome, which would take another binding if it found one
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
os.environ.pop("NETDESIGNER_PLUGINS", None)  # a test says itself which plugins it wants
# Read when torch is imported, so it costs a test without torch nothing. Workers share the cores.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # as the program itself does, for machines that are busy
os.environ.setdefault("OMP_NUM_THREADS", "1" if "PYTEST_XDIST_WORKER" in os.environ else "2")

import pytest
from hypothesis import settings

# The default gives the same answer every time; `--hypothesis-profile=explore` looks for new counterexamples.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile("repeatable")


def pytest_configure(config: pytest.Config) -> None:
    """Try constants of the program only where new counterexamples are looked for.

    Hypothesis reads them in the source of all modules, in each process anew and for seconds; and as it knows those only
    that are imported by then, they would let the examples of a test depend on which others came before it.
    """
    if not config.getoption("--hypothesis-profile"):
        from hypothesis.internal.conjecture import providers

        providers._get_local_constants = lambda: providers._local_constants


# Many tests start the program anew, which is sooner there where its modules are kept compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

GRACE_S = 3.0
"""How long what a test has stopped may take to end."""

LASTING_THREADS = (
    "asyncio_",
    "pytest_timeout",
    "QtAwesome",
    "Thread-tqdm",
    "tqdm_monitor",
    "SubprocPool",
    "InductorSubproc",
)
"""Beginnings of the names of threads that libraries start once and keep."""

LASTING_WIDGETS = ("QTipLabel", "QComboBoxPrivateContainer", "QCompleterPopup")
"""Classes of top-level widgets that Qt makes once and keeps."""

_TEST_FAILED = pytest.StashKey[bool]()
_FOLDERS = tempfile.TemporaryDirectory(prefix="netdesigner-tests-", ignore_cleanup_errors=True)
_NUMBERS = itertools.count()


# -- The user's folders -----------------------------------------------------------------------------------


def _point_at(home: Path, setenv: Callable[[str, str], None]) -> None:
    """Make every folder that belongs to the user lie in `home`."""
    home.mkdir(parents=True, exist_ok=True)
    for name in ("HOME", "USERPROFILE"):
        setenv(name, str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        setenv(name, str(home / name.removeprefix("XDG_").lower()))
    for name in ("APPDATA", "LOCALAPPDATA", "WIN_PD_OVERRIDE_APPDATA", "WIN_PD_OVERRIDE_LOCAL_APPDATA"):
        setenv(name, str(home / "appdata"))


# Once now, for what is worked out while modules are imported; then afresh for each test.
_point_at(Path(_FOLDERS.name) / "session", os.environ.__setitem__)


@pytest.fixture(autouse=True)
def user_folders() -> Iterator[Path]:
    """A home of its own for each test: settings, caches, recent files and recovery files."""
    home = Path(_FOLDERS.name) / f"{os.getpid()}-{next(_NUMBERS)}"
    with pytest.MonkeyPatch.context() as patch:
        _point_at(home, patch.setenv)
        if "PySide6.QtCore" in sys.modules:
            from PySide6.QtCore import QSettings

            for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
                QSettings.setPath(form, QSettings.Scope.UserScope, str(home / "settings"))
        yield home


# -- The network ------------------------------------------------------------------------------------------


class NetworkUsedError(BaseException):
    """A test reached for another machine; no `except Exception` in the program can hide it."""


def _is_local(host: Any) -> bool:
    """Tell whether an address's host is this machine."""
    if host in (None, "", b"", "localhost", socket.gethostname()):
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    return False


def _refuse_if_remote(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
        raise NetworkUsedError(f"tests never open the network, this one tried to reach {address}")


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Let sockets connect to this machine only."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        lookup = socket.getaddrinfo

        def local_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
            _refuse_if_remote(socket.AF_INET, (host,))
            return lookup(host, *args, **kwargs)

        patch.setattr(socket, "getaddrinfo", local_lookup)
        yield


def _guarded(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        _refuse_if_remote(self.family, address)
        return connect(self, address)

    return guarded


# -- What is left behind ----------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember a failure: what a failed test leaves behind is no second failure."""
    report = yield
    if report.failed:
        item.stash[_TEST_FAILED] = True
    return report


def _until_empty(left: Callable[[], list[str]]) -> list[str]:
    """Give what is ending a moment to end; then return what is still there."""
    deadline = time.monotonic() + GRACE_S
    while (names := left()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return names


def _threads_since(before: set[threading.Thread]) -> list[str]:
    # A dummy thread stands for one that C++ started; Python never learns that it ended.
    return [
        f"thread {thread.name!r}"
        for thread in threading.enumerate()
        if thread not in before
        and not isinstance(thread, threading._DummyThread)
        and not thread.name.startswith(LASTING_THREADS)
    ]


def _processes_since(before: set[int | None]) -> list[str]:
    return [
        f"process {child.name!r}" for child in multiprocessing.active_children() if child.pid not in before
    ]


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that ends before its threads and processes do."""
    threads = set(threading.enumerate())
    processes = {child.pid for child in multiprocessing.active_children()}
    started: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        _record_qthreads(patch, started)
        yield

    def left() -> list[str]:
        return _threads_since(threads) + _processes_since(processes) + _running_qthreads(started)

    names = _until_empty(left)
    if names and not request.node.stash.get(_TEST_FAILED, False):
        pytest.fail(f"the test left behind: {', '.join(names)}", pytrace=False)


def _record_qthreads(patch: pytest.MonkeyPatch, started: list[Any]) -> None:
    """Note every QThread that is started; Qt keeps no list of them."""
    if "PySide6.QtCore" not in sys.modules:
        return
    from PySide6.QtCore import QThread

    start = QThread.start

    def recorded_start(self: QThread, *args: Any) -> None:
        started.append(self)
        start(self, *args)

    patch.setattr(QThread, "start", recorded_start)


def _running_qthreads(started: list[Any]) -> list[str]:
    if not started:
        return []
    import shiboken6

    return [repr(thread) for thread in started if shiboken6.isValid(thread) and thread.isRunning()]


@pytest.fixture(autouse=True)
def no_widget_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a window open or a widget without a parent behind."""
    before = _top_level_widgets()
    collecting = gc.isenabled()
    yield
    if collecting:
        gc.enable()  # the window switches it off for as long as it lives
    if not _widgets_since(before):
        return
    gc.collect()
    left = _widgets_since(before)
    names = [f"{type(widget).__name__} {widget.objectName()!r}".strip() for widget in left]
    for widget in left:
        widget.close()
        widget.deleteLater()
    if names and not request.node.stash.get(_TEST_FAILED, False):
        pytest.fail(f"the test left behind: {', '.join(names)}", pytrace=False)


def _top_level_widgets() -> list[Any]:
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return []
    return list(widgets.QApplication.topLevelWidgets())


def _widgets_since(before: list[Any]) -> list[Any]:
    if not _top_level_widgets():
        return []
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return [
        widget
        for widget in _top_level_widgets()
        if not any(widget is known for known in before)
        and widget.metaObject().className() not in LASTING_WIDGETS
    ]


# -- What is made once ------------------------------------------------------------------------------------


def _keep_translations() -> None:
    """Have torch read its translations to ONNX once: it does so for each export, which takes it most of a second."""
    registration = sys.modules.get("torch.onnx._internal.exporter._registration")
    if registration is None or hasattr(registration.ONNXRegistry.from_torchlib, "cache_info"):
        return
    registration.ONNXRegistry.from_torchlib = staticmethod(cache(registration.ONNXRegistry.from_torchlib))


# -- Markers ----------------------------------------------------------------------------------------------


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a GPU where there is none."""
    _keep_translations()
    if item.get_closest_marker("cuda") is not None:
        import torch

        if not torch.cuda.is_available():
            pytest.skip("needs an NVIDIA GPU")


@pytest.fixture
def source_runs_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exported source is tried in this process, as the packaged program does; another loads torch for seconds."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)


@pytest.fixture
def few_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of networks that make up samples, few are drawn to be judged; a diffusion takes a minute for a thousand."""
    from netdesigner.evaluation import own_features

    monkeypatch.setattr(own_features, "_WANTED", 64)
    monkeypatch.setattr(own_features, "_STEPS", 20)
