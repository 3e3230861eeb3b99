from __future__ import annotations

import itertools
import re
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QRect, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from netdesigner.document import Choice, Design, Node, load, save
from netdesigner.document import edit as edits
from netdesigner.ui.actions import file as file_actions
from netdesigner.ui.docks import Place
from netdesigner.ui.fields.field import Field
from netdesigner.ui.main_window import MainWindow
from netdesigner.ui.theme import DARK, LIGHT

MakeWindow = Callable[..., MainWindow]
Wait = Callable[[Callable[[], object]], None]
HTML = "<img src='file:///etc/hostname'><h1>x</h1>"


def rename(window: MainWindow, new_id: str = "renamed") -> None:
    window.bridge.edit(lambda design: edits.rename_node(design, "main", "hidden", new_id), "rename hidden")


def test_a_design_is_shown_on_the_canvas(window: MainWindow) -> None:
    assert window.center.currentWidget() is window.canvas
    assert window.windowTitle().startswith("small")
    assert not window.isWindowModified()


def test_the_title_marks_unsaved_work_and_saving_clears_it(window: MainWindow) -> None:
    rename(window)
    assert window.isWindowModified()
    window.actions_by_name["file.save"].trigger()
    assert not window.isWindowModified()
    path = window.bridge.state.path
    assert path is not None
    assert "renamed" in load(path).networks["main"].graph.nodes


def test_no_two_entries_of_a_menu_share_the_letter_that_chooses_them(window: MainWindow) -> None:
    menus = [menu for action in window.menuBar().actions() if isinstance(menu := action.menu(), QMenu)]
    assert menus
    for menu in menus:
        entries = [action.text() for action in menu.actions()]
        letters = Counter(re.sub(r"[^&]*&(.).*", r"\1", text).lower() for text in entries if "&" in text)
        assert [letter for letter, uses in letters.items() if uses > 1] == [], entries


