from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from sklearn import metrics

from netdesigner.document import Choice
from netdesigner.errors import TrainingError
from netdesigner.parts import NO_CLASS, Catalog, DataSpec, ImageGrid, Matrix, Table, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.loss import CLASSES
from netdesigner.tasks.segmentation import Segmentation

CATALOG = Catalog.discover()
LOSSES = [kind for kind, loss in CATALOG.losses.items() if CLASSES in loss.learns]
DATA = DataSpec(
    TensorSpec(("N", 1, 2, 2)), TensorSpec(("N", 2, 2), "int64"), classes=("sky", "sea", "ship"), rows=2
)

# two pictures of 2×2 pixels; of the second one pixel has no class
TRUE = np.array([[[0, 0], [1, 1]], [[0, 2], [NO_CLASS, 1]]])
SAID = np.array([[[0, 1], [1, 1]], [[0, 1], [2, 1]]])
SCORES = np.moveaxis(np.eye(3, dtype=np.float32)[SAID] * 2, -1, 1)


def segmentation(loss: str = "CrossEntropyLoss", **params: Any) -> Segmentation:
    task = CATALOG.task(Choice("segmentation"), loss=Choice(loss, params))
    assert isinstance(task, Segmentation)
    return task


def step(task: Segmentation, scores: np.ndarray = SCORES, true: np.ndarray = TRUE) -> dict[str, torch.Tensor]:
    criterion = task.chosen_loss.build()
    return task.step(
        {"network": torch.nn.Identity()}, criterion, Pair(torch.tensor(scores), torch.tensor(true))
    )


def kept(scores: np.ndarray = SCORES, true: np.ndarray = TRUE, loss: str = "CrossEntropyLoss") -> np.ndarray:
    """What is kept of scores for judging."""
    networks = {"network": torch.nn.Identity()}
    return segmentation(loss).answers(networks, torch.tensor(scores), torch.tensor(true)).numpy()


def test_the_loss_is_torchs_own_over_pixels_and_passes_over_those_without_a_class() -> None:
    expected = torch.nn.functional.cross_entropy(torch.tensor(SCORES), torch.tensor(TRUE))
    torch.testing.assert_close(step(segmentation())["loss"], expected)


def test_accuracy_is_the_mean_over_the_pictures_of_the_pixels_that_are_right() -> None:
    assert float(step(segmentation())["pixel_accuracy"]) == pytest.approx((3 / 4 + 2 / 3) / 2)


def test_measures_by_hand() -> None:
    measures, (table, matrix, colours) = segmentation().judge(kept(), TRUE, DATA)
    # sky: 2 of 3 found, nothing else said to be sky; sea: all 3 found, 2 others said to be; ship: not found
    assert measures["mean_iou"] == pytest.approx((2 / 3 + 3 / 5 + 0) / 3)
    assert measures["mean_dice"] == pytest.approx((2 * 2 / 5 + 2 * 3 / 8 + 0) / 3)
    assert measures["pixel_accuracy"] == pytest.approx(5 / 7)
    assert measures["mean_class_accuracy"] == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert isinstance(table, Table)
    assert table.rows == (
        ("sky", 0.6667, 0.8, 0.6667, 3),
        ("sea", 0.6, 0.75, 1.0, 3),
        ("ship", 0.0, 0.0, 0.0, 1),
    )
    assert isinstance(matrix, Matrix)
    assert matrix.values == ((66.7, 33.3, 0.0), (0.0, 100.0, 0.0), (0.0, 100.0, 0.0))
    assert isinstance(colours, ImageGrid)
    assert [picture.caption for picture in colours.pictures] == ["sky", "sea", "ship"]


