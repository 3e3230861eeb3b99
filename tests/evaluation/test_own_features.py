from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from netdesigner.errors import CancelledError
from netdesigner.evaluation import evaluate, own_features
from netdesigner.evaluation.own_features import Drawn, draw, frechet_distance, inception_score, judge_drawn
from netdesigner.losses.distance import MSELoss
from netdesigner.parts import DataSpec, Table, TensorSpec, Text
from netdesigner.parts.dataset import no_progress
from netdesigner.parts.figures import about, title_of
from netdesigner.tasks.gan import Gan

NAMES = ("dark", "grey", "light")
PICTURES = DataSpec(TensorSpec(("N", 1, 4, 4)), TensorSpec(("N",), "int64"), NAMES, 120)
ROWS = DataSpec(TensorSpec(("N", 3)), TensorSpec(("N", 1)), rows=120)


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_features, "_STEPS", 40)
    monkeypatch.setattr(own_features, "_BATCH", 24)


def pictures(count: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Evenly of three levels, with a little noise."""
    labels = torch.arange(count) % 3
    noise = torch.randn(count, 1, 4, 4, generator=torch.Generator().manual_seed(seed))
    return labels.reshape(-1, 1, 1, 1) + 0.1 * noise, labels


def judged(
    samples: Tensor, classes: Tensor | None = None, data: DataSpec = PICTURES, pairs: bool = True
) -> tuple[dict[str, float], dict[str, Table | Text]]:
    torch.manual_seed(0)
    parts = pictures(120), pictures(60, 1)
    if not pairs:
        parts = tuple((input[:, 0, 0, :3], torch.zeros(len(input), 1)) for input, _ in parts)
    measures, previews = judge_drawn(Drawn(samples, classes), *parts, data, no_progress)
    return measures, {preview.title: preview for preview in previews}


def test_a_single_real_sample_judges_nothing() -> None:
    (learned, held_out), made = (pictures(30), pictures(1)), Drawn(pictures(60)[0], None)
    for parts in ((learned, held_out), (held_out, learned)):
        measures, (told,) = judge_drawn(made, *parts, PICTURES, no_progress)
        assert measures == {}
        assert isinstance(told, Text)
        assert "too few real samples" in told.text


def test_samples_like_the_data_score_better_than_a_collapsed_or_a_noisy_model() -> None:
    good, wanted = pictures(90, 2)
    fine, _ = judged(good)
    assert fine["inception_score"] == pytest.approx(3, abs=0.2)
    assert fine["rarest_class"] == pytest.approx(1 / 3, abs=0.02)
    assert fine["sure"] > 0.95
    assert all(map(about, fine))
    collapsed, _ = judged(good[wanted == 2].repeat(2, 1, 1, 1))
    assert collapsed["inception_score"] == pytest.approx(1, abs=0.1)
    assert collapsed["rarest_class"] == 0
    noisy, _ = judged(good + torch.randn(good.shape))
    assert fine["frechet_distance"] < min(collapsed["frechet_distance"], noisy["frechet_distance"]) / 5


def test_it_is_told_how_many_are_of_the_class_they_were_made_for() -> None:
    samples, wanted = pictures(90, 2)
    assert judged(samples, wanted)[0]["class_kept"] > 0.95
    assert judged(samples, (wanted + 1) % 3)[0]["class_kept"] < 0.05
    assert "class_kept" not in judged(samples)[0]


def test_the_words_say_that_the_features_are_of_the_own_data() -> None:
    _, shown = judged(pictures(90, 2)[0])
    text = shown["Scores by features that were learned here"]
    assert isinstance(text, Text)
    assert text.text.startswith("90 samples were made up, out of the same noise each time. 1,000 would take")
    assert "learned the classes of the training part, here" in text.text
    assert "compare models of the same data only" in text.text
    table = shown["Classes of what was made up"]
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == [*NAMES]
    beside = shown["Made up, beside real samples that were held out"]
    assert isinstance(beside, Table)
    assert [row[0] for row in beside.rows] == ["Inception score", "Fréchet distance", "Sure", "Rarest class"]


def test_without_classes_groups_stand_in_for_them() -> None:
    measures, shown = judged(pictures(90, 2)[0][:, 0, 0, :3], data=ROWS, pairs=False)
    assert 1 < measures["inception_score"] <= 10
    text, table = shown["Scores by features that were learned here"], shown["Classes of what was made up"]
    assert isinstance(text, Text)
    assert "that k-means finds" in text.text
    assert isinstance(table, Table)
    assert table.rows[0][0] == "group 1"


def test_samples_that_are_no_numbers_count_nowhere_and_few_are_not_judged() -> None:
    samples, _ = pictures(90, 2)
    samples[3] = torch.nan
    _, shown = judged(samples)
    assert "1 more hold no usable numbers" in getattr(
        shown["Scores by features that were learned here"], "text", ""
    )
    samples[10:] = torch.inf
    measures, shown = judged(samples)
    assert measures == {}
    assert "9 of 90 samples" in getattr(shown["Scores by features that were learned here"], "text", "")


def batches() -> Iterator[tuple[Tensor, Tensor]]:
    for first in itertools.count(0, 300):
        yield torch.zeros(300, 2) @ torch.zeros(2, 2), torch.arange(first, first + 300)


def test_a_thousand_are_drawn_or_as_few_as_a_large_network_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []
    drawn = draw(batches(), lambda fraction, _text: told.append(fraction))
    assert drawn is not None
    assert drawn.classes is not None
    assert (len(drawn.samples), drawn.classes.tolist()) == (1200, list(range(1200)))
    assert told == [0, 0.3, 0.6, 0.9, 1.0]
    for operations, expected in ((5999, 600), (1, 300)):  # a batch takes 2 · 300 · 2 · 2
        monkeypatch.setattr(own_features, "_MOST_OPERATIONS", {"cpu": operations})
        with torch.inference_mode():
            fewer = draw(batches(), no_progress)
        assert fewer is not None
        assert len(fewer.samples) == expected
    assert draw(iter(()), no_progress) is None


# -- the scores -------------------------------------------------------------------------------------------------------


def test_the_distance_of_normal_distributions_is_that_of_its_formula() -> None:
    random = np.random.default_rng(0)
    one, other = random.normal(size=(2, 50_000, 2))
    assert frechet_distance(one, other) == pytest.approx(0, abs=2e-3)
    assert frechet_distance(one, one) == pytest.approx(0, abs=1e-9)
    # means 3 apart; deviations 1 and 2 along one axis: 9 + (2 - 1)²
    assert frechet_distance(one, other * [1, 2] + [3, 0]) == pytest.approx(10, rel=0.02)
    turned = other * [1, 3] @ np.array([[0.6, 0.8], [-0.8, 0.6]])
    assert frechet_distance(one, turned) == pytest.approx((3 - 1) ** 2, rel=0.03)


def test_the_score_is_the_number_of_classes_that_are_surely_and_evenly_there() -> None:
    assert inception_score(np.eye(4)) == pytest.approx(4)
    assert inception_score(np.full((9, 4), 0.25)) == pytest.approx(1)
    assert inception_score(np.eye(4)[[0, 0, 0, 0]]) == pytest.approx(1)
    # one half is surely of one class, the other undecided between two: entropies by hand
    chances = np.array([[1.0, 0.0], [0.5, 0.5]])
    mean = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    assert inception_score(chances) == pytest.approx(np.exp(mean - np.log(2) / 2))


# -- in an evaluation -------------------------------------------------------------------------------------------------


class Maker(nn.Module):
    """Pictures of three levels, which the noise decides."""

    input_specs = (TensorSpec(("N", 2)),)

    def forward(self, noise: Tensor) -> Tensor:
        return (noise[:, :1] * 2).round().clamp(0, 2).reshape(-1, 1, 1, 1).expand(-1, 1, 4, 4)


class Scorer(nn.Module):
    def forward(self, pictures: Tensor) -> Tensor:
        return pictures.flatten(1).mean(1)


def test_an_evaluation_tells_them_the_same_each_time_and_can_be_cancelled() -> None:
    networks = {"generator": Maker(), "discriminator": Scorer()}
    told: list[float] = []
    first, second = (
        evaluate(
            networks, *pictures(40, 1), Gan(), PICTURES, images=True, learned=pictures(120),
            progress=lambda fraction, _text: told.append(fraction),
        )
        for _ in range(2)
    )  # fmt: skip
    assert first == second
    assert {"inception_score", "frechet_distance", "sure", "rarest_class"} <= first.measures.keys()
    assert first.measures["samples_made_up"] == 1000
    assert "judge is a small network" in about("sure")
    assert title_of("rarest_class") == "Rarest class, made up"
    half = told[: len(told) // 2]
    assert half == sorted(half)
    assert half[-1] <= 1

    def cancel(fraction: float, text: str) -> None:
        if "features" in text:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        evaluate(networks, *pictures(40, 1), Gan(), PICTURES, learned=pictures(120), progress=cancel)


def test_a_task_that_makes_up_nothing_has_none() -> None:
    from netdesigner.tasks.regression import Regression

    found = evaluate(
        nn.Linear(3, 1), torch.rand(9, 3), torch.rand(9, 1), Regression(loss=MSELoss()), ROWS,
        learned=(torch.rand(9, 3), torch.rand(9, 1)),
    )  # fmt: skip
    assert "inception_score" not in found.measures
