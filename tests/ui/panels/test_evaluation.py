"""What a person reads of a run that was judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from netdesigner.document import save
from netdesigner.evaluation import Evaluation
from netdesigner.evaluation.report import Report
from netdesigner.parts.preview import Table
from netdesigner.session import report
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.panels import evaluation as evaluation_panel
from netdesigner.ui.panels.evaluation import EvaluationPanel
from netdesigner.ui.theme import LIGHT

Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def panel(bridge: Bridge, shown: Callable[[EvaluationPanel], EvaluationPanel]) -> EvaluationPanel:
    return shown(EvaluationPanel(bridge, LIGHT))


def test_before_a_run_is_judged_the_panel_says_what_to_do(panel: EvaluationPanel) -> None:
    assert panel._empty.isVisible()
    assert "press Evaluate" in panel._empty.hint.text()


def test_a_cancelled_evaluation_says_so_until_it_is_begun_anew(
    panel: EvaluationPanel, wait: Wait, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def slow(*args: object) -> None:
        while True:
            args[2](0.5, "working")  # type: ignore[operator]

    monkeypatch.setattr(evaluation_panel, "evaluate_run", slow)
    panel.show_run(tmp_path)
    assert not panel._cancelled.isVisible()
    panel._job.cancel.click()
    wait(panel._again.isEnabled)
    assert panel._cancelled.isVisible()
    monkeypatch.setattr(evaluation_panel, "evaluate_run", lambda *_: JUDGED)
    panel._again.click()
    wait(panel._save.isEnabled)
    assert not panel._cancelled.isVisible()


JUDGED = Evaluation("test", 9, {"accuracy": 0.5}, (), Table("Most wrong", ("true",), (("a",),)), (0,))


@pytest.mark.parametrize(
    ("typed", "kind"), [("report.html", ""), ("report.json", ""), ("report", "Web page (*.html)")]
)
def test_a_report_is_saved_once_there_is_something_to_report(
    panel: EvaluationPanel, wait: Wait, bridge: Bridge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    typed: str, kind: str,
) -> None:  # fmt: skip
    run, said = tmp_path / "small.runs" / "20260101-120000", []
    run.mkdir(parents=True)
    save(bridge.state.design, run / "design.netdesign")
    monkeypatch.setattr(evaluation_panel, "evaluate_run", lambda *_: JUDGED)
    monkeypatch.setattr(
        report, "report_of", lambda *args: Report("small", "run", args[2], drawings=args[4])
    )  # the run was never trained
    asked: list[str] = []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName",
        lambda _parent, _title, start, _kinds: (asked.append(start), (str(tmp_path / typed), kind))[1],
    )  # fmt: skip
    assert not panel._save.isEnabled()
    panel.show_run(run)
    wait(panel._save.isEnabled)
    bridge.said.connect(lambda _severity, text: said.append(text))
    panel._save.click()
    wait(lambda: said)
    assert asked == [str(tmp_path / "small-20260101-120000.html")]
    (written,) = tmp_path.glob("report.*")
    text = written.read_text(encoding="utf-8")
    assert ("image/svg+xml" in text) is (written.suffix == ".html")
    assert "Most wrong" in text
    assert said == [f"Saved {written.name}"]
    assert panel._save.isEnabled()


def test_why_a_report_was_not_saved_is_said(
    panel: EvaluationPanel, wait: Wait, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(evaluation_panel, "evaluate_run", lambda *_: JUDGED)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "a.json"), ""))
    panel.show_run(tmp_path / "gone")
    wait(panel._save.isEnabled)
    panel._save.click()
    wait(panel._error.isVisible)
    assert "not the folder of a run" in panel._error.text()


@pytest.mark.parametrize(
    ("kept", "offered"), [(("best", "last"), "both"), (("last",), "last"), (("best",), "best"), ((), "both")]
)
def test_only_weights_that_a_run_has_kept_can_be_chosen(
    panel: EvaluationPanel, wait: Wait, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    kept: tuple[str, ...], offered: str,
) -> None:  # fmt: skip
    asked: list[str] = []
    monkeypatch.setattr(
        evaluation_panel, "evaluate_run", lambda *args: (asked.append(f"{args[3]} weights"), JUDGED)[1]
    )
    monkeypatch.setattr(evaluation_panel, "leave_a_core", lambda: asked.append("leave a core"))
    for which in kept:
        (tmp_path / f"checkpoint-{which}").mkdir()
        (tmp_path / f"checkpoint-{which}" / "state.json").touch()
    panel.show_run(tmp_path)
    wait(panel._save.isEnabled)
    for index, which in enumerate(("best", "last")):
        allowed = bool(panel._which.model().index(index, 0).flags() & Qt.ItemFlag.ItemIsEnabled)
        assert allowed is (offered in ("both", which))
        assert bool(panel._which.itemData(index, Qt.ItemDataRole.ToolTipRole)) is not allowed
    assert asked == ["leave a core", "last weights" if offered == "last" else "best weights"]


def test_measures_are_spelled_as_in_the_field_and_shares_are_per_cents(
    panel: EvaluationPanel, wait: Wait, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    measures = {"mse": 0.25, "r2": 0.5, "mean_iou": 0.886, "exact": 1.0, "f1": 0.9, "bits_a_token": 2.5}
    measures |= {"map_50": 0.125, "roc_area": 0.987, "ece": 0.02, "mape": 1.5}
    judged = Evaluation("test", 9, measures, (), Table("Most wrong", ("true",), (("a",),)), (0,))
    monkeypatch.setattr(evaluation_panel, "evaluate_run", lambda *_: judged)
    panel.show_run(tmp_path / "20260101-120000")
    wait(lambda: panel._views)
    words = [label.text() for label in panel._figures.findChildren(PlainLabel)]
    assert dict(zip(words[1::2], words[::2], strict=True)) == {
        "MSE": "0.2500",
        "R²": "0.5000",
        "Mean IoU": "88.6 %",
        "Exact": "100.0 %",
        "F1": "90.0 %",
        "Bits a token": "2.500",
        "mAP@0.5": "12.5 %",
        "ROC area": "0.9870",
        "ECE": "2.0 %",
        "MAPE": "150.0 %",
    }
    assert ": 9 test samples" in panel._title.text()
