from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from netdesigner.evaluation import evaluate
from netdesigner.parts import DataSpec, ImageGrid, Table, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.span import ANY, Span
from netdesigner.tasks.gan import Gan, energy_distance

PICTURES = DataSpec(TensorSpec(("N", 1, 2, 2)), TensorSpec(("N",), "int64"), ("a", "b"), 40)
ROWS = DataSpec(TensorSpec(("N", 2)), TensorSpec(("N", 1)), rows=40, features=("height", "weight"))
OUTPUTS = {"generator": TensorSpec(("N", 1, 2, 2)), "discriminator": TensorSpec(("N", 1))}


class Maker(nn.Module):
    """Pictures of four times the noise's first number."""

    input_specs = (TensorSpec(("N", 3)),)

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(scale))

    def forward(self, noise: Tensor) -> Tensor:
        assert noise.shape[1:] == (3,)
        return (self.scale * noise[:, :1]).reshape(-1, 1, 1, 1).expand(-1, 1, 2, 2)


class Slope(nn.Module):
    """Scores that rise with the sum of the pixels, by a slope of twice the factor."""

    def __init__(self, factor: float = 1.0) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(factor))

    def forward(self, pictures: Tensor) -> Tensor:
        return self.factor * pictures.flatten(1).sum(1, keepdim=True)


def networks(scale: float = 1.0, factor: float = 1.0) -> dict[str, nn.Module]:
    return {"generator": Maker(scale), "discriminator": Slope(factor)}


REAL = torch.full((6, 1, 2, 2), 0.5)
NOWHERE = torch.zeros(6)


def step(task: Gan, players: dict[str, nn.Module], real: Tensor = REAL) -> dict[str, float]:
    return {
        name: float(value.detach()) for name, value in task.step(players, None, Pair(real, NOWHERE)).items()
    }


# -- losses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "discriminator", "generator"),
    [
        ("non_saturating", math.log1p(math.exp(-2)) + math.log(2), math.log(2)),
        ("least_squares", (2 - 1) ** 2 + 0, 1.0),
        ("wasserstein", -2 + 10 * (2 - 1) ** 2, 0.0),
    ],
)
def test_the_losses_are_those_of_the_papers(kind: str, discriminator: float, generator: float) -> None:
    """Real pictures have the score 2; made-up ones are 0 and have the score 0; the slope of the scores is 2."""
    found = step(Gan(adversarial_loss=kind), networks(scale=0.0))
    assert found["discriminator_loss"] == pytest.approx(discriminator, rel=1e-5)
    assert found["loss"] == pytest.approx(generator, rel=1e-5, abs=1e-6)


def test_the_penalty_counts_as_much_as_is_said() -> None:
    found = step(Gan(adversarial_loss="wasserstein", gradient_penalty=3.0), networks(scale=0.0))
    assert found["discriminator_loss"] == pytest.approx(-2 + 3.0)


@pytest.mark.parametrize("kind", ["non_saturating", "least_squares", "wasserstein"])
def test_each_follows_its_loss_to_win(kind: str) -> None:
    """The discriminator learns that bright pictures are real, the generator then that it should make bright ones."""
    task, players = Gan(adversarial_loss=kind), networks(scale=0.0, factor=0.2)
    first, second = task.turns()
    maker, judge = players["generator"], players["discriminator"]
    task.take(first, players, None, Pair(REAL, NOWHERE))["discriminator_loss"].backward()
    assert judge.factor.grad is not None
    assert judge.factor.grad < 0
    assert maker.scale.grad is None
    shift = nn.Parameter(torch.tensor(0.0))
    maker.forward = lambda noise: 0 * noise[:, :1, None, None].expand(-1, 1, 2, 2) + shift
    task.take(second, players, None, Pair(REAL, NOWHERE))["loss"].backward()
    assert shift.grad is not None
    assert shift.grad < 0


