from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netdesigner.errors import NetDesignerError
from netdesigner.training.events import EpochEnd, Event, Failed, Finished, Started, Steps
from netdesigner.training.log import FILE, Log
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.panels import runs as runs_panel
from netdesigner.ui.panels.runs import Runs
from netdesigner.ui.run_series import RunSeries
from netdesigner.ui.run_watch import RunWatch
from netdesigner.ui.theme import LIGHT

Wait = Callable[[Callable[[], object]], None]


def write_run(design_path: Path, name: str, end: Event) -> Path:
    import json

    from netdesigner.training.events import to_json

    folder = design_path.with_name(f"{design_path.stem}.runs") / name
    folder.mkdir(parents=True)
    told = [
        Started(str(folder), "cpu", 2, 2, 10, {"train": 4}, ("loss",)),
        Steps(1, 1, {"loss": (3.0, 2.0)}, (0.1, 0.1)),
        EpochEnd(1, 2, {"loss": 2.5}, {"loss": 2.25}, 0.1, 1.0, 1.0, 0, True),
        end,
    ]
    lines = "".join(json.dumps(to_json(event)) + "\n" for event in told)
    (folder / FILE).write_text(lines)
    return folder


@pytest.fixture
def runs(bridge: Bridge, shown: Callable[[Runs], Runs]) -> Runs:
    return shown(Runs(bridge, RunWatch(bridge), LIGHT))


@pytest.fixture
def listed(runs: Runs, wait: Wait) -> Runs:
    path = runs._bridge.state.path
    assert path is not None
    write_run(path, "20260101-120000", Finished("done", 1, 2, 1, 2.25, 1.0, "x"))
    write_run(path, "20260102-120000", Failed("<b>the disk is full</b>", step=2))
    runs.refresh()
    wait(lambda: runs.list.topLevelItemCount() == 2)
    return runs


def row(runs: Runs, index: int) -> list[str]:
    item = runs.list.topLevelItem(index)
    return [item.text(column) for column in range(6)]


def choose(runs: Runs, index: int) -> None:
    runs.list.setCurrentItem(runs.list.topLevelItem(index))


def test_without_runs_the_panel_says_what_to_do(runs: Runs) -> None:
    assert runs._empty.title.text() == "No runs yet"


def test_the_latest_run_is_first(listed: Runs) -> None:
    assert row(listed, 0)[:3] == ["2026-01-02 12:00", "failed", "loss 2.250"]
    assert row(listed, 1)[:5] == ["2026-01-01 12:00", "finished", "loss 2.250", "1", "1"]
    assert "&lt;b&gt;the disk is full" in listed.list.topLevelItem(0).toolTip(1)


def test_what_can_be_done_depends_on_the_run_and_a_tip_says_why_not(listed: Runs) -> None:
    assert {button.toolTip() for button in listed._buttons.values()} == {"Choose a run first"}
    assert not any(button.isEnabled() for button in listed._buttons.values())
    choose(listed, 0)
    assert listed._buttons["resume"].isEnabled()
    choose(listed, 1)
    assert not listed._buttons["resume"].isEnabled()
    assert "training can start from it instead" in listed._buttons["resume"].toolTip()
    assert listed._buttons["evaluate"].isEnabled()
    for name, reason in (("previews", "No previews were made"), ("start_from", "has kept no weights")):
        assert not listed._buttons[name].isEnabled()
        assert reason in listed._buttons[name].toolTip()
    run = listed.selected()
    assert run is not None
    for file in ("previews/000000002.json", "checkpoint-last/state.json"):
        (run / file).parent.mkdir()
        (run / file).write_text("{}")
    choose(listed, 0)
    choose(listed, 1)
    assert listed._buttons["previews"].isEnabled()
    assert listed._buttons["start_from"].isEnabled()


def test_training_starts_from_no_run_of_a_design_that_has_no_file(listed: Runs) -> None:
    listed._bridge.session.copy()
    listed._show(listed.infos)
    choose(listed, 0)
    assert listed._buttons["start_from"].toolTip().startswith("Save the design first")


