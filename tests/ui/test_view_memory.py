"""A start goes on where the last one ended, and no file of the window's own can keep it from starting."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netdesigner import app
from netdesigner.document import Design, save
from netdesigner.session import Session
from netdesigner.session.recovery import Recovery
from netdesigner.ui.actions.key_map import KeyMap
from netdesigner.ui.canvas.scopes import Sight
from netdesigner.ui.layout_memory import keep_layout, restore_layout
from netdesigner.ui.main_window import MainWindow
from netdesigner.ui.settings import THEMES, Remembered, Settings
from netdesigner.ui.view_memory import View, ViewMemory
from tests.flow.walker import start
from tests.session.crash import crash

MakeWindow = Callable[..., MainWindow]
VIEW = View(
    ("main", "block:Pair"), {"main": Sight(0.5, (100.0, 40.0)), "block:Pair": Sight(1.25, (300.0, 0.0))}
)


@pytest.fixture
def views(tmp_path: Path) -> ViewMemory:
    return ViewMemory(tmp_path / "window.json")


def test_what_was_seen_of_the_last_designs_is_there_again(views: ViewMemory, tmp_path: Path) -> None:
    for number in range(25):
        views.keep(tmp_path / f"{number}", VIEW)
    views.keep(tmp_path / "5", View(("main",)))
    views.note_open(tmp_path / "5")
    again = ViewMemory(tmp_path / "window.json")
    assert again.last() == tmp_path / "5"
    assert again.view_of(tmp_path / "24") == VIEW
    assert again.view_of(tmp_path / "5") == View(("main",))
    assert again.view_of(tmp_path / "4") is None
    assert again.view_of(None) is None
    again.note_open(None)
    assert ViewMemory(tmp_path / "window.json").last() is None


def test_a_design_is_shown_as_it_was_left(
    make_window: MakeWindow, tmp_path: Path, qapp: QApplication
) -> None:
    path, other = tmp_path / "a.netdesign", tmp_path / "b.netdesign"
    window = make_window(start(), saved_as=path)
    save(start(), other)
    canvas = window.canvas
    canvas.view.set_zoom(0.5)
    canvas.open_scope("block:Pair")
    canvas.view.set_zoom(1.25)
    canvas.view.centerOn(400, 100)
    canvas.keep_sight()
    left = canvas.way.sights["block:Pair"]
    window.bring("Data")
    window.bring("Problems")
    assert window.file.open(other)
    assert canvas.scope == "main"
    assert window.file.open(path)
    assert canvas.way.scopes == ["main", "block:Pair"]
    window.close()
    again = make_window()
    again.file.open(path)
    qapp.processEvents()
    canvas = again.canvas
    assert canvas.way.scopes == ["main", "block:Pair"]
    canvas.keep_sight()
    seen = canvas.way.sights["block:Pair"]
    assert abs(seen.zoom - 1.25) < 1e-6
    assert max(abs(now - then) for now, then in zip(seen.center, left.center, strict=True)) < 2
    canvas.open_scope("main")
    assert abs(canvas.view.zoom - 0.5) < 1e-6
    for title in ("Data", "Problems"):
        dock, panel = again.panels[title]
        assert dock.tabs.currentWidget() is panel


# -- What a start opens ---------------------------------------------------------------------------------------


class Start:
    """What a start of the program decides, without a window."""

    def __init__(self, catalog: Any, folder: Path, path: Path) -> None:
        self.catalog, self.folder, self.path = catalog, folder, path
        save(Design(title="a"), path)
        Settings().change(theme="light")
        ViewMemory(Settings().path).note_open(path)

    def session(self) -> Session:
        return Session(self.catalog, Recovery(self.folder))

    def opened(self) -> tuple[Path | None, str]:
        session = self.session()
        said = app.reopen(session)
        session.close()
        return session.state.path, said


@pytest.fixture
def begun(catalog: Any, tmp_path: Path) -> Start:
    return Start(catalog, tmp_path / "recovery", tmp_path / "a.netdesign")


def test_a_start_opens_the_last_design(begun: Start) -> None:
    assert begun.opened() == (begun.path, "")


def test_a_start_opens_nothing_where_that_is_chosen(begun: Start) -> None:
    Settings().change(reopen=False)
    assert begun.opened() == (None, "")


def test_a_start_after_a_crash_opens_nothing_once(begun: Start) -> None:
    recovery = begun.session().recovery
    assert recovery is not None
    crash(recovery)
    assert begun.opened() == (None, "")
    assert begun.opened() == (begun.path, "")


def test_a_start_with_work_on_offer_opens_nothing(begun: Start) -> None:
    recovery = begun.session().recovery
    assert recovery is not None
    recovery.note(Design(title="lost"), None)
    recovery.flush()
    crash(recovery)
    for _ in range(2):
        assert begun.opened() == (None, "")


def test_a_second_window_opens_nothing(begun: Start) -> None:
    first = begun.session()
    assert begun.opened() == (None, "")
    first.close()


def test_a_design_that_is_gone_or_damaged_is_told(begun: Start) -> None:
    begun.path.write_text("{")
    opened, said = begun.opened()
    assert opened is None
    assert "line 1" in said
    begun.path.unlink()
    opened, said = begun.opened()
    assert opened is None
    assert said == f"a.netdesign was open last, and is not at {begun.path.parent} any more"


# -- Damage ---------------------------------------------------------------------------------------------------

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**400,
    1e308,
    float("nan"),
    "",
    "\ud800",
    "\0",
    "x" * 10_000,
    [],
    {},
    [[[]]],
    [None],
    ["\ud800", 3],
    {"": []},
)


def mutated_values(chance: random.Random, data: Any) -> Any:
    """The same JSON with one value, somewhere in it, replaced by an odd one."""
    if chance.random() < 0.25 or not isinstance(data, dict | list) or not data:
        return chance.choice(ODD)
    if isinstance(data, list):
        at = chance.randrange(len(data))
        return [mutated_values(chance, item) if index == at else item for index, item in enumerate(data)]
    at = chance.choice(list(data))
    return {key: mutated_values(chance, item) if key == at else item for key, item in data.items()}


def mutated_bytes(chance: random.Random, data: bytes) -> bytes:
    """The same file with a part of it flipped, cut out, doubled or overwritten."""
    at = chance.randrange(len(data))
    end = min(len(data), at + chance.choice((1, 1, 8, 200)))
    piece = data[at:end]
    new = chance.choice(
        (b"", piece * 2, bytes([piece[0] ^ 1 << chance.randrange(8)]), chance.randbytes(len(piece)))
    )
    return data[:at] + new + (data[end:] if chance.random() < 0.8 else b"")


def test_no_damage_to_the_windows_own_files_keeps_it_from_starting(
    make_window: MakeWindow, tmp_path: Path
) -> None:
    window = make_window(start(), saved_as=tmp_path / "a.netdesign")
    folder = tmp_path / "damaged"
    settings = Settings(folder / "window.json")
    settings.change(keys={"edit.undo": ("Ctrl+Z",)}, recent=("/a",), kinds=("Linear",), folder="/x")
    views = ViewMemory(settings.path)
    views.keep(tmp_path / "a.netdesign", VIEW)
    views.note_open(tmp_path / "a.netdesign")
    keep_layout(window, window.panels, settings)
    whole = {file: file.read_bytes() for file in folder.iterdir()}
    assert {file.name for file in whole} == {"window.json", "views.json"}
    chance = random.Random(3)
    told = 0
    for number in range(100):
        for file, data in whole.items():
            if number % 2:
                file.write_bytes(mutated_bytes(chance, data))
            else:
                file.write_text(json.dumps(mutated_values(chance, json.loads(data))), "utf-8")
        settings, views = Settings(folder / "window.json"), ViewMemory(folder / "window.json")
        assert settings.value.theme in THEMES
        restore_layout(window, window.panels, settings)
        KeyMap(window.actions_by_name, settings, window, window.canvas).begin()
        settings.recent()
        window.canvas.views = views
        window.canvas._begin(window.bridge.state)
        window.canvas.refresh()
        assert views.last() is None or isinstance(views.last(), Path)
        for file in (settings.file, views.file):
            told += bool(file.trouble)
            damaged = file.path.with_name(f"{file.path.name}.damaged")
            assert bool(file.trouble) is damaged.exists()
            assert not file.trouble or str(damaged) in file.trouble
            damaged.unlink(missing_ok=True)
        settings.change(theme="dark" if settings.value.theme != "dark" else "light")
        views.note_open(tmp_path / "b.netdesign")
        assert Settings(settings.path).value == settings.value
        assert views.last() == tmp_path / "b.netdesign"
    assert told > 30
    assert window.isVisible()


def test_a_damaged_file_is_said_at_the_start_and_kept(make_window: MakeWindow, tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text("{")
    window = make_window(start(), settings=path)
    assert window.settings.value == Remembered(
        geometry=window.settings.value.geometry, layout=window.settings.value.layout
    )
    message = window.status.message.text()
    assert "could not be read and had to begin anew" in message
    assert str(tmp_path / "own.json.damaged") in message
    assert (tmp_path / "own.json.damaged").read_text() == "{"


def test_a_file_that_the_start_has_put_aside_is_said_by_the_window(
    catalog: Any, qtbot: QtBot, tmp_path: Path
) -> None:
    begun = Start(catalog, tmp_path / "recovery", tmp_path / "a.netdesign")
    settings = Settings()
    for file in (settings.path, settings.path.with_name("views.json")):
        file.write_text("{")
    own = app.own_settings()  # as `app.main` starts a window
    session = begun.session()
    fault = app.reopen(session, own)
    window = app.make_window(session, own)
    qtbot.addWidget(window)
    said: list[str] = []
    window.bridge.said.connect(lambda _severity, text: said.append(text))
    window.show()
    (message,) = said
    assert "The window's settings could not be read and had to begin anew." in message
    assert "What was open last could not be read and had to begin anew." in fault
    window.close()


def test_a_start_with_damaged_work_opens_nothing_so_that_its_page_can_say_it(begun: Start) -> None:
    begun.folder.mkdir(exist_ok=True)
    (begun.folder / "1-a.work").write_text("garbage")
    assert begun.opened() == (None, "")
    assert begun.opened() == (begun.path, "")


def test_a_file_that_cannot_be_written_is_said_once(make_window: MakeWindow, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    window = make_window(start(), settings=tmp_path / "file" / "window.json")
    window.settings.change(theme="dark")
    assert "The window's settings cannot be kept" in window.status.message.text()
    window.status.clear()
    window.settings.change(theme="light")
    assert window.status.message.text() == ""
