from __future__ import annotations

import math
from functools import reduce

from netdesigner.training.events import (
    EpochEnd,
    Event,
    Failed,
    Finished,
    Paused,
    PhaseBegan,
    Preparing,
    Resumed,
    Started,
    Steps,
)
from netdesigner.ui.run_progress import RunProgress

STARTED = Started("run", "cpu", 3, 10, 99, {"train": 160}, ("loss", "accuracy"), "accuracy", "higher")
STEPS = Steps(1, 1, {"loss": (1.0, 0.9)}, (0.1, 0.1), 1250.0, 2.0, 12.0, 2**20)
EPOCH = EpochEnd(1, 10, {"accuracy": 0.5}, {"accuracy": 0.982}, 0.1, 2.0, 12.0, 2**20, True)
WORSE = EpochEnd(2, 20, {"accuracy": 0.5}, {"accuracy": 0.7}, 0.1, 2.0, 12.0, 2**20, False)


def after(*events: Event) -> RunProgress:
    return reduce(RunProgress.after, events, RunProgress())


def test_preparing_says_what_is_done() -> None:
    progress = after(Preparing("Reading the data", 0.25))
    assert (progress.line(), progress.done) == ("Reading the data", 0.25)


def test_a_running_run_in_one_line() -> None:
    progress = after(STARTED, STEPS)
    assert progress.line() == "epoch 1/3 · step 2 · 1,250 samples/s · 12 s left · 1.00 MB memory"
    assert progress.done == 2 / 30


def test_the_phase_of_the_training_is_told() -> None:
    progress = after(STARTED, PhaseBegan(2, 3, 1, 0, ("main.fc",), 0.1), STEPS)
    assert progress.line().startswith("phase 2/3 · epoch 1/3")


def test_the_best_epoch_is_kept() -> None:
    progress = after(STARTED, STEPS, EPOCH, WORSE)
    assert progress.best_epoch == 1
    assert "best 98.2 % at epoch 1" in progress.line(percent=True)


def test_without_validation_the_training_part_decides() -> None:
    bare = EpochEnd(1, 10, {"accuracy": 0.5}, {}, 0.1, 2.0, 12.0, 0, True)
    assert after(STARTED, bare).best_value == 0.5


def test_a_paused_run_stays_paused_while_its_last_steps_come_in() -> None:
    progress = after(STARTED, STEPS, Paused(2), STEPS)
    assert progress.phase == "paused"
    assert progress.line().startswith("paused · epoch 1/3")
    assert progress.after(Resumed(2)).phase == "running"


def test_a_finished_run() -> None:
    progress = after(STARTED, EPOCH, Finished("early", 2, 20, 1, 0.982, 5.0, "run"))
    assert progress.phase == "finished"
    assert progress.line().startswith("finished early")


def test_a_failed_run() -> None:
    progress = after(STARTED, Failed("the loss is not a number"))
    assert (progress.phase, progress.message) == ("failed", "the loss is not a number")


def test_a_resumed_run_begins_where_it_was() -> None:
    resumed = Started("run", "cpu", 3, 10, 99, {}, resumed_step=15, batches_behind=15)
    progress = after(resumed)
    assert (progress.epoch, progress.step) == (2, 15)
    assert math.isnan(progress.best_value)


def test_a_run_that_goes_on_with_other_batches_is_as_far_as_these_are() -> None:
    halved = Started("run", "cpu", 10, 200, 99, {}, resumed_step=450, batches_behind=800)
    progress = after(halved)
    assert (progress.epoch, progress.step, progress.done) == (4, 450, 0.4)
    assert after(halved, Steps(451, 5, {"loss": (1.0,)}, (0.1,))).done == 801 / 2000
    assert after(halved, Steps(1650, 10, {"loss": (1.0,)}, (0.1,))).done == 1.0
