"""What a person reads of a run that was judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from netdesigner.evaluation import Evaluation
from netdesigner.parts.preview import Table
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
        "mAP 50": "12.5 %",
        "ROC area": "0.9870",
        "ECE": "2.0 %",
        "MAPE": "150.0 %",
    }
    assert "9 samples of the test part" in panel._title.text()
