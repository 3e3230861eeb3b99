from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from netdesigner.session.ways_on import WayOn
from netdesigner.training.events import Checkpoint, EpochEnd, Event, Failed, Finished, Started, Steps, Warned
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.labels import ElidedLabel
from netdesigner.ui.panels.curves import Curves
from netdesigner.ui.run_series import RunSeries
from netdesigner.ui.run_watch import RunWatch
from netdesigner.ui.theme import DARK, LIGHT


def events(name: str = "20260101-120000", count: int = 300) -> Iterator[Event]:
    yield Started(
        f"/runs/{name}", "cpu", 3, 100, 10, {"train": 100}, ("loss", "accuracy"), "accuracy", "higher"
    )
    values = {
        "loss": tuple(math.exp(-step / 50) for step in range(count)),
        "accuracy": tuple(step / count for step in range(count)),
        "grad_norm": (1.0,) * count,
    }
    yield Steps(1, 1, values, (0.001,) * count, 1000.0, 1.0, 2.0, 2**20)
    yield EpochEnd(3, count, {"loss": 0.1}, {"loss": 0.2, "accuracy": 0.9}, 0.001, 1.0, 0.0, 2**20, True)


@pytest.fixture
def idle(bridge: Bridge, shown: Callable[[Curves], Curves]) -> Curves:
    """The panel before any run."""
    return shown(Curves(bridge, RunWatch(bridge), LIGHT))


@pytest.fixture
def curves(qtbot: QtBot, idle: Curves) -> Curves:
    idle._bridge.run_events.emit(list(events()))
    qtbot.waitUntil(lambda: len(idle.grid.plots) == 5)
    return idle


def seen(curves: Curves) -> list[str]:
    return [name for name, plot in curves.grid.plots.items() if plot.isVisible()]


def test_before_a_run_the_panel_says_what_to_do(idle: Curves) -> None:
    assert idle._empty.isVisible()
    assert "Press Train" in idle._empty.hint.text()


def test_each_curve_has_a_plot_and_rare_ones_wait_in_the_menu(curves: Curves) -> None:
    assert seen(curves) == ["loss", "accuracy", "learning_rate"]
    offered = {action.text(): action for action in curves._menu.actions()}
    offered["Samples per second"].setChecked(True)
    offered["Learning rate"].setChecked(False)
    assert seen(curves) == ["loss", "accuracy", "samples_per_s"]


def test_a_run_of_another_task_gives_its_plots_its_own_titles(qtbot: QtBot, curves: Curves) -> None:
    assert curves.grid.plots["loss"].title == "Loss"
    other = Started("/runs/other", "cpu", 1, 1, 10, {"train": 1}, ("loss",), task="gan")
    curves.take((other, Steps(1, 1, {"loss": (1.0,)}, (0.001,))))
    qtbot.waitUntil(lambda: curves.grid.plots["loss"].title == "Generator loss")
    offered = [action.text() for action in curves._menu.actions()]
    assert "Generator loss" in offered
    assert "Loss" not in offered
    assert len(offered) == len(curves.grid.plots)


def test_a_narrow_plot_shows_its_title_before_its_numbers(
    qtbot: QtBot, curves: Curves, shown: Callable[[QWidget], QWidget]
) -> None:
    plot = curves.grid.plots["accuracy"]
    plot.setParent(None)
    plot.set_title("Rightly classified")
    shown(plot).resize(180, 120)
    head, read_out = plot.findChildren(ElidedLabel)[:2]
    qtbot.waitUntil(lambda: plot.width() == 180 and head.width() >= head.sizeHint().width())
    assert read_out.width() < read_out.sizeHint().width()


def test_numbers_that_have_too_little_room_go_without_their_names(
    qtbot: QtBot, curves: Curves, shown: Callable[[QWidget], QWidget]
) -> None:
    plot = curves.grid.plots["loss"]
    plot.setParent(None)
    plot.set_title("Mean absolute error")
    shown(plot).resize(600, 120)
    read_out = plot.findChildren(ElidedLabel)[1]
    qtbot.waitUntil(lambda: read_out.text().startswith("train "))
    assert read_out.text() == plot.read_out()
    spare = read_out.width() - read_out.sizeHint().width()
    plot.resize(600 - spare - 20, 120)
    qtbot.waitUntil(lambda: read_out.text() == plot.read_out(named=False))
    assert read_out.sizeHint().width() <= read_out.width()
    assert "train " in read_out.toolTip()


def test_plots_are_whole_in_the_smallest_window(qtbot: QtBot, curves: Curves) -> None:
    QApplication.processEvents()  # the layout knows what the wide panel needs
    curves.resize(488, 200)
    QApplication.processEvents()
    assert curves.width() == 488
    legend = curves._legend
    qtbot.waitUntil(lambda: all(legend.rect().contains(entry.geometry()) for entry in legend.entries()))
    assert all(entry.width() >= entry.sizeHint().width() for entry in legend.entries())
    for name in seen(curves):
        assert curves.grid.rect().contains(curves.grid.plots[name].geometry()), name
        assert curves.grid.plots[name].width() > 200
    rows = {curves.grid.plots[name].y() for name in seen(curves)}
    assert len(rows) == 2
    assert curves._scroll.verticalScrollBar().maximum() > 0


