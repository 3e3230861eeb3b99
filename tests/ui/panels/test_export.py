from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from netdesigner.document import edit as edits
from netdesigner.parts import Proof
from netdesigner.session.gallery import open_template
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.panels import export as export_panel
from netdesigner.ui.panels.export import ExportDialog, ProofView
from netdesigner.ui.theme import DARK, LIGHT

Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def dialog(bridge: Bridge, tmp_path: Path) -> Iterator[ExportDialog]:
    found = ExportDialog(bridge, LIGHT, (), None, tmp_path)
    found.open()
    yield found
    found.reject()


def pick(dialog: ExportDialog, kind: str) -> None:
    dialog._format.list.setCurrentIndex(dialog._format.list.findData(kind))
    dialog._format.picked.emit(kind)


def test_every_format_can_be_chosen_and_names_the_file(dialog: ExportDialog, tmp_path: Path) -> None:
    for kind, part in dialog._bridge.session.catalog.exporters.items():
        pick(dialog, kind)
        assert dialog._path.text() == str(tmp_path / f"small{part.suffix}")
        assert dialog._format._help.text() == part.summary()


def test_a_network_that_was_never_trained_is_exported_and_verified(
    qtbot: QtBot, dialog: ExportDialog, wait: Wait, tmp_path: Path
) -> None:
    assert dialog._weights.currentText().startswith("Not trained")
    pick(dialog, "safetensors")
    qtbot.mouseClick(dialog._write, Qt.MouseButton.LeftButton)
    wait(lambda: dialog.proof.isVisible() or dialog._error.isVisible())
    assert dialog._error.text() == ""
    assert dialog.proof._title.text().startswith("Verified")
    assert dialog._write.isEnabled()
    assert (tmp_path / "small.safetensors").is_file()


def test_what_lies_behind_a_narrow_place_can_be_taken_away_by_itself(
    bridge: Bridge, wait: Wait, tmp_path: Path
) -> None:
    design = open_template("vae")
    bridge.session.new(design)
    dialog = ExportDialog(bridge, LIGHT, (), None, tmp_path)
    dialog.open()
    shown = [dialog._network.itemText(index) for index in range(dialog._network.count())]
    assert shown == ["main", "main: behind sample"]
    dialog._network.setCurrentIndex(1)
    pick(dialog, "safetensors")
    dialog.write()
    wait(lambda: dialog.proof.isVisible() or dialog._error.isVisible())
    assert dialog.proof.proof is not None
    assert dialog.proof.proof.inputs_tried == tuple(
        (batch, design.variables["latent"]) for batch in (1, 3, 8)
    )
    dialog.reject()


