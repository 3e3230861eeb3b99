from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from netdesigner.datasets.public import Mnist
from netdesigner.document import Choice, Design, Network, save
from netdesigner.document import edit as edits
from netdesigner.errors import DataError
from netdesigner.parts import Catalog, DataSpec, Progress, TensorSpec
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.panels.data import Data, with_input_of
from netdesigner.ui.theme import LIGHT

Wait = Callable[[Callable[[], object]], None]
CSV = "name;length;width;kind\na;1,5;2;x\nb;2,5;3;y\nc;3,5;;x\nd;4,5;5;y\n"


@pytest.fixture
def data(bridge: Bridge, shown: Callable[[Data], Data]) -> Data:
    return shown(Data(bridge, LIGHT))


def choose(data: Data, choice: Choice) -> None:
    data._bridge.edit(lambda design: edits.set_data(design, choice), "choose data")


def pick(data: Data, kind: str) -> None:
    choice = data.choice.list
    choice.setCurrentIndex(choice.findData(kind))
    choice.activated.emit(choice.currentIndex())


def test_digits_are_loaded_and_shown(qtbot: QtBot, data: Data, wait: Wait) -> None:
    assert "1,797 samples: 1,257 to train, 270 for validation, 270 for the test" in data._facts.text()
    qtbot.mouseClick(data.load_button, Qt.MouseButton.LeftButton)
    assert not data.load_button.isEnabled()
    wait(lambda: data._previews)
    assert data._bridge.session.samples() is not None
    assert data.load_button.isEnabled()
    assert data.load_button.text() == "Load Again"


def test_a_built_in_set_is_shown_as_soon_as_it_is_chosen(data: Data, wait: Wait) -> None:
    pick(data, "iris")
    wait(lambda: data._previews)
    assert data._bridge.state.design.data == Choice("iris")
    assert "Input [N, 4]" in data._facts.text()


def test_of_a_picture_with_boxes_it_is_told_how_many_it_has_at_most(data: Data) -> None:
    choose(data, Choice("digits_scattered", {"most": 3}))
    assert "\nTarget: up to 3 boxes, each one of 10 classes" in data._facts.text()


def test_of_a_text_there_is_a_target_at_each_place(data: Data) -> None:
    choose(data, Choice("python_help", {"length": 16}))
    assert "Input [N, 16] int64\nTarget: 16 tokens, each one of 96" in data._facts.text()