def test_undo_says_what_it_takes_back(qtbot: QtBot, window: MainWindow) -> None:
    undo = window.actions_by_name["edit.undo"]
    assert not undo.isEnabled()
    rename(window)
    assert undo.text().replace("&", "") == "Undo rename hidden"
    qtbot.keyClick(window, "Z", Qt.KeyboardModifier.ControlModifier)
    assert "hidden" in window.bridge.state.design.networks["main"].graph.nodes
    qtbot.keyClick(window, "Z", Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert "renamed" in window.bridge.state.design.networks["main"].graph.nodes


def test_what_is_trained_is_counted_apart_where_nodes_are_frozen(window: MainWindow) -> None:
    label = window.status.findChild(QLabel, "parameter_count")
    assert "trainable" not in label.text()
    ids = [
        n for n, traced in window.bridge.state.report.traces["main"].nodes.items() if traced.cost.parameters
    ]
    window.bridge.edit(lambda design: edits.set_frozen(design, "main", ids[:1], frozen=True), "freeze")
    assert label.text().endswith("trainable")
    assert "more are frozen" in label.toolTip()


def test_problems_are_counted_in_chip_and_tab(window: MainWindow) -> None:
    assert window.tool_bar.check_chip.text() == "No problems"
    wire = window.bridge.state.design.networks["main"].graph.edges[1]
    window.bridge.edit(lambda design: edits.disconnect(design, "main", [wire]), "disconnect")
    count = len(window.bridge.state.report.problems)
    assert window.bridge.state.report.errors
    assert "error" in window.tool_bar.check_chip.text()
    assert window.docks.lower.tabs.tabText(0) == f"Problems ({count})"


def test_training_a_design_with_errors_shows_the_problems_instead(window: MainWindow) -> None:
    window.bring("Runs")
    wire = window.bridge.state.design.networks["main"].graph.edges[1]
    window.bridge.edit(lambda design: edits.disconnect(design, "main", [wire]), "disconnect")
    window.actions_by_name["run.train"].trigger()
    assert window.bridge.run is None
    assert window.docks.lower.tabs.currentWidget() is window.deck.problems
    assert "to mend first" in window.status.message.text()


def test_training_without_data_shows_the_data_panel(window: MainWindow) -> None:
    window.bridge.edit(lambda design: edits.set_data(design, None), "no data")
    window.actions_by_name["run.train"].trigger()
    assert window.docks.right.tabs.currentWidget() is window.deck.data.parentWidget()


JUMPS = {
    "a setting": (lambda d: edits.choose(d, "training", Choice("training", {"epochs": "many"})), "epochs"),
    "a setting in the fold": (
        lambda d: edits.choose(d, "training", Choice("training", {"checkpoint_s": -1})),
        "checkpoint_s",
    ),
    "a parameter of the optimizer": (
        lambda d: edits.choose(d, "optimizer", Choice("SGD", {"momentum": 2})),
        "momentum",
    ),
    "an unknown schedule": (lambda d: edits.choose(d, "schedule", Choice("stp")), "schedule_list"),
    "an unknown task": (lambda d: edits.choose(d, "task", Choice("clasification")), "task_list"),
    "a setting of the usual loss": (
        lambda d: edits.choose(d, "loss", Choice("CrossEntropyLoss", {"label_smoothing": 3})),
        "label_smoothing",
    ),
    "a weight for a class too few": (
        lambda d: edits.choose(d, "loss", Choice("MultiMarginLoss", {"weight": (1, 2)})),
        "weight",
    ),
    "a loss of another task": (lambda d: edits.choose(d, "loss", Choice("MSELoss")), "loss_list"),
    "a setting of the data": (lambda d: edits.choose(d, "data", Choice("digits", {"test": 3})), "test"),
    "unknown data": (lambda d: edits.choose(d, "data", Choice("digit")), "data_list"),
}


@pytest.mark.parametrize(("change", "place"), JUMPS.values(), ids=JUMPS.keys())
def test_a_wrong_choice_is_jumped_to_and_mended(
    qtbot: QtBot, window: MainWindow, change: Callable[[Design], Design], place: str
) -> None:
    window.bridge.edit(change, "set something")
    errors = window.bridge.state.report.errors
    assert len(errors) == 1
    window.bring("Problems")
    listed = window.deck.problems.list
    item = next(
        listed.item(row) for row in range(listed.count()) if errors[0].code in listed.item(row).text()
    )
    qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=listed.visualItemRect(item).center())
    panel = window.deck.data if errors[0].section == "data" else window.deck.training
    assert window.docks.right.tabs.currentWidget() is panel.parentWidget()
    focused = window.focusWidget()
    assert focused is not None
    assert place in (focused.objectName(), name_of_field(focused))
    qtbot.waitUntil(lambda: is_in_sight(focused, panel))
    fix = window.deck.problems.details.findChild(QPushButton, "fix_0")
    qtbot.mouseClick(fix, Qt.MouseButton.LeftButton)
    assert not window.bridge.state.report.errors
    assert window.bridge.state.history.depth == 2


def name_of_field(widget: QWidget) -> str:
    """The parameter that a widget edits, or ""."""
    while widget is not None and not isinstance(widget, Field):
        widget = widget.parentWidget()
    return widget.param.name if widget is not None else ""


def is_in_sight(widget: QWidget, panel: QScrollArea) -> bool:
    """Whether all of a widget is seen in its panel."""
    corner = widget.mapTo(panel.viewport(), QPoint(0, 0))
    return widget.isVisible() and panel.viewport().rect().contains(QRect(corner, widget.size()))


def test_wrong_settings_are_shown_instead_of_training(window: MainWindow) -> None:
    bad = Choice("training", {"epochs": "many"})
    window.bridge.edit(lambda design: edits.choose(design, "training", bad), "set epochs")
    window.actions_by_name["run.train"].trigger()
    assert window.bridge.run is None
    assert window.docks.lower.tabs.currentWidget() is window.deck.problems
    assert "1 error to mend first" in window.status.message.text()


@pytest.mark.parametrize(("answer", "closed"), [("cancel", False), ("discard", True), ("save", True)])
def test_closing_with_unsaved_work_asks(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, answer: str, closed: bool
) -> None:
    rename(window)
    path = window.bridge.state.path
    assert path is not None
    monkeypatch.setattr(file_actions, "ask_to_save", lambda *_: answer)
    assert window.close() is closed
    assert window.isVisible() is not closed
    assert ("renamed" in load(path).networks["main"].graph.nodes) is (answer == "save")
    monkeypatch.setattr(file_actions, "ask_to_save", lambda *_: "discard")


