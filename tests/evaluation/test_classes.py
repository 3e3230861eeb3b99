from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from netdesigner.evaluation import classes
from netdesigner.parts.preview import Curves, Line

NAMES = tuple(f"class {number}" for number in range(12))


def ranked(chances: np.ndarray, true: np.ndarray) -> classes.Ranking:
    hits = true[:, np.newaxis] == np.arange(chances.shape[1])
    said = chances.argmax(1)[:, np.newaxis] == np.arange(chances.shape[1])
    return classes.ranking_of(chances, hits, said, NAMES[: chances.shape[1]])


def guesses(count: int, rows: int = 400) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    true = random.integers(0, count, rows)
    return classes.chances_of(random.normal(size=(rows, count)) + 1.5 * np.eye(count)[true]), true


def area_under(line: Line) -> float:
    return float(np.trapezoid(line.y, line.x))


@pytest.mark.parametrize("decimals", [16, 1])
def test_areas_are_those_of_scikit_learn_for_each_class_and_in_every_mean(decimals: int) -> None:
    """Of chances that differ, and of some of which many are equal."""
    chances, true = guesses(4)
    chances = chances.round(decimals)
    found, hits = ranked(chances, true), np.eye(4)[true]
    assert found.areas.roc == pytest.approx(metrics.roc_auc_score(hits, chances, average=None))
    assert found.areas.precision == pytest.approx(
        metrics.average_precision_score(hits, chances, average=None)
    )
    for average, *cells in found.means.rows:
        expected = metrics.precision_recall_fscore_support(true, chances.argmax(1), average=average)[:3]
        areas = (metrics.roc_auc_score, metrics.average_precision_score)
        assert cells[:3] == pytest.approx(expected, abs=1e-4)
        assert cells[3:] == pytest.approx([area(hits, chances, average=average) for area in areas], abs=1e-4)


def test_a_class_that_no_sample_is_of_has_no_area_and_counts_in_no_mean() -> None:
    chances, true = guesses(4)
    kept = true != 2
    found = ranked(chances[kept], true[kept])
    assert np.isnan(found.areas.roc).tolist() == [False, False, True, False]
    assert found.measures()["roc_area"] == pytest.approx(np.nanmean(found.areas.roc))
    assert not any("class 2" in line.name for curves in found.curves for line in curves.lines)


def test_where_only_one_class_occurs_nothing_is_told_by_areas() -> None:
    chances, _ = guesses(3, 5)
    found = ranked(chances, np.zeros(5, int))
    assert found.measures() == {}
    assert [curves.lines for curves in found.curves] == [(), ()]


def test_lines_bear_their_areas_have_few_points_and_keep_their_form() -> None:
    chances, true = guesses(3, 20_000)
    rates, precisions = ranked(chances, true).curves
    assert [line.name.split(",")[0] for line in rates.lines] == ["micro", *NAMES[:3], "macro"]
    assert [line.name.split(",")[0] for line in precisions.lines] == ["micro", *NAMES[:3]]
    for line in (*rates.lines, *precisions.lines):
        assert len(line.x) <= 200
        assert (line.x[0], line.x[-1]) == (0, 1)
        assert area_under(line) == pytest.approx(float(line.name.rpartition(" ")[2]), abs=2e-3)


def test_of_many_classes_those_with_the_smallest_areas_are_drawn() -> None:
    chances, true = guesses(12)
    found = ranked(chances, true)
    drawn = {line.name.split(",")[0] for line in found.curves[0].lines[1:-1]}
    assert drawn == {NAMES[number] for number in found.areas.roc.argsort()[:6]}
    assert [line.name.split(",")[0] for line in found.curves[1].lines[1:]] == sorted(drawn, key=NAMES.index)
    assert found.curves[0].title == "ROC, those with the smallest areas"


def test_of_two_classes_the_second_is_drawn_alone() -> None:
    found = ranked(*guesses(2))
    assert [[line.name.split(",")[0] for line in curves.lines] for curves in found.curves] == [
        ["class 1"]
    ] * 2


def test_of_very_many_scores_some_samples_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ranked(*guesses(4))
    monkeypatch.setattr(classes, "_MOST_SCORES", 800)
    some = ranked(*guesses(4))
    assert some.curves[0].title == "ROC, of one sample in 2"
    assert some.areas.roc == pytest.approx(whole.areas.roc, abs=0.1)
    assert some.means.rows[0][1:4] == whole.means.rows[0][1:4]


def test_samples_may_be_of_several_classes() -> None:
    hits = np.array([[1, 1], [1, 0], [0, 0], [0, 1]], bool)
    chances = np.array([[0.9, 0.8], [0.7, 0.3], [0.1, 0.2], [0.4, 0.1]])
    found = classes.ranking_of(chances, hits, chances > 0.5, ("wet", "cold"))
    assert found.areas.roc.tolist() == [1.0, 0.5]
    assert [line.name.split(",")[0] for line in found.curves[0].lines] == ["micro", "wet", "cold", "macro"]


def test_scores_that_are_all_the_same_find_no_more_than_the_first_classes() -> None:
    true = np.arange(10)
    assert classes.among_best(np.zeros((10, 10)), true, 3) == 0.3
    assert classes.among_best(np.eye(10), true, 1) == 1


def test_the_calibration_error_is_that_of_its_definition() -> None:
    sure = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, True, False, True, False])
    error, curves = classes.reliability(sure, right)
    assert error == pytest.approx(4 / 6 * 0.2 + 2 / 6 * 0.05)
    assert isinstance(curves, Curves)
    shares, samples = curves.lines
    assert (shares.x, shares.y) == ((0.55, 0.95), (0.5, 0.75))
    assert samples.y == (0.33333, 0.66667)


def test_what_is_as_sure_as_it_is_right_is_calibrated() -> None:
    random = np.random.default_rng(0)
    sure = random.random(20_000)
    assert classes.reliability(sure, random.random(20_000) < sure)[0] < 0.02
    assert classes.reliability(np.ones(9), np.ones(9, bool))[0] == 0


def test_thresholds_agree_with_scikit_learn_and_nothing_said_has_no_precision() -> None:
    chances, true = guesses(2)
    curves, table = classes.by_threshold(chances[:, 1] * 0.9, true == 1, "yes")
    assert curves.lines[0].x[-1] < curves.lines[1].x[-1] == 1
    for threshold, *cells in table.rows:
        said = chances[:, 1] * 0.9 >= threshold
        expected = metrics.precision_recall_fscore_support(true, said, average="binary", zero_division=0)
        if said.any():
            assert cells[:3] == pytest.approx(expected[:3], abs=1e-4)
        assert cells[3:5] == [pytest.approx(metrics.accuracy_score(true, said), abs=1e-4), said.sum()]
