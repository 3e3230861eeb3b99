from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

import netdesigner as nd
from netdesigner.document import Choice, Design, edit
from netdesigner.errors import TrainingError, WeightFileError
from netdesigner.parts import Catalog, DataSpec, Task, TensorSpec
from netdesigner.parts.augmentation import Mix, Pair
from netdesigner.training.events import EpochEnd, Finished, Warned

CATALOG = Catalog.discover()
SPEC = DataSpec(TensorSpec(("N", 2)), TensorSpec(("N",), "int64"), ("a", "b"), 4)
SAMPLES = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 2.0], [3.0, 0.0]])
TARGETS = torch.tensor([0, 1, 0, 0])


def task(**params: float | str) -> Task:
    return CATALOG.task(Choice("distillation", params))


def step(task: Task, student: nn.Module, teacher: nn.Module) -> dict[str, float]:
    assert task.loss is not None
    found = task.step({"student": student, "teacher": teacher}, task.loss.build(), Pair(SAMPLES, TARGETS))
    return {name: float(value.detach()) for name, value in found.items()}


class Times(nn.Module):
    """What comes in, times a number, in evaluation; nonsense in training."""

    def __init__(self, number: float) -> None:
        super().__init__()
        self.number = number

    def forward(self, samples: torch.Tensor) -> torch.Tensor:
        return samples * (math.nan if self.training else self.number)


def test_the_loss_is_that_of_the_formula() -> None:
    student, temperature = nn.Linear(2, 2), 3.0
    found = step(task(temperature=temperature, weight=0.25), student, Times(2.0))
    scores = student(SAMPLES).detach()
    hard = -scores.log_softmax(1)[range(4), TARGETS].mean()
    wanted, ours = (2 * SAMPLES / temperature).softmax(1), (scores / temperature).softmax(1)
    soft = temperature**2 * (wanted * (wanted / ours).log()).sum(1).mean()
    assert found["loss"] == pytest.approx(float(0.75 * hard + 0.25 * soft), rel=1e-5)
    assert found["teacher_loss"] == pytest.approx(
        float(-(2 * SAMPLES).log_softmax(1)[range(4), TARGETS].mean())
    )


def test_student_and_teacher_say_as_many_numbers() -> None:
    one = CATALOG.task(Choice("distillation"), loss=Choice("BCEWithLogitsLoss"))
    narrow, wide = TensorSpec(("N", 1)), TensorSpec(("N", 2))
    for student, teacher, expected in ((narrow, narrow, []), (wide, wide, []), (wide, narrow, [1])):
        outputs = {"student": student, "teacher": teacher}
        found = [m for role in outputs for m in one.role_misfits(role, outputs, SPEC, "Linear")]
        assert [misfit.features for misfit in found] == expected


def test_a_student_that_says_what_the_teacher_says_loses_nothing_by_it() -> None:
    found = step(task(weight=1.0), nn.Identity(), Times(1.0))
    assert found["loss"] == pytest.approx(0.0, abs=1e-6)
    assert found["agreement"] == 1.0
    assert found["accuracy"] == found["teacher_accuracy"] == 0.75


def test_of_mixed_samples_the_teacher_says_what_it_sees_and_targets_count_by_their_shares() -> None:
    student, mix = nn.Linear(2, 2), Mix(TARGETS.flip(0), 0.3)
    networks, one = {"student": student, "teacher": nn.Linear(2, 2)}, task(weight=0.25)
    assert one.loss is not None
    criterion = one.loss.build()
    apart = [one.step(networks, criterion, Pair(SAMPLES, target)) for target in (TARGETS, mix.target)]
    mixed = one.step(networks, criterion, Pair(SAMPLES, TARGETS, mix))
    for name in ("loss", "teacher_loss"):
        torch.testing.assert_close(mixed[name], 0.3 * apart[0][name] + 0.7 * apart[1][name])
    for name in ("accuracy", "teacher_accuracy", "agreement"):
        assert mixed[name] == apart[1][name], "of the weightier target"
    first, second = one.turns()
    taught = one.take(first, networks, criterion, Pair(SAMPLES, TARGETS, mix))
    torch.testing.assert_close(taught, {name: mixed[name] for name in ("teacher_loss", "teacher_accuracy")})
    assert one.take(second, networks, criterion, Pair(SAMPLES, TARGETS, mix)).keys() == mixed.keys()


def test_what_of_the_teacher_computes_as_in_evaluation_goes_on_to_do_so() -> None:
    teacher = nn.Sequential(nn.BatchNorm1d(2), nn.Dropout())
    teacher[0].eval()  # as a frozen node is, or one that waits in a phase
    step(task(), nn.Identity(), teacher)
    assert [part.training for part in (teacher, *teacher)] == [True, False, True]