def test_work_that_was_discarded_is_not_offered_again(window: MainWindow) -> None:
    rename(window)
    recovery = window.bridge.session.recovery
    assert recovery is not None
    recovery.flush()
    assert recovery.file.exists()
    window.close()
    assert not recovery.file.exists()


def test_a_file_that_cannot_be_opened_is_said_and_nothing_changes(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(file_actions, "tell", lambda _parent, _text, more="": said.append(more))
    bad = tmp_path / "bad.netdesign"
    bad.write_text("{")
    before = window.bridge.state
    assert not window.file.open(bad)
    assert "bad.netdesign" in said[0]
    assert window.bridge.state is before


def drop(window: MainWindow, path: Path) -> bool:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    at, buttons, keys = QPoint(200, 200), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, Qt.DropAction.CopyAction, data, buttons, keys)
    enter.ignore()
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(
            window, QDropEvent(at.toPointF(), Qt.DropAction.CopyAction, data, buttons, keys)
        )
    return enter.isAccepted()


def test_a_design_file_dropped_on_the_window_is_opened(
    qtbot: QtBot, make_window: MakeWindow, small_design: Design, tmp_path: Path
) -> None:
    path = tmp_path / "dropped.netdesign"
    save(small_design, path)
    window = make_window()
    assert not drop(window, tmp_path / "picture.png")
    assert drop(window, path)
    qtbot.waitUntil(lambda: window.bridge.state.path == path)


def test_the_theme_can_be_switched_and_is_remembered(make_window: MakeWindow, small_design: Design) -> None:
    window = make_window(small_design)
    window.actions_by_name["theme.dark"].trigger()
    assert window.theme is DARK
    assert make_window(small_design).theme is DARK
    window.actions_by_name["theme.light"].trigger()
    assert window.theme is LIGHT
    window.actions_by_name["theme.system"].trigger()


def test_the_layout_is_remembered(make_window: MakeWindow, small_design: Design) -> None:
    window = make_window(small_design)
    window.actions_by_name["view.dock_palette"].trigger()
    assert window.docks.left.isHidden()
    window.close()
    again = make_window(small_design)
    assert again.docks.left.isHidden()
    assert again.docks.right.isVisible()
    again.actions_by_name["view.dock_palette"].trigger()
    assert again.docks.left.isVisible()


def test_a_damaged_layout_changes_nothing(
    make_window: MakeWindow, small_design: Design, tmp_path: Path
) -> None:
    path = tmp_path / "damaged.json"
    path.write_text('{"geometry": "?", "layout": "AAAA", "recent": []}')
    window = make_window(small_design, settings=path)
    assert all(dock.isVisible() for dock in window.docks.all())


def test_panels_are_reached_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    for number, (title, (dock, panel)) in enumerate(window.panels.items(), 1):
        qtbot.keyClick(window, str(number), Qt.KeyboardModifier.AltModifier)
        assert dock.tabs.currentWidget() is panel, title


def test_nothing_is_cut_off_at_the_least_size(window: MainWindow) -> None:
    window.resize(1024, 640)
    QApplication.processEvents()
    assert (window.width(), window.height()) == (1024, 640)
    bar = window.tool_bar
    for widget in bar.findChildren(QWidget):
        if widget.isVisible() and widget.parent() is bar:
            assert widget.geometry().right() <= bar.width(), widget.objectName()
    for dock in window.docks.all():
        tabs = dock.tabs.tabBar()
        assert tabs.sizeHint().width() <= dock.width() or not tabs.isVisible()
    places = [dock.geometry() for dock in window.docks.all()]
    assert not any(one.intersects(other) for one, other in itertools.combinations(places, 2))
    for title, (dock, panel) in window.panels.items():
        assert panel.minimumSizeHint().width() <= dock.width(), title


