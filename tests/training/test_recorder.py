from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from netdesigner.training import recorder as recorder_module
from netdesigner.training.data import Pair
from netdesigner.training.recorder import Recorder


class Checked:
    """Stands for the update, whose check is read on a GPU."""

    losses = ("loss", "other")

    def __init__(self, bad: bool = False) -> None:
        self.bad = bad

    def gradients_bad(self) -> bool:
        return self.bad


def pair(size: int) -> Pair:
    return Pair(torch.zeros(size, 1), torch.zeros(size))


def made(reads: bool = True, bad: bool = False) -> Recorder:
    update: Any = Checked(bad)
    return Recorder(update, reads)


def test_steps_come_out_in_order_with_their_numbers() -> None:
    recorder = made()
    for loss in (3.0, 2.0, 1.0):
        recorder.add({"loss": loss}, 0.1 * loss, pair(4))
    steps = recorder.flush(last_step=9, epoch=2)
    assert steps is not None
    assert (steps.first, steps.last, steps.epoch) == (7, 9, 2)
    assert steps.values == {"loss": (3.0, 2.0, 1.0)}
    assert steps.learning_rate == pytest.approx((0.3, 0.2, 0.1))
    assert recorder.flush(9, 2) is None


def test_the_mean_of_an_epoch_weighs_batches_by_their_samples() -> None:
    recorder = made()
    recorder.add({"loss": 1.0}, 0.1, pair(30))
    recorder.flush(1, 1)
    recorder.add({"loss": 4.0}, 0.1, pair(10))
    recorder.flush(2, 1)
    assert recorder.means() == {"loss": pytest.approx(1.75)}
    assert recorder.means() == {}


def test_the_norm_of_gradients_is_a_curve_and_no_measure() -> None:
    recorder = made()
    recorder.add({"loss": 1.0}, 0.1, pair(2))
    recorder.add({"loss": 1.0, "grad_norm": 5.0}, 0.1, pair(2))
    steps = recorder.flush(2, 1)
    assert steps is not None
    assert math.isnan(steps.values["grad_norm"][0])
    assert steps.values["grad_norm"][1] == 5.0
    assert recorder.means() == {"loss": 1.0}


def test_it_is_time_to_hand_on_only_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(recorder_module, "perf_counter", lambda: now[0])
    recorder = made()
    now[0] += recorder_module.FLUSH_S / 2
    assert not recorder.add({"loss": 1.0}, 0.1, pair(8))
    now[0] += recorder_module.FLUSH_S / 2
    assert recorder.add({"loss": 1.0}, 0.1, pair(8))
    steps = recorder.flush(2, 1)
    assert steps is not None
    assert steps.samples_per_s == pytest.approx(16 / recorder_module.FLUSH_S)
    now[0] += 1000.0
    recorder.restart_clock()
    now[0] += 1.0
    recorder.add({"loss": 1.0}, 0.1, pair(8))
    steps = recorder.flush(3, 1)
    assert steps is not None
    assert steps.samples_per_s == pytest.approx(8.0)


def test_on_a_gpu_numbers_are_read_together_and_the_first_bad_step_is_found() -> None:
    recorder = made(reads=False)
    pairs = [pair(2), pair(3), pair(4)]
    for loss, given in zip((1.0, math.nan, math.nan), pairs, strict=True):
        recorder.add({"loss": torch.tensor(loss), "accuracy": torch.tensor(0.5)}, 0.1, given)
    steps = recorder.flush(12, 1)
    assert steps is not None
    assert steps.values["accuracy"] == (0.5, 0.5, 0.5)
    assert recorder.bad is not None
    assert (recorder.bad.what, recorder.bad.step) == ("loss", 11)
    assert recorder.bad.pairs == (pairs[1],)


def test_on_a_gpu_steps_may_have_given_nothing() -> None:
    recorder = made(reads=False)
    recorder.add({}, 0.1, pair(2))  # no turn of the task had anything to learn
    steps = recorder.flush(7, 1)
    assert steps is not None
    assert (steps.first, steps.last, steps.values) == (7, 7, {})


def test_on_a_gpu_a_bad_gradient_leaves_all_batches_to_look_at() -> None:
    recorder = made(reads=False, bad=True)
    recorder.add({"loss": torch.tensor(1.0)}, 0.1, pair(2))
    recorder.add({"loss": torch.tensor(1.0), "grad_norm": torch.tensor(2.0)}, 0.1, pair(2))
    steps = recorder.flush(2, 1)
    assert steps is not None
    assert steps.values["grad_norm"][1] == 2.0
    assert recorder.bad is not None
    assert (recorder.bad.what, len(recorder.bad.pairs)) == ("gradients", 2)