def test_a_public_set_is_described_at_once_and_downloaded_only_by_the_button(
    qtbot: QtBot, data: Data, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def fetch(self: Mnist, progress: Progress) -> None:
        asked.append(self.absent)
        raise DataError("train-images", "not downloaded (the cable is out)")

    monkeypatch.setattr(Mnist, "fetch", fetch)
    pick(data, "mnist")
    assert "70,000 samples: 51,000 to train, 9,000 for validation, 10,000 for the test" in data._facts.text()
    assert data.load_button.text() == "Download 11.6 MB and Look at It"
    assert not asked
    qtbot.mouseClick(data.load_button, Qt.MouseButton.LeftButton)
    wait(data._error.isVisible)
    assert (len(asked), data._error.text()) == (1, "train-images: not downloaded (the cable is out)")
    assert data.load_button.isEnabled()


def test_the_input_is_set_to_the_data_and_back(qtbot: QtBot, data: Data) -> None:
    assert not data.input_button.isVisible()
    choose(data, Choice("iris"))
    assert data.input_button.isVisible()
    qtbot.mouseClick(data.input_button, Qt.MouseButton.LeftButton)
    assert data._bridge.state.design.networks["main"].graph.nodes["input"].params["shape"] == (4,)
    assert not data.input_button.isVisible()
    data._bridge.session.undo()
    assert data.input_button.isVisible()


def test_an_edit_of_the_form_is_one_step_of_the_history(data: Data) -> None:
    data.choice.edited.emit("validation", 0.2)
    data.choice.edited.emit("validation", 0.25)
    design = data._bridge.state.design
    assert design.data == Choice("digits", {"validation": 0.25})
    data._bridge.session.undo()
    assert data._bridge.state.design.data == Choice("digits")


def test_the_default_is_not_written_into_the_design(data: Data) -> None:
    data.choice.edited.emit("validation", 0.2)
    data.choice.edited.emit("validation", 0.15)
    assert data._bridge.state.design.data == Choice("digits")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(CSV)
    return path


def box(data: Data, column: str, place: int) -> Qt.CheckState:
    columns = data.columns
    row = next(row for row in range(columns.rowCount()) if columns.item(row, 0).text().startswith(column))
    return columns.item(row, place).checkState()


def tick(qtbot: QtBot, data: Data, column: str, place: int) -> None:
    columns = data.columns
    row = next(row for row in range(columns.rowCount()) if columns.item(row, 0).text().startswith(column))
    columns.scrollToItem(columns.item(row, place))
    rect = columns.visualItemRect(columns.item(row, place))
    at = rect.topLeft()
    at.setX(rect.left() + 16)
    at.setY(rect.center().y())
    qtbot.mouseClick(columns.viewport(), Qt.MouseButton.LeftButton, pos=at)


def scrolled_to(data: Data, widget: QWidget) -> bool:
    """Scrolls a widget into view; whether all of it is there."""
    data.ensureWidgetVisible(widget)
    return widget.visibleRegion().boundingRect() == widget.rect()


def test_the_columns_of_a_table_are_shown_before_it_is_accepted(
    qtbot: QtBot, data: Data, table: Path, wait: Wait
) -> None:
    choose(data, Choice("csv", {"path": str(table), "missing": "drop"}))
    wait(lambda: data.columns.rowCount() == 4)
    columns = data.columns
    assert [columns.item(row, 0).text() for row in range(4)] == [
        "name   category",
        "length   number",
        "width   integer, 1 missing",
        "kind   category",
    ]
    assert box(data, "kind", 1) == Qt.CheckState.Checked
    tick(qtbot, data, "length", 1)
    tick(qtbot, data, "kind", 1)
    tick(qtbot, data, "name", 2)
    chosen = data._bridge.state.design.data
    assert chosen is not None
    assert chosen.params["targets"] == ("length",)
    assert "name" in chosen.params["ignore"]  # type: ignore[operator]
    wait(data.load_button.isEnabled)
    wait(lambda: scrolled_to(data, data.load_button))
    qtbot.mouseClick(data.load_button, Qt.MouseButton.LeftButton)
    wait(lambda: data._previews or data._error.text())
    assert data._error.text() == ""
    assert data._bridge.state.data is not None
    assert data._bridge.state.data.targets == ("length",)


def test_a_table_that_an_opened_design_names_is_read_when_the_user_asks_for_it(
    qtbot: QtBot, data: Data, table: Path, tmp_path: Path, wait: Wait
) -> None:
    session = data._bridge.session
    named = edits.set_data(session.design, Choice("csv", {"path": str(table), "missing": "drop"}))
    save(named, tmp_path / "strange.netdesign")
    session.open(tmp_path / "strange.netdesign")
    assert data._bridge.jobs() == []
    data.choice.edited.emit("validation", 0.3)
    session.undo()
    assert data._bridge.jobs() == []
    assert not data.columns.isVisible()
    qtbot.mouseClick(data.load_button, Qt.MouseButton.LeftButton)
    wait(lambda: data.columns.isVisible() and data._previews)


def test_a_file_beside_the_design_stays_the_same_file_when_the_design_is_saved_elsewhere(
    qtbot: QtBot, data: Data, table: Path, tmp_path: Path, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(table), ""))
    choose(data, Choice("csv", {"missing": "drop"}))
    qtbot.mouseClick(data.findChild(QToolButton, "browse_path"), Qt.MouseButton.LeftButton)
    field = data.findChild(QLineEdit, "field_path")
    assert field.text() == "table.csv"
    wait(lambda: data.columns.rowCount() == 4)
    (tmp_path / "copies").mkdir()
    data._bridge.session.save(tmp_path / "copies" / "copy.netdesign")
    assert field.text() == "../table.csv"
    assert field.toolTip() == f"<qt>{table.resolve()}</qt>"
    assert data._error.text() == ""
    assert data.columns.isVisible()


