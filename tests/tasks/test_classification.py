from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from sklearn import metrics

from netdesigner.losses.cross_entropy import CrossEntropyLoss
from netdesigner.parts import Curves, DataSpec, Matrix, Table, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.tasks.classification import Classification

DATA = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N",), "int64"), classes=("cat", "dog", "cow"), rows=4)

# scores of four samples; said: 0, 0, 1, 2
SCORES = np.array([[2.0, 0, 0], [1, 0, 0], [0, 3, 0], [0, 0, 1]], dtype=np.float32)
TRUE = np.array([0, 1, 1, 2])


def classification(**params: Any) -> Classification:
    return Classification(loss=CrossEntropyLoss(**params))


def step(task: Classification) -> dict[str, torch.Tensor]:
    networks, criterion = {"network": torch.nn.Identity()}, task.chosen_loss.build()
    return task.step(networks, criterion, Pair(torch.from_numpy(SCORES), torch.from_numpy(TRUE)))


def cross_entropy(scores: np.ndarray, weights: np.ndarray) -> float:
    log = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    return float(-(log * weights).sum(1).mean())


def test_loss_and_accuracy_by_hand() -> None:
    found = step(classification())
    assert float(found["loss"]) == pytest.approx(cross_entropy(SCORES, np.eye(3)[TRUE]))
    assert float(found["accuracy"]) == 0.75


def test_label_smoothing_spreads_certainty_over_all_classes() -> None:
    weights = np.eye(3)[TRUE] * 0.7 + 0.1
    assert float(step(classification(label_smoothing=0.3))["loss"]) == pytest.approx(
        cross_entropy(SCORES, weights)
    )


def test_measures_by_hand() -> None:
    measures, _ = classification().judge(SCORES, TRUE, DATA)
    # cat: 1 of 2 said is right, all 1 found; dog: 1 of 1, 1 of 2; cow: 1 of 1, 1 of 1
    assert measures["accuracy"] == 0.75
    assert measures["precision"] == pytest.approx((0.5 + 1 + 1) / 3)
    assert measures["recall"] == pytest.approx((1 + 0.5 + 1) / 3)
    assert measures["f1"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)


def test_measures_agree_with_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    scores, true = rng.normal(size=(500, 3)), rng.integers(0, 3, 500)
    measures, _ = classification().judge(scores, true, DATA)
    said, chances = scores.argmax(1), np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    del measures["ece"]
    assert measures == {
        "accuracy": metrics.accuracy_score(true, said),
        "precision": metrics.precision_score(true, said, average="macro"),
        "recall": metrics.recall_score(true, said, average="macro"),
        "f1": metrics.f1_score(true, said, average="macro"),
        "roc_area": pytest.approx(metrics.roc_auc_score(true, chances, multi_class="ovr")),
        "pr_area": pytest.approx(metrics.average_precision_score(true, chances)),
    }


def test_confusions_have_the_true_class_by_row_and_every_class() -> None:
    _, (matrix, table, *_) = classification().judge(SCORES[:3], TRUE[:3], DATA)
    assert isinstance(matrix, Matrix)
    assert (matrix.row_title, matrix.column_title) == ("true", "said")
    assert matrix.labels == DATA.classes
    assert matrix.values == ((1, 0, 0), (1, 1, 0), (0, 0, 0))
    assert isinstance(table, Table)
    assert table.rows == (
        ("cat", 0.5, 1.0, 0.6667, 1.0, 1.0, 1),
        ("dog", 1.0, 0.5, 0.6667, 1.0, 1.0, 2),
        ("cow", 0.0, 0.0, 0.0, "", "", 0),
    )


