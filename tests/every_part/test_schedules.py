"""What holds for every schedule of the shelf, held against torch where torch has the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from netdesigner.document import Choice
from netdesigner.errors import ParameterError, UnknownPartError
from netdesigner.parts import Catalog, Schedule
from netdesigner.schedules.constant import Constant
from netdesigner.schedules.cosine import Cosine, CosineRestarts, OneCycle
from netdesigner.schedules.cyclic import Cyclic
from netdesigner.schedules.linear import Linear, Polynomial
from netdesigner.schedules.plateau import Plateau
from netdesigner.schedules.step import Exponential, MultiStep, Step

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


HELD_AGAINST: dict[type[Schedule], list[tuple[dict[str, Any], str, dict[str, Any], bool]]] = {
    Constant: [
        ({}, "ConstantLR", {"factor": 1.0}, True),
        ({"start_factor": 0.25, "part": 0.2}, "ConstantLR", {"factor": 0.25, "total_iters": 12}, True),
    ],
    Step: [({"step_size": 3, "gamma": 0.5}, "StepLR", {"step_size": 3, "gamma": 0.5}, False)],
    MultiStep: [
        ({"milestones": (7, 2), "gamma": 0.5}, "MultiStepLR", {"milestones": (7, 2), "gamma": 0.5}, False),
        ({"milestones": (3, 3, 9)}, "MultiStepLR", {"milestones": (3, 3, 9)}, False),
    ],
    Exponential: [({"gamma": 0.8}, "ExponentialLR", {"gamma": 0.8}, False)],
    Linear: [
        ({}, "LinearLR", {"start_factor": 1.0, "end_factor": 0.0, "total_iters": TOTAL}, True),
        (
            {"start_factor": 0.2, "end_factor": 0.9, "part": 0.5},
            "LinearLR",
            {"start_factor": 0.2, "end_factor": 0.9, "total_iters": TOTAL // 2},
            True,
        ),
    ],
    Polynomial: [
        ({"power": 0.9}, "PolynomialLR", {"total_iters": TOTAL, "power": 0.9}, True),
        ({"power": 2.0, "part": 0.5}, "PolynomialLR", {"total_iters": TOTAL // 2, "power": 2.0}, True),
    ],
    Cosine: [
        ({}, "CosineAnnealingLR", {"T_max": TOTAL}, True),
        ({"end_factor": 0.1}, "CosineAnnealingLR", {"T_max": TOTAL, "eta_min": 0.1}, True),
    ],
    CosineRestarts: [
        ({"t_0": 3}, "CosineAnnealingWarmRestarts", {"T_0": 3 * STEPS_PER_EPOCH}, True),
        (
            {"t_0": 2, "t_mult": 2, "end_factor": 0.1},
            "CosineAnnealingWarmRestarts",
            {"T_0": 2 * STEPS_PER_EPOCH, "T_mult": 2, "eta_min": 0.1},
            True,
        ),
    ],
    Cyclic: [
        ({}, "CyclicLR", {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 10}, True),
        (
            {"mode": "triangular2", "step_size_up": 1, "step_size_down": 2, "base_factor": 0.3},
            "CyclicLR",
            {"base_lr": 0.3, "max_lr": 1.0, "step_size_up": 5, "step_size_down": 10, "mode": "triangular2"},
            True,
        ),
        (
            {"mode": "exp_range", "gamma": 0.95},
            "CyclicLR",
            {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 10, "mode": "exp_range", "gamma": 0.95},
            True,
        ),
    ],
    OneCycle: [
        ({}, "OneCycleLR", {"max_lr": 1.0, "total_steps": TOTAL}, True),
        *(
            (
                values,
                "OneCycleLR",
                {"max_lr": 1.0, "total_steps": TOTAL, **values},
                True,
            )
            for values in (
                {"pct_start": 0.5, "div_factor": 10.0, "final_div_factor": 100.0},
                {"anneal_strategy": "linear"},
                {"three_phase": True},
                {"three_phase": True, "anneal_strategy": "linear", "pct_start": 0.4},
            )
        ),
    ],
}
"""What each schedule is called by torch: our parameters, torch's class and arguments, whether torch moves at each step.

