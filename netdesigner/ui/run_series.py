"""The curves of one run as they grow with its events; no Qt."""

from __future__ import annotations

from collections.abc import Iterable

from netdesigner.parts import Catalog, Curve
from netdesigner.parts.task import OUTPUT_CURVE
from netdesigner.training.events import EpochEnd, Event, PhaseBegan, Started, Steps
from netdesigner.ui.series import Series

__all__ = ["LEARNING_RATE", "THROUGHPUT", "RunSeries", "curve_named"]

LEARNING_RATE = "learning_rate"
THROUGHPUT = "samples_per_s"
_OWN = {
    LEARNING_RATE: Curve(LEARNING_RATE, "Learning rate"),
    THROUGHPUT: Curve(THROUGHPUT, "Samples per second", better="higher"),
    "grad_norm": Curve("grad_norm", "Gradient norm"),
}


def curve_named(name: str, catalog: Catalog, task: str = "") -> Curve:
    """How a curve is called and shown: as a task or the Output says it, or as is usual for what every run reports.

    Args:
        name: of the curve.
        catalog: the tasks.
        task: the kind of the run's task, which is asked before all others; "" where it is not known.
    """
    if name.startswith(OUTPUT_CURVE):
        return Curve(name, name.removeprefix(OUTPUT_CURVE))
    own = catalog.tasks.get(task)
    for asked in (*((own,) if own is not None else ()), *catalog.tasks.values()):
        for curve in asked.curves:
            if curve.name == name:
                return curve
    return _OWN.get(name) or Curve(name, name.replace("_", " ").capitalize())


class RunSeries:
    """All curves of a run by step.

    Args:
        name: what to call the run.
        smoothing: of the training curves.

    Attributes:
        train: what each step reported, by the curve's name; the learning rate and the throughput among them.
        validation: what each pass over the validation part gave.
        epochs: the steps at which epochs ended.
        phases: the steps behind which a phase of the training began, the first excepted.
        task: the kind of the task; "" while it is not known.
    """

    def __init__(self, name: str, smoothing: float = 0.0) -> None:
        self.name = name
        self.train: dict[str, Series] = {}
        self.validation: dict[str, Series] = {}
        self.epochs: list[int] = []
        self.phases: list[int] = []
        self.task = ""
        self._curves: tuple[str, ...] = ()
        self._smoothing = smoothing

    @property
    def smoothing(self) -> float:
        """Of the training curves, 0 to below 1."""
        return self._smoothing

    @smoothing.setter
    def smoothing(self, weight: float) -> None:
        self._smoothing = weight
        for name, series in self.train.items():
            series.smoothing = self._weight(name)

    @property
    def last_step(self) -> float:
        """The greatest step of any curve; 0 without points."""
        every = [*self.train.values(), *self.validation.values()]
        return max((series.last for series in every), default=0.0)

    def names(self) -> tuple[str, ...]:
        """The curves there are, those of the task first and in its order."""
        special = (LEARNING_RATE, THROUGHPUT)
        found = [name for name in (*self.train, *self.validation) if name not in special]
        first = [name for name in self._curves if name in found]
        return (*dict.fromkeys((*first, *found)), *(name for name in special if name in self.train))

    def take(self, events: Iterable[Event]) -> None:
        """Adds what events say."""
        for event in events:
            if isinstance(event, Steps):
                self._take_steps(event)
            elif isinstance(event, EpochEnd):
                self._take_epoch(event)
            elif isinstance(event, PhaseBegan) and event.step:
                self.phases.append(event.step)
            elif isinstance(event, Started):
                self.task, self._curves = event.task, event.curves
                self._drop_after(event.resumed_step)

    def follow(self, later: RunSeries, step: int) -> None:
        """Goes on with the points of a series that was resumed after a step of this one."""
        self._drop_after(step)
        for name, series in later.train.items():
            self._of(name).extend(series.x, series.y)
        for name, series in later.validation.items():
            self.validation.setdefault(name, Series()).extend(series.x, series.y)
        self.epochs += later.epochs
        self.phases += later.phases

    def _take_steps(self, event: Steps) -> None:
        steps = range(event.first, event.last + 1)
        for name, values in event.values.items():
            self._of(name).extend(steps, values)
        self._of(LEARNING_RATE).extend(steps, event.learning_rate)
        if event.samples_per_s:
            self._of(THROUGHPUT).extend((event.last,), (event.samples_per_s,))

    def _take_epoch(self, event: EpochEnd) -> None:
        self.epochs.append(event.step)
        for name, value in event.validation.items():
            self.validation.setdefault(name, Series()).extend((event.step,), (value,))

    def _drop_after(self, step: int) -> None:
        for series in (*self.train.values(), *self.validation.values()):
            series.drop_after(step)
        self.epochs = [end for end in self.epochs if end <= step]
        self.phases = [start for start in self.phases if start < step]

    def _of(self, name: str) -> Series:
        if name not in self.train:
            self.train[name] = Series(self._weight(name))
        return self.train[name]

    def _weight(self, name: str) -> float:
        """The learning rate is exact and is never smoothed."""
        return 0.0 if name == LEARNING_RATE else self._smoothing
