"""The runs of a design: the folders `NAME.runs/<date-time>` beside its file, what is in them, and how to use one.

A run's folder holds `design.netdesign` (the design as it was trained), `data.json` (what the data looked like, how they
were scaled, and what the loss took from them), `events.jsonl`, `checkpoint-best/`, `checkpoint-last/` and, once judged,
`evaluation.json`. Listing runs reads no weights and needs no torch.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netdesigner.document import Design, load
from netdesigner.errors import DataError, FileError
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.dataset import Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.rows import Rows
from netdesigner.parts.task import Task
from netdesigner.parts.tensor import TensorSpec
from netdesigner.parts.training_settings import TrainingSettings
from netdesigner.training.desk import Desk
from netdesigner.training.events import EpochEnd, Event, Failed, Finished, Started, Steps
from netdesigner.training.log import read_events

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

    from netdesigner.training.data import Prepared

__all__ = [
    "Curves",
    "HeldOut",
    "RunInfo",
    "TrainedRun",
    "can_go_on",
    "curves_of",
    "has_weights",
    "list_runs",
    "load_run",
    "new_run",
    "read_events",
    "run_info",
    "running_run",
    "spec_of",
]

DESIGN_FILE = "design.netdesign"
DATA_FILE = "data.json"
_LISTS = ("classes", "features", "targets", "tokens", "stretches")
_LARGEST = 2**53
_MOST_LEARNED = 10_000
"""So many of the samples that were trained on are shown again where these do not fit into memory."""
Points = tuple[tuple[float, ...], tuple[float, ...]]
"""Steps and the values at them."""


# ----------------------------------------------------------------------------------------------------------- listing


@dataclass(frozen=True, slots=True)
class Curves:
    """Every point of a run: for each curve the steps and the values at them."""

    train: Mapping[str, Points] = field(default_factory=dict)
    validation: Mapping[str, Points] = field(default_factory=dict)
    learning_rate: Points = ((), ())


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What a list shows of a run.

    Attributes:
        path: its folder.
        name: of the folder.
        state: "done", "stopped", "early", "failed", "running", or "unfinished": it was cut off.
        epochs: how many were completed.
        steps: how many were done.
        best_epoch: the epoch with the best monitored value; 0 where none was completed.
        best_value: that value.
        task: the kind of its task; "" where it does not say.
        monitor: the name of the monitored curve.
        seconds: time spent training.
        message: why it failed, or "".
        curves: one point an epoch: means over the training part, and the validation.
    """

    path: Path
    name: str
    state: str
    epochs: int
    steps: int
    best_epoch: int
    best_value: float
    task: str
    monitor: str
    seconds: float
    message: str
    curves: Curves