def test_measures_agree_with_scikit_learn() -> None:
    random = np.random.default_rng(0)
    scores, true = random.normal(size=(6, 3, 9, 7)).astype(np.float32), random.integers(0, 3, (6, 9, 7))
    said = scores.argmax(1)
    measures, _ = segmentation().judge(kept(scores, true), true, DATA)
    assert measures["mean_iou"] == pytest.approx(
        metrics.jaccard_score(true.ravel(), said.ravel(), average="macro")
    )
    assert measures["mean_dice"] == pytest.approx(
        metrics.f1_score(true.ravel(), said.ravel(), average="macro")
    )
    assert measures["mean_class_accuracy"] == pytest.approx(
        metrics.balanced_accuracy_score(true.ravel(), said.ravel())
    )


def test_a_class_that_is_neither_true_nor_said_does_not_count_and_is_left_empty() -> None:
    measures, (table, *_) = segmentation().judge(kept()[:1], TRUE[:1], DATA)
    assert measures["mean_iou"] == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert isinstance(table, Table)
    assert table.rows[2] == ("ship", "", "", "", 0)


def test_mean_iou_of_a_part_is_not_the_mean_over_its_batches() -> None:
    """Why there is no curve of it: the loop makes a mean of what batches give."""
    whole, *halves = (
        segmentation().judge(kept()[part], TRUE[part], DATA)[0]["mean_iou"]
        for part in (slice(None), slice(0, 1), slice(1, 2))
    )
    assert whole != pytest.approx(sum(halves) / 2)
    assert "mean_iou" not in {curve.name for curve in Segmentation.curves}


def test_errors_are_the_mean_cross_entropy_of_each_picture() -> None:
    each = torch.nn.functional.cross_entropy(torch.tensor(SCORES), torch.tensor(TRUE), reduction="none")
    known = (TRUE != NO_CLASS).sum((1, 2))
    np.testing.assert_allclose(
        segmentation().errors(kept(), TRUE), each.sum((1, 2)).numpy() / known, rtol=1e-6
    )


def test_a_picture_no_pixel_of_which_has_a_class_counts_nowhere() -> None:
    """As crops and turns may leave one."""
    true = np.stack([TRUE[0], np.full((2, 2), NO_CLASS)])
    assert segmentation().measured(torch.tensor(SCORES), torch.tensor(true))["pixel_accuracy"] == 0.75
    assert segmentation().caption(kept()[1], true[1], DATA) == "no pixel has a class"


def test_pictures_none_of_which_has_a_pixel_with_a_class_are_not_judged() -> None:
    with pytest.raises(TrainingError, match="no pixel of the 2 pictures that are held out has a class"):
        segmentation().judge(kept(), np.full((2, 2, 2), NO_CLASS), DATA)


def test_what_is_kept_of_a_pixel_does_not_grow_with_the_classes() -> None:
    assert kept(np.zeros((2, 50, 2, 2), np.float32)).shape == (2, 2, 2, 2)


def test_words_name_the_largest_classes_and_the_share_that_is_right() -> None:
    assert segmentation().words(kept()[0], TRUE[0], DATA) == ("sky, sea", "sea, sky (75.0 % right)")
    assert segmentation().caption(kept()[1], TRUE[1], DATA) == "66.7 % of the pixels right"


def test_a_picture_is_drawn_as_it_is_with_the_true_and_with_the_said_classes() -> None:
    images = np.full((2, 1, 2, 2), 0.5, np.float32)
    drawn = segmentation().drawn(images, kept(), TRUE)
    assert drawn.shape == (2, 3, 2, 8)
    assert (drawn[:, :, :, :2] == 0.5).all()
    tinted = (drawn != 0.5).any(axis=1)
    np.testing.assert_array_equal(tinted[:, :, 3:5], TRUE != 0)
    np.testing.assert_array_equal(tinted[:, :, 6:], SAID != 0)


# ------------------------------------------------------------------------------------------------------- its losses