def test_the_cursor_reads_all_plots_at_the_same_step(qtbot: QtBot, curves: Curves) -> None:
    area = curves.grid.plots["loss"].area
    at = area.box.mapViewToScene(area.box.viewRect().center()).toPoint()
    qtbot.mouseMove(area.viewport(), at + QPoint(3, 0))
    qtbot.mouseMove(area.viewport(), at)
    qtbot.waitUntil(lambda: "step 15" in curves.grid.plots["loss"].read_out())
    step = curves.grid.plots["loss"].read_out().partition(" · ")[0]
    assert curves.grid.plots["accuracy"].read_out().startswith(step)
    curves.grid.plots["loss"].hovered.emit(None)
    assert "step" not in curves.grid.plots["loss"].read_out()


def test_the_slider_smooths_and_is_remembered(curves: Curves) -> None:
    remembered: list[float] = []
    assert curves._smoothing_value.text() == "0.60"
    curves.smoothing_changed.connect(remembered.append)
    curves._smoothing.setValue(0)
    assert curves.runs()[0].train["loss"].smoothing == 0
    curves._smoothing.setValue(curves._smoothing.maximum())
    assert curves.runs()[0].train["loss"].smoothing == pytest.approx(0.999)
    assert remembered[-1] == pytest.approx(0.999)


def test_logarithmic_axes_spare_per_cents(curves: Curves) -> None:
    curves._log.setChecked(True)
    assert curves.grid.plots["loss"]._log
    assert not curves.grid.plots["accuracy"]._log
    low, high = curves.grid.plots["loss"].area.box.viewRange()[1]
    assert -4 < low < high < 1


def test_a_zoomed_plot_stays_while_points_come_in_and_the_button_shows_all_again(
    qtbot: QtBot, curves: Curves
) -> None:
    box = curves.grid.plots["loss"].area.box
    box.setXRange(50, 100, padding=0)
    curves._schedule()
    qtbot.waitUntil(lambda: not curves._redraw.isActive())
    assert box.viewRange()[0] == pytest.approx([50, 100])
    qtbot.mouseClick(curves._fit, Qt.MouseButton.LeftButton)
    assert box.viewRange()[0] == pytest.approx([0, 300])


def test_other_runs_are_drawn_beside_it(qtbot: QtBot, curves: Curves) -> None:
    other = RunSeries("20250101-120000")
    other.take(events("20250101-120000", 200))
    curves.compare((other,))
    qtbot.waitUntil(lambda: len(curves.grid.plots["loss"]._lines) == 4)
    assert [run.name for run in curves.runs()] == ["20260101-120000", "20250101-120000"]
    curves.compare(())
    qtbot.waitUntil(lambda: len(curves.grid.plots["loss"]._lines) == 2)


def test_each_run_has_its_place_in_the_legend(qtbot: QtBot, curves: Curves) -> None:
    others = [RunSeries(f"2025010{day}-120000") for day in range(1, 7)]
    for other in others:
        other.take(events(other.name, 100))
    curves.compare(others)
    qtbot.waitUntil(lambda: len(curves._legend.entries()) == 8)
    entries = curves._legend.entries()
    qtbot.waitUntil(lambda: all(curves._legend.rect().contains(entry.geometry()) for entry in entries))
    assert [entry.text for entry in entries][1:3] == ["2025-01-01 12:00", "2025-01-02 12:00"]
    for first, second in itertools.combinations(entries, 2):
        assert not first.geometry().intersects(second.geometry())
    assert all(entry.width() >= entry.sizeHint().width() for entry in entries)
    curves.compare(())
    qtbot.waitUntil(lambda: [entry.text for entry in curves._legend.entries()] == ["training", "validation"])


def test_epochs_have_dots_as_long_as_the_dots_lie_apart(qtbot: QtBot, idle: Curves) -> None:
    run = RunSeries("20250101-120000")

    def dots(epochs: int) -> int:
        first = len(run.epochs) + 1
        run.take(
            EpochEnd(epoch, 10 * epoch, {}, {"loss": 1 / epoch}, 0.1, 1.0, 0.0, 0, False)
            for epoch in range(first, epochs + 1)
        )
        idle.compare((run,))
        qtbot.waitUntil(lambda: not idle._redraw.isActive())
        return len(idle.grid.plots["loss"]._lines[0]._dots.getData()[0])

    assert dots(5) == 5
    assert dots(500) == 0


def test_a_run_that_is_looked_at_alone_is_named(qtbot: QtBot, idle: Curves) -> None:
    other = RunSeries("20250101-120000")
    other.take(events(other.name, 100))
    idle.compare((other,))
    qtbot.waitUntil(lambda: idle._line.text() == "Run 2025-01-01 12:00")


def test_numbers_that_are_not_finite_do_not_stop_the_drawing(qtbot: QtBot, curves: Curves) -> None:
    bad = Steps(301, 4, {"loss": (math.nan, math.inf), "accuracy": (0.0, 0.0)}, (0.1, 0.1))
    curves.take([bad])
    curves._log.setChecked(True)
    qtbot.waitUntil(lambda: not curves._redraw.isActive())
    assert len(curves.runs()[0].train["loss"]) == 302


