from __future__ import annotations

from collections.abc import Iterator

from netdesigner.parts import Catalog
from netdesigner.training.events import EpochEnd, Event, PhaseBegan, Started, Steps
from netdesigner.ui.run_series import LEARNING_RATE, THROUGHPUT, RunSeries, curve_named


def started(resumed_step: int = 0) -> Started:
    return Started("run", "cpu", 3, 4, 10, {"train": 16}, ("loss",), resumed_step=resumed_step)


def steps(first: int, count: int, epoch: int = 1) -> Steps:
    values = tuple(float(first + index) for index in range(count))
    return Steps(first, epoch, {"loss": values}, (0.1,) * count, 100.0)


def epoch(number: int, step: int) -> EpochEnd:
    return EpochEnd(number, step, {"loss": 1.0}, {"loss": 2.0 * number}, 0.1, 1.0, 1.0, 0, True)


def run() -> Iterator[Event]:
    yield started()
    yield steps(1, 3)
    yield steps(4, 1)
    yield epoch(1, 4)
    yield steps(5, 4, 2)
    yield epoch(2, 8)


def test_every_step_is_a_point() -> None:
    series = RunSeries("run")
    series.take(run())
    assert list(series.train["loss"].x) == list(range(1, 9))
    assert list(series.train["loss"].y) == list(range(1, 9))
    assert list(series.validation["loss"].x) == [4, 8]
    assert list(series.validation["loss"].y) == [2.0, 4.0]
    assert series.last_step == 8
    assert series.names() == ("loss", LEARNING_RATE, THROUGHPUT)


def test_curves_stand_in_the_order_of_the_task() -> None:
    series = RunSeries("run")
    curves = "loss", "judged"
    series.take((Started("run", "cpu", 1, 1, 10, {"train": 1}, curves, task="gan"),))
    series.take((Steps(1, 1, {"more": (1.0,), "judged": (1.0,), "loss": (1.0,)}, (0.1,)),))
    assert series.names() == ("loss", "judged", "more", LEARNING_RATE)
    assert series.task == "gan"


def test_what_a_resumed_run_gave_up_is_dropped() -> None:
    series = RunSeries("run")
    series.take(run())
    series.take((started(resumed_step=4), steps(5, 1, 2)))
    assert list(series.train["loss"].x) == [1, 2, 3, 4, 5]
    assert list(series.validation["loss"].x) == [4]
    assert series.epochs == [4]


def test_the_learning_rate_is_never_smoothed() -> None:
    series = RunSeries("run", 0.9)
    series.take(run())
    assert series.train[LEARNING_RATE].smoothing == 0
    assert series.train["loss"].smoothing == 0.9
    series.smoothing = 0.5
    assert series.train[LEARNING_RATE].smoothing == 0
    assert series.train["loss"].smoothing == 0.5


def test_a_curve_is_called_what_its_task_calls_it(catalog: Catalog) -> None:
    assert curve_named("loss", catalog).title == "Loss"
    assert curve_named("loss", catalog, "gan").title == "Generator loss"
    assert curve_named("accuracy", catalog, "gan").percent
    assert curve_named("accuracy", catalog, "of a plugin that is gone").percent
    assert curve_named(LEARNING_RATE, catalog).title == "Learning rate"
    assert curve_named("output:balance", catalog).title == "balance"
    assert curve_named("some_thing", catalog).title == "Some thing"


def test_where_phases_begin_is_kept_and_told_again_where_a_run_is_resumed_there() -> None:
    series = RunSeries("run")
    series.take((started(), PhaseBegan(1, 3, 1, 0), *run(), PhaseBegan(2, 3, 3, 8), steps(9, 2, 3)))
    assert series.phases == [8]
    series.take((started(resumed_step=8), PhaseBegan(2, 3, 3, 8), steps(9, 4, 3), PhaseBegan(3, 3, 4, 12)))
    assert series.phases == [8, 12]
