from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from netdesigner.document import Choice
from netdesigner.losses.cross_entropy import CrossEntropyLoss
from netdesigner.parts import Catalog, DataSpec, Table, TensorSpec, Text
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.dataset import HIDDEN, NO_CLASS
from netdesigner.tasks.language_model import LanguageModel, MaskedLanguageModel

CATALOG = Catalog.discover()
DATA = DataSpec(TensorSpec(("N", 3), "int64"), TensorSpec(("N", 3), "int64"), classes=("a", " ", "c", "d"))

# two texts of three places; said: a c c and a c d
SCORES = np.log(
    np.array(
        [
            [[0.5, 0.25, 0.125, 0.125], [0.25, 0.25, 0.375, 0.125], [0.125, 0.125, 0.5, 0.25]],
            [[0.625, 0.125, 0.125, 0.125], [0.125, 0.25, 0.5, 0.125], [0.25, 0.125, 0.125, 0.5]],
        ],
        dtype=np.float32,
    )
)
TRUE = np.array([[0, 1, 2], [1, 2, 3]])
BITS = np.array([[1, 2, 1], [3, 1, 1]])
"""Minus the logarithm to the base 2 of what each true token was given above."""


def kept(
    task: LanguageModel | MaskedLanguageModel, scores: np.ndarray = SCORES, true: np.ndarray = TRUE
) -> np.ndarray:
    """What is kept of scores for judging."""
    networks = {"network": torch.nn.Identity()}
    return task.answers(networks, torch.from_numpy(scores), torch.from_numpy(true)).numpy()


def language_model(**params: Any) -> LanguageModel:
    return LanguageModel(loss=CrossEntropyLoss(**params))


def step(task: LanguageModel) -> dict[str, torch.Tensor]:
    networks, criterion = {"network": torch.nn.Identity()}, task.chosen_loss.build()
    return task.step(networks, criterion, Pair(torch.from_numpy(SCORES), torch.from_numpy(TRUE)))


def test_loss_in_nats_bits_and_accuracy_by_hand() -> None:
    found = step(language_model())
    assert float(found["bits"]) == pytest.approx(BITS.mean())
    assert float(found["loss"]) == pytest.approx(BITS.mean() * math.log(2))
    assert float(found["accuracy"]) == pytest.approx(4 / 6)


def test_smoothing_changes_the_loss_and_leaves_the_bits() -> None:
    plain, smoothed = step(language_model()), step(language_model(label_smoothing=0.2))
    spread = -0.8 * BITS.mean() * math.log(2) + 0.2 * SCORES.mean()
    assert float(smoothed["loss"]) == pytest.approx(-spread)
    assert torch.equal(smoothed["bits"], plain["bits"])


@pytest.mark.parametrize("kind", CATALOG.losses_for(Choice("language_model")))
def test_every_loss_of_classes_learns_each_place_as_a_sample(kind: str) -> None:
    places, each = (
        CATALOG.task(Choice(task), loss=Choice(kind)) for task in ("language_model", "classification")
    )
    output, target = torch.from_numpy(SCORES).softmax(2), torch.from_numpy(TRUE)
    network, criterion = {"network": torch.nn.Identity()}, places.chosen_loss.build()
    found = places.step(network, criterion, Pair(output, target))
    assert torch.equal(
        found["loss"], each.step(network, criterion, Pair(output.reshape(6, 4), target.reshape(6)))["loss"]
    )
    errors = each.errors(output.reshape(6, 4).numpy(), TRUE.reshape(6)).reshape(2, 3).mean(1)
    np.testing.assert_allclose(places.errors(kept(places, output.numpy()), TRUE), errors, rtol=1e-5)
    assert float(found["bits"]) == pytest.approx(errors.mean() / math.log(2))


def test_measures_by_hand() -> None:
    measures, _ = language_model().judge(kept(language_model()), TRUE, DATA)
    assert measures == {
        "bits_a_token": pytest.approx(1.5),
        "bits_a_character": pytest.approx(1.5),
        "perplexity": pytest.approx(2**1.5),
        "accuracy": pytest.approx(4 / 6),
    }