def test_what_only_some_steps_gave_is_seen_without_smoothing_too(qtbot: QtBot, idle: Curves) -> None:
    idle._smoothing.setValue(0)
    norms = tuple(float(step) if step % 4 == 0 else math.nan for step in range(1, 41))
    steps = Steps(1, 1, {"loss": (0.5,) * 40, "grad_norm": norms}, (0.001,) * 40)
    idle._bridge.run_events.emit([next(events()), steps])
    qtbot.waitUntil(lambda: "grad_norm" in idle.grid.plots)
    idle.grid.show_plot("grad_norm", True)
    (drawn,) = idle.grid.plots["grad_norm"]._lines
    assert list(drawn._dots.getData()[0]) == list(range(4, 41, 4))
    (drawn,) = idle.grid.plots["loss"]._lines
    assert list(drawn._dots.getData()[0]) == []


def test_many_events_in_a_row_are_drawn_once(qtbot: QtBot, curves: Curves) -> None:
    drawn: list[int] = []
    curves.grid.show_runs = lambda runs, at_once=True: drawn.append(1)  # type: ignore[method-assign,assignment]
    for step in range(50):
        curves.take([Steps(301 + step, 4, {"loss": (1.0,)}, (0.1,))])
    qtbot.waitUntil(lambda: not curves._redraw.isActive())
    assert drawn == [1]


def test_a_theme_is_taken(curves: Curves) -> None:
    curves.set_theme(DARK)
    assert curves.grid.plots["loss"].area.backgroundBrush().color().name() == DARK.surface


def test_a_new_size_before_the_first_drawing_stops_nothing(idle: Curves) -> None:
    idle._bridge.run_events.emit([next(events())])
    idle.grid.show_runs(idle.runs())
    idle.take(list(events())[1:])
    QApplication.sendEvent(idle.grid, QResizeEvent(QSize(700, 300), QSize(600, 300)))
    assert not idle.grid.plots


def test_an_end_whose_weights_were_not_kept_is_no_success(idle: Curves, tmp_path: Path) -> None:
    run = tmp_path / "20260101-120000"
    end = Finished("done", 3, 300, 2, 0.5, 9.0, str(run))
    lost = Warned("the checkpoint cannot be written: the disk is full")
    idle.take([*events(), lost])
    assert idle.banner.text == "The checkpoint cannot be written: the disk is full"
    idle.take([end])
    assert idle.banner.text.startswith("Training finished after 9.0 s, but its weights were not kept.\n")
    assert idle.banner.text.endswith("The checkpoint cannot be written: the disk is full.")
    assert not idle.banner.findChildren(QPushButton)
    (run / "checkpoint-best").mkdir(parents=True)
    (run / "checkpoint-best" / "state.json").write_text("{}")
    idle.take([end])  # something is kept, though not the latest
    assert idle.banner.text.startswith("Training finished after 9.0 s.\n")
    assert idle.banner.text.endswith("The checkpoint cannot be written: the disk is full.")
    assert [button.text() for button in idle.banner.findChildren(QPushButton)] == ["Evaluate", "Export…"]
    idle.take([lost, Warned("checkpoints are saved again"), Checkpoint(300, "", "last"), end])
    assert idle.banner.text.endswith("at epoch 2.")


def test_what_is_as_it_was_wanted_is_no_warning(idle: Curves) -> None:
    idle.take([*events(), Warned("3 of 3 weights start with the values of the file", trouble=False)])
    assert idle.banner.text == "3 of 3 weights start with the values of the file"
    assert idle.banner._severity == "info"
    idle.take([Finished("done", 3, 300, 2, 0.5, 9.0, "")])
    assert idle.banner._severity == "success"


def test_each_trouble_since_the_last_checkpoint_is_told_once(idle: Curves) -> None:
    curves, weights = Warned("the curves cannot be written"), Warned("the checkpoint cannot be written")
    idle.take([*events(), curves, weights, curves])
    assert idle.banner.text.splitlines() == [
        "The curves cannot be written",
        "The checkpoint cannot be written",
    ]


def test_a_failed_run_that_moved_beside_its_design_is_gone_on_with_from_there(
    idle: Curves, qtbot: QtBot, tmp_path: Path
) -> None:
    run, place = tmp_path / "20260101-120000", tmp_path / "small.runs" / "20260101-120000"
    (run / "checkpoint-last").mkdir(parents=True)
    (run / "checkpoint-last" / "state.json").write_text("{}")
    wanted: list[WayOn] = []
    idle.go_on.connect(wanted.append)
    bridge = idle._bridge
    bridge.run_events.emit([Started(str(run), "cpu", 3, 100, 10, {"train": 100})])
    bridge.run_events.emit([Failed("the loss became NaN", offers=("lower_rate",))])
    place.parent.mkdir()
    run.rename(place)
    bridge.runs_moved.emit({run: place})
    (press,) = idle.banner.findChildren(QPushButton)
    press.click()
    assert [way.resume for way in wanted] == [place]