def new_run(design_path: Path, name: str = "") -> Path:
    """Makes the folder of a new run beside a design's file.

    Args:
        design_path: the file.
        name: how the folder is called, with a number where there is one already; the present time if empty.

    Raises:
        FileError: it cannot be made there.
    """
    parent = _folder_of_runs(design_path)
    stamp = name or time.strftime("%Y%m%d-%H%M%S")
    number = 1
    while True:
        folder = parent / (stamp if number == 1 else f"{stamp}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            number += 1
        except OSError as error:
            raise FileError(
                folder, f"the folder of the run cannot be made: {error.strerror or error}"
            ) from None
        else:
            return folder


def list_runs(design_path: Path) -> tuple[RunInfo, ...]:
    """The runs beside a design's file, the oldest first; also those that failed to begin while nobody followed them."""
    try:
        found = _folder_of_runs(design_path).iterdir()
        visible = (folder for folder in found if not folder.name.startswith("."))  # not one half moved
        folders = sorted((folder for folder in visible if Desk(folder).is_run), key=_age)
    except OSError:
        return ()
    return tuple(run_info(folder) for folder in folders)


def running_run(design_path: Path) -> Path | None:
    """The newest run beside a design's file that is being trained now, by whatever process."""
    try:
        found = (folder for folder in _folder_of_runs(design_path).iterdir() if Desk(folder).worker())
        return max(found, key=_age, default=None)
    except OSError:
        return None


def can_go_on(run: Path) -> bool:
    """Whether a run has kept something to go on from."""
    return any((run / name / "state.json").is_file() for name in ("checkpoint-last", ".checkpoint-last.old"))


def has_weights(run: Path) -> bool:
    """Whether a run has kept weights that can be judged and taken away."""
    return any((run / name / "state.json").is_file() for name in ("checkpoint-best", ".checkpoint-best.old"))


def _folder_of_runs(design_path: Path) -> Path:
    return design_path.with_name(f"{design_path.stem}.runs")


def _age(folder: Path) -> tuple[str, int]:
    """Sorts `20260101-120000-10` after `20260101-120000-9`."""
    stamp, _, number = folder.name.rpartition("-") if folder.name.count("-") == 2 else (folder.name, "", "1")
    return stamp, int(number) if number.isdigit() else 1


def run_info(run: Path) -> RunInfo:
    """What a list shows of one run; a damaged file gives what can still be read."""
    epochs: list[EpochEnd] = []
    started: Started | None = None
    last: Finished | Failed | None = None
    for event in read_events(Desk(run).said, steps=False):
        if isinstance(event, Started):
            started, last = event, None
            epochs = [epoch for epoch in epochs if epoch.step <= event.resumed_step]
        elif isinstance(event, EpochEnd):
            epochs.append(event)
        elif isinstance(event, Finished | Failed):
            last = event
    best = next((epoch for epoch in reversed(epochs) if epoch.best), None)
    open_ended = "running" if Desk(run).worker() else "unfinished"
    monitor = started.monitor if started else "loss"
    return RunInfo(
        path=run,
        name=run.name,
        state="failed" if isinstance(last, Failed) else last.reason if last else open_ended,
        epochs=len(epochs),
        steps=max([last.step if last else 0, *(epoch.step for epoch in epochs)]),
        best_epoch=best.epoch if best else 0,
        best_value=(best.validation or best.train).get(monitor, 0.0) if best else 0.0,
        task=started.task if started else "",
        monitor=monitor,
        seconds=last.seconds if isinstance(last, Finished) else epochs[-1].seconds if epochs else 0.0,
        message=last.message if isinstance(last, Failed) else "",
        curves=curves_of(epochs),
    )


def curves_of(events: Iterable[Event]) -> Curves:
    """Every point of a run's events; what a resumed run did again counts once.

    Where there are no `Steps` among them, the training curves have one point an epoch.
    """
    steps: list[Steps] = []
    epochs: list[EpochEnd] = []
    for event in events:
        if isinstance(event, Started):
            steps = [item for part in steps if (item := _until(part, event.resumed_step))]
            epochs = [item for item in epochs if item.step <= event.resumed_step]
        elif isinstance(event, Steps):
            steps.append(event)
        elif isinstance(event, EpochEnd):
            epochs.append(event)
    validation = _collect((item.step, item.validation) for item in epochs)
    if not steps:
        rates = tuple(float(item.step) for item in epochs), tuple(item.learning_rate for item in epochs)
        return Curves(_collect((item.step, item.train) for item in epochs), validation, rates)
    places = tuple(float(n) for part in steps for n in range(part.first, part.last + 1))
    return Curves(
        _joined(steps), validation, (places, tuple(r for part in steps for r in part.learning_rate))
    )


def _until(steps: Steps, last: int) -> Steps | None:
    """The part of some steps that was not given up."""
    count = min(len(steps.learning_rate), last - steps.first + 1)
    if count <= 0:
        return None
    values = {name: column[:count] for name, column in steps.values.items()}
    return Steps(steps.first, steps.epoch, values, steps.learning_rate[:count])


def _joined(steps: list[Steps]) -> dict[str, Points]:
    found: dict[str, tuple[list[float], list[float]]] = {}
    for part in steps:
        for name, column in part.values.items():
            places, values = found.setdefault(name, ([], []))
            places.extend(float(part.first + offset) for offset in range(len(column)))
            values.extend(column)
    return {name: (tuple(places), tuple(values)) for name, (places, values) in found.items()}


def _collect(points: Iterable[tuple[int, Mapping[str, float]]]) -> dict[str, Points]:
    found: dict[str, tuple[list[float], list[float]]] = {}
    for step, values in points:
        for name, value in values.items():
            column = found.setdefault(name, ([], []))
            column[0].append(float(step))
            column[1].append(value)
    return {name: (tuple(steps), tuple(values)) for name, (steps, values) in found.items()}


# ------------------------------------------------------------------------------------------------------- using a run


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Samples that training did not see, for judging a network.

    Attributes:
        part: "test"; "validation" where there is no test part, "train" where there is neither.
        input: as the network gets them.
        target: what is right.
        raw: the inputs before scaling, for showing them.
        learned: inputs and targets that training did see.
    """

    part: str
    input: np.ndarray | Rows
    target: np.ndarray
    raw: np.ndarray | Rows
    learned: tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """A run whose weights can be used.

    Attributes:
        path: its folder.
        design: the design as it was trained.
        task, dataset: of the design.
        spec: what the data looked like, with the unit of targets that were scaled.
        scaling, fingerprint, digest: how inputs were scaled, and what tells the samples from others, as `scaling`,
            `source` and `digest` of `Prepared`; a run of before has no digest.
        numbers: of the loss, by parameter; such as it took from the training part are among them.
        which: "best" or "last".
        step: steps done when the weights were kept.
        epoch: epochs completed then.
    """

    path: Path
    design: Design
    task: Task
    dataset: Dataset
    spec: DataSpec
    scaling: Mapping[str, Any]
    fingerprint: Mapping[str, str | int]
    digest: str
    numbers: Mapping[str, tuple[float, ...]]
    which: str
    step: int
    epoch: int

    def load_into(self, module: nn.Module, role: str = "") -> None:
        """Fills a module compiled from `design` with the run's weights.

        Args:
            module: the network.
            role: which of the task's networks it is, where it has several.

        Raises:
            FileError: the checkpoint cannot be read.
            TrainingError: the weights do not fit.
        """
        from netdesigner.training.checkpoint import fill, read

        weights = dict(read(_checkpoint(self.path, self.which), weights_only=True).weights)
        if len(self.task.roles) > 1:
            start = f"{role}."
            weights = {n.removeprefix(start): tensor for n, tensor in weights.items() if n.startswith(start)}
        fill({role: module}, weights)

    def read_data(self, progress: Progress = no_progress) -> tuple[Samples, Prepared]:
        """The data as the run saw them, read again from their source: raw, and split and scaled.

        Raises:
            DataError: they can no longer be read, or are no longer the same.
        """
        from netdesigner.training.data import prepare

        samples = self.dataset.read(lambda fraction, text: progress(fraction / 2, text))
        prepared = prepare(self.dataset, samples, lambda fraction, text: progress((1 + fraction) / 2, text))
        before = replace(self.spec, unit=None)
        change = _change(before, samples.spec) or _other_values(self.scaling, prepared.scaling)
        if change or self.digest not in ("", prepared.digest):
            told = f": {change}" if change else ""
            raise DataError(
                self.dataset.changed_since(self.fingerprint),
                f"changed since run {self.path.name} was trained on it{told}; put the old data back or train again",
            )
        return samples, prepared

    def held_out(self, progress: Progress = no_progress) -> HeldOut:
        """The samples to judge the run on; raises as `read_data`."""
        samples, prepared = self.read_data(progress)
        part = next((p for p in ("test", "validation") if len(getattr(prepared, p).target)), "train")
        portion, rows = getattr(prepared, part), prepared.indices[part]
        some = prepared.train.some(_MOST_LEARNED)
        learned = some.input.numpy(), some.target.numpy()
        if isinstance(samples.input, Rows):
            return HeldOut(part, portion.input, portion.targets(), samples.input.only(rows), learned)
        return HeldOut(part, portion.input.numpy(), portion.targets(), samples.input[rows], learned)


def _change(before: DataSpec, now: DataSpec) -> str:
    """In what the data look other than before; "" where they look the same."""
    if now.classes != before.classes:
        was, are = (", ".join(spec.classes)[:100] or "none" for spec in (before, now))
        return f"the classes were {was} and are {are} now"
    if now.rows != before.rows:
        return f"there were {before.rows:,} samples and are {now.rows:,} now"
    return "" if now == before else "they have other columns or another shape"


def _other_values(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Whether the training part is scaled otherwise, beyond what processors round differently."""
    if before.keys() == now.keys() and all(_close(before[name], now[name]) for name in before):
        return ""
    return "they have other values"


def _close(before: Any, now: Any) -> bool:
    if not isinstance(before, list):
        return bool(before == now)
    pairs = zip(before, now, strict=False)
    return len(before) == len(now) and all(math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-6) for a, b in pairs)


