from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from netdesigner.datasets.embedded import DigitsNamed
from netdesigner.evaluation import evaluate
from netdesigner.parts import Bars, DataSpec, Matrix, Table, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.tasks.contrastive_pairs import ContrastivePairs

TASK = ContrastivePairs()
NAMES = DataSpec(TensorSpec(("N", 3)), TensorSpec(("N", 2), "int64"), ("fill", "a", "b", "c"), 6)
TEXTS = torch.tensor([[1, 0], [2, 0], [3, 1]])
VECTOR = TensorSpec(("N", 3))


class Spelled(nn.Module):
    """The unit vector of a text's first letter, a, b or c."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(1.0))

    def forward(self, texts: Tensor) -> Tensor:
        return self.scale * torch.eye(3)[texts[:, 0] - 1]


def towers() -> dict[str, nn.Module]:
    return {"image": nn.Identity(), "text": Spelled()}


def step(samples: Tensor, texts: Tensor) -> dict[str, float]:
    return {
        name: float(value.detach()) for name, value in TASK.step(towers(), None, Pair(samples, texts)).items()
    }


def test_the_loss_is_the_mean_of_both_cross_entropies() -> None:
    samples = torch.tensor([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.5, 1.0]])
    found = step(samples, TEXTS)
    scores = samples  # the texts' vectors are the unit vectors in order
    rows = -scores.log_softmax(1).diag().mean()
    columns = -scores.log_softmax(0).diag().mean()
    assert found["loss"] == pytest.approx(float((rows + columns) / 2), rel=1e-6)
    assert found["retrieval"] == pytest.approx(2 / 3)  # the third is taken for b


def test_samples_with_the_same_text_count_alike() -> None:
    """None of them is held against another as wrong."""
    texts = torch.tensor([[1, 0], [1, 0], [2, 0], [2, 0]])
    far = step(20 * torch.eye(3)[texts[:, 0] - 1], texts)
    assert far["loss"] == pytest.approx(math.log(2), rel=1e-4)  # which of two alike nobody can tell
    assert far["retrieval"] == 1.0


def test_further_outputs_of_one_number_are_added_to_the_loss() -> None:
    samples, players = 2 * torch.eye(3), towers()
    image, text = (network.forward for network in players.values())
    players["image"].forward = lambda samples: (image(samples), torch.tensor(0.25))
    players["text"].forward = lambda texts: (torch.tensor(0.5), text(texts))
    players["image"].output_ids, players["text"].output_ids = ("vector", "cost"), ("cost", "vector")
    more = TASK.step(players, None, Pair(samples, TEXTS))
    plain = step(samples, TEXTS)
    assert float(more["loss"].detach()) == pytest.approx(plain["loss"] + 0.75)
    assert float(more["retrieval"]) == plain["retrieval"]


def judged(samples: Tensor, texts: Tensor, data: DataSpec = NAMES) -> Any:
    return evaluate(towers(), samples, texts, TASK, data)


def test_texts_are_found_among_all_different_ones_of_the_part() -> None:
    texts = TEXTS[[0, 0, 1, 1, 2, 2]]
    samples = torch.eye(3)[[0, 0, 1, 0, 2, 2]]
    found = judged(samples, texts)
    assert found.measures["retrieval"] == pytest.approx(5 / 6)
    assert found.measures["retrieval_top5"] == 1.0
    assert found.measures["retrieval_of_samples"] == 1.0
    matrix, shares = found.previews
    assert isinstance(matrix, Matrix)
    assert matrix.labels == ("a", "b", "ca")
    assert matrix.values == ((2.0, 0.0, 0.0), (1.0, 1.0, 0.0), (0.0, 0.0, 2.0))
    assert isinstance(shares, Bars)
    assert shares.values == (1.0, 0.5, 1.0)
    assert found.worst_indices[0] == 3


def test_networks_that_tell_nothing_apart_do_not_find_every_text() -> None:
    texts = torch.stack([torch.arange(1, 4).repeat_interleave(3), torch.arange(9) % 3 + 1], dim=1)
    found = judged(torch.zeros(9, 3), texts).measures
    assert found["retrieval"] == pytest.approx(1 / 9)
    assert found["retrieval_top5"] == pytest.approx(5 / 9)
    assert found["retrieval_of_samples"] == pytest.approx(1 / 9)


def test_many_texts_are_shown_as_pairs() -> None:
    texts = torch.stack([torch.arange(50) % 3 + 1, torch.arange(50) // 3], dim=1)
    data = DataSpec(NAMES.input, NAMES.target, ("fill", *"abcdefghijklmnopqrstuvwxyz"), 50)
    table, _ = judged(torch.eye(3)[texts[:, 0] - 1], texts, data).previews
    assert isinstance(table, Table)
    assert table.columns == ("true", "found")
    assert len(table.rows) == 50


def test_under_a_sample_stand_its_text_and_the_one_it_finds_among_all() -> None:
    samples = torch.tensor([[math.log(6), 0.0, 0.0], [0.0, math.log(2), 0.0], [0.0, math.log(8), 0.0]])
    output, texts = np.concatenate([samples.numpy(), np.eye(3, dtype=np.float32)], axis=1), TEXTS.numpy()
    told = TASK.told(output, texts)
    captions = [TASK.caption(*pair, NAMES) for pair in zip(told, texts, strict=True)]
    assert captions == ["true a, said a (0.75)", "true b, said b (0.50)", "true ca, said b (0.80)"]
    assert TASK.right(output, texts).tolist() == [True, True, False]
    found = judged(samples, TEXTS)
    assert isinstance(found.worst, Table)
    assert found.worst.rows == ((2, "ca", "b (0.80)"),)
    assert found.worst_indices == (2,)


# -- checks -----------------------------------------------------------------------------------------------------------


def misfits(role: str, output: TensorSpec, data: DataSpec = NAMES) -> Any:
    return [*TASK.role_misfits(role, {"image": VECTOR, "text": VECTOR, role: output}, data, "Linear")]


def test_both_towers_give_vectors_of_one_length() -> None:
    assert misfits("image", VECTOR) == misfits("text", VECTOR) == []
    (found,) = misfits("text", TensorSpec(("N", 5)))
    assert (found.code, found.features) == ("ND420", 3)
    assert "image gives [N, 3] and text [N, 5]" in found.message
    (flat,) = misfits("image", TensorSpec(("N", 3, 4)))
    assert (flat.code, flat.features) == ("ND420", 3)


def test_the_length_of_a_tower_is_its_own_while_the_other_is_unknown() -> None:
    assert [*TASK.role_misfits("text", {"text": TensorSpec(("N", 9))}, NAMES, "Linear")] == []


def test_data_without_texts_are_told_once() -> None:
    digits = DataSpec(NAMES.input, TensorSpec(("N",), "int64"), ("0", "1"), 9)
    assert misfits("image", VECTOR, digits) == []
    assert [found.code for found in misfits("text", VECTOR, digits)] == ["ND421"]


def test_a_tower_gets_a_sample_or_its_text() -> None:
    data = DigitsNamed().describe()
    assert [given.spec for given in TASK.given_to("image", data)] == [data.input]
    assert [given.spec for given in TASK.given_to("text", data)] == [data.target]
