from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn import metrics

from netdesigner.document import Choice
from netdesigner.errors import TrainingError
from netdesigner.parts import Catalog, DataSpec, Table, TensorSpec
from netdesigner.tasks.multi_label import MultiLabel

CATALOG = Catalog.discover()
NAMES = ("cat", "dog", "bird")


def task(loss: str = "BCEWithLogitsLoss", **params: float) -> MultiLabel:
    return CATALOG.task(Choice("multi_label", params), loss=Choice(loss))  # type: ignore[return-value]


def data(labels: int = 3, **values: object) -> DataSpec:
    return DataSpec(TensorSpec(("N", 4)), TensorSpec(("N", labels)), targets=NAMES[:labels], **values)


def judged(seed: int, labels: int = 3, rows: int = 50) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    target = (random.random((rows, labels)) < 0.4).astype(np.float32)
    return (random.normal(size=(rows, labels)) + target).astype(np.float32), target


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8])
def test_measures_are_those_of_scikit_learn(threshold: float) -> None:
    output, target = judged(0)
    said = 1 / (1 + np.exp(-output)) >= threshold
    measures, (table, *drawn) = task(threshold=threshold).judge(output, target, data())
    for name, score in (
        ("precision", metrics.precision_score),
        ("recall", metrics.recall_score),
        ("f1", metrics.f1_score),
    ):
        for mean in ("micro", "macro"):
            assert measures[f"{name}_{mean}"] == pytest.approx(score(target, said, average=mean))
    assert measures["exact_match"] == pytest.approx(metrics.accuracy_score(target, said))
    assert measures["label_accuracy"] == pytest.approx(1 - metrics.hamming_loss(target, said))
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == list(NAMES)
    np.testing.assert_allclose(
        [row[3] for row in table.rows], metrics.f1_score(target, said, average=None), atol=1e-4
    )
    for name, column, score in (
        ("roc_area", 4, metrics.roc_auc_score),
        ("pr_area", 5, metrics.average_precision_score),
    ):
        np.testing.assert_allclose(
            [row[column] for row in table.rows], score(target, output, average=None), atol=1e-4
        )
        assert measures[name] == pytest.approx(score(target, output, average="macro"))
    assert [curves.title for curves in drawn] == ["ROC", "Precision over recall"]
    assert all(
        len({line.name.partition(",")[0] for line in curves.lines} & {*NAMES}) == 3 for curves in drawn
    )


def test_the_curve_of_f1_is_the_mean_over_the_samples() -> None:
    output, target = (torch.from_numpy(values) for values in judged(1))
    said = (output.sigmoid() >= 0.5).numpy()
    expected = metrics.f1_score(target.numpy(), said, average="samples", zero_division=1.0)
    assert task().measured(output, target)["f1"].item() == pytest.approx(expected)


def test_the_best_threshold_of_a_label_is_where_its_f1_is_greatest() -> None:
    output, target = judged(2)
    _, (table, *_) = task().judge(output, target, data())
    for label, (*_, threshold, f1) in enumerate(table.rows):
        likely = 1 / (1 + np.exp(-output[:, label]))
        tried = [
            metrics.f1_score(target[:, label], likely >= at) for at in np.append(likely, threshold - 1e-4)
        ]
        assert f1 == pytest.approx(max(tried), abs=1e-4)
        assert metrics.f1_score(target[:, label], likely >= threshold - 1e-4) == pytest.approx(f1, abs=1e-4)


@pytest.mark.parametrize("labels", [1, 3])
def test_labels_that_are_never_true_and_a_single_one_are_judged_too(labels: int) -> None:
    output, target = judged(3, labels)
    target[:, 0] = 0
    measures, (table, *_) = task().judge(output, target, data(labels))
    assert all(np.isfinite(value) for value in measures.values())
    task().judge(np.full_like(output, -1), np.zeros_like(target), data(labels))
    assert table.rows[0][3:] == (0.0, "", "", 0, "", "")


def test_a_caption_names_what_is_there_and_what_was_said() -> None:
    output, none = np.array([2.0, -1.0, 0.1], np.float32), np.zeros(3, np.float32)
    assert (
        task().caption(output, np.array([1.0, 1.0, 0.0]), data())
        == "true cat, dog, said cat (0.88), bird (0.52)"
    )
    assert task().words(none - 3, none, data()) == ("none", "none")


def test_one_class_a_sample_is_refused_with_what_to_do() -> None:
    classes = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N",), "int64"), classes=NAMES)
    (misfit,) = task().misfits(TensorSpec(("N", 3)), classes, "Linear")
    assert misfit.code == "ND421"
    assert "several columns of 0 and 1" in misfit.message


def test_targets_beside_0_and_1_are_refused_before_training() -> None:
    with pytest.raises(TrainingError, match=r"1 or 0, and target 2 of a sample is 0\.5") as caught:
        task().check_targets(np.array([[1.0, 0.0], [0.0, 0.5]]))
    assert "Regression" in caught.value.advice[0]
