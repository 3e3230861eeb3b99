from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from netdesigner.errors import ParameterError
from netdesigner.evaluation import evaluate
from netdesigner.parts import NO_CLASS, DataSpec, ImageGrid, Table, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.tasks.detection import Detection

# pictures of 8×8 pixels with up to two boxes; a grid of 4×4 cells and one of 2×2, with one anchor each
DATA = DataSpec(
    TensorSpec(("N", 1, 8, 8)),
    TensorSpec(("N", 2, 5)),
    classes=("cat", "dog", "owl"),
    rows=2,
    targets=("box",),
)
SMALL, LARGE = (0.2, 0.2), (0.6, 0.6)
NONE = [NO_CLASS, 0, 0, 0, 0]
CAT, OWL = [0, 0.375, 0.125, 0.2, 0.2], [2, 0.75, 0.75, 0.6, 0.6]
"""A small box in the middle of the second cell of the first row, and a large one in the middle of the last cell."""
TARGET = torch.tensor([[CAT, OWL], [OWL, NONE]])


def detection(**params: Any) -> Detection:
    return Detection(**{"anchors": (*SMALL, *LARGE), "per_cell": 1, **params})


class Says(nn.Module):
    """Gives the same grids for every picture, and further numbers."""

    def __init__(self, fine: Tensor, coarse: Tensor, *cost: Tensor) -> None:
        super().__init__()
        self.fine, self.coarse, self.cost = fine, coarse, cost
        self.output_ids = ("coarse", "fine", "cost")[: 2 + len(cost)]

    def forward(self, input: Tensor) -> tuple[Tensor, ...]:
        count = len(input)
        return self.coarse.expand(count, -1, -1, -1), self.fine.expand(count, -1, -1, -1), *self.cost


def grids(sure: float = 0.0) -> tuple[Tensor, Tensor]:
    """A fine and a coarse grid that say nothing but how sure they are."""
    fine, coarse = torch.zeros(1, 8, 4, 4), torch.zeros(1, 8, 2, 2)
    fine[:, 4], coarse[:, 4] = sure, sure
    return fine, coarse


def right() -> Says:
    """Says the cat and the owl of the first picture, and nothing else."""
    fine, coarse = grids(-20)
    fine[0, 4:, 0, 1] = torch.tensor([20.0, 20, -20, -20])
    coarse[0, 4:, 1, 1] = torch.tensor([20.0, -20, -20, 20])
    return Says(fine, coarse)


def step(network: nn.Module, target: Tensor = TARGET, **params: Any) -> dict[str, float]:
    found = detection(**params).step(
        {"network": network}, None, Pair(torch.zeros(len(target), 1, 8, 8), target)
    )
    return {name: float(value) for name, value in found.items()}


# ---------------------------------------------------------------------------------------------------------- the grids


def test_a_grid_of_zeros_says_anchors_in_the_middle_of_cells() -> None:
    fine, coarse = grids(20)
    fine[0, 6] = 20
    found = detection(overlap=1).answer(Says(fine, coarse), torch.zeros(1, 1, 8, 8))[0]
    small = found[found[:, 0] == 1]
    assert len(small) == 16
    np.testing.assert_allclose(small[:, 1], 1, atol=1e-6)
    middles = {(round(float(x), 3), round(float(y), 3)) for x, y in small[:, 2:4]}
    assert middles == {(x, y) for x in (0.125, 0.375, 0.625, 0.875) for y in (0.125, 0.375, 0.625, 0.875)}
    np.testing.assert_allclose(small[:, 4:], [SMALL] * 16, rtol=1e-6)
    large = found[found[:, 0] == 0]
    np.testing.assert_allclose(large[:, 1], 0.5)  # sure that there is something, and not at all what
    np.testing.assert_allclose(large[:, 4:], [LARGE] * 4, rtol=1e-6)


def test_numbers_of_a_cell_move_and_size_its_anchor() -> None:
    fine, coarse = grids(-20)
    fine[0, :6, 2, 3] = torch.tensor([math.log(3), -math.log(3), math.log(2), math.log(0.5), 20, 20])
    found = detection().answer(Says(fine, coarse), torch.zeros(1, 1, 8, 8))[0, 0]
    # a quarter of a cell is 1/16: three of them to the right in the last column, one down in the third row
    np.testing.assert_allclose(found[2:], [0.75 + 3 / 16, 0.5 + 1 / 16, 0.4, 0.1], rtol=1e-6)


@pytest.mark.parametrize("number", [1e9, -1e9])
def test_a_number_too_large_for_an_exponential_leaves_loss_and_gradient_finite(number: float) -> None:
    fine, coarse = grids()
    fine[:, 2:4] = number
    network = Says(fine.requires_grad_(), coarse)
    found = detection().step({"network": network}, None, Pair(torch.zeros(2, 1, 8, 8), TARGET))
    found["loss"].backward()
    assert torch.isfinite(found["loss"])
    assert fine.grad is not None
    assert torch.isfinite(fine.grad).all()