def test_a_file_that_cannot_be_read_is_said_in_place(data: Data, tmp_path: Path, wait: Wait) -> None:
    choose(data, Choice("csv", {"path": str(tmp_path / "gone.csv")}))
    wait(lambda: "gone.csv" in data._error.text())
    assert data._error.isVisible()
    assert not data.columns.isVisible()


def test_a_file_that_cannot_be_read_is_looked_at_once_and_again_when_it_is_there(
    qtbot: QtBot, data: Data, tmp_path: Path, wait: Wait
) -> None:
    jobs: list[str] = []
    data._bridge.jobs_changed.connect(lambda running: jobs.extend(job.title for job in running[:1]))
    choose(data, Choice("csv", {"path": str(tmp_path / "table.csv"), "missing": "drop"}))
    wait(lambda: "table.csv" in data._error.text() and not data._bridge.jobs())
    seen = len(jobs)
    qtbot.wait(200)
    assert len(jobs) == seen
    assert data._error.isVisible()
    (tmp_path / "table.csv").write_text(CSV)
    qtbot.mouseClick(data.load_button, Qt.MouseButton.LeftButton)
    wait(lambda: data.columns.isVisible() and data._previews)
    assert not data._error.isVisible()


def test_a_network_without_an_input_gets_one() -> None:
    spec = DataSpec(TensorSpec(("N", 3, 32, 32)), TensorSpec(("N",), "int64"))
    design = with_input_of(Design(networks={"main": Network()}), spec)
    assert design.networks["main"].graph.nodes["input"].params["shape"] == (3, 32, 32)
    assert with_input_of(design, spec) is design


def test_the_element_type_of_the_input_follows_the_data() -> None:
    spec = DataSpec(TensorSpec(("N", 12), "int64"), TensorSpec(("N",), "int64"))
    params = with_input_of(Design(), spec).networks["main"].graph.nodes["input"].params
    assert params == {"shape": (12,), "dtype": "int64"}


def test_expressions_that_come_to_the_shape_of_the_data_are_left_alone() -> None:
    spec = DataSpec(TensorSpec(("N", 1, 32, 32)), TensorSpec(("N",), "int64"))
    design = edits.set_variables(with_input_of(Design(), spec), {"side": 32})
    design = edits.set_params(design, "main", "input", {"shape": (1, "side", "4*8")})
    assert with_input_of(design, spec) is design
    other = with_input_of(edits.set_variables(design, {"side": 16}), spec)
    assert other.networks["main"].graph.nodes["input"].params["shape"] == (1, 32, 32)


def test_of_several_networks_the_one_that_takes_samples_gets_the_input_of_the_data() -> None:
    spec = DataSpec(TensorSpec(("N", 1, 8, 8)), TensorSpec(("N",), "int64"), ("a", "b"), 9)
    design = Design(networks={name: Network() for name in ("generator", "discriminator")})
    changed = with_input_of(design, spec, Catalog.discover().task(Choice("gan")))
    assert changed.networks["generator"] == Network()
    assert changed.networks["discriminator"].graph.nodes["input"].params["shape"] == (1, 8, 8)


def test_no_name_of_a_data_set_makes_the_page_wider_than_its_panel(data: Data) -> None:
    data.resize(300, 480)
    assert data.widget().minimumSizeHint().width() <= data.viewport().width()
