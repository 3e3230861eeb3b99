"""Parts are found by walking their packages, never listed, and looked up by their kind.

A frozen build asks `modules` for the same list, so that it cannot forget one.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import TypeVar

from netdesigner.document.design import AUGMENTATIONS, Choice, Design, Value
from netdesigner.document.spelling import meant
from netdesigner.errors import DataError, NetDesignerError, ParameterError, UnknownPartError
from netdesigner.parts.augmentation import Augmentation
from netdesigner.parts.dataset import Dataset, DataSpec
from netdesigner.parts.exporter import Exporter
from netdesigner.parts.layer import Layer
from netdesigner.parts.loss import Loss
from netdesigner.parts.optimizer import Optimizer
from netdesigner.parts.part import Part, resolve
from netdesigner.parts.paths import located
from netdesigner.parts.plugins import Plugin, load, wanted
from netdesigner.parts.schedule import Schedule
from netdesigner.parts.task import Task
from netdesigner.parts.training_settings import TrainingSettings

__all__ = ["Catalog", "create", "modules"]

P = TypeVar("P", bound=Part)


def modules(package: str) -> Iterator[str]:
    """The full names of a shelf package's modules; those beginning with `_` are not parts."""
    root = importlib.import_module(package)
    for info in pkgutil.iter_modules(root.__path__):
        if not info.name.startswith("_"):
            yield f"{package}.{info.name}"


def _parts_in(module: ModuleType, base: type[P]) -> Iterator[type[P]]:
    for value in vars(module).values():
        if (
            inspect.isclass(value)
            and issubclass(value, base)
            and value.kind
            and value.__module__ == module.__name__
        ):
            yield value


class _Family(Mapping[str, type[P]]):
    """The parts of one shelf package by their kind; the package is walked as far as what is asked for.

    So a window need not wait for the exporters, which it does not show before somebody exports, nor on a design of
    pictures for what reads tables.
    """

    def __init__(self, package: str, base: type[P]) -> None:
        self._package = package
        self.base = base
        self._found: dict[str, type[P]] = {}
        self._walking = Lock()

    @functools.cached_property
    def _waiting(self) -> deque[str]:
        """The modules that were not looked into yet."""
        return deque(modules(self._package))

    def _parts(self, until: str = "") -> dict[str, type[P]]:
        """The parts up to the module that has one of a kind; all where no kind is named."""
        with self._walking:
            while self._waiting and until not in self._found:
                for part in _parts_in(importlib.import_module(self._waiting[0]), self.base):
                    _shelve(part, self._found)
                self._waiting.popleft()
        return self._found

    def add(self, part: type[Part]) -> None:
        """Puts a part from elsewhere beside those of the package.

        Raises:
            TypeError: it is of another family, or there is a part of that kind already.
        """
        if not issubclass(part, self.base):
            raise TypeError(f"it is no {self.base.__name__}")
        _shelve(part, self._parts())

    def __getitem__(self, kind: str) -> type[P]:
        return self._parts(kind)[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts())

    def __len__(self) -> int:
        return len(self._parts())


def _shelve(part: type[P], parts: dict[str, type[P]]) -> None:
    kinds = (part.kind, *part.replaces)
    for kind in kinds:
        if kind in parts:
            raise TypeError(f"{part.__module__} and {parts[kind].__module__} both claim the kind '{kind}'")
    parts.update(dict.fromkeys(kinds, part))


