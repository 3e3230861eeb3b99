from __future__ import annotations

from dataclasses import replace

import pytest

from netdesigner.document import Choice, Design, Phase, Settings
from netdesigner.parts import Catalog, DataSpec, TensorSpec
from netdesigner.session.rates import PlannedRates, planned_rates

CATALOG = Catalog.discover()
DATA = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N",), "int64"), ("a", "b"), 100)


def planned(
    schedule: Choice, data: DataSpec | None = DATA, **values: int | float | str
) -> PlannedRates | None:
    settings = Settings(schedule=schedule, values={"epochs": 4, "batch_size": 7, **values})
    design = Design(data=Choice("digits", {"validation": 0.2, "test": 0.1}), training=settings)
    return planned_rates(design, CATALOG, data)


def test_the_rates_are_those_of_every_step_of_a_short_training() -> None:
    found = planned(Choice("linear", {"warmup": 10}), learning_rate=0.5)
    assert found is not None
    assert len(found.rates) == 4 * 10  # of 100 samples 70 are trained on, in batches of 7
    assert found.rates[:10] == pytest.approx([0.05 * (step + 1) for step in range(10)])
    assert found.rates[10:] == pytest.approx([0.5 * (1 - step / 30) for step in range(30)])
    assert found.places == pytest.approx([step / 10 for step in range(40)])
    assert not found.depends


@pytest.mark.parametrize(("size", "steps"), [(69, 1), (68, 2), (70, 1), (71, 1)])
def test_a_single_sample_that_is_left_over_is_no_step(size: int, steps: int) -> None:
    found = planned(Choice("constant"), batch_size=size)
    assert found is not None
    assert len(found.rates) == 4 * steps


def test_a_long_training_has_a_few_points_from_its_beginning_to_its_end() -> None:
    found = planned(Choice("step", {"step_size": 1}), epochs=1000)
    assert found is not None
    assert len(found.rates) == 400
    assert (found.places[0], found.places[-1]) == (0.0, 999.9)


def test_phases_multiply_the_rate_and_the_last_goes_on() -> None:
    phases = (Phase(1, (), 0.1), Phase(2, (), 2.0))
    settings = Settings(values={"epochs": 5, "learning_rate": 1.0}, phases=phases)
    found = planned_rates(Design(training=settings), CATALOG, None)
    assert found is not None
    by_epoch = {int(place): rate for place, rate in zip(found.places, found.rates, strict=True)}
    assert by_epoch == {0: 0.1, 1: 2.0, 2: 2.0, 3: 2.0, 4: 2.0}


def test_without_known_samples_the_epochs_are_right() -> None:
    for data in (None, replace(DATA, rows=0)):
        found = planned(Choice("exponential", {"gamma": 0.5}), data, learning_rate=1.0)
        assert found is not None
        assert sorted(set(found.rates), reverse=True) == [1.0, 0.5, 0.25, 0.125]
        assert found.places[-1] < 4


def test_what_depends_on_results_is_told() -> None:
    found = planned(Choice("plateau"))
    assert found is not None
    assert found.depends
    assert len(set(found.rates)) == 1


@pytest.mark.parametrize(
    ("schedule", "values"),
    [(Choice("sawtooth"), {}), (Choice("step", {"gamma": 2}), {}), (Choice("step"), {"epochs": "many"})],
)
def test_while_a_setting_is_not_allowed_there_are_none(schedule: Choice, values: dict[str, str]) -> None:
    assert planned(schedule, **values) is None