def test_further_outputs_of_the_student_are_added_once() -> None:
    class Costly(nn.Module):
        output_ids = ("scores", "cost")

        def forward(self, samples: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return samples, torch.tensor(0.5)

    plain, more = (step(task(), student, Times(2.0))["loss"] for student in (nn.Identity(), Costly()))
    assert more == pytest.approx(plain + 0.5)


def test_what_both_said_is_judged_apart() -> None:
    output = np.array([[2, 0, 0, 2], [0, 2, 0, 2], [2, 0, 2, 0], [2, 0, 2, 0]], np.float32)
    measures, previews = task().judge(output, TARGETS.numpy(), SPEC)
    assert (measures["accuracy"], measures["teacher_accuracy"], measures["agreement"]) == (1.0, 0.75, 0.75)
    assert previews[-1].title == "Agreement"
    assert task().words(output[0], TARGETS.numpy()[0], SPEC) == ("a", "a (0.88), teacher b (0.88)")


# ------------------------------------------------------------------------------------------------------------ runs


def layers(net: nd.Builder, hidden: int) -> None:
    x = net.Linear(net.Input(shape=(4,)), out_features=hidden, name="hidden")
    net.Output(net.Linear(net.ReLU(x), out_features=3, name="scores"))


def distilled(teacher: str, folder: Path) -> Design:
    net = nd.Builder(network="student")
    layers(net, 2)
    layers(net.network("teacher"), 6)
    made = net.design(data="iris", task=Choice("distillation", {"teacher": teacher}), epochs=1, seed=1)
    return replace(made, folder=folder)


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "checkpoint-last" / "model.safetensors")


@pytest.fixture
def teacher(tmp_path: Path) -> Path:
    net = nd.Builder()
    layers(net, 6)
    list(nd.train(net.design(data="iris", task="classification", epochs=1), tmp_path / "first", device="cpu"))
    return tmp_path / "first"


def test_a_teacher_begins_with_a_run_and_stays_as_it_is(teacher: Path, tmp_path: Path) -> None:
    events = list(nd.train(distilled("first", tmp_path), tmp_path / "second", device="cpu"))
    assert isinstance(events[-1], Finished)
    assert [event.message for event in events if isinstance(event, Warned)] == [
        "teacher: first: 4 of 4 weights start with the values of the file"
    ]
    before, after = load_file(teacher / "checkpoint-best" / "model.safetensors"), weights(tmp_path / "second")
    assert all(torch.equal(after[f"teacher.{name}"], tensor) for name, tensor in before.items())
    assert nd.evaluate(tmp_path / "second").measures.keys() >= {"accuracy", "teacher_accuracy", "agreement"}


def test_a_range_test_too_gives_a_teacher_its_weights(tmp_path: Path) -> None:
    with pytest.raises(WeightFileError, match="nowhere"):
        nd.find_rate(distilled("nowhere", tmp_path), steps=10, device="cpu")


def test_both_learn_from_mixed_samples_one_after_the_other(tmp_path: Path) -> None:
    design = edit.set_augmentations(distilled("", tmp_path), [Choice("mixup", {"alpha": 1.0})])
    phases = (nd.Phase(8, ("teacher",)), nd.Phase(8, ("student",)))
    events = nd.train(design, tmp_path / "run", device="cpu", phases=phases, epochs=16, learning_rate=0.01)
    ends = [event for event in events if isinstance(event, EpochEnd)]
    assert "loss" not in ends[7].train
    assert ends[7].train["teacher_loss"] < ends[0].train["teacher_loss"]
    assert ends[15].validation["loss"] < ends[8].validation["loss"]
    assert ends[15].validation["teacher_loss"] == ends[7].validation["teacher_loss"]


def test_a_teacher_without_weights_learns_along(tmp_path: Path) -> None:
    *_, last = events = list(nd.train(distilled("", tmp_path), tmp_path / "run", device="cpu", epochs=4))
    assert isinstance(last, Finished)
    ends = [event.train["teacher_loss"] for event in events if isinstance(event, EpochEnd)]
    assert ends[-1] < ends[0]


def test_a_phase_of_a_teacher_that_stays_as_it_is_is_told(tmp_path: Path) -> None:
    phases = (nd.Phase(3, ("teacher",)), nd.Phase(1, ("student",)))
    design = edit.set_phases(distilled("a run", tmp_path), phases)
    design = edit.set_training(design, design.training.with_values({"epochs": 4}))
    (problem,) = nd.check(design).problems
    assert problem.code == "ND612"
    assert problem.message.endswith("phase 1 trains `teacher`, which Distillation leaves as it is")
    assert nd.check(edit.set_task(design, Choice("distillation"))).problems == ()


def test_a_teacher_that_lacks_weights_is_refused(teacher: Path, tmp_path: Path) -> None:
    net = nd.Builder()
    layers(net, 5)
    list(nd.train(net.design(data="iris", task="classification", epochs=1), tmp_path / "other", device="cpu"))
    with pytest.raises(
        TrainingError, match=r"weights cannot start with its values|no weight of the file fits"
    ):
        list(nd.train(distilled("other", tmp_path), tmp_path / "run", device="cpu"))
    assert not (tmp_path / "run").exists()
