"""What holds for every task of the shelf."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
import torch

from netdesigner.document import Choice
from netdesigner.evaluation import preview_from_json, preview_to_json
from netdesigner.evaluation.pictures import is_image
from netdesigner.parts import Catalog, DataSpec, Preview, Task, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.dataset import HIDDEN, MARKS
from netdesigner.parts.figures import about
from netdesigner.parts.loss import LABELS
from netdesigner.parts.span import ANY

CATALOG = Catalog.discover()
ALL = sorted(CATALOG.tasks)
KINDS = [kind for kind in ALL if len(CATALOG.tasks[kind].roles) == 1 and not CATALOG.tasks[kind].augments]
"""Those of a single network for data of one sort; test_tasks_of_several.py has the others."""

CLASSES = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N",), "int64"), classes=("a", "b", "c"), rows=40)
TOKENS = DataSpec(TensorSpec(("N", 5, 4)), TensorSpec(("N", 5), "int64"), classes=("a", "b", "c"), rows=40)
VALUES = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N", 3)), rows=40, targets=("u", "v", "w"))
PIXELS = DataSpec(
    TensorSpec(("N", 4, 5, 6)), TensorSpec(("N", 5, 6), "int64"), classes=("a", "b", "c"), rows=40
)
ITSELF = DataSpec(TensorSpec(("N", 3)), TensorSpec(("N",), "int64"), classes=("a", "b"), rows=40, span=ANY)
NUMBERS = DataSpec(TensorSpec(("N", 3), "int64"), TensorSpec(("N",), "int64"), classes=("a", "b"), rows=40)
PAIRS = DataSpec(TensorSpec(("N", 9), "int64"), TensorSpec(("N", 5), "int64"), classes=MARKS, rows=40)
BOXES = DataSpec(TensorSpec(("N", 4, 6, 8)), TensorSpec(("N", 2, 5)), classes=("a", "b", "c"), rows=40)
AHEAD = DataSpec(
    TensorSpec(("N", 5, 4)), TensorSpec(("N", 3, 1)), rows=40, targets=("u",), span=ANY, ahead=True
)
HIDES = replace(TOKENS, classes=("a", "b", HIDDEN))
OUTPUTS = {
    CLASSES: TensorSpec(("N", 3)),
    TOKENS: TensorSpec(("N", 5, 3)),
    HIDES: TensorSpec(("N", 5, 3)),
    VALUES: TensorSpec(("N", 3)),
    PIXELS: TensorSpec(("N", 3, 5, 6)),
    BOXES: TensorSpec(("N", 24, 6, 8)),
    ITSELF: TensorSpec(("N", 3)),
    NUMBERS: TensorSpec(("N", 3)),
    PAIRS: TensorSpec(("N", 5, 3)),
    AHEAD: TensorSpec(("N", 3)),
}
"""Data of every sort, and the output that suits them: three numbers a sample, at each place, for each pixel; the next
tell an input of three values, and one of numbers of classes, which cannot be given back; the last are to be written.
Of boxes there are three at each place, of five numbers and three for the classes; of a series, three steps to come."""


@pytest.fixture(params=KINDS)
def task(request: pytest.FixtureRequest) -> Task:
    return CATALOG.task(Choice(request.param))


def data_for(task: Task) -> DataSpec:
    (found,) = [data for data, output in OUTPUTS.items() if not task.misfits(output, data, "Linear")]
    return found


class Writes(torch.nn.Embedding):
    """Scores of what follows each token that was written."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return super().forward(input[:, -5:])


class Last(torch.nn.Linear):
    """Says three numbers of the last step."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return super().forward(input[:, -1])


class Told(torch.nn.Linear):
    """Says something of the first of what it is given, and needs no more than that."""

    input_count = 2

    def forward(self, input: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
        assert told.shape == input.shape[:1]
        return super().forward(input)


class Grids(torch.nn.Conv2d):
    """A fine and a coarse grid by the same weights."""

    output_ids = ("fine", "coarse")

    def forward(self, input: torch.Tensor) -> Any:
        return super().forward(input), super().forward(torch.nn.functional.avg_pool2d(input, 2))


def network_for(task: Task) -> torch.nn.Linear | torch.nn.Conv2d | Writes:
    data = data_for(task)
    if data is PAIRS:
        return Writes(3, 3)
    if data is BOXES:
        return Grids(4, 24, 1)
    if data is AHEAD:
        return Last(4, 3)
    if sum(not tensor.optional for tensor in task.given(data)) == Told.input_count:
        return Told(3, 3)
    return torch.nn.Conv2d(4, 3, 1) if data is PIXELS else torch.nn.Linear(data.input.shape[-1], 3)


def batch_for(data: DataSpec, rows: int = 40) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    if data is PAIRS:
        return torch.randint(3, (rows, 9), generator=generator), torch.arange(rows * 5).reshape(rows, 5) % 3
    input = torch.randn(rows, *data.input.shape[1:], generator=generator)
    places = data.target.shape[1:]
    if data is BOXES:
        labels = torch.randint(3, (rows, 2, 1), generator=generator)
        boxes = 0.2 + 0.6 * torch.rand(rows, 2, 4, generator=generator)
        return input, torch.cat([labels, boxes], dim=2)
    if data.classes:
        return input, torch.randint(3, (rows, *places), generator=generator)
    return input, torch.randn(rows, *places, generator=generator)


def batch_of(task: Task) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch of what suits a task; of values some tasks learn only whether they are above 0."""
    input, target = batch_for(data_for(task))
    return input, (target > 0).float() if task.learns == LABELS else target