@pytest.mark.parametrize("kind", LOSSES)
def test_every_loss_of_classes_takes_each_pixel_for_a_sample(kind: str) -> None:
    task = segmentation(kind)
    random = torch.Generator().manual_seed(0)
    output, target = torch.randn(2, 3, 4, 5, generator=random), torch.arange(40).reshape(2, 4, 5) % 3
    output = {"NLLLoss": output.log_softmax(1), "BCELoss": output.sigmoid()}.get(kind, output)
    found = task.step({"network": torch.nn.Identity()}, task.chosen_loss.build(), Pair(output, target))
    classification = CATALOG.task(Choice("classification"), loss=Choice(kind))
    rows = output.permute(0, 2, 3, 1).reshape(40, 3), target.reshape(40)
    expected = classification.step({"network": torch.nn.Identity()}, task.chosen_loss.build(), Pair(*rows))
    assert float(found["loss"]) == float(expected["loss"])
    assert float(found["pixel_accuracy"]) == pytest.approx(float(expected["accuracy"]))


def test_two_classes_need_one_map_where_the_loss_says_so() -> None:
    data = DataSpec(TensorSpec(("N", 1, 2, 2)), TensorSpec(("N", 2, 2), "int64"), classes=("no", "yes"))
    task = segmentation("BCEWithLogitsLoss")
    assert task.misfits(TensorSpec(("N", 1, 2, 2)), data, "Conv2d") == ()
    output, true = np.array([[[[3.0, -3], [-1, 1]]]], np.float32), np.array([[[1, 0], [1, 1]]])
    assert float(step(task, output, true)["pixel_accuracy"]) == 0.75
    assert task.judge(kept(output, true, "BCEWithLogitsLoss"), true, data)[0]["pixel_accuracy"] == 0.75


@pytest.mark.parametrize("loss", ["CrossEntropyLoss", "NLLLoss"])
def test_pixels_without_a_class_are_let_pass_by_losses_that_pass_over_them(loss: str) -> None:
    segmentation(loss).chosen_loss.check_targets(TRUE)


@pytest.mark.parametrize(
    "task",
    [
        segmentation("CrossEntropyLoss", ignore_index=0),
        *(segmentation(kind) for kind in LOSSES if kind not in ("CrossEntropyLoss", "FocalLoss", "NLLLoss")),
    ],
    ids=lambda task: task.chosen_loss.kind,
)
def test_pixels_without_a_class_are_refused_by_other_losses(task: Segmentation) -> None:
    with pytest.raises(
        TrainingError, match=r"needs a class everywhere, and the targets lack it in 1 place$"
    ) as caught:
        task.chosen_loss.check_targets(TRUE)
    assert "ignore_index" in caught.value.advice[0]
    task.chosen_loss.check_targets(TRUE[:1])


# ---------------------------------------------------------------------------------------------------------- misfits


@pytest.mark.parametrize(
    ("output", "last", "said"),
    [
        (("N", 2, 2, 2), "Conv2d", "There are 3 classes, but the output [N, 2, 2, 2] has 2 scores a pixel"),
        (("N", 3, 4, 4), "Conv2d", "There is a class for each of 2×2 pixels, but the output is [N, 3, 4, 4]"),
        (("N", 3), "Linear", "takes scores for each pixel, [N, 3, 2, 2], but the output is [N, 3]"),
        (("N", 3, 2, 2), "Softmax2d", "gives values between 0 and 1 that sum to 1 only"),
    ],
)
def test_misfit_says_both_sides(output: tuple[Any, ...], last: str, said: str) -> None:
    (found,) = segmentation().misfits(TensorSpec(output), DATA, last)
    assert said in found.message
    assert found.axis == 1


def test_lengths_that_are_not_known_are_let_pass() -> None:
    assert segmentation().misfits(TensorSpec(("N", 3, "H", "W")), DATA, "Conv2d") == ()


def test_classes_of_samples_and_values_are_told_apart() -> None:
    said = [
        segmentation().misfits(TensorSpec(("N", 3, 2, 2)), data, "")[0].message
        for data in (
            DataSpec(TensorSpec(("N", 4)), TensorSpec(("N",), "int64"), classes=("a", "b")),
            DataSpec(TensorSpec(("N", 4)), TensorSpec(("N", 1))),
        )
    ]
    assert "the targets are 2 classes [N]" in said[0]
    assert "the targets are values [N, 1]" in said[1]