def test_a_file_that_was_there_before_is_only_replaced_when_the_user_says_so(
    qtbot: QtBot, dialog: ExportDialog, wait: Wait, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(export_panel, "confirm", lambda _parent, text, *_: bool(asked.append(text)))
    pick(dialog, "safetensors")
    path = tmp_path / "small.safetensors"
    path.write_text("mine")
    qtbot.mouseClick(dialog._write, Qt.MouseButton.LeftButton)
    assert asked == [f"Replace {path.name} in {tmp_path}?"]
    assert path.read_text() == "mine"
    assert not dialog._bridge.jobs()

    monkeypatch.setattr(export_panel, "confirm", lambda *_: True)
    qtbot.mouseClick(dialog._write, Qt.MouseButton.LeftButton)
    wait(dialog.proof.isVisible)
    monkeypatch.undo()
    qtbot.mouseClick(dialog._write, Qt.MouseButton.LeftButton)  # its own file, so nothing is asked
    wait(lambda: not dialog._bridge.jobs() and dialog.proof.isVisible())


def test_a_proof_goes_when_something_else_is_chosen(qtbot: QtBot, dialog: ExportDialog, wait: Wait) -> None:
    pick(dialog, "safetensors")
    qtbot.mouseClick(dialog._write, Qt.MouseButton.LeftButton)
    wait(dialog.proof.isVisible)
    assert dialog._write.text() == "Export Again"
    pick(dialog, "onnx")
    assert not dialog.proof.isVisible()
    assert dialog._write.text() == "Export"


def test_a_refusal_is_said_and_nothing_is_written(
    qtbot: QtBot, dialog: ExportDialog, wait: Wait, tmp_path: Path
) -> None:
    dialog._path.setText(str(tmp_path / "no folder" / "model.onnx"))
    qtbot.mouseClick(dialog._write, Qt.MouseButton.LeftButton)
    wait(dialog._error.isVisible)
    assert "no folder" in dialog._error.text()
    assert not dialog.proof.isVisible()


def test_a_design_with_errors_is_refused(qtbot: QtBot, bridge: Bridge, wait: Wait, tmp_path: Path) -> None:
    wire = bridge.state.design.networks["main"].graph.edges[1]
    bridge.edit(lambda design: edits.disconnect(design, "main", [wire]), "disconnect")
    dialog = ExportDialog(bridge, LIGHT, (), None, tmp_path)
    dialog.open()
    qtbot.mouseClick(dialog._write, Qt.MouseButton.LeftButton)
    wait(dialog._error.isVisible)
    assert "nothing is wired" in dialog._error.text()
    dialog.reject()


def answered(qtbot: QtBot, button: str, press: Callable[[], None]) -> list[str]:
    """Presses something, answers the question that comes, if one does, with a button, and gives what was asked."""
    asked: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            chosen = next(found for found in box.buttons() if found.text().replace("&", "") == button)
            qtbot.mouseClick(chosen, Qt.MouseButton.LeftButton)

    QTimer.singleShot(100, answer)
    press()
    return asked


def test_every_file_that_would_be_replaced_is_asked_for(
    source_runs_here: None, qtbot: QtBot, dialog: ExportDialog, wait: Wait, tmp_path: Path
) -> None:
    pick(dialog, "python")
    (tmp_path / "small.safetensors").write_bytes(b"other weights")

    def press() -> None:
        qtbot.mouseClick(dialog._write, Qt.MouseButton.LeftButton)

    assert answered(qtbot, "Cancel", press) == [f"Replace small.safetensors in {tmp_path}?"]
    assert [file.read_bytes() for file in tmp_path.glob("small.[ps]*")] == [b"other weights"]
    assert dialog._write.isEnabled()
    assert answered(qtbot, "Replace", press) == [f"Replace small.safetensors in {tmp_path}?"]
    wait(dialog.proof.isVisible)
    assert (tmp_path / "small.safetensors").read_bytes() != b"other weights"
    shown = " ".join(label.text() for label in dialog.proof.findChildren(PlainLabel))
    for name in ("small.py", "small.safetensors"):
        assert f"{tmp_path / name} (" in shown
    (tmp_path / "small.py").write_text("mine")
    press()  # its own files, so nothing is asked
    wait(lambda: not dialog._bridge.jobs() and dialog.proof.isVisible())
    assert (tmp_path / "small.py").read_text() != "mine"


def test_a_wrong_option_is_said_before_anything_is_asked(
    qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
) -> None:
    pick(dialog, "onnx")
    (tmp_path / "small.onnx").write_bytes(b"older")
    dialog._edit("scale_inputs", "perhaps")
    qtbot.mouseClick(dialog._write, Qt.MouseButton.LeftButton)
    assert "scale_inputs" in dialog._error.text()


def test_without_a_path_it_asks_for_one(qtbot: QtBot, dialog: ExportDialog) -> None:
    dialog._path.clear()
    qtbot.mouseClick(dialog._write, Qt.MouseButton.LeftButton)
    assert "Choose where" in dialog._error.text()


def test_a_cancelled_export_can_be_started_again(
    qtbot: QtBot, dialog: ExportDialog, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*args: object) -> None:
        while True:
            args[4](0.5, "working")  # type: ignore[operator]

    monkeypatch.setattr(export_panel, "export_model", slow)
    qtbot.mouseClick(dialog._write, Qt.MouseButton.LeftButton)
    assert not dialog._write.isEnabled()
    qtbot.mouseClick(dialog._job.cancel, Qt.MouseButton.LeftButton)
    wait(dialog._write.isEnabled)
    assert not dialog.proof.isVisible()


def test_an_export_that_ends_while_its_dialog_is_closed_tells_nobody(
    qtbot: QtBot, bridge: Bridge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(export_panel, "export_model", lambda *_: Proof(True, 0.0))
    monkeypatch.setattr(export_panel, "_size_of", lambda _: 1)
    closed = ExportDialog(bridge, LIGHT, (), None, tmp_path)
    closed.open()
    closed.write()
    (job,) = bridge.jobs()
    assert job.join(10)
    with qtbot.waitSignal(closed.destroyed):
        closed.reject()
        bridge._timer.stop()  # its next look is not before the dialog is gone
    bridge._poll()
    assert bridge.jobs() == []


def test_a_proof_leaves_no_gap_below_it(dialog: ExportDialog, tmp_path: Path) -> None:
    def spare() -> int:
        layout = dialog.layout()
        assert layout is not None
        return dialog.height() - layout.totalHeightForWidth(dialog.width())

    before = spare()
    notes = (
        "an example of its use: python model_onnx.py",
        "ONNX Runtime ran it on the CPU",
        "no more than that",
    )
    shapes = tuple((batch, 1, 8, 8) for batch in (1, 3, 8))
    dialog._take((Proof(True, 1e-6, shapes, 1e-4, notes), {tmp_path / "model.onnx": 2048}))
    assert spare() <= before


def test_a_proof_that_is_seen_takes_the_colours_of_another_theme(
    dialog: ExportDialog, tmp_path: Path
) -> None:
    dialog._take((Proof(True, 1e-6, ((1, 8),)), {tmp_path / "model.onnx": 2048}))
    tick = dialog.proof._icon.pixmap().toImage()
    dialog.set_theme(DARK)
    assert DARK.window in dialog.proof.styleSheet()
    assert dialog.proof._icon.pixmap().toImage() != tick


def test_what_is_not_verified_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    view = ProofView(LIGHT)
    qtbot.addWidget(view)
    proof = Proof(False, 0.25, ((1, 8), (3, 8)), 1e-4, ("<b>note</b>",))
    view.show_proof(proof, {tmp_path / "model.onnx": 2048})
    assert view._title.text().startswith("Not verified")
    assert view._title.property("role") == "error"
    shown = [label.text() for label in view.findChildren(PlainLabel)]
    assert "0.2500 (at most 1.00e-4 is allowed)" in shown
    assert "1×8, 3×8" in shown
    assert f"{tmp_path / 'model.onnx'} (2.00 kB)" in shown
    assert "<b>note</b>" in shown