def criterion_of(task: Task) -> torch.nn.Module | None:
    return task.loss.build() if task.loss is not None else None


def stepped(task: Task, networks: dict[str, torch.nn.Module], *batch: torch.Tensor, **how: bool) -> Any:
    """What a step gives; whatever it draws at random is always the same."""
    torch.manual_seed(0)
    return task.step(networks, criterion_of(task), Pair(*batch), **how)


def test_step_gives_every_curve_as_one_number(task: Task) -> None:
    module = network_for(task)
    found = task.step({"network": module}, criterion_of(task), Pair(*batch_of(task)))
    assert list(found) == [curve.name for curve in task.curves]
    assert all(value.ndim == 0 and torch.isfinite(value) for value in found.values())
    found["loss"].backward()
    assert module.weight.grad is not None
    assert module.weight.grad.abs().sum() > 0


def test_only_the_loss_has_a_gradient(task: Task) -> None:
    found = task.step({"network": network_for(task)}, criterion_of(task), Pair(*batch_of(task)))
    assert {name for name, value in found.items() if value.requires_grad} == {"loss"}


def test_unmeasured_step_gives_the_same_loss_alone(task: Task) -> None:
    networks = {"network": network_for(task)}
    batch = batch_of(task)
    found = stepped(task, networks, *batch, measure=False)
    assert list(found) == ["loss"]
    assert torch.equal(found["loss"], stepped(task, networks, *batch)["loss"])


def test_curves_are_means_so_that_batches_can_be_joined(task: Task) -> None:
    networks = {"network": network_for(task).eval()}  # as for validation, where nothing is left to chance
    input, target = batch_of(task)
    whole = task.step(networks, criterion_of(task), Pair(input, target))
    halves = [
        task.step(networks, criterion_of(task), Pair(input[part], target[part]))
        for part in (slice(0, 20), slice(20, 40))
    ]
    for name, value in whole.items():
        torch.testing.assert_close((halves[0][name] + halves[1][name]) / 2, value)


def test_loss_falls_when_it_is_followed(task: Task) -> None:
    torch.manual_seed(0)
    networks = {"network": network_for(task)}
    batch = batch_of(task)
    rate = 0.01 if data_for(task) is BOXES else 0.1  # a sum over all places, which is the steeper
    optimizer = torch.optim.SGD(networks["network"].parameters(), rate)
    losses: list[float] = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = stepped(task, networks, *batch)["loss"]
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0]


def answered(task: Task, network: torch.nn.Module, *batch: torch.Tensor) -> torch.Tensor:
    with torch.inference_mode():
        return task.answers({"network": network.eval()}, *batch)


def test_an_answer_does_not_depend_on_the_samples_beside_it(task: Task) -> None:
    network, (input, target) = network_for(task), batch_of(task)
    parts = [answered(task, network, input[part], target[part]) for part in (slice(0, 7), slice(7, 40))]
    torch.testing.assert_close(torch.cat(parts), answered(task, network, input, target))


def test_what_is_made_is_shown_and_always_the_same(task: Task) -> None:
    data, network = data_for(task), network_for(task).eval()
    with torch.inference_mode():
        shown = [task.made({"network": network}, batch_for(data)[0], data) for _ in range(2)]
    assert shown[0] == shown[1]
    assert all(isinstance(preview, get_args(Preview)) for preview in shown[0])


def test_what_a_network_is_given_is_known_before_the_data_are(task: Task) -> None:
    known, unknown = task.given(data_for(task)), task.given(None)
    assert [tensor.what for tensor in unknown[: len(known)]] == [tensor.what for tensor in known]
    assert known[0].spec == data_for(task).input
    needed = [not tensor.optional for tensor in unknown]
    assert needed == sorted(needed, reverse=True)
    assert needed[0]