def load_run(path: Path, catalog: Catalog, which: str = "") -> TrainedRun:
    """A run, ready for judging it and for taking its network away.

    Args:
        path: the run's folder.
        catalog: where its parts are found.
        which: the "best" or the "last" weights, what the design keeps if empty; the last where no epoch was completed.

    Raises:
        FileError: it is not a run's folder, or a file of it cannot be read.
        NetDesignerError: its design holds what this version does not know.
    """
    from netdesigner.training.checkpoint import find, read

    if not (path / DESIGN_FILE).is_file():
        raise FileError(path, f"not the folder of a run (it has no {DESIGN_FILE})")
    design = load(path / DESIGN_FILE)
    if design.data is None or design.task is None:
        raise FileError(path, "its design has no data or no task")
    which = which or TrainingSettings.kept_by(design.training)
    which = "last" if which == "best" and find(path, "best") is None else which
    state = read(_checkpoint(path, which), weights_only=True).state
    dataset, data = catalog.dataset(design.data, design.variables, design.folder), _data_of(path)
    return TrainedRun(
        path=path,
        design=design,
        task=catalog.task(design.task, design.variables, design.loss),
        dataset=dataset.with_known(data["spec"]),
        **data,
        which=which,
        step=_counted(path, state, "step"),
        epoch=_counted(path, state, "epoch"),
    )