def test_what_is_held_out_is_held_against_more_samples_which_are_always_made_of_the_same_noise() -> None:
    task, players, counts = Gan(), networks(), []
    players["discriminator"].register_forward_pre_hook(lambda _, given: counts.append(len(given[0])))
    apart = [step(task, players)["energy_distance"] for _ in range(2)]
    for player in players.values():
        player.eval()
    held_out = [step(task, players)["energy_distance"] for _ in range(2)]
    assert apart[0] != apart[1]
    assert held_out[0] == held_out[1]
    assert counts == [6] * 6 + [6, 6, 48] * 2
    step(task, players, REAL[:1].expand(3000, -1, -1, -1))
    assert counts[-1] == 3000  # and not eight times as many


def test_shares_are_of_scores_on_the_right_side_of_the_middle() -> None:
    found = step(Gan(), networks(scale=0.0))
    assert (found["real_told"], found["made_up_told"]) == (1.0, 1.0)  # a score of 0 is not yet taken for real
    swapped = step(Gan(), networks(scale=0.0, factor=-1.0))
    assert (swapped["real_told"], swapped["made_up_told"]) == (0.0, 1.0)
    middle = step(Gan(adversarial_loss="least_squares"), networks(scale=0.0, factor=0.2))
    assert (middle["real_told"], middle["made_up_told"]) == (0.0, 1.0)  # 0.4 is nearer to 0 than to 1
    critic = step(Gan(adversarial_loss="wasserstein"), networks(scale=0.0, factor=0.2))
    assert (critic["real_told"], critic["made_up_told"]) == (1.0, 1.0)


def test_the_critic_plays_more_often() -> None:
    turns = Gan(n_critic=5).turns()
    assert [(turn.roles, turn.loss, turn.every) for turn in turns] == [
        (("discriminator",), "discriminator_loss", 1),
        (("generator",), "loss", 5),
    ]


def test_further_outputs_of_one_number_are_added_to_the_loss_of_their_network() -> None:
    players = networks(scale=0.0)
    plain = step(Gan(), players)
    maker, judge = Maker(0.0), Slope()
    made, score = maker.forward, judge.forward
    maker.forward = lambda noise: (made(noise), torch.tensor(0.25))
    judge.forward = lambda pictures: (score(pictures), torch.tensor(0.5))
    maker.output_ids, judge.output_ids = ("made", "cost"), ("score", "cost")
    more = step(Gan(), {"generator": maker, "discriminator": judge})
    assert more["loss"] == pytest.approx(plain["loss"] + 0.25)
    assert more["discriminator_loss"] == pytest.approx(plain["discriminator_loss"] + 0.5)


# -- energy distance --------------------------------------------------------------------------------------------------


def test_the_energy_distance_is_0_between_samples_of_one_kind_and_grows_with_what_sets_them_apart() -> None:
    generator = torch.Generator().manual_seed(0)
    one, other = torch.randn(2, 1500, 3, generator=generator)
    alike = float(energy_distance(one, other))
    assert abs(alike) < 0.01
    near, far = (float(energy_distance(one, other + shift)) for shift in (0.5, 2.0))
    assert 0.05 < near < far
    collapsed = float(energy_distance(one, other[:1].expand_as(other)))
    assert collapsed > near


def test_the_energy_distance_is_worked_out_as_it_is_defined() -> None:
    real, made = torch.tensor([[0.0], [1.0]]), torch.tensor([[2.0], [5.0]])
    between = (2 + 5 + 1 + 4) / 4
    assert float(energy_distance(real, made)) == pytest.approx(2 * between - 1 - 3)


# -- judging ----------------------------------------------------------------------------------------------------------


def judged(task: Gan, **given: Any) -> Any:
    real = torch.linspace(0, 1, 40).reshape(40, 1, 1, 1).expand(40, 1, 2, 2)
    return evaluate(networks(), real, torch.zeros(40), task, PICTURES, images=True, **given)