def judged(task: Task) -> tuple[np.ndarray, np.ndarray, DataSpec]:
    data, (input, target) = data_for(task), batch_of(task)
    torch.manual_seed(0)
    output = answered(task, network_for(task), input, target)
    return output.numpy(), task.wanted(input, target).numpy(), data


def test_judging_gives_plain_numbers_and_previews(task: Task) -> None:
    measures, previews = task.judge(*judged(task))
    assert measures
    assert all(map(about, measures))
    assert all(type(value) is float for value in measures.values())
    assert all(isinstance(preview, get_args(Preview)) for preview in previews)
    for preview in previews:
        assert preview_from_json(preview_to_json(preview)) == preview


def test_errors_are_one_number_a_sample_and_small_where_right(task: Task) -> None:
    output, target, _ = judged(task)
    errors = task.errors(output, target)
    assert errors.shape == (40,)
    best = right_for(task, output, target)
    assert (task.errors(best, target) <= errors).all()
    found = [task.right(said, target) for said in (output, best)]
    for right, all_right in zip(found, (False, True), strict=True):
        assert right is None or (right.shape == (40,) and right.all() == all_right)


def right_for(task: Task, output: np.ndarray, target: np.ndarray) -> Any:
    """Of the form of an output, the one that says what is true; several answers to one target are all right."""
    if task.learns == LABELS:
        return target * 100 - 50
    if output.ndim > target.ndim and target.dtype.kind == "f":
        return np.broadcast_to(target[:, np.newaxis], output.shape)
    if data_for(task) is AHEAD:
        return target[:, -3:, 0]
    if data_for(task) is BOXES:
        return np.insert(target, 1, 1.0, axis=2)
    if target.dtype.kind == "f":
        return target
    if target.ndim == 1:
        return np.eye(3)[target] * 50  # a score for each class
    # of classes at places, which is said and how wrong that is, and what else there is to tell
    return np.concatenate([np.stack([target, np.zeros(target.shape)], axis=-1), output[..., 2:]], axis=-1)


def test_caption_is_a_line_and_tells_right_from_wrong(task: Task) -> None:
    output, target, data = judged(task)
    assert all(text and "\n" not in text for text in task.words(output[0], target[0], data))
    captions = [
        task.caption(values[0], target[0], data) for values in (output, right_for(task, output, target))
    ]
    assert all(text and "\n" not in text for text in captions)
    assert captions[0] != captions[1]


def test_samples_that_are_pictures_stay_pictures_when_drawn(task: Task) -> None:
    output, target, data = judged(task)
    size = {PIXELS: (5, 6), BOXES: (6, 8)}.get(data, (1, 3))
    images = np.random.default_rng(0).random((2, 1, *size), np.float32)
    drawn = task.drawn(images, output[:2], target[:2])
    assert is_image(drawn)
    assert 0 <= np.nanmin(drawn) <= np.nanmax(drawn) <= 1, "nothing is shown between views"
    assert (drawn is images) is not bool(task.draws)


def test_output_of_another_shape_is_a_misfit_with_the_size_that_mends_it(task: Task) -> None:
    data = data_for(task)
    right = OUTPUTS[data].shape
    features = 24 if data is BOXES else 3
    more = tuple(5 if length == features else length for length in right)
    for shape in (more, right[:-1], (*right, 2), ("T", *right[1:])):
        found = task.misfits(TensorSpec(shape), data, "Linear")
        assert [(misfit.code, misfit.features, misfit.severity) for misfit in found] == [
            ("ND420", features, "error")
        ]
    assert task.misfits(TensorSpec(right, "int64"), data, "Linear")[0].code == "ND420"


def test_data_of_another_sort_are_a_misfit(task: Task) -> None:
    found = [
        [misfit.code for misfit in task.misfits(output, other, "Linear")]
        for other, output in OUTPUTS.items()
        if other is not data_for(task)
    ]
    assert all(codes in (["ND421"], ["ND420"]) for codes in found)
    assert ["ND421"] in found


def test_softmax_before_the_output_is_warned_of(task: Task) -> None:
    data = data_for(task)
    found = task.misfits(OUTPUTS[data], data, "Softmax")
    assert [(misfit.code, misfit.severity, misfit.drop_last) for misfit in found] == [
        ("ND422", "warning", True)
    ]


def test_parameters_survive_being_chosen(task: Task) -> None:
    assert CATALOG.task(Choice(task.kind, task.changed())) == task


@pytest.mark.parametrize("kind", ALL)
def test_task_is_documented(kind: str) -> None:
    part = CATALOG.tasks[kind]
    assert part.title
    assert "Source:" in (part.__doc__ or "")
    assert part.curves[0].name == "loss"
    assert part.monitor in {curve.name for curve in part.curves}
    assert all(declared.help for declared in part.params())