def _counted(path: Path, state: Mapping[str, Any], name: str) -> int:
    """A whole number that a checkpoint's state holds."""
    value = state.get(name, 0)
    if type(value) is not int or not 0 <= value < _LARGEST:
        raise FileError(path, f"the checkpoint is damaged: its {name} is no number of steps or epochs")
    return value


def _checkpoint(path: Path, which: str) -> Path:
    from netdesigner.training.checkpoint import find

    found = find(path, which)
    if found is None:
        raise FileError(path, "the run has kept no weights yet; train it longer")
    return found


def data_to_json(prepared: Prepared) -> dict[str, Any]:
    """What is kept of the data beside a run: enough to take the network away without them."""
    spec = prepared.spec
    return {
        "samples": prepared.counts,
        "scaling": dict(prepared.scaling),
        "input": [list(spec.input.shape), spec.input.dtype],
        "target": [list(spec.target.shape), spec.target.dtype],
        **{name: list(getattr(spec, name)) for name in _LISTS},
        "rows": spec.rows,
        "ahead": spec.ahead,
        "waves": spec.waves,
        "fingerprint": dict(prepared.source),
        "digest": prepared.digest,
    }


def spec_of(path: Path) -> DataSpec | None:
    """What the data of a run looked like; None where it kept nothing of them.

    Args:
        path: the run's folder.

    Raises:
        FileError: what it kept cannot be read.
    """
    found: DataSpec | None = _data_of(path)["spec"] if (path / DATA_FILE).exists() else None
    return found


def _data_of(path: Path) -> dict[str, Any]:
    """What `data_to_json` kept, under the names of `TrainedRun`."""
    file = path / DATA_FILE
    try:
        raw = {"tokens": [], "stretches": [], **json.loads(file.read_text(encoding="utf-8"))}
        lists: dict[str, Any] = {name: tuple(raw[name]) for name in _LISTS}
        spec = DataSpec(
            input=TensorSpec(tuple(raw["input"][0]), raw["input"][1]),
            target=TensorSpec(tuple(raw["target"][0]), raw["target"][1]),
            rows=int(raw["rows"]),
            ahead=raw.get("ahead") is True,
            waves=raw.get("waves") is True,
            **lists,
        )
        scaling = raw["scaling"]
        if scaling and (
            len(scaling["shift"]) != len(scaling["scale"]) or not isinstance(scaling["axis"], int)
        ):
            raise ValueError("its scaling does not fit together")
        spec = spec.scaled_by(scaling)
        params = dict(dict(raw.get("loss", {})).get("params", {}))
        kept = {
            "fingerprint": dict(raw.get("fingerprint", {})),
            "digest": str(raw.get("digest", "")),
            "numbers": {key: tuple(map(float, each)) for key, each in params.items() if type(each) is list},
        }
    except OSError as error:
        raise FileError(file, f"cannot be read: {error.strerror or error}") from None
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise FileError(file, f"damaged: {error}") from None
    return {"spec": spec, "scaling": scaling, **kept}
