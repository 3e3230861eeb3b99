"""Whether what was chosen is allowed, each by itself: data set, augmentations, task, loss, optimizer, settings."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import TypeVar

from netdesigner.checks.codes import CODES, found
from netdesigner.checks.parameters import Fault, Names, finite, part_faults
from netdesigner.checks.phases import phases
from netdesigner.checks.report import Problem, Trace
from netdesigner.document.design import AUGMENTATIONS, Choice, Design, Settings
from netdesigner.errors import DataError, ParameterError, UnknownPartError
from netdesigner.parts.augmentation import Augmentation
from netdesigner.parts.catalog import Catalog, create
from netdesigner.parts.dataset import Dataset, DataSpec
from netdesigner.parts.machine import why_not_compiled
from netdesigner.parts.part import Part
from netdesigner.parts.task import Task
from netdesigner.parts.training_settings import TrainingSettings

__all__ = ["augmentations", "choices", "sampling", "training"]

P = TypeVar("P", bound=Part)
R = TypeVar("R")


def choices(design: Design, catalog: Catalog, data: DataSpec | DataError | None) -> Iterator[Problem]:
    """What is wrong with the data, the task and the loss.

    Args:
        design: the design.
        catalog: where data sets, tasks and losses are found.
        data: what samples look like, or why they cannot be read; None while that is unknown.
    """
    names = finite(design.variables)
    if design.data is not None:
        dataset = yield from _chosen("data set", catalog.datasets, design.data, names, ("ND403", "ND405"))
        if dataset is not None:
            yield from _split(dataset, data if isinstance(data, DataSpec) else None)
        if isinstance(data, DataError):
            yield found("ND409", f"the data cannot be used: {data}")
    elif data is None:
        yield found("ND401", "no data is chosen; training needs some")
    if design.task is not None:
        yield from _chosen("task", catalog.tasks, design.task, names, ("ND404", "ND406"))
    else:
        yield found("ND402", "no task is chosen; training needs to know what is to be learned")
    if design.loss is not None:
        yield from _loss(design.loss, design.task, catalog, names)


def _loss(choice: Choice, task: Choice | None, catalog: Catalog, names: Names) -> Iterator[Problem]:
    """What is wrong with the loss, by itself and for the task."""
    yield from _chosen("loss", catalog.losses, choice, names, ("ND431", "ND432"))
    part = catalog.tasks.get(task.kind) if task is not None else None
    loss = catalog.losses.get(choice.kind)
    if part is not None and loss is not None and not (part.usual_loss and part.learns in loss.learns):
        other = f"whose usual one is {part.usual_loss}" if part.usual_loss else "which takes none"
        yield found("ND433", f"loss {choice.kind} is not for the task {part.label()}, {other}")


def augmentations(design: Design, catalog: Catalog, data: DataSpec | None) -> Iterator[Problem]:
    """What is wrong with the augmentations, each by itself, for the samples and beside the others.

    Args:
        design: the design.
        catalog: where augmentations and tasks are found.
        data: what samples look like; None while that is unknown.
    """
    names, task = finite(design.variables), catalog.task_of(design)
    dataset = catalog.datasets.get(design.data.kind) if design.data is not None else None
    before: Augmentation | None = None
    for number, choice in enumerate(design.augmentations, 1):
        section = f"{AUGMENTATIONS}.{number}"
        part = yield from _in_section(
            section, _chosen("augmentation", catalog.augmentations, choice, names, ("ND441", "ND442"))
        )
        if part is None:
            continue
        yield from _in_section(section, _augmentation(part, data, task, before))
        yield from _in_section(section, _mirrored(part, dataset))
        before = part if part.mixes and part.p == 1 else before


def _in_section(section: str, problems: Generator[Problem, None, R]) -> Generator[Problem, None, R]:
    """Problems of one of several choices; returns as they do."""
    while True:
        try:
            yield next(problems)._replace(section=section)
        except StopIteration as end:
            returned: R = end.value
            return returned


def _augmentation(
    part: Augmentation, data: DataSpec | None, task: Task | None, before: Augmentation | None
) -> Generator[Problem, None, None]:
    for misfit in part.misfits(data, task) if data is not None else ():
        yield found(misfit.code, misfit.message, param=misfit.param)
    if part.mixes and before is not None:
        text = f"{part.label()} never acts, for {before.label()} before it has mixed every batch already"
        yield found("ND445", text)


def _mirrored(part: Augmentation, dataset: type[Dataset] | None) -> Generator[Problem, None, None]:
    if part.mirrors and dataset is not None and dataset.handed:
        yield found("ND446", f"{part.label()} mirrors samples, and in {dataset.label()} {dataset.handed}")


def training(design: Design, catalog: Catalog, traces: Mapping[str, Trace]) -> Iterator[Problem]:
    """What is wrong with how the design is trained; all codes of its problems begin with ND6.

    Args:
        design: the design.
        catalog: where optimizers and schedules are found.
        traces: by network, what flows through it.
    """
    names, settings = finite(design.variables), design.training
    yield from _chosen("optimizer", catalog.optimizers, settings.optimizer, names, ("ND601", "ND604"))
    yield from _chosen("schedule", catalog.schedules, settings.schedule, names, ("ND602", "ND605"))
    for fault in part_faults(TrainingSettings, settings.values, names):
        yield _wrong("ND603", "training", fault)
    yield from _decay(settings, catalog)
    yield from _useless(settings, traces)
    if settings.phases:
        yield from phases(design, traces, names, catalog.task_of(design))


def _useless(settings: Settings, traces: Mapping[str, Trace]) -> Iterator[Problem]:
    """Switches that change nothing, for this design or on this machine."""
    nodes = (node for trace in traces.values() for node in trace.nodes.values())
    if settings.values.get("recompute") is True and not any(node.inner or node.repeat > 1 for node in nodes):
        text = "training: recompute: there are neither blocks nor repetitions, so that no memory is saved"
        yield found("ND614", text, param="recompute")
    if settings.values.get("compile") is True and (reason := why_not_compiled()):
        yield found("ND615", f"training: compile: {reason}, or switch it off", param="compile")


def _chosen(
    family: str, parts: Mapping[str, type[P]], choice: Choice, names: Names, codes: tuple[str, str]
) -> Generator[Problem, None, P | None]:
    """What is wrong with one choice; returns the part where it can be made.

    Args:
        family: what to call it, such as "task".
        parts: the family by kind.
        choice: what was chosen.
        names: the variables that expressions may use.
        codes: of an unknown kind, and of a parameter that is not allowed.
    """
    unknown, setting = codes
    try:
        return create(family, parts, choice, names)
    except UnknownPartError as error:
        yield found(unknown, str(error))
    except ParameterError:
        part = parts[choice.kind]
        for fault in part_faults(part, choice.params, names):
            yield _wrong(setting, f"{family} {part.label()}", fault)
    return None


def _wrong(code: str, where: str, fault: Fault) -> Problem:
    malformed = CODES[fault.code].malformed
    return found(code, f"{where}: {fault.message}", param=fault.param, malformed=malformed)


def _split(dataset: Dataset, data: DataSpec | None) -> Iterator[Problem]:
    """Held-out parts that leave nothing to train on."""
    where = f"data set {dataset.label()}"
    if data is not None and data.rows:
        try:
            dataset.shares(data.rows, data.stretches)
        except ParameterError as error:
            yield found("ND407", f"{where}: {error}", param=error.name)
    elif dataset.validation + dataset.test >= 1:
        text = f"{dataset.validation} and {dataset.test} for the test leave none to train on"
        yield found("ND407", f"{where}: validation: {text}", param="validation")


def sampling(design: Design, data: DataSpec | DataError | None) -> Iterator[Problem]:
    """Classes that are to come equally often where samples have none; the code of the problem begins with ND6."""
    if design.training.values.get("sampling") != "balanced" or not isinstance(data, DataSpec):
        return
    if not data.one_class_each:
        given = f"classes {data.target}" if data.classes else f"values {data.target}"
        text = f"training: sampling: balanced takes one class a sample, but the targets are {given}"
        yield found("ND620", text, param="sampling")


def _decay(settings: Settings, catalog: Catalog) -> Iterator[Problem]:
    """A weight decay for an optimizer that takes none."""
    optimizer = catalog.optimizers.get(settings.optimizer.kind)
    try:
        if optimizer is not None:
            optimizer.check_decay(settings.values.get("weight_decay"))
    except ParameterError as error:
        yield found("ND606", f"training: {error}", param=error.name)
