"""A window on a small design, with settings of its own, that never asks a question nobody answers."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from netdesigner.document import Design
from netdesigner.parts import Catalog
from netdesigner.session import Session
from netdesigner.session.builder import Builder
from netdesigner.session.recovery import Recovery

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget
    from pytestqt.qtbot import QtBot

    from netdesigner.ui.bridge import Bridge
    from netdesigner.ui.main_window import MainWindow
    from tests.ui.hand import Hand

W = TypeVar("W", bound="QWidget")
Wait = Callable[[Callable[[], object]], None]


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return Catalog.discover()


@pytest.fixture(scope="session")
def small_design(catalog: Catalog) -> Design:
    """Digits by two linear layers: two epochs of eight steps."""
    net = Builder(catalog=catalog)
    x = net.Input(shape=(1, 8, 8))
    x = net.Linear(net.Flatten(x), name="hidden", out_features=16)
    net.Output(net.Linear(net.ReLU(x), name="scores", out_features=10))
    return net.design(
        data="digits", task="classification", title="small", epochs=2, batch_size=160, device="cpu"
    )


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    """Lets the window work until something is true."""

    def until(condition: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(condition()), timeout=60_000)

    return until


@pytest.fixture
def bridge(qtbot: QtBot, catalog: Catalog, small_design: Design, tmp_path: Path) -> Iterator[Bridge]:
    """A session on the small design, which lies in a file, for a panel without its window."""
    from netdesigner.ui.bridge import Bridge

    session = Session(catalog)
    session.new(small_design)
    session.save(tmp_path / "small.netdesign")
    found = Bridge(session)
    yield found
    found.close()


@pytest.fixture
def shown(qtbot: QtBot, qapp: QApplication) -> Callable[[W], W]:
    """Shows a widget as large as a panel, in the program's style, and takes it away at the end."""
    from netdesigner.ui.theme import LIGHT, apply_theme

    def show(widget: W) -> W:
        apply_theme(qapp, LIGHT)
        qtbot.addWidget(widget)
        widget.resize(760, 480)
        widget.show()
        return widget

    return show


@pytest.fixture
def no_flashes(qapp: QApplication) -> Iterator[None]:
    """Fails a test in which a widget is shown before it has a parent: as a window, which takes the keyboard."""
    from PySide6.QtCore import QEvent, QObject, Qt
    from PySide6.QtWidgets import QMainWindow, QWidget

    seen: list[str] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                plain = watched.windowType() in (Qt.WindowType.Widget, Qt.WindowType.Window)
                if plain and not isinstance(watched, QMainWindow):
                    seen.append(f"{type(watched).__name__} {watched.objectName()!r}")
            return False

    watch = Watch()
    qapp.installEventFilter(watch)
    yield
    qapp.removeEventFilter(watch)
    assert seen == []


@pytest.fixture
def no_garbage_elsewhere() -> Iterator[None]:
    """Fails a test in which garbage is collected on another thread while there is a window; it could be Qt's."""
    from netdesigner.ui.collector import Collector

    elsewhere: set[str] = set()

    def note(_phase: str, _about: dict[str, int]) -> None:
        if Collector._open and threading.current_thread() is not threading.main_thread():
            elsewhere.add(threading.current_thread().name)

    gc.callbacks.append(note)
    yield
    gc.callbacks.remove(note)
    assert elsewhere == set()


@pytest.fixture
def make_window(
    qtbot: QtBot,
    catalog: Catalog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    no_flashes: None,
    no_garbage_elsewhere: None,
) -> Iterator[Callable[..., MainWindow]]:
    """Makes a shown window on a design, and closes it at the end."""
    from netdesigner.ui.actions import file as file_actions
    from netdesigner.ui.bridge import Bridge
    from netdesigner.ui.main_window import MainWindow
    from netdesigner.ui.settings import Settings
    from netdesigner.ui.theme import LIGHT

    monkeypatch.setattr(file_actions, "ask_to_save", lambda *_: "discard")
    monkeypatch.setattr(file_actions, "confirm", lambda *_: True)
    made: list[MainWindow] = []

    def make(
        design: Design | None = None, settings: Path | None = None, saved_as: Path | None = None
    ) -> MainWindow:
        session = Session(catalog, Recovery(tmp_path / "recovery"))
        if design is not None:
            session.new(design)
        if saved_as is not None:
            session.save(saved_as)
        window = MainWindow(Bridge(session), LIGHT, Settings(settings or tmp_path / "window.json"))
        made.append(window)
        window.resize(1280, 800)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    yield make
    for window in made:
        window.close()
        window.deleteLater()


@pytest.fixture
def window(make_window: Callable[..., MainWindow], small_design: Design, tmp_path: Path) -> MainWindow:
    """A window on the small design, which lies in a file."""
    return make_window(small_design, saved_as=tmp_path / "small.netdesign")


@pytest.fixture(autouse=True)
def no_glides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nodes that are arranged are where they belong at once."""
    monkeypatch.setattr("netdesigner.ui.canvas.glide.duration_ms", lambda _view: 0)


@pytest.fixture(scope="session", autouse=True)
def fonts(qapp: object) -> None:
    """The program's own fonts, as the application loads them."""
    from netdesigner.parts.resources import folder
    from netdesigner.ui.theme import load_fonts

    load_fonts(folder() / "fonts")


@pytest.fixture
def make_hand(qtbot: QtBot, catalog: Catalog) -> Callable[[Design], Hand]:
    """Shows a design on a canvas at 100 %, its upper left corner in sight, and gives a hand that works on it."""
    from netdesigner.ui.actions.action_list import ActionList
    from netdesigner.ui.actions.canvas import CanvasActions
    from netdesigner.ui.actions.edit import EditActions
    from netdesigner.ui.bridge import Bridge
    from netdesigner.ui.canvas.canvas import Canvas
    from netdesigner.ui.theme import LIGHT
    from tests.ui.hand import Hand

    def make(design: Design) -> Hand:
        session = Session(catalog)
        session.new(design)
        canvas = Canvas(Bridge(session), LIGHT)
        qtbot.addWidget(canvas)
        canvas.bridge.setParent(canvas)
        actions = ActionList(LIGHT, canvas)
        EditActions(actions, canvas.bridge, canvas)
        CanvasActions(actions, canvas)
        canvas.addActions(list(actions))
        canvas.resize(1800, 800)
        canvas.show()
        canvas.activateWindow()  # keys are actions, which only a window that is active hears
        qtbot.waitUntil(canvas.isActiveWindow)
        canvas.view.set_zoom(1.0)
        canvas.view.centerOn(780, 160)
        canvas.view.setFocus()
        return Hand(canvas)

    return make


@pytest.fixture
def hand(make_hand: Callable[[Design], Hand]) -> Hand:
    """A hand on a chain of layers."""
    from tests.ui.hand import chain

    return make_hand(chain())
