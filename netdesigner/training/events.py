"""What a training run says while it goes on: frozen values with plain numbers, fit for a queue, a file or a window.

Steps and epochs count from 1; a step is one batch. Every point of every curve is in the events: those of several
steps travel together in one `Steps`, at most about 20 times a second and always before their epoch ends.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = [
    "Checkpoint",
    "EpochEnd",
    "Event",
    "Failed",
    "Finished",
    "Paused",
    "PhaseBegan",
    "Preparing",
    "Previewed",
    "Resumed",
    "Started",
    "Steps",
    "Warned",
    "from_json",
    "plain_of",
    "to_json",
]


@dataclass(frozen=True, slots=True)
class Preparing:
    """Work before the first step, such as reading the data.

    Attributes:
        message: what is being done ("Reading the data").
        fraction: how much of it is done, 0 to 1; 0 where that is unknown.
    """

    message: str
    fraction: float = 0.0


@dataclass(frozen=True, slots=True)
class Started:
    """The first step comes next.

    Attributes:
        run: the run's folder.
        device: what computes: "cpu", "cuda", "mps", and in brackets its name where known.
        epochs: how many there will be at most.
        steps_per_epoch: batches in an epoch.
        parameters: numbers that training changes.
        samples: how many the parts "train", "validation" and "test" have.
        curves: the names of the task's curves, the loss first.
        monitor: the curve that decides which weights are best.
        better: "lower" or "higher" values of it.
        resumed_step: steps that were done before; points of a curve beyond it belong to what was given up.
        task: the kind of the task, which knows what its curves are called.
        batches_behind: how far the training is, in batches as there are now; `resumed_step` where they were as large.
    """

    run: str
    device: str
    epochs: int
    steps_per_epoch: int
    parameters: int
    samples: Mapping[str, int]
    curves: tuple[str, ...] = ("loss",)
    monitor: str = "loss"
    better: str = "lower"
    resumed_step: int = 0
    task: str = ""
    batches_behind: int = 0


@dataclass(frozen=True, slots=True)
class Steps:
    """One or more steps in a row, all of one epoch.

    Attributes:
        first: the number of the first step; the others follow without a gap.
        epoch: the epoch they belong to.
        values: for each curve one number a step; "grad_norm" (before clipping) as well where gradients are clipped.
        learning_rate: one number a step.
        samples_per_s: samples trained on each second, lately.
        seconds: time spent training, pauses excluded.
        seconds_left: time until the last epoch ends, should none be saved by stopping early.
        memory_bytes: in use on the device; of the program on a CPU.
    """

    first: int
    epoch: int
    values: Mapping[str, tuple[float, ...]]
    learning_rate: tuple[float, ...]
    samples_per_s: float = 0.0
    seconds: float = 0.0
    seconds_left: float = 0.0
    memory_bytes: int = 0

    @property
    def last(self) -> int:
        """The number of the last step."""
        return self.first + len(self.learning_rate) - 1


@dataclass(frozen=True, slots=True)
class PhaseBegan:
    """Of a training in several phases one begins; other weights learn from here on.

    Attributes:
        number: which of them, from 1.
        phases: how many there are.
        epoch: the number of its first epoch.
        step: steps done before it.
        trains: whose weights learn: networks by their name, nodes as `NETWORK.NODE`; empty for all.
        rate: what the learning rate is multiplied with.
    """

    number: int
    phases: int
    epoch: int
    step: int
    trains: tuple[str, ...] = ()
    rate: float = 1.0

    @property
    def words(self) -> str:
        """What begins, in one line."""
        learning = ", ".join(self.trains) if self.trains else "all weights"
        at = f" at {self.rate:g} of the learning rate" if self.rate != 1 else ""
        return (
            f"phase {self.number} of {self.phases} from epoch {self.epoch}: training changes {learning}{at}"
        )


@dataclass(frozen=True, slots=True)
class EpochEnd:
    """An epoch is over and the validation part was looked at.

    Attributes:
        epoch: its number.
        step: steps done so far.
        train: for each curve its mean over the epoch's samples, as the network was at each step.
        validation: for each curve its mean over the validation part; empty where there is none.
        learning_rate: at the last step.
        seconds: time spent training, pauses excluded.
        seconds_left: time until the last epoch ends.
        memory_bytes: in use on the device; of the program on a CPU.
        best: whether no epoch before was better in the monitored curve.
    """

    epoch: int
    step: int
    train: Mapping[str, float]
    validation: Mapping[str, float]
    learning_rate: float
    seconds: float
    seconds_left: float
    memory_bytes: int
    best: bool


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint is on the disk.

    Attributes:
        step: steps done when it was taken.
        path: its folder.
        which: "best" or "last".
    """

    step: int
    path: str
    which: str