def test_the_order_of_the_outputs_does_not_matter() -> None:
    class Turned(Says):
        def forward(self, input: Tensor) -> tuple[Tensor, ...]:
            return super().forward(input)[::-1]

    one = right()
    turned = Turned(one.fine, one.coarse)
    assert step(one) == step(turned)


# ----------------------------------------------------------------------------------------------------------- the loss


def test_loss_by_hand() -> None:
    found = step(Says(*grids()), shared=1.0, ignored=1.0, class_weight=1.0)
    # both boxes are where the anchors of their cells lie, all scores are 0: each of 20 is asked whether there is
    # something, and each of 2 boxes, or of 1, for 3 classes; a mean over the boxes of a picture, and of both pictures
    assert found["box_loss"] == pytest.approx(0, abs=1e-6)
    assert found["objectness_loss"] == pytest.approx((20 / 2 + 20 / 1) / 2 * math.log(2))
    assert found["class_loss"] == pytest.approx(3 * math.log(2))
    assert found["loss"] == pytest.approx(found["objectness_loss"] + found["class_loss"], abs=1e-5)


def test_the_weights_of_the_terms_are_those_of_the_task() -> None:
    weights = {"box_weight": 2.0, "objectness_weight": 3.0, "class_weight": 0.5}
    target = TARGET + torch.tensor([0, 0.02, 0, 0, 0])
    found = step(Says(*grids()), target, **weights)
    assert found["box_loss"] > 0.01
    terms = (found[f"{name}_loss"] for name in ("box", "objectness", "class"))
    assert found["loss"] == pytest.approx(
        sum(w * term for w, term in zip(weights.values(), terms, strict=True))
    )


def test_what_is_said_rightly_costs_nothing_and_is_found() -> None:
    found = step(right(), TARGET[:1])
    assert found["loss"] == pytest.approx(0, abs=1e-5)
    assert found["recall"] == 1


def test_a_box_is_asked_of_the_anchor_of_its_form_in_the_cell_of_its_middle_alone() -> None:
    fine, coarse = (grid.requires_grad_() for grid in grids())
    task = detection(objectness_weight=0, shared=1.0)
    target = TARGET[:1] + torch.tensor([0, 0.02, 0, 0, 0])
    task.step({"network": Says(fine, coarse)}, None, Pair(torch.zeros(1, 1, 8, 8), target))["loss"].backward()
    assert fine.grad is not None
    assert coarse.grad is not None
    assert fine.grad.abs().sum((0, 1)).nonzero().tolist() == [[0, 1]]
    assert coarse.grad.abs().sum((0, 1)).nonzero().tolist() == [[1, 1]]


def test_further_anchors_of_nearly_the_same_form_find_a_box_as_well_and_share_its_weight() -> None:
    # 0.4 by 0.4 overlaps the small anchor by 1/4 and the large one by 4/9
    target = torch.tensor([[[0, 0.375, 0.125, 0.4, 0.4], NONE]])
    alone, both = (step(Says(*grids()), target, shared=shared, ignored=1.0) for shared in (0.3, 0.2))
    assert alone["class_loss"] == both["class_loss"] == pytest.approx(3 * math.log(2))
    fine, coarse = (grid.requires_grad_() for grid in grids())
    loss = detection(shared=0.2, objectness_weight=0).step(
        {"network": Says(fine, coarse)}, None, Pair(torch.zeros(1, 1, 8, 8), target)
    )["loss"]
    loss.backward()
    assert fine.grad is not None
    assert coarse.grad is not None
    assert fine.grad[0, 5:].abs().sum((0,)).nonzero().tolist() == [[0, 1]]
    assert coarse.grad[0, 5:].abs().sum((0,)).nonzero().tolist() == [[0, 0]]
    torch.testing.assert_close(fine.grad[0, 5, 0, 1], coarse.grad[0, 5, 0, 0])


def test_nothing_is_asked_of_a_box_that_is_right_in_its_way() -> None:
    # the large box lies half over that of the cell to its left: their overlap is 0.1 / 0.62
    target = TARGET[1:]
    strict, lenient = (step(Says(*grids()), target, ignored=ignored) for ignored in (1.0, 0.08))
    assert strict["objectness_loss"] == pytest.approx(20 * math.log(2))
    left_out = strict["objectness_loss"] - lenient["objectness_loss"]
    near = detection()  # as many as overlap by so much without being asked for it
    from netdesigner.evaluation.boxes import overlap
    from netdesigner.tasks._grids import read_grids

    boxes = read_grids(grids(), near.anchors, 1).boxes[0]
    count = int((overlap(boxes, target[0, 0, 1:]) >= 0.08).sum()) - 1
    assert count > 0
    assert left_out == pytest.approx(count * math.log(2), rel=1e-5)


