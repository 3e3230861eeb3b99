from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from netdesigner.errors import FileError
from netdesigner.training import keeper
from netdesigner.training.checkpoint import Saved
from netdesigner.training.events import Checkpoint, Warned
from netdesigner.training.keeper import Keeper

SAVED = Saved({"w": torch.ones(2)}, {"step": 7})


class Clock:
    """A time that passes only where it is told to."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(keeper, "perf_counter", made)
    return made


def writing(monkeypatch: pytest.MonkeyPatch, clock: Clock, cost_s: float) -> list[str]:
    """Makes writing take so long; returns the names of what is written."""
    written: list[str] = []

    def write(folder: Path, saved: Saved) -> None:
        written.append(folder.name)
        clock.now_s += cost_s

    monkeypatch.setattr(keeper, "write", write)
    return written


@pytest.mark.parametrize(
    ("interval_s", "cost_s", "within_epochs_s", "after_epochs_s"),
    [(60, 0.1, 60, 10), (60, 2, 60, 40), (60, 30, 60, 60), (5, 0.1, 5, 5), (600, 1, 600, 20), (0, 1, 0, 0)],
)
def test_checkpoints_are_due_in_time_and_after_epochs_where_that_is_cheap(
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    interval_s: float,
    cost_s: float,
    within_epochs_s: float,
    after_epochs_s: float,
) -> None:
    writing(monkeypatch, clock, cost_s)
    kept = Keeper(Path("run"), interval_s)
    list(kept.save(lambda: SAVED))
    first_s = {"due": 0.0, "due_after_epoch": 0.0}
    begin = clock.now_s
    for second in range(601):
        clock.now_s = begin + second
        for name in [name for name, found in first_s.items() if not found and getattr(kept, name)]:
            first_s[name] = second
    assert first_s["due"] == pytest.approx(within_epochs_s, abs=1)
    assert first_s["due_after_epoch"] == pytest.approx(after_epochs_s, abs=1)


def test_two_checkpoints_are_kept_and_the_best_is_written_once(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = writing(monkeypatch, clock, 0.1)
    kept = Keeper(Path("run"), 60)
    kept.best = SAVED
    events: list[Any] = [*kept.save(lambda: SAVED), *kept.save(lambda: SAVED), *kept.save(None)]
    assert written == ["checkpoint-best", "checkpoint-last", "checkpoint-last"]
    assert [event.which for event in events] == ["best", "last", "last"]


def test_where_the_best_cannot_be_written_the_last_is_left_as_it_was(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def full(folder: Path, saved: Saved) -> None:
        tried.append(folder.name)
        raise FileError(folder, "the disk is full")

    monkeypatch.setattr(keeper, "write", full)
    kept = Keeper(Path("run"), 60)
    kept.best = SAVED
    said = [[type(event) for event in kept.save(lambda: SAVED)] for _ in range(3)]
    assert said == [[Warned], [], []]
    assert tried == ["checkpoint-best"] * 3
    assert [type(event) for event in kept.save(lambda: SAVED, last_time=True)] == [Warned]
    writing(monkeypatch, clock, 0.1)
    assert [type(event) for event in kept.save(lambda: SAVED)] == [Checkpoint, Warned, Checkpoint]


def test_without_a_folder_nothing_is_ever_due(clock: Clock) -> None:
    kept = Keeper(None, 0)
    clock.now_s = 1e6
    assert not kept.due
    assert not kept.due_after_epoch
    assert list(kept.save(lambda: SAVED)) == []
