from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netdesigner.document import Choice, Design, Network
from netdesigner.document import edit as edits
from netdesigner.parts import DataSpec, TensorSpec
from netdesigner.ui.main_window import MainWindow
from netdesigner.ui.panels.data import with_input_of

MakeWindow = Callable[..., MainWindow]
Wait = Callable[[Callable[[], object]], None]
CSV = "name;length;width;kind\na;1,5;2;x\nb;2,5;3;y\nc;3,5;;x\nd;4,5;5;y\n"


def pick(window: MainWindow, kind: str) -> None:
    choice = window.data.choice.list
    choice.setCurrentIndex(choice.findData(kind))
    choice.activated.emit(choice.currentIndex())


def test_digits_are_loaded_and_shown(qtbot: QtBot, window: MainWindow, wait: Wait) -> None:
    window.bring("Data")
    assert "1,797 samples: 1,257 to train, 270 for validation, 270 for the test" in window.data._facts.text()
    qtbot.mouseClick(window.data.load_button, Qt.MouseButton.LeftButton)
    assert not window.data.load_button.isEnabled()
    wait(lambda: window.data._previews)
    assert window.bridge.session.samples() is not None
    assert window.data.load_button.isEnabled()
    assert window.data.load_button.text() == "Load again"


def test_a_built_in_set_is_shown_as_soon_as_it_is_chosen(window: MainWindow, wait: Wait) -> None:
    window.bring("Data")
    pick(window, "iris")
    wait(lambda: window.data._previews)
    assert window.bridge.state.design.data == Choice("iris")
    assert "Input [N, 4]" in window.data._facts.text()
    assert window.tool_bar.data_chip.text().endswith("150")


def test_the_input_is_set_to_the_data_and_back(qtbot: QtBot, window: MainWindow) -> None:
    window.bring("Data")
    assert not window.data.input_button.isVisible()
    window.bridge.edit(lambda design: edits.set_data(design, Choice("iris")), "choose iris")
    assert window.data.input_button.isVisible()
    qtbot.mouseClick(window.data.input_button, Qt.MouseButton.LeftButton)
    assert window.bridge.state.design.networks["main"].graph.nodes["input"].params["shape"] == (4,)
    assert not window.data.input_button.isVisible()
    window.bridge.session.undo()
    assert window.data.input_button.isVisible()


def test_an_edit_of_the_form_is_one_step_of_the_history(window: MainWindow) -> None:
    window.bring("Data")
    window.data.choice.edited.emit("validation", 0.2)
    window.data.choice.edited.emit("validation", 0.25)
    design = window.bridge.state.design
    assert design.data == Choice("digits", {"validation": 0.25})
    window.bridge.session.undo()
    assert window.bridge.state.design.data == Choice("digits")


def test_the_default_is_not_written_into_the_design(window: MainWindow) -> None:
    window.data.choice.edited.emit("validation", 0.2)
    window.data.choice.edited.emit("validation", 0.15)
    assert window.bridge.state.design.data == Choice("digits")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(CSV)
    return path


def box(window: MainWindow, column: str, place: int) -> Qt.CheckState:
    columns = window.data.columns
    row = next(row for row in range(columns.rowCount()) if columns.item(row, 0).text().startswith(column))
    return columns.item(row, place).checkState()


def tick(qtbot: QtBot, window: MainWindow, column: str, place: int) -> None:
    columns = window.data.columns
    row = next(row for row in range(columns.rowCount()) if columns.item(row, 0).text().startswith(column))
    columns.scrollToItem(columns.item(row, place))
    rect = columns.visualItemRect(columns.item(row, place))
    at = rect.topLeft()
    at.setX(rect.left() + 16)
    at.setY(rect.center().y())
    qtbot.mouseClick(columns.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_the_columns_of_a_table_are_shown_before_it_is_accepted(
    qtbot: QtBot, make_window: MakeWindow, small_design: Design, table: Path, wait: Wait
) -> None:
    window = make_window(replace(small_design, data=Choice("csv", {"path": str(table), "missing": "drop"})))
    window.bring("Data")
    wait(lambda: window.data.columns.rowCount() == 4)
    columns = window.data.columns
    assert [columns.item(row, 0).text() for row in range(4)] == [
        "name   category",
        "length   number",
        "width   integer, 1 missing",
        "kind   category",
    ]
    assert box(window, "kind", 1) == Qt.CheckState.Checked
    tick(qtbot, window, "length", 1)
    tick(qtbot, window, "kind", 1)
    tick(qtbot, window, "name", 2)
    chosen = window.bridge.state.design.data
    assert chosen is not None
    assert chosen.params["targets"] == ("length",)
    assert "name" in chosen.params["ignore"]  # type: ignore[operator]
    QApplication.processEvents()
    window.data.ensureWidgetVisible(window.data.load_button)
    QApplication.processEvents()
    qtbot.mouseClick(window.data.load_button, Qt.MouseButton.LeftButton)
    wait(lambda: window.data._previews or window.data._error.text())
    assert window.data._error.text() == ""
    assert window.bridge.state.data is not None
    assert window.bridge.state.data.targets == ("length",)


def test_a_file_that_cannot_be_read_is_said_in_place(
    make_window: MakeWindow, small_design: Design, tmp_path: Path, wait: Wait
) -> None:
    window = make_window(replace(small_design, data=Choice("csv", {"path": str(tmp_path / "gone.csv")})))
    window.bring("Data")
    wait(lambda: "gone.csv" in window.data._error.text())
    assert window.data._error.isVisible()
    assert not window.data.columns.isVisible()


def test_a_network_without_an_input_gets_one() -> None:
    data = DataSpec(TensorSpec(("N", 3, 32, 32)), TensorSpec(("N",), "int64"))
    design = with_input_of(Design(networks={"main": Network()}), data)
    assert design.networks["main"].graph.nodes["input"].params["shape"] == (3, 32, 32)
    assert with_input_of(design, data) is design


def test_the_element_type_of_the_input_follows_the_data() -> None:
    data = DataSpec(TensorSpec(("N", 12), "int64"), TensorSpec(("N",), "int64"))
    params = with_input_of(Design(), data).networks["main"].graph.nodes["input"].params
    assert params == {"shape": (12,), "dtype": "int64"}
