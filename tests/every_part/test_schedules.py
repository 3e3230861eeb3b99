"""What holds for every schedule of the shelf, held against torch where torch has the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from netdesigner.document import Choice
from netdesigner.errors import UnknownPartError
from netdesigner.parts import Catalog, Schedule
from netdesigner.schedules.constant import Constant
from netdesigner.schedules.cosine import Cosine, OneCycle, WarmupCosine
from netdesigner.schedules.plateau import Plateau
from netdesigner.schedules.step import Step

CATALOG = Catalog.discover()

STEPS_PER_EPOCH = 5
EPOCHS = 12
TOTAL = STEPS_PER_EPOCH * EPOCHS


def factors(schedule: Schedule) -> list[float]:
    return [schedule.factor(step, TOTAL, STEPS_PER_EPOCH, {}) for step in range(TOTAL)]


def torchs(make: Callable[[torch.optim.Optimizer], Any], each_step: bool) -> list[float]:
    optimizer = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=1.0)
    scheduler = make(optimizer)
    found = []
    for step in range(TOTAL):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if each_step or (step + 1) % STEPS_PER_EPOCH == 0:
            scheduler.step()
    return found


@pytest.mark.parametrize(
    ("ours", "theirs", "each_step"),
    [
        (Constant(), lambda o: lr_scheduler.ConstantLR(o, factor=1.0), True),
        (Step(step_size=3, gamma=0.5), lambda o: lr_scheduler.StepLR(o, 3, 0.5), False),
        (Cosine(), lambda o: lr_scheduler.CosineAnnealingLR(o, TOTAL), True),
        (Cosine(end_factor=0.1), lambda o: lr_scheduler.CosineAnnealingLR(o, TOTAL, 0.1), True),
        (OneCycle(), lambda o: lr_scheduler.OneCycleLR(o, 1.0, TOTAL, cycle_momentum=False), True),
        (
            OneCycle(pct_start=0.5, div_factor=10, final_div_factor=100),
            lambda o: lr_scheduler.OneCycleLR(
                o, 1.0, TOTAL, pct_start=0.5, div_factor=10, final_div_factor=100, cycle_momentum=False
            ),
            True,
        ),
    ],
    ids=["constant", "step", "cosine", "cosine to a tenth", "one cycle", "another cycle"],
)
def test_the_factors_are_those_of_torch(ours: Schedule, theirs: Any, each_step: bool) -> None:
    assert factors(ours) == pytest.approx(torchs(theirs, each_step), abs=1e-9)


@pytest.mark.parametrize("better", ["lower", "higher"])
def test_a_plateau_lowers_the_rate_when_torch_does(better: str) -> None:
    values = [1.0, 0.9, 0.9, 0.91, 0.95, 0.9, 0.5, 0.6, 0.6, 0.6, 0.6, 0.7, 0.7, 0.7, 0.7, 0.2, 0.2, 0.2]
    if better == "higher":
        values = [-value for value in values]
        values = [value + 2.0 for value in values]
    ours = Plateau(gamma=0.5, patience=2, cooldown=1, min_factor=0.2)
    optimizer = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=1.0)
    theirs = lr_scheduler.ReduceLROnPlateau(
        optimizer, "min" if better == "lower" else "max", factor=0.5, patience=2, cooldown=1, min_lr=0.2
    )
    memory: Any = {}
    for value in values:
        memory = ours.after_epoch(memory, value, better)
        theirs.step(value)
        assert ours.factor(0, 1, 1, memory) == pytest.approx(optimizer.param_groups[0]["lr"])
    assert ours.factor(0, 1, 1, memory) < 1


def test_what_a_plateau_remembers_is_plain_numbers() -> None:
    memory = Plateau().after_epoch({}, 0.5, "lower")
    assert {type(value) for value in memory.values()} == {float}


def test_a_warm_up_rises_in_a_line_and_then_falls_to_its_end() -> None:
    found = factors(WarmupCosine(warmup=0.2, end_factor=0.1))
    assert found[:12] == pytest.approx([(n + 1) / 12 for n in range(12)])
    assert found[12] == 1.0
    assert found[12:] == sorted(found[12:], reverse=True)
    assert 0.1 < found[-1] < 0.11


@pytest.mark.parametrize("kind", CATALOG.schedules)
def test_factors_stay_positive_and_at_most_one_even_for_a_single_step(kind: str) -> None:
    schedule = CATALOG.schedule(Choice(kind))
    for total in (1, 2, 3, TOTAL):
        found = [schedule.factor(step, total, 1, {}) for step in range(total)]
        assert all(0.0 < factor <= 1.0 for factor in found), (kind, total, found)


def test_an_unknown_schedule_is_refused() -> None:
    with pytest.raises(UnknownPartError, match="did you mean 'cosine'"):
        CATALOG.schedule(Choice("cosin"))