def test_messages_of_one_moment_are_all_seen_and_a_later_one_takes_their_place(
    window: MainWindow, wait: Wait
) -> None:
    said = window.bridge.said.emit
    said("warning", "the settings are damaged")
    said("info", "the run goes on")
    assert window.status.message.text() == "The settings are damaged. The run goes on"
    assert window.status._severity == "warning"
    wait(lambda: not window.status._at_once)
    said("info", "saved")
    assert (window.status.message.text(), window.status._severity) == ("Saved", "info")


def test_html_in_names_stays_text(
    qtbot: QtBot, make_window: MakeWindow, small_design: Design, tmp_path: Path
) -> None:
    design = edits.set_note(small_design, "main", "hidden", HTML)
    main = design.networks["main"]
    nodes = {**main.graph.nodes, HTML: Node(HTML, note=HTML)}
    from dataclasses import replace

    design = replace(design, title=HTML, description=HTML)
    design = design.with_place("main", replace(main, graph=replace(main.graph, nodes=nodes)))
    window = make_window(design)
    window.bridge.said.emit("error", HTML)
    window.canvas.select([HTML])
    for title in window.panels:
        window.bring(title)
        QApplication.processEvents()
    for label in window.findChildren(QLabel):
        if HTML in label.text():
            assert label.textFormat() == Qt.TextFormat.PlainText, label.objectName()
    for widget in window.findChildren(QWidget):
        assert HTML not in widget.toolTip(), widget.objectName()
    assert window.status.message.text() == HTML


def test_a_closed_window_leaves_no_job(make_window: MakeWindow, small_design: Design) -> None:
    window = make_window(small_design)
    window._warm_up()
    window.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("job:")]


def test_the_device_of_the_tool_bar_is_that_of_the_design(window: MainWindow) -> None:
    combo = window.tool_bar.device
    assert combo.currentData() == "cpu"
    combo.setCurrentIndex(combo.findData("auto"))
    combo.activated.emit(combo.currentIndex())
    assert window.bridge.state.design.training.values["device"] == "auto"
    window.bridge.session.undo()
    assert combo.currentData() == "cpu"
    window.deck.training.settings.edited.emit("device", "mps")
    window.tool_bar.set_devices(("cpu",))
    assert combo.currentText() == "Apple GPU (not here)"


def test_a_panel_is_made_when_it_is_first_seen(window: MainWindow) -> None:
    for title, (dock, panel) in window.panels.items():
        made = len(panel.findChildren(QWidget))
        window.bring(title)
        assert dock.tabs.currentWidget() is panel
        assert panel.findChildren(QWidget)
        assert not isinstance(panel, Place) or not made, f"{title} was made before it was seen"


def test_selecting_nodes_leaves_the_keyboard_with_the_canvas(qtbot: QtBot, window: MainWindow) -> None:
    view = window.canvas.view
    view.setFocus()
    qtbot.keyClick(view, "A", Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    assert window.deck.inspector.findChild(QWidget, "nodes_form") is not None
    assert window.isActiveWindow()
    assert view.hasFocus()


def test_a_picture_of_what_is_selected_is_saved_from_the_file_menu(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, told = tmp_path / "some.svg", []
    monkeypatch.setattr(
        file_actions.QFileDialog, "getSaveFileName", lambda *_: (str(path), "SVG drawing (*.svg)")
    )
    monkeypatch.setattr(file_actions, "tell", lambda *words: told.append(words[-1]))
    window.canvas.select([])
    window.actions_by_name["file.picture_selected"].trigger()
    assert "nothing is selected" in told[0]
    assert not path.exists()
    window.canvas.select(["hidden"])
    window.actions_by_name["file.picture_selected"].trigger()
    assert "hidden" in path.read_text("utf-8")
    assert "scores" not in path.read_text("utf-8")


def test_the_lower_panel_is_grown_and_shrinks_again(qtbot: QtBot, window: MainWindow) -> None:
    lower, usual = window.docks.lower, window.docks.lower.height()
    window.actions_by_name["view.grow"].trigger()
    qtbot.waitUntil(lambda: lower.height() > usual + 100)
    assert window.canvas.view.isVisible()
    window.actions_by_name["view.grow"].trigger()
    qtbot.waitUntil(lambda: lower.height() == usual)