def test_the_curves_of_a_run_are_drawn_by_the_press_of_a_button(
    listed: Runs, qtbot: QtBot, wait: Wait
) -> None:
    compared: list[tuple[RunSeries, ...]] = []
    wanted: list[Path] = []
    listed.compare.connect(compared.append)
    listed.curves.connect(wanted.append)
    choose(listed, 1)
    qtbot.mouseClick(listed._buttons["curves"], Qt.MouseButton.LeftButton)
    wait(lambda: compared and compared[-1])
    assert list(compared[-1][0].train["loss"].y) == [3.0, 2.0]
    assert wanted == [listed.selected()]
    assert listed.list.topLevelItem(1).checkState(0) == Qt.CheckState.Checked


def test_a_ticked_run_is_drawn(listed: Runs, wait: Wait) -> None:
    compared: list[tuple[RunSeries, ...]] = []
    listed.compare.connect(compared.append)
    listed.list.topLevelItem(1).setCheckState(0, Qt.CheckState.Checked)
    wait(lambda: compared and compared[-1])
    assert list(compared[-1][0].train["loss"].y) == [3.0, 2.0]
    listed.list.topLevelItem(1).setCheckState(0, Qt.CheckState.Unchecked)
    assert compared[-1] == ()


def test_runs_that_take_long_to_read_are_listed_less_often_while_one_goes_on(
    listed: Runs, monkeypatch: pytest.MonkeyPatch, wait: Wait
) -> None:
    monkeypatch.setattr(runs_panel, "time", SimpleNamespace(perf_counter=itertools.count(0.0, 4.0).__next__))
    listed._list()
    wait(lambda: listed._took_ms > 0 and not listed._bridge.jobs())
    listed._again.stop()
    listed._bridge.run_events.emit([EpochEnd(1, 2, {"loss": 2.5}, {}, 0.1, 1.0, 1.0, 0, True)])
    assert listed._again.interval() == 80_000


def test_a_run_is_deleted_after_a_question(
    qtbot: QtBot, listed: Runs, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter((False, True))
    monkeypatch.setattr(runs_panel, "confirm", lambda *_: next(answers))
    choose(listed, 0)
    folder = listed.selected()
    assert folder is not None
    qtbot.keyClick(listed.list, Qt.Key.Key_Delete)
    assert folder.is_dir()
    qtbot.keyClick(listed.list, Qt.Key.Key_Delete)
    wait(lambda: listed.list.topLevelItemCount() == 1)
    assert not folder.exists()


def test_only_the_folder_of_a_run_is_ever_removed(tmp_path: Path) -> None:
    run = write_run(tmp_path / "a.netdesign", "20260101-120000", Failed("x"))
    link = tmp_path / "b.runs" / "link"
    link.parent.mkdir()
    link.symlink_to(run)
    for path in (tmp_path, run.parent, link):
        with pytest.raises(NetDesignerError):
            runs_panel._remove(path)
    runs_panel._remove(run)
    assert not run.exists()


def test_the_curves_of_a_run_that_was_read_while_it_went_on_are_read_again_at_its_end(
    runs: Runs, wait: Wait
) -> None:
    path = runs._bridge.state.path
    assert path is not None
    compared: list[tuple[RunSeries, ...]] = []
    runs.compare.connect(compared.append)
    folder = write_run(path, "20260101-120000", Steps(3, 2, {"loss": (1.0,)}, (0.1,)))
    runs.refresh()
    wait(lambda: runs.list.topLevelItemCount() == 1)
    runs.list.topLevelItem(0).setCheckState(0, Qt.CheckState.Checked)
    wait(lambda: compared and compared[-1])
    assert list(compared[-1][0].train["loss"].y) == [3.0, 2.0, 1.0]
    log = Log(folder)
    log.write(Steps(4, 2, {"loss": (0.5,)}, (0.1,)))
    log.write(Finished("done", 2, 4, 1, 2.25, 1.0, str(folder)))
    log.close()
    runs.refresh()
    wait(lambda: list(compared[-1][0].train["loss"].y) == [3.0, 2.0, 1.0, 0.5])