def test_evaluation_shows_what_is_made_up_from_the_same_noise_each_time() -> None:
    found = judged(Gan())
    assert found.measures.keys() == {"real_told", "made_up_told", "energy_distance"}
    assert 0 <= found.measures["made_up_told"] <= 1
    (grid,) = found.previews
    assert isinstance(grid, ImageGrid)
    assert len(grid.pictures) == 40
    assert len({picture.pixels for picture in grid.pictures}) > 20
    torch.rand(7)
    assert found == judged(Gan())
    assert found.measures["real_told"] == pytest.approx(39 / 40)  # all but the black one score above 0


def test_evaluation_leaves_random_numbers_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    judged(Gan())
    assert torch.equal(torch.rand(3), expected)


def test_the_worst_are_real_samples_that_are_taken_for_made_up() -> None:
    found = judged(Gan())
    assert found.worst_indices[0] == 0
    assert found.worst.pictures[0].caption == "real with 0.50"
    assert "score" in judged(Gan(adversarial_loss="wasserstein")).worst.pictures[0].caption


def test_rows_of_a_table_are_told_by_their_columns() -> None:
    output = np.array([[0.0, 0.0, 1.0, 5.0], [0.0, 0.0, 3.0, 5.0]], np.float32)
    _, (table,) = Gan().judge(output, np.array([[1.0, 2.0], [1.0, 4.0]], np.float32), ROWS)
    assert isinstance(table, Table)
    assert table.rows == (("height", 1.0, 0.0, 2.0, 1.0), ("weight", 3.0, 1.0, 5.0, 0.0))


# -- checks -----------------------------------------------------------------------------------------------------------


def misfits(
    role: str, output: TensorSpec, last: str = "Linear", data: DataSpec = PICTURES, **params: Any
) -> Any:
    return [*Gan(**params).role_misfits(role, {**OUTPUTS, role: output}, data, last)]


@pytest.mark.parametrize("shape", [("N",), ("N", 1), ("N", 1, 1, 1)])
def test_a_discriminator_gives_one_number_a_sample(shape: tuple[str | int, ...]) -> None:
    assert misfits("discriminator", TensorSpec(shape)) == []
    (found,) = misfits("discriminator", TensorSpec((*shape, 2)))
    assert (found.code, found.features) == ("ND420", 1)


def test_a_generator_makes_what_is_like_a_sample() -> None:
    assert misfits("generator", OUTPUTS["generator"]) == []
    (found,) = misfits("generator", TensorSpec(("N", 1, 4, 4)))
    assert (found.code, found.shape, found.features) == ("ND420", (1, 2, 2), None)
    (flat,) = misfits("generator", TensorSpec(("N", 3)), data=ROWS)
    assert (flat.code, flat.features) == ("ND420", 2)


def test_tokens_cannot_be_made_up() -> None:
    tokens = DataSpec(TensorSpec(("N", 4), "int64"), TensorSpec(("N", 4), "int64"), ("a", "b"), 9)
    assert [found.code for found in misfits("generator", TensorSpec(("N", 4)), data=tokens)] == ["ND421"]


@pytest.mark.parametrize(
    ("span", "last", "codes"),
    [
        (ANY, "Tanh", ["ND422"]),
        (ANY, "Conv2d", []),
        (Span(0, 1), "Tanh", []),
        (Span(0, 1), "Sigmoid", []),
        (None, "Tanh", []),
    ],
)
def test_a_last_layer_that_cannot_reach_the_data_is_warned_of(
    span: Span | None, last: str, codes: list[str]
) -> None:
    data = DataSpec(PICTURES.input, PICTURES.target, PICTURES.classes, 40, span=span)
    found = misfits("generator", OUTPUTS["generator"], last, data)
    assert [misfit.code for misfit in found] == codes
    assert all("set normalize of the data to minmax" in misfit.message for misfit in found)


@pytest.mark.parametrize(
    ("kind", "codes"), [("non_saturating", ["ND422"]), ("wasserstein", ["ND422"]), ("least_squares", [])]
)
def test_a_sigmoid_behind_the_score_is_warned_of(kind: str, codes: list[str]) -> None:
    found = misfits("discriminator", OUTPUTS["discriminator"], "Sigmoid", adversarial_loss=kind)
    assert [misfit.code for misfit in found] == codes