def test_bits_a_character_do_not_depend_on_how_long_tokens_are() -> None:
    pieces = replace(DATA, classes=("a", " the", "c", "d"))
    measures, _ = language_model().judge(kept(language_model()), TRUE, pieces)
    assert measures["bits_a_character"] == pytest.approx(BITS.sum() / (6 + 2 * 3))  # " the" is wanted twice
    bytes_ = replace(
        DATA, classes=("a", "\\xc3", "\\xa9", "\\x07")
    )  # two bytes that are one character, one that is one
    measures, _ = language_model().judge(kept(language_model()), TRUE, bytes_)
    assert measures["bits_a_character"] == pytest.approx(BITS.sum() / (6 - 2))


def test_what_is_kept_of_a_place_does_not_grow_with_the_tokens() -> None:
    scores = torch.zeros(2, 3, 5000)
    assert language_model().answers(
        {"network": torch.nn.Identity()}, scores, torch.from_numpy(TRUE)
    ).shape == (2, 3, 2)


def test_a_hopeless_network_has_a_perplexity_that_is_a_number() -> None:
    measures, _ = language_model().judge(kept(language_model(), SCORES * 1e6, 3 - TRUE), 3 - TRUE, DATA)
    assert math.isfinite(measures["perplexity"])


def test_a_text_is_shown_as_it_is_and_as_it_was_foretold() -> None:
    _, (true, said, table) = language_model().judge(kept(language_model()), TRUE, DATA)
    assert isinstance(true, Text)
    assert isinstance(said, Text)
    assert (true.text, said.text) == ("a c", "acc")
    assert isinstance(table, Table)
    assert table.rows == (("space", 2, 0.0), ("c", 2, 1.0), ("a", 1, 1.0), ("d", 1, 1.0))


def test_errors_are_the_mean_cross_entropy_of_each_text() -> None:
    errors = language_model().errors(kept(language_model()), TRUE)
    each = F.cross_entropy(torch.from_numpy(SCORES).transpose(1, 2), torch.from_numpy(TRUE), reduction="none")
    np.testing.assert_allclose(errors, each.numpy().mean(1), rtol=1e-6)
    assert errors.argmax() == 1


def test_where_tokens_are_hidden_only_those_count() -> None:
    data = replace(DATA, classes=("a", " ", "c", HIDDEN))
    hidden = np.array([[0, NO_CLASS, 2], [NO_CLASS, 2, NO_CLASS]])
    counted = BITS[hidden != NO_CLASS]
    task = MaskedLanguageModel(loss=CrossEntropyLoss())
    found = task.step(
        {"network": torch.nn.Identity()},
        task.chosen_loss.build(),
        Pair(torch.from_numpy(SCORES), torch.from_numpy(hidden)),
    )
    assert float(found["bits"]) == pytest.approx(counted.mean())
    output = filled(task, np.array([[3, 1, 3], [0, 3, 1]]), hidden)
    measures, previews = task.judge(output, hidden, data)
    assert measures["accuracy"] == 1
    assert measures["bits_a_token"] == pytest.approx(1)
    assert isinstance(previews[-1], Table)
    assert previews[-1].rows == (("c", 2, 1.0), ("a", 1, 1.0))
    assert task.read(np.array([3, 1, 2]), data) == f"{HIDDEN} c"