def test_boxes_are_made_of_grids_as_the_usage_says() -> None:
    task = detection(anchors=(0.1, 0.2, 0.2, 0.3, 0.4, 0.5, 0.8, 0.7), per_cell=2)
    text = task.usage()
    assert "to the coarsest: 0.1 × 0.2, 0.2 × 0.3; 0.4 × 0.5, 0.8 × 0.7. " in text
    assert "held between -4 and 4" in text
    fine, coarse = torch.zeros(1, 16, 4, 4), torch.zeros(1, 16, 2, 2)
    coarse[0, 8:12, 1, 0] = torch.tensor([1.0, -1.0, -0.5, 9.0])  # the second anchor, in column 0 of row 1
    fine[:, 4::8], coarse[:, 4::8] = -20, -20
    coarse[0, 12:, 1, 0] = torch.tensor([2.0, -20, -20, 1.5])
    said = task.answer(Says(fine, coarse), torch.zeros(1, 1, 8, 8))[0, 0].tolist()

    def s(score: float) -> float:
        return 1 / (1 + math.exp(-score))

    sizes = 0.8 * math.exp(-0.5), 0.7 * math.exp(4)
    assert said == pytest.approx([2, s(2) * s(1.5), (0 + s(1)) / 2, (1 + s(-1)) / 2, *sizes])


def test_a_picture_without_boxes_is_to_say_nothing() -> None:
    empty = torch.tensor([[NONE, NONE]])
    found = step(Says(*grids(-20)), empty)
    assert found["loss"] == pytest.approx(0, abs=1e-4)
    assert found["recall"] == 1
    assert step(Says(*grids()), empty)["objectness_loss"] == pytest.approx(20 * math.log(2))


def test_recall_is_the_mean_over_the_pictures_of_the_boxes_that_are_found() -> None:
    network = right()
    network.fine[0, 4, 0, 1] = -20  # not sure of the cat
    assert step(network)["recall"] == pytest.approx((1 / 2 + 1) / 2)
    network.coarse[0, 5:, 1, 1] = torch.tensor([-20.0, 20, -20])  # and a dog in place of the owl
    assert step(network)["recall"] == 0


def test_outputs_of_one_number_are_added_to_the_loss() -> None:
    plain = right()
    found = step(Says(plain.fine, plain.coarse, torch.tensor(0.25)))
    assert found["output:cost"] == 0.25
    assert found["loss"] == pytest.approx(step(plain)["loss"] + 0.25)


# ------------------------------------------------------------------------------------------------------------ judging


def said(network: nn.Module, count: int = 2, **params: Any) -> np.ndarray:
    with torch.inference_mode():
        return detection(**params).answer(network, torch.zeros(count, 1, 8, 8)).numpy()


def test_measures_by_hand() -> None:
    # a cat and an owl are said of both pictures, and there is no cat in the second
    measures, (table, colours) = detection().judge(said(right()), TARGET.numpy(), DATA)
    # the boxes are equally sure, so that of the first picture comes first: the cat is found with a precision of 1
    assert measures["map_50"] == pytest.approx(1)
    assert measures["map_50_95"] == pytest.approx(1)
    assert measures["precision"] == pytest.approx(3 / 4)
    assert measures["recall"] == 1
    assert isinstance(table, Table)
    assert table.rows == (
        ("cat", 1.0, 1.0, 1, 2, 1),
        ("dog", "", "", 0, 0, 0),
        ("owl", 1.0, 1.0, 2, 2, 2),
    )
    assert isinstance(colours, ImageGrid)
    assert [picture.caption for picture in colours.pictures] == ["cat", "dog", "owl"]


def test_a_class_whose_boxes_are_said_elsewhere_brings_the_mean_down() -> None:
    network = right()
    network.fine = network.fine.roll(1, 3)
    measures, _ = detection().judge(said(network), TARGET.numpy(), DATA)
    assert measures["map_50"] == pytest.approx((0 + 1) / 2)
    assert measures["recall"] == pytest.approx(2 / 3)


def test_a_part_without_boxes_is_judged() -> None:
    empty = torch.tensor([[NONE, NONE]]).numpy()
    measures, _ = detection().judge(said(right(), 1), empty, DATA)
    assert measures == {"map_50": 0.0, "map_50_95": 0.0, "precision": 0.0, "recall": 0.0}


