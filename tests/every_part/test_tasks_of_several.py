"""What holds for every task of the shelf that has several networks, or several versions of each sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from netdesigner.document import Choice
from netdesigner.evaluation import evaluate, preview_from_json, preview_to_json
from netdesigner.parts import Catalog, DataSpec, Preview, Task, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.figures import about
from netdesigner.parts.task import answer_of

CATALOG = Catalog.discover()
KINDS = [kind for kind, task in sorted(CATALOG.tasks.items()) if len(task.roles) > 1 or task.augments]


class Given(nn.Sequential):
    """A network that knows what its Input takes."""

    def __init__(self, spec: TensorSpec, *layers: nn.Module) -> None:
        super().__init__(*layers)
        self.input_specs = (spec,)


class Both(Given):
    """Features, and what is made of them."""

    output_ids = ("features", "projection")

    def forward(self, input: Tensor) -> tuple[Tensor, Tensor]:
        features = self[0](input)
        return features, self[1](features)


@dataclass(frozen=True)
class Case:
    """What a task is tried with: data, what its networks give for them, and how to make these."""

    data: DataSpec
    outputs: dict[str, TensorSpec]
    make: Callable[[], dict[str, nn.Module]]
    batch: Callable[[], tuple[Tensor, Tensor]]


ROWS = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N", 1)), rows=40)
NOISE = TensorSpec(("N", 3))
NAMES = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N", 2), "int64"), ("fill", "a", "b", "c"), rows=40)


def named() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(40, 4, generator=generator), torch.randint(1, 4, (40, 2), generator=generator)


THREE = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N",), "int64"), ("a", "b", "c"), rows=40)


def of_three() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(40, 4, generator=generator), torch.randint(3, (40,), generator=generator)


CASES = {
    "distillation": Case(
        THREE,
        {"student": TensorSpec(("N", 3)), "teacher": TensorSpec(("N", 3))},
        lambda: {
            "student": Given(THREE.input, nn.Linear(4, 3)),
            "teacher": Given(THREE.input, nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 3)),
        },
        of_three,
    ),
    "contrastive_pairs": Case(
        NAMES,
        {"image": TensorSpec(("N", 6)), "text": TensorSpec(("N", 6))},
        lambda: {
            "image": Given(NAMES.input, nn.Linear(4, 6)),
            "text": Given(NAMES.target, nn.Embedding(4, 3), nn.Flatten()),
        },
        named,
    ),
    "simclr": Case(
        THREE,
        {"network": TensorSpec(("N", 6))},
        lambda: {"network": Both(THREE.input, nn.Linear(4, 6), nn.Linear(6, 2))},
        of_three,
    ),
    "gan": Case(
        ROWS,
        {"generator": ROWS.input, "discriminator": TensorSpec(("N", 1))},
        lambda: {
            "generator": Given(NOISE, nn.Linear(3, 4)),
            "discriminator": Given(ROWS.input, nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)),
        },
        lambda: (torch.randn(40, 4, generator=torch.Generator().manual_seed(0)), torch.zeros(40, 1)),
    ),
}


@pytest.fixture(params=KINDS)
def task(request: pytest.FixtureRequest) -> Task:
    return CATALOG.task(Choice(request.param))


@pytest.fixture
def case(task: Task) -> Case:
    torch.manual_seed(0)
    return CASES[task.kind]


def criterion_of(task: Task) -> nn.Module | None:
    return task.loss.build() if task.loss is not None else None


def test_turns_share_out_the_networks_and_follow_curves(task: Task) -> None:
    turns = task.turns()
    assert sorted(role for turn in turns for role in turn.roles) == sorted(task.roles)
    assert {turn.loss for turn in turns} <= {curve.name for curve in task.curves}
    assert len({turn.loss for turn in turns}) == len(turns)
    assert turns[0].every == 1  # something is learned with each batch


def test_step_gives_every_curve_as_one_number_of_which_the_loss_has_a_gradient(
    task: Task, case: Case
) -> None:
    found = task.step(case.make(), criterion_of(task), Pair(*case.batch()))
    assert list(found) == [curve.name for curve in task.curves]
    assert all(value.ndim == 0 and torch.isfinite(value) for value in found.values())
    assert {name for name, value in found.items() if value.requires_grad} == {"loss"}


def test_step_works_without_gradients(task: Task, case: Case) -> None:
    networks = case.make()
    with torch.no_grad():
        found = task.step(
            {role: module.eval() for role, module in networks.items()},
            criterion_of(task),
            Pair(*case.batch()),
        )
    assert not any(value.requires_grad for value in found.values())


def test_unmeasured_step_gives_the_loss_alone(task: Task, case: Case) -> None:
    assert list(task.step(case.make(), criterion_of(task), Pair(*case.batch()), measure=False)) == ["loss"]


def test_each_turn_has_a_gradient_for_its_networks_and_only_its_loss_has_one(task: Task, case: Case) -> None:
    for turn in task.turns():
        networks = case.make()
        found = task.take(turn, networks, criterion_of(task), Pair(*case.batch()))
        assert found.keys() <= {curve.name for curve in task.curves}
        assert {name for name, value in found.items() if value.requires_grad} == {turn.loss}
        found[turn.loss].backward()
        for role in turn.roles:
            gradients = [parameter.grad for parameter in networks[role].parameters()]
            assert any(gradient is not None and gradient.abs().sum() > 0 for gradient in gradients), role


def test_what_suits_its_role_is_no_misfit_and_another_shape_is_one(task: Task, case: Case) -> None:
    for role, right in case.outputs.items():
        assert [*task.role_misfits(role, case.outputs, case.data, "Linear")] == []
        assert answer_of(case.make()[role](*_inputs(task, role, case))).shape[1:] == right.shape[1:]
        for wrong in (TensorSpec((*right.shape, 2)), TensorSpec(right.shape, "int64")):
            found = [*task.role_misfits(role, {**case.outputs, role: wrong}, case.data, "Linear")]
            assert "ND420" in {misfit.code for misfit in found}
            assert all(misfit.message for misfit in found)


def _inputs(task: Task, role: str, case: Case) -> list[Tensor]:
    """A batch of what a network is given."""
    input, target = case.batch()
    of_data = {id(case.data.input): input, id(case.data.target): target}
    return [
        torch.randn(40, *case.make()[role].input_specs[0].shape[1:])
        if given.noise
        else of_data[id(given.spec)]
        for given in task.given_to(role, case.data)
    ]


def test_what_is_given_is_named_before_the_data_are_known(task: Task) -> None:
    for role in task.roles:
        assert [given.spec for given in task.given_to(role, None)] == [None]
        assert all(given.what for given in task.given_to(role, None))


def test_evaluation_gives_plain_numbers_previews_and_captions(task: Task, case: Case) -> None:
    found = evaluate(case.make(), *case.batch(), task, case.data)
    assert found.measures
    assert all(map(about, found.measures))
    assert all(type(value) is float for value in found.measures.values())
    assert all(isinstance(preview, get_args(Preview)) for preview in (*found.previews, found.worst))
    for preview in found.previews:
        assert preview_from_json(preview_to_json(preview)) == preview
    assert found.worst_indices


def test_what_is_made_up_is_like_a_sample(task: Task, case: Case) -> None:
    input, _ = case.batch()
    with torch.no_grad():
        made = [
            batch for batch, _ in zip(task.made_up(case.make(), input, case.data), range(2), strict=False)
        ]
    assert all(samples.shape[1:] == input.shape[1:] for samples, _ in made)
    assert len(made) in (0, 2)


def test_answers_are_one_row_a_sample_and_captions_a_line(task: Task, case: Case) -> None:
    input, target = case.batch()
    with torch.no_grad():
        output = task.answers(case.make(), input, target).numpy()
    wanted = np.asarray(task.wanted(input.numpy(), target.numpy()))
    assert len(output) == len(input)
    assert task.errors(output, wanted).shape == (40,)
    caption = task.caption(output[0], wanted[0], case.data)
    assert caption
    assert "\n" not in caption


def test_parameters_survive_being_chosen(task: Task) -> None:
    assert CATALOG.task(Choice(task.kind, task.changed())) == task
