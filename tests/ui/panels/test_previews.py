"""What the networks say while they learn, as a person follows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netdesigner.evaluation import Evaluation
from netdesigner.parts.preview import Table, Text
from netdesigner.training.events import Previewed, Started
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.panels.previews import Previews
from netdesigner.ui.run_watch import RunWatch
from netdesigner.ui.theme import LIGHT


@pytest.fixture
def panel(bridge: Bridge, shown: Callable[[Previews], Previews]) -> Previews:
    return shown(Previews(bridge, RunWatch(bridge, bridge), LIGHT))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "20260101-120000"
    (folder / "previews").mkdir(parents=True)
    return folder


def preview(run: Path, step: int) -> Previewed:
    """A file as a run writes it, and what the run says of it."""
    said = Text("What it said", f"after {step} steps")
    judged = Evaluation("validation", 9, {}, (said,), Table("Most wrong", ("true",), (("a",),)), (0,))
    path = run / "previews" / f"{step:09}.json"
    path.write_text(judged.to_json(), "utf-8")
    return Previewed(step, 1, str(path))


def texts(panel: Previews) -> list[str]:
    return [view.preview.text for view in panel._views if isinstance(view.preview, Text)]


def begin(bridge: Bridge, run: Path) -> None:
    bridge.run_events.emit([Started(str(run), "cpu", 3, 10, 99, {"train": 20})])


def test_without_a_run_the_panel_says_what_to_do(panel: Previews) -> None:
    assert panel._empty.isVisible()
    assert "Press Train" in panel._empty.hint.text()


def test_while_a_run_has_none_yet_the_panel_does_not_ask_to_train(panel: Previews, bridge: Bridge) -> None:
    bridge.run_changed.emit(object())
    assert "while it learns" in panel._empty.hint.text()
    bridge.run_changed.emit(None)
    assert "Press Train" in panel._empty.hint.text()


def test_the_newest_is_followed_until_a_person_looks_back(
    panel: Previews, bridge: Bridge, run: Path, qtbot: QtBot
) -> None:
    begin(bridge, run)
    for step in (5, 10, 15):
        bridge.run_events.emit([preview(run, step)])
        assert texts(panel) == [f"after {step} steps"]
    assert "step 15: 9 samples of the validation part" in panel._title.text()
    panel.slider.setFocus()
    qtbot.keyClick(panel.slider, Qt.Key.Key_Home)
    assert texts(panel) == ["after 5 steps"]
    bridge.run_events.emit([preview(run, 20)])
    assert texts(panel) == ["after 5 steps"]
    qtbot.keyClick(panel.slider, Qt.Key.Key_End)
    assert texts(panel) == ["after 20 steps"]


def test_what_came_while_it_was_hidden_is_there_once_it_is_seen(
    panel: Previews, bridge: Bridge, run: Path
) -> None:
    panel.hide()
    begin(bridge, run)
    bridge.run_events.emit([preview(run, 5)])
    assert texts(panel) == []
    panel.show()
    assert texts(panel) == ["after 5 steps"]


def test_a_run_that_began_before_the_panel_was_made_is_seen(
    bridge: Bridge, shown: Callable[[Previews], Previews], run: Path
) -> None:
    watch = RunWatch(bridge, bridge)
    begin(bridge, run)
    bridge.run_events.emit([preview(run, 5)])
    assert texts(shown(Previews(bridge, watch, LIGHT))) == ["after 5 steps"]


def test_an_older_run_is_looked_at_until_the_user_goes_back_or_another_run_begins(
    panel: Previews, bridge: Bridge, run: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, next_one = tmp_path / "20250101-120000", tmp_path / "20260102-120000"
    for folder in (older, next_one):
        (folder / "previews").mkdir(parents=True)
    preview(older, 3)
    preview(older, 4)
    monkeypatch.setattr(Bridge, "run", object())
    begin(bridge, run)
    bridge.run_events.emit([preview(run, 5)])
    assert not panel.follow.isVisible()
    panel.show_run(older)
    assert texts(panel) == ["after 4 steps"]
    assert panel._title.text().startswith("Run 2025-01-01 12:00, step 4")
    bridge.run_events.emit([preview(run, 6)])
    assert texts(panel) == ["after 4 steps"]
    qtbot.mouseClick(panel.follow, Qt.MouseButton.LeftButton)
    assert texts(panel) == ["after 6 steps"]
    assert not panel.follow.isVisible()
    panel.show_run(older)
    bridge.run_changed.emit(bridge.run)
    begin(bridge, next_one)
    bridge.run_events.emit([preview(next_one, 7)])
    assert texts(panel) == ["after 7 steps"]


def test_a_damaged_preview_is_said_and_the_next_one_is_shown(
    panel: Previews, bridge: Bridge, run: Path
) -> None:
    begin(bridge, run)
    damaged = preview(run, 5)
    Path(damaged.path).write_text("{", "utf-8")
    bridge.run_events.emit([damaged])
    assert panel._error.isVisible()
    assert "this is not an evaluation" in panel._error.text()
    bridge.run_events.emit([preview(run, 6)])
    assert not panel._error.isVisible()
    assert texts(panel) == ["after 6 steps"]


def test_what_a_run_of_another_design_showed_is_not_seen_once_one_is_open(
    panel: Previews, bridge: Bridge, run: Path
) -> None:
    begin(bridge, run)
    bridge.run_events.emit([preview(run, 5)])
    panel.hide()
    bridge.session.new()
    panel.show()
    assert texts(panel) == []
    assert panel._empty.isVisible()
