"""A table with several columns of 0 and 1 as targets goes the whole way: check, train, judge."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import netdesigner as nd
from netdesigner.document import Choice, Design
from netdesigner.errors import TrainingError
from netdesigner.parts import Catalog, Table
from netdesigner.session.report import report_of
from netdesigner.training.events import Warned

LABELS = ("warm", "wet", "windy")


def design(folder: Path, scores: int = 3, most: int = 1) -> Design:
    random = np.random.default_rng(0)
    inputs = random.normal(size=(300, 4))
    true = inputs @ random.normal(size=(4, 3)) > [0.0, 2.0, -1.0]
    lines = [",".join((*(f"{value:.4f}" for value in row), *(str(most * int(yes)) for yes in labels)))
             for row, labels in zip(inputs, true, strict=True)]  # fmt: skip
    (folder / "weather.csv").write_text("\n".join([f"a,b,c,d,{','.join(LABELS)}", *lines]) + "\n")
    net = nd.Builder()
    net.Output(net.Linear(net.Input(shape=(4,)), out_features=scores, name="scores"))
    data = Choice("csv", {"path": str(folder / "weather.csv"), "targets": LABELS})
    return net.design(
        data=data,
        task="multi_label",
        loss=Choice("BCEWithLogitsLoss", {"class_weights": "balanced"}),
        epochs=6,
        batch_size=16,
        learning_rate=0.1,
        device="cpu",
    )


def test_labels_are_learned_with_the_weights_that_stand_in_the_run(tmp_path: Path) -> None:
    made = design(tmp_path)
    assert nd.check(made).problems == ()
    events = list(nd.train(made, tmp_path / "run"))
    found = nd.evaluate(tmp_path / "run")
    assert found.measures["f1_macro"] > 0.8
    (table,) = (preview for preview in found.previews if isinstance(preview, Table))
    assert [row[0] for row in table.rows] == list(LABELS)
    loss = json.loads((tmp_path / "run" / "data.json").read_text())["loss"]
    assert loss["kind"] == "BCEWithLogitsLoss"
    warm, wet, windy = loss["params"]["pos_weight"]
    assert wet > warm > windy
    assert nd.load(tmp_path / "run" / "design.netdesign").loss == made.loss
    numbers = f"warm: {warm:.4g}, wet: {wet:.4g}, windy: {windy:.4g}"
    told = f"pos_weight of the loss, from the training part: {numbers}"
    assert Warned(told, trouble=False) in events
    how = report_of(tmp_path / "run", Catalog.discover(), found).sections[1]
    (taken,) = (table for table in how.previews if table.title == "pos_weight, taken from the training part")
    assert taken == Table(
        taken.title, ("class", "pos_weight"),
        tuple((name, float(f"{weight:.4g}")) for name, weight in zip(LABELS, (warm, wet, windy), strict=True)),
    )  # fmt: skip


def test_a_score_too_few_is_told_with_the_labels(tmp_path: Path) -> None:
    (problem,) = nd.check(design(tmp_path, scores=2)).problems
    assert "There are 3 labels (warm, wet, windy), but the output [N, 2] has 2 scores" in problem.message


def test_columns_of_other_numbers_are_no_labels(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"1 or 0, and target \d of a sample is 2"):
        list(nd.train(design(tmp_path, most=2), tmp_path / "run"))