@dataclass(frozen=True, slots=True)
class Previewed:
    """What the networks say of held-out samples can be looked at.

    Attributes:
        step: steps done when they were asked.
        epoch: the epoch of the last of these.
        path: the file, an evaluation of a few samples.
    """

    step: int
    epoch: int
    path: str


@dataclass(frozen=True, slots=True)
class Paused:
    """The run waits after this step."""

    step: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """The run goes on after this step."""

    step: int


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the user should know; training goes on.

    Attributes:
        message: what.
        trouble: whether something is wrong; else it is worth knowing, and as it was wanted.
    """

    message: str
    trouble: bool = True


@dataclass(frozen=True, slots=True)
class Finished:
    """The run ended as it should.

    Attributes:
        reason: "done" (all epochs), "stopped" (by the user) or "early" (it no longer improved).
        epochs: how many were completed.
        step: steps done.
        best_epoch: the epoch with the best monitored value; 0 where none was completed.
        best_value: that value; 0 where none was completed.
        seconds: time spent training, pauses excluded.
        run: the run's folder.
    """

    reason: str
    epochs: int
    step: int
    best_epoch: int
    best_value: float
    seconds: float
    run: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The run could not start or go on.

    Attributes:
        message: what happened, one line.
        node: the node where it happened, with the blocks around it before it (`encoder.attention`), or "".
        advice: what the user can do, one sentence each.
        step: steps done.
        offers: what the program can do about it, by the names of `training.offers`; they stand in the advice as well.
    """

    message: str
    node: str = ""
    advice: tuple[str, ...] = ()
    step: int = 0
    offers: tuple[str, ...] = ()


Event = (
    Preparing
    | Started
    | Steps
    | PhaseBegan
    | EpochEnd
    | Checkpoint
    | Previewed
    | Paused
    | Resumed
    | Warned
    | Finished
    | Failed
)

_NAMES: dict[type, str] = {
    Preparing: "preparing",
    Started: "started",
    Steps: "steps",
    PhaseBegan: "phase",
    EpochEnd: "epoch",
    Checkpoint: "checkpoint",
    Previewed: "previewed",
    Paused: "paused",
    Resumed: "resumed",
    Warned: "warned",
    Finished: "finished",
    Failed: "failed",
}
_LARGEST = 2**53
"""Whole numbers up to here are numbers of a curve, too."""
_CLASSES: dict[str, type] = {name: kind for kind, name in _NAMES.items()}


def _float(value: float | None, name: str) -> float:
    try:
        return math.nan if value is None else float(value)
    except OverflowError:
        raise ValueError(f"{name}: the number is too large") from None


def to_json(event: Event) -> dict[str, Any]:
    """The event as JSON values, its name first under "event"; a number that is not finite becomes null."""
    plain: dict[str, Any] = {"event": _NAMES[type(event)]}
    for item in dataclasses.fields(event):
        plain[item.name] = plain_of(getattr(event, item.name))
    return plain


def plain_of(value: Any) -> Any:
    """Values as JSON has them: a number that is not finite becomes null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, tuple | list):
        return [plain_of(item) for item in value]
    if isinstance(value, Mapping):
        return {key: plain_of(item) for key, item in value.items()}
    return value


def from_json(plain: Mapping[str, Any]) -> Event:
    """The event that `to_json` made the values from; a null number comes back as NaN.

    Raises:
        ValueError: the values are not an event's.
    """
    kind = _CLASSES.get(str(plain.get("event")))
    if kind is None:
        raise ValueError(f"no event is called {plain.get('event')!r}")
    hints = _hints(kind)
    given = {name: _typed(value, hints.get(name), name) for name, value in plain.items() if name != "event"}
    try:
        return typing.cast("Event", kind(**given))
    except TypeError as error:
        raise ValueError(f"{plain['event']}: {error}") from None


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    """The types of an event's fields, worked out once: it is Python's compiler that reads them."""
    return typing.get_type_hints(kind)


def _typed(value: Any, hint: Any, name: str) -> Any:
    """A JSON value in the type its field declares."""
    origin = typing.get_origin(hint)
    if origin is tuple and isinstance(value, list):
        return tuple(_typed(item, typing.get_args(hint)[0], name) for item in value)
    if origin is Mapping and isinstance(value, dict):
        return {key: _typed(item, typing.get_args(hint)[1], name) for key, item in value.items()}
    if hint is float and (value is None or (isinstance(value, int | float) and not isinstance(value, bool))):
        return _float(value, name)
    if hint is int and type(value) is int and abs(value) > _LARGEST:
        raise ValueError(f"{name}: the number is too large")
    if hint in (int, str, bool) and type(value) is hint:
        return value
    raise ValueError(f"{name}: {str(value)[:60]!r} does not fit")
