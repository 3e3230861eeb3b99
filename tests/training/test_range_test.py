from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from netdesigner.document import Phase
from netdesigner.errors import CancelledError, TrainingError
from netdesigner.training.events import Steps
from netdesigner.training.range_test import RangeTest, find_rate, suggested
from tests.training.test_turns import Duel

RATES = [10.0 ** (-7 + 8 * step / 99) for step in range(100)]


def curve(falls_at: float, rises_at: float, noise: float = 0.02) -> list[float]:
    """A loss that falls from 2.3 to 1 around one rate, a quarter of a decade wide, and rises beyond another."""
    random = np.random.default_rng(0)

    def loss(rate: float) -> float:
        fallen = 1 / (1 + math.exp(-math.log10(rate / falls_at) / 0.25))
        return 2.3 - 1.3 * fallen + max(0.0, math.log10(rate / rises_at)) ** 2 + noise * random.normal()

    return [loss(rate) for rate in RATES]


@pytest.mark.parametrize("falls_at", [1e-5, 1e-4, 1e-3])
def test_the_rate_is_where_the_loss_falls_most_steeply(falls_at: float) -> None:
    found = suggested(RATES, curve(falls_at, 1.0))
    assert found.rate == pytest.approx(falls_at, rel=0.5)
    assert found.rate == float(f"{found.steepest:.2g}")
    assert "falls most steeply at" in found.reason
    assert found.least > 10 * found.steepest


def test_close_to_the_least_loss_it_is_a_tenth_of_that_rate() -> None:
    found = suggested(RATES, curve(1e-2, 3e-2))
    assert found.steepest > found.least / 10
    assert found.rate == float(f"{found.least / 10:.2g}")
    assert "a tenth of that is safer" in found.reason


def test_a_loss_that_only_varies_suggests_nothing() -> None:
    losses = list(2.3 + 0.1 * np.random.default_rng(1).normal(size=100))
    found = suggested(RATES, losses)
    assert found.rate is None
    assert "falls at none of these learning rates" in found.reason


def test_a_loss_that_only_rises_suggests_nothing() -> None:
    assert suggested(RATES[:10], [2.0 + step for step in range(10)]).rate is None


def test_smoothing_keeps_all_points_and_shifts_none() -> None:
    losses = [1.0] * 40 + [0.0] + [1.0] * 40
    smooth = suggested(RATES[:81], losses).smooth
    assert len(smooth) == len(losses)
    assert smooth.index(min(smooth)) == 40
    assert smooth == pytest.approx(smooth[::-1])


def test_a_loss_that_runs_away_hides_nothing_of_what_was_before() -> None:
    losses = curve(1e-3, 1.0)
    ran = suggested(RATES[:80], [*losses[:78], 50.0, 400.0])
    assert ran.smooth[:60] == pytest.approx(suggested(RATES[:80], losses[:80]).smooth[:60], abs=1e-6)
    assert max(ran.smooth) <= max(losses[:10])
    assert ran.losses[-1] == 400.0


def tried(world: Any, **how: Any) -> RangeTest:
    return find_rate(world.design, world.catalog, world.build, **{"steps": 40, **how})


def test_it_climbs_from_the_first_step_of_the_run_that_would_be_trained(world: Any) -> None:
    world.values["learning_rate"] = 1e-7
    (first, *_) = [event for event in world.run(name="") if isinstance(event, Steps)]
    found = tried(world)
    assert found.losses[0] == first.values["loss"][0]
    assert found.rates == pytest.approx([1e-7 * 10 ** (8 * step / 39) for step in range(len(found.rates))])
    assert (found.loss, found.networks) == ("loss", ("network",))
    assert found.rate is not None
    assert 1e-4 < found.rate < 1


def test_nothing_is_kept_and_the_same_is_found_again(world: Any, tmp_path: Path) -> None:
    before, state = world.design, torch.get_rng_state()
    assert tried(world) == tried(world)
    assert world.design == before
    assert torch.equal(torch.get_rng_state(), state)
    assert list(tmp_path.iterdir()) == []


def test_it_begins_with_the_weights_that_the_run_begins_with(world: Any) -> None:
    fresh = tried(world, steps=10).losses[0]
    world.run()
    world.values["start_from"] = str(world.folder / "run")
    assert tried(world, steps=10).losses[0] < fresh


@pytest.mark.parametrize(
    "values", [{"accumulate": 3}, {"precision": "bfloat16"}, {"clip_norm": 1.0}], ids=str
)
def test_it_trains_as_the_settings_say(world: Any, values: dict[str, Any]) -> None:
    plain = tried(world, steps=10)
    world.values |= values
    assert tried(world, steps=10).losses != plain.losses


def test_the_factor_of_the_first_phase_is_no_part_of_the_rate(world: Any) -> None:
    plain, design = tried(world, steps=20), world.design
    phased = replace(design, training=replace(design.training, phases=(Phase(3, (), 0.1),)))
    slower = find_rate(phased, world.catalog, world.build, steps=20, lowest=1e-6, highest=100.0)
    assert slower.losses == pytest.approx(plain.losses, rel=1e-4)
    assert slower.rates == pytest.approx([10 * rate for rate in plain.rates])


def test_it_stops_where_the_loss_has_run_away(world: Any) -> None:
    found = tried(world, steps=60, lowest=1e-3, highest=1e6)
    assert 10 <= len(found.losses) < 60
    assert max(found.losses[-3:]) > 3 * min(found.losses)


def test_a_loss_that_is_never_finite_is_told(world: Any) -> None:
    whole = world.make

    def broken() -> torch.nn.Module:
        made = whole()
        made.conv.weight.data.fill_(math.nan)
        return made

    world.make = broken
    with pytest.raises(TrainingError, match="became NaN or infinite after 0 steps") as caught:
        tried(world)
    assert caught.value.advice


def test_it_can_be_cancelled_at_each_step(world: Any) -> None:
    told: list[str] = []

    def progress(fraction: float, text: str) -> None:
        told.append(text)
        if "learning rate" in text:
            raise CancelledError("cancelled")

    with pytest.raises(CancelledError):
        tried(world, progress=progress)
    assert sum("learning rate" in text for text in told) == 1


@pytest.mark.parametrize("how", [{"steps": 9}, {"lowest": 1.0, "highest": 0.5}, {"lowest": 0.0}], ids=str)
def test_a_test_that_tells_nothing_is_refused(world: Any, how: dict[str, Any]) -> None:
    with pytest.raises(TrainingError, match="takes at least 10 steps"):
        tried(world, **how)


def test_of_networks_that_learn_in_turn_all_are_changed_and_the_first_is_looked_at(tmp_path: Path) -> None:
    duel = Duel(tmp_path, every=2)
    found = find_rate(duel.design, duel.catalog, duel.build, steps=20)
    assert (found.loss, found.networks) == ("judge_loss", ("judge", "maker"))
    assert len(found.losses) >= 10