def filled(task: MaskedLanguageModel, seen: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """What is kept of scores for the gaps of texts that a network saw."""
    network = torch.nn.Sequential()
    network.forward = lambda _: torch.from_numpy(SCORES)  # type: ignore[method-assign]
    return task.answers({"network": network}, torch.from_numpy(seen), torch.from_numpy(hidden)).numpy()


def test_each_gap_is_shown_in_the_text_around_it() -> None:
    data = replace(DATA, classes=("a", " ", "c", HIDDEN))
    seen, hidden = np.array([[3, 3, 2], [0, 3, 1]]), np.array([[0, 2, NO_CLASS], [NO_CLASS, 1, NO_CLASS]])
    task = MaskedLanguageModel(loss=CrossEntropyLoss())
    output = filled(task, seen, hidden)
    _, (true, said, gaps, _) = task.judge(output, hidden, data)
    assert isinstance(true, Text)
    assert isinstance(said, Text)
    assert (true.text, said.text) == ("‹ac›c", "‹ac›c")
    assert isinstance(gaps, Table)
    assert gaps.rows == (("right", f"‹…›{HIDDEN}c", "a", "a"), ("right", f"{HIDDEN}‹…›c", "c", "c"))
    assert task.words(output[1], hidden[1], data) == ("a‹ › ", "a‹c› ")


def test_data_with_hidden_tokens_and_without_are_for_one_task_each() -> None:
    masked, hidden = (
        MaskedLanguageModel(loss=CrossEntropyLoss()),
        replace(DATA, classes=("a", " ", "c", HIDDEN)),
    )
    output = TensorSpec(("N", 3, 4))
    assert masked.misfits(output, hidden, "Linear") == language_model().misfits(output, DATA, "Linear") == ()
    for task, data, said in (
        (masked, DATA, "none are hidden in the data"),
        (language_model(), hidden, "choose the task Masked language model"),
    ):
        (found,) = task.misfits(output, data, "Linear")
        assert found.code == "ND421"
        assert said in found.message


def test_texts_for_texts_are_told() -> None:
    data = replace(DATA, input=TensorSpec(("N", 7), "int64"))
    (found,) = language_model().misfits(TensorSpec(("N", 3, 4)), data, "Linear")
    assert found.code == "ND421"
    assert "a sample is [N, 7] int64 and its targets are [N, 3] int64" in found.message


def test_caption_shows_both_texts() -> None:
    assert language_model().caption(kept(language_model())[1], TRUE[1], DATA) == "true  cd, said acd"


@pytest.mark.parametrize(
    ("output", "last", "message"),
    [
        (
            TensorSpec(("N", 3, 7)),
            "Linear",
            "There are 4 tokens, but the output [N, 3, 7] has 7 scores a place",
        ),
        (TensorSpec(("N", 4, 3)), "Conv1d", "at each place, [N, 3, 4], but the output is [N, 4, 3]"),
        (TensorSpec(("N", 4)), "Linear", "at each place, [N, 3, 4], but the output is [N, 4]"),
        (TensorSpec(("N", 3, 4)), "Softmax", "softmax itself"),
    ],
)
def test_misfit_says_both_sides(output: TensorSpec, last: str, message: str) -> None:
    (found,) = language_model().misfits(output, DATA, last)
    assert message in found.message


def test_places_may_be_free() -> None:
    assert language_model().misfits(TensorSpec(("N", "T", 4)), DATA, "Linear") == ()


@pytest.mark.parametrize(
    ("target", "classes", "message"),
    [
        (TensorSpec(("N",), "int64"), ("a", "b"), "the targets are classes [N] int64"),
        (TensorSpec(("N", 2)), (), "the targets are values [N, 2]"),
    ],
)
def test_targets_that_are_no_text_are_told(
    target: TensorSpec, classes: tuple[str, ...], message: str
) -> None:
    data = DataSpec(TensorSpec(("N", 3)), target, classes)
    (found,) = language_model().misfits(TensorSpec(("N", 3, 4)), data, "Linear")
    assert message in found.message


class Next(torch.nn.Module):
    """Is nearly sure that each token is followed by the next of four."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return 50.0 * F.one_hot((input + 1) % 4, 4).float()


def test_a_network_goes_on_with_held_out_texts_by_itself() -> None:
    texts = torch.tensor([[0, 1, 2, 3, 3, 3], [2, 3, 0, 1, 1, 1]])
    (table,) = language_model().made({"network": Next()}, texts, DATA)
    assert isinstance(table, Table)
    assert table.rows == (("a c", "da "), ("cda", " cd"))
    assert texts[0].tolist() == [0, 1, 2, 3, 3, 3]