@dataclass(frozen=True)
class Catalog:
    """All parts by their kind.

    Attributes:
        plugins: what installed packages brought, and what of it is left out; empty while plugins are off.
    """

    layers: Mapping[str, type[Layer]]
    datasets: Mapping[str, type[Dataset]]
    augmentations: Mapping[str, type[Augmentation]]
    tasks: Mapping[str, type[Task]]
    losses: Mapping[str, type[Loss]]
    optimizers: Mapping[str, type[Optimizer]]
    schedules: Mapping[str, type[Schedule]]
    exporters: Mapping[str, type[Exporter]]
    plugins: tuple[Plugin, ...] = ()

    @classmethod
    def discover(cls, *, with_plugins: bool | None = None) -> Catalog:
        """The parts that come with the program. Torch is not imported by this.

        Args:
            with_plugins: add the parts of installed packages, which runs their code (see `plugins`); None for what
                the environment says.
        """
        own = cls(
            layers=_Family("netdesigner.layers", Layer),
            datasets=_Family("netdesigner.datasets", Dataset),
            augmentations=_Family("netdesigner.augmentations", Augmentation),
            tasks=_Family("netdesigner.tasks", Task),
            losses=_Family("netdesigner.losses", Loss),
            optimizers=_Family("netdesigner.optimizers", Optimizer),
            schedules=_Family("netdesigner.schedules", Schedule),
            exporters=_Family("netdesigner.exporters", Exporter),
        )
        return own._with_plugins() if (wanted() if with_plugins is None else with_plugins) else own

    def _with_plugins(self) -> Catalog:
        import logging  # which a start without plugins need not wait for

        families = {family.base: family for family in vars(self).values() if isinstance(family, _Family)}
        loaded = load({base: family.add for base, family in families.items()})
        for plugin in loaded:
            for fault in plugin.faults:
                logging.getLogger(__name__).warning("%s", fault)
        return replace(self, plugins=loaded)

    def layer(self, kind: str, params: Mapping[str, Value], names: Mapping[str, int | float]) -> Layer:
        """The layer of a kind with its parameters resolved.

        Args:
            kind: the layer's kind.
            params: what was set; expressions are resolved.
            names: variables for expressions.

        Raises:
            UnknownPartError: there is no such kind.
            ParameterError: a parameter is unknown or not allowed.
        """
        return create("layer", self.layers, Choice(kind, params), names)

    def parts(self, section: str) -> Mapping[str, type[Part]]:
        """What can be chosen in one of the design's `SECTIONS`, or among its augmentations, by kind."""
        found: dict[str, Mapping[str, type[Part]]] = {
            "data": self.datasets,
            AUGMENTATIONS: self.augmentations,
            "task": self.tasks,
            "loss": self.losses,
            "training": {TrainingSettings.kind: TrainingSettings},
            "optimizer": self.optimizers,
            "schedule": self.schedules,
        }
        return found[section.partition(".")[0]]

    def dataset(
        self, choice: Choice, names: Mapping[str, int | float] | None = None, folder: Path | None = None
    ) -> Dataset:
        """The data set that was chosen, its files named in full; raises as `layer`.

        Args:
            choice: the kind and the parameters that were set.
            names: variables for expressions.
            folder: where relative paths start; None for the working directory.
        """
        return located(create("data set", self.datasets, choice, names or {}), folder)

    def dataset_of(self, design: Design) -> Dataset | None:
        """The data set of a design; None where none is chosen or its parameters are not allowed (a problem says so)."""
        if design.data is None:
            return None
        try:
            return self.dataset(design.data, design.variables, design.folder)
        except NetDesignerError:
            return None

    def augmentation(self, choice: Choice, names: Mapping[str, int | float] | None = None) -> Augmentation:
        """The augmentation that was chosen; raises as `layer`."""
        return create("augmentation", self.augmentations, choice, names or {})

    def data_of(self, design: Design) -> DataSpec | DataError | None:
        """What the samples of a design look like, or why they cannot be read; None where it has no data set."""
        dataset = self.dataset_of(design)
        try:
            return dataset.describe() if dataset is not None else None
        except DataError as error:
            return error

    def task_of(self, design: Design) -> Task | None:
        """The task of a design with its loss; None where none is chosen or it cannot be made (a problem says so)."""
        if design.task is None:
            return None
        try:
            return self.task(design.task, design.variables, design.loss)
        except NetDesignerError:
            return None

    def formats_of(self, path: Path) -> tuple[str, ...]:
        """The kinds of exporter that write files with this suffix."""
        return tuple(kind for kind, exporter in self.exporters.items() if exporter.suffix == path.suffix)

    def task(
        self, choice: Choice, names: Mapping[str, int | float] | None = None, loss: Choice | None = None
    ) -> Task:
        """The task that was chosen, with its loss; raises as `layer`, and where the loss is for other tasks.

        Args:
            choice: the kind and the parameters that were set.
            names: variables for expressions.
            loss: the loss that was chosen; None for the task's usual one.
        """
        task = create("task", self.tasks, choice, names or {})
        chosen = loss or self.usual_loss(choice)
        if chosen is None:
            return task
        made = create("loss", self.losses, chosen, names or {})
        if task.learns not in made.learns:
            raise ParameterError("loss", f"{made.label()} is not for the task {task.label()}")
        return task.with_fields(loss=made)

    def usual_loss(self, task: Choice | None) -> Choice | None:
        """The loss of a task where none is chosen; None for a task that takes none, and without a task."""
        part = self.tasks.get(task.kind) if task is not None else None
        return Choice(part.usual_loss) if part is not None and part.usual_loss else None

    def losses_for(self, task: Choice | None) -> Mapping[str, type[Loss]]:
        """The losses that can be chosen for a task by kind: the usual one, those of its family, then the others."""
        part = self.tasks.get(task.kind) if task is not None else None
        usual = self.losses.get(part.usual_loss) if part is not None else None
        if part is None or usual is None:
            return {}
        found = [loss for loss in self.losses.values() if part.learns in loss.learns]
        found.sort(key=lambda loss: (loss is not usual, loss.__module__ != usual.__module__))
        return {loss.kind: loss for loss in found}

    def optimizer(self, choice: Choice, names: Mapping[str, int | float] | None = None) -> Optimizer:
        """The optimizer that was chosen; raises as `layer`."""
        return create("optimizer", self.optimizers, choice, names or {})

    def schedule(self, choice: Choice, names: Mapping[str, int | float] | None = None) -> Schedule:
        """The schedule that was chosen; raises as `layer`."""
        return create("schedule", self.schedules, choice, names or {})

    def exporter(self, choice: Choice) -> Exporter:
        """The exporter that was chosen; raises as `layer`."""
        try:
            return create("export format", self.exporters, choice, {})
        except ParameterError as error:
            for declared in self.exporters[choice.kind].params():
                if declared.name == error.name and isinstance(value := choice.params[error.name], str):
                    declared.check(value)  # says what it takes, where there are no variables to speak of
            raise


def create(family: str, parts: Mapping[str, type[P]], choice: Choice, names: Mapping[str, int | float]) -> P:
    """The part that was chosen among those of a family.

    Args:
        family: what to call it in messages, such as "layer".
        parts: the family by kind.
        choice: the kind and the parameters that were set; expressions are resolved.
        names: variables for expressions.

    Raises:
        UnknownPartError: there is no such kind.
        ParameterError: a parameter is unknown or not allowed.
    """
    part = parts.get(choice.kind)
    if part is None:
        raise UnknownPartError(family, choice.kind, meant(choice.kind, parts))
    return part(**resolve(part, choice.params, names))