That of a plateau has a test of its own, below.
"""

ARGUMENTS_OF_ALL = {"CyclicLR": {"cycle_momentum": False}, "OneCycleLR": {"cycle_momentum": False}}

NOT_HERE = {
    "ChainedScheduler": "it multiplies others; a warm-up is what is chained most, and each schedule has one",
    "LambdaLR": "it is a function in Python, which no file of a design may hold",
    "LRScheduler": "it is what all have in common",
    "MultiplicativeLR": "it is a function in Python, which no file of a design may hold",
    "SequentialLR": "it puts others in a row; a warm-up is what is put first, and each schedule has one",
}
"""The schedules of torch that are none of ours, and why."""


def test_every_schedule_of_torch_is_here_or_left_out_for_a_stated_reason() -> None:
    here = {name for cases in HELD_AGAINST.values() for _, name, _, _ in cases} | {"ReduceLROnPlateau"}
    assert set(lr_scheduler.__all__) == here | NOT_HERE.keys()
    assert not here & NOT_HERE.keys()


def test_every_schedule_of_ours_is_held_against_torch() -> None:
    assert set(CATALOG.schedules.values()) == HELD_AGAINST.keys() | {Plateau}
    for part, cases in HELD_AGAINST.items():
        tried = {name for values, *_ in cases for name in values}
        assert tried == {declared.name for declared in part.params()} - {"warmup"}, part


@pytest.mark.parametrize(
    ("ours", "name", "arguments", "each_step"),
    [
        pytest.param(part(**values), *rest, id=f"{part.kind} {values}")
        for part, cases in HELD_AGAINST.items()
        for values, *rest in cases
    ],
)
def test_the_factors_are_those_of_torch(
    ours: Schedule, name: str, arguments: dict[str, Any], each_step: bool
) -> None:
    given = {**arguments, **ARGUMENTS_OF_ALL.get(name, {})}
    theirs = torchs(lambda optimizer: getattr(lr_scheduler, name)(optimizer, **given), each_step)
    assert factors(ours) == pytest.approx(theirs, abs=1e-9)


def warmed(schedule: Schedule) -> list[float]:
    return [schedule.at(step, TOTAL, STEPS_PER_EPOCH, {}) for step in range(TOTAL)]


@pytest.mark.parametrize(("warmup", "steps"), [(0.2, 12), (7.0, 7), (0.999, TOTAL), (5000.0, TOTAL)])
def test_a_warm_up_rises_in_a_line_over_a_part_of_the_training_or_so_many_steps(
    warmup: float, steps: int
) -> None:
    found = warmed(Constant(warmup=warmup))
    assert found == pytest.approx([min(1.0, (step + 1) / steps) for step in range(TOTAL)])


@pytest.mark.parametrize("kind", CATALOG.schedules)
def test_behind_the_warm_up_a_schedule_has_the_rest_of_the_training(kind: str) -> None:
    schedule = CATALOG.schedule(Choice(kind, {"warmup": 12}))
    rest = [schedule.factor(step, TOTAL - 12, STEPS_PER_EPOCH, {}) for step in range(TOTAL - 12)]
    assert warmed(schedule)[12:] == rest
    assert warmed(schedule)[:12] == pytest.approx([rest[0] * (step + 1) / 12 for step in range(12)])


@pytest.mark.parametrize("kind", CATALOG.schedules)
def test_without_a_warm_up_a_schedule_is_itself(kind: str) -> None:
    schedule = CATALOG.schedule(Choice(kind))
    assert warmed(schedule) == factors(schedule)


def test_a_warm_up_before_a_cosine_is_what_torch_puts_in_a_row() -> None:
    def theirs(optimizer: torch.optim.Optimizer) -> lr_scheduler.SequentialLR:
        rising = lr_scheduler.LinearLR(optimizer, 1 / 12, 1.0, 11)
        falling = lr_scheduler.CosineAnnealingLR(optimizer, TOTAL - 12, 0.1)
        return lr_scheduler.SequentialLR(optimizer, [rising, falling], [12])

    assert warmed(Cosine(end_factor=0.1, warmup=0.2)) == pytest.approx(torchs(theirs, True), abs=1e-9)


def test_one_cycle_in_three_phases_cannot_rise_for_more_than_half_of_the_training() -> None:
    with pytest.raises(ParameterError, match=r"pct_start: expected at most 0\.5 with three_phase"):
        OneCycle(three_phase=True, pct_start=0.6)


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


def test_a_plateau_takes_no_number_for_the_best_that_is_none() -> None:
    schedule, memory = Plateau(patience=1), {}
    for value in (math.nan, 0.5, -math.inf, 0.4):
        memory = schedule.after_epoch(memory, value, "lower")
        assert all(map(math.isfinite, memory.values()))
    assert memory["best"] == 0.4


@pytest.mark.parametrize("kind", CATALOG.schedules)
def test_factors_stay_positive_and_at_most_one_even_for_a_single_step(kind: str) -> None:
    schedule = CATALOG.schedule(Choice(kind))
    for total in (1, 2, 3, TOTAL):
        found = [schedule.factor(step, total, 1, {}) for step in range(total)]
        assert all(0.0 < factor <= 1.0 for factor in found), (kind, total, found)


def test_an_unknown_schedule_is_refused() -> None:
    with pytest.raises(UnknownPartError, match="did you mean 'cosine'"):
        CATALOG.schedule(Choice("cosin"))