def test_the_true_class_is_looked_for_among_the_best_where_there_are_twice_as_many() -> None:
    random = np.random.default_rng(0)
    for count, name in ((5, None), (6, "top_3"), (10, "top_5")):
        data = DataSpec(
            TensorSpec(("N", 4)), TensorSpec(("N",), "int64"), classes=tuple("abcdefghij"[:count])
        )
        scores, true = random.normal(size=(300, count)), random.integers(0, count, 300)
        found = {
            name: value
            for name, value in classification().judge(scores, true, data)[0].items()
            if "top" in name
        }
        assert found == ({name: metrics.top_k_accuracy_score(true, scores, k=count // 2)} if name else {})


def test_of_two_classes_what_is_said_from_each_chance_on_is_shown() -> None:
    data = DataSpec(TensorSpec(("N", 2)), TensorSpec(("N",), "int64"), classes=("no", "yes"))
    chances = np.array([0.2, 0.4, 0.6, 0.95])
    scores = np.log(np.stack([1 - chances, chances], axis=1))
    *_, curves, table = classification().judge(scores, np.array([0, 1, 0, 1]), data)[1]
    assert isinstance(curves, Curves)
    assert [line.name for line in curves.lines] == ["precision", "recall", "F1", "accuracy"]
    assert isinstance(table, Table)
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows[0.3] == (0.6667, 1.0, 0.8, 0.75, 3, 2)
    assert rows[0.5] == (0.5, 0.5, 0.5, 0.5, 2, 1)
    assert rows[0.9] == (1.0, 0.5, 0.6667, 0.75, 1, 1)
    assert "F1 is highest at 0.21" in curves.title


def test_class_that_does_not_occur_does_not_count_in_the_means() -> None:
    measures, _ = classification().judge(SCORES[[0, 2]], TRUE[[0, 2]], DATA)
    assert measures["recall"] == 1


def test_errors_are_the_cross_entropy_of_each_sample() -> None:
    errors = classification().errors(SCORES, TRUE)
    each = torch.nn.functional.cross_entropy(
        torch.from_numpy(SCORES), torch.from_numpy(TRUE), reduction="none"
    )
    np.testing.assert_allclose(errors, each.numpy(), rtol=1e-6)
    assert errors.argmax() == 1


def test_errors_of_huge_scores_stay_finite() -> None:
    errors = classification().errors(np.array([[1e30, 0, -1e30]], dtype=np.float32), np.array([2]))
    assert math.isfinite(errors[0])


def test_caption_names_class_and_probability() -> None:
    assert classification().caption(SCORES[1], TRUE[1], DATA) == "true dog, said cat (0.58)"


@pytest.mark.parametrize(
    ("output", "last", "message"),
    [
        (TensorSpec(("N", 10)), "Linear", "There are 3 classes, but the output [N, 10] has 10 scores"),
        (
            TensorSpec(("N", 64, 4, 4)),
            "Conv2d",
            "takes one score a class, [N, 3], but the output is [N, 64, 4, 4]",
        ),
        (TensorSpec(("N", 3)), "Softmax", "softmax itself"),
        (TensorSpec(("N", 3)), "LogSoftmax", "changes nothing"),
        (TensorSpec(("N", 3)), "Sigmoid", "between 0 and 1"),
    ],
)
def test_misfit_says_both_sides(output: TensorSpec, last: str, message: str) -> None:
    (found,) = classification().misfits(output, DATA, last)
    assert message in found.message


def test_wrong_size_and_softmax_are_both_told() -> None:
    found = classification().misfits(TensorSpec(("N", 10)), DATA, "Softmax")
    assert [misfit.code for misfit in found] == ["ND420", "ND422"]


def test_values_name_their_column() -> None:
    data = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N", 1)), targets=("price",))
    (found,) = classification().misfits(TensorSpec(("N", 1)), data, "Softmax")
    assert "'price' are values [N, 1]" in found.message


def test_log_softmax_is_harmless_as_the_warning_says() -> None:
    scores = torch.randn(8, 3, generator=torch.Generator().manual_seed(0))
    target = torch.arange(8) % 3
    task = classification()
    plain = task.step({"network": torch.nn.Identity()}, task.chosen_loss.build(), Pair(scores, target))
    twice = task.step({"network": torch.nn.LogSoftmax(1)}, task.chosen_loss.build(), Pair(scores, target))
    torch.testing.assert_close(plain["loss"], twice["loss"])


def test_several_targets_are_sent_to_the_tasks_that_learn_them() -> None:
    data = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N", 3)), targets=("a", "b", "c"))
    (misfit,) = classification().find_misfits(TensorSpec(("N", 3)), data, "Linear")
    assert "Regression, or Multi-label classification" in misfit.message