def test_errors_count_what_is_missing_and_what_is_too_much() -> None:
    np.testing.assert_allclose(detection().errors(said(right()), TARGET.numpy()), [0, 1], atol=1e-5)
    nothing = said(Says(*grids(-20)))
    np.testing.assert_allclose(detection().errors(nothing, TARGET.numpy()), [2, 1])


def test_only_the_surest_of_boxes_on_one_thing_is_said() -> None:
    fine, coarse = grids(-20)
    fine[0, 4, 0, :2] = torch.tensor([2.0, 3])
    fine[0, 0, 0, :2] = torch.tensor([9.0, -9])  # both at the border between the first two cells
    fine[0, 5, 0, :2] = 20
    found = said(Says(fine, coarse), 1)[0]
    assert (found[:, 0] >= 0).sum() == 1
    assert found[0, 1] == pytest.approx(1 / (1 + math.exp(-3)), rel=1e-5)
    assert (said(Says(fine, coarse), 1, overlap=1.0)[0, :, 0] >= 0).sum() == 2


def test_words_name_what_is_there_and_what_is_said_with_how_sure_it_is() -> None:
    output, target = said(right())[0], TARGET[0].numpy()
    assert detection().words(output, target, DATA) == ("cat, owl", "cat (1.00), owl (1.00)")
    assert detection().caption(said(Says(*grids()))[0], target, DATA) == "true cat, owl, said nothing"
    many = np.tile(np.array(CAT, np.float32), (11, 1))
    assert detection().words(output, many, DATA)[0] == f"{', '.join(['cat'] * 8)} and 3 more"


def test_a_picture_is_drawn_with_the_true_and_with_the_sure_boxes() -> None:
    images = np.full((1, 1, 32, 32), 0.5, np.float32)
    output = said(right(), 1)
    output[0, 1, 1] = 0.4  # the second is not sure enough
    drawn = detection().drawn(images, output, TARGET[:1].numpy())
    assert drawn.shape == (1, 3, 32, 65)
    true, seen = ((drawn[0] != 0.5).any(axis=0)[:, part] for part in (slice(0, 32), slice(33, None)))
    assert true[0, 12]  # from 0.025 of the rows on, the cat; from 0.45, the owl
    assert true[14, 24]
    assert seen[0, 12] != seen[14, 24]


def test_a_whole_part_is_evaluated_with_the_worst_pictures() -> None:
    inputs = np.zeros((2, 1, 8, 8), np.float32)
    found = evaluate(right(), inputs, TARGET, detection(), DATA, images=True)
    assert found.measures["recall"] == 1
    assert found.worst_indices == (1, 0)
    assert isinstance(found.worst, ImageGrid)
    assert found.worst.title == "Most wrong: what is true, what was said"
    assert found.worst.pictures[0].caption == "true owl, said cat (1.00), owl (1.00)"


# ------------------------------------------------------------------------------------------------------------ misfits


@pytest.mark.parametrize(
    ("output", "last", "message"),
    [
        (("N", 7, 4, 4), "Conv2d", "A cell says 5 numbers and 3 scores for each of 1 anchors, 8 in all, but"),
        (("N", 8), "Linear", "Detection takes a grid [N, 8, rows, columns], but the output is [N, 8]"),
        (
            ("N", 8, 9, 4),
            "Conv2d",
            "but the output [N, 8, 9, 4] has more cells than a picture [N, 1, 8, 8] has pixels",
        ),
        (
            ("N", 8, 4, 4),
            "Sigmoid",
            "takes values of any size, and Sigmoid before the output gives values between 0 and 1 only",
        ),
    ],
)
def test_misfit_says_both_sides(output: tuple[Any, ...], last: str, message: str) -> None:
    (found,) = detection().misfits(TensorSpec(output), DATA, last)
    assert message in found.message
    assert found.axis == 1


def test_lengths_that_are_not_known_are_let_pass() -> None:
    assert detection().misfits(TensorSpec(("N", 8, "H", "W")), DATA, "Conv2d") == ()


def test_there_are_as_many_outputs_as_the_anchors_fill_grids() -> None:
    assert Detection().compares == 2
    assert detection().compares == 2
    assert Detection(per_cell=6).compares == 1
    for anchors in ((), (0.1, 0.2, 0.3), (0.1, 0.2) * 4):
        with pytest.raises(ParameterError, match=r"anchors.*expected a multiple of 6 numbers"):
            Detection(anchors=anchors)


def test_classes_of_pictures_are_no_boxes() -> None:
    data = DataSpec(TensorSpec(("N", 1, 8, 8)), TensorSpec(("N",), "int64"), classes=("a", "b"))
    (found,) = detection().misfits(TensorSpec(("N", 8, 4, 4)), data, "Conv2d")
    assert found.code == "ND421"
    assert "Detection learns boxes with classes in pictures" in found.message
