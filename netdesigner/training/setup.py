"""From a design to what a run needs: settings, data, networks and optimizer, on their device."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from netdesigner.document.design import Design
from netdesigner.errors import TrainingError
from netdesigner.parts.augmentation import Augmented
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.dataset import Dataset, DataSpec, Progress, Samples
from netdesigner.parts.loss import Loss
from netdesigner.parts.optimizer import Optimizer
from netdesigner.parts.paths import found
from netdesigner.parts.rows import Rows
from netdesigner.parts.schedule import Schedule
from netdesigner.parts.task import Task
from netdesigner.parts.training_settings import TrainingSettings
from netdesigner.training.augment import augmented
from netdesigner.training.data import Pair, Portion, Prepared, prepare
from netdesigner.training.device import choose_device, forget, is_out_of_memory, release_memory
from netdesigner.training.events import Preparing
from netdesigner.training.groups import groups_of
from netdesigner.training.owners import Owner, owners_of
from netdesigner.training.phases import Phases
from netdesigner.training.weight_files import start_from

__all__ = ["Build", "Setup", "Step", "networks_of", "set_up"]

Build = Callable[[str, DataSpec], nn.Module]
"""Makes the module of a network, by its name in the design, for data that look like this."""

_MOST_TOLD = 10
_COUNTED = 1000
"""So many samples tell how often classes are met, where targets are read when they are needed."""

Step = Callable[[Pair], Mapping[str, Tensor]]
"""Computes a batch: curves, of which the loss has the gradient."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run needs.

    Attributes:
        design: what is trained.
        settings, schedule: how.
        task, dataset: what is learned, and from what.
        prepared: the samples.
        augmented: what is done to the samples of a batch before a step; None where nothing is.
        networks: by the role they have in the task, on the device.
        loss: the task's loss with what it took from the training part; None where it has none.
        criterion: what the loss built, on the device.
        optimizers: for each turn of the task over the parameters of its networks that can change.
        phases: which of them change when.
        called: the networks as they are called, by role: themselves, or compiled.
        device: what computes.
    """

    design: Design
    settings: TrainingSettings
    schedule: Schedule
    task: Task
    dataset: Dataset
    prepared: Prepared
    augmented: Augmented | None
    networks: Mapping[str, nn.Module]
    loss: Loss | None
    criterion: nn.Module | None
    optimizers: tuple[torch.optim.Optimizer, ...]
    phases: Phases
    called: dict[str, nn.Module]
    device: torch.device

    @property
    def parameters(self) -> int:
        """How many numbers training changes."""
        groups = (group for optimizer in self.optimizers for group in optimizer.param_groups)
        return sum(parameter.numel() for group in groups for parameter in group["params"])

    def step(self, pair: Pair) -> dict[str, Tensor]:
        """One forward pass over a batch on the device, as `Task.step` gives it."""
        return self.task.step(self.called, self.criterion, pair)

    @property
    def steps(self) -> dict[str, Step]:
        """What trains, by the name of its loss: what each turn of the task computes."""
        take, networks, criterion = self.task.take, self.called, self.criterion
        return {turn.loss: partial(take, turn, networks, criterion) for turn in self.task.turns()}

    def begin(self) -> tuple[str, ...]:
        """Gives the networks the weights to begin with that the settings or the task name.

        Returns:
            What there is to tell of it, and of what the loss took from the training part.

        Raises:
            WeightFileError: a file cannot be used.
            TrainingError: nothing in it fits a network.
        """
        named, folder = self.settings.start_from, self.design.folder
        told = [*map(_worded, self._taken())]
        told += [start_from(self.networks, found(named, folder))] if named else []
        for role, weights in self.task.begins_with().items():
            own = {role: self.networks[role]}
            told.append(f"{role}: {start_from(own, found(weights, folder), whole=True)}")
        return tuple(told)

    def _taken(self) -> Iterator[tuple[str, Mapping[str, float]]]:
        """What the loss took from the training part: which parameter, and its number for each class."""
        if self.loss is None or self.task.loss is None:
            return
        spec, before = self.prepared.spec, self.task.loss.values()
        for name, values in self.loss.changed().items():
            if isinstance(values, tuple) and values != before[name]:
                yield name, dict(zip(spec.classes or spec.targets, values, strict=False))


def _worded(taken: tuple[str, Mapping[str, float]]) -> str:
    """What a loss took from the training part, in one line; of many classes the least and the greatest."""
    name, values = taken
    shown, of = list(values), ""
    if len(values) > _MOST_TOLD:
        shown.sort(key=values.__getitem__)
        shown, of = [shown[0], shown[-1]], f" of {len(values):,} classes the least and the greatest:"
    numbers = ", ".join(f"{each}: {values[each]:.4g}" for each in shown)
    return f"{name} of the loss, from the training part:{of} {numbers}"


def set_up(
    design: Design,
    catalog: Catalog,
    build: Build,
    *,
    samples: Samples | None,
    known: DataSpec | None = None,
    device: str,
    progress: Progress,
) -> Generator[Preparing, None, Setup]:
    """Makes ready for a run; see `loop.train` for the arguments.

    Args:
        known: what the data looked like of the run that is gone on with.

    Raises:
        NetDesignerError: training cannot start.
    """
    settings = TrainingSettings.of(design.training, design.variables)
    optimizer = catalog.optimizer(design.training.optimizer, design.variables)
    schedule = catalog.schedule(design.training.schedule, design.variables)
    task, dataset = _parts_of(design, catalog, samples)
    dataset = dataset.with_known(known) if known is not None else dataset
    names = networks_of(design, task)
    chosen = choose_device(device or settings.device)
    fresh = samples is not None and samples.source == dataset.fingerprint()
    yield Preparing(
        "Reading the data" if fresh or samples is None else "Reading the data again: they changed"
    )
    read = samples if samples is not None and fresh else dataset.read(progress)
    prepared = prepare(dataset, read, progress)
    _check_targets(task, prepared)
    yield Preparing("Building the network")
    modules = {role: build(name, prepared.spec) for role, name in names.items()}
    task.check_networks(modules, prepared.train.take(slice(1)).input)
    _to_device(modules, chosen)
    owners = owners_of(design, names, modules)
    optimizers = _optimizers(optimizer, settings, task, modules, owners)
    phases = Phases(design.training.phases, {names[role]: m for role, m in modules.items()}, owners)
    loss = _fitted(task, prepared)
    criterion = loss.build().to(chosen) if loss is not None else None
    done = augmented(design, catalog, task, prepared, chosen)
    if task.augments:
        task, done = task.with_fields(augmented=done), None
    return Setup(
        design=design,
        settings=settings,
        schedule=schedule,
        task=task,
        dataset=dataset,
        prepared=prepared,
        augmented=done,
        networks=modules,
        loss=loss,
        criterion=criterion,
        optimizers=optimizers,
        phases=phases,
        called=dict(modules),
        device=chosen,
    )


def _optimizers(
    optimizer: Optimizer,
    settings: TrainingSettings,
    task: Task,
    modules: Mapping[str, nn.Module],
    owners: Mapping[nn.Parameter, Owner],
) -> tuple[torch.optim.Optimizer, ...]:
    """One for each turn of a task; raises where a turn has nothing to change."""
    rates = {parameter: owner.rate for parameter, owner in owners.items()}
    learning = ({role: modules[role] for role in turn.roles} for turn in task.turns())
    return tuple(
        optimizer.build(
            groups_of(those, settings, optimizer.decays, rates), settings.learning_rate, settings.weight_decay
        )
        for those in learning
    )


def _fitted(task: Task, prepared: Prepared) -> Loss | None:
    """The loss of a task with what it takes from the training part; of targets that are read now, from some."""
    if task.loss is None:
        return None
    spec, train = prepared.spec, prepared.train
    some = train.some(_COUNTED) if isinstance(train.target, Rows) else None
    wanted = next(_wanted(task, train)) if some is None else task.wanted(some.input, some.target)
    return task.loss.fitted(wanted.numpy(), len(spec.classes or spec.targets))


def _check_targets(task: Task, prepared: Prepared) -> None:
    """Holds what is wanted of the samples of each part against what can be learned; raises as the task does."""
    for portion in (prepared.train, prepared.validation, prepared.test):
        if task.loss is not None and len(portion.target):
            for wanted in _wanted(task, portion):
                task.check_targets(wanted.numpy())


def _wanted(task: Task, portion: Portion) -> Iterator[Tensor]:
    """What is wanted of all samples of a part, some at a time; inputs are read for it only where it depends on them."""
    for pair in portion.pairs():
        wanted = task.wanted(pair.input, pair.target)
        if wanted is pair.target and isinstance(portion.target, Tensor):
            yield portion.target
            return
        yield wanted


def _parts_of(design: Design, catalog: Catalog, samples: Samples | None) -> tuple[Task, Dataset]:
    if design.task is None:
        raise TrainingError(
            "the design has no task, so there is nothing to learn", advice=("Choose a task.",)
        )
    if design.data is None and samples is None:
        raise TrainingError("the design has no data to learn from", advice=("Choose a data set.",))
    task = catalog.task(design.task, design.variables, design.loss)
    if design.data is None:
        return task, Dataset()
    return task, catalog.dataset(design.data, design.variables, design.folder)


def networks_of(design: Design, task: Task) -> dict[str, str]:
    """Which network of the design plays which role of the task.

    With a single role the design's only network plays it, whatever its name; else networks are named after roles.

    Raises:
        TrainingError: a role has no network.
    """
    if len(task.roles) == 1 and len(design.networks) == 1:
        return {task.roles[0]: next(iter(design.networks))}
    missing = [role for role in task.roles if role not in design.networks]
    if missing:
        raise TrainingError(
            f"{task.label()} needs a network called '{missing[0]}'; the design has {', '.join(design.networks)}",
            advice=("Rename one of the networks.",),
        )
    return {role: role for role in task.roles}


def _to_device(modules: Mapping[str, nn.Module], device: torch.device) -> None:
    """Networks where they are computed."""
    try:
        for module in modules.values():
            module.to(device).train()
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        forget(error)
    else:
        return
    release_memory(device)
    raise TrainingError(
        f"the network does not fit into the memory of the device {device.type}",
        advice=("Make its layers smaller, or train on the device cpu.",),
    )
