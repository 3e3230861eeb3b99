"""How the learning rate of a design will move over its training, as far as that is known before."""

from __future__ import annotations

from typing import NamedTuple

from netdesigner.document import Design
from netdesigner.errors import NetDesignerError
from netdesigner.parts import Catalog, DataSpec, TrainingSettings

__all__ = ["PlannedRates", "planned_rates"]

_MOST_POINTS = 400
_USUAL_STEPS = 100
"""Steps of an epoch where nobody knows how many samples there are."""


class PlannedRates(NamedTuple):
    """The learning rate at some of the steps.

    Attributes:
        epochs: how many there are.
        places: of the points, in epochs from 0.
        rates: at these places.
        depends: it will be lower where results no longer improve.
    """

    epochs: int
    places: tuple[float, ...]
    rates: tuple[float, ...]
    depends: bool


def planned_rates(design: Design, catalog: Catalog, data: DataSpec | None) -> PlannedRates | None:
    """The learning rate over the whole training; None while a setting is not allowed, which a problem says.

    Args:
        design: the design.
        catalog: where its schedule is found.
        data: what its samples look like; None while that is unknown.
    """
    try:
        settings = TrainingSettings.of(design.training, design.variables)
        schedule = catalog.schedule(design.training.schedule, design.variables)
        each = _steps(design, catalog, data, settings.batch_size)
    except NetDesignerError:
        return None
    total = settings.epochs * each
    last, count = total - 1, min(total, _MOST_POINTS)
    steps = [round(last * point / max(1, count - 1)) for point in range(count)]
    factors = _phase_rates(design, settings.epochs)
    rates = tuple(
        settings.learning_rate * schedule.at(step, total, each, {}) * factors[step // each] for step in steps
    )
    return PlannedRates(
        settings.epochs, tuple(step / each for step in steps), rates, schedule.looks_at_results
    )


def _phase_rates(design: Design, epochs: int) -> list[float]:
    """What the learning rate is multiplied with in each epoch; the last phase goes on to the end."""
    rates = [phase.rate for phase in design.training.phases for _ in range(phase.epochs)] or [1.0]
    return [rates[min(epoch, len(rates) - 1)] for epoch in range(epochs)]


def _steps(design: Design, catalog: Catalog, data: DataSpec | None, batch_size: int) -> int:
    """How many steps an epoch has; a single sample that is left over sits it out."""
    dataset = catalog.dataset_of(design)
    if dataset is None or data is None or not data.rows:
        return _USUAL_STEPS
    full, rest = divmod(dataset.shares(data.rows, data.stretches)["train"], batch_size)
    return full + (rest > 1 or not full)
