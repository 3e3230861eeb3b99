from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from netdesigner.errors import TrainingError
from netdesigner.evaluation import evaluate
from netdesigner.losses.cross_entropy import CrossEntropyLoss, NLLLoss
from netdesigner.parts import Bars, DataSpec, Table, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.dataset import END, FILL, MARKS, NO_CLASS, START
from netdesigner.tasks.sequence_to_sequence import SequenceToSequence

A, B, C = range(3, 6)
DATA = DataSpec(
    TensorSpec(("N", 7), "int64"),
    TensorSpec(("N", 4), "int64"),
    classes=(*MARKS, "a", "b", "c"),
    rows=2,
    targets=("token",),
)
INPUT = torch.tensor([[C, END, FILL, START, A, B, C], [B, A, END, START, C, FILL, FILL]])
TARGET = torch.tensor([[A, B, C, END], [C, END, NO_CLASS, NO_CLASS]])
TASK = SequenceToSequence(loss=CrossEntropyLoss())


class Follows(nn.Module):
    """At each place to write, says what follows the token there; each token is followed by one other."""

    def __init__(self, **after: int) -> None:
        super().__init__()
        self.after = torch.tensor([after.get(name, FILL) for name in DATA.classes])

    def forward(self, input: Tensor) -> Tensor:
        return nn.functional.one_hot(self.after[input[:, -4:]], len(DATA.classes)) * 20.0


RIGHT = Follows(start=A, a=B, b=C, c=END)


def step(network: nn.Module, input: Tensor = INPUT, target: Tensor = TARGET) -> dict[str, float]:
    found = TASK.step({"network": network}, TASK.chosen_loss.build(), Pair(input, target))
    return {name: float(value) for name, value in found.items()}


def kept(network: nn.Module) -> np.ndarray:
    """What is kept for judging of what a network writes by itself."""
    return TASK.answers({"network": network}, INPUT, TARGET).numpy()


def test_only_places_where_something_is_learned_count() -> None:
    # the first text wholly right; of the second, of two tokens, only that it ends
    found = step(RIGHT)
    assert found["accuracy"] == pytest.approx(5 / 6)
    assert found["exact"] == 0.5
    assert found["loss"] == pytest.approx(20 / 6, rel=1e-3)


def test_the_right_tokens_are_seen_while_training_and_those_written_when_judged() -> None:
    network = Follows(start=B, a=B, b=C, c=END)
    forced, alone = network(INPUT).argmax(-1), TASK.answer(network, INPUT).argmax(-1)
    assert forced[0].tolist() == [B, B, C, END]
    assert alone[0].tolist() == [B, C, END, FILL]


def test_what_is_to_be_written_is_not_looked_at() -> None:
    blind = INPUT.clone()
    blind[:, -3:] = FILL
    assert torch.equal(TASK.answer(RIGHT, INPUT), TASK.answer(RIGHT, blind))


def test_a_network_that_sees_later_places_is_refused_and_would_be_found_out() -> None:
    class LooksAhead(nn.Module):
        def forward(self, input: Tensor) -> Tensor:
            later = torch.cat([input[:, -3:], torch.full((len(input), 1), END)], dim=1)
            return nn.functional.one_hot(later, len(DATA.classes)) * 20.0

    input, target = INPUT[:1], TARGET[:1]
    assert step(LooksAhead(), input, target)["exact"] == 1
    assert evaluate(LooksAhead(), input, target, TASK, DATA).measures["exact"] == 0
    with pytest.raises(TrainingError, match="sees what it should foretell"):
        TASK.check_networks({"network": LooksAhead()}, input)
    TASK.check_networks({"network": RIGHT}, input)


def test_the_input_is_left_as_it_is() -> None:
    before = INPUT.clone()
    TASK.answer(RIGHT, INPUT)
    assert torch.equal(INPUT, before)


def test_measures_and_texts_by_hand() -> None:
    measures, (texts, places) = TASK.judge(kept(RIGHT), TARGET.numpy(), DATA)
    assert measures["exact"] == 0.5
    assert measures["accuracy"] == pytest.approx(4 / 6)
    # "abc" for "abc" and for "c": 4 of 6 tokens, 2 of 4 pairs and 1 of 2 triples are right
    assert measures["bleu"] == pytest.approx((4 / 6 * 2 / 4 * 1 / 2) ** (1 / 3))
    assert isinstance(texts, Table)
    assert texts.rows == (("abc", "abc", "yes"), ("c", "abc", "no"))
    assert isinstance(places, Bars)
    assert places.values == (0.5, 0.5, 0.5, 0.5)


def test_a_text_of_no_token_is_shown_as_such() -> None:
    output = kept(Follows(start=END))
    assert TASK.words(output[1], TARGET.numpy()[1], DATA) == ("c", "∅")


def test_errors_are_a_mean_over_the_places_of_each_text() -> None:
    class Unsure(nn.Module):
        def forward(self, input: Tensor) -> Tensor:
            scores = torch.zeros(2, 4, 6)
            scores[1, 0, C] = math.log(5)  # half of the softmax, the other five have the rest
            return scores

    errors = TASK.errors(kept(Unsure()), TARGET.numpy())
    assert errors == pytest.approx([math.log(6), (math.log(2) + math.log(6)) / 2])


def test_the_worst_are_shown_with_the_text_that_was_read() -> None:
    found = evaluate(RIGHT, INPUT, TARGET, TASK, DATA)
    assert isinstance(found.worst, Table)
    assert found.worst.columns == ("sample", "true", "said", "input")
    assert found.worst.rows[0] == (1, "c", "abc", "ba")


def test_scores_of_another_loss_are_taken_as_it_takes_them() -> None:
    task = SequenceToSequence(loss=NLLLoss())
    logs = nn.Sequential(RIGHT, nn.LogSoftmax(-1))
    found = task.step({"network": logs}, task.chosen_loss.build(), Pair(INPUT, TARGET))
    assert float(found["loss"]) == pytest.approx(step(RIGHT)["loss"])
    assert [misfit.code for misfit in task.misfits(TensorSpec(("N", 4, 6)), DATA, "Linear")] == ["ND423"]


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (("N", 4, 5), "There are 6 tokens"),
        (("N", 7, 6), "takes a score a token at each place to write, [N, 4, 6]"),
        (("N", 6), "takes a score a token at each place to write"),
    ],
)
def test_an_output_of_another_shape_is_told(shape: tuple[str | int, ...], said: str) -> None:
    (misfit,) = TASK.misfits(TensorSpec(shape), DATA, "Linear")
    assert (misfit.code, misfit.features) == ("ND420", 6)
    assert said in misfit.message


def test_data_that_are_no_pairs_are_told() -> None:
    plain = DataSpec(TensorSpec(("N", 4), "int64"), TensorSpec(("N", 4), "int64"), classes=(*MARKS, "a"))
    (misfit,) = TASK.misfits(TensorSpec(("N", 4, 4)), plain, "Linear")
    assert misfit.code == "ND421"
    assert "choose data that are pairs of texts" in misfit.message
